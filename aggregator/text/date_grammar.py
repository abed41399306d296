"""Our grammar of absolute dates, day first, over folded text. Pure scanning: no clock, no zone of its own.

Rules:

1. A text is read whole: its date, its time, its zone, weekday and view counter are taken out, and a digit that is left
   means that it was not understood. So ``18/07/2025 25:61`` is refused, not read as a day.
2. Numbers are day first (a public archive of baonghean.vn had 01/10/2025 as 10 January). Month first is taken only when
   day first is impossible and the weekday or an English AM/PM says so (some ministry sites, American feeds). An English
   weekday that is right month first only makes the text unsure.
3. Two different dates in one text are a range or an event, never a publication; what follows "cập nhật" is a second,
   later date and is left out when another comes before it.
4. Only ``d/m`` without a year is left to the caller, who knows today.
"""

import re
from datetime import date, time, timedelta, timezone
from typing import NamedTuple

from aggregator.text.date_common import ReadDate
from aggregator.text.date_words import (
    COUNTER,
    ENGLISH_MONTHS,
    FRENCH_MONTHS,
    MONTH_NAMES,
    OTHER_DATE,
    UPDATED,
    VIETNAMESE_MONTHS,
    WEEKDAY,
    ZONES,
)


class Refused(ValueError):
    """The text has the look of a date and says none that is sure: nobody else should guess either."""


class _Reading(NamedTuple):
    """A day, whether its numbers make sense month first only, and the day that they are month first too."""

    day: date
    month_first: bool = False
    other: date | None = None


_MONTH_STARTS = "|".join(ENGLISH_MONTHS)
_MONTH = rf"(?P<month>{MONTH_NAMES})\b\.?"
_VI_MONTH = rf"(?:thang|thg\.?|th)\s*(?P<month>1[0-2]|0?[1-9](?!\d)|{'|'.join(VIETNAMESE_MONTHS)})\b"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_YEAR = r"(?P<year>\d{4})(?!\d|[/.\-]\d)"
_START = r"(?<![\d/.\-])"

