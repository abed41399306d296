"""The entrance for what a section's URL answers with: a feed, a JSON Feed, a sitemap, a JSON answer or a list page.

The document's own form wins over the declared kind wherever it can be read without the list rules; a web page where a
feed was declared is a failure with its reason, never a feed without entries.
"""

import html
import re
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from lxml import etree

from aggregator.model.entry import DateOrigin, ParsedDocument, Problem
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.api import read_api
from aggregator.parse.boundary import parse_failures
from aggregator.parse.charset import decode
from aggregator.parse.claims import DocumentClaims
from aggregator.parse.entries import Reading, build_document
from aggregator.parse.feed import read_feed
from aggregator.parse.feedtext import holds_entries
from aggregator.parse.jsonfeed import is_json_feed, read_json, read_jsonfeed
from aggregator.parse.listing import read_listing
from aggregator.parse.platforms import marks_unreliable_minutes
from aggregator.parse.platforms.dates import with_plain_dates
from aggregator.parse.sitemap import read_sitemap, unpacked
from aggregator.parse.sniff import Shape, refusal_of, shape_of
from aggregator.parse.tree import html_tree, text_of

_REFUSED_ABOVE = frozenset({Outcome.NOT_FOUND, Outcome.LOGIN, Outcome.CHALLENGE})
_HEADING_CHARACTERS = 200
_NO_HEADING_IN = frozenset({"a", "noscript", "template", "dialog"})
_MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_RFC_822 = re.compile(rf"\b({'|'.join(_MONTHS[1:])}) \d{{4}} \d\d:(\d\d):\d\d")
_LOOKED_AT = 20
_NO_CHANCE = 5  # dates: five honest ones show this once in some hundred million feeds
_FORM = '<input type="password">'


def parse_document(
    body: bytes,
    *,
    url: str,
    content_type: str,
    kind: SourceKind,
    platform: Platform,
    selectors: Selectors,
    now: datetime,
    timezone: str,
    max_entries: int,
) -> ParsedDocument:
    """The entries of a document; ``url`` is its final address, ``timezone`` (IANA) that of dates which name none.

    Raises ParseFailed, and nothing else: not_a_feed, challenge, login, blocked or not_found for a page in the place of
    the declared kind, empty for a document without entries, truncated for one that is cut before its first, too_large
    or truncated for a packed sitemap, else parse_failed.
    """
    with parse_failures():
        body = unpacked(body)
        text = decode(body, content_type)
        today = now.astimezone(ZoneInfo(timezone)).date()
        claims, origin = _read(text, body, url, kind, platform, selectors, today)
        if selectors.false_zones:
            claims = with_plain_dates(claims, month_first=False, false_zones=selectors.false_zones)
        if claims.format in {"rss", "atom", "rdf"} and (
            marks_unreliable_minutes(platform, claims.generator) or _prints_months_as_minutes(claims)
        ):
            claims = _without_minutes(claims)
        reading = Reading(url=url, now=now, tz=ZoneInfo(timezone), origin=origin, max_entries=max_entries)
        document = build_document(claims, reading)
        if not document.entries and not document.child_urls:
            raise _nothing_read(document)
        return document


def _read(
    text: str, body: bytes, url: str, kind: SourceKind, platform: Platform, selectors: Selectors, today: date
) -> tuple[DocumentClaims, DateOrigin]:
    shape = shape_of(text, body)
    match shape:
        case Shape.FEED:
            return read_feed(text, url=url), DateOrigin.FEED
        case Shape.SITEMAP if kind in {SourceKind.SITEMAP, SourceKind.UNKNOWN}:
            return read_sitemap(text), DateOrigin.SITEMAP
        case Shape.SITEMAP:
            raise ParseFailed(Outcome.NOT_A_FEED, f"a sitemap was answered where kind {kind} is declared")
        case Shape.JSON:
            return _read_json(text, kind, selectors)
        case Shape.HTML if kind is SourceKind.LISTING:
            return _read_list(text, url, platform, selectors, today), DateOrigin.LISTING
        case Shape.HTML:
            raise ParseFailed(*(refusal_of(text) or (Outcome.NOT_A_FEED, "a web page was answered")))
        case Shape.XML:
            return _read_unknown_xml(text, url)
        case Shape.EMPTY:
            raise ParseFailed(Outcome.EMPTY if kind is SourceKind.LISTING else Outcome.NOT_A_FEED, "no content")
        case Shape.TEXT | Shape.BINARY:
            raise ParseFailed(Outcome.NOT_A_FEED, f"the document is {shape}, not {kind}")


