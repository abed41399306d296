"""One article page to one entry: the source's selectors first, then the platform's rules, then the generic readers."""

import html
from dataclasses import dataclass, fields, replace
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bs4 import BeautifulSoup
from lxml import etree

from aggregator.model.entry import DateOrigin, Entry, FoundDate, Problem
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform, Selectors
from aggregator.parse.body import cut_body, find_body, finish
from aggregator.parse.boundary import parse_failures
from aggregator.parse.charset import decode
from aggregator.parse.digest import digest_of
from aggregator.parse.downloads import page_attachments
from aggregator.parse.entries import MAX_SUMMARY, Reading, plain, read_date, refuse_unreadable
from aggregator.parse.metadata import PageClaims, read_metadata
from aggregator.parse.pagedates import dates_near_title, visible_dates
from aggregator.parse.people import person_names
from aggregator.parse.pictures import page_images, pictures_near
from aggregator.parse.platforms import PLATFORMS, guess_platform
from aggregator.parse.platforms.rules import PlatformRules
from aggregator.parse.selectors import select, select_one
from aggregator.parse.signature import Signature, read_signature
from aggregator.parse.sniff import Shape, refusal_of, shape_of
from aggregator.parse.titles import page_title
from aggregator.parse.tree import base_of, html_tree, text_of
from aggregator.text.urls import absolute_url

_MIN_BODY = 60  # characters of text that make a body
_LOOKED_AT = 400_000  # characters in which a platform's marks are looked for


