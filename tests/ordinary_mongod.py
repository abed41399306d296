"""An ordinary mongod as an operator would run it: its own process, a TCP port, a replica set; we are its guests."""

import asyncio
import contextlib
import signal
import socket
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from aggregator.store.mongod import find_mongod

_SET = "ordinary"
_READY_WITHIN_S = 60.0
_ALREADY_INITIALISED = 23


class OrdinaryMongod:
    """A single-member replica set in ``folder``, stopped at the end; ``stop`` and ``start`` as often as one likes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    def uri(self, port: int) -> str:
        """Its connection string as guests use it who come by ``port`` (its own or a proxy's)."""
        return f"mongodb://127.0.0.1:{port}/?replicaSet={_SET}"

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Starts the program; ``ready`` says when it can be used."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            *(str(find_mongod()), "--dbpath", str(self._folder), "--replSet", _SET, "--quiet"),
            *("--bind_ip", "127.0.0.1", "--port", str(self.port), "--nounixsocket"),
            *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "128"),
            *("--logpath", str(self._folder / "mongod.log"), "--logappend"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            stdout=asyncio.subprocess.DEVNULL,
        )

    async def stop(self) -> None:
        """SIGTERM, as the system's service manager does."""
        if self._process is None or self._process.returncode is not None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            self._process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), 20)
                return

    async def ready(self, member_port: int) -> None:
        """Returns once it takes writes as the member at ``member_port``, which leads to it."""
        uri = f"mongodb://127.0.0.1:{self.port}/"
        async with (
            asyncio.timeout(_READY_WITHIN_S),
            AsyncMongoClient[dict[str, Any]](uri, directConnection=True, serverSelectionTimeoutMS=2000) as client,
        ):
            while True:
                with contextlib.suppress(PyMongoError):
                    hello = await client.admin.command("hello")
                    if hello.get("isWritablePrimary"):
                        return
                    if hello.get("isreplicaset"):
                        await _initiate(client, member_port)
                await asyncio.sleep(0.1)


async def _initiate(client: AsyncMongoClient[dict[str, Any]], member_port: int) -> None:
    members = [{"_id": 0, "host": f"127.0.0.1:{member_port}"}]
    try:
        await client.admin.command("replSetInitiate", {"_id": _SET, "members": members})
    except OperationFailure as error:
        if error.code != _ALREADY_INITIALISED:
            raise
