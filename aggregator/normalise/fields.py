"""The fields of an article as they are kept: bounded, clean, with a named problem for every gap."""

import html
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlsplit

from aggregator.model.entry import Attachment, DateOrigin, Entry, FoundDate, Image, Precision, Problem
from aggregator.text.dates import accept_instant
from aggregator.text.fold import clean_block, clean_text
from aggregator.text.markup import plain_text
from aggregator.text.urls import absolute_url, canonical_url, identity_of

MAX_TITLE: Final = 500
MAX_SUMMARY: Final = 1_000
MAX_TEXT: Final = 200_000
MAX_BODY: Final = 1_000_000

_DERIVED_SUMMARY = 300
_MAX_NAME = 300
_MAX_AUTHORS = 10
_MAX_IMAGES = 20
_MAX_ATTACHMENTS = 50
_MAX_PROBLEMS = 20
_PICTURE = re.compile(r'<img src="([^"]+)"(?: alt="([^"]*)")?')
_EXPIRING = ({"md5", "expires"}, {"x-amz-signature"}, {"x-amz-expires"}, {"x-goog-signature"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What of an entry is kept, cleaned. ``body`` is sanitised HTML, "" when it was too long to keep.

    ``summary`` is the source's own, "" when it gives none.
    """

    title: str
    summary: str
    body: str
    text: str
    authors: tuple[str, ...]
    origin_name: str | None
    images: tuple[Image, ...]
    attachments: tuple[Attachment, ...]
    published: FoundDate | None
    problems: tuple[Problem, ...]


def clean_title(title: str) -> str:
    """One line of at most 500 characters. Entities are decoded once more: NukeViet escapes titles twice."""
    return clean_text(html.unescape(title) if "&" in title else title, limit=MAX_TITLE)


def clean_fields(entry: Entry, *, now: datetime) -> Fields:
    """The fields of ``entry`` as an article keeps them."""
    problems = list(entry.problems)
    body = entry.body
    text = clean_block(entry.text) if entry.text else plain_text(body)
    if len(body) > MAX_BODY:
        problems.append(Problem(code="body_too_long", field="body", detail=f"{len(body)} characters"))
        body = ""
    if len(text) > MAX_TEXT:
        problems.append(Problem(code="text_cut", field="text", detail=f"{len(text)} characters"))
        text = text[:MAX_TEXT]
    published = _published(entry, now=now, problems=problems)
    return Fields(
        title=clean_title(entry.title),
        summary=clean_text(plain_text(entry.summary), limit=MAX_SUMMARY),
        body=body,
        text=text,
        authors=tuple(dict.fromkeys(_names(entry.authors)))[:_MAX_AUTHORS],
        origin_name=clean_text(entry.origin_name or "", limit=_MAX_NAME) or None,
        images=_images(entry, body, problems),
        attachments=_attachments(entry),
        published=published,
        problems=tuple(dict.fromkeys(problems))[:_MAX_PROBLEMS],
    )


def derived_summary(text: str) -> str:
    """The beginning of an article's text, for a card of a source that gives no summary: at most 300 characters."""
    return clean_text(text[: _DERIVED_SUMMARY * 4], limit=_DERIVED_SUMMARY)


def article_url(entry: Entry, homepage: str, keep_query: tuple[str, ...]) -> str | None:
    """The canonical URL of ``entry``: the page's own where it only spells the same identity otherwise, never a twin.

    None when the entry's URL is refused.
    """
    absolute = absolute_url(homepage, entry.url)
    if absolute is None:
        return None
    try:
        url = canonical_url(absolute, keep_query=keep_query)
        own = canonical_url(entry.canonical_url, keep_query=keep_query) if entry.canonical_url else url
        same = identity_of(own, keep_query) == identity_of(url, keep_query)
    except ValueError:
        return _canonical_or_none(absolute, keep_query)
    is_twin = any(segment in {"print", "savefile", "amp"} for segment in urlsplit(own).path.split("/"))
    return own if same and not is_twin else url


def _canonical_or_none(url: str, keep_query: tuple[str, ...]) -> str | None:
    try:
        return canonical_url(url, keep_query=keep_query)
    except ValueError:
        return None


def _published(entry: Entry, *, now: datetime, problems: list[Problem]) -> FoundDate | None:
    found = entry.published
    if found is None:
        problems.append(Problem(code="no_date", field="published_at"))
        return None
    if not accept_instant(found.at, now=now):
        detail = f"{found.at.isoformat()} from {found.origin}"
        problems.append(Problem(code="date_suspect", field="published_at", detail=detail))
        return None
    return found


def _names(names: tuple[str, ...]) -> list[str]:
    cleaned = (clean_text(name, limit=_MAX_NAME) for name in names[: _MAX_AUTHORS * 2])
    return [name for name in cleaned if name]


def _images(entry: Entry, body: str, problems: list[Problem]) -> tuple[Image, ...]:
    """The pictures, by address; those of the body when the entry names none. Links that expire are not kept."""
    claimed = entry.images or tuple(
        Image(url=html.unescape(found[1]), caption=html.unescape(found[2] or "")) for found in _PICTURE.finditer(body)
    )
    kept: dict[str, Image] = {}
    for image in claimed:
        url = absolute_url(entry.url, image.url)
        if url is None or url in kept:
            continue
        if _expires(url):
            problems.append(Problem(code="image_expires", field="images", detail=url[:200]))
            continue
        kept[url] = Image(url=url, caption=clean_text(image.caption, limit=_MAX_NAME))
        if len(kept) == _MAX_IMAGES:
            break
    return tuple(kept.values())


def _expires(url: str) -> bool:
    """Whether the address is signed for a while only (dbndnghean.vn: ``?md5=…&expires=…``)."""
    query = urlsplit(url).query.lower()
    return bool(query) and any(names <= parse_qs(query).keys() for names in _EXPIRING)


def _attachments(entry: Entry) -> tuple[Attachment, ...]:
    kept: dict[str, Attachment] = {}
    for attachment in entry.attachments[: _MAX_ATTACHMENTS * 2]:
        url = absolute_url(entry.url, attachment.url)
        if url is not None and url not in kept:
            name = clean_text(attachment.name, limit=_MAX_NAME) or url.rpartition("/")[2][:_MAX_NAME]
            kept[url] = replace(attachment, url=url, name=name)
    return tuple(kept.values())[:_MAX_ATTACHMENTS]


def origin_rank(origin: DateOrigin) -> int:
    """How far an origin of a date is trusted, 0 the least."""
    return tuple(DateOrigin).index(origin)


def precision_rank(precision: Precision) -> int:
    """How fine a precision is, 0 the coarsest."""
    return tuple(Precision).index(precision)
