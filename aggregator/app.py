"""The composition root: builds the service's parts in order and closes them in the reverse order.

1. Only this file and the command line hand out the wall clock, randomness and process identity.
2. Every background task lives in one TaskGroup: when one breaks, the service ends loudly instead of limping.
3. A stop takes no new work, lets running crawls end for a few seconds, writes what is queued, and leaves no process.
"""

import asyncio
import contextlib
import errno
import gc
import os
import random
import secrets
import signal
from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from aggregator.crawl.merging import StoryMerger
from aggregator.crawl.parts import Limits, Parts, Watcher, unwatched
from aggregator.crawl.run import Crawler
from aggregator.engine.lag import watch_lag
from aggregator.engine.local import LocalEngine
from aggregator.engine.pool import ParsePool
from aggregator.fetch.gate import Gate
from aggregator.jobs import Clock
from aggregator.model.crawl import Crawl, Trigger
from aggregator.model.errors import StartupError, StoreUnavailable
from aggregator.model.source import Catalogue, Source
from aggregator.schedule.cadence import Pace
from aggregator.settings import Role, Settings
from aggregator.store.embedded import EmbeddedMongo, uri_of_running
from aggregator.store.sources import Claim
from aggregator.store.store import Store
from aggregator.store.versions import version_warning
from aggregator.web.revision import FeedRevision
from aggregator.web.server import WebDeps, build_app

log = structlog.get_logger("service")

LEASE = timedelta(seconds=8)
PRELOAD = ("aggregator.parse.document", "aggregator.parse.page", "aggregator.parse.probe", "aggregator.parse.joined")
_CRAWL_GRACE_S = 3.0
_WEB_GRACE_S = 2.0
_CANCEL_AGAIN_S = 0.5
_MEBIBYTE = 1024 * 1024
_PURGED_AT_ONCE = 2000
_ID_BYTES = 12
_IDS_AT_ONCE = 64


def wall_clock() -> datetime:
    """The present, aware and UTC, in the milliseconds that MongoDB keeps."""
    now = datetime.now(UTC)
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """An open store and everything that crawls into it."""

    settings: Settings
    catalogue: Catalogue
    store: Store
    parts: Parts
    crawler: Crawler
    merger: StoryMerger
    owner: str  # of leases: this process
    sources: dict[str, Source]  # the catalogue's, by id
    strangers: set[str] = field(default_factory=set)  # due in the store, unknown to this process

    async def claim_due(self, most: int) -> list[Claim]:
        """Leases on sources that are due, of those this process knows."""
        claims = await self.store.sources.claim_due(self.owner, limit=most, ttl=LEASE, without=self.strangers)
        strange = [claim.lease for claim in claims if claim.source_id not in self.sources]
        if strange:  # another process on this database reads another file
            self.strangers.update(lease.source_id for lease in strange)
            await self.store.sources.release(strange)
        return [claim for claim in claims if claim.source_id in self.sources]

    async def purge(self) -> None:
        """Removes news past its age, a bounded number at a time; what is purged does not return."""
        now = wall_clock()
        try:
            report = await self.store.retention.purge(now, now - self.settings.max_age, limit=_PURGED_AT_ONCE)
        except StoreUnavailable as error:
            log.warning("purge_waits", error=str(error))
            return
        if report.articles or report.postponed:
            log.info("purged", articles=report.articles, postponed=report.postponed)

    async def sync_sources(self) -> None:
        """Makes the store's states match the catalogue: what is not in it is archived."""
        await self.store.sources.sync(self.catalogue.sources, now=wall_clock())

    async def crawl(
        self, claim: Claim, trigger: Trigger = Trigger.SCHEDULE, watch: Watcher = unwatched
    ) -> Crawl | None:
        """One visit under a lease; its stories follow."""
        crawl = await self.crawler.crawl(self.sources[claim.source_id], claim, trigger, watch)
        if crawl is None or crawl.counts.new or crawl.counts.updated:
            self.merger.wake()
        return crawl


