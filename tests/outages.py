"""MongoDB away while news is published: what readers, the crawled sites and the crawl's keeping see of it."""

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp

from aggregator.app import wall_clock
from aggregator.demo.province import DemoProvince
from tests.drills import INTERVAL_SCALE, Report, asked, conclude, visits_s
from tests.ordinary_mongod import OrdinaryMongod
from tests.service import Service, started, until
from tests.tcp_proxy import TcpProxy

_PUBLISH_EVERY_S = 1.0
_BEFORE_S = 5.0
KNOWN = ("/api/v1/feed?limit=20", "/", "/healthz", "/readyz")  # asked for before, so that there is an older answer
NEW = "/api/v1/feed?since=…"  # another one each time


@dataclass(frozen=True, slots=True)
class Got:
    """One answer to a reader. ``status`` 0: none came."""

    path: str
    status: int
    seconds: float
    is_stale: bool


@dataclass(slots=True, kw_only=True)
class OutageReport:
    """What was seen. Times are in seconds from the beginning or the end of the outage, as named."""

    kept: Report = field(default_factory=Report)
    answers: list[Got] = field(default_factory=list)
    visits_s: list[float] = field(default_factory=list)  # requests at the sites, from the beginning
    served_meanwhile: int = 0  # articles published during the outage and served before its end
    resumed_s: float = 0.0  # the first request at a site, from the end
    caught_up_s: float = 0.0  # everything published until the end is served, from the end
    log: str = ""

    def of(self, path: str) -> list[Got]:
        """The answers to readers of that path."""
        return [got for got in self.answers if got.path == path]

    def __str__(self) -> str:
        last = max(self.visits_s, default=0.0)
        kept = self.kept
        lines = [
            f"{kept.published} articles: {len(kept.lost)} lost, {len(kept.doubled)} doubled, {len(kept.vanished)} gone",
            f"{len(self.visits_s)} requests at the sites meanwhile, the last after {last:.1f} s",
            f"crawling again after {self.resumed_s:.1f} s, everything served after {self.caught_up_s:.1f} s",
            f"published and served meanwhile: {self.served_meanwhile}",
        ]
        for path in (*KNOWN, NEW):
            got = sorted(self.of(path), key=lambda each: each.seconds)
            counts = dict(sorted(Counter(each.status for each in got).items()))
            stale = sum(each.is_stale for each in got)
            if got:
                p99 = got[int(len(got) * 0.99)].seconds * 1000
                lines.append(
                    f"{path}: {counts}, {stale} stale, p99 {p99:.0f} ms, worst {got[-1].seconds * 1000:.0f} ms"
                )
        return "\n  ".join(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The sample province, its database behind a proxy and the service over both."""

    province: DemoProvince
    mongod: OrdinaryMongod
    proxy: TcpProxy
    service: Service


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """Everything running, the service crawling each source every second or so."""
    mongod = OrdinaryMongod(folder / "mongod")
    async with (
        DemoProvince(now=wall_clock, seed=23) as province,
        TcpProxy(mongod.port) as proxy,
        mongod,
    ):
        await mongod.ready(proxy.port)
        await province.write_sources(folder / "sources.yaml")
        settings = {
            "MONGODB_URI": mongod.uri(proxy.port),
            "AGGREGATOR_INTERVAL_SCALE": INTERVAL_SCALE,
            "AGGREGATOR_LOG_LEVEL": "warning",
        }
        async with started(folder / "data", folder / "sources.yaml", wrapper=(), **settings) as service:
            yield Scene(province=province, mongod=mongod, proxy=proxy, service=service)


async def outage(
    at: Scene, *, seconds: float, begin: Callable[[], Awaitable[None]], end: Callable[[], Awaitable[None]]
) -> OutageReport:
    """What is seen when the database goes away by ``begin`` and comes back ``seconds`` later by ``end``."""
    report = OutageReport()
    chance = random.Random(f"outage/{seconds}")
    done = asyncio.Event()

    async def publish() -> None:
        while not done.is_set():
            at.province.publish(chance.choice(at.province.site_ids))
            await asyncio.sleep(_PUBLISH_EVERY_S)

    async with asyncio.TaskGroup() as group:
        group.create_task(publish())
        await until("the first news is served", at.service.articles)
        await asyncio.sleep(_BEFORE_S)  # crawling at full swing
        seen = {card["url"] for card in await at.service.articles()}
        await _read(at.service, KNOWN, [])
        began = wall_clock()
        await until("a site is asked for its news", lambda: asked(at.province, began))
        await begin()
        await _read_for(at.service, seconds, report.answers)
        urls = {item.url for item in at.province.truth() if item.published_at > began}
        report.visits_s = visits_s(at.province, since=began)
        report.served_meanwhile = len(urls & await _feed_urls(at.service))
        ended, ended_clock = time.monotonic(), wall_clock()
        await end()
        before = {item.url for item in at.province.truth()}
        await until("crawling resumes", lambda: asked(at.province, ended_clock), timeout_s=60)
        report.resumed_s = visits_s(at.province, since=ended_clock)[0]
        await until("what came meanwhile is served", lambda: _serves(at.service, before), timeout_s=120)
        report.caught_up_s = time.monotonic() - ended
        await asyncio.sleep(_BEFORE_S)
        done.set()
    await conclude(report.kept, at.province, at.service, seen)
    assert at.service.process.returncode is None
    await at.service.stop()
    report.log = await asyncio.to_thread(at.service.log.read_text)
    return report


async def _read_for(service: Service, seconds: float, answers: list[Got]) -> None:
    """Readers of known pages four times a second, each its own, and one of a page nobody asked for yet."""
    deadline = time.monotonic() + seconds

    async def reader(path: str, pause_s: float) -> None:
        while time.monotonic() < deadline:
            await _read(service, (path,), answers)
            await asyncio.sleep(pause_s)

    async with asyncio.TaskGroup() as group:
        for path in KNOWN:
            group.create_task(reader(path, 0.25))
        group.create_task(reader(NEW, 1.0))


async def _read(service: Service, paths: tuple[str, ...], answers: list[Got]) -> None:
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(service.url, timeout=timeout) as session:
        for path in paths:
            address = path
            if path == NEW:
                since = wall_clock() - timedelta(days=1)
                address = f"/api/v1/feed?since={since:%Y-%m-%dT%H:%M:%S.%fZ}"
            began = time.monotonic()
            try:
                async with session.get(address) as answer:
                    await answer.read()
                    status, is_stale = answer.status, "X-Served-Stale" in answer.headers
            except (aiohttp.ClientError, TimeoutError):
                status, is_stale = 0, False
            answers.append(Got(path, status, time.monotonic() - began, is_stale))


async def _feed_urls(service: Service) -> set[str]:
    """What the newest stories hold, as far as it is answered."""
    try:
        answer = await service.json("/api/v1/feed", limit="20")
    except AssertionError:
        return set()
    return {card["url"] for story in answer["items"] for card in story["articles"]}


async def _serves(service: Service, urls: set[str]) -> bool:
    try:
        return urls <= {card["url"] for card in await service.articles()}
    except AssertionError:
        return False  # still away


def slowest_s(answers: list[Got]) -> dict[str, float]:
    """The slowest answer of each path, in seconds."""
    found: dict[str, float] = defaultdict(float)
    for got in answers:
        found[got.path] = max(found[got.path], got.seconds)
    return found
