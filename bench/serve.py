"""How fast the feed's first page is served, beside a bare aiohttp handler that returns the same bytes.

``python -m bench.serve``: the service is the real process over a database with articles; both servers take turns under
the same load, and the median of the rounds' ratios is printed.
"""

import argparse
import asyncio
import contextlib
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from ipaddress import ip_network
from pathlib import Path
from statistics import median

import aiohttp

from aggregator.app import open_core, wall_clock
from aggregator.cli.inputs import load_catalogue
from aggregator.demo.province import DemoProvince
from aggregator.logs import configure_logs
from aggregator.settings import LogFormat, LogLevel, Settings
from bench.crawl import refresh
from bench.load import Load, load
from bench.processes import resident_mb
from tests.service import Service, started

PATH = "/api/v1/feed?section=tin-dia-phuong"


async def run(clients: int, seconds: float, rounds: int) -> None:
    """Fills a database from the sample province, then measures."""
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        sources = directory / "sources.yaml"
        async with DemoProvince(now=wall_clock, seed=1) as province:
            await province.write_sources(sources)
            catalogue = await asyncio.to_thread(load_catalogue, sources)
            settings = Settings(data_dir=directory / "data", allow_cidrs=(ip_network("127.0.0.0/8"),))
            async with open_core(settings, catalogue) as core:
                await core.sync_sources()
                await refresh(core)
        async with started(directory / "data", sources, AGGREGATOR_ROLES="web") as service:
            await measure(service, directory, clients, seconds, rounds)


async def measure(service: Service, directory: Path, clients: int, seconds: float, rounds: int) -> None:
    """Both servers in turn; prints the medians and their ratio."""
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        headers = {"Accept-Encoding": "gzip"}
        async with session.get(service.url + PATH, headers=headers) as answer:
            body, etag = await answer.read(), answer.headers["ETag"]
    (directory / "body").write_bytes(body)
    host, port = service.url.removeprefix("http://").split(":")
    async with bare_handler(directory / "body") as reference_port:
        ours: list[Load] = []
        bare: list[Load] = []
        unchanged: list[Load] = []
        for _ in range(rounds):
            ours.append(await load(host, int(port), PATH, clients=clients, seconds=seconds))
            bare.append(await load(host, reference_port, PATH, clients=clients, seconds=seconds))
            condition = f"If-None-Match: {etag}\r\n"
            unchanged.append(await load(host, int(port), PATH, clients=clients, seconds=seconds, headers=condition))
    print(f"first page of the feed, {len(body)} bytes gzipped, {clients} clients, median of {rounds} rounds")
    print(f"{'':16}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}")
    for name, results in (("ours", ours), ("ours, 304", unchanged), ("bare handler", bare)):
        rate, p50, p99 = (
            median(getattr(item, field) for item in results) for field in ("requests_per_s", "p50_ms", "p99_ms")
        )
        print(f"{name:16}{rate:>12.0f}{p50:>9.2f}{p99:>9.2f}")
    ratios = [one.requests_per_s / other.requests_per_s for one, other in zip(ours, bare, strict=True)]
    print(f"ours / bare: {median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")
    print(f"service's main process: {resident_mb(service.pid):.0f} MB")


@contextlib.asynccontextmanager
async def bare_handler(body: Path) -> AsyncIterator[int]:
    """The port of a bare handler in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.bare", str(body), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    configure_logs(LogLevel.ERROR, LogFormat.CONSOLE)
    asyncio.run(run(options.clients, options.seconds, options.rounds))
