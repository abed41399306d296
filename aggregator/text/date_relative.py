"""Dates told from now: "5 phút trước", "hôm qua, 08:15", "2 hours ago", over folded text."""

import calendar
import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aggregator.model.entry import Precision
from aggregator.text.date_words import NUMBERS

_UNITS = {
    "giay": "s", "second": "s", "sec": "s", "phut": "m", "'": "m", "minute": "m", "min": "m", "gio": "h", "tieng": "h",
    "h": "h", "hour": "h", "hr": "h", "ngay": "d", "day": "d", "tuan": "w", "week": "w", "thang": "M", "month": "M",
    "nam": "y", "year": "y",
}  # fmt: skip
_COUNT = rf"\d{{1,5}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))}"
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_AGO = re.compile(
    rf"(?P<before>cach day\s+)?(?:(?:khoang|hon|gan|about)\s+)?(?P<count>{_COUNT})\s*(?P<unit>{_UNIT})s?\s*"
    rf"(?:,?\s*(?:va\s+|and\s+)?(?P<count2>\d{{1,2}})\s*(?P<unit2>phut|'|minute|min|gio|hour|giay|second)s?\s*)?"
    rf"(?(before)(?:truoc)?|(?:truoc(?:\s+day)?|ago))"
)
_LABEL = re.compile(r"^(?:(?:cap nhat|dang|ngay dang|thoi gian|luc|vao)\b[\s:]*)+")
_NAMED_DAYS = {"hom nay": 0, "today": 0, "hom qua": 1, "yesterday": 1, "hom kia": 2}
_DAY_NAME = re.compile(rf"\b(?:{'|'.join(_NAMED_DAYS)})\b")
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2})(?:[:hg](\d\d))(?::(\d\d))?(?![\d:])")
_LEFT_OVER = re.compile(r"\b(?:luc|vao|ngay|at)\b|[\s,|()\-–]+")
_JUST_NOW = frozenset({"vua xong", "vua moi xong", "vua dang", "vai giay truoc", "just now"})


def read_relative(folded: str, *, now: datetime, tz: ZoneInfo) -> tuple[datetime, Precision] | None:
    """The instant that a relative phrase means, with its precision; None when ``folded`` is no such phrase.

    Days and longer give ``day`` precision; "hôm qua" without a time is its local midnight.
    """
    phrase = _LABEL.sub("", folded.strip(" .,|-–()"))
    if phrase in _JUST_NOW:
        return now, Precision.MINUTE
    ago = _AGO.fullmatch(phrase)
    if ago is not None:
        found = _before(now, NUMBERS.get(ago["count"]) or int(ago["count"]), _UNITS[ago["unit"]], tz)
        if found and ago["count2"]:
            rest = _before(found[0], int(ago["count2"]), _UNITS[ago["unit2"]], tz)
            return (rest[0], found[1]) if rest else None
        return found
    named = _DAY_NAME.search(phrase)
    if named is None:
        return None
    day = now.astimezone(tz).date() - timedelta(days=_NAMED_DAYS[named[0]])
    return _at_clock(day, phrase[: named.start()] + " " + phrase[named.end() :], tz)


def _at_clock(day: date, rest: str, tz: ZoneInfo) -> tuple[datetime, Precision] | None:
    """``day`` at the time that ``rest`` holds and nothing else; its midnight when it holds nothing."""
    clock = _CLOCK.search(rest)
    if clock is not None:
        rest = rest[: clock.start()] + " " + rest[clock.end() :]
    if _LEFT_OVER.sub("", rest):
        return None
    if clock is None:
        return datetime.combine(day, time(), tz), Precision.DAY
    try:
        at = time(int(clock[1]), int(clock[2]), int(clock[3] or 0))
    except ValueError:
        return None
    return datetime.combine(day, at, tz), Precision.SECOND if clock[3] else Precision.MINUTE


def _before(now: datetime, count: int, unit: str, tz: ZoneInfo) -> tuple[datetime, Precision] | None:
    spans = {
        "s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1),
        "w": timedelta(weeks=1),
    }  # fmt: skip
    if unit in spans:
        return now - count * spans[unit], Precision.MINUTE if unit in "smh" else Precision.DAY
    local = now.astimezone(tz)
    months = local.year * 12 + local.month - 1 - count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if year < 1:
        return None
    day = min(local.day, calendar.monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day), Precision.DAY
