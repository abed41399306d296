"""Every fault at once beside five healthy sources: they lose nothing and are read as fast as alone."""

import asyncio
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
from pymongo import AsyncMongoClient

from tests.faults.fault import Fault
from tests.faults.groups import GROUPS
from tests.faults.newsroom import Newsroom
from tests.faults.run import crawls_by_source, opened, service_over
from tests.faults.sites import sites_of
from tests.service import Service, until

_ALONE_S = 30.0
_TOGETHER_S = 90.0
_BURST_S = 15.0
_PROBE_EVERY_S = 0.02
_CRAWLS_LEAST = 10
# Healthy sources come every second or two, broken ones every half minute and then by their back-off.
_SETTINGS = {"AGGREGATOR_INTERVAL_SCALE": "0.02"}


@dataclass(slots=True, kw_only=True)
class Figures:
    """What one run of the healthy sources measured."""

    crawls_ms: list[int] = field(default_factory=list)  # but for each source's first: workers are starting
    burst_ms: list[int] = field(default_factory=list)  # of those, within the first seconds, when all come at once
    answers_ms: list[float] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    published: int = 0
    peak_mb: float = 0.0

    def __str__(self) -> str:
        speed = f"p50 {percentile(self.crawls_ms, 50):.0f} ms, p95 {percentile(self.crawls_ms, 95):.0f} ms"
        answers = f"p99 {percentile(self.answers_ms, 99):.1f} ms, max {max(self.answers_ms):.0f} ms"
        return (
            f"{len(self.crawls_ms)} crawls, {speed}, in the first {_BURST_S:.0f} s at most {max(self.burst_ms)} ms; "
            f"{self.published} articles published, {len(self.lost)} lost; /healthz {answers}; "
            f"main process at most {self.peak_mb:.0f} MB"
        )


def percentile(values: list[int] | list[float], percent: int) -> float:
    ordered = sorted(values)
    return float(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)])


async def probe(service: Service, answers_ms: list[float]) -> None:
    """Asks the main loop for a sign of life fifty times a second, until cancelled."""
    async with aiohttp.ClientSession() as session:
        while True:
            began = time.monotonic()
            async with session.get(f"{service.url}/healthz") as answer:
                assert answer.status == 200
            answers_ms.append((time.monotonic() - began) * 1000)
            await asyncio.sleep(_PROBE_EVERY_S)


async def measure(faults: tuple[Fault, ...], uri: str, folder: Path, seconds: float) -> Figures:
    """Five healthy sources beside ``faults`` for so long."""
    rooms = [Newsroom(name=f"khoe-{number}") for number in range(5)]
    everyone = (*(room.fault() for room in rooms), *faults)
    database = f"faults_{uuid4().hex[:12]}"
    figures = Figures()
    async with (
        sites_of(everyone, folder) as sites,
        service_over(folder, everyone, sites, uri, database, _SETTINGS) as (service, memory),
        asyncio.TaskGroup() as group,
    ):
        probing = group.create_task(probe(service, figures.answers_ms))
        await asyncio.sleep(seconds)
        end = time.monotonic()
        probing.cancel()
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
    async with AsyncMongoClient[dict[str, object]](uri) as client:
        await client.drop_database(database)
    return figures


@pytest.mark.proof
@pytest.mark.timeout(600)
@pytest.mark.xfail(
    strict=False, reason="the healthy sources' p95 is about 2.4 times: all documents wait in one queue for two workers"
)
async def test_five_healthy_sources_lose_nothing_among_all_faults_at_once(mongo_uri: str, tmp_path: Path) -> None:
    faults = tuple(fault for group in GROUPS for fault in group.faults)
    alone = await measure((), mongo_uri, tmp_path / "alone", _ALONE_S)
    print(f"\nfive healthy sources alone: {alone}")
    together = await measure(faults, mongo_uri, tmp_path / "together", _TOGETHER_S)
    print(f"with {len(faults)} faults at once: {together}")
    assert len(alone.crawls_ms) >= _CRAWLS_LEAST
    assert not together.lost
    assert together.peak_mb <= alone.peak_mb + 200
    assert percentile(together.crawls_ms, 95) <= 2 * percentile(alone.crawls_ms, 95)