@contextlib.asynccontextmanager
async def running(*tasks: Coroutine[object, object, object]) -> AsyncIterator[None]:
    """Runs coroutines in the background; one that breaks ends the block, and the block's end cancels them."""
    async with asyncio.TaskGroup() as group:
        started = [group.create_task(task) for task in tasks]
        try:
            yield
        finally:
            left: set[asyncio.Task[object]] = set(started)
            while left:
                for task in left:
                    task.cancel()
                # again: asyncio.wait_for loses a cancellation that meets its result (before Python 3.12)
                _done, left = await asyncio.wait(left, timeout=_CANCEL_AGAIN_S)


@contextlib.asynccontextmanager
async def open_database(settings: Settings, *, share: bool = False) -> AsyncIterator[str]:
    """The URI of the database to use: the configured one, or an embedded MongoDB that ends with the block.

    With ``share`` the MongoDB of a service that runs on this data directory is used beside it.
    """
    if settings.mongodb_uri is not None:
        yield settings.mongodb_uri
        return
    running_uri = await asyncio.to_thread(uri_of_running, settings.data_dir) if share else None
    if running_uri is not None:
        yield running_uri
        return
    async with EmbeddedMongo(settings.data_dir) as mongo, running(mongo.supervise()):
        yield mongo.uri


@contextlib.asynccontextmanager
async def open_store(settings: Settings, *, share: bool = False) -> AsyncIterator[Store]:
    """An open store with its writer running; ``share`` as for ``open_database``."""
    async with open_database(settings, share=share) as uri:
        store = await Store.open(
            uri,
            driver=settings.driver,
            database=settings.database,
            keep_crawls=timedelta(days=settings.keep_crawls_days),
            keep_raw=timedelta(days=settings.keep_raw_days),
            max_raw_bytes=settings.max_raw_mb * _MEBIBYTE,
        )
        try:
            if settings.mongodb_uri is not None and (warning := version_warning(await store.server_version())):
                log.warning("old_mongodb", hint=warning)
            async with running(store.writer.run(), store.raw_pages.run(), store.host_turns.run()):
                try:
                    yield store
                finally:
                    await store.writer.close()
            await store.host_turns.close()
            await store.raw_pages.close()
        finally:
            await store.close()


@contextlib.asynccontextmanager
async def open_core(
    settings: Settings, catalogue: Catalogue, *, share: bool = False, empty: bool = False
) -> AsyncIterator[Core]:
    """The store, the gate, the parsing workers and the crawler over them; ``share`` as for ``open_database``."""
    async with contextlib.AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings, share=share))
        await store.deployments.enter(catalogue.province)  # before anything of another province's is touched
        if empty:
            await store.clear()
        if settings.mongodb_uri is None and not share:
            await store.sources.expire_leases()  # the data directory is ours alone: whoever held them is dead
            await store.unmerged.inherit()
        gate = await stack.enter_async_context(Gate(settings, catalogue.province.user_agent, shared=store.host_turns))
        pool = await stack.enter_async_context(
            ParsePool(
                workers=settings.parse_workers,
                deadline=timedelta(seconds=settings.parse_timeout_s),
                memory_bytes=settings.parse_memory_mb * _MEBIBYTE,
                preload=PRELOAD,
            )
        )
        owner = f"{os.getpid()}-{secrets.token_hex(6)}"
        parts = Parts(
            gate=gate,
            pool=pool,
            store=store,
            sections=catalogue.sections,
            timezone=ZoneInfo(catalogue.province.timezone),
            limits=_limits(settings),
            pace=Pace(scale=settings.interval_scale, shortest=timedelta(seconds=settings.min_interval_s)),
            now=wall_clock,
            new_id=_ids().__next__,
            draw=lambda: random.uniform(-1, 1),  # noqa: S311 - jitter is no secret
        )
        merger = StoryMerger(store, owner)
        async with running(merger.run()):
            yield Core(
                settings=settings,
                catalogue=catalogue,
                store=store,
                parts=parts,
                crawler=Crawler(parts),
                merger=merger,
                owner=owner,
                sources={source.id: source for source in catalogue.sources},
            )


