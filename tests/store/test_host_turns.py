"""Processes of one deployment take turns at a host: one at a time, and the pause holds for whoever is next."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import pytest
from pymongo import AsyncMongoClient

from aggregator.fetch.gate import Gate
from aggregator.model.errors import StoreUnavailable
from aggregator.model.fetch import FetchRequest
from aggregator.settings import read_settings
from aggregator.store.host_turns import HostTurns
from tests.fetch.sites import USER_AGENT, Asked, Site, answer
from tests.service import until

HOST = "bao.example.vn:443"


@contextlib.asynccontextmanager
async def processes(mongo_uri: str, database: str, *names: str) -> AsyncIterator[list[HostTurns]]:
    """One's turns for each name, as in processes of their own."""
    async with contextlib.AsyncExitStack() as stack:
        every = []
        for name in names:
            client = AsyncMongoClient[dict[str, object]](mongo_uri, timeoutMS=1500)
            stack.push_async_callback(client.close)
            turns = HostTurns(client[database], owner=name)
            task = asyncio.get_running_loop().create_task(turns.run())
            stack.callback(task.cancel)
            every.append(turns)
        yield every


async def test_a_held_host_is_given_on_when_it_is_let_go_and_its_pause_is_over(mongo_uri: str, database: str) -> None:
    async with processes(mongo_uri, database, "one", "two") as (one, two):
        assert await one.hold(HOST) == 0.0
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(two.hold(HOST))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.3):
                    await asyncio.shield(waiting)
            assert not waiting.done()
            one.let_go(HOST, pause_s=3.0)
        assert 0.5 < waiting.result() <= 3.0


async def test_who_holds_a_host_asks_nobody_again(mongo_uri: str, database: str) -> None:
    async with processes(mongo_uri, database, "one") as (one,):
        await one.hold(HOST)
        began = time.perf_counter()
        for _ in range(1000):
            await one.hold(HOST)
        assert time.perf_counter() - began < 1.0  # a thousand round trips take longer


async def test_other_hosts_are_nobodys_business(mongo_uri: str, database: str) -> None:
    async with processes(mongo_uri, database, "one", "two") as (one, two):
        await one.hold(HOST)
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            for number in range(50):
                group.create_task(two.hold(f"xa-{number}.example.vn:443"))


async def test_who_gives_up_waiting_keeps_nothing(mongo_uri: str, database: str) -> None:
    async with processes(mongo_uri, database, "one", "two") as (one, two):
        waiting = asyncio.get_running_loop().create_task(one.hold(HOST))
        await asyncio.sleep(0)  # its question is on the way
        waiting.cancel()
        async with asyncio.timeout(5):
            await two.hold(HOST)


async def test_a_hold_that_is_used_is_renewed_and_one_of_the_dead_ends(mongo_uri: str, database: str) -> None:
    async with processes(mongo_uri, database, "two") as (two,):
        async with processes(mongo_uri, database, "one") as (one,):
            await one.hold(HOST)
            waiting = asyncio.get_running_loop().create_task(two.hold(HOST))
            await asyncio.wait([waiting], timeout=9.5)  # longer than a hold lasts by itself
            assert not waiting.done()
        async with asyncio.timeout(12):
            await waiting


async def test_a_process_that_slept_too_long_asks_again(mongo_uri: str, database: str) -> None:
    async with processes(mongo_uri, database, "one", "two") as (one, two):
        await one.hold(HOST)
        async with AsyncMongoClient[dict[str, object]](mongo_uri) as client:
            await client[database]["host_turns"].update_one({"_id": HOST}, [{"$set": {"until": "$$NOW"}}])
        await two.hold(HOST)
        await until("the first knows that it lost the host", lambda: lost(one))


async def lost(turns: HostTurns) -> bool:
    return HOST not in turns._held


async def test_a_process_that_ends_lets_go(mongo_uri: str, database: str) -> None:
    async with processes(mongo_uri, database, "one", "two") as (one, two):
        await one.hold(HOST)
        await one.close()
        async with asyncio.timeout(5):
            await two.hold(HOST)


async def test_without_mongodb_nobody_gets_a_host(database: str) -> None:
    async with processes("mongodb://%2Fnowhere%2Fmongod.sock", database, "one") as (one,):
        async with asyncio.timeout(10):
            with pytest.raises(StoreUnavailable):
                await one.hold(HOST)


async def slow(_: Asked, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(0.1)
    writer.write(answer(b"x"))
    await writer.drain()


async def test_gates_of_two_processes_pace_a_host_together(mongo_uri: str, database: str) -> None:
    site = Site(0, "127.0.0.1", {"*": slow})
    server = await asyncio.start_server(site.serve, site.host, 0)
    site.port = server.sockets[0].getsockname()[1]
    settings = read_settings({}, allow_cidrs="127.0.0.1/32")
    gap = timedelta(seconds=0.3)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(server.close)
        both = await stack.enter_async_context(processes(mongo_uri, database, "one", "two"))
        gates = [await stack.enter_async_context(Gate(settings, USER_AGENT, shared=turns)) for turns in both]
        async with asyncio.timeout(60), asyncio.TaskGroup() as group:
            for number in range(3):
                for gate in gates:
                    group.create_task(gate.get(FetchRequest(url=site.url(f"/{number}"), min_gap=gap)))
    assert len(site.asked) == 6
    assert site.most_active == 1
    assert all(second.at - first.at >= 0.25 for first, second in pairwise(site.asked))


async def test_a_busy_process_lets_others_at_the_host_between(mongo_uri: str, database: str) -> None:
    async with processes(mongo_uri, database, "busy", "other") as (busy, other):
        await busy.hold(HOST)
        waiting = asyncio.get_running_loop().create_task(other.hold(HOST))
        await until("the other has asked", lambda: is_wanted(mongo_uri, database))
        busy.let_go(HOST, pause_s=0.0)
        again = asyncio.get_running_loop().create_task(busy.hold(HOST))
        done, _ = await asyncio.wait([waiting, again], timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert done == {waiting}
        other.let_go(HOST, pause_s=0.0)
        async with asyncio.timeout(10):
            await again


async def is_wanted(mongo_uri: str, database: str) -> bool:
    async with AsyncMongoClient[dict[str, object]](mongo_uri) as client:
        return await client[database]["host_turns"].find_one({"_id": HOST, "wanted_by": "other"}) is not None


async def test_a_row_that_a_failover_took_is_made_anew(mongo_uri: str, database: str) -> None:
    async with processes(mongo_uri, database, "one") as (one,):
        await one.hold(HOST)
        async with AsyncMongoClient[dict[str, object]](mongo_uri) as client:
            await client[database]["host_turns"].delete_many({})
        await until("the hold is known to be lost", lambda: lost(one))
        async with asyncio.timeout(10):
            assert await one.hold(HOST) == 0.0