def _nothing_read(document: ParsedDocument) -> ParseFailed:
    """Why a document is a failure although it has the right form: nobody can tell "no news" from a broken source."""
    if any(problem.code == "truncated_document" for problem in document.problems):
        return ParseFailed(Outcome.TRUNCATED, "the document ends before its first entry")
    if document.found > len(document.entries):
        reason = document.problems[-1].detail if document.problems else ""
        return ParseFailed(Outcome.PARSE_FAILED, f"none of {document.found} entries could be read: {reason}"[:200])
    return ParseFailed(Outcome.EMPTY, f"the {document.format} document holds no entry")


def _read_json(text: str, kind: SourceKind, selectors: Selectors) -> tuple[DocumentClaims, DateOrigin]:
    value = read_json(text)
    if is_json_feed(value):
        return read_jsonfeed(value), DateOrigin.FEED
    if kind is SourceKind.API:
        return read_api(value, selectors), DateOrigin.FEED
    if (
        kind in {SourceKind.FEED, SourceKind.JSONFEED}
        and isinstance(value, dict)
        and isinstance(value.get("items"), list)
    ):
        return read_jsonfeed(value), DateOrigin.FEED  # the version's address is forgotten now and then
    raise ParseFailed(Outcome.NOT_A_FEED, "the JSON answer is no JSON Feed")


def _read_list(text: str, url: str, platform: Platform, selectors: Selectors, today: date) -> DocumentClaims:
    try:
        claims = read_listing(text, url=url, platform=platform, selectors=selectors, today=today)
    except ParseFailed as failure:
        refusal = refusal_of(text) if failure.outcome is Outcome.EMPTY else None
        if refusal:
            raise ParseFailed(*refusal) from failure
        raise
    if not selectors.item and (refusal := _refusal_above(text)):  # what the source's own rules find is its list
        raise ParseFailed(*refusal)
    return claims


def _refusal_above(text: str) -> tuple[Outcome, str] | None:
    """Why a page whose links read like a list is none: its title or heading says so, the links are those of a sidebar.

    Only headings are asked, by what a page would be that held nothing else: lists carry login boxes and any words.
    """
    root = html_tree(text)
    is_form = any(field.get("type", "").lower() == "password" for field in root.iter("input"))
    headings = [_FORM * is_form + _as_title(root.find(".//title"))]
    alone = [heading for heading in root.iter("h1") if heading.find(".//a") is None and _is_shown(heading)]
    if len(alone) == 1:
        headings.append(_as_title(alone[0]))  # without the form: a login box may be headed so
    for heading in headings:
        refusal = refusal_of(heading)
        if refusal and refusal[0] in _REFUSED_ABOVE:
            return refusal
    return None


def _as_title(heading: etree._Element | None) -> str:
    return f"<title>{html.escape(text_of(heading)[:_HEADING_CHARACTERS])}</title>"


def _is_shown(heading: etree._Element) -> bool:
    return all(parent.tag not in _NO_HEADING_IN for parent in heading.iterancestors())


def _read_unknown_xml(text: str, url: str) -> tuple[DocumentClaims, DateOrigin]:
    claims = read_feed(text, url=url) if holds_entries(text) else None  # feedparser takes 10 s for a megabyte of tags
    if claims is None or not claims.entries:
        raise ParseFailed(Outcome.NOT_A_FEED, "the XML is neither a feed nor a sitemap")
    return claims, DateOrigin.FEED


def _prints_months_as_minutes(claims: DocumentClaims) -> bool:
    """Whether the minutes of all of several dates are the number of their month, whatever the feed says made it."""
    dates = [found for entry in claims.entries[:_LOOKED_AT] if (found := _RFC_822.search(entry.published))]
    return len(dates) >= _NO_CHANCE and all(_MONTHS.index(found[1]) == int(found[2]) for found in dates)


def _without_minutes(claims: DocumentClaims) -> DocumentClaims:
    problem = Problem(code="feed_minutes_unreliable", field="published", detail="the feed prints the month as minutes")
    entries = tuple(replace(entry, problems=(*entry.problems, problem)) for entry in claims.entries)
    return replace(claims, entries=entries)
