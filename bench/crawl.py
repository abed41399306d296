"""What a refresh costs: CPU per feed, database included, beside plain fetching of the same bytes.

``python -m bench.crawl [--feeds 200,1000]`` crawls loopback feeds of 30 entries through the very pipeline: a first
refresh, one answered 304, and one whose body is the same without a validator. The reference fetches the same URLs
with aiohttp and keeps nothing. CPU is of all our processes: the service, its parsing workers, its MongoDB.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from pathlib import Path

import aiohttp

from aggregator.app import Core, open_core
from aggregator.logs import configure_logs
from aggregator.model.source import (
    ArticleKind,
    Catalogue,
    Province,
    Section,
    Source,
    SourceKind,
    SourceSection,
)
from aggregator.settings import LogFormat, LogLevel, Settings
from bench.processes import cpu_seconds, resident_mb, tree

AT_ONCE = 64


def catalogue(count: int, base: str, path: str) -> Catalogue:
    """``count`` press feeds of one section."""
    province = Province(
        slug="mau",
        name="Mẫu",
        title="Mẫu",
        timezone="Asia/Ho_Chi_Minh",
        place_file="",
        contact="bench@localhost",
        user_agent="bench",
    )
    sources = tuple(
        Source(
            id=f"nguon-{path}-{number}",
            name=f"Nguồn {number}",
            homepage=base,
            kind=SourceKind.FEED,
            sections=(SourceSection(url=f"{base}/{path}/{number}.xml", section="thoi-su"),),
        )
        for number in range(count)
    )
    section = Section(slug="thoi-su", label="Thời sự", kind=ArticleKind.NEWS, position=0)
    return Catalogue(province=province, sections=(section,), sources=sources, links=())


async def refresh(core: Core) -> None:
    """One visit to every source, as the engine would: leases claimed in strides, crawls side by side."""
    waiting = len(core.catalogue.sources)
    while waiting:
        claims = await core.claim_due(min(AT_ONCE, waiting))
        waiting -= len(claims)
        async with asyncio.TaskGroup() as group:
            for claim in claims:
                group.create_task(core.crawl(claim))
    await core.merger.drain()


async def plain(urls: list[str], etags: dict[str, str]) -> None:
    """The same URLs by aiohttp alone, conditional where an ETag is known."""
    gate = asyncio.Semaphore(16)
    async with aiohttp.ClientSession() as session:

        async def one(url: str) -> None:
            headers = {"If-None-Match": etags[url]} if url in etags else {}
            async with gate, session.get(url, headers=headers) as answer:
                await answer.read()
                if "ETag" in answer.headers:
                    etags[url] = answer.headers["ETag"]

        async with asyncio.TaskGroup() as group:
            for url in urls:
                group.create_task(one(url))


async def measured(work: Callable[[], Awaitable[None]], count: int, site: int) -> tuple[float, float]:
    """CPU and wall milliseconds per feed of our process tree, the site's process left out."""

    def ours() -> float:
        return cpu_seconds(tree(os.getpid(), without=frozenset({site})))

    cpu, wall = ours(), time.perf_counter()
    await work()
    return (ours() - cpu) * 1000 / count, (time.perf_counter() - wall) * 1000 / count


async def run(counts: list[int]) -> None:
    """Prints one table for each number of feeds."""
    site = subprocess.Popen([sys.executable, "-m", "bench.feeds"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: ASYNC220
    assert site.stdout is not None
    base = f"http://127.0.0.1:{int(site.stdout.readline())}"
    try:
        for count in counts:
            print(f"\n{count} feeds of 30 entries, CPU ms a feed (wall), database included")
            print(f"{'':24}{'ours':>18}{'plain fetching':>18}{'ratio':>8}")
            for path, rounds in (("v", ("first refresh", "304")), ("u", ("first (no validator)", "same body"))):
                await compare(count, base, path, rounds, site.pid)
    finally:
        site.terminate()
        site.wait()


async def compare(count: int, base: str, path: str, rounds: tuple[str, ...], site: int) -> None:
    """Rows of the table for one kind of answer."""
    news = catalogue(count, base, path)
    urls = [source.sections[0].url for source in news.sources]
    etags: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(
            data_dir=Path(directory),
            allow_cidrs=(ip_network("127.0.0.0/8"),),
            interval_scale=1e-6,
            min_interval_s=1e-3,
            min_gap_s=0,
        )
        async with open_core(settings, news) as core:
            await core.sync_sources()
            for title in rounds:
                ours = await measured(lambda: refresh(core), count, site)
                reference = await measured(lambda: plain(urls, etags), count, site)
                ratio = ours[0] / reference[0]
                cells = "".join(f"{cpu:>10.2f} ({wall:5.1f})" for cpu, wall in (ours, reference))
                print(f"{title:24}{cells}{ratio:>8.1f}")
            kept = sum(state.articles_total for state in await core.store.sources.states())
            print(f"{'':24}{kept} articles kept, main process {resident_mb(os.getpid()):.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", default="200,1000", help="numbers of feeds, comma-separated")
    configure_logs(LogLevel.ERROR, LogFormat.CONSOLE)
    asyncio.run(run([int(part) for part in parser.parse_args().feeds.split(",")]))
