"""Crawls inside this process: claims what is due while there is room, renews leases, stops within a deadline.

What is due falls together on the clock's tick. Crawls start a few milliseconds apart all the same: begun at once they
would hold up the loop, and with it each other and every reader.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Generic, Protocol, TypeVar

import structlog

from aggregator.model.errors import StoreError

log = structlog.get_logger("engine")


class Claimed(Protocol):
    """A piece of work somebody holds the lease of."""

    @property
    def source_id(self) -> str:
        """Which source the lease is on."""


_START_GAP_S = 0.01  # a crawl takes about four milliseconds of the loop

C = TypeVar("C", bound=Claimed)


class LocalEngine(Generic[C]):
    """Runs claimed crawls, at most ``limit`` at once.

    ``claim(n)`` takes up to n due leases, ``crawl(claim)`` does one visit and never raises for what a source does,
    ``renew(ids)`` prolongs leases and returns those still held: a crawl whose lease is lost is cancelled.
    """

    def __init__(
        self,
        *,
        limit: int,
        claim: Callable[[int], Awaitable[list[C]]],
        crawl: Callable[[C], Awaitable[object]],
        renew: Callable[[Collection[str]], Awaitable[Collection[str]]],
    ) -> None:
        self._limit = limit
        self._claim = claim
        self._crawl = crawl
        self._renew = renew
        self._running: dict[str, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._stopping = False
        self._more_due = False
        self._store_fails = False
        self._next_start = 0.0  # the loop's time

    @property
    def running(self) -> int:
        """How many crawls are under way."""
        return len(self._running)

    def wake(self) -> None:
        """Asks for a look at what is due; called by the clock once a second."""
        self._wake.set()

    async def serve(self) -> None:
        """Claims and runs until ``stop``; returns once nothing is running."""
        clock = asyncio.get_running_loop().time
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                await self._wake.wait()
                self._wake.clear()
                free = self._limit - len(self._running)
                if free == 0 or self._stopping:
                    continue
                for claim in await self._claim_safely(free):
                    wait_s = max(0.0, self._next_start - clock())
                    self._next_start = clock() + wait_s + _START_GAP_S
                    task = group.create_task(self._run(claim, wait_s), name=f"crawl {claim.source_id}")
                    self._running[claim.source_id] = task

    async def stop(self, grace_s: float) -> None:
        """Takes no more work, gives running crawls ``grace_s`` seconds to end, then cancels them."""
        self._stopping = True
        self._wake.set()
        tasks = list(self._running.values())
        if tasks:
            _done, late = await asyncio.wait(tasks, timeout=grace_s)
            for task in late:
                task.cancel()

    async def renew_leases(self) -> None:
        """Prolongs the leases of running crawls and cancels those that were lost."""
        held = list(self._running)
        if not held:
            return
        try:
            kept = await self._renew(held)
        except StoreError as error:
            log.warning("leases_not_renewed", error=str(error))
            return
        for source_id in set(held) - set(kept):
            task = self._running.get(source_id)
            if task is not None:
                log.warning("lease_lost", source=source_id)
                task.cancel()

    async def _claim_safely(self, free: int) -> list[C]:
        try:
            claims = await self._claim(free)
        except StoreError as error:
            if not self._store_fails:
                log.warning("crawling_pauses", reason="the store fails", error=str(error))
            self._store_fails = True
            return []
        if self._store_fails:
            log.info("crawling_resumes")
        self._store_fails = False
        self._more_due = len(claims) == free
        return claims

    async def _run(self, claim: C, wait_s: float) -> None:
        try:
            await asyncio.sleep(wait_s)
            await self._crawl(claim)
        finally:
            if self._running.get(claim.source_id) is asyncio.current_task():
                del self._running[claim.source_id]
            # Refill in strides: claiming costs the same round trips for one source as for twenty.
            if self._more_due and self._limit - len(self._running) >= max(1, self._limit // 3):
                self._wake.set()
