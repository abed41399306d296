"""Whose turn it is: one fetch at a time and a pause between starts per host, and a limit over all hosts.

1. The limit over all hosts is taken only once the host's own turn has come, so a slow host never holds another's slot.
2. Time is monotonic. A host is forgotten once nobody waits for it and its pause is over.
3. Where several processes fetch for one deployment they share the hosts: a host is this process's while it has fetches
   there, and it is let go after the last.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Protocol

from aggregator.model.errors import FetchStopped
from aggregator.model.failures import Outcome

# How long a fetch may wait for its turn; a longer pause asked for a source extends it.
_PATIENCE_S = 600.0
_SWEEP_FROM_HOSTS = 256
_SLICE_S = 5.0  # then another process has its turn, if one waits
_LONGEST_PAUSE_S = 60.0  # believed of another process, whatever its clock said


class SharedHosts(Protocol):
    """The hosts as the processes of a deployment share them."""

    async def hold(self, host: str) -> float:
        """Waits until the host is ours; the seconds its pause has yet to run. Raises StoreUnavailable."""

    def let_go(self, host: str, *, pause_s: float) -> None:
        """Gives the host to whoever comes next, after what is left of its pause."""


class Turn:
    """A fetch under way on an unpaced host."""

    __slots__ = ()

    def start(self) -> None:
        """Counts the pause from now: the request is sent. Connecting to the host may have taken a while."""


class _Host(Turn):
    __slots__ = ("gap_s", "held_at", "lock", "started_at", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0
        self.started_at = float("-inf")
        self.held_at = float("-inf")  # since when other processes wait for us, monotonic
        self.gap_s = 0.0

    def start(self) -> None:
        self.started_at = time.monotonic()

    def is_idle(self, now: float) -> bool:
        return self.users == 0 and self.started_at + self.gap_s <= now


_UNPACED = Turn()


class Turns:
    """Hands out turns by ``host:port``."""

    def __init__(self, limit: int, *, shared: SharedHosts | None = None) -> None:
        """``limit`` fetches at once; ``shared`` is None for a process alone."""
        self._shared = shared
        self._slots = asyncio.Semaphore(limit)
        self._hosts: dict[str, _Host] = {}
        self._sweep_at = _SWEEP_FROM_HOSTS

    @asynccontextmanager
    async def turn(self, key: str, gap_s: float | None) -> AsyncIterator[Turn]:
        """One fetch from ``key``, at least ``gap_s`` after the start of the one before; None: not paced.

        Where the fetch before asked for a longer pause, that one holds. Raises FetchStopped when the turn does not
        come in ten minutes (or twice the pause).
        """
        if gap_s is None:
            async with self._slots:
                yield _UNPACED
            return
        host = self._host(key)
        host.users += 1
        try:
            async with AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(max(_PATIENCE_S, 2 * gap_s)):
                        await held.enter_async_context(host.lock)
                        await self._hold(key, host, gap_s)
                        await _pause(host, gap_s)
                        await held.enter_async_context(self._slots)
                        await self._hold(key, host, gap_s)  # however long the slot took to come
                except TimeoutError as error:
                    raise FetchStopped(Outcome.INTERNAL, f"{key} had no turn free in ten minutes") from error
                host.start()
                host.gap_s = gap_s
                yield host
        finally:
            host.users -= 1
            if self._shared is not None and (host.users == 0 or time.monotonic() - host.held_at > _SLICE_S):
                host.held_at = float("-inf")
                self._shared.let_go(key, pause_s=_pause_left(host, gap_s))

    async def _hold(self, key: str, host: "_Host", gap_s: float) -> None:
        if self._shared is None:
            return
        pause_s = await self._shared.hold(key)
        if host.held_at == float("-inf"):
            host.held_at = time.monotonic()
        await asyncio.sleep(min(pause_s, max(_LONGEST_PAUSE_S, 2 * gap_s)))

    def __len__(self) -> int:
        return len(self._hosts)

    def _host(self, key: str) -> _Host:
        host = self._hosts.get(key)
        if host is None:
            if len(self._hosts) >= self._sweep_at:
                now = time.monotonic()
                self._hosts = {name: known for name, known in self._hosts.items() if not known.is_idle(now)}
                self._sweep_at = max(_SWEEP_FROM_HOSTS, 2 * len(self._hosts))
            host = self._hosts[key] = _Host()
        return host


async def _pause(host: _Host, gap_s: float) -> None:
    left = _pause_left(host, gap_s)
    if left > 0:
        await asyncio.sleep(left)


def _pause_left(host: _Host, gap_s: float) -> float:
    return host.started_at + max(gap_s, host.gap_s) - time.monotonic()
