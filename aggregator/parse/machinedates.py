"""Dates in the two forms that feeds are meant to use, read without the general grammar (a tenth of its time).

Only what is complete and says its zone as an offset, Z, GMT or UTC is read here; everything else is left to
``text.dates``, and both agree on what is read here (a test holds that over the corpus).
"""

import re
from datetime import UTC, datetime, timedelta

from aggregator.model.entry import DateOrigin, FoundDate, Precision
from aggregator.text.dates import accept_instant

_WIDEST_ZONE = timedelta(hours=14)
_NO_OFFSET = timedelta()
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
_RFC_822 = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) "
    r"(?:GMT|UTC|Z|([+-])(\d\d):?(\d\d))",
    re.ASCII,
)
_RFC_3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|([+-])(\d\d):?(\d\d))", re.ASCII)


def read_machine_date(raw: str, *, now: datetime, origin: DateOrigin) -> FoundDate | None:
    """The instant of a whole RFC 822 or RFC 3339 date; None for every other text, which may still be a date."""
    if found := _RFC_822.fullmatch(raw):
        day, name, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
        month = _MONTHS.get(name, 0)
    elif found := _RFC_3339.fullmatch(raw):
        year, number, day, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
        month = int(number)
    else:
        return None
    offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes)) if sign else _NO_OFFSET
    if offset > _WIDEST_ZONE or (sign and int(zone_minutes) >= 60):  # noqa: PLR2004 - minutes of an hour
        return None
    try:
        at = datetime(int(year), month, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        at = at + offset if sign == "-" else at - offset
    except (ValueError, OverflowError):  # no such day; .NET's empty date, 0001-01-01
        return None
    if not accept_instant(at, now=now):
        return None
    return FoundDate(at=at, origin=origin, precision=Precision.SECOND, raw=raw)
