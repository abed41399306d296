"""How late the loop is."""

import asyncio
import time
from collections import Counter
from typing import Any

import pytest
from structlog.testing import capture_logs

from aggregator.engine.lag import Lag, watch_lag


@pytest.mark.parametrize(
    ("overshoots", "expected"),
    [
        ([3], (3, 3, 3)),
        ([1] * 99 + [80], (1, 1, 80)),
        ([1] * 98 + [50, 80], (1, 50, 80)),
        ([1] * 50 + [2] * 50, (1, 2, 2)),
    ],
)
def test_percentiles_are_those_of_the_samples(overshoots: list[int], expected: tuple[int, int, int]) -> None:
    lag = Lag.of(Counter(overshoots))
    assert (lag.p50_ms, lag.p99_ms, lag.max_ms) == expected


async def test_what_holds_the_loop_up_is_told_at_the_end() -> None:
    with capture_logs() as logs:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(watch_lag())
            await asyncio.sleep(0)
            hold_the_loop_up(0.3)
            for _ in range(3):  # the sample's timer, its future, its task
                await asyncio.sleep(0)
            watching.cancel()
    (line,) = told(logs)
    assert line["max_ms"] >= 200


def told(logs: list[Any]) -> list[Any]:
    return [line for line in logs if line["event"] == "loop_lag"]


def hold_the_loop_up(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
