"""Crawls inside the process: how they start."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass, field

import pytest

from aggregator.engine.local import LocalEngine
from aggregator.model.errors import StoreError, StoreUnavailable


@dataclass(frozen=True, slots=True)
class Due:
    source_id: str


@dataclass(slots=True)
class Ground:
    """Sources that are due once, and when each was crawled; ``reached`` once so many were."""

    due: list[Due]
    awaited: int
    started_at: dict[str, float] = field(default_factory=dict)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    async def claim(self, most: int) -> list[Due]:
        taken, self.due = self.due[:most], self.due[most:]
        return taken

    async def crawl(self, due: Due) -> None:
        self.started_at[due.source_id] = asyncio.get_running_loop().time()
        if len(self.started_at) == self.awaited:
            self.reached.set()
        await asyncio.sleep(0)

    async def renew(self, held: Collection[str]) -> Collection[str]:
        return held


async def test_what_is_due_together_starts_one_after_the_other() -> None:
    ground = Ground([Due(f"bao-{number}") for number in range(10)], awaited=10)
    engine = LocalEngine[Due](limit=10, claim=ground.claim, crawl=ground.crawl, renew=ground.renew)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(engine.serve())
        engine.wake()
        await ground.reached.wait()
        await engine.stop(1)
    times = list(ground.started_at.values())
    assert list(ground.started_at) == [f"bao-{number}" for number in range(10)]
    assert times[-1] - times[0] >= 0.05


async def test_a_stop_ends_crawls_that_have_not_started() -> None:
    ground = Ground([Due(f"bao-{number}") for number in range(64)], awaited=1)
    engine = LocalEngine[Due](limit=64, claim=ground.claim, crawl=ground.crawl, renew=ground.renew)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(engine.serve())
        engine.wake()
        await ground.reached.wait()
        await engine.stop(0)
    assert engine.running == 0
    assert len(ground.started_at) < 64


@pytest.mark.parametrize("error", [StoreError, StoreUnavailable])
async def test_a_store_that_refuses_a_claim_or_a_renewal_ends_nothing(error: type[StoreError]) -> None:
    ground = Ground([Due("bao")], awaited=1)
    refused = asyncio.Event()
    ended = asyncio.Event()
    renewals = 0

    async def claim(most: int) -> list[Due]:
        if not refused.is_set():
            refused.set()
            raise error("not now")
        return await ground.claim(most)

    async def crawl(due: Due) -> None:
        await ground.crawl(due)
        await ended.wait()

    async def renew(_held: Collection[str]) -> Collection[str]:
        nonlocal renewals
        renewals += 1
        raise error("not now")

    engine = LocalEngine[Due](limit=1, claim=claim, crawl=crawl, renew=renew)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(engine.serve())
        engine.wake()
        await refused.wait()
        engine.wake()
        await ground.reached.wait()
        await engine.renew_leases()
        assert (renewals, engine.running) == (1, 1)
        ended.set()
        await engine.stop(1)
