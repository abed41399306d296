"""The clock ticks on the loop, begins with a look at once, keeps out of step, and goes on when the time is set."""

import asyncio
import threading
import time
from datetime import datetime, tzinfo
from itertools import pairwise

import apscheduler.schedulers.base
import apscheduler.triggers.interval
import pytest
from structlog.testing import capture_logs

from aggregator.jobs import Clock


async def test_the_first_look_is_at_once_and_every_look_is_on_the_loop_s_thread() -> None:
    threads: list[int] = []
    times: list[float] = []
    looked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def look() -> None:
        threads.append(threading.get_ident())
        times.append(loop.time())
        if len(threads) == 4:
            looked.set()

    async def nothing() -> None:
        return

    clock = Clock(look_for_due=look, renew_leases=nothing, merge_stories=lambda: None, purge_old_news=nothing)
    async with clock, asyncio.timeout(10):
        assert len(threads) == 1
        await looked.wait()
    assert set(threads) == {threading.get_ident()}
    later = [after - before for before, after in pairwise(times[1:])]
    assert all(gap > 0.5 for gap in later)
    assert len({round(gap, 3) for gap in later}) == len(later), "each tick is drawn anew"


class SetClock(datetime):
    """The wall clock that APScheduler reads, ``set_by_s`` off the true one."""

    set_by_s = 0.0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "SetClock":
        return cls.fromtimestamp(cls.wall_s(), tz)

    @classmethod
    def wall_s(cls) -> float:
        return time.time() + cls.set_by_s


@pytest.mark.parametrize("seconds", [-1800.0, 4 * 365 * 86400.0], ids=["half an hour back", "four years ahead"])
async def test_everything_goes_on_at_once_when_the_wall_clock_is_set(
    monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(SetClock, "set_by_s", 0.0)
    for module in (apscheduler.schedulers.base, apscheduler.triggers.interval):
        monkeypatch.setattr(module, "datetime", SetClock)
    ran: dict[str, int] = {"renew": 0, "purge": 0}
    every = asyncio.Condition()

    async def note(name: str) -> None:
        async with every:
            ran[name] += 1
            every.notify_all()

    clock = Clock(
        look_for_due=lambda: None,
        renew_leases=lambda: note("renew"),
        merge_stories=lambda: None,
        purge_old_news=lambda: note("purge"),
        wall_s=SetClock.wall_s,
    )
    with capture_logs() as logs:
        async with clock, asyncio.timeout(20):
            async with every:
                await every.wait_for(lambda: ran["renew"] == 1)
            SetClock.set_by_s = seconds
            async with every:
                await every.wait_for(lambda: ran["renew"] >= 4 and ran["purge"] >= 1)
    (told,) = [line for line in logs if line["event"] == "clock_moved"]
    assert told["seconds"] == pytest.approx(seconds, abs=1)
    assert ran["purge"] <= 2
