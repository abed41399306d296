"""Dates that a page shows to its readers."""

import re
from collections.abc import Iterable

from lxml import etree

from aggregator.model.entry import DateOrigin
from aggregator.parse.selectors import select, select_one
from aggregator.parse.tree import text_of

_ATTRIBUTES = ("datetime", "content", "data-time", "data-date", "data-utc-date", "title")
_DATE = re.compile(
    r"(?:\d{1,2}[:h]\d{2}(?::\d{2})?(?:\s*[|,\-–]\s*|\s+)?(?:ngày\s+)?)?\b\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4}"
    r"(?:\s*[|,\-–]?\s*\d{1,2}[:h]\d{2}(?::\d{2})?)?(?:\s*\(?GMT\s*[+-]\d+\)?)?",
    re.IGNORECASE,
)
_SHORT = 120  # characters of a line that is a date rather than a sentence about one
_ROUND_TITLE = 12  # elements before and after the title that are looked at


def visible_dates(root: etree._Element, selectors: Iterable[str]) -> list[tuple[str, DateOrigin]]:
    """Dates as written in the elements that the first matching selector finds, machine-readable forms first."""
    found: list[tuple[str, DateOrigin]] = []
    for element in select(root, selectors)[:5]:
        raw = [value.strip() for name in _ATTRIBUTES if (value := element.get(name)) and any(map(str.isdigit, value))]
        origin = DateOrigin.META if element.get("itemprop") else DateOrigin.TEXT
        found += [(value, DateOrigin.META) for value in raw]
        text = text_of(element)
        if text:
            inner = _DATE.search(text)
            found += [(text, origin)] if len(text) <= _SHORT else []
            found += [(inner[0], origin)] if inner else []
    return found


def dates_near_title(root: etree._Element) -> list[tuple[str, DateOrigin]]:
    """Dates in short lines next to the first heading: portals print the date there and nowhere else."""
    heading = select_one(root, ("h1", ".title-detail", ".article-title", "h2"))
    if heading is None:
        return []
    around: list[etree._Element] = []
    for relatives in (heading.itersiblings(preceding=True), heading.itersiblings()):
        around += [sibling for sibling, _ in zip(relatives, range(_ROUND_TITLE), strict=False)]
    if (parent := heading.getparent()) is not None:
        around += [sibling for sibling in (parent.getprevious(), parent.getnext()) if sibling is not None]
    found = []
    for element in around:
        text = text_of(element)
        date = _DATE.search(text[: _SHORT * 2])
        if date and len(text) <= _SHORT:
            found.append((date[0], DateOrigin.TEXT))
    return found
