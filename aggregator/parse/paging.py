"""Further pages of a list by their address, where the page links none: ``?bydate={day}&page={page}`` and the like.

A template begins with ``?`` (put in the place of the list's query), ``/`` or ``{list}`` (the list's path) and holds:

* ``{page}``: the number of the page; the list itself is page 1.
* ``{day}``: a day as dd-mm-yyyy. Days go back from today, with all pages of a day before the day before it.

Pages of one day end with the first that has no items; further back than ``DAYS`` nobody looks, and a day has at most
``PAGES_A_DAY`` pages. How many pages a visit reads at all is the crawl's to say.
"""

import re
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

DAYS = 14
PAGES_A_DAY = 20
_DAY = "%d-%m-%Y"
_HOLE = re.compile(r"\{(list|page|day)\}")
_ENDING = re.compile(r"\.(?:html?|chn|aspx|php)$|/$")
_PATTERNS = {"list": "(?P<list>[^?]*?)", "page": r"(?P<page>\d{1,4})", "day": r"(?P<day>\d\d-\d\d-\d{4})"}


def next_by_address(url: str, templates: tuple[str, ...], *, today: date | None, has_items: bool) -> str | None:
    """The page after ``url`` by the first of ``templates``; None where the list ends or no template is given.

    ``has_items`` says whether the page at ``url`` had any; ``today`` is needed for lists by day.
    """
    template = next(iter(templates), "")
    by_day, by_page = "{day}" in template, "{page}" in template
    if not template or (by_day and today is None):
        return None
    found = _match(url, template)
    if found is None:  # the list itself
        first = today.strftime(_DAY) if by_day and today is not None else ""
        return _address(url, template, _bare_path(url), 1 if by_day else 2, first)
    groups = found.groupdict()
    page, stem = int(groups.get("page") or 1), groups.get("list") or ""
    if by_page and has_items and page < (PAGES_A_DAY if by_day else 9999):
        return _address(url, template, stem, page + 1, groups.get("day") or "")
    before = _day_before(groups.get("day") or "", today) if by_day else None
    return _address(url, template, stem, 1, before) if before else None


def is_day_page(url: str, templates: tuple[str, ...]) -> bool:
    """Whether ``url`` is one day of a list: such a page may well be empty."""
    return any("{day}" in template and _match(url, template) is not None for template in templates[:1])


def _match(url: str, template: str) -> re.Match[str] | None:
    parts = urlsplit(url)
    pattern = "".join(_PATTERNS[part] if at % 2 else re.escape(part) for at, part in enumerate(_HOLE.split(template)))
    text = f"?{parts.query}" if template.startswith("?") else parts.path + (f"?{parts.query}" if parts.query else "")
    return re.fullmatch(pattern, text)


def _address(url: str, template: str, stem: str, page: int, day: str) -> str:
    parts = urlsplit(url)
    written = template.replace("{list}", stem).replace("{page}", str(page)).replace("{day}", day)
    path, _, query = written.partition("?")
    return urlunsplit((parts.scheme, parts.netloc, path or parts.path, query, ""))


def _bare_path(url: str) -> str:
    return _ENDING.sub("", urlsplit(url).path)


def _day_before(day: str, today: date | None) -> str | None:
    try:
        before = datetime.strptime(day, _DAY).date() - timedelta(days=1)  # noqa: DTZ007 - a day, no instant
    except ValueError:
        return None
    return before.strftime(_DAY) if today is not None and today - before < timedelta(days=DAYS) else None
