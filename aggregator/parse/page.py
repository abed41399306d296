"""One article page to one entry: the source's selectors first, then the platform's rules, then the generic readers."""

import html
import re
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml import etree

from aggregator.model.entry import DateOrigin, Entry, FieldOrigin, FoundDate, Problem
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform, Selectors
from aggregator.parse.body import body_text, cut_body, finish, found_body
from aggregator.parse.boundary import parse_failures
from aggregator.parse.charset import decode
from aggregator.parse.continues import next_page
from aggregator.parse.digest import digest_of
from aggregator.parse.downloads import page_attachments
from aggregator.parse.entries import MAX_SUMMARY, Reading, plain, refuse_unreadable
from aggregator.parse.metadata import Said, read_metadata
from aggregator.parse.pagefacts import Page, authors_of, first_date, in_plain_form, origin_of, published_of
from aggregator.parse.pictures import page_images, pictures_near
from aggregator.parse.platforms import PLATFORMS, guess_platform
from aggregator.parse.selectors import select_one
from aggregator.parse.signature import Signature, read_signature
from aggregator.parse.sniff import Shape, refusal_of, shape_of
from aggregator.parse.titles import page_title
from aggregator.parse.tolerant import rewritten
from aggregator.parse.tree import base_of, html_tree, text_of
from aggregator.text.urls import absolute_url

_MIN_BODY = 60  # characters of text that make a body
_LOOKED_AT = 200_000  # characters in which a platform's marks are looked for
_SIGNED_BLOCK = re.compile(r"<(p|h[2-6])>.*?</\1>", re.DOTALL)
_LAST_BLOCKS = 8


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
class _Body:
    """A body as sanitised HTML and plain text, and where it was read."""

    html: str = ""
    text: str = ""
    origin: FieldOrigin = FieldOrigin.EXTRACTOR


def _read(text: str, reading: Reading, platform: Platform, selectors: Selectors) -> Entry:
    """The page as it stands; where that has no article, as a more tolerant parser understands it."""
    first: Entry | ParseFailed
    try:
        first = _read_once(text, reading, platform, selectors)
    except ParseFailed as failure:
        if failure.outcome is not Outcome.NOT_FOUND:
            raise
        first = failure
    if isinstance(first, Entry) and len(first.text) >= _MIN_BODY:
        return first
    if (mended := rewritten(text)) is not None:
        with suppress(ParseFailed):
            again = _read_once(mended, reading, platform, selectors)
            if len(again.text) >= _MIN_BODY:
                return again
    if isinstance(first, ParseFailed):
        raise first
    return first


def _read_once(text: str, reading: Reading, platform: Platform, selectors: Selectors) -> Entry:
    root = html_tree(text)
    if platform is Platform.GENERIC:
        platform = guess_platform(text[:_LOOKED_AT], _generator(root))
    rules = PLATFORMS[platform]
    page = Page(
        text=text,
        root=root,
        claims=read_metadata(root),
        rules=rules,
        selectors=selectors,
        own=_joined(selectors, rules.selectors),
        base=base_of(root, reading.url),
        reading=reading,
    )
    problems: list[Problem] = []
    published = published_of(page, problems)
    if published is None and (refusal := refusal_of(text)):
        raise ParseFailed(*refusal)
    if _is_front_page(reading.url) and not page.claims.is_article:
        raise ParseFailed(Outcome.NOT_FOUND, "the home page stands in the place of the article")
    ruled = tuple((selector, page.rule_origin(selector, "page_title")) for selector in page.own.page_title)
    title = page_title(root, page.claims, ruled, reading.url)
    body = _body(page, title[0])
    if len(body.text) < _MIN_BODY and not (title[0] and published):
        raise ParseFailed(Outcome.NOT_FOUND, "the page has no article")
    return _entry(page, title, body, published, problems)


def _joined(first: Selectors, second: Selectors) -> Selectors:
    return Selectors(
        **{name.name: getattr(first, name.name) + getattr(second, name.name) for name in fields(Selectors)}
    )


