"""What every test may ask for: a real MongoDB, a store of its own in it, settings, the corpus of real pages."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from pymongo import AsyncMongoClient

from aggregator.settings import Driver, Settings, read_settings
from aggregator.store.embedded import EmbeddedMongo
from aggregator.store.store import Store

MEMORY = Path("/dev/shm")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real mongod for the whole run, or the replica set of TEST_MONGODB_URI."""
    given = os.environ.get("TEST_MONGODB_URI")
    if given:
        yield given
        return
    with contextlib.ExitStack() as stack:
        directory = tmp_path_factory.mktemp("mongo")
        if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2 * 1024**3:  # making a database is ten syncs
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY)))
        # A loop of its own, run only to start and stop: tests have loops that live as long as one test.
        runner = stack.enter_context(asyncio.Runner(loop_factory=asyncio.new_event_loop))
        mongo = EmbeddedMongo(directory)
        runner.run(mongo.__aenter__())
        yield mongo.uri
        runner.run(mongo.__aexit__(None, None, None))


@pytest.fixture
async def database(mongo_uri: str) -> AsyncIterator[str]:
    """The name of a database that is dropped after the test."""
    name = f"test_{uuid4().hex}"
    yield name
    async with AsyncMongoClient[dict[str, object]](mongo_uri) as client:
        await client.drop_database(name)


@pytest.fixture
def driver() -> Driver:
    """The driver behind ``store``; tests of the store run with each."""
    return Driver.PYMONGO


@pytest.fixture
async def store(mongo_uri: str, database: str, driver: Driver) -> AsyncIterator[Store]:
    """An open store on an empty database, its writer running."""
    store = await Store.open(mongo_uri, driver=driver, database=database, keep_crawls=timedelta(days=30))
    # A fixture's two halves run in different tasks, which a TaskGroup does not allow.
    writer = asyncio.get_running_loop().create_task(store.writer.run())
    yield store
    await store.writer.close()
    await writer
    await store.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a test: everything in its own directory, loopback sites may be fetched, a free port."""
    return read_settings({}, data_dir=tmp_path / "data", allow_cidrs="127.0.0.0/8,::1/128", port=0)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real feeds and pages, which are read where they are and never copied."""
    folder = Path(os.environ.get("AGGREGATOR_CORPUS", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no corpus of real pages at {folder}; set AGGREGATOR_CORPUS")
    return folder
