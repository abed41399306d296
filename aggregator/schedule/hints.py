"""What the publisher and the host ask of us, as floors of the next visit.

1. RSS ``ttl`` and the syndication module's period (RSS 2.0; web.resource.org/rss/1.0/modules/syndication) and
   ``Cache-Control: max-age`` (RFC 9111) are lengths; ``skipHours`` and ``skipDays`` (RSS 2.0) are times in UTC.
2. None of them keeps us away for longer than the longest interval: all 24 hours skipped, or a ttl of a year, are
   mistakes.
3. ``Retry-After`` (RFC 9110) is an order and counts after any answer, from a minute to a day.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

RETRY_AFTER_LEAST = timedelta(minutes=1)
RETRY_AFTER_MOST = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the publisher and the host asked of us, None or empty where they were silent."""

    ttl: timedelta | None = None
    max_age: timedelta | None = None
    retry_after: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()  # 0-23, UTC
    skip_days: frozenset[int] = frozenset()  # 0 Monday to 6 Sunday, UTC


def floor_of(hints: Hints, wait: timedelta, *, now: datetime, longest: timedelta) -> tuple[timedelta, str]:
    """``wait`` lengthened to what the hints ask, and who asked ("" when nobody had to); never beyond ``longest``."""
    asker = ""
    for floor, name in ((hints.ttl, "ttl"), (hints.max_age, "Cache-Control")):
        if floor is not None and min(floor, longest) > wait:
            wait, asker = min(floor, longest), name
    open_in = _open_from(hints, now, wait, longest)
    return (open_in, "skipHours") if open_in > wait else (wait, asker)


def retry_after(hints: Hints) -> timedelta | None:
    """How long the host told us to stay away, within a minute and a day."""
    if hints.retry_after is None:
        return None
    return min(max(hints.retry_after, RETRY_AFTER_LEAST), RETRY_AFTER_MOST)


def _open_from(hints: Hints, now: datetime, wait: timedelta, longest: timedelta) -> timedelta:
    """The first wait from ``wait`` on that ends in no skipped hour or day; ``longest`` when there is none before."""
    if not hints.skip_hours and not hints.skip_days:
        return wait
    opens = wait
    while opens < longest:
        at = (now + opens).astimezone(UTC)
        if at.hour not in hints.skip_hours and at.weekday() not in hints.skip_days:
            return opens
        opens = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1) - now
    return max(wait, longest)
