"""Worker processes for documents that may be hostile: each has a deadline and a memory limit.

1. A document that passes its deadline is killed with its worker; the worker is replaced.
2. A worker that asks for more memory than its limit dies of it, alone.
3. Workers die with the service: they ignore the terminal's interrupt and ask the kernel to be killed with their parent.
4. A document waits in the lane of its source (see ``lanes``), but not for ever. The deadline counts from when a worker
   has it.
5. Workers give way to the service and its database where all want the same core.
"""

import asyncio
import concurrent.futures
import contextlib
import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ParamSpec, Self, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from aggregator.engine.lanes import Lanes, Ticket
from aggregator.model.errors import PoolBusy, PoolCrashed, PoolTimeout

log = structlog.get_logger("engine")

P = ParamSpec("P")
T = TypeVar("T")

_PR_SET_PDEATHSIG = 1
_NICE = 5
_PATIENCE_S = 120.0
_TASKS_PER_WORKER = 2000  # then replaced: memory that libraries keep is given back


def _begin(memory_bytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.nice(_NICE)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _begun() -> None:
    """The first task: its coming starts the workers."""


def _timed(function: Callable[..., T], args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[T, float]:
    """What ``function`` returns, and the processor's seconds it took."""
    began = time.process_time()
    result = function(*args, **kwargs)
    return result, time.process_time() - began


class ParsePool:
    """Runs plain functions in worker processes. Use as an async context manager."""

    def __init__(self, *, workers: int, deadline: timedelta, memory_bytes: int, preload: Sequence[str] = ()) -> None:
        """``preload`` names modules imported once, before workers are forked."""
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(preload))
        self._deadline_s = deadline.total_seconds()
        self._workers = workers
        self._memory_bytes = memory_bytes
        self._pool = self._new_pool()
        self._renewing = asyncio.Lock()
        self._lanes = Lanes(workers=workers)
        self._called: dict[Ticket, asyncio.Future[None]] = {}
        self._is_up = asyncio.Event()  # until then a document's time would be that of the workers' start

    async def __aenter__(self) -> Self:
        """The pool, its workers starting; that takes a blocking second, so not on the loop."""
        loop = asyncio.get_running_loop()
        begun = await asyncio.to_thread(self._pool.schedule, _begun)
        begun.add_done_callback(lambda _begun: loop.call_soon_threadsafe(self._is_up.set))
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Kills what is still running and waits for the workers to end."""
        self._pool.stop()
        await asyncio.to_thread(self._pool.join, 5)

    async def run(self, lane: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``function`` returns, or raises, in a worker; it waits in ``lane``, the source's id, for its turn.

        Raises PoolTimeout past the deadline, PoolBusy when no worker was free for two minutes, and PoolCrashed when the
        worker died or ran out of memory.
        """
        await self._is_up.wait()
        async with self._turn(lane) as ticket:
            future = await self._handed(function, args, kwargs)
            try:
                answer = await asyncio.wrap_future(future)
            except concurrent.futures.TimeoutError as error:
                raise PoolTimeout(f"{function.__name__} took longer than {self._deadline_s:g} s") from error
            except ProcessExpired as error:
                raise PoolCrashed(f"the worker of {function.__name__} died with status {error.exitcode}") from error
            except MemoryError as error:
                raise PoolCrashed(f"{function.__name__} ran out of memory") from error
            except RuntimeError as error:
                raise PoolCrashed(f"the pool broke under {function.__name__}: {error}") from error
            result, ticket.worked_s = answer
            return result

    @contextlib.asynccontextmanager
    async def _turn(self, lane: str) -> AsyncIterator[Ticket]:
        """A worker's time for one document of ``lane``."""
        loop = asyncio.get_running_loop()
        ticket = self._lanes.join(lane)
        called = self._called[ticket] = loop.create_future()
        killed = False
        try:
            self._call_next()
            try:
                async with asyncio.timeout(_PATIENCE_S):
                    await called
            except TimeoutError as error:
                raise PoolBusy(f"no worker was free for {lane} in {_PATIENCE_S:g} s") from error
            yield ticket
        except (PoolTimeout, PoolCrashed):
            killed = True
            raise
        finally:
            self._called.pop(ticket, None)
            self._lanes.leave(ticket, loop.time(), killed=killed)
            self._call_next()

    def _call_next(self) -> None:
        now = asyncio.get_running_loop().time()
        while (ticket := self._lanes.next(now)) is not None:
            called = self._called.pop(ticket)
            if not called.done():  # done: cancelled, and about to leave
                called.set_result(None)

    async def _handed(
        self, function: Callable[..., T], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> "concurrent.futures.Future[tuple[T, float]]":
        """The document in the hands of a pool that works."""
        pool, work = self._pool, (function, args, kwargs)
        try:
            return pool.schedule(_timed, args=work, timeout=self._deadline_s)
        except RuntimeError:  # a worker that is killed while idle takes the library's whole pool with it
            pool = await self._renewed(pool)
            return pool.schedule(_timed, args=work, timeout=self._deadline_s)

    async def _renewed(self, broken: ProcessPool) -> ProcessPool:
        """A pool that works in place of ``broken``; the first to notice builds it."""
        async with self._renewing:
            if self._pool is broken:
                log.warning("parse_pool_renewed")
                fresh = self._new_pool()
                await asyncio.to_thread(fresh.schedule, _begun)
                self._pool = fresh
                broken.stop()
        return self._pool

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers,
            max_tasks=_TASKS_PER_WORKER,
            initializer=_begin,
            initargs=(self._memory_bytes,),
            context=self._context,
        )
