"""Writes of crawls, batched across sources.

1. A batch is what up to twenty crawls submitted within a few milliseconds, or while the batch before was written.
2. Nothing waits for ever: when MongoDB is away each submission ends in StoreUnavailable.
3. What a batch keeps to is written in ``stages``.
"""

import asyncio
import contextlib
from collections import deque
from datetime import timedelta

from pymongo.errors import PyMongoError

from aggregator.model.errors import StoreError, StoreUnavailable
from aggregator.store.driver import Database, translated
from aggregator.store.stages import Pending, Stages
from aggregator.store.unmerged import Unmerged
from aggregator.store.writes import CrawlWrites, WriteResult

__all__ = ["CrawlWrites", "WriteResult", "Writer"]

_MOST_CRAWLS = 20
_LINGER_S = 0.025
_PATIENCE_S = 15.0  # above the deadline of one operation


class Writer:
    """Takes submissions and writes them in batches while ``run()`` runs."""

    def __init__(self, database: Database, unmerged: Unmerged, *, keep_crawls: timedelta) -> None:
        self._stages = Stages(database, unmerged, keep_crawls=keep_crawls)
        self._queue: deque[tuple[Pending, asyncio.Future[WriteResult]]] = deque()
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._closed = False

    async def submit(self, writes: CrawlWrites) -> WriteResult:
        """Keeps what a crawl found; returns when it is on disk.

        Raises LeaseLost when the lease is no longer current, StoreUnavailable when MongoDB is away or slow (then it
        may be kept all the same: submit it again at the next visit). Every part may be submitted twice.
        """
        if self._closed:
            raise StoreUnavailable("the writer is closed")
        future: asyncio.Future[WriteResult] = asyncio.get_running_loop().create_future()
        self._queue.append((Pending(writes=writes), future))
        self._arrived.set()
        if len(self._queue) >= _MOST_CRAWLS:
            self._full.set()
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await future
        except TimeoutError as error:
            raise StoreUnavailable(f"not written within {_PATIENCE_S:.0f} s") from error

    async def close(self) -> None:
        """Takes nothing more; ``run()`` writes what is queued and returns."""
        self._closed = True
        self._arrived.set()
        self._full.set()

    async def run(self) -> None:
        """Writes until closed; when cancelled, what still waits ends in StoreUnavailable."""
        batch: list[tuple[Pending, asyncio.Future[WriteResult]]] = []
        try:
            while True:
                has_waited = bool(self._queue)  # while the batch before was written
                await self._arrived.wait()
                if not self._queue:
                    return  # closed
                if not has_waited:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._full.wait(), _LINGER_S)
                batch = [self._queue.popleft() for _ in range(min(_MOST_CRAWLS, len(self._queue)))]
                if not self._closed:
                    if not self._queue:
                        self._arrived.clear()
                    if len(self._queue) < _MOST_CRAWLS:
                        self._full.clear()
                await self._write([(pending, future) for pending, future in batch if not future.done()])
        finally:
            self._closed = True
            for _, future in (*batch, *self._queue):
                if not future.done():
                    future.set_exception(StoreUnavailable("the writer stopped"))
            self._queue.clear()

    async def _write(self, batch: list[tuple[Pending, asyncio.Future[WriteResult]]]) -> None:
        broken: StoreError | None = None
        try:
            await self._stages.write([pending for pending, _ in batch])
        except PyMongoError as error:
            broken = translated(error)
        except Exception as error:  # noqa: BLE001 - a batch that breaks must not stop the batches of other crawls
            broken = StoreError(f"the batch broke: {error!r}")
            broken.__cause__ = error
        for pending, future in batch:
            if future.done():
                continue
            error_of_one = pending.error or (None if pending.is_done else broken)
            if error_of_one is not None:
                future.set_exception(error_of_one)
            else:
                future.set_result(pending.result())