@contextlib.asynccontextmanager
async def crawling(core: Core) -> AsyncIterator[LocalEngine[Claim]]:
    """Scheduled crawls while the block runs."""
    engine = LocalEngine[Claim](
        limit=core.settings.crawl_concurrency,
        claim=core.claim_due,
        crawl=core.crawl,
        renew=lambda ids: core.store.sources.renew(core.owner, ids, ttl=LEASE),
    )
    clock = Clock(
        look_for_due=engine.wake,
        renew_leases=engine.renew_leases,
        merge_stories=core.merger.wake,
        purge_old_news=core.purge,
    )
    async with running(engine.serve()), clock:
        try:
            yield engine
        finally:
            await engine.stop(_CRAWL_GRACE_S)


@contextlib.asynccontextmanager
async def serving(core: Core) -> AsyncIterator[str]:
    """The web server while the block runs; yields its base URL."""
    settings = core.settings
    revision = FeedRevision()
    deps = WebDeps(
        store=core.store,
        catalogue=core.catalogue,
        settings=settings,
        now=wall_clock,
        revision=revision,
        places=core.catalogue.places,
    )
    runner = web.AppRunner(build_app(deps), access_log=None, shutdown_timeout=_WEB_GRACE_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.bind, settings.port, reuse_address=True)
        try:
            await site.start()
        except OSError as error:
            raise StartupError(_why_deaf(settings, error)) from error
        host, port = runner.addresses[0][:2]
        shown = f"[{host}]" if ":" in host else host
        async with running(revision.follow(core.store)):
            yield f"http://{shown}:{port}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def open_service(
    settings: Settings, catalogue: Catalogue, *, empty: bool = False
) -> AsyncIterator[tuple[Core, str | None]]:
    """All the roles of this process; yields the core and, when it serves, the base URL.

    ``empty`` forgets everything the database held (the demo's).
    """
    async with contextlib.AsyncExitStack() as stack:
        core = await stack.enter_async_context(open_core(settings, catalogue, empty=empty))
        await core.sync_sources()
        url = None
        if Role.WEB in settings.roles:
            url = await stack.enter_async_context(serving(core))
        if Role.CRAWLER in settings.roles:
            await stack.enter_async_context(crawling(core))
        # What is there now stays: without it the collector's whole rounds hold up the loop for a tenth of a second.
        gc.collect()
        gc.freeze()
        await stack.enter_async_context(running(watch_lag()))
        yield core, url


async def until_stopped() -> None:
    """Returns at SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()
    log.info("stopping")


def _why_deaf(settings: Settings, error: OSError) -> str:
    """Why the web server cannot listen, and what to do."""
    place = f"Cannot listen on {settings.bind}:{settings.port} ({error.strerror})"
    if error.errno == errno.EADDRINUSE:
        return f"{place}: another program has the port. Stop it, or set AGGREGATOR_PORT (0 lets the system choose)."
    if error.errno == errno.EACCES:
        return f"{place}: ports below 1024 want privileges. Set AGGREGATOR_PORT to another."
    return f"{place}: set AGGREGATOR_BIND to an address of this machine, 127.0.0.1 or 0.0.0.0 for instance."


def _ids() -> Iterator[str]:
    """Ids that nobody guesses, 24 hex digits each; the system is asked for many at a time."""
    while True:
        drawn = secrets.token_hex(_ID_BYTES * _IDS_AT_ONCE)
        yield from (drawn[start : start + 2 * _ID_BYTES] for start in range(0, len(drawn), 2 * _ID_BYTES))


def _limits(settings: Settings) -> Limits:
    return Limits(
        max_entries=settings.max_entries,
        max_pages=settings.max_pages_per_crawl,
        max_age=settings.max_age,
        max_body_bytes=settings.max_body_bytes,
        fetch_timeout=timedelta(seconds=settings.fetch_timeout_s),
    )
