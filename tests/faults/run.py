"""A group of faults met by one real service process over real sockets, and what was seen of it from outside."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
from pymongo import AsyncMongoClient

from aggregator.app import wall_clock
from aggregator.model.crawl import Crawl
from aggregator.settings import Driver
from aggregator.store.documents import ARTICLE
from aggregator.store.store import Store
from bench.processes import resident_mb
from tests.faults.fault import Fault, Group, Seen
from tests.faults.sites import FaultSites, sites_of, write_sources
from tests.faults.wire import news, ok, with_rest
from tests.service import Service, started

HEALTHY = "khoe-manh"
FETCH_TIMEOUT_S = 3.0
_VISITS_WITHIN_S = 40.0
_SETTLED_WITHIN_S = 15.0
_DETAILS = 12  # articles of a source that are looked at closely
SETTINGS = {
    "AGGREGATOR_ALLOW_CIDRS": "127.0.0.1/32",
    "AGGREGATOR_FETCH_TIMEOUT_S": f"{FETCH_TIMEOUT_S:g}",
    "AGGREGATOR_CONNECT_TIMEOUT_S": "1",
    "AGGREGATOR_PARSE_TIMEOUT_S": "3",
    "AGGREGATOR_PARSE_MEMORY_MB": "512",
    "AGGREGATOR_INTERVAL_SCALE": "1",
    "AGGREGATOR_MIN_INTERVAL_S": "1",
    "AGGREGATOR_MIN_GAP_S": "0",
}
OFTEN = {"AGGREGATOR_INTERVAL_SCALE": "0.0001"}
_HEALTHY = Fault(id=HEALTHY, serve=lambda place: {"/rss": ok(news(HEALTHY, place.base, 5))}, outcomes=())


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRun:
    """What was seen of a whole group."""

    seen: dict[str, Seen]
    growth_mb: float  # of the main process, from its start to its peak
    log: str
    inner_connections: int  # to the site that nobody may be led to


@dataclass(slots=True, kw_only=True)
class Memory:
    """The resident memory of a process, watched."""

    pid: int
    first_mb: float = 0.0
    peak_mb: float = 0.0

    async def watch(self) -> None:
        """Looks twenty times a second, until cancelled."""
        self.first_mb = self.peak_mb = resident_mb(self.pid)
        while True:
            self.peak_mb = max(self.peak_mb, resident_mb(self.pid))
            await asyncio.sleep(0.05)

    def begin(self) -> None:
        """Counts growth from now."""
        self.first_mb = self.peak_mb = resident_mb(self.pid)

    @property
    def growth_mb(self) -> float:
        """What the process grew by."""
        return self.peak_mb - self.first_mb


@asynccontextmanager
async def opened(uri: str, database: str) -> AsyncIterator[Store]:
    """The service's store, seen from beside it."""
    store = await Store.open(uri, driver=Driver.PYMONGO, database=database, keep_crawls=timedelta(days=30))
    try:
        yield store
    finally:
        await store.close()


async def crawls_by_source(store: Store) -> dict[str, list[Crawl]]:
    """The whole crawl log, oldest first."""
    found: dict[str, list[Crawl]] = defaultdict(list)
    for crawl in reversed(await store.crawls.recent(limit=20_000)):
        found[crawl.source_id].append(crawl)
    return found


async def visited(store: Store, wanted: dict[str, int], *, since: datetime | None = None) -> dict[str, list[Crawl]]:
    """The crawl log once every source was visited as often as ``wanted`` since then, or at a deadline.

    What is missing then is the failure of that fault's own test.
    """
    deadline = time.monotonic() + _VISITS_WITHIN_S
    while True:
        crawls = await crawls_by_source(store)
        found = {
            name: [crawl for crawl in crawls[name] if since is None or crawl.started_at > since] for name in wanted
        }
        if all(len(found[name]) >= count for name, count in wanted.items()) or time.monotonic() > deadline:
            return found
        await asyncio.sleep(0.2)


