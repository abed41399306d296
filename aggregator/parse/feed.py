"""RSS, RDF and Atom feeds: the fast reader first, feedparser behind it for everything unusual.

Before feedparser sees a document it is UTF-8 (mislabelled UTF-16 yields no entries otherwise) and made safe by
``feedtext.py``. It is not told the document's address: it would resolve a guid that is no URL against it, and the guid
as written is the one that stays when the feed moves.
"""

import html
import re
from typing import Any

import feedparser

from aggregator.model.entry import Problem
from aggregator.parse.claims import Claims, DocumentClaims, FileClaim
from aggregator.parse.fastfeed import read_fast
from aggregator.parse.feedtext import ends_inside_entry, is_cut, outside_entries, recovered_title, safe_text
from aggregator.parse.files import is_picture
from aggregator.parse.media import file_of, picture_of
from aggregator.parse.rhythm import skips_written, ttl_of
from aggregator.text.urls import absolute_url

_PLAIN_TYPE = re.compile(r"text/plain|application/(?!xhtml)", re.IGNORECASE)  # of Atom: shown as it is written


def read_feed(text: str, *, url: str) -> DocumentClaims:
    """The claims of a feed document. Raises ParseFailed for one that defines hostile entities."""
    claims = read_fast(text.lstrip().encode("utf-8", "replace"))
    return claims if claims is not None else read_slow(text, url=url)


def read_slow(text: str, *, url: str) -> DocumentClaims:
    """The claims of a feed as feedparser understands it. Raises ParseFailed as ``read_feed`` does."""
    parsed = feedparser.parse(
        safe_text(text).encode("utf-8", "replace"),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    version = parsed.get("version") or ""
    plain_is_plain = version.startswith("atom")
    entries = tuple(_claims(entry, url, plain_is_plain=plain_is_plain) for entry in parsed.entries)
    problems: tuple[Problem, ...] = ()
    if is_cut(text):
        problems = (Problem(code="truncated_document", detail="the document ends inside an element"),)
        if entries and ends_inside_entry(text):
            entries = entries[:-1]
    skip_hours, skip_days = skips_written(outside_entries(text))
    return DocumentClaims(
        format="atom" if plain_is_plain else "rdf" if version in {"rss090", "rss10"} else "rss",
        entries=entries,
        title=_markup(parsed.feed, "title", plain_is_plain=plain_is_plain) or recovered_title(text),
        generator=_string(parsed.feed, "generator"),
        ttl_minutes=ttl_of(
            _string(parsed.feed, "ttl"),
            _string(parsed.feed, "sy_updateperiod"),
            _string(parsed.feed, "sy_updatefrequency"),
        ),
        skip_hours=skip_hours,
        skip_days=skip_days,
        problems=problems,
    )


def _claims(entry: Any, document_url: str, *, plain_is_plain: bool) -> Claims:
    contents = dict.get(entry, "content") or []
    first = _best_content(contents)
    content = _value(first, plain_is_plain=plain_is_plain) if first else ""
    summary = _markup(entry, "summary", plain_is_plain=plain_is_plain)
    if first and dict.get(entry, "summary") == first.get("value") and not dict.get(entry, "summary_detail"):
        summary = ""  # feedparser copies the content where there is no summary
    guid, url = _string(entry, "id"), _string(entry, "link")
    if url in {"", guid}:  # feedparser's second choice
        url = _alternate(entry) or url
    if url == guid and dict.get(entry, "guidislink") and not url.startswith(("http:", "https:", "/")):
        url = ""
    detail = first or dict.get(entry, "summary_detail") or dict.get(entry, "title_detail") or {}
    return Claims(
        url=_resolved(document_url, url),
        base=_resolved(document_url, detail.get("base") or ""),
        guid=guid,
        title=_markup(entry, "title", plain_is_plain=plain_is_plain) or _other_title(entry),
        summary=summary or _string(entry, "media_x-description"),
        content=content,
        published=_string(entry, "published") or _string(entry, "created"),
        updated=_string(entry, "updated"),
        authors=tuple(name for person in dict.get(entry, "authors") or [] if (name := _name(person))),
        categories=tuple(tag.get("label") or tag.get("term") or "" for tag in dict.get(entry, "tags") or []),
        files=(*_enclosures(entry, document_url, is_atom=plain_is_plain), *_recordings(entry)),
        images=_images(entry),
        origin=_string(dict.get(entry, "source") or {}, "title") if not plain_is_plain else "",
    )


def _other_title(entry: Any) -> str:
    return _string(entry, "itunes_title") or _string(entry, "media_x-title")


def _best_content(contents: list[Any]) -> Any:
    for kind in ("text/html", "application/xhtml+xml"):
        for content in contents:
            if content.get("type") == kind and content.get("value"):
                return content
    return contents[0] if contents else None


def _value(detail: Any, *, plain_is_plain: bool) -> str:
    value = str(detail.get("value") or "")
    is_plain = plain_is_plain and _PLAIN_TYPE.match(detail.get("type") or "")
    return html.escape(value, quote=False) if is_plain else value


def _resolved(document_url: str, address: str) -> str:
    """``address``, which feedparser has resolved against ``xml:base`` alone, resolved against the document's own."""
    return (absolute_url(document_url, address) or address) if address else ""


def _markup(context: Any, name: str, *, plain_is_plain: bool) -> str:
    detail = dict.get(context, f"{name}_detail")
    return _value(detail, plain_is_plain=plain_is_plain) if detail else _string(context, name)


def _string(context: Any, name: str) -> str:
    value = dict.get(context, name)  # FeedParserDict.get answers "updated" with the published date
    return value if isinstance(value, str) else ""


def _name(person: Any) -> str:
    return _string(person, "name") or _string(person, "email")


def _alternate(entry: Any) -> str:
    """The address of a link to the article whose type feedparser does not know for a page's: ``type=""``."""
    links = [link.get("href") or "" for link in dict.get(entry, "links") or [] if link.get("rel") == "alternate"]
    return links[-1] if links else ""


def _enclosures(entry: Any, document_url: str, *, is_atom: bool) -> tuple[FileClaim, ...]:
    empty = document_url if is_atom else ""  # an empty reference is the document itself (RFC 3986, 4.4)
    return tuple(
        FileClaim(
            url=_resolved(document_url, link.get("href") or "") or empty,
            media_type=link.get("type") or "",
            length=str(link.get("length") or ""),
            name=link.get("title") or "",
        )
        for link in dict.get(entry, "links") or []
        if link.get("rel") == "enclosure"
    )


def _recordings(entry: Any) -> tuple[FileClaim, ...]:
    return tuple(file for item in dict.get(entry, "media_content") or [] if (file := file_of(item)))


def _images(entry: Any) -> tuple[str, ...]:
    """Pictures of Media RSS, then of iTunes, then the address within ``image`` and the text of ``thumb``.

    feedparser gives the address within ``image`` as that of the entry, as it does with an author's home page.
    """
    shown = [picture_of(item) for item in dict.get(entry, "media_content") or []]
    shown += [item.get("url") or "" for item in dict.get(entry, "media_thumbnail") or []]
    inner = _string(entry, "href")
    shown += [_string(dict.get(entry, "image") or {}, "href"), inner if is_picture(inner) else ""]
    shown.append(_string(entry, "thumb"))
    return tuple(filter(None, shown))