_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        # 18/07/2025, 18-7-2025, 18.07.2025, 17 - 05 - 2024
        rf"(?<![\d/.])(?P<a>\d{{1,2}})\s?(?P<mark>[/.\-])\s?(?P<b>\d{{1,2}})\s?(?P=mark)\s?{_YEAR}",
        # 2025-07-18, 2025/7/18
        rf"{_START}(?P<year>\d{{4}})(?P<mark>[/.\-])(?P<month>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}})(?!\d|[/.\-]\d)",
        # 18 tháng 7 năm 2025, 18 Tháng Mười Hai, 2025, 18 thg 7, 2025
        rf"{_START}{_DAY}\s*(?:[,\-]\s*)?{_VI_MONTH}\s*[,/\-]?\s*(?:nam\s*)?{_YEAR}",
        # Tháng Bảy 18, 2025
        rf"\b{_VI_MONTH}\s+{_DAY}\s*,?\s*(?:nam\s*)?{_YEAR}",
        # 18 July 2025, 16th Nov 2020, 01 Jan 04, 18-Jul-2025, 3 juil. 2020
        rf"{_START}{_DAY}(?:st|nd|rd|th)?[\s\-]*(?:of\s+)?{_MONTH}[\s,\-]*(?P<year>\d{{4}}|\d\d(?=\s+\d\d?:))(?!\d)",
        # July 18, 2025; Feb 16 2016
        rf"\b{_MONTH}\s*{_DAY}(?:st|nd|rd|th)?\s*,?\s+{_YEAR}",
        # 2004-Jul-13
        rf"{_START}(?P<year>\d{{4}})-(?P<month>{_MONTH_STARTS})[a-z]*-{_DAY}(?!\d)",
        # 18/07/25
        r"(?<![\d/.\-])(?P<a>\d\d)/(?P<b>\d\d)/(?P<year>\d\d)(?!\d|[/.\-]\d)",
    )
)
_YEARLESS = (
    re.compile(rf"{_START}(?P<day>\d\d)/(?P<month>\d\d)(?!\d|[/.\-]\d|\s*%)"),
    re.compile(r"(?<=ngay )(?P<day>\d{1,2})\s?[/.\-]\s?(?P<month>\d{1,2})(?!\d|[/.\-]\d|\s*%)"),
    re.compile(rf"{_START}{_DAY}\s*{_VI_MONTH}(?!\s*(?:,|nam)?\s*\d)"),
)
_TIME = re.compile(
    r"(?<![\d:])(?:t(?=\d\d:))?(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?(?![\d]|:\d)'?"
    r"|\s*(?:h|g|gio)\b\s*(?:(?P<minute2>\d\d)\b(?![/.\-]\d)\s*(?:'|p|phut)?)?"
    r"|\s*[hg](?P<minute3>\d\d)(?:[p'](?!\w))?(?!\d|[/.\-]\d))"
    r"\s*(?P<half>am|pm|sa|ch|a\.m\.|p\.m\.|sang|chieu|toi|trua|dem)?(?![a-y0-9_])"
)
_ZONE_NAMES = "|".join(sorted((re.escape(name) for name in ZONES), key=len, reverse=True))
_ZONE = re.compile(
    rf"\s*\(?(?:(?P<name>{_ZONE_NAMES})(?![a-z/_]))?\s?(?:(?P<sign>[+-])(?P<hours>\d{{1,2}})(?::?(?P<minutes>\d\d))?)?"
    r"(?![\d/.:]|-\d)\)?(?:\s*\([a-z ]+\))?"
)
_NUKEVIET = re.compile(r"(\d{4}-\d\d-\d\d)\+(\d\d)(\d\d:\d\d:\d\d)")
_CTIME = re.compile(
    rf"\b({_MONTH_STARTS})\s+(\d\d?)\s+(\d\d?:\d\d(?::\d\d)?)\s+(?:([a-z]{{1,5}}|[+-]\d{{4}})\s+)?(\d{{4}})\b"
)
_COUNTED = ("luot", "xem", "view", "hit", "luan", "comment")  # words of COUNTER: most texts hold none
_ISO_T = re.compile(r"(?<=\d)t(?=\d\d?:)")
_ISO_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)?(?=z|[+-]|$)")
# Digits, and letters of other scripts: "오후" is PM.
_NOT_UNDERSTOOD = re.compile(r"\d|(?![\x00-\x7f])[^\W_]")
_LETTER = re.compile(r"[a-z]")
_YEARLESS_WORDS = re.compile(r"\b(?:ngay|luc|vao|dang|cap|nhat|thoi|gian|thu|at|on)\b")
_FIRST_HALF = frozenset({"am", "a.m.", "sa", "sang"})
_EVENING = re.compile(r"\b(?:chieu|toi|dem)(?:\s+(?:ngay|nay|qua|luc|thu\s+\w+|chu\s+nhat|mung))*[\s,]*[\d\x00]")
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ENGLISH_WEEKDAY = re.compile(r"mon|tue|wed|thu(?![ hbtnsc2-7])|fri|sat|sun")  # "thu hai", "thứ 2" is Vietnamese
_CENTURY = 2000
_LEAP_YEAR = 4
_NOON = 12
_LATE_MORNING = 10
_SMALL_HOURS = 5


def read_date(folded: str) -> ReadDate | None:
    """The date that ``folded`` (see ``fold``) says, None when it has no form known here.

    Raises Refused when it has such a form but is impossible, ambiguous or not understood whole.
    """
    text = _ISO_COMPACT.sub(_spread_compact, _NUKEVIET.sub(r"\1 \3 +\2", _CTIME.sub(_in_order, folded)))
    text = _without_update(_ISO_T.sub(" ", text))
    if any(word in text for word in _COUNTED):
        text = COUNTER.sub(" ", text)
    found = _take_day(text)
    if found is None:
        return None
    reading, text, has_year = found
    clock, half, has_seconds, zone, text = _take_clock(text)
    if clock is not None and not half and 0 < clock.hour < _NOON and _EVENING.search(folded):
        raise Refused("an hour of the afternoon by twelve")  # "Chiều 17/7, 3h30"
    weekday = WEEKDAY.search(text)
    text = WEEKDAY.sub(" ", text)
    if _NOT_UNDERSTOOD.search(text) or OTHER_DATE.search(text):
        raise Refused("more than a date")
    if not has_year and _LETTER.search(_YEARLESS_WORDS.sub(" ", text)):
        return None
    day = _choose(reading, weekday=weekday[0] if weekday else "", half=half)
    return ReadDate(day=day, clock=clock, has_seconds=has_seconds, zone=zone, has_year=has_year)


def _without_update(text: str) -> str:
    update = UPDATED.search(text)
    if update and any(pattern.search(text, 0, update.start()) for pattern in _DATES):
        return text[: update.start()]
    return text


def _in_order(found: re.Match[str]) -> str:
    month, day, clock, zone, year = found.groups()
    return f"{day} {month} {year} {clock} {zone or ''}"


def _spread_compact(found: re.Match[str]) -> str:
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month}-{day} {hour}:{minute}:{second or '00'}"


