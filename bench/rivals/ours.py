"""The service's own pipeline: the store with its MongoDB, the parsing workers, the crawler; no web server.

The workers have parsed before the first refresh, as they have in a service that runs: their start is not counted.
"""

import asyncio
import gc
import os
import sys
import time
from ipaddress import ip_network
from pathlib import Path

from aggregator.app import Core, open_core, wall_clock
from aggregator.logs import configure_logs
from aggregator.model.source import (
    ArticleKind,
    Catalogue,
    Platform,
    Province,
    Section,
    Selectors,
    Source,
    SourceKind,
    SourceSection,
)
from aggregator.parse.document import parse_document
from aggregator.settings import LogFormat, LogLevel, Settings
from bench.crawl import refresh
from bench.feeds import ENTRIES, feed
from bench.processes import cpu_seconds, tree
from bench.rivals.rounds import Round, directory_given, own_seconds, peak_mb, ready, tell, urls_of

_WARMING = 4  # documents a worker parses before it counts
_ZONE = "Asia/Ho_Chi_Minh"


async def main() -> None:
    """Serves refreshes of the feeds in the given directory."""
    directory = directory_given()
    settings = Settings(
        data_dir=directory / "data",
        allow_cidrs=(ip_network("127.0.0.0/8"),),
        interval_scale=1e-6,
        min_interval_s=1e-3,
        min_gap_s=0,
    )
    async with open_core(settings, catalogue(urls_of(directory))) as core:
        await core.sync_sources()
        await _warm(core)
        gc.collect()
        gc.freeze()  # as the service does once it is up
        ready()
        while await asyncio.to_thread(sys.stdin.readline):
            before, wall = _seconds(), time.perf_counter()
            await refresh(core)
            took = time.perf_counter() - wall
            spent = {part: seconds - before[part] for part, seconds in _seconds().items()}
            kept = sum(state.articles_total for state in await core.store.sources.states())
            tell(Round(cpu_s=spent, wall_s=took, entries=kept, peak_mb=peak_mb()))


def catalogue(urls: list[str]) -> Catalogue:
    """A source with one section for each of ``urls``."""
    province = Province(
        slug="mau",
        name="Mẫu",
        title="Mẫu",
        timezone=_ZONE,
        place_file="",
        contact="bench@localhost",
        user_agent="bench",
    )
    sources = tuple(
        Source(
            id=f"nguon-{number}",
            name=f"Nguồn {number}",
            homepage=url,
            kind=SourceKind.FEED,
            sections=(SourceSection(url=url, section="thoi-su"),),
        )
        for number, url in enumerate(urls)
    )
    section = Section(slug="thoi-su", label="Thời sự", kind=ArticleKind.NEWS, position=0)
    return Catalogue(province=province, sections=(section,), sources=sources, links=())


async def _warm(core: Core) -> None:
    """Every worker parses a few documents."""
    count = core.settings.parse_workers * _WARMING
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            parsing = core.parts.pool.run(
                f"warming-{number}",
                parse_document,
                feed(number, "http://127.0.0.1"),
                url="http://127.0.0.1/feed.xml",
                content_type="application/rss+xml",
                kind=SourceKind.FEED,
                platform=Platform.GENERIC,
                selectors=Selectors(),
                now=wall_clock(),
                timezone=_ZONE,
                max_entries=ENTRIES,
            )
            group.create_task(parsing)


def _seconds() -> dict[str, float]:
    """The processor's time of the main process, the parsing workers and MongoDB, so far."""
    below = [pid for pid in tree(os.getpid()) if pid != os.getpid()]
    database = [pid for pid in below if _name(pid) == "mongod"]
    workers = [pid for pid in below if pid not in database]
    return {"main process": own_seconds(), "parsing workers": cpu_seconds(workers), "mongod": cpu_seconds(database)}


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except (FileNotFoundError, ProcessLookupError):
        return ""


if __name__ == "__main__":
    configure_logs(LogLevel.ERROR, LogFormat.CONSOLE)
    asyncio.run(main())
