"""What is remembered of when a source publishes, by hour of the week."""

from dataclasses import dataclass
from datetime import datetime

HOURS_OF_WEEK = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """A source's publishing by hour of the local week: slot 0 is Monday 00-01 h, slot 167 Sunday 23-24 h.

    Counts and hours fade as their slot is watched again, so all numbers stay bounded and none is negative.
    """

    counts: tuple[float, ...] = (0.0,) * HOURS_OF_WEEK  # new articles
    hours: tuple[float, ...] = (0.0,) * HOURS_OF_WEEK  # watched
    watched_to: datetime | None = None  # None: never visited
    recent: float = 0.0  # new articles of the last hours
    expected: float = 0.0  # what the rhythm foretold for them
    quiet_hours: float = 0.0  # since the last new article
    longest_quiet_hours: float = 0.0  # between two new articles, fading