async def all_visits(
    store: Store, faults: tuple[Fault, ...], sites: FaultSites, service: Service, memory: Memory
) -> dict[str, list[Crawl]]:
    """Every visit that the faults' outcomes speak of; the sources change between where they say so."""
    if not any(fault.then for fault in faults):
        return await visited(store, {fault.id: max(len(fault.outcomes), 1) for fault in faults})
    first = await visited(store, dict.fromkeys((fault.id for fault in faults), 1))
    await service.articles()
    memory.begin()
    for fault in faults:
        if fault.then is not None:
            sites.sites[fault.id].scripts = with_rest(fault.then(sites.place(fault)))
    changed = {fault.id: len(fault.outcomes) - 1 for fault in faults if fault.then is not None}
    later = await visited(store, changed, since=wall_clock())
    whole = await visited(store, {fault.id: max(len(fault.outcomes), 1) for fault in faults})
    return whole | {name: [*first[name][:1], *crawls] for name, crawls in later.items()}


async def settled(service: Service, store: Store, client: Any, database: str) -> list[dict[str, Any]]:
    """The feed's cards once every stored article is in it, or what there is at a deadline."""
    deadline = time.monotonic() + _SETTLED_WITHIN_S
    while True:
        cards = await service.articles()
        stored = await client[database]["articles"].count_documents({"visibility": "live"})
        if (len(cards) == stored and not await store.unmerged.ids()) or time.monotonic() > deadline:
            return cards
        await asyncio.sleep(0.2)


async def look(
    service: Service,
    store: Store,
    sites: FaultSites,
    crawls: dict[str, list[Crawl]],
    faults: tuple[Fault, ...],
    uri: str,
    name: str,
) -> dict[str, Seen]:
    """What is seen of each source: the crawl log, the database, the API, the pages, its own access log."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        cards = await settled(service, store, client, name)
        rows = await client[name]["articles"].find().to_list(None)
        stories = await client[name]["stories"].find().to_list(None)
    seen = {}
    async with aiohttp.ClientSession(service.url) as session:
        for fault in faults:
            own = [card for card in cards if card["source"]["id"] == fault.id]
            mine = [row for row in rows if row["source_id"] == fault.id]
            site = sites.sites[fault.id]
            details, pages = await _closely(session, own[:_DETAILS])
            seen[fault.id] = Seen(
                crawls=crawls[fault.id],
                articles=[ARTICLE.read(row) for row in mine],
                cards=own,
                details=details,
                pages=pages,
                stored=repr([*mine, *(member for story in stories for member in _members(story, fault.id))]),
                asked=list(site.asked),
                most_active=site.most_active,
            )
    return seen


def _members(story: dict[str, Any], source_id: str) -> list[dict[str, Any]]:
    return [member for member in story["members"] if member["source_id"] == source_id]


async def _closely(
    session: aiohttp.ClientSession, cards: list[dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[str]]:
    details, pages = [], []
    for card in cards:
        async with session.get(f"/api/v1/articles/{card['id']}") as found:
            assert found.status == 200, await found.text()
            details.append(await found.json())
        async with session.get(f"/bai/{card['id']}") as found:
            assert found.status == 200, await found.text()
            pages.append(await found.text())
    return details, pages


@asynccontextmanager
async def service_over(
    folder: Path, faults: tuple[Fault, ...], sites: FaultSites, uri: str, database: str, settings: dict[str, str]
) -> AsyncIterator[tuple[Service, Memory]]:
    """The real service over the sites, its memory watched."""
    sources = await asyncio.to_thread(write_sources, folder, faults, sites)
    database_settings = {"MONGODB_URI": uri, "AGGREGATOR_DATABASE": database}
    environment = SETTINGS | database_settings | settings
    async with started(folder / "data", sources, wrapper=(), **environment) as service:
        memory = Memory(pid=service.pid)
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(memory.watch())
            yield service, memory
            watching.cancel()


async def run_group(group: Group, uri: str, folder: Path) -> GroupRun:
    """All faults of a group and one healthy source, crawled by one process."""
    faults = (*group.faults, _HEALTHY)
    database = f"faults_{uuid4().hex[:12]}"
    settings = (OFTEN if group.revisit else {}) | dict(group.settings)
    async with sites_of(faults, folder) as sites:
        async with service_over(folder, faults, sites, uri, database, settings) as (service, memory):
            async with opened(uri, database) as store:
                crawls = await all_visits(store, faults, sites, service, memory)
                seen = await look(service, store, sites, crawls, faults, uri, database)
            if group.is_stopped:
                await service.stop()
        log = await asyncio.to_thread(service.log.read_text, encoding="utf-8")
        inner = sites.inner.connections
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        await client.drop_database(database)
    return GroupRun(seen=seen, growth_mb=memory.growth_mb, log=log, inner_connections=inner)
