"""The real service as a process of its own, for tests that watch it from outside."""

import asyncio
import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parent.parent
_START_TIMEOUT_S = 30.0


@dataclass(slots=True, kw_only=True)
class Service:
    """A running service: where it answers, and its process."""

    url: str
    process: asyncio.subprocess.Process
    log: Path

    @property
    def pid(self) -> int:
        """The main process."""
        return self.process.pid

    def kill(self) -> None:
        """kill -9 of the main process."""
        os.kill(self.pid, signal.SIGKILL)

    async def stop(self) -> float:
        """SIGTERM; the seconds it took to end with status 0."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            status = await self.process.wait()
        assert status == 0, (status, self.log.read_text()[-3000:])
        return time.monotonic() - began

    async def json(self, path: str, **parameters: str) -> Any:
        """The JSON answer of a GET that must succeed."""
        async with aiohttp.ClientSession() as session, session.get(self.url + path, params=parameters) as answer:
            assert answer.status == 200, (answer.status, await answer.text())
            return await answer.json(content_type=None)

    async def stories(self, **parameters: str) -> list[dict[str, Any]]:
        """The whole feed, walked by cursor."""
        items: list[dict[str, Any]] = []
        page = {"limit": "100"} | parameters
        while True:
            answer = await self.json("/api/v1/feed", **page)
            items += answer["items"]
            if not answer["next_cursor"]:
                return items
            page["cursor"] = answer["next_cursor"]

    async def articles(self) -> list[dict[str, Any]]:
        """The cards of every article in the feed."""
        return [card for story in await self.stories() for card in story["articles"]]


@contextlib.asynccontextmanager
async def started(
    data_dir: Path, sources: Path, *, wrapper: tuple[str, ...] = (), **environment: str
) -> AsyncIterator[Service]:
    """The service over ``sources``, killed at the end if it still runs; ``wrapper`` is a command put before it."""
    service = await start(data_dir, sources, wrapper=wrapper, **environment)
    try:
        yield service
    finally:
        if service.process.returncode is None:
            service.kill()
            await service.process.wait()


async def start(data_dir: Path, sources: Path, *, wrapper: tuple[str, ...] = (), **environment: str) -> Service:
    """A started service that answers; its log goes to ``<data_dir>.log``."""
    log = data_dir.with_suffix(".log")
    variables = {
        "AGGREGATOR_DATA_DIR": str(data_dir),
        "AGGREGATOR_SOURCES": str(sources),
        "AGGREGATOR_PORT": "0",
        "AGGREGATOR_ALLOW_CIDRS": "127.0.0.0/8",
        "AGGREGATOR_INTERVAL_SCALE": "0.05",
        "AGGREGATOR_MIN_INTERVAL_S": "1",
    } | environment
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AGGREGATOR_", "MONGODB_"))}
    with log.open("ab") as log_file:
        process = await asyncio.create_subprocess_exec(
            *wrapper,
            sys.executable,
            str(ROOT / "main.py"),
            "serve",
            env=clean | variables,
            stdout=asyncio.subprocess.PIPE,
            stderr=log_file,
            cwd=ROOT,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_START_TIMEOUT_S):
            while line := (await process.stdout.readline()).decode():
                if found := re.search(r"http://\S+:\d+", line):
                    return Service(url=found.group(), process=process, log=log)
    except TimeoutError:
        process.kill()
        await process.wait()
    raise AssertionError(f"the service did not start:\n{log.read_text()[-3000:]}")


async def until(statement: str, check: Any, *, timeout_s: float = 20.0) -> Any:
    """What ``check()`` returns once it is truthy; fails naming the statement after ``timeout_s``."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = await check()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {timeout_s:g} s: {statement}"
        await asyncio.sleep(0.05)
