"""RSS, RDF and Atom feeds: the fast reader first, feedparser behind it for everything unusual.

Before feedparser sees a document it is UTF-8 (mislabelled UTF-16 yields no entries otherwise), its author fields are
cut (the author pattern of feedparser 6.0.14 is quadratic: 34 s at 80 KB) and its entity declarations are bounded.
"""

import html
import re
from typing import Any

import feedparser

from aggregator.model.entry import Problem
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.parse.claims import Claims, DocumentClaims, FileClaim
from aggregator.parse.fastfeed import read_fast
from aggregator.parse.rhythm import ttl_of

_AUTHOR_CHARACTERS = 200
_MAX_ENTITIES = 64
_MAX_ENTITY_CHARACTERS = 200
_AUTHOR = re.compile(
    r"(<((?:[^\s<>/:]{1,40}:)?(?:author|creator|managingeditor|webmaster|publisher|contributor|owner))\b[^>]*(?<!/)>)"
    r"((?:<!\[CDATA\[.*?(?:\]\]>|\Z)|[^<]++|<(?!/\2\s*>|/(?:[\w-]+:)?(?:item|entry|channel)\s*>|!\[CDATA\[))*+)",
    re.IGNORECASE | re.DOTALL,
)
_NAME = re.compile(r"<name>([^<]{1,200})</name>", re.IGNORECASE)
_MARKUP = re.compile(r"<!\[CDATA\[|\]\]>|<[^>]*>")
_ENTITY = re.compile(r"<!ENTITY\s[^>]*>", re.IGNORECASE)
_EXTERNAL = re.compile(r"\b(?:SYSTEM|PUBLIC)\b")
_ITEM_OPEN = re.compile(r"<(?:[A-Za-z0-9_-]+:)?(?:item|entry)[\s>]")
_ITEM_CLOSE = re.compile(r"</(?:[A-Za-z0-9_-]+:)?(?:item|entry)\s*>")
_ROOT_CLOSE = re.compile(r"</(?:[A-Za-z0-9_-]+:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)


def read_feed(text: str, *, url: str) -> DocumentClaims:
    """The claims of a feed document. Raises ParseFailed for one that defines hostile entities."""
    claims = read_fast(text.lstrip().encode("utf-8", "replace"))
    return claims if claims is not None else read_slow(text, url=url)


def read_slow(text: str, *, url: str) -> DocumentClaims:
    """The claims of a feed as feedparser understands it."""
    _refuse_entity_bombs(text)
    safe = _cut_authors(text.lstrip())
    parsed = feedparser.parse(
        safe.encode("utf-8", "replace"),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    version = parsed.get("version") or ""
    plain_is_plain = version.startswith("atom")
    entries = tuple(_claims(entry, plain_is_plain=plain_is_plain) for entry in parsed.entries)
    problems: tuple[Problem, ...] = ()
    if _is_cut(text):
        problems = (Problem(code="truncated_document", detail="the document ends inside an element"),)
        if entries and _ends_inside_entry(text):
            entries = entries[:-1]
    return DocumentClaims(
        format="atom" if plain_is_plain else "rdf" if version in {"rss090", "rss10"} else "rss",
        entries=entries,
        title=_markup(parsed.feed, "title", plain_is_plain=plain_is_plain),
        generator=_string(parsed.feed, "generator"),
        ttl_minutes=ttl_of(
            _string(parsed.feed, "ttl"),
            _string(parsed.feed, "sy_updateperiod"),
            _string(parsed.feed, "sy_updatefrequency"),
        ),
        problems=problems,
    )


def _claims(entry: Any, *, plain_is_plain: bool) -> Claims:
    contents = dict.get(entry, "content") or []
    first = _best_content(contents)
    content = _value(first, plain_is_plain=plain_is_plain) if first else ""
    summary = _markup(entry, "summary", plain_is_plain=plain_is_plain)
    if first and dict.get(entry, "summary") == first.get("value") and not dict.get(entry, "summary_detail"):
        summary = ""  # feedparser copies the content where there is no summary
    guid, url = _string(entry, "id"), _string(entry, "link")
    if url == guid and dict.get(entry, "guidislink") and not url.startswith(("http:", "https:")):
        url = ""
    detail = first or dict.get(entry, "summary_detail") or dict.get(entry, "title_detail") or {}
    return Claims(
        url=url,
        base=detail.get("base") or "",
        guid=guid,
        title=_markup(entry, "title", plain_is_plain=plain_is_plain),
        summary=summary,
        content=content,
        published=_string(entry, "published") or _string(entry, "created"),
        updated=_string(entry, "updated"),
        authors=tuple(name for person in dict.get(entry, "authors") or [] if (name := _string(person, "name"))),
        categories=tuple(tag.get("label") or tag.get("term") or "" for tag in dict.get(entry, "tags") or []),
        files=_enclosures(entry),
        images=_images(entry),
        origin=_string(dict.get(entry, "source") or {}, "title") if not plain_is_plain else "",
    )


def _best_content(contents: list[Any]) -> Any:
    for kind in ("text/html", "application/xhtml+xml"):
        for content in contents:
            if content.get("type") == kind and content.get("value"):
                return content
    return contents[0] if contents else None


def _value(detail: Any, *, plain_is_plain: bool) -> str:
    value = str(detail.get("value") or "")
    return html.escape(value, quote=False) if plain_is_plain and detail.get("type") == "text/plain" else value


def _markup(context: Any, name: str, *, plain_is_plain: bool) -> str:
    detail = dict.get(context, f"{name}_detail")
    return _value(detail, plain_is_plain=plain_is_plain) if detail else _string(context, name)


def _string(context: Any, name: str) -> str:
    value = dict.get(context, name)  # FeedParserDict.get answers "updated" with the published date
    return value if isinstance(value, str) else ""


def _enclosures(entry: Any) -> tuple[FileClaim, ...]:
    return tuple(
        FileClaim(
            url=link.get("href") or "",
            media_type=link.get("type") or "",
            length=str(link.get("length") or ""),
            name=link.get("title") or "",
        )
        for link in dict.get(entry, "links") or []
        if link.get("rel") == "enclosure"
    )


def _images(entry: Any) -> tuple[str, ...]:
    shown = [
        item.get("url") or ""
        for item in dict.get(entry, "media_content") or []
        if item.get("medium") == "image" or (item.get("type") or "").startswith("image")
    ]
    return (*shown, *(item.get("url") or "" for item in dict.get(entry, "media_thumbnail") or []))


def _cut_authors(text: str) -> str:
    """``text`` with every author field at most some hundred characters long."""

    def cut(found: re.Match[str]) -> str:
        content = found[3]
        if len(content) <= _AUTHOR_CHARACTERS:
            return found[0]
        name = _NAME.search(content)
        return found[1] + (name[0] if name else _MARKUP.sub(" ", content)[:_AUTHOR_CHARACTERS].replace("<", " "))

    return _AUTHOR.sub(cut, text)


def _refuse_entity_bombs(text: str) -> None:
    """Raise for a document type that reads files or grows; an honest one is harmless and passes."""
    if "<!ENTITY" not in text and "<!entity" not in text:
        return
    declared = _ENTITY.findall(text)
    grows = any(len(entity) > _MAX_ENTITY_CHARACTERS for entity in declared)
    if len(declared) > _MAX_ENTITIES or grows or any(_EXTERNAL.search(entity) for entity in declared):
        raise ParseFailed(Outcome.PARSE_FAILED, "the document declares external or excessive entities")


def _is_cut(text: str) -> bool:
    return _ROOT_CLOSE.search(text[-400:]) is None and _ITEM_OPEN.search(text) is not None


def _ends_inside_entry(text: str) -> bool:
    opened = max((found.start() for found in _ITEM_OPEN.finditer(text)), default=-1)
    return opened >= 0 and _ITEM_CLOSE.search(text, opened) is None
