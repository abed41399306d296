"""Worker processes for documents that may be hostile: each has a deadline and a memory limit.

1. A document that passes its deadline is killed with its worker; the worker is replaced.
2. A worker that asks for more memory than its limit dies of it, alone.
3. Workers die with the service: they ignore the terminal's interrupt and ask the kernel to be killed with their parent.
"""

import asyncio
import concurrent.futures
import ctypes
import multiprocessing
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import ParamSpec, Self, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from aggregator.model.errors import PoolCrashed, PoolTimeout

log = structlog.get_logger("engine")

P = ParamSpec("P")
T = TypeVar("T")

_PR_SET_PDEATHSIG = 1
_TASKS_PER_WORKER = 2000  # then replaced: memory that libraries keep is given back


def _begin(memory_bytes: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))


def _begun() -> None:
    """The first task: its coming starts the workers."""


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

    async def __aenter__(self) -> Self:
        """The pool, its workers starting; that takes a blocking second, so not on the loop."""
        await asyncio.to_thread(self._pool.schedule, _begun)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Kills what is still running and waits for the workers to end."""
        self._pool.stop()
        await asyncio.to_thread(self._pool.join, 5)

    async def run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``function`` returns, or raises, in a worker.

        Raises PoolTimeout past the deadline and PoolCrashed when the worker died or ran out of memory.
        """
        pool = self._pool
        try:
            future = pool.schedule(function, args=args, kwargs=kwargs, timeout=self._deadline_s)
        except RuntimeError:  # a worker that is killed while idle takes the library's whole pool with it
            pool = await self._renewed(pool)
            future = pool.schedule(function, args=args, kwargs=kwargs, timeout=self._deadline_s)
        try:
            result: T = await asyncio.wrap_future(future)
        except concurrent.futures.TimeoutError as error:
            raise PoolTimeout(f"{function.__name__} took longer than {self._deadline_s:g} s") from error
        except ProcessExpired as error:
            raise PoolCrashed(f"the worker of {function.__name__} died with status {error.exitcode}") from error
        except MemoryError as error:
            raise PoolCrashed(f"{function.__name__} ran out of memory") from error
        except RuntimeError as error:
            raise PoolCrashed(f"the pool broke under {function.__name__}: {error}") from error
        return result

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
