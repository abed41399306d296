"""The service's own MongoDB: one mongod, socket only, in the data directory, ended with the service.

1. One service owns a data directory (a lock that goes with its process); a second one is refused in words.
2. mongod is tied to the service: when the service is killed the kernel ends mongod too.
3. One that outlived its service all the same is ended cleanly and a new one started: it could not be tied to us.
4. It is a replica set of one member, because a standalone server loses acknowledged writes on kill -9.
5. When mongod dies while the service runs it is started again; the drivers find it by themselves.
"""

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import structlog
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from aggregator.model.errors import StartupError
from aggregator.store import data_dir
from aggregator.store.mongod import REPLICA_SET, command, explain_exit, find_mongod

log = structlog.get_logger("mongod")

_START_TIMEOUT_S = 60.0  # recovery after a kill reads the journal
_STOP_GRACE_S = 8.0
_POLL_S = 0.02
_LOG_CHECK_S = 300.0
_BACK_OFF_S = (0.2, 5.0)  # first and longest pause before a restart
_STEADY_S = 60.0  # a mongod that lived this long starts the back-off anew
_ALREADY_INITIALISED = 23

_Client = AsyncMongoClient[dict[str, Any]]


def uri_of_running(directory: Path) -> str | None:
    """The connection string of the MongoDB that a running service has in ``directory``; None when none runs there."""
    if not (directory / "mongo").is_dir():
        return None
    paths = data_dir.prepare(directory)
    if data_dir.orphan_of(paths) is None or not data_dir.is_owned(paths.root):
        return None
    return _uri(paths)


class EmbeddedMongo:
    """A mongod in ``data_dir``, as an async context manager; ``supervise()`` is to run beside its use.

    Enter it on the main thread: the kernel ends mongod when the thread that started it ends. Entering raises
    StartupError with words for the person who started the service.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._paths: data_dir.DataDir | None = None
        self._ownership: data_dir.Ownership | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def uri(self) -> str:
        """The connection string; valid once entered."""
        return _uri(self._located)

    @property
    def pid(self) -> int:
        """The process id of the mongod that runs now."""
        assert self._process is not None, "enter EmbeddedMongo first"
        return self._process.pid

    @property
    def _located(self) -> data_dir.DataDir:
        assert self._paths is not None, "enter EmbeddedMongo first"
        return self._paths

    async def __aenter__(self) -> Self:
        self._paths = await asyncio.to_thread(data_dir.prepare, self._directory)
        self._ownership = await asyncio.to_thread(data_dir.Ownership.take, self._paths.root)
        try:
            await asyncio.to_thread(_end_orphan, self._paths)
            await self._start()
        except BaseException:
            await self._close()
            raise
        log.info("embedded MongoDB runs", directory=str(self._paths.root), pid=self.pid)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._close()

    async def supervise(self) -> None:
        """Restarts mongod whenever it dies and keeps its log bounded; runs until cancelled."""
        first, longest = _BACK_OFF_S
        pause = first
        loop = asyncio.get_running_loop()
        started_at = loop.time()
        while True:
            code = await self._exit_code()
            if loop.time() - started_at > _STEADY_S:
                pause = first
            log.error("embedded MongoDB died, restarting", exit_code=code, pause_s=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)
            started_at = loop.time()
            try:
                await self._start()
            except StartupError as error:
                log.error("embedded MongoDB did not restart", reason=str(error))  # noqa: TRY400 - the words say it all
            else:
                log.info("embedded MongoDB runs again", pid=self.pid)

    async def _exit_code(self) -> int:
        assert self._process is not None
        while True:
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(self._process.wait(), _LOG_CHECK_S)
            if await asyncio.to_thread(data_dir.set_log_aside, self._located):
                self._process.send_signal(signal.SIGUSR1)

    async def _start(self) -> None:
        paths = self._located
        program = await asyncio.to_thread(find_mongod)
        await asyncio.to_thread(data_dir.set_log_aside, paths)
        arguments = command(program, data=paths.data, socket=paths.socket, log=paths.log, parent=os.getpid())
        output = await asyncio.to_thread(paths.output.open, "wb")
        try:
            # Its own session: Ctrl-C in a terminal reaches the service alone, which then closes things in order.
            self._process = await asyncio.create_subprocess_exec(
                *arguments, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
            )
        finally:
            output.close()
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                await self._answering(self._process)
                await self._writable(self._process)
        except TimeoutError as error:
            await self._stop()
            raise StartupError(
                f"MongoDB did not get ready within {_START_TIMEOUT_S:.0f} s; its log is {paths.log}."
            ) from error

    async def _answering(self, process: asyncio.subprocess.Process) -> None:
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_unix_connection(self._located.socket)
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
                return
            await self._still_running(process)

    async def _writable(self, process: asyncio.subprocess.Process) -> None:
        """Waits until the server takes writes; makes a new one's replica set, mends the address of a moved one."""
        host = str(self._located.socket)
        client: _Client = AsyncMongoClient(
            f"mongodb://{quote(host, safe='')}/", directConnection=True, serverSelectionTimeoutMS=2000
        )
        async with client:
            while True:
                with contextlib.suppress(PyMongoError):
                    hello = await client.admin.command("hello")
                    if hello.get("isWritablePrimary") and hello.get("hosts") == [host]:
                        return
                    if hello.get("isreplicaset") or hello.get("hosts") not in (None, [host]):
                        await _configure(client, host)
                await self._still_running(process)

    async def _still_running(self, process: asyncio.subprocess.Process) -> None:
        await asyncio.sleep(_POLL_S)
        if process.returncode is not None:
            printed = await asyncio.to_thread(data_dir.tail, self._located.output)
            logged = await asyncio.to_thread(data_dir.tail, self._located.log)
            raise StartupError(explain_exit(process.returncode, output=printed, log=logged))

    async def _stop(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _STOP_GRACE_S)
                return

    async def _close(self) -> None:
        try:
            await self._stop()
        finally:
            if self._ownership is not None:
                self._ownership.give_up()
                self._ownership = None


def _uri(paths: data_dir.DataDir) -> str:
    return f"mongodb://{quote(str(paths.socket), safe='')}/?replicaSet={REPLICA_SET}"


def _end_orphan(paths: data_dir.DataDir) -> None:
    pid = data_dir.orphan_of(paths)
    if pid is not None:
        log.warning("ending a MongoDB that outlived its service", pid=pid)
        data_dir.end_process(pid, grace_s=_STOP_GRACE_S)


async def _configure(client: _Client, host: str) -> None:
    member = {"_id": 0, "host": host}
    try:
        await client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
    except OperationFailure as error:
        if error.code != _ALREADY_INITIALISED:
            raise
        config = (await client.admin.command("replSetGetConfig"))["config"]
        if config["members"][0]["host"] != host:  # the data directory was moved
            config |= {"members": [member], "version": config["version"] + 1}
            await client.admin.command("replSetReconfig", config, force=True)
