"""Finished answers by key, so that a busy feed costs one query per revision and the store may go away for a while.

1. An entry is fresh while the feed's revision stands where it was and its time to live has not passed.
2. A key is made once however many ask for it (single flight), in a task of the cache: a client that hangs up does not
   cancel what others wait for.
3. Who holds an older answer waits briefly for the new one, then gets the old one marked with its age. Nobody waits
   while the store is known to be away.
4. The number of entries and their bytes, compressed forms included, are bounded; the least recently used goes first.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aggregator.model.errors import Declined, StoreUnavailable
from aggregator.web.answer import Answer
from aggregator.web.revision import FeedRevision

Maker = Callable[[], Awaitable[Answer]]

_PATIENCE_S = 0.08  # with an older answer in hand
_DEADLINE_S = 5.0
_AWAY_S = 1.0  # how long a failed store is not asked again by those who hold an older answer
_MAX_MAKING = 16
_MAX_ENTRIES = 2000
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(slots=True, kw_only=True)
class _Entry:
    answer: Answer
    revision: int
    made_at: float
    expires_at: float


@dataclass(slots=True)
class _Flight:
    done: asyncio.Event = field(default_factory=asyncio.Event)
    answer: Answer | None = None
    error: Exception | None = None


class AnswerCache:
    """The cache of one process. ``group`` runs the makers; it must outlive the cache."""

    def __init__(
        self,
        revision: FeedRevision,
        group: asyncio.TaskGroup,
        *,
        max_entries: int = _MAX_ENTRIES,
        max_bytes: int = _MAX_BYTES,
    ) -> None:
        self._revision = revision
        self._group = group
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._flights: dict[str, _Flight] = {}
        self._making = asyncio.Semaphore(_MAX_MAKING)
        self._bytes = 0
        self._away_until = 0.0

    def fresh(self, key: str) -> Answer | None:
        """The answer that can be given without waiting, if any."""
        entry = self._entries.get(key)
        if entry is None or entry.revision != self._revision.value or time.monotonic() >= entry.expires_at:
            return None
        self._entries.move_to_end(key)
        return entry.answer

    async def get(self, key: str, make: Maker, *, ttl: float) -> tuple[Answer, int | None]:
        """The answer and, when it is an old one, its age in seconds.

        Raises what ``make`` raises when there is no older answer, StoreUnavailable also when it takes too long, and
        Declined always: an article that was hidden is not shown from memory.
        """
        answer = self.fresh(key)
        if answer is not None:
            return answer, None
        old = self._entries.get(key)
        if old is not None and time.monotonic() < self._away_until:
            return self._stale(old)
        flight = self._flights.get(key) or self._start(key, make, ttl)
        try:
            async with asyncio.timeout(_DEADLINE_S if old is None else _PATIENCE_S):
                await flight.done.wait()
        except TimeoutError as error:
            if old is None:
                raise StoreUnavailable("no answer in time") from error
            return self._stale(old)
        if flight.answer is not None:
            return flight.answer, None
        if old is not None and not isinstance(flight.error, Declined):
            return self._stale(old)
        raise flight.error or StoreUnavailable("the answer was not made")

    def _stale(self, entry: _Entry) -> tuple[Answer, int]:
        return entry.answer, int(time.monotonic() - entry.made_at)

    def _start(self, key: str, make: Maker, ttl: float) -> _Flight:
        flight = self._flights[key] = _Flight()
        self._group.create_task(self._fly(key, make, ttl, flight))
        return flight

    async def _fly(self, key: str, make: Maker, ttl: float, flight: _Flight) -> None:
        # Everything is kept for those who wait: one failing page must not end the group.
        revision = self._revision.value
        try:
            async with self._making, asyncio.timeout(_DEADLINE_S):
                flight.answer = await make()
            self._keep(key, flight.answer, revision, ttl)
            self._away_until = 0.0
        except Declined as declined:
            self._drop(key)
            flight.error = declined
        except (StoreUnavailable, TimeoutError) as error:
            self._away_until = time.monotonic() + _AWAY_S
            flight.error = StoreUnavailable(str(error))
        except Exception as error:  # noqa: BLE001 - handed to every waiter, which logs it
            flight.error = error
        finally:
            del self._flights[key]
            flight.done.set()

    def _keep(self, key: str, answer: Answer, revision: int, ttl: float) -> None:
        self._drop(key)
        now = time.monotonic()
        self._entries[key] = _Entry(answer=answer, revision=revision, made_at=now, expires_at=now + ttl)
        answer.watch(self._grow)
        self._grow(answer.size)

    def _grow(self, added_bytes: int) -> None:
        self._bytes += added_bytes
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            oldest = next(iter(self._entries))
            self._drop(oldest)

    def _drop(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            entry.answer.watch(None)
            self._bytes -= entry.answer.size
