"""What a page offers to a crawler, for the first look at a source nobody has described yet."""

import re

from lxml import etree

from aggregator.model.errors import ParseFailed
from aggregator.model.probe import ProbeReport, Surroundings
from aggregator.model.source import Platform
from aggregator.parse.boundary import parse_failures
from aggregator.parse.charset import decode
from aggregator.parse.entries import plain
from aggregator.parse.feed import read_feed
from aggregator.parse.files import is_download, is_picture
from aggregator.parse.guessing import in_menu, is_same_site
from aggregator.parse.jsonfeed import is_json_feed, read_json, read_jsonfeed
from aggregator.parse.platforms import PLATFORMS, guess_platform
from aggregator.parse.platforms.marks import names_in
from aggregator.parse.selectors import select
from aggregator.parse.sitemap import read_sitemap, unpacked
from aggregator.parse.sniff import Shape, refusal_of, shape_of
from aggregator.parse.tree import base_of, html_tree, text_of
from aggregator.text.fold import fold
from aggregator.text.urls import absolute_url

_MAX_LINKS = 50
_FEED_TYPES = ("rss", "atom", "feed+json", "rdf", "xml")
_FEED_LINK = re.compile(
    r"(?:^|/)(?:rss|feeds?|atom)(?:[/.?]|$)|\.(?:rss|atom)(?:\?|$)|[?&](?:rss|feed|format=rss)\b", re.IGNORECASE
)
_SITEMAP_LINK = re.compile(r"sitemap[^/]*\.xml", re.IGNORECASE)
_MARKUP_LOOKED_AT = 400_000
_MARK_CHARACTERS = 80
_LIST_NAME = (3, 45)  # characters of a menu's word for a list of articles
_NO_NEWS = re.compile(
    r"\b(?:trang chu|gioi thieu|lien he|dang nhap|dang ky|so do|thu vien|hinh anh|album|video|english|hoi dap|ban do|"
    r"bo may|co cau|chuc nang|dich vu cong|rss|tim kiem|gop y|danh ba|home|contact|about|login|tieng viet|facebook)\b"
)


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


def looks_like_feed(url: str) -> bool:
    """Whether an address reads like that of a feed or sitemap."""
    return _FEED_LINK.search(url) is not None or _SITEMAP_LINK.search(url) is not None


def look_around(body: bytes, *, url: str, content_type: str) -> Surroundings:
    """What the page at ``url`` says of its site. Raises ParseFailed, and nothing else, for what is no page."""
    with parse_failures():
        text = decode(unpacked(body), content_type)
        root = html_tree(text)
        generator = next((meta.get("content") or "" for meta in select(root, ("meta[name=generator]",))), "")
        named = next((meta.get("content") or "" for meta in select(root, ("meta[property='og:site_name']",))), "")
        platform = guess_platform(text[:_MARKUP_LOOKED_AT], generator)
        return Surroundings(
            site_name=plain(named, limit=200),
            title=plain(text_of(root.find(".//title")), limit=200),
            platform=platform,
            marks=_marks(text[:_MARKUP_LOOKED_AT].lower(), generator, platform),
            lists=_lists(root, base_of(root, url)),
        )


def _marks(lower: str, generator: str, platform: Platform) -> tuple[str, ...]:
    """By what the platform is known, in English."""
    rules, names = PLATFORMS[platform], names_in(lower)
    found = [f'generator "{generator[:_MARK_CHARACTERS]}"'] if generator else []
    for mark in rules.marks:
        if not mark.is_on(lower, names):
            continue
        shown = [name for name in sorted(names) if name.startswith(mark.names)] if mark.names else []
        written = mark.written.search(lower) if mark.written is not None else None
        found += [f"class {shown[0][:_MARK_CHARACTERS]}"] if shown else []
        found += [f"text {' '.join(written[0].split())[:_MARK_CHARACTERS]}"] if written and not shown else []
    return tuple(found)


def _lists(root: etree._Element, base: str) -> tuple[tuple[str, str], ...]:
    """Where the menu leads to what may be lists of articles, by address with their names."""
    found: dict[str, str] = {}
    for link in root.iter("a"):
        url = absolute_url(base, link.get("href") or "")
        name = text_of(link) or link.get("title") or ""
        if url is None or not _LIST_NAME[0] <= len(name) <= _LIST_NAME[1] or not is_same_site(url, base):
            continue
        is_page = not (is_download(url) or is_picture(url) or "#" in url or _FEED_LINK.search(url))
        if is_page and in_menu(link) and not _NO_NEWS.search(fold(name)):
            found.setdefault(url, plain(name, limit=100))
    return tuple(found.items())[:_MAX_LINKS]


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
