"""The parsing workers: a document that will not end, that eats memory, that kills its worker."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.engine.pool import ParsePool
from aggregator.model.errors import PoolCrashed, PoolTimeout
from bench.processes import tree

MEBIBYTE = 1024 * 1024


@pytest.fixture
async def pool() -> AsyncIterator[ParsePool]:
    async with ParsePool(workers=2, deadline=timedelta(seconds=2), memory_bytes=512 * MEBIBYTE) as pool:
        yield pool


def double(number: int) -> int:
    return number * 2


def fail(message: str) -> None:
    raise ValueError(message)


def whoami() -> int:
    return os.getpid()


async def test_a_function_returns_and_raises_as_if_it_ran_here(pool: ParsePool) -> None:
    assert await pool.run(double, 21) == 42
    with pytest.raises(ValueError, match="không đọc được"):
        await pool.run(fail, "không đọc được")


async def test_past_the_deadline_the_worker_is_killed_and_the_others_go_on(pool: ParsePool) -> None:
    async with asyncio.TaskGroup() as group:
        endless = group.create_task(expect_timeout(pool))
        assert await pool.run(double, 1) == 2
    assert endless.result() < 6
    assert await pool.run(double, 2) == 4


async def expect_timeout(pool: ParsePool) -> float:
    began = time.monotonic()
    with pytest.raises(PoolTimeout, match="longer than 2 s"):
        await pool.run(time.sleep, 60)
    return time.monotonic() - began


async def test_memory_past_the_limit_costs_the_document_alone(pool: ParsePool) -> None:
    with pytest.raises(PoolCrashed):
        await pool.run(bytes, 4096 * MEBIBYTE)
    assert await pool.run(double, 3) == 6


async def test_a_worker_that_dies_at_work_costs_the_document_alone(pool: ParsePool) -> None:
    with pytest.raises(PoolCrashed, match="died with status"):
        await pool.run(os._exit, 3)
    assert await pool.run(double, 4) == 8


async def test_workers_killed_while_idle_are_replaced(pool: ParsePool) -> None:
    worker = await pool.run(whoami)
    siblings = [pid for pid in tree(os.getpid()) if is_worker_like(pid, worker)]
    for pid in siblings:
        os.kill(pid, signal.SIGKILL)
    assert await eventually(pool) == 10


def is_worker_like(pid: int, worker: int) -> bool:
    return parent_of(pid) == parent_of(worker)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1])


async def eventually(pool: ParsePool) -> int:
    """The answer of the first document that is not lost with the dead workers."""
    for _ in range(10):
        try:
            return await pool.run(double, 5)
        except PoolCrashed:
            await asyncio.sleep(0.2)
    raise AssertionError("the pool did not come back")