def _take_day(text: str) -> tuple[_Reading, str, bool] | None:
    """The one day in ``text``, the text without it, and whether it had a year."""
    for pattern in _DATES:
        found = pattern.search(text)
        if found is None:
            continue
        reading = _reading(found)
        rest = text[: found.start()] + " \x00 " + text[found.end() :]
        again = pattern.search(rest)
        while again is not None:
            if _reading(again) != reading:
                raise Refused("two dates")
            rest = rest[: again.start()] + " " + rest[again.end() :]
            again = pattern.search(rest)
        return reading, rest, True
    for pattern in _YEARLESS:
        found = pattern.search(text)
        if found is not None:
            day = _day(_LEAP_YEAR, _month(found["month"]), int(found["day"]))
            return _Reading(day), text[: found.start()] + " \x00 " + text[found.end() :], False
    return None


def _reading(found: re.Match[str]) -> _Reading:
    parts = found.groupdict()
    year = int(parts["year"])
    if len(parts["year"]) == 2:  # noqa: PLR2004 - two digits
        year += _CENTURY
    if "a" not in parts:
        return _Reading(_day(year, _month(parts["month"]), int(parts["day"])))
    first, second = int(parts["a"]), int(parts["b"])
    if second > _NOON:
        return _Reading(_day(year, first, second), month_first=True)
    return _Reading(_day(year, second, first), other=_day(year, first, second) if first <= _NOON else None)


def _choose(reading: _Reading, *, weekday: str, half: str) -> date:
    if reading.month_first and weekday[:3] != _ENGLISH_DAYS[reading.day.weekday()] and half not in {"am", "pm"}:
        raise Refused("no such month")
    if reading.other and _names_only(weekday, reading.other, reading.day):
        raise Refused("the weekday speaks for month first")
    return reading.day


def _names_only(weekday: str, other: date, day: date) -> bool:
    """Whether an English weekday is that of ``other`` and not of ``day``: Vietnamese pages write the day first."""
    told = _ENGLISH_WEEKDAY.match(weekday)
    return told is not None and told[0] == _ENGLISH_DAYS[other.weekday()] != _ENGLISH_DAYS[day.weekday()]


def _month(name: str) -> int:
    if name.isdigit():
        return int(name)
    return VIETNAMESE_MONTHS.get(name) or ENGLISH_MONTHS.get(name[:3]) or FRENCH_MONTHS[name]


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise Refused(str(error)) from error


def _take_clock(text: str) -> tuple[time | None, str, bool, timezone | None, str]:
    """The time of day, its half, whether it had seconds, the zone behind it, and the text without them."""
    found = _TIME.search(text)
    if found is None:
        return None, "", False, None, text
    hour, second = int(found["hour"]), int(found["second"] or 0)
    minute = int(found["minute"] or found["minute2"] or found["minute3"] or 0)
    half = found["half"] or ""
    if half:
        hour = _of_half(hour, half)
    try:
        clock = time(hour, minute, second)
    except ValueError as error:
        raise Refused(str(error)) from error
    zone, end = _take_zone(text, found.end())
    return clock, half, found["second"] is not None, zone, text[: found.start()] + " " + text[end:]


def _of_half(hour: int, half: str) -> int:
    if half in _FIRST_HALF:
        if hour > _NOON:
            raise Refused("a morning hour after noon")
        return hour % _NOON
    if half in {"toi", "dem"} and hour == _NOON:
        raise Refused("midnight of one day or the next")
    if (half == "trua" and hour >= _LATE_MORNING) or (half == "dem" and hour < _SMALL_HOURS):
        return hour
    # "22:45 PM" is printed by some sites and can mean one thing only.
    return hour + _NOON if 0 < hour < _NOON else hour


def _take_zone(text: str, at: int) -> tuple[timezone | None, int]:
    """The zone written at ``at`` or right after the date that follows, and where it ends."""
    for start in (at, *(found.end() for found in re.finditer("\x00", text[at:]))):
        place = start if start == at else at + start
        found = _ZONE.match(text, place)
        if found is None or not (found["name"] or found["sign"]):
            continue
        minutes = int(found["hours"] or 0) * 60 + int(found["minutes"] or 0)
        if minutes > 14 * 60 or int(found["minutes"] or 0) > 59:  # noqa: PLR2004 - zones end at ±14:00
            raise Refused("no such zone")
        offset = ZONES[found["name"] or "z"] + (-minutes if found["sign"] == "-" else minutes)
        return timezone(timedelta(minutes=offset)), found.end()
    return None, at
