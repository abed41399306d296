"""How late the event loop is: the time by which a short sleep overshoots, sampled all along.

What holds the loop up delays every reader and every crawl alike. A minute that was late is logged as a warning, the
figures of the whole run at its end.
"""

import asyncio
import math
from collections import Counter
from dataclasses import dataclass
from typing import Self

import structlog

log = structlog.get_logger("engine")

_EVERY_S = 0.05
_WINDOW_S = 60.0
_LATE_MS = 100  # a reader notices
_MOST_MS = 60_000  # what is later counts as that


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """Whole milliseconds, rounded up, by which a loop was late."""

    p50_ms: int
    p99_ms: int
    max_ms: int

    @classmethod
    def of(cls, overshoots: Counter[int]) -> Self:
        """The figures of at least one sample; ``overshoots`` counts samples by milliseconds."""
        ordered = sorted(overshoots.items())
        return cls(p50_ms=_percentile(ordered, 0.5), p99_ms=_percentile(ordered, 0.99), max_ms=ordered[-1][0])


async def watch_lag() -> None:
    """Samples the lag of the loop that this runs in, twenty times a second, until cancelled."""
    clock = asyncio.get_running_loop().time
    whole: Counter[int] = Counter()
    window: Counter[int] = Counter()
    window_ends = clock() + _WINDOW_S
    try:
        while True:
            due = clock() + _EVERY_S
            await asyncio.sleep(_EVERY_S)
            now = clock()
            late_ms = min(_MOST_MS, max(0, math.ceil((now - due) * 1000)))
            window[late_ms] += 1
            if now >= window_ends:
                if (lag := Lag.of(window)).p99_ms > _LATE_MS:
                    _log(log.warning, lag)
                whole += window
                window.clear()
                window_ends = now + _WINDOW_S
    finally:
        if whole := whole + window:
            _log(log.info, Lag.of(whole))


def _log(emit: structlog.typing.WrappedLogger, lag: Lag) -> None:
    emit("loop_lag", p50_ms=lag.p50_ms, p99_ms=lag.p99_ms, max_ms=lag.max_ms)


def _percentile(ordered: list[tuple[int, int]], share: float) -> int:
    left = math.ceil(share * sum(count for _, count in ordered))
    for late_ms, count in ordered:
        left -= count
        if left <= 0:
            return late_ms
    raise ValueError("no samples")