def _body(page: Page, title: str) -> _Body:
    """The body: by rules, else found, else from the page's JSON-LD."""
    best = _Body()
    for selector in page.own.page_body:
        markup = cut_body(page.root, selector, page.own.page_drop, joins=page.rules.joins_hard_breaks)
        if markup:
            html_body, text = finish(markup, base_url=page.base)
            best = _Body(html=html_body, text=text, origin=page.rule_origin(selector, "page_body"))
            break
    if len(best.text) < _MIN_BODY:
        summaries = [said for said, _ in page.claims.summaries]
        html_body, text = found_body(page.root, title, summaries, page.text, base_url=page.base)
        if len(text) > 2 * len(best.text):
            best = _Body(html=html_body, text=text)
    if len(page.claims.body) > 2 * len(best.text) + _MIN_BODY:  # the body is drawn by script
        html_body, text = finish(_paragraphs(page.claims.body), base_url=page.base)
        best = _Body(html=html_body, text=text, origin=FieldOrigin.JSON_LD)
    return best


def _entry(page: Page, title: Said, found: _Body, published: FoundDate | None, problems: list[Problem]) -> Entry:
    root, claims, reading = page.root, page.claims, page.reading
    summary = _summary(page)
    refuse_unreadable(title=title[0], summary=summary[0], body=found.text)
    signature = read_signature(found.text)
    body, text = _unsigned(found.html, found.text, signature)
    authors = authors_of(page, signature, text)
    origin = (signature.origin, FieldOrigin.TEXT) if signature.origin else origin_of(page)
    shared = next(iter(claims.images), ("", FieldOrigin.META))
    images = page_images(shared[0], body, page.base) or pictures_near(root, text, page.base)
    canonical = absolute_url(page.base, claims.canonical[0]) if claims.canonical[0] else None
    attachments = page_attachments(root, page.base, page.own.page_attachment, body)
    problems += [
        Problem(code=f"no_{name}", field=name)
        for name, value in (("title", title[0]), ("body", text), ("published", published))
        if not value
    ]
    origins = (
        ("title", title[0], title[1]),
        ("summary", summary[0], summary[1]),
        ("body", body, found.origin),
        ("authors", authors[0], authors[1]),
        ("images", images, shared[1] if shared[0] else FieldOrigin.TEXT),
        ("canonical_url", canonical, claims.canonical[1]),
        ("origin_name", origin[0], origin[1]),
    )
    return Entry(
        url=reading.url,
        title=title[0],
        canonical_url=canonical,
        summary=plain(html.escape(summary[0], quote=False), limit=MAX_SUMMARY),
        body=body,
        text=text,
        authors=authors[0],
        origin_name=plain(html.escape(origin[0]), limit=200) or None,
        images=images,
        attachments=attachments,
        published=published,
        updated=first_date(in_plain_form(claims.updated, page), reading, "updated", []),
        categories=tuple(dict.fromkeys(plain(name, limit=100) for name in claims.sections[:5])),
        digest=digest_of(
            url=reading.url,
            guid="",
            title=title[0],
            summary="",
            text=text,
            date=published.at.isoformat() if published else "",
            files=[attachment.url for attachment in attachments],
        ),
        problems=tuple(problems),
        origins=tuple((name, where) for name, value, where in origins if value),
        continues_at=next_page(root, reading.url, page.base),
    )


def _summary(page: Page) -> Said:
    """The page's summary: where its rules say, else what its head says."""
    for selector in page.own.page_summary:
        if (element := select_one(page.root, (selector,))) is not None:
            if words := text_of(element):
                return words, page.rule_origin(selector, "page_summary")
            break
    return next(((plain(said), where) for said, where in page.claims.summaries if said.strip()), ("", FieldOrigin.META))


def _unsigned(body: str, text: str, signature: Signature) -> tuple[str, str]:
    """Body and text without the signature's lines; only the last blocks are looked at, as in the signature."""
    if not signature.lines:
        return body, text
    for block in list(_SIGNED_BLOCK.finditer(body))[: -_LAST_BLOCKS - 1 : -1]:
        if body_text(block[0]) in signature.lines:
            body = body[: block.start()] + body[block.end() :]
    kept = [line for line in text.split("\n") if line.strip() not in signature.lines]
    return body, "\n".join(kept)


def _generator(root: etree._Element) -> str:
    metas = (meta.get("content") for meta in root.iter("meta") if meta.get("name") == "generator")
    return next(filter(None, metas), "")


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.query and parts.path in {"", "/", "/index.html", "/index.php", "/404.html", "/404"}


def _paragraphs(text: str) -> str:
    return text if "<p" in text else "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip())
