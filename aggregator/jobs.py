"""The clock: what runs every so often. Due times live in the store, so a missed tick loses nothing.

APScheduler waits for instants of the wall clock, and a wall clock is set: by half an hour back, and nothing would run
for half an hour; by years ahead, and each missed second would be counted. So the wall clock is compared with the
monotonic one, which nobody sets: when it moved by itself, every job runs at once and goes on from there.
"""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Self

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

log = structlog.get_logger("clock")

TICK_S = 1.0  # on average
# Of services on one database the first to look takes all that is due. In step, the second would never find anything.
_TICK_SPREAD_S = 0.4
RENEW_S = 2.0  # leases last 8 s: three renewals may be late before one is lost
MERGE_S = 5.0
PURGE_S = 3600.0
_WATCH_S = 1.0
_SET_S = 2.0  # time servers slew by far less a second


class Clock:
    """Ticks inside the running loop between entering and leaving."""

    def __init__(
        self,
        *,
        look_for_due: Callable[[], None],
        renew_leases: Callable[[], Awaitable[None]],
        merge_stories: Callable[[], None],
        purge_old_news: Callable[[], Awaitable[None]],
        wall_s: Callable[[], float] = time.time,
    ) -> None:
        """``wall_s`` tells the wall clock's seconds since 1970, as APScheduler reads it."""
        self._look_for_due = look_for_due
        self._wall_s = wall_s
        self._watch: asyncio.TimerHandle | None = None
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._every(TICK_S, look_for_due, "look for due sources", spread_s=_TICK_SPREAD_S)
        self._every(RENEW_S, renew_leases, "renew leases")
        self._every(MERGE_S, merge_stories, "merge what was left over")
        self._every(PURGE_S, purge_old_news, "purge old news")

    def _every(self, seconds: float, job: Callable[[], object], name: str, *, spread_s: float = 0.0) -> None:
        async def run() -> None:
            # APScheduler runs a plain function in a thread, where the loop's events must not be set.
            done = job()
            if inspect.isawaitable(done):
                await done

        # The jitter is added to each. misfire_grace_time: the default of 1 s silently drops runs on a busy loop
        self._scheduler.add_job(
            run,
            _Every(seconds=seconds - spread_s / 2, jitter=spread_s or None, timezone=UTC),
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    async def __aenter__(self) -> Self:
        """The clock, ticking; the first look is at once."""
        self._scheduler.start()
        self._watch_wall_clock(self._lead_s())
        self._look_for_due()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Stops ticking; a job under way ends by itself."""
        if self._watch is not None:
            self._watch.cancel()
        self._scheduler.shutdown(wait=False)

    def _lead_s(self) -> float:
        """How far the wall clock is ahead of the monotonic one: the same at all times unless it is set."""
        return self._wall_s() - time.monotonic()

    def _watch_wall_clock(self, before_s: float) -> None:
        lead_s = self._lead_s()
        moved_s = lead_s - before_s
        if abs(moved_s) > _SET_S:
            log.warning("clock_moved", seconds=round(moved_s, 1))
            now = datetime.fromtimestamp(self._wall_s(), UTC)
            for job in self._scheduler.get_jobs():
                job.modify(next_run_time=now)
        self._watch = asyncio.get_running_loop().call_later(_WATCH_S, self._watch_wall_clock, lead_s)


class _Every(IntervalTrigger):  # type: ignore[misc]  # it comes without types
    """Times an interval apart; however many were missed, only the first of them is given."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        """The time after ``previous_fire_time``, or an interval from now when that has passed too."""
        if previous_fire_time is not None and previous_fire_time + self.interval <= now:
            previous_fire_time = now
        following: datetime | None = super().get_next_fire_time(previous_fire_time, now)
        return following
