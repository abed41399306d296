"""The feed's revision: a number that moves whenever a story changed, so that cached pages know that they are old."""

import asyncio
import time

import structlog

from aggregator.model.errors import StoreUnavailable
from aggregator.store.store import Store

_log = structlog.get_logger()

# A crawl storm must not throw the cache away a hundred times a second: a page is at most this much behind.
_SETTLE_S = 0.25
_RETRY_S = 1.0


class FeedRevision:
    """A counter with the time of its last move."""

    __slots__ = ("_moved_at", "following", "value")

    def __init__(self) -> None:
        self.value = 1
        self.following = False  # whether the change stream is believed to be open
        self._moved_at = time.monotonic()

    def bump(self) -> None:
        """Marks every cached page as old."""
        self.value += 1
        self._moved_at = time.monotonic()

    @property
    def age_s(self) -> float:
        """Seconds since the last move."""
        return time.monotonic() - self._moved_at

    async def follow(self, store: Store) -> None:
        """Bumps for every burst of changed stories, for ever.

        While the store is away it tries again each second. The stream's first item, given when it is open, is also a
        bump: nobody knows what happened meanwhile.
        """
        while True:
            try:
                async for _ in store.stories.follow():
                    self.following = True
                    self.bump()
                    await asyncio.sleep(_SETTLE_S)
            except StoreUnavailable:
                _log.warning("feed_stream_lost", retry_s=_RETRY_S)
            finally:
                self.following = False
            await asyncio.sleep(_RETRY_S)
