"""The clock ticks on the loop, begins with a look at once, and does not tick in step with another."""

import asyncio
import threading
from itertools import pairwise

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
