"""Kills at random points while news is published, and the proof that none was lost or doubled."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from aggregator.demo.province import DemoProvince
from bench.processes import tree
from tests.service import Service, start, until

SERVING_WITHIN_S = 10.0
_PUBLISH_EVERY_S = 0.3


class Victim(StrEnum):
    """What is killed."""

    SERVICE = "service"
    MONGOD = "mongod"
    BOTH = "both"


@dataclass(slots=True)
class Report:
    """What a drill found. ``recoveries_s``: from the kill (of mongod) or the restart until the feed answered."""

    rounds: int = 0
    published: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)  # served once, then gone
    recoveries_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        slowest = max(self.recoveries_s, default=0.0)
        figures = (
            f"{self.rounds} kills, {self.published} articles published: {len(self.lost)} lost, {len(self.doubled)} "
            f"doubled, {len(self.vanished)} vanished; serving again within {slowest:.1f} s"
        )
        return "\n".join((figures, *self.lost))


async def drill(victim: Victim, province: DemoProvince, sources: Path, data_dir: Path, *, rounds: int) -> Report:
    """Kills ``victim`` ``rounds`` times in mid-crawl while the sites go on publishing."""
    report = Report(rounds=rounds)
    chance = random.Random(victim.value)
    seen: set[str] = set()
    done = asyncio.Event()

    async def publish() -> None:
        while not done.is_set():
            province.publish(chance.choice(province.site_ids))
            await asyncio.sleep(_PUBLISH_EVERY_S)

    async with asyncio.TaskGroup() as group:
        group.create_task(publish())
        service = await begin(data_dir, sources)
        for _ in range(rounds):
            await asyncio.sleep(chance.uniform(0.1, 2.5))
            seen |= {card["url"] for card in await service.articles()}
            began = time.monotonic()
            service = await strike(victim, service, data_dir, sources)
            await until("the feed answers again", lambda service=service: answers(service), timeout_s=30)
            report.recoveries_s.append(time.monotonic() - began)
        done.set()
    await conclude(report, province, service, seen)
    await service.stop()
    return report


async def begin(data_dir: Path, sources: Path) -> Service:
    """The service, crawling every second or so."""
    return await start(data_dir, sources, AGGREGATOR_INTERVAL_SCALE="0.002", AGGREGATOR_LOG_LEVEL="error")


async def strike(victim: Victim, service: Service, data_dir: Path, sources: Path) -> Service:
    """kill -9; the service that runs afterwards."""
    if victim is not Victim.SERVICE:
        os.kill(mongod_of(service), signal.SIGKILL)
    if victim is Victim.MONGOD:
        return service
    service.kill()
    await service.process.wait()
    return await begin(data_dir, sources)


def mongod_of(service: Service) -> int:
    """The process id of the service's MongoDB."""
    for pid in tree(service.pid):
        if b"--replSet" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return pid
    raise AssertionError("the service has no MongoDB")


async def answers(service: Service) -> bool:
    """Whether the database answers and the feed is served."""
    try:
        await service.json("/readyz")
        return bool((await service.json("/api/v1/feed", limit="1"))["items"])
    except (AssertionError, OSError):
        return False


async def conclude(report: Report, province: DemoProvince, service: Service, seen: set[str]) -> None:
    """Waits until everything published is served, then counts."""
    sources = {item.url: item.source_id for item in province.truth()}
    truth = set(sources)
    report.published = len(truth)
    urls: list[str] = []

    async def complete() -> bool:
        urls[:] = [card["url"] for card in await service.articles()]
        return truth <= set(urls)

    try:
        await until("everything published is served", complete, timeout_s=60)
    except AssertionError:
        report.lost = sorted(f"{sources[url]}: {url}" for url in truth - set(urls))
    report.doubled = sorted(url for url, count in Counter(urls).items() if count > 1)
    report.vanished = sorted(seen - set(urls))
