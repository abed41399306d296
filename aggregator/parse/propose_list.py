"""The selectors of a list page, inferred from what repeats on it, where the generic reader does not do as well.

The page is read with and without what ``propose_items`` finds: selectors are proposed only for entries, dates,
summaries or pictures that the generic reader misses, and each one that changes nothing is dropped again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from lxml import etree

from aggregator.model.entry import Entry, ParsedDocument
from aggregator.model.errors import ParseFailed
from aggregator.model.probe import ListReading
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.boundary import parse_failures
from aggregator.parse.charset import decode
from aggregator.parse.document import parse_document
from aggregator.parse.propose_items import best_items, inner_selectors, leads_on
from aggregator.parse.propose_names import best_for_all
from aggregator.parse.selectors import select
from aggregator.parse.tree import base_of, html_tree, text_of
from aggregator.text.urls import absolute_url

_FEWEST = 4  # entries that make a list
_MOST = 0.6  # share of its entries that say more than their headline
_PAGE_NUMBER = re.compile(r"\d{1,3}")
_INNER = ("link", "title", "date", "summary", "image", "next_page")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """A list page and how it is read."""

    body: bytes
    url: str
    content_type: str
    platform: Platform
    now: datetime
    timezone: str
    max_entries: int

    def read(self, selectors: Selectors) -> ParsedDocument | None:
        """Its entries under ``selectors``, None when there are none. Raises ParseFailed for what is no page at all."""
        try:
            return parse_document(
                self.body,
                url=self.url,
                content_type=self.content_type,
                kind=SourceKind.LISTING,
                platform=self.platform,
                selectors=selectors,
                now=self.now,
                timezone=self.timezone,
                max_entries=self.max_entries,
            )
        except ParseFailed:
            if selectors != Selectors():
                return None
            raise


def read_list(page: ListPage) -> ListReading:
    """The list as it reads best. Raises ParseFailed, and nothing else, where it cannot be read in any way."""
    refusal: ParseFailed | None = None
    generic: ParsedDocument | None = None
    try:
        generic = page.read(Selectors())
    except ParseFailed as failure:
        refusal = failure
    with parse_failures():
        best = _inferred(page, generic)
    if best is not None:
        return best
    if generic is None:
        assert refusal is not None
        raise refusal
    return ListReading(document=generic)


def _inferred(page: ListPage, generic: ParsedDocument | None) -> ListReading | None:
    root = html_tree(decode(page.body, page.content_type))
    base = base_of(root, page.url)
    paging = _next_page(root, base) if generic is None or not generic.child_urls else ()
    if generic is not None and paging:
        paged = page.read(Selectors(next_page=paging))
        paging = paging if paged is not None and paged.child_urls else ()
    items = best_items(root, base)
    item = best_for_all(root, [each.block for each in items])
    if item is not None:
        full = replace(inner_selectors(items, base), item=(item,), next_page=paging)
        document = page.read(full)
        if document is not None and _is_better(document, generic):
            return _pruned(page, full, document)
    if generic is not None and paging:
        return ListReading(
            document=page.read(Selectors(next_page=paging)) or generic, selectors=Selectors(next_page=paging)
        )
    return None


def _is_better(document: ParsedDocument, generic: ParsedDocument | None) -> bool:
    """Whether the selectors tell of the list what the generic reader does not, and lose nothing of worth."""
    ours = _by_url(document.entries)
    if len(ours) < _FEWEST:
        return False
    theirs = _by_url(generic.entries) if generic is not None else {}
    dated = sum(entry.published is not None for entry in ours.values())
    if theirs and dated < 0.6 * len(ours):
        return False
    lost = sum(entry.published is not None for url, entry in theirs.items() if url not in ours)
    if 2 * lost > len(ours):
        return False
    missed = sum(url not in theirs for url in ours)
    gains = [missed] + [
        sum(bool(getattr(entry, name)) and not getattr(theirs.get(url, entry), name) for url, entry in ours.items())
        for name in ("published", "summary", "images")
    ]
    titles = sum(_is_longer(entry.title, theirs[url].title) for url, entry in ours.items() if url in theirs)
    return max(*gains, titles) >= max(2, 0.2 * len(ours))


def _is_longer(title: str, other: str) -> bool:
    return title != other and len(title) > 1.5 * len(other)


def _by_url(entries: Sequence[Entry]) -> dict[str, Entry]:
    return {entry.url.partition("#")[0]: entry for entry in entries if entry.title}


def _pruned(page: ListPage, full: Selectors, document: ParsedDocument) -> ListReading:
    """The same reading with every selector dropped that changes nothing."""
    best = ListReading(document=document, selectors=full)
    for name in _INNER:
        if getattr(best.selectors, name):
            fewer = replace(best.selectors, **{name: ()})
            tried = page.read(fewer)
            if tried is not None and _says_as_much(tried, best.document):
                best = ListReading(document=tried, selectors=fewer)
    return best


def _says_as_much(tried: ParsedDocument, best: ParsedDocument) -> bool:
    if tried.child_urls != best.child_urls or len(tried.entries) != len(best.entries):
        return False
    return all(
        (ours.url, ours.title, ours.published) == (theirs.url, theirs.title, theirs.published)
        and len(ours.summary) <= len(theirs.summary) * 1.2
        and bool(theirs.summary) >= bool(ours.summary)
        and ours.images[:1] == theirs.images[:1]
        for ours, theirs in zip(best.entries, tried.entries, strict=True)
    )


def _next_page(root: etree._Element, base: str) -> tuple[str, ...]:
    """What finds the link after the number of the page that is shown, in a row of page numbers."""
    for marked in select(root, ("[class]",)):
        if not _PAGE_NUMBER.fullmatch(text_of(marked)) or (following := marked.getnext()) is None:
            continue
        link = following if following.tag == "a" else following.find(".//a")
        if link is None or not _PAGE_NUMBER.fullmatch(text_of(link)) or int(text_of(link)) != int(text_of(marked)) + 1:
            continue
        own = (following.get("class") or "").split()
        names = (name for name in (marked.get("class") or "").split() if not any(map(str.isdigit, name)))
        state = next((name for name in names if name not in own), "")
        if not state or not leads_on(absolute_url(base, link.get("href") or "") or "", base):
            continue
        inside = "" if following is link else " a"
        return (f"{marked.tag}.{state} + {following.tag}{inside}",)
    return ()
