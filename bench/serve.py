"""How fast readers are served from a database of many articles, and what grows with it.

``python -m bench.serve [--articles 10000,100000,300000]``: the real web process over the archive of ``bench.archive``.

- Cold: every request of ``bench/requests.txt`` with nothing remembered, by class.
- Cached: the first page of the feed beside a bare aiohttp handler that returns the same bytes, by turns under the same
  load; the median of the rounds' ratios.
"""

import argparse
import asyncio
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median

import aiohttp
from pymongo import AsyncMongoClient

from aggregator.app import open_database, wall_clock
from aggregator.cli.inputs import load_catalogue
from aggregator.logs import configure_logs
from aggregator.settings import LogFormat, LogLevel, Settings
from aggregator.store.store import Store
from aggregator.web.cursor import write_cursor
from bench.archive import Archive, fill
from bench.load import Load, load
from bench.processes import named, resident_mb
from tests.service import ROOT, Service, started

PATH = "/api/v1/feed"
_REQUESTS = Path(__file__).parent / "requests.txt"
_SOURCES = ROOT / "sources.yaml"
_BLANK = re.compile(r"\{(cursor|article):([\d.]+)\}")
_REPEATS = 3  # processes that are asked every request once


async def run(counts: Sequence[int], clients: int, seconds: float, rounds: int) -> None:
    """Fills and measures for each number of articles, smallest first."""
    newest = wall_clock() - timedelta(minutes=5)
    stored = 0
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        settings = Settings(data_dir=directory / "mongo")
        async with open_database(settings) as uri:
            for count in sorted(counts):
                began = time.perf_counter()
                catalogue = await asyncio.to_thread(load_catalogue, _SOURCES)
                store = await Store.open(
                    uri, driver=settings.driver, database=settings.database, keep_crawls=timedelta(days=30)
                )
                await store.deployments.enter(catalogue.province)
                archive = await fill(uri, settings.database, catalogue, first=stored, end=count, newest=newest)
                await store.close()
                stored = count
                took = time.perf_counter() - began
                print(f"\n== {count} articles, back to {archive.oldest:%Y-%m-%d}; filled in {took:.0f} s")
                await _print_sizes(uri, settings.database)
                await _cold(directory, archive, uri)
                async with started(directory / "web", _SOURCES, MONGODB_URI=uri, AGGREGATOR_ROLES="web") as service:
                    await _cached(service, directory, clients, seconds, rounds)
                    mongod = sum(map(resident_mb, named("mongod", below=os.getpid())))
                    print(f"memory: web process {resident_mb(service.pid):.0f} MB, mongod {mongod:.0f} MB")


async def _print_sizes(uri: str, database: str) -> None:
    client = AsyncMongoClient[dict[str, object]](uri)
    try:
        for name in sorted(await client[database].list_collection_names()):
            stats = await client[database].command("collStats", name)
            if stats["totalIndexSize"] > 1_000_000:
                sizes = sorted(stats["indexSizes"].items(), key=lambda item: -item[1])
                indexes = ", ".join(f"{key} {size / 1e6:.1f}" for key, size in sizes)
                print(f"{name}: data {stats['storageSize'] / 1e6:.0f} MB, indexes MB: {indexes}")
    finally:
        await client.close()


async def _cold(directory: Path, archive: Archive, uri: str) -> None:
    """Asks every request of the set of processes that remember nothing; prints the times by class."""
    times: dict[str, list[float]] = defaultdict(list)
    for _ in range(_REPEATS):
        async with (
            started(directory / "web", _SOURCES, MONGODB_URI=uri, AGGREGATOR_ROLES="web") as service,
            aiohttp.ClientSession(auto_decompress=False) as session,
        ):
            async with session.get(f"{service.url}/healthz") as answer:
                await answer.read()
            for kind, path in _requests(archive):
                began = time.perf_counter()
                async with session.get(service.url + path) as answer:
                    await answer.read()
                    assert answer.status == 200, (path, answer.status)
                times[kind].append((time.perf_counter() - began) * 1000)
    print(f"{'cold':16}{'p50 ms':>9}{'p95 ms':>9}{'worst':>9}")
    everything = [item for items in times.values() for item in items]
    for kind, items in (*times.items(), ("all", everything)):
        ordered = sorted(items)
        print(f"{kind:16}{median(ordered):>9.1f}{ordered[int(len(ordered) * 0.95)]:>9.1f}{ordered[-1]:>9.1f}")


def _requests(archive: Archive) -> list[tuple[str, str]]:
    """The set of requests, by class, with its blanks filled in."""

    def filled(blank: re.Match[str]) -> str:
        kind, number = blank.groups()
        if kind == "article":
            return archive.some_ids[int(number)]
        return write_cursor(archive.newest - (archive.newest - archive.oldest) * float(number), "f" * 24)

    lines = [line for line in _REQUESTS.read_text().splitlines() if line and not line.startswith("#")]
    return [(kind, _BLANK.sub(filled, path)) for kind, path in (line.split(" ", 1) for line in lines)]


async def _cached(service: Service, directory: Path, clients: int, seconds: float, rounds: int) -> None:
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
    print(f"cached: first page of the feed, {len(body)} bytes gzipped, {clients} clients, median of {rounds} rounds")
    print(f"{'':16}{'requests/s':>12}{'p50 ms':>9}{'p99 ms':>9}")
    for name, results in (("ours", ours), ("ours, 304", unchanged), ("bare handler", bare)):
        rate, p50, p99 = (
            median(getattr(item, field) for item in results) for field in ("requests_per_s", "p50_ms", "p99_ms")
        )
        print(f"{name:16}{rate:>12.0f}{p50:>9.2f}{p99:>9.2f}")
    ratios = [one.requests_per_s / other.requests_per_s for one, other in zip(ours, bare, strict=True)]
    late = [one.p99_ms / other.p99_ms for one, other in zip(ours, bare, strict=True)]
    print(f"ours / bare: {median(ratios):.2f} of the rate (from {min(ratios):.2f} to {max(ratios):.2f})", end="")
    print(f", {median(late):.2f} of the p99 (to {max(late):.2f})")


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
    parser.add_argument("--articles", default="10000,100000", help="how many, separated by commas")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    configure_logs(LogLevel.ERROR, LogFormat.CONSOLE)
    asyncio.run(
        run([int(count) for count in options.articles.split(",")], options.clients, options.seconds, options.rounds)
    )
