"""What an article page says about itself in its head: JSON-LD, meta elements, microdata, canonical link.

Every value is as written; ``page.py`` weighs them. JSON-LD is read leniently, since line breaks in strings, trailing
commas and HTML-escaped text (OneCMS, DOMAIN 1.3.21) are common.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import JSONDecodeError, loads
from typing import Any

from lxml import etree

from aggregator.model.entry import DateOrigin
from aggregator.parse.selectors import select
from aggregator.parse.tree import text_of

_MAX_NODES = 500
_MAX_SCRIPT = 500_000
_ARTICLE = re.compile(r"article|posting|report|liveblog", re.IGNORECASE)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_WRAPPING = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\]\]>|\]\]>)\s*;?\s*$", re.DOTALL)

_META_TITLES = ("og:title", "twitter:title", "dc.title", "title")
_META_SUMMARIES = ("og:description", "description", "twitter:description")
_META_IMAGES = ("og:image", "og:image:url", "twitter:image", "twitter:image:src")
_META_AUTHORS = ("author", "article:author", "dc.creator", "sailthru.author", "parsely-author", "byl", "article.author")
_META_PUBLISHED = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time", "datepublished",
    "pubdate", "publishdate", "publish-date", "publish_date", "published_time", "published-date", "publication_date",
    "parsely-pub-date", "sailthru.date", "dc.date.issued", "dc.date", "dcterms.created", "dcterms.date", "date",
    "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "article.published", "iso-8601-publish-date",
    "rnews:datepublished", "dateposted", "creation_date", "article:created",
)  # fmt: skip
_META_UPDATED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "lastmod")


@dataclass(slots=True)
class PageClaims:
    """The head's claims; lists hold alternatives, the best first. Dates come with where they were written."""

    titles: list[str] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    published: list[tuple[str, DateOrigin]] = field(default_factory=list)
    updated: list[tuple[str, DateOrigin]] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    canonical: str = ""
    body: str = ""  # the article's text as JSON-LD gives it
    site_name: str = ""
    has_title_element: bool = False  # the last of the titles is the <title> element's

    @property
    def is_article(self) -> bool:
        """Whether the head describes an article: it has a title and says when that was published."""
        return bool(self.titles) and any(origin is DateOrigin.JSON_LD for _, origin in self.published)


def read_metadata(root: etree._Element) -> PageClaims:
    """The claims in a page's head and microdata."""
    claims = PageClaims()
    for node in _articles(root):
        _take_node(claims, node)
    _take_meta(claims, root)
    _take_microdata(claims, root)
    return claims


def _articles(root: etree._Element) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = []
    for script in root.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            value = _lenient_json((script.text or "")[:_MAX_SCRIPT])
            nodes += [node for node in _walk(value) if _is_article(node)]
    nodes.sort(key=lambda node: "headline" not in node and "datePublished" not in node)
    return nodes[:3]


def _is_article(node: dict[str, Any]) -> bool:
    kind = node.get("@type", "")
    return any(_ARTICLE.search(str(name)) for name in (kind if isinstance(kind, list) else [kind]))


def _walk(value: Any) -> Iterator[dict[str, Any]]:
    """Objects of a JSON-LD value, outer ones first; what is about other pages is not walked."""
    waiting: list[Any] = [value]
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        current = waiting.pop(0)
        if isinstance(current, list):
            waiting += current
        elif isinstance(current, dict):
            yield current
            waiting += [current[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in current]


def _lenient_json(script: str) -> Any:
    script = _WRAPPING.sub("", script).strip().rstrip(";")
    for attempt in (script, _TRAILING_COMMA.sub(r"\1", script)):
        try:
            return loads(attempt, strict=False)
        except (JSONDecodeError, RecursionError):
            continue
    return None


def _take_node(claims: PageClaims, node: dict[str, Any]) -> None:
    for name, values in (
        ("headline", claims.titles),
        ("name", claims.titles),
        ("description", claims.summaries),
        ("articleSection", claims.sections),
    ):
        values += [text for value in _listed(node.get(name)) if (text := _string(value))]
    for name, dates in (("datePublished", claims.published), ("dateModified", claims.updated)):
        dates += [(text, DateOrigin.JSON_LD) for value in _listed(node.get(name)) if (text := _string(value))]
    claims.authors += [name for person in _listed(node.get("author")) if (name := _string(_named(person, "name")))]
    claims.images += [url for image in _listed(node.get("image")) if (url := _string(_named(image, "url")))]
    body = _string(node.get("articleBody"))
    if len(body) > len(claims.body):
        claims.body = body


def _take_meta(claims: PageClaims, root: etree._Element) -> None:
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        content = (meta.get("content") or "").strip()
        if name and content:
            metas.setdefault(name, html.unescape(content))
    claims.titles += [metas[name] for name in _META_TITLES if name in metas]
    claims.summaries += [metas[name] for name in _META_SUMMARIES if name in metas]
    claims.images += [metas[name] for name in _META_IMAGES if name in metas]
    claims.authors += [] if claims.authors else [metas[name] for name in _META_AUTHORS if name in metas][:1]
    claims.published += [(metas[name], DateOrigin.META) for name in _META_PUBLISHED if name in metas]
    claims.updated += [(metas[name], DateOrigin.META) for name in _META_UPDATED if name in metas]
    claims.sections += [metas[name] for name in ("article:section",) if name in metas]
    claims.site_name = metas.get("og:site_name", "")
    for link in select(root, ("link[rel=canonical][href]",)):
        claims.canonical = claims.canonical or (link.get("href") or "").strip()
    claims.canonical = claims.canonical or metas.get("og:url", "")
    if (title := root.find(".//title")) is not None:
        claims.titles.append((title.text or "").strip())
        claims.has_title_element = True


def _take_microdata(claims: PageClaims, root: etree._Element) -> None:
    for name, dates in (("datePublished", claims.published), ("dateModified", claims.updated)):
        for element in select(root, (f"[itemprop~={name}]",))[:2]:
            raw = element.get("content") or element.get("datetime") or text_of(element)
            dates.append((raw.strip()[:100], DateOrigin.META))
    if not claims.authors:
        people = select(root, ("[itemprop=author] [itemprop=name]", "[itemprop=author]", "a[rel=author]"))
        claims.authors += [person.get("content") or text_of(person)[:200] for person in people[:5]]
    published = select(root, ("time[pubdate][datetime]", "article time[datetime]", "time[datetime]"))
    claims.published += [(element.get("datetime", ""), DateOrigin.META) for element in published[:1]]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _named(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        value = value.get(name) or value.get("@id")
        return value[0] if isinstance(value, list) and value else value
    return value


def _string(value: Any) -> str:
    return html.unescape(value).strip() if isinstance(value, str) else ""
