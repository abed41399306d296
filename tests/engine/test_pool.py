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
from tests.service import until

MEBIBYTE = 1024 * 1024


@pytest.fixture
async def pool() -> AsyncIterator[ParsePool]:
    async with ParsePool(workers=2, deadline=timedelta(seconds=2), memory_bytes=512 * MEBIBYTE) as pool:
        yield pool


def double(number: int) -> int:
    return number * 2


def fail(message: str) -> None:
    raise ValueError(message)


def begin_and_never_end(sign: Path) -> None:
    sign.touch()
    time.sleep(60)


async def exists(path: Path) -> bool:
    return await asyncio.to_thread(path.exists)


def whoami() -> int:
    return os.getpid()


async def test_a_function_returns_and_raises_as_if_it_ran_here(pool: ParsePool) -> None:
    assert await pool.run("bao-mau", double, 21) == 42
    with pytest.raises(ValueError, match="không đọc được"):
        await pool.run("bao-mau", fail, "không đọc được")


async def test_past_the_deadline_the_worker_is_killed_and_the_others_go_on(pool: ParsePool) -> None:
    async with asyncio.TaskGroup() as group:
        endless = group.create_task(expect_timeout(pool))
        assert await pool.run("bao-mau", double, 1) == 2
    assert endless.result() < 6
    assert await pool.run("bao-mau", double, 2) == 4


async def expect_timeout(pool: ParsePool) -> float:
    began = time.monotonic()
    with pytest.raises(PoolTimeout, match="longer than 2 s"):
        await pool.run("bao-mau", time.sleep, 60)
    return time.monotonic() - began


async def test_memory_past_the_limit_costs_the_document_alone(pool: ParsePool) -> None:
    with pytest.raises(PoolCrashed):
        await pool.run("bao-mau", bytes, 4096 * MEBIBYTE)
    assert await pool.run("bao-mau", double, 3) == 6


async def test_a_worker_that_dies_at_work_costs_the_document_alone(pool: ParsePool) -> None:
    with pytest.raises(PoolCrashed, match="died with status"):
        await pool.run("bao-mau", os._exit, 3)
    assert await pool.run("bao-mau", double, 4) == 8


async def test_workers_killed_while_idle_are_replaced(pool: ParsePool) -> None:
    worker = await pool.run("bao-mau", whoami)
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
            return await pool.run("bao-mau", double, 5)
        except PoolCrashed:
            await asyncio.sleep(0.2)
    raise AssertionError("the pool did not come back")


async def test_a_lane_of_endless_documents_leaves_a_worker_to_the_others(pool: ParsePool) -> None:
    for number in range(3):  # the first may wait for a worker that starts, and count as slow
        await pool.run("nhanh", double, number)
    async with asyncio.TaskGroup() as group:
        endless = [group.create_task(expect_timeout(pool)) for _ in range(3)]
        await asyncio.sleep(0)
        began = time.monotonic()
        assert await pool.run("nhanh", double, 4) == 8
        assert time.monotonic() - began < 2
    # The deadline counts from when a worker has the document: the last has waited for the two before it.
    assert max(task.result() for task in endless) > 6


async def test_whoever_is_cancelled_while_waiting_leaves_the_line_to_others(pool: ParsePool) -> None:
    async with asyncio.TaskGroup() as group:
        busy = group.create_task(expect_timeout(pool))
        await asyncio.sleep(0)
        waiting = group.create_task(pool.run("bao-mau", double, 1))
        behind = group.create_task(pool.run("bao-mau", double, 2))
        await asyncio.sleep(0)
        waiting.cancel()
        assert await behind == 4
        assert not busy.cancelled()
    assert waiting.cancelled()


async def test_a_document_cancelled_while_it_runs_frees_its_worker(pool: ParsePool, tmp_path: Path) -> None:
    sign = tmp_path / "bat-dau"
    async with asyncio.TaskGroup() as group:
        running = group.create_task(pool.run("bao-mau", begin_and_never_end, sign))
        await until("the worker has begun", lambda: exists(sign))
        running.cancel()
    for number in range(4):
        assert await pool.run("bao-mau", double, number) == 2 * number


async def test_workers_give_way_to_the_service(pool: ParsePool) -> None:
    assert await pool.run("bao-mau", os.nice, 0) > os.nice(0)
