"""The robots.txt of each origin, kept for a day.

RFC 9309, 2.3.1: no file (4xx) allows everything; a file that cannot be read now (5xx, no connection) allows nothing
until it can, unless an older copy is still at hand.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from aggregator.fetch.guard import Target
from aggregator.fetch.robot_rules import RobotRules, allow_all, read_rules
from aggregator.model.errors import FetchStopped
from aggregator.model.failures import Outcome

KEEP_S = 24 * 3600.0
RETRY_S = 60.0
MAX_ORIGINS = 256
# Larger files are read in a thread: a hostile one takes some 50 ms.
_READ_INLINE_BYTES = 16 * 1024
# The origin itself cannot be reached: the page's failure is that, not its robots.txt.
_ORIGIN_FAILURES = frozenset(
    {Outcome.DNS, Outcome.CONNECT, Outcome.TLS, Outcome.TIMEOUT, Outcome.RATE_LIMITED, Outcome.REFUSED_BY_POLICY}
)

FetchBody = Callable[[str], Awaitable[bytes]]


class _Known:
    __slots__ = ("failure", "lock", "rules", "until")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.rules: RobotRules | None = None
        self.failure: FetchStopped | None = None
        self.until = float("-inf")


class Robots:
    """The rules that apply to one crawler, by origin."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def rules(self, target: Target, fetch_body: FetchBody) -> RobotRules:
        """The rules of the target's origin, fetched when they are not known. Raises FetchStopped while unreadable."""
        known = self._known.get(target.origin)
        if known is None:
            known = self._known[target.origin] = _Known()
            if len(self._known) > MAX_ORIGINS:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(target.origin)
        async with known.lock:
            if time.monotonic() >= known.until:
                await self._refresh(known, target, fetch_body)
        if known.rules is not None:
            return known.rules
        assert known.failure is not None
        raise FetchStopped(
            known.failure.outcome, known.failure.cause, retry_after_s=known.failure.retry_after_s
        ) from known.failure

    async def _refresh(self, known: _Known, target: Target, fetch_body: FetchBody) -> None:
        try:
            known.rules = await self._read(target, fetch_body)
            known.until = time.monotonic() + KEEP_S
        except FetchStopped as stopped:
            outcome = stopped.outcome if stopped.outcome in _ORIGIN_FAILURES else Outcome.ROBOTS
            cause = f"robots.txt cannot be read now: {stopped.cause}"
            known.failure = FetchStopped(outcome, cause, retry_after_s=stopped.retry_after_s)
            known.until = time.monotonic() + (stopped.retry_after_s or RETRY_S)

    async def _read(self, target: Target, fetch_body: FetchBody) -> RobotRules:
        try:
            body = await fetch_body(f"{target.origin}/robots.txt")
        except FetchStopped as stopped:
            if stopped.outcome is Outcome.TOO_LARGE and stopped.head:
                body = stopped.head  # RFC 9309, 2.5: what is within the limit is read
            elif stopped.status is not None and 400 <= stopped.status < 500 and stopped.status != 429:  # noqa: PLR2004 - 4xx but too many
                return allow_all(self._token)
            else:
                raise
        if len(body) <= _READ_INLINE_BYTES:
            return read_rules(body, self._token)
        return await asyncio.to_thread(read_rules, body, self._token)