def parse_page(
    body: bytes,
    *,
    url: str,
    content_type: str,
    platform: Platform,
    selectors: Selectors,
    now: datetime,
    timezone: str,
) -> Entry:
    """What an article's own page says; ``url`` is its final address.

    Raises ParseFailed, and nothing else: challenge, login or blocked where such a page is shown instead, not_found for
    a page that has neither title nor body of an article, not_a_feed for a file that is no page, else parse_failed.
    """
    with parse_failures():
        text = decode(body, content_type)
        shape = shape_of(text, body)
        if shape is not Shape.HTML and shape is not Shape.TEXT and shape is not Shape.XML:
            outcome = Outcome.NOT_FOUND if shape is Shape.EMPTY else Outcome.NOT_A_FEED
            raise ParseFailed(outcome, f"the document is {shape}, not a page")
        reading = Reading(url=url, now=now, tz=ZoneInfo(timezone), origin=DateOrigin.META, max_entries=1)
        return _read(text, reading, platform, selectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """An article page with the rules it is read by."""

    text: str
    root: etree._Element
    claims: PageClaims
    rules: PlatformRules
    own: Selectors  # the source's selectors before the platform's
    base: str
    reading: Reading


def _read(text: str, reading: Reading, platform: Platform, selectors: Selectors) -> Entry:
    root = html_tree(text)
    if platform is Platform.GENERIC:
        platform = guess_platform(text[:_LOOKED_AT], _generator(root))
    rules = PLATFORMS[platform]
    page = _Page(
        text=text,
        root=root,
        claims=read_metadata(root),
        rules=rules,
        own=_joined(selectors, rules.selectors),
        base=base_of(root, reading.url),
        reading=reading,
    )
    problems: list[Problem] = []
    published = _published(page, selectors, problems)
    refusal = refusal_of(text)
    if refusal and published is None:
        raise ParseFailed(*refusal)
    if _is_front_page(reading.url) and not page.claims.is_article:
        raise ParseFailed(Outcome.NOT_FOUND, "the home page stands in the place of the article")
    title = page_title(root, page.claims, page.own.page_title, reading.url)
    body, words = _body(page)
    if len(words) < _MIN_BODY and not (title and published):
        raise ParseFailed(Outcome.NOT_FOUND, "the page has no article")
    return _entry(page, title, body, words, published, problems)


def _joined(first: Selectors, second: Selectors) -> Selectors:
    return Selectors(
        **{name.name: getattr(first, name.name) + getattr(second, name.name) for name in fields(Selectors)}
    )


def _body(page: _Page) -> tuple[str, str]:
    """The body as sanitised HTML and as plain text: by rules, else found, else from the page's JSON-LD."""
    soup = cut_body(page.root, page.own.page_body, page.own.page_drop, joins=page.rules.joins_hard_breaks)
    best = finish(str(soup), base_url=page.base) if soup is not None else ("", "")
    if len(best[1]) < _MIN_BODY:
        found = finish(find_body(page.text, page.reading.url), base_url=page.base)
        if len(found[1]) > 2 * len(best[1]):
            best = found
    if len(page.claims.body) > 2 * len(best[1]) + _MIN_BODY:  # the body is drawn by script
        best = finish(_paragraphs(page.claims.body), base_url=page.base)
    return best


def _entry(
    page: _Page, title: str, body: str, text: str, published: FoundDate | None, problems: list[Problem]
) -> Entry:
    root, claims, reading = page.root, page.claims, page.reading
    summary = text_of(select_one(root, page.own.page_summary))
    summary = summary or next((plain(value) for value in claims.summaries if value.strip()), "")
    refuse_unreadable(title=title, summary=summary, body=text)
    signature = read_signature(text)
    body, text = _unsigned(body, text, signature)
    named = [text_of(found) for found in select(root, page.own.page_author)[:3]]
    origin = signature.origin or _origin(root, page.rules)
    attachments = page_attachments(root, page.base, page.own.page_attachment, body)
    problems += [
        Problem(code=f"no_{name}", field=name)
        for name, value in (("title", title), ("body", text), ("published", published))
        if not value
    ]
    return Entry(
        url=reading.url,
        title=title,
        canonical_url=absolute_url(page.base, claims.canonical) if claims.canonical else None,
        summary=plain(html.escape(summary, quote=False), limit=MAX_SUMMARY),
        body=body,
        text=text,
        authors=person_names(signature.authors) or person_names(tuple(named)) or person_names(tuple(claims.authors)),
        origin_name=plain(html.escape(origin), limit=200) or None,
        images=page_images(claims.images, body, page.base) or pictures_near(root, text, page.base),
        attachments=attachments,
        published=published,
        updated=_first_date(claims.updated, reading, "updated", []),
        categories=tuple(dict.fromkeys(plain(name, limit=100) for name in claims.sections[:5])),
        digest=digest_of(
            url=reading.url,
            guid="",
            title=title,
            summary="",
            text=text,
            date=published.at.isoformat() if published else "",
            files=[attachment.url for attachment in attachments],
        ),
        problems=tuple(problems),
    )


def _published(page: _Page, selectors: Selectors, problems: list[Problem]) -> FoundDate | None:
    """The publication date: by the source's selectors, then where the platform is right, then anywhere."""
    seen = visible_dates(page.root, page.rules.selectors.page_date)
    claimed = page.claims.published
    order = [
        *visible_dates(page.root, selectors.page_date),
        *((*seen, *claimed) if page.rules.visible_date_first else (*claimed, *seen)),
    ]
    refused: list[Problem] = []
    found = _first_date(order, page.reading, "published", refused)
    found = found or _first_date(dates_near_title(page.root), page.reading, "published", [])
    if found is None:
        problems += refused[:1]
    return found


def _first_date(
    claims: list[tuple[str, DateOrigin]], reading: Reading, field: str, problems: list[Problem]
) -> FoundDate | None:
    for raw, origin in claims[:20]:
        found = read_date(raw, replace(reading, origin=origin), field, problems)
        if found is not None:
            return found
    return None


def _origin(root: etree._Element, rules: PlatformRules) -> str:
    for element in select(root, rules.origin):
        found = read_signature(text_of(element)).origin
        if found:
            return found
    return ""


def _unsigned(body: str, text: str, signature: Signature) -> tuple[str, str]:
    """Body and text without the signature's lines."""
    if not signature.lines:
        return body, text
    soup = BeautifulSoup(body, "lxml")
    for element in soup.find_all(["p", "h2", "h3", "h4", "h5", "h6"])[-8:]:
        if " ".join(element.get_text(" ").split()) in signature.lines:
            element.decompose()
    kept = [line for line in text.split("\n") if line.strip() not in signature.lines]
    markup = soup.body.decode_contents() if soup.body is not None else ""
    return markup, "\n".join(kept)


def _generator(root: etree._Element) -> str:
    meta = select_one(root, ("meta[name=generator]",))
    return (meta.get("content") or "") if meta is not None else ""


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.query and parts.path in {"", "/", "/index.html", "/index.php", "/404.html", "/404"}


def _paragraphs(text: str) -> str:
    return text if "<p" in text else "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
