"""Two services on one database: who did how much, and what the sites' own logs say of how often they came."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from aggregator.app import wall_clock
from aggregator.demo.outlets import OUTLETS, Dialect, Outlet
from aggregator.demo.province import DemoProvince
from aggregator.schedule.cadence import JITTER
from bench.processes import cpu_seconds, tree
from tests.accounts import Visits, books
from tests.drills import Report, conclude
from tests.service import Service, started, until

SCALE = 0.05  # of five minutes: fifteen seconds
_TTL_S = 300.0  # what the RSS sites ask for: a floor, not scaled
_PUBLISH_EVERY_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How often one URL was asked for. ``wanted_s`` is the source's interval, ``gaps_s`` lie between two requests.

    ``longest_s`` is what the interval may become by what the source asks.
    """

    source_id: str
    kind: str
    url: str
    wanted_s: float
    longest_s: float
    gaps_s: tuple[float, ...]

    @property
    def count(self) -> int:
        """Requests in all."""
        return len(self.gaps_s) + 1

    @property
    def least_s(self) -> float:
        """The shortest gap that the interval's jitter allows."""
        return self.wanted_s * (1 - JITTER)

    def __str__(self) -> str:
        shortest = min(self.gaps_s, default=0.0)
        return (
            f"{self.source_id} ({self.kind}): {self.count} requests, every {self.wanted_s:g} s ± {JITTER:.0%} wanted, "
            f"shortest gap {shortest:.1f} s"
        )


@dataclass(slots=True, kw_only=True)
class Together:
    """What came of it. ``crawled`` and ``cpu_s`` are of each process, with its children."""

    seconds: float = 0.0
    rates: list[Rate] = field(default_factory=list)
    crawled: list[int] = field(default_factory=list)
    cpu_s: list[float] = field(default_factory=list)
    kept: Report = field(default_factory=Report)
    visits: Visits | None = None

    def __str__(self) -> str:
        cpu = " and ".join(f"{spent / self.seconds:.1%}" for spent in self.cpu_s)
        kept = self.kept
        lines = [
            f"visits by each: {self.crawled}; CPU of each: {cpu} of a core",
            f"{kept.published} articles: {len(kept.lost)} lost, {len(kept.doubled)} doubled, {len(kept.vanished)} gone",
            str(self.visits),
            *map(str, self.rates),
        ]
        return "\n  ".join(lines)


async def together(folder: Path, uri: str, database: str, *, seconds: float) -> Together:
    """Two services on one database for so long, while the sites publish."""
    found = Together(seconds=seconds)
    chance = random.Random("together")
    given = {
        "MONGODB_URI": uri,
        "AGGREGATOR_DATABASE": database,
        "AGGREGATOR_INTERVAL_SCALE": str(SCALE),
        "AGGREGATOR_LOG_LEVEL": "debug",
    }
    frequent = [outlet.id for outlet in OUTLETS if outlet.dialect is not Dialect.RSS]
    async with DemoProvince(now=wall_clock, seed=5) as province:
        await province.write_sources(folder / "sources.yaml")
        async with _two(folder, given) as services:
            began = time.monotonic()
            spent = [cpu_seconds(tree(service.pid)) for service in services]
            while time.monotonic() - began < seconds:
                province.publish(chance.choice(frequent))
                await asyncio.sleep(_PUBLISH_EVERY_S)
            found.cpu_s = [
                cpu_seconds(tree(service.pid)) - before for service, before in zip(services, spent, strict=True)
            ]
            found.rates = [rate for outlet in OUTLETS for rate in _rates(province, outlet)]
            await conclude(found.kept, province, services[1], set())
            for service in services:
                await service.stop()
                log = await asyncio.to_thread(service.log.read_text)
                found.crawled.append(sum(" crawled " in line for line in log.splitlines()))
                assert "Traceback" not in log
    async with books(uri, database) as kept:
        found.visits = await kept.visits()
    return found


@asynccontextmanager
async def _two(folder: Path, given: dict[str, str]) -> AsyncIterator[tuple[Service, Service]]:
    async with (
        started(folder / "one", folder / "sources.yaml", wrapper=(), **given) as one,
        started(folder / "two", folder / "sources.yaml", wrapper=(), **given) as two,
    ):
        for service in (one, two):
            await until("news is served", service.articles)
        yield one, two


def _rates(province: DemoProvince, outlet: Outlet) -> list[Rate]:
    site = province.site(outlet.id)
    wanted_s = (outlet.interval * SCALE).total_seconds()
    longest_s = max(wanted_s, _TTL_S) if outlet.dialect is Dialect.RSS else wanted_s
    rates = []
    for url in dict.fromkeys(site.channel_url(channel) for channel in outlet.channels):
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        times = [visit.at for visit in province.visits(outlet.id) if visit.path == path]
        gaps_s = tuple((later - earlier).total_seconds() for earlier, later in pairwise(times))
        rate = Rate(
            source_id=outlet.id, kind=outlet.kind, url=url, wanted_s=wanted_s, longest_s=longest_s, gaps_s=gaps_s
        )
        rates.append(rate)
    return rates
