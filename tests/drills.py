"""Kills at random points while news is published, and the proof that none was lost or doubled and no lease stuck."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from aggregator.app import LEASE, wall_clock
from aggregator.demo.province import DemoProvince
from aggregator.store.embedded import uri_of_running
from bench.processes import tree
from tests.accounts import Visits, books
from tests.service import Service, start, until

SERVING_WITHIN_S = 10.0
# Visits every second, and within five where the site's ttl is a floor (it is cut at the longest interval, scaled).
INTERVAL_SCALE = "0.0002"
REVISITED_WITHIN_S = 5.0 + LEASE.total_seconds() + 5.0  # the longest interval, a dead owner's lease, a busy machine
CRAWLING_WITHIN_S = 15.0
_LONGEST_RUN_S = 1.2  # from the first request at a site to the next kill
# Slower than the sites' lists are long: a service that lives for seconds must not find news gone before it looks.
_PUBLISH_EVERY_S = 1.0


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
    resumptions_s: list[float] = field(default_factory=list)  # until a site was asked for its news again
    stuck: list[str] = field(default_factory=list)  # leases, visits and sources that the kills left in the lurch
    revisited_s: float = 0.0  # from the last kill until every source was visited again
    visits: Visits | None = None

    def __str__(self) -> str:
        slowest = max(self.recoveries_s, default=0.0)
        figures = (
            f"{self.rounds} kills, {self.published} articles published: {len(self.lost)} lost, {len(self.doubled)} "
            f"doubled, {len(self.vanished)} vanished; serving again within {slowest:.1f} s, crawling within "
            f"{max(self.resumptions_s, default=0.0):.1f} s"
        )
        leases = f"{len(self.stuck)} stuck; every source visited again within {self.revisited_s:.1f} s; {self.visits}"
        return "\n  ".join((figures, leases, *self.lost, *self.stuck))


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

    service = await begin(data_dir, sources)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(publish())
            for _ in range(rounds):
                await asyncio.sleep(chance.uniform(0, _LONGEST_RUN_S))
                seen |= {card["url"] for card in await service.articles()}
                began = wall_clock()
                service = await strike(victim, service, data_dir, sources)
                await until("the feed answers again", lambda service=service: answers(service), timeout_s=30)
                report.recoveries_s.append((wall_clock() - began).total_seconds())
                await until("a site is asked again", lambda began=began: asked(province, began), timeout_s=30)
                report.resumptions_s.append(visits_s(province, since=began)[0])
            await look_for_stuck(report, data_dir)
            done.set()
        await conclude(report, province, service, seen)
        await audit(report, data_dir)
        await service.stop()
    finally:
        if service.process.returncode is None:  # the drill failed
            service.kill()
            await service.process.wait()
    return report


async def look_for_stuck(report: Report, data_dir: Path) -> None:
    """Waits until every source was visited since now; what is not after an interval and a lease is stuck."""
    uri = await asyncio.to_thread(uri_of_running, data_dir)
    assert uri is not None
    since, began = wall_clock(), time.monotonic()
    async with books(uri) as kept:

        async def all_visited() -> bool:
            return not await kept.unvisited(since)

        try:
            await until("every source is visited again", all_visited, timeout_s=REVISITED_WITHIN_S)
        except AssertionError:
            report.stuck += await kept.unvisited(since)
        report.revisited_s = time.monotonic() - began
        report.stuck += await kept.stuck()


async def audit(report: Report, data_dir: Path) -> None:
    """The books of all visits, once everything published is served."""
    uri = await asyncio.to_thread(uri_of_running, data_dir)
    assert uri is not None
    async with books(uri) as kept:
        report.visits = visits = await kept.visits()
    report.stuck += [*visits.recorded_twice, *visits.unaccounted]


def visits_s(province: DemoProvince, *, since: datetime) -> list[float]:
    """When the sites were asked for something, in seconds after ``since``, in order."""
    found = [visit.at for site_id in province.site_ids for visit in province.visits(site_id)]
    return sorted((at - since).total_seconds() for at in found if at > since)


async def asked(province: DemoProvince, since: datetime) -> bool:
    """Whether a site was asked for something since then."""
    return bool(visits_s(province, since=since))


async def begin(data_dir: Path, sources: Path) -> Service:
    """The service, crawling every second or so."""
    return await start(data_dir, sources, AGGREGATOR_INTERVAL_SCALE=INTERVAL_SCALE, AGGREGATOR_LOG_LEVEL="error")


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
