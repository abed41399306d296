"""A keep-alive HTTP load from plain sockets: cheap enough to let the server be the bottleneck."""

import asyncio
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a load measured."""

    requests_per_s: float
    p50_ms: float
    p99_ms: float
    bytes_each: int


async def load(host: str, port: int, path: str, *, clients: int, seconds: float, headers: str = "") -> Load:
    """Requests ``path`` from ``clients`` connections for some seconds; every answer must be 200 or 304."""
    request = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nAccept-Encoding: gzip\r\n{headers}\r\n".encode()
    stop_at = time.perf_counter() + seconds
    latencies: list[float] = []
    sizes: set[int] = set()

    async def client() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            while (began := time.perf_counter()) < stop_at:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                status = int(head[9:12])
                assert status in {200, 304}, head
                length = 0
                for line in head.lower().split(b"\r\n"):
                    if line.startswith(b"content-length:"):
                        length = int(line[15:])
                if length and status == 200:
                    await reader.readexactly(length)
                sizes.add(length)
                latencies.append(time.perf_counter() - began)
        finally:
            writer.close()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(client())
    took = time.perf_counter() - began
    latencies.sort()
    return Load(
        requests_per_s=len(latencies) / took,
        p50_ms=latencies[len(latencies) // 2] * 1000,
        p99_ms=latencies[int(len(latencies) * 0.99)] * 1000,
        bytes_each=max(sizes),
    )
