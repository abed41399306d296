"""What a page offers to a crawler, for the first look at a source nobody has described yet."""

import re

from lxml import etree

from aggregator.model.entry import ProbeReport
from aggregator.model.errors import ParseFailed
from aggregator.parse.boundary import parse_failures
from aggregator.parse.charset import decode
from aggregator.parse.entries import plain
from aggregator.parse.feed import read_feed
from aggregator.parse.jsonfeed import is_json_feed, read_json, read_jsonfeed
from aggregator.parse.platforms import guess_platform
from aggregator.parse.selectors import select
from aggregator.parse.sitemap import read_sitemap, unpacked
from aggregator.parse.sniff import Shape, refusal_of, shape_of
from aggregator.parse.tree import base_of, html_tree, text_of
from aggregator.text.urls import absolute_url

_MAX_LINKS = 50
_FEED_TYPES = ("rss", "atom", "feed+json", "rdf", "xml")
_FEED_LINK = re.compile(
    r"(?:^|/)(?:rss|feeds?|atom)(?:[/.?]|$)|\.(?:rss|atom)(?:\?|$)|[?&](?:rss|feed|format=rss)\b", re.IGNORECASE
)
_SITEMAP_LINK = re.compile(r"sitemap[^/]*\.xml", re.IGNORECASE)
_MARKUP_LOOKED_AT = 400_000


def inspect(body: bytes, *, url: str, content_type: str) -> ProbeReport:
    """What the page at ``url`` offers: feeds and sitemaps that it links, and the platform it looks like.

    A document that is itself a feed or sitemap is reported by its format. Raises ParseFailed, and nothing else, for
    what is neither, and for a page that checks for robots, asks for a login or refuses access.
    """
    with parse_failures():
        body = unpacked(body)
        text = decode(body, content_type)
        shape = shape_of(text, body)
        if shape is Shape.FEED:
            claims = read_feed(text, url=url)
            platform = guess_platform(text[:2000], claims.generator)
            return _report(url, claims.title, claims.format, platform, claims.generator)
        if shape is Shape.SITEMAP:
            return _report(url, "", read_sitemap(text).format, guess_platform("", ""), "")
        if shape is Shape.JSON:
            return _json_report(text, url)
        return _page_report(text, url)


def _report(url: str, title: str, form: str, platform: str, generator: str) -> ProbeReport:
    is_sitemap = form.startswith("sitemap")
    return ProbeReport(
        title=plain(title, limit=200),
        platform=platform,
        generator=generator[:200],
        feeds=() if is_sitemap else ((url, plain(title, limit=200)),),
        sitemaps=(url,) if is_sitemap else (),
        format=form,
    )


def _json_report(text: str, url: str) -> ProbeReport:
    value = read_json(text)
    if is_json_feed(value):
        return _report(url, read_jsonfeed(value).title, "jsonfeed", guess_platform("", ""), "")
    return ProbeReport(title="", platform=guess_platform("", ""), generator="", feeds=(), format="api")


def _page_report(text: str, url: str) -> ProbeReport:
    try:
        root = html_tree(text)
    except ParseFailed:
        root = html_tree("<html><body></body></html>")
    base = base_of(root, url)
    feeds = _feeds(root, base)
    if not feeds and (refusal := refusal_of(text)):
        raise ParseFailed(*refusal)
    generator = next((meta.get("content") or "" for meta in select(root, ("meta[name=generator]",))), "")
    return ProbeReport(
        title=plain(text_of(root.find(".//title")), limit=200),
        platform=guess_platform(text[:_MARKUP_LOOKED_AT], generator),
        generator=generator[:200],
        feeds=tuple(feeds.items())[:_MAX_LINKS],
        sitemaps=_sitemaps(root, base),
    )


def _feeds(root: etree._Element, base: str) -> dict[str, str]:
    """Feeds by address with their titles: declared ones first, then links that look like feeds."""
    found: dict[str, str] = {}
    for link in select(root, ("link[rel~=alternate][href]",)):
        kind = (link.get("type") or "").lower()
        if any(name in kind for name in _FEED_TYPES) and (address := absolute_url(base, link.get("href") or "")):
            found.setdefault(address, plain(link.get("title") or "", limit=200))
    for link in root.iter("a"):
        href = link.get("href") or ""
        if _FEED_LINK.search(href) and (address := absolute_url(base, href)):
            found.setdefault(address, plain(text_of(link) or link.get("title") or "", limit=200))
    return found


def _sitemaps(root: etree._Element, base: str) -> tuple[str, ...]:
    links = [*select(root, ("link[rel=sitemap][href]",)), *root.iter("a")]
    addresses = (
        absolute_url(base, link.get("href") or "")
        for link in links
        if link.get("rel") == "sitemap" or _SITEMAP_LINK.search(link.get("href") or "")
    )
    return tuple(dict.fromkeys(address for address in addresses if address))[:_MAX_LINKS]
