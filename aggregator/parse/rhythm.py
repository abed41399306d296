"""How often a feed says it changes, and when it wants no visits (RSS 2.0: ttl, skipHours, skipDays)."""

import re
from collections.abc import Iterable

_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10080, "monthly": 43200, "yearly": 525600}  # minutes
_MAX_TTL = 10080  # a week: longer hints are mistakes
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_HOURS = 24
_SKIP_CHARACTERS = 2000  # within which 24 hours or 7 days are named
_HOUR = re.compile(r"<hour>([^<]*)</hour>", re.IGNORECASE)
_DAY = re.compile(r"<day>([^<]*)</day>", re.IGNORECASE)


def ttl_of(ttl: str, period: str = "", frequency: str = "") -> int | None:
    """Minutes from RSS ``ttl``, else from the syndication module's period and frequency; None when not said."""
    minutes = _number(ttl)
    if minutes is None and period.strip().lower() in _PERIODS:
        minutes = _PERIODS[period.strip().lower()] // max(_number(frequency) or 1, 1)
    return min(minutes, _MAX_TTL) if minutes and minutes > 0 else None


def skipped_hours(said: Iterable[str]) -> tuple[int, ...]:
    """The hours (0-23, UTC) that ``said`` names, sorted; none where it names all. 24 is midnight, as in RSS 0.91."""
    numbers = {number % _HOURS for text in said if (number := _number(text)) is not None and number <= _HOURS}
    return tuple(sorted(numbers)) if len(numbers) < _HOURS else ()


def skipped_days(said: Iterable[str]) -> tuple[int, ...]:
    """The days (0 Monday to 6 Sunday) that ``said`` names in English, sorted; none where it names all."""
    numbers = {_DAYS.index(name) for text in said if (name := text.strip().lower()) in _DAYS}
    return tuple(sorted(numbers)) if len(numbers) < len(_DAYS) else ()


def skips_written(markup: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The skipped hours and days that a channel's markup holds."""
    return (
        skipped_hours(_HOUR.findall(_within(markup, "skipHours"))),
        skipped_days(_DAY.findall(_within(markup, "skipDays"))),
    )


def _within(markup: str, name: str) -> str:
    start = markup.find(f"<{name}>")
    return markup[start : start + _SKIP_CHARACTERS].partition(f"</{name}>")[0] if start >= 0 else ""


def _number(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 8 else None  # noqa: PLR2004 - digits
