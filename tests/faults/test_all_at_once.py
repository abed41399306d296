"""Every fault at once beside five healthy sources: they lose nothing, are as fast, and the loop keeps turning.

Other programs make this machine slow too. So the healthy sources are timed alone before and after, and the lag of the
service's loop is seen beside that of an idle process at the same time.
"""

import asyncio
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from tests.faults.fault import Fault
from tests.faults.groups import GROUPS
from tests.faults.newsroom import Newsroom
from tests.faults.run import crawls_by_source, opened, service_over
from tests.faults.sites import sites_of
from tests.service import ROOT, until

_ALONE_S = 30.0
_TOGETHER_S = 90.0
_BURST_S = 15.0
_CRAWLS_LEAST = 20
_MOST_TIMES_SLOWER = 2.0
_MOST_LAG_MS = 20  # above the idle process's
_MOST_GROWTH_MB = 200
# Healthy sources come every second or two, broken ones every half minute and then by their back-off.
_SETTINGS = {"AGGREGATOR_INTERVAL_SCALE": "0.02"}
_IDLE = "import asyncio; from aggregator.engine.lag import watch_lag; asyncio.run(watch_lag())"


@dataclass(slots=True, kw_only=True)
class Figures:
    """What one run of the healthy sources measured."""

    crawls_ms: list[int] = field(default_factory=list)  # but for each source's first: workers are starting
    burst_ms: list[int] = field(default_factory=list)  # of those, within the first seconds, when all come at once
    lag: str = ""
    idle_lag: str = ""
    lost: set[str] = field(default_factory=set)
    published: int = 0
    peak_mb: float = 0.0

    @property
    def more_lag_ms(self) -> int:
        """The loop's 99th percentile above that of the idle process."""
        return p99_ms(self.lag) - p99_ms(self.idle_lag)

    def __str__(self) -> str:
        speed = f"p50 {percentile(self.crawls_ms, 50):.0f} ms, p95 {percentile(self.crawls_ms, 95):.0f} ms"
        return (
            f"{len(self.crawls_ms)} crawls, {speed}, in the first {_BURST_S:.0f} s at most {max(self.burst_ms)} ms; "
            f"{self.published} articles published, {len(self.lost)} lost; the loop was late by {self.lag}, "
            f"an idle one by {self.idle_lag}; main process at most {self.peak_mb:.0f} MB"
        )


def percentile(values: list[int], percent: int) -> float:
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)])


def lag_in(log: str) -> str:
    """The figures that a process told at its end."""
    (*_, line) = [line for line in log.splitlines() if "loop_lag" in line]
    return line.partition("loop_lag")[2].strip()


def p99_ms(lag: str) -> int:
    found = re.search(r"p99_ms=(\d+)", lag)
    assert found is not None, lag
    return int(found.group(1))


@asynccontextmanager
async def idle_process(figures: Figures) -> AsyncIterator[None]:
    """A process beside the block that does nothing but watch its loop."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _IDLE, cwd=ROOT, stdout=pipe, stderr=pipe)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        output, _ = await process.communicate()
        figures.idle_lag = lag_in(output.decode())


async def measure(faults: tuple[Fault, ...], uri: str, folder: Path, seconds: float) -> Figures:
    """Five healthy sources beside ``faults`` for so long."""
    rooms = [Newsroom(name=f"khoe-{number}") for number in range(5)]
    everyone = (*(room.fault() for room in rooms), *faults)
    database = f"faults_{uuid4().hex[:12]}"
    figures = Figures()
    async with (
        sites_of(everyone, folder) as sites,
        service_over(folder, everyone, sites, uri, database, _SETTINGS) as (service, memory),
    ):
        async with idle_process(figures):
            await asyncio.sleep(seconds)
        end = time.monotonic()
        due = set().union(*(room.until(end) for room in rooms))

        async def all_served() -> bool:
            figures.lost = due - {card["title"] for card in await service.articles()}
            return not figures.lost

        try:
            await until("everything healthy is served", all_served, timeout_s=30)
        except AssertionError:
            print(f"lost: {sorted(figures.lost)[:5]}")
        async with opened(uri, database) as store:
            crawls = await crawls_by_source(store)
        later = [crawl for room in rooms for crawl in crawls[room.name][1:]]
        figures.crawls_ms = [crawl.timing.total_ms for crawl in later]
        burst_ends = min(crawl.started_at for crawl in later) + timedelta(seconds=_BURST_S)
        figures.burst_ms = [crawl.timing.total_ms for crawl in later if crawl.started_at < burst_ends]
        figures.published = len(due)
        figures.peak_mb = memory.peak_mb
        await service.stop()
        figures.lag = lag_in(await asyncio.to_thread(service.log.read_text, encoding="utf-8"))
    async with AsyncMongoClient[dict[str, object]](uri) as client:
        await client.drop_database(database)
    return figures


@pytest.mark.proof
@pytest.mark.timeout(600)
async def test_five_healthy_sources_hardly_notice_all_faults_at_once(mongo_uri: str, tmp_path: Path) -> None:
    faults = tuple(fault for group in GROUPS for fault in group.faults)
    before = await measure((), mongo_uri, tmp_path / "before", _ALONE_S)
    print(f"\nfive healthy sources alone: {before}")
    together = await measure(faults, mongo_uri, tmp_path / "together", _TOGETHER_S)
    print(f"with {len(faults)} faults at once: {together}")
    after = await measure((), mongo_uri, tmp_path / "after", _ALONE_S)
    print(f"alone again: {after}")
    alone_ms = [*before.crawls_ms, *after.crawls_ms]
    assert len(alone_ms) >= _CRAWLS_LEAST
    assert not together.lost
    assert together.peak_mb <= before.peak_mb + _MOST_GROWTH_MB
    assert percentile(together.crawls_ms, 95) <= _MOST_TIMES_SLOWER * percentile(alone_ms, 95)
    assert together.more_lag_ms <= _MOST_LAG_MS
