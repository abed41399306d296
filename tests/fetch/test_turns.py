"""One at a time and a pause per host; a limit over all; a slow host keeps nobody else waiting."""

import asyncio
import time
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from aggregator.fetch.gate import Gate
from aggregator.fetch.turns import Turns
from aggregator.model.fetch import FetchRequest
from tests.fetch.sites import Asked, Fetch, Serve, Writer, answer, fetched


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"max_fetches": 2}


async def all_of(gate: Gate, *requests: FetchRequest) -> None:
    async with asyncio.TaskGroup() as group:
        for request in requests:
            group.create_task(gate.get(request))


async def slow(_: Asked, writer: Writer) -> None:
    await asyncio.sleep(0.05)
    writer.write(answer(b"x"))
    await writer.drain()


async def test_a_paced_host_is_asked_one_at_a_time_with_the_gap_between_starts(serve: Serve, gate: Gate) -> None:
    site = await serve(slow)
    gap = timedelta(seconds=0.2)
    await all_of(gate, *(FetchRequest(url=site.url(f"/{n}"), min_gap=gap) for n in range(5)))
    assert site.most_active == 1
    assert all(second.at - first.at >= 0.15 for first, second in pairwise(site.asked))
    assert [asked.path for asked in site.asked] == ["/0", "/1", "/2", "/3", "/4"]


async def test_a_redirect_on_a_paced_host_waits_its_turn(serve: Serve, fetch: Fetch) -> None:
    site = await serve({"/a": answer(b"", "Location: /b", status="302 Found"), "/b": answer(b"x")})
    fetched(await fetch(site.url("/a"), min_gap=timedelta(seconds=0.2)))
    assert site.asked[1].at - site.asked[0].at >= 0.15


async def test_the_wait_for_a_turn_is_no_part_of_the_fetch(serve: Serve, fetch: Fetch) -> None:
    site = await serve(answer(b"x"))
    first = fetched(await fetch(site.url(), min_gap=timedelta(seconds=0.4)))
    second = fetched(await fetch(site.url(), min_gap=timedelta(seconds=0.4), total_timeout=timedelta(seconds=0.3)))
    assert max(first.elapsed_ms, second.elapsed_ms) < 300


async def test_an_allowed_private_address_is_not_paced(serve: Serve, gate: Gate) -> None:
    site = await serve(slow)
    started = time.monotonic()
    await all_of(gate, *(FetchRequest(url=site.url()) for _ in range(6)))
    assert time.monotonic() - started < 0.9
    assert site.most_active == 2  # the limit over all hosts


async def test_hosts_waiting_for_their_pause_hold_no_slot(serve: Serve, gate: Gate) -> None:
    paced, free = await serve(answer(b"x")), await serve(answer(b"x"))
    gap = timedelta(seconds=60)
    fetched(await gate.get(FetchRequest(url=paced.url(), min_gap=gap)))
    async with asyncio.TaskGroup() as group:
        waiting = [group.create_task(gate.get(FetchRequest(url=paced.url(), min_gap=gap))) for _ in range(4)]
        async with asyncio.timeout(30):
            for _ in range(20):
                fetched(await gate.get(FetchRequest(url=free.url())))
        for task in waiting:
            task.cancel()
    assert len(paced.asked) == 1


async def test_the_pause_is_counted_from_the_sending_of_the_request(serve: Serve, gate: Gate) -> None:
    site = await serve({"/a": answer(b"x"), "/b": answer(b"x")})
    turns = gate._turns
    fetched(await gate.get(FetchRequest(url=site.url("/a"), min_gap=timedelta(seconds=0.01))))
    async with turns.turn("late:80", 0.2) as turn:
        await asyncio.sleep(0.15)  # connecting
        turn.start()
        sent = time.monotonic()
    async with turns.turn("late:80", 0.2):
        assert time.monotonic() - sent >= 0.195
    host = turns._hosts[f"127.0.0.1:{site.port}"]
    assert host.started_at <= site.asked[0].at


async def test_the_longer_pause_of_two_sources_on_one_host_holds() -> None:
    turns = Turns(4)
    async with turns.turn("a:80", 0.2):
        began = time.monotonic()
    async with turns.turn("a:80", 0.01):
        assert time.monotonic() - began >= 0.195


async def test_a_cancelled_wait_gives_its_place_away() -> None:
    turns = Turns(1)
    inside = asyncio.Event()
    leave = asyncio.Event()

    async def hold() -> None:
        async with turns.turn("a:80", 0.0):
            inside.set()
            await leave.wait()

    async with asyncio.TaskGroup() as group:
        group.create_task(hold())
        await inside.wait()
        for key in ("a:80", "b:80"):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02), turns.turn(key, 0.0):
                    pytest.fail("there was no turn free")
        leave.set()
        for key in ("a:80", "b:80"):
            async with asyncio.timeout(2), turns.turn(key, 0.0):
                await asyncio.sleep(0)


async def test_idle_hosts_are_forgotten() -> None:
    turns = Turns(4)
    for n in range(5000):
        async with turns.turn(f"host{n}:80", 0.0):
            pass
    assert len(turns) <= 512
