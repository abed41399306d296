"""Faults within: the database freezes, parsing workers are killed, two processes share one database."""

import asyncio
import os
import signal
import time
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest

from bench.processes import tree
from tests.faults.newsroom import Newsroom
from tests.faults.run import OFTEN, SETTINGS, crawls_by_source, opened, service_over
from tests.faults.sites import sites_of, write_sources
from tests.service import Service, started, until

pytestmark = pytest.mark.proof  # one service process a group: a minute and a half in all

_FROZEN_S = 4.0
_RESUMES_WITHIN_S = 15.0


def names(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace")


def processes(service: Service, word: str) -> list[int]:
    return [pid for pid in tree(service.pid)[1:] if word in names(pid)]


async def serves(service: Service, titles: set[str]) -> bool:
    found = [card["title"] for card in await service.articles()]
    assert len(found) == len(set(found))
    return titles <= set(found)


async def test_a_frozen_database_stops_crawling_not_reading_and_nothing_is_lost(tmp_path: Path) -> None:
    room = Newsroom(name="khi-kho-dung")
    sources = (room.fault(),)
    async with sites_of(sources, tmp_path) as sites:
        path = await asyncio.to_thread(write_sources, tmp_path, sources, sites)
        async with started(tmp_path / "data", path, wrapper=(), **SETTINGS | OFTEN) as service:
            await until("news is served", lambda: serves(service, room.until(time.monotonic()) or {"chưa có"}))
            (mongod,) = processes(service, "mongod")
            os.kill(mongod, signal.SIGSTOP)
            statuses = await read_while(service, _FROZEN_S)
            asked = len(room.asked_at)
            os.kill(mongod, signal.SIGCONT)
            back_at = time.monotonic()
            before = room.until(back_at)
            await until("what came during the outage is served", lambda: serves(service, before))

            async def crawls_again() -> bool:
                return len(room.asked_at) > asked

            await until("crawling resumes", crawls_again)
            assert time.monotonic() - back_at < _RESUMES_WITHIN_S
            assert statuses == {200}
            assert "Traceback" not in service.log.read_text()
            await service.stop()


async def read_while(service: Service, seconds: float) -> set[int]:
    """The statuses of the feed and of the signs of life, asked for during so long."""
    statuses = set()
    deadline = time.monotonic() + seconds
    async with aiohttp.ClientSession(service.url, timeout=aiohttp.ClientTimeout(total=3)) as session:
        while time.monotonic() < deadline:
            for path in ("/api/v1/feed?limit=100", "/healthz"):
                async with session.get(path) as answer:
                    statuses.add(answer.status)
            await asyncio.sleep(0.1)
    return statuses


async def test_killed_parsing_workers_are_replaced_and_nothing_is_lost(mongo_uri: str, tmp_path: Path) -> None:
    room = Newsroom(name="tho-doc-bi-giet")
    sources = (room.fault(),)
    database = f"faults_{uuid4().hex[:12]}"
    async with (
        sites_of(sources, tmp_path) as sites,
        service_over(tmp_path, sources, sites, mongo_uri, database, OFTEN) as (service, _),
    ):
        await until("news is served", lambda: serves(service, room.until(time.monotonic()) or {"chưa có"}))
        helpers = direct_children(service)
        for _ in range(3):  # each time when they have nothing to do: the last visit is served
            for pid in processes(service, "forkserver"):
                if pid not in helpers:
                    os.kill(pid, signal.SIGKILL)
            room.publish()
            now = time.monotonic()
            await until(
                "what was published since is served", lambda now=now: serves(service, room.until(now)), timeout_s=6
            )
        await service.stop()


def direct_children(service: Service) -> set[int]:
    """Processes whose parent is the service itself: its MongoDB and the server that forks workers."""
    found = set()
    for pid in tree(service.pid)[1:]:
        parent = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]
        if int(parent) == service.pid:
            found.add(pid)
    return found


@pytest.mark.timeout(90)
async def test_two_processes_on_one_database_visit_a_source_once_an_interval(mongo_uri: str, tmp_path: Path) -> None:
    room = Newsroom(name="hai-tien-trinh")
    sources = (room.fault(),)
    database = f"faults_{uuid4().hex[:12]}"
    shared = {"AGGREGATOR_MIN_INTERVAL_S": "2", **OFTEN}
    async with (
        sites_of(sources, tmp_path) as sites,
        service_over(tmp_path / "one", sources, sites, mongo_uri, database, shared) as (one, _),
        service_over(tmp_path / "two", sources, sites, mongo_uri, database, shared) as (two, _),
    ):

        async def visited_often() -> bool:
            return len(room.asked_at) >= 4

        await until("the source is visited four times", visited_often, timeout_s=40)
        now = time.monotonic()
        await until("everything published is served", lambda: serves(two, room.until(now)))
        async with opened(mongo_uri, database) as store:
            crawls = (await crawls_by_source(store))[room.name]
        await one.stop()
        await two.stop()
    assert min(after - before for before, after in pairwise(room.asked_at)) >= 1.8
    tokens = [crawl.token for crawl in crawls]
    assert len(tokens) == len(set(tokens))
