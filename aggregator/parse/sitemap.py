"""Sitemaps (sitemaps.org 0.9) with the news and image extensions, indexes of sitemaps, and their gzip form."""

import html
import re
import zlib

from lxml import etree

from aggregator.model.entry import Problem
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.parse.claims import Claims, DocumentClaims

MAX_UNPACKED_BYTES = 10 * 1024 * 1024
_MAX_CHILDREN = 50
# Sitemaps of an index that list no articles: WordPress and its plugins name them so, papers alike.
_NO_ARTICLES = re.compile(
    r"(?:^|[/_.-])(?:category|categories|taxonomies|post_tag|tags?|authors?|users?|topics?|events?|chuyen-muc|"
    r"pages?(?![_.-]?\d))(?=[_.-])[^/]*$",
    re.IGNORECASE,
)
_NAMED_DAY = re.compile(r"(?<!\d)(20\d\d)[-_]?(0?[1-9]|1[0-2])(?:[-_]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
_GZIP = b"\x1f\x8b"
_ROOT_CLOSE = re.compile(
    r"</(?:[\w.-]+:)?(?:urlset|sitemapindex)\s*>|<(?:[\w.-]+:)?(?:urlset|sitemapindex)(?:\s[^<>]*)?/>", re.IGNORECASE
)
_PART_CLOSE = re.compile(r"</(?:[\w.-]+:)?(?:url|sitemap)\s*>", re.IGNORECASE)
_PART_OPEN = re.compile(r"<(?:[\w.-]+:)?(?:url|sitemap)(?:\s[^<>]*)?>", re.IGNORECASE)


def unpacked(body: bytes) -> bytes:
    """``body``, or what it holds when it is a gzip file. Raises ParseFailed when that is too large or cut short."""
    if not body.startswith(_GZIP):
        return body
    reader = zlib.decompressobj(wbits=31)
    try:
        inner = reader.decompress(body, MAX_UNPACKED_BYTES)
    except zlib.error as error:
        raise ParseFailed(Outcome.PARSE_FAILED, f"bad gzip: {error}") from error
    if reader.unconsumed_tail:
        raise ParseFailed(Outcome.TOO_LARGE, f"the gzip file holds more than {MAX_UNPACKED_BYTES} bytes")
    if not reader.eof:
        raise ParseFailed(Outcome.TRUNCATED, "the gzip file is cut short")
    return inner


def read_sitemap(text: str) -> DocumentClaims:
    """The claims of a sitemap, or the addresses in an index, newest first. Raises ParseFailed when it is neither.

    One that ends before its root does is read up to the part that it ends in, and says so as a problem.
    """
    problems: tuple[Problem, ...] = ()
    if _ROOT_CLOSE.search(text) is None:
        text = _whole_parts(text)
        problems = (Problem(code="truncated_document", detail="the sitemap ends before its root element does"),)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
        encoding="utf-8",
    )
    root = etree.fromstring(text.lstrip().encode("utf-8", "replace"), parser)
    if root is None:
        raise ParseFailed(Outcome.PARSE_FAILED, "no XML in the sitemap")
    fatal = [error.message for error in parser.error_log if error.level == etree.ErrorLevels.FATAL]
    if fatal and not problems:
        problems = (Problem(code="broken_markup", detail=str(fatal[0])[:200]),)
    name = _name(root)
    if name == "sitemapindex":
        return DocumentClaims(format="sitemapindex", entries=(), child_urls=_children(root), problems=problems)
    if name != "urlset":
        raise ParseFailed(Outcome.NOT_A_FEED, f"the root element is {name!r}, not a sitemap's")
    pages = [claims for element in root if _name(element) == "url" and (claims := _page(element)).url]
    return DocumentClaims(format="sitemap", entries=tuple(pages), problems=problems)


def _whole_parts(text: str) -> str:
    closes = [found.end() for found in _PART_CLOSE.finditer(text)]
    opened = _PART_OPEN.search(text, closes[-1] if closes else 0)
    return text[: opened.start()] if opened else text


def _children(root: etree._Element) -> tuple[str, ...]:
    """The sitemaps of an index, newest first: by their own date, else by the day or month in their names."""
    dated = [
        (_field(element, "lastmod") or _named_day(loc), -number, loc)
        for number, element in enumerate(root)
        if _name(element) == "sitemap" and (loc := _field(element, "loc"))
    ]
    dated.sort(reverse=True)  # ISO 8601 dates sort as text; without dates the index's own order holds
    articles = [loc for _, _, loc in dated if not _NO_ARTICLES.search(loc)]
    return tuple(dict.fromkeys(articles or (loc for _, _, loc in dated)))[:_MAX_CHILDREN]


def _named_day(loc: str) -> str:
    found = _NAMED_DAY.search(loc.rpartition("/")[2])
    return "-".join([found[1], *(part.zfill(2) for part in found.groups()[1:] if part)]) if found else ""


def _page(element: etree._Element) -> Claims:
    news = {_name(part): (part.text or "").strip() for part in _descendants(element, "news")}
    images = [_field(image, "loc") for image in element if _name(image) == "image"]
    keywords = news.get("keywords", "")
    url = _field(element, "loc")
    return Claims(
        url=url,
        guid="",
        title=html.escape(news.get("title", ""), quote=False),
        published=news.get("publication_date", ""),
        updated=_field(element, "lastmod"),
        categories=tuple(word.strip() for word in keywords.split(",") if word.strip()),
        images=tuple(image for image in images if image),
    )


def _descendants(element: etree._Element, name: str) -> list[etree._Element]:
    return [part for child in element if _name(child) == name for part in child.iter()]


def _field(element: etree._Element, name: str) -> str:
    return next(((child.text or "").strip() for child in element if _name(child) == name), "")


def _name(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower()
