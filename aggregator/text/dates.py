"""When something was published, from the words of pages and feeds.

Rules:

1. Our own Vietnamese grammar comes first, dateparser behind it for what has no form of ours, tightly set: day, month
   and year must be there, day first, Vietnamese and English only. What our grammar refuses nobody guesses.
2. Unsure is None. A failed date is never "now": that is how old items came to top the feeds of others.
3. A date outside [2000, now + 1 h] is refused, so none can pin an article on top.
4. Where no zone is written the source's zone counts. "GMT+7" is seven hours ahead, whatever libraries make of it.
5. Precision is what the text says: a day stands at local midnight, except one counted back from now ("3 ngày trước"),
   which keeps the time of day so that the order of a list survives.
"""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from aggregator.model.entry import DateOrigin, FoundDate, Precision
from aggregator.text.date_common import ReadDate, read_common
from aggregator.text.date_grammar import Refused, read_date
from aggregator.text.date_relative import read_relative
from aggregator.text.fold import clean_text, fold

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
FUTURE_ALLOWANCE = timedelta(hours=1)

_MAX_TEXT_LENGTH = 200  # a longer text is prose that mentions a date
_MAX_RAW_LENGTH = 100
_APOSTROPHES = str.maketrans("’‘′`´", "'''''")
_FOREIGN_ZONE = re.compile(r"gmt|utc|[+-]\d\d")
_FALLBACK_SHAPE = re.compile(r"(?=.*[a-z]{3})(?=.*\b(?:19|20)\d\d\b)(?=.*\b\d{1,2}\b)")


def parse_date(text: str, *, now: datetime, tz: ZoneInfo, origin: DateOrigin) -> FoundDate | None:
    """The instant that ``text`` names, in UTC, with its precision; None when unsure, impossible or out of range.

    ``now`` is aware and anchors relative forms; ``tz`` counts where the text names no zone.
    """
    text = clean_text(text)
    if not text or len(text) > _MAX_TEXT_LENGTH:
        return None
    folded = fold(text).translate(_APOSTROPHES)
    try:
        read = _read(folded, now=now, tz=tz)
        if read is None:
            return None
        at, precision = read[0].astimezone(UTC), read[1]
    except OverflowError:  # .NET's empty date: "1/1/0001 12:00:00 AM"
        return None
    if not accept_instant(at, now=now):
        return None
    return FoundDate(at=at, origin=origin, precision=precision, raw=text[:_MAX_RAW_LENGTH])


def accept_instant(at: datetime, *, now: datetime) -> bool:
    """Whether ``at`` can be a publication: from 2000 on, at most one hour ahead of ``now``. Both aware."""
    return EARLIEST <= at <= now + FUTURE_ALLOWANCE


def _read(folded: str, *, now: datetime, tz: ZoneInfo) -> tuple[datetime, Precision] | None:
    common = read_common(folded)
    if common is not None:
        return _instant(common, now=now, tz=tz)
    relative = read_relative(folded, now=now, tz=tz)
    if relative is not None:
        return relative
    try:
        absolute = read_date(folded)
        if absolute is not None:
            return _instant(absolute, now=now, tz=tz)
        return _by_library(folded, now=now, tz=tz)
    except Refused:
        return None


def _instant(read: ReadDate, *, now: datetime, tz: ZoneInfo) -> tuple[datetime, Precision]:
    clock = read.clock or time()
    zone = read.zone or tz
    precision = Precision.SECOND if read.has_seconds else Precision.MINUTE
    if read.clock is None:
        precision = Precision.DAY
    if read.has_year:
        return datetime.combine(read.day, clock, zone), precision
    # No year is written: the last such day that is not in the future, within a year.
    this_year = now.astimezone(zone).year
    for year in (this_year, this_year - 1):
        try:
            at = datetime.combine(read.day.replace(year=year), clock, zone)
        except ValueError:
            continue
        if at <= now + FUTURE_ALLOWANCE:
            return at, precision
    raise Refused("no such day within a year")


def _by_library(folded: str, *, now: datetime, tz: ZoneInfo) -> tuple[datetime, Precision] | None:
    # dateparser reads GMT+7 as seven hours behind: a text with a zone that we did not understand is not for it.
    if not _FALLBACK_SHAPE.search(folded) or _FOREIGN_ZONE.search(folded):
        return None
    import dateparser  # noqa: PLC0415 - takes 0.3 s to import and is seldom needed

    found: datetime | None = dateparser.parse(
        folded,
        languages=["vi", "en"],
        settings={
            "DATE_ORDER": "DMY",
            "STRICT_PARSING": True,
            "REQUIRE_PARTS": ["day", "month", "year"],
            "PREFER_DAY_OF_MONTH": "first",
            "RELATIVE_BASE": now.astimezone(tz).replace(tzinfo=None),
            "PARSERS": ["absolute-time"],
            "TIMEZONE": tz.key,
            "RETURN_AS_TIMEZONE_AWARE": True,
        },
    )
    if found is None:
        return None
    return found, Precision.DAY if found.timetz().replace(tzinfo=None) == time() else Precision.MINUTE
