"""The selectors of article pages, inferred from two or three of them, where the generic reader goes wrong.

1. The list has already said the title and often the day: a page that reads otherwise is read wrong.
2. A selector is proposed only for a field that the generic reader misses or gets wrong, and only when reading the
   pages again under it loses nothing that was read before.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from lxml import etree

from aggregator.model.entry import DateOrigin, Entry
from aggregator.model.errors import ParseFailed
from aggregator.model.probe import PageReading, SamplePage
from aggregator.model.source import Platform, Selectors
from aggregator.parse.boundary import parse_failures
from aggregator.parse.charset import decode
from aggregator.parse.files import is_download
from aggregator.parse.page import parse_page
from aggregator.parse.propose_body import Sampled, body_selectors, lines_of, words_of
from aggregator.parse.propose_names import selectors_of
from aggregator.parse.selectors import check_selector, select, select_one
from aggregator.parse.tree import base_of, html_tree, text_of
from aggregator.text.dates import parse_date
from aggregator.text.urls import absolute_url

_FEWEST = 2  # pages: one does not tell the site's words from the article's
_TITLE = 260  # characters
_DATE_LINE = 120  # characters of a line that is a date rather than a sentence about one
_DATE = re.compile(
    r"(?:\d{1,2}[:h]\d{2}(?::\d{2})?\s*[|,\-–]?\s*(?:ngày\s+)?)?\b\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4}"
    r"(?:\s*[|,\-–]?\s*(?:lúc\s+)?\d{1,2}[:h]\d{2}(?::\d{2})?)?"
    r"|\b\d{1,2} tháng \d{1,2},? (?:năm )?\d{4}(?:\s*[|,\-–]?\s*(?:lúc\s+)?\d{1,2}[:h]\d{2})?",
    re.IGNORECASE,
)
_MOST_CANDIDATES = 400
_MOST_FITTING = 20
_MOST_IN_ITEM = 100  # elements
_ALIKE = 0.7  # share of the words: lists cut titles and add to them
_LINK_WORDS = 4
_DAY = timedelta(days=1)
_FIELDS = ("page_title", "page_body", "page_drop", "page_date", "page_attachment")
_NO_LINE = frozenset({"a", "title", "html", "body", "head", "script", "style"})

Fits = Callable[[Sampled, etree._Element], bool]  # noqa: SLF001 - lxml's only name for it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """How pages are read."""

    platform: Platform
    now: datetime
    timezone: str

    def read(self, sample: SamplePage, selectors: Selectors) -> Entry | None:
        """The page's entry, None when it is read as no article."""
        try:
            return parse_page(
                sample.body,
                url=sample.url,
                content_type=sample.content_type,
                platform=self.platform,
                selectors=selectors,
                now=self.now,
                timezone=self.timezone,
            )
        except ParseFailed:
            return None


def read_pages(samples: tuple[SamplePage, ...], *, platform: Platform, now: datetime, timezone: str) -> PageReading:
    """The pages as they read best, and what it takes. Raises ParseFailed, and nothing else, for what is no page."""
    with parse_failures():
        rules = _Rules(platform=platform, now=now, timezone=timezone)
        pages = _sampled(samples, rules)
        selectors = Selectors()
        proposers = (_title, lambda pages: _body(pages, platform), lambda pages: _date(pages, rules), _files)
        for proposed in proposers if len(pages) >= _FEWEST else ():
            found = proposed(pages)
            if found == Selectors():
                continue
            tried = replace(selectors, **{name: getattr(found, name) or getattr(selectors, name) for name in _FIELDS})
            mended = [replace(page, read=rules.read(page.sample, tried)) for page in pages]
            is_read = any(page.read is not None for page in mended)
            if is_read and all(_keeps(new.read, old.read) for new, old in zip(mended, pages, strict=True)):
                selectors, pages = tried, mended
        return PageReading(entries=tuple(page.read for page in pages), selectors=selectors)


def _sampled(samples: Sequence[SamplePage], rules: _Rules) -> list[Sampled]:
    roots = [html_tree(decode(sample.body, sample.content_type)) for sample in samples]
    lines = [frozenset(lines_of(root)) for root in roots]
    shared = Counter(line for held in lines for line in held)
    return [
        Sampled(
            sample=sample,
            root=root,
            base=base_of(root, sample.url),
            read=rules.read(sample, Selectors()),
            own=frozenset(line for line in held if shared[line] == 1),
        )
        for sample, root, held in zip(samples, roots, lines, strict=True)
    ]


def _keeps(new: Entry | None, old: Entry | None) -> bool:
    """Whether a page lost neither title nor body nor date."""
    if old is None or new is None:
        return old is None
    return all(bool(getattr(new, name)) >= bool(getattr(old, name)) for name in ("title", "text", "published"))


def _title(pages: Sequence[Sampled]) -> Selectors:
    wrong = [page for page in pages if page.sample.entry.title and not _is_titled(page)]
    if 2 * len(wrong) <= len(pages):
        return Selectors()

    def fits(page: Sampled, element: etree._Element) -> bool:
        return words_of(text_of(element)) == words_of(page.sample.entry.title)

    return Selectors(page_title=_finder(pages, fits, longest=_TITLE))


