"""Visits laid over the week where news is expected.

With articles coming at rate λ and visits w apart, an article waits w/2 on average. The sum of these waits for a given
number of visits is least when w ∝ 1/√λ (Lagrange on ∫ λ·w/2 with ∫ 1/w fixed). The factor is the one that spends in a
week what visits at the mean interval would spend, within the shortest and longest interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import sqrt
from zoneinfo import ZoneInfo

from aggregator.model.rhythm import HOURS_OF_WEEK, Rhythm
from aggregator.schedule.rhythm import heat_of, rates_of, silence_of, slot_of

_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The mean interval of a week's visits and the shortest and longest between two."""

    mean: timedelta
    shortest: timedelta
    longest: timedelta


def visits_per_hour(rates: Sequence[float], bounds: Bounds) -> tuple[float, ...]:
    """Visits per hour for each slot of ``rates`` (articles per hour, above 0): ∝ √rate within the bounds.

    Their mean is that of the mean interval, as far as the bounds allow.
    """
    most = _HOUR_S / bounds.shortest.total_seconds()
    least = min(_HOUR_S / bounds.longest.total_seconds(), most)
    left = min(max(_HOUR_S / bounds.mean.total_seconds(), least), most) * len(rates)
    roots = [sqrt(rate) for rate in rates]
    factor, free = 0.0, roots
    while free:
        factor = left / sum(free)
        if factor * max(free) <= most and factor * min(free) >= least:
            break
        over = [root for root in free if factor * root > most]
        under = [root for root in free if factor * root < least]
        excess = sum(least - factor * root for root in under) - sum(factor * root - most for root in over)
        if excess > 0 or not over:  # the lower bound adds more than the upper one saves: these stay at the lower
            free, left = [root for root in free if factor * root >= least], left - least * len(under)
        else:
            free, left = [root for root in free if factor * root <= most], left - most * len(over)
    return tuple([min(max(factor * root, least), most) for root in roots])


def interval_for(rhythm: Rhythm, bounds: Bounds, *, now: datetime, timezone: ZoneInfo) -> timedelta:
    """How long to wait from ``now`` at a source of known rhythm: until one visit is due by the week's plan.

    Heat brings it nearer, silence puts it off; within the bounds in any case.
    """
    return wait_by(
        _week(rhythm, bounds), sqrt(heat_of(rhythm)) / silence_of(rhythm), bounds, now=now, timezone=timezone
    )


def wait_by(plan: Sequence[float], pace: float, bounds: Bounds, *, now: datetime, timezone: ZoneInfo) -> timedelta:
    """How long from ``now`` until ``plan`` (visits per hour by slot), ``pace`` times as fast, adds up to one visit."""
    due, waited = 1.0, 0.0
    longest = bounds.longest.total_seconds() / _HOUR_S
    slot = slot_of(now, timezone)
    step = 1.0 - (now.minute * 60 + now.second) / _HOUR_S
    while waited < longest:
        rate = plan[slot] * pace
        if rate * step >= due:
            waited += due / rate
            break
        due -= rate * step
        waited += step
        slot, step = (slot + 1) % HOURS_OF_WEEK, 1.0
    return min(max(timedelta(hours=waited), bounds.shortest), bounds.longest)


@lru_cache(maxsize=1024)  # a rhythm changes by the hour, its source is visited more often
def _week(rhythm: Rhythm, bounds: Bounds) -> tuple[float, ...]:
    return visits_per_hour(rates_of(rhythm), bounds)
