"""The clock: what runs every so often. Due times live in the store, so a missed tick loses nothing."""

import inspect
from collections.abc import Awaitable, Callable
from typing import Self

from apscheduler.schedulers.asyncio import AsyncIOScheduler

TICK_S = 1.0  # on average
# Of services on one database the first to look takes all that is due. In step, the second would never find anything.
_TICK_SPREAD_S = 0.4
RENEW_S = 2.0  # leases last 8 s: three renewals may be late before one is lost
MERGE_S = 5.0
PURGE_S = 3600.0


class Clock:
    """Ticks inside the running loop between entering and leaving."""

    def __init__(
        self,
        *,
        look_for_due: Callable[[], None],
        renew_leases: Callable[[], Awaitable[None]],
        merge_stories: Callable[[], None],
        purge_old_news: Callable[[], Awaitable[None]],
    ) -> None:
        self._look_for_due = look_for_due
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

        # misfire_grace_time: the default of 1 s silently drops runs on a busy loop
        self._scheduler.add_job(
            run,
            "interval",
            seconds=seconds - spread_s / 2,
            jitter=spread_s or None,  # is added to each
            id=name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    async def __aenter__(self) -> Self:
        """The clock, ticking; the first look is at once."""
        self._scheduler.start()
        self._look_for_due()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Stops ticking; a job under way ends by itself."""
        self._scheduler.shutdown(wait=False)