def _is_titled(page: Sampled) -> bool:
    ours = set(words_of(page.read.title if page.read is not None else ""))
    theirs = set(words_of(page.sample.entry.title))
    return bool(ours) and len(ours & theirs) >= _ALIKE * min(len(ours), len(theirs))


def _body(pages: Sequence[Sampled], platform: Platform) -> Selectors:
    """``page_body`` and ``page_drop``; none where the platform's own rules find a body on every page."""
    if platform is not Platform.GENERIC and all(page.read is not None and page.read.text for page in pages):
        return Selectors()
    return body_selectors(pages)


def _date(pages: Sequence[Sampled], rules: _Rules) -> Selectors:
    """``page_date`` where most pages show no date, or another day than the list."""
    wrong = sum(page.read is None or page.read.published is None or not _is_day(page, _at(page)) for page in pages)
    if 2 * wrong <= len(pages):
        return Selectors()
    tz = ZoneInfo(rules.timezone)

    def fits(page: Sampled, element: etree._Element) -> bool:
        text = text_of(element)
        date = _DATE.search(text) if len(text) <= _DATE_LINE else None
        reads = (
            (parse_date(raw, now=rules.now, tz=tz, origin=DateOrigin.TEXT) for raw in (text, date[0])) if date else ()
        )
        found = next((read for read in reads if read is not None), None)
        return found is not None and _is_day(page, found.at) and not _is_listed(element, page)

    return Selectors(page_date=_finder(pages, fits, longest=_DATE_LINE))


def _at(page: Sampled) -> datetime | None:
    return page.read.published.at if page.read is not None and page.read.published is not None else None


def _is_day(page: Sampled, at: datetime | None) -> bool:
    """Whether ``at`` is within the day that the list told; any instant is where it told none."""
    told = page.sample.entry.published
    return told is None or (at is not None and abs(at - told.at) < _DAY)


def _is_listed(element: etree._Element, page: Sampled) -> bool:
    """Whether an element stands in an item of a list of other articles."""
    block = element.getparent()
    for _ in range(2):
        if block is None or block.tag in {"body", "html"}:
            return False
        if next(islice(block.iter(), _MOST_IN_ITEM, None), None) is not None:
            return False  # too much for one item
        links = [words for link in block.iter("a") if len(words := words_of(text_of(link))) >= _LINK_WORDS]
        if links and words_of(page.title) not in links:
            return len(text_of(block)) < 4 * _DATE_LINE
        block = block.getparent()
    return False


def _files(pages: Sequence[Sampled]) -> Selectors:
    """``page_attachment`` where a page offers files of its own that are read as none."""
    linked = [_file_links(page) for page in pages]
    counts = Counter(url for links in linked for url in links)
    missed = [
        {link for url, link in links.items() if counts[url] == 1 and url not in _had(page)}
        for page, links in zip(pages, linked, strict=True)
    ]
    others = [{link for url, link in links.items() if counts[url] > 1} for links in linked]
    names = dict.fromkeys(name for links in missed for link in links for name in selectors_of(link) if name != "a")
    best, most = "", 0
    for selector in list(names)[:_MOST_CANDIDATES]:
        found = [set(select(page.root, (selector,))) for page in pages]
        hits = sum(len(held & wanted) for held, wanted in zip(found, missed, strict=True))
        hits -= sum(len(held & strange) for held, strange in zip(found, others, strict=True))
        if hits > most and check_selector(selector) is None:
            best, most = selector, hits
    return Selectors(page_attachment=(best,)) if best else Selectors()


def _file_links(page: Sampled) -> dict[str, etree._Element]:
    found: dict[str, etree._Element] = {}
    for link in page.root.iter("a"):
        url = absolute_url(page.base, link.get("href") or "")
        if url and is_download(url):
            found.setdefault(url, link)
    return found


def _had(page: Sampled) -> set[str]:
    return {attachment.url for attachment in page.read.attachments} if page.read is not None else set()


def _finder(pages: Sequence[Sampled], fits: Fits, *, longest: int) -> tuple[str, ...]:
    """The selector whose first find fits on most pages; () where it does on no more than half."""
    candidates: dict[str, None] = {}
    for page in pages:
        elements = (element for element in page.root.iter() if element.tag not in _NO_LINE)
        short = (element for element in elements if len(text_of(element)) <= 2 * longest)
        fitting = islice((element for element in short if fits(page, element)), _MOST_FITTING)
        for element in reversed(list(fitting)):  # the innermost of those that hold each other
            candidates.update(dict.fromkeys(name for name in selectors_of(element) if name != element.tag))
    best, most = "", len(pages) / 2
    for selector in list(candidates)[:_MOST_CANDIDATES]:
        firsts = ((page, select_one(page.root, (selector,))) for page in pages)
        hits = sum(first is not None and fits(page, first) for page, first in firsts)
        if hits > most and check_selector(selector) is None:
            best, most = selector, hits
    return (best,) if best else ()
