"""Opening tells in words what is wrong; an outage ends every wait in StoreUnavailable and passes."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pymongo.errors import CursorNotFound, OperationFailure
from structlog.testing import capture_logs

from aggregator.crawl.merging import StoryMerger
from aggregator.model.article import Article
from aggregator.model.errors import StartupError, StoreError, StoreUnavailable
from aggregator.model.source import Source
from aggregator.settings import Driver
from aggregator.store import data_dir, mongod
from aggregator.store.driver import translated
from aggregator.store.embedded import EmbeddedMongo
from aggregator.store.sources import Claim
from aggregator.store.store import Store
from aggregator.store.stories import FeedQuery
from aggregator.store.writer import CrawlWrites

MONTH = timedelta(days=30)
TTL = timedelta(minutes=5)
NOWHERE = "mongodb://{user}%2Fnowhere%2Fmongod.sock/?replicaSet=x"


@contextlib.contextmanager
def stopped(pid: int) -> Iterator[None]:
    """A server that accepts bytes and never answers."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextlib.asynccontextmanager
async def working_store(uri: str, driver: Driver) -> AsyncIterator[Store]:
    store = await Store.open(uri, driver=driver, database="drill", keep_crawls=MONTH)
    try:
        async with asyncio.TaskGroup() as group:
            writer = group.create_task(store.writer.run())
            yield store
            writer.cancel()
    finally:
        await store.close()


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("not a uri", "not a usable MongoDB address"),
        (NOWHERE.format(user=""), "does not answer"),
    ],
    ids=["nonsense", "nobody there"],
)
async def test_a_uri_that_leads_nowhere_is_told_in_words(driver: Driver, uri: str, words: str) -> None:
    with pytest.raises(StartupError, match=words):
        await Store.open(uri, driver=driver, database="x", keep_crawls=MONTH)


async def test_the_password_in_a_uri_is_not_told(driver: Driver) -> None:
    with pytest.raises(StartupError) as told:
        await Store.open(NOWHERE.format(user="u:se%cret@"), driver=driver, database="x", keep_crawls=MONTH)
    assert "cret" not in str(told.value)
    with pytest.raises(StartupError) as told:
        await Store.open(NOWHERE.format(user="u:secret@"), driver=driver, database="x", keep_crawls=MONTH)
    assert "secret" not in str(told.value)


async def test_a_standalone_server_is_refused(tmp_path: Path, driver: Driver) -> None:
    paths = data_dir.prepare(tmp_path)
    program = mongod.find_mongod()
    arguments = mongod.command(program, data=paths.data, socket=paths.socket, log=paths.log, parent=os.getpid())
    arguments = arguments[arguments.index(str(program)) :]
    at = arguments.index("--replSet")
    del arguments[at : at + 2]
    server = await asyncio.create_subprocess_exec(*arguments, stdout=asyncio.subprocess.DEVNULL)
    try:
        uri = f"mongodb://{str(paths.socket).replace('/', '%2F')}/"
        with pytest.raises(StartupError, match="standalone"):
            await _open_once_up(uri, driver)
    finally:
        server.kill()
        await server.wait()


async def _open_once_up(uri: str, driver: Driver) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await Store.open(uri, driver=driver, database="x", keep_crawls=MONTH)
            except StartupError as error:
                if "does not answer" not in str(error):
                    raise


@pytest.mark.parametrize("code", [94, 134, 175, 237, 11600, 13436])
def test_a_server_that_cannot_now_is_told_from_one_that_refuses(code: int) -> None:
    assert type(translated(OperationFailure("not now", code))) is StoreUnavailable
    assert type(translated(CursorNotFound("cursor id 1 not found", 43))) is StoreUnavailable
    assert type(translated(OperationFailure("bad query", 2))) is StoreError


async def test_an_outage_ends_every_wait_and_passes(
    tmp_path: Path,
    driver: Driver,
    an_article: Callable[..., Article],
    sources_named: Callable[..., tuple[Source, ...]],
) -> None:
    async with EmbeddedMongo(tmp_path) as mongo, working_store(mongo.uri, driver) as store:
        await store.sources.sync(sources_named("bao"), now=an_article().first_seen_at)
        claim = await store.sources.claim("one", "bao", ttl=TTL)
        assert claim is not None
        article = an_article()
        began = time.monotonic()
        with stopped(mongo.pid):
            results = await _all_ways(store, claim, article)
        assert results == ["StoreUnavailable"] * 4
        assert time.monotonic() - began < 30
        result = await store.writer.submit(CrawlWrites(lease=claim.lease, new=(article,)))
        # The write that was given up on may have been done when the server went on: once, in either case.
        assert result.inserted | result.duplicates == {article.id}


async def test_merging_outlives_a_server_that_refuses_it(store: Store) -> None:
    database = store._database
    await database.create_collection("locks", validator={"owner": "nobody"})
    merger = StoryMerger(store, "one")
    with capture_logs() as logs:
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            merging = group.create_task(merger.run())
            merger.wake()
            while not logs:
                await store.ping()
            await database.command("collMod", "locks", validator={})
            assert await merger.drain() == 0
            assert not merging.done()
            merging.cancel()
    assert {line["event"] for line in logs} == {"merging_waits"}


async def _all_ways(store: Store, claim: Claim, article: Article) -> list[str]:
    async def follow() -> None:
        async for _ in store.stories.follow():
            pass

    async def submit() -> None:
        await store.writer.submit(CrawlWrites(lease=claim.lease, new=(article,)))

    async def feed() -> None:
        await store.stories.feed(FeedQuery())

    async with asyncio.TaskGroup() as group:
        results = [group.create_task(_how_it_ends(way)) for way in (store.ping, feed, submit, follow)]
    return [result.result() for result in results]


async def _how_it_ends(way: Callable[[], Awaitable[None]]) -> str:
    try:
        async with asyncio.timeout(60):
            await way()
    except StoreUnavailable as error:
        return type(error).__name__
    return "done"
