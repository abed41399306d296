"""What an article page says about itself in its head: JSON-LD, meta elements, microdata, canonical link.

Every value is as written, unescaped, and comes with where it was written; ``page.py`` weighs them. JSON-LD is read
leniently, since line breaks in strings, trailing commas and HTML-escaped text (OneCMS, DOMAIN 1.3.21) are common.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from json import JSONDecodeError, loads
from typing import Any

from lxml import etree

from aggregator.model.entry import DateOrigin, FieldOrigin
from aggregator.parse.tree import elements_at, text_of

_MAX_NODES = 500
_MAX_SCRIPT = 500_000
_MAX_NAMED = 20
_found = elements_at("descendant::*[@itemprop]")
_ARTICLE = re.compile(r"article|posting|report|liveblog", re.IGNORECASE)
_TRAILING_COMMA = re.compile(r",\s*([}\]])")
_WRAPPING = re.compile(r"^\s*(?:<!--|//<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\]\]>|\]\]>)\s*;?\s*$", re.DOTALL)
_MINUTE = re.compile(
    r"(?P<minute>\d{4}-\d\d-\d\dT\d\d:\d\d)(?P<seconds>(?::\d\d)?)(?:\.\d{1,9})?(?P<zone>Z|[+-]\d\d:?\d\d)$"
)
_NO_SECONDS = frozenset({"", ":00"})

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


Said = tuple[str, FieldOrigin]


@dataclass(slots=True)
class PageClaims:
    """The head's claims, each with where it was written; lists hold alternatives, the best first."""

    titles: list[Said] = field(default_factory=list)
    summaries: list[Said] = field(default_factory=list)
    published: list[tuple[str, DateOrigin]] = field(default_factory=list)
    updated: list[tuple[str, DateOrigin]] = field(default_factory=list)
    authors: list[Said] = field(default_factory=list)
    images: list[Said] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    canonical: Said = ("", FieldOrigin.META)
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
    claims.published = _shown_minute_first(claims.published)
    return claims


def _shown_minute_first(dates: list[tuple[str, DateOrigin]]) -> list[tuple[str, DateOrigin]]:
    """The dates, a meta element's first where it gives JSON-LD's very minute, with its zone, as a whole minute.

    Editors set minutes and pages show them; seconds that JSON-LD alone knows are those of the program's own record.
    """
    exact = _MINUTE.match(dates[0][0]) if dates and dates[0][1] is DateOrigin.JSON_LD else None
    if exact is None or exact["seconds"] in _NO_SECONDS:
        return dates
    for number, (raw, origin) in enumerate(dates):
        said = _MINUTE.match(raw) if origin is DateOrigin.META else None
        if said is None or said["minute"] != exact["minute"]:
            continue
        same_zone = said["zone"].replace(":", "") == exact["zone"].replace(":", "")
        if not same_zone or said["seconds"] not in _NO_SECONDS:
            return dates
        return [dates[number], *dates[:number], *dates[number + 1 :]]
    return dates


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
    ):
        values += [(text, FieldOrigin.JSON_LD) for value in _listed(node.get(name)) if (text := _string(value))]
    claims.sections += [text for value in _listed(node.get("articleSection")) if (text := _string(value))]
    for name, dates in (("datePublished", claims.published), ("dateModified", claims.updated)):
        dates += [(text, DateOrigin.JSON_LD) for value in _listed(node.get(name)) if (text := _string(value))]
    people = (_string(_named(person, "name")) for person in _listed(node.get("author")))
    claims.authors += [(name, FieldOrigin.JSON_LD) for name in people if name]
    pictures = (_string(_named(image, "url")) for image in _listed(node.get("image")))
    claims.images += [(url, FieldOrigin.JSON_LD) for url in pictures if url]
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
    for names, values in (
        (_META_TITLES, claims.titles),
        (_META_SUMMARIES, claims.summaries),
        (_META_IMAGES, claims.images),
    ):
        values += [(metas[name], FieldOrigin.META) for name in names if name in metas]
    if not claims.authors:
        claims.authors += [(metas[name], FieldOrigin.META) for name in _META_AUTHORS if name in metas][:1]
    claims.published += [(metas[name], DateOrigin.META) for name in _META_PUBLISHED if name in metas]
    claims.updated += [(metas[name], DateOrigin.META) for name in _META_UPDATED if name in metas]
    claims.sections += [metas[name] for name in ("article:section",) if name in metas]
    claims.site_name = metas.get("og:site_name", "")
    links = (link.get("href", "").strip() for link in root.iter("link") if link.get("rel", "").lower() == "canonical")
    claims.canonical = (next(filter(None, links), "") or metas.get("og:url", ""), FieldOrigin.META)
    if (title := root.find(".//title")) is not None:
        claims.titles.append(((title.text or "").strip(), FieldOrigin.META))
        claims.has_title_element = True


def _take_microdata(claims: PageClaims, root: etree._Element) -> None:
    named = _microdata(root)
    for name, dates in (("datePublished", claims.published), ("dateModified", claims.updated)):
        for element in named.get(name, ())[:2]:
            raw = element.get("content") or element.get("datetime") or text_of(element)
            dates.append((raw.strip()[:100], DateOrigin.META))
    if not claims.authors:
        authors = named.get("author", [])
        inner = [name for name in named.get("name", ()) if any(outer in authors for outer in name.iterancestors())]
        people = inner or authors or [link for link in root.iter("a") if link.get("rel") == "author"]
        names = (person.get("content") or text_of(person)[:200] for person in people[:5])
        claims.authors += [(name, FieldOrigin.MICRODATA) for name in names]
    times = [time for time in root.iter("time") if time.get("datetime")]
    own = [time for time in times if time.get("pubdate") is not None]
    own = own or [time for time in times if any(outer.tag == "article" for outer in time.iterancestors())]
    claims.published += [(element.get("datetime", ""), DateOrigin.META) for element in (own or times)[:1]]


def _microdata(root: etree._Element) -> dict[str, list[etree._Element]]:
    """A page's elements by the names that their ``itemprop`` gives them, some of each."""
    named: dict[str, list[etree._Element]] = {}
    for element in _found(root):
        for name in element.get("itemprop", "").split()[:5]:
            if len(known := named.setdefault(name, [])) < _MAX_NAMED:
                known.append(element)
    return named


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _named(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        value = value.get(name) or value.get("@id")
        return value[0] if isinstance(value, list) and value else value
    return value


def _string(value: Any) -> str:
    return html.unescape(value).strip() if isinstance(value, str) else ""
