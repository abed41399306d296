"""A channel written as RSS 2.0, Atom (RFC 4287) or JSON Feed 1.1 (jsonfeed.org), and a list of feeds as OPML 2.0."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import orjson
from lxml import etree

from aggregator.web.feeds.channel import Channel, Item

_ATOM = "http://www.w3.org/2005/Atom"
_MEDIA = "http://search.yahoo.com/mrss/"
_TTL_MINUTES = "5"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a channel is written, and under which media type."""

    content_type: str
    write: Callable[[Channel], bytes]


def rss(channel: Channel) -> bytes:
    """RSS 2.0 with the feed's own address (atom:link) and pictures (media:content)."""
    root = etree.Element("rss", version="2.0", nsmap={"atom": _ATOM, "media": _MEDIA})
    head = etree.SubElement(root, "channel")
    _say(head, "title", channel.title)
    _say(head, "link", channel.page)
    _say(head, "description", channel.description)
    _say(head, "language", "vi")
    _say(head, "lastBuildDate", format_datetime(channel.updated_at))
    _say(head, "ttl", _TTL_MINUTES)
    own = f"{channel.origin}{channel.path}"
    etree.SubElement(head, f"{{{_ATOM}}}link", rel="self", type="application/rss+xml", href=own)
    for item in channel.items:
        _rss_item(head, item)
    return _written(root)


def _rss_item(head: etree._Element, item: Item) -> None:
    element = etree.SubElement(head, "item")
    _say(element, "title", item.title)
    _say(element, "link", item.url)
    _say(element, "guid", item.id, isPermaLink="false")
    _say(element, "pubDate", format_datetime(item.published_at))
    if item.summary:
        _say(element, "description", item.summary)
    for label in item.labels:
        _say(element, "category", label)
    _say(element, "source", item.publisher, url=item.publisher_url)
    if item.image:
        etree.SubElement(element, f"{{{_MEDIA}}}content", url=item.image, medium="image")


def atom(channel: Channel) -> bytes:
    """Atom 1.0; every entry names its publisher as the author."""
    spaces: Any = {None: _ATOM, "media": _MEDIA}  # the stubs know no default namespace
    root = etree.Element("feed", nsmap=spaces)
    _say(root, "title", channel.title)
    _say(root, "subtitle", channel.description)
    own = f"{channel.origin}{channel.path}"
    _say(root, "id", own)
    _say(root, "updated", _rfc3339(channel.updated_at))
    etree.SubElement(root, "link", rel="self", type="application/atom+xml", href=own)
    etree.SubElement(root, "link", rel="alternate", type="text/html", href=channel.page)
    for item in channel.items:
        entry = etree.SubElement(root, "entry")
        _say(entry, "title", item.title)
        _say(entry, "id", item.id)
        etree.SubElement(entry, "link", rel="alternate", type="text/html", href=item.url)
        etree.SubElement(entry, "link", rel="related", type="text/html", href=item.page)
        _say(entry, "published", _rfc3339(item.published_at))
        _say(entry, "updated", _rfc3339(item.updated_at))
        author = etree.SubElement(entry, "author")
        _say(author, "name", item.publisher)
        _say(author, "uri", item.publisher_url)
        if item.summary:
            _say(entry, "summary", item.summary)
        for label in item.labels:
            etree.SubElement(entry, "category", term=label)
        if item.image:
            etree.SubElement(entry, f"{{{_MEDIA}}}content", url=item.image, medium="image")
    return _written(root)


def json_feed(channel: Channel) -> bytes:
    """JSON Feed 1.1."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "description": channel.description,
        "home_page_url": channel.page,
        "feed_url": f"{channel.origin}{channel.path}",
        "language": "vi",
        "items": [_json_item(item) for item in channel.items],
    }
    return orjson.dumps(feed)


def _json_item(item: Item) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": item.id,
        "url": item.page,
        "external_url": item.url,
        "title": item.title,
        "content_text": item.summary or item.title,  # the format asks for content of every item
        "date_published": _rfc3339(item.published_at),
        "date_modified": _rfc3339(item.updated_at),
        "authors": [{"name": item.publisher, "url": item.publisher_url}],
        "tags": list(item.labels),
    }
    if item.image:
        said["image"] = item.image
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed as a list of feeds names it. ``url`` is its own address, ``page`` what people read."""

    title: str
    url: str
    page: str


def opml(title: str, groups: Sequence[tuple[str, Sequence[Outline]]]) -> bytes:
    """A list of RSS feeds in named groups, as feed readers import it."""
    root = etree.Element("opml", version="2.0")
    _say(etree.SubElement(root, "head"), "title", title)
    body = etree.SubElement(root, "body")
    for name, outlines in groups:
        group = etree.SubElement(body, "outline", text=name, title=name)
        for outline in outlines:
            etree.SubElement(
                group, "outline", type="rss", text=outline.title, title=outline.title, xmlUrl=outline.url,
                htmlUrl=outline.page,
            )  # fmt: skip
    return _written(root)


FORMATS: dict[str, Format] = {
    "rss": Format(content_type="application/rss+xml; charset=utf-8", write=rss),
    "atom": Format(content_type="application/atom+xml; charset=utf-8", write=atom),
    "json": Format(content_type="application/feed+json; charset=utf-8", write=json_feed),
}


def _say(parent: etree._Element, name: str, words: str, **attributes: str) -> None:
    etree.SubElement(parent, name, attributes).text = words


def _rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _written(root: etree._Element) -> bytes:
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return written
