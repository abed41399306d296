"""Requests written by hand: what no well-behaved client would send."""

import asyncio
from dataclasses import dataclass

from tests.web.world import Client

_DEADLINE_S = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back: the status and everything after the status line."""

    status: int
    rest: str


async def send(client: Client, method: bytes, target: bytes, *headers: bytes, body: bytes | None = None) -> Reply:
    """Sends these very bytes on a connection of its own and reads until the server closes it."""
    lines = [method + b" " + target + b" HTTP/1.1", b"Host: a", b"Connection: close", *headers]
    if body is not None:
        lines.append(b"Content-Length: %d" % len(body))
    reader, writer = await asyncio.open_connection(client.host, client.port)
    try:
        async with asyncio.timeout(_DEADLINE_S):
            writer.write(b"\r\n".join(lines) + b"\r\n\r\n" + (body or b""))
            await writer.drain()
            answer = await reader.read()
    finally:
        writer.close()
    status_line, _, rest = answer.partition(b"\r\n")
    assert status_line.startswith(b"HTTP/1."), status_line
    return Reply(status=int(status_line.split()[1]), rest=rest.decode("utf-8", "replace"))
