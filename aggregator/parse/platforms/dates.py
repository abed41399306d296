"""Dates as platforms and sources write them, put into a form that the date grammar reads rightly.

1. SharePoint prints dates by the server's language: where that is English, "3/7/2025 9:05:11 AM" is 7 March. The
   grammar reads day first unless that is impossible, so a platform that is known to do this says so.
2. Some WordPress sites run their clock in local time and call it "+00:00" (others mean it): nothing but the source's
   entry can tell, which then names the zone that is false (DOMAIN 1.3.2).
"""

import re
from dataclasses import replace

from aggregator.parse.claims import DocumentClaims

_MONTH_FIRST = re.compile(
    r"(?<![\d/])(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})[,\s]+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[AaPp])\.?[Mm]\b\.?"
)
_MONTHS = 12
_NOON = 12


def plain_date(raw: str, *, month_first: bool, false_zones: tuple[str, ...]) -> str:
    """``raw`` without a zone that is known to be false, and with day and month where the grammar takes them."""
    for zone in false_zones:
        if raw.rstrip().endswith(zone):
            raw = raw.rstrip().removesuffix(zone).rstrip()
            break
    return _MONTH_FIRST.sub(_iso, raw) if month_first else raw


def with_plain_dates(claims: DocumentClaims, *, month_first: bool, false_zones: tuple[str, ...]) -> DocumentClaims:
    """The document with every entry's dates put into plain form."""
    entries = tuple(
        replace(
            entry,
            published=plain_date(entry.published, month_first=month_first, false_zones=false_zones),
            updated=plain_date(entry.updated, month_first=month_first, false_zones=false_zones),
        )
        for entry in claims.entries
    )
    return replace(claims, entries=entries)


def _iso(found: re.Match[str]) -> str:
    month, day, hour = int(found["month"]), int(found["day"]), int(found["hour"])
    if month > _MONTHS or not 1 <= hour <= _NOON:  # day first after all, or a clock of 24 hours: as written
        return found[0]
    hour = hour % _NOON + (_NOON if found["half"] in "pP" else 0)
    second = f":{found['second']}" if found["second"] else ""
    return f"{found['year']}-{month:02d}-{day:02d} {hour:02d}:{found['minute']}{second}"
