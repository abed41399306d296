"""Markup of strangers made safe to show (``sanitise``) or readable without tags (``plain_text``).

Rules:

1. The source's tags are only events. What is shown is written anew by ``ArticleWriter`` in one strict shape (bounded
   depth, blocks never inside inline elements, tables complete), so nothing of the source's syntax survives, sanitising
   twice equals once, and nh3, whose time grows faster than the depth of its input (40,000 nested divs took it 4.7 s),
   never sees nesting. nh3 still has the last word: a mistake of ours must pass a second, independent allow-list.
2. Links lead to http(s), mail or telephone; pictures to http(s) and never to a 1×1 counter. Relative, protocol-relative
   and lazily loaded addresses are made absolute.
3. Scripts, styles, frames, drawings and form controls go with all they contain. A video becomes a link to it, where
   its frame's or file's address is known to lead to one.
4. Neither function raises for what the markup says.
"""

import html as entities
import re
from collections.abc import Mapping
from typing import Any, Final, cast

import nh3
from lxml import etree

from aggregator.text.elements import BLOCKS, BOUNDARIES, DROPPED, INLINE, VOID
from aggregator.text.fold import clean_block, strip_unseen
from aggregator.text.urls import absolute_url
from aggregator.text.videos import place_of, video_address
from aggregator.text.writer import ArticleWriter

MAX_MARKUP_LENGTH: Final = 2_000_000  # characters read of one body; a long read with its markup is a tenth of it
_LAZY_SOURCES = ("data-src", "data-original", "data-lazy-src", "data-srcset", "srcset")
_PLACEHOLDER = re.compile(
    r"^(?:data:|about:|$)|(?:blank|placeholder|spacer|loading|lazy|transparent|1x1|pixel|grey)\.\w+$"
)
_TINY = frozenset({"0", "1", "0px", "1px"})
_MAIL = re.compile(r"mailto:[^\s<>\"'?&]+@[^\s<>\"'?&]+", re.IGNORECASE)
_TELEPHONE = re.compile(r"tel:\+?[0-9().*# -]{3,30}", re.IGNORECASE)
_EMPTY_LINE = re.compile(r"\n[^\S\n]*\n")
_SPAN = re.compile(r"[1-9][0-9]{0,2}")
_WORDS = re.compile(r"[^<]+")
_REFERENCE = re.compile(r" ?&\w+;")
_MAX_REFERENCES = 20_000  # in one run of words: nh3 is quadratic there (200,000 in 3 MB took it 3.6 s)
_LENGTH = re.compile(r"([1-9][0-9]{0,3})(?:px)?")

_CLEANER = nh3.Cleaner(
    tags=set(BLOCKS | INLINE | {"img", "br", "hr"}),
    attributes={
        "a": {"href", "title"},
        "img": {"src", "alt", "width", "height"},
        "td": {"rowspan", "colspan"},
        "th": {"rowspan", "colspan"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener nofollow ugc",
    strip_comments=True,
)


def sanitise(html: str, *, base_url: str) -> str:
    """Safe HTML of ``html`` for showing inside an article; addresses resolved against ``base_url``. Idempotent.

    Text without markup becomes paragraphs. "" when nothing readable or visible is left.
    """
    html = strip_unseen(html[:MAX_MARKUP_LENGTH])
    writer = ArticleWriter()
    if "<" not in html and "&" not in html:
        for paragraph in _EMPTY_LINE.split(html):
            writer.text(paragraph)
            writer.boundary()
        return writer.finish()
    _feed(html, _Sanitiser(writer, base_url))
    written = writer.finish()
    return _CLEANER.clean(_bounded(written)) if written else ""


def _bounded(written: str) -> str:
    """``written`` without the character references by which one run of words exceeds what nh3 reads in linear time."""
    if written.count("&") <= _MAX_REFERENCES:
        return written
    return _WORDS.sub(_few_references, written)


def _few_references(found: re.Match[str]) -> str:
    words = found[0]
    places = [reference.end() for reference in _REFERENCE.finditer(words)]
    if len(places) <= _MAX_REFERENCES:
        return words
    end = places[_MAX_REFERENCES - 1]
    return words[:end] + _REFERENCE.sub("", words[end:])


def plain_text(html: str) -> str:
    """The words of ``html`` as a reader sees them: entities decoded, each block on a line of its own, NFC."""
    html = strip_unseen(html[:MAX_MARKUP_LENGTH])
    if "<" not in html:
        return clean_block(entities.unescape(html) if "&" in html else html)
    reader = _Reader()
    _feed(html, reader)
    return clean_block("".join(reader.parts))


def _feed(html: str, target: "_Target") -> None:
    # huge_tree only lifts libxml2's depth limit, past which it silently drops content: no tree is built here, the
    # targets bound what they keep, and the length is bounded above. (The stubs know targets of bytes only.)
    parser = etree.HTMLParser(target=cast("Any", target), huge_tree=True, no_network=True, encoding="utf-8")
    try:
        parser.feed(html.encode())
        parser.close()
    except etree.LxmlError:
        # What was read before the parser gave up is in the target: a broken end costs the end, not the article.
        return


class _Target:
    """Events of an HTML document with the contents of dropped elements left out; comments are not asked for."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._dropping: str | None = None
        self._depth = 0  # of elements with the dropped element's own name

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._pass_words()
        if self._dropping is not None:
            self._depth += tag == self._dropping
            return
        if tag in DROPPED:
            self.dropped(tag, attributes)
            if tag not in VOID:
                self._dropping, self._depth = tag, 1
            return
        self.opened(tag, attributes)

    def end(self, tag: str) -> None:
        """An element ends, by its end tag or because the parser knows that it must."""
        self._pass_words()
        if self._dropping is None:
            self.ended(tag)
        elif tag == self._dropping:
            self._depth -= 1
            if not self._depth:
                self._dropping = None

    def data(self, text: str) -> None:
        """Characters, entities decoded."""
        if self._dropping is None:
            self._words.append(text)

    def close(self) -> None:
        """The document ends."""
        self._pass_words()

    def _pass_words(self) -> None:
        # The parser hands text over in pieces (at each entity); spaces and accents need their neighbours.
        if self._words:
            text = "".join(self._words)
            self._words.clear()
            self.read(text)

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        """A kept element begins."""
        raise NotImplementedError

    def ended(self, tag: str) -> None:
        """A kept element ends."""
        raise NotImplementedError

    def read(self, text: str) -> None:
        """Characters of kept elements."""
        raise NotImplementedError

    def dropped(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element is dropped with its contents."""


class _Reader(_Target):
    """Collects the words; blocks, rows and breaks end a line, cells and the paragraphs at their edges do not."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._last = ""  # the tag that began or ended last, with no words since

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        del attributes
        if tag in {"td", "th"}:
            self.parts.append(" ")
        elif tag in BOUNDARIES and not (tag == "p" and self._last in {"td", "th"}):
            self.parts.append("\n")
        self._last = tag

    def ended(self, tag: str) -> None:
        if tag in {"td", "th"}:
            if self._last == "/p":
                self.parts.pop()
        elif tag in BOUNDARIES:
            self.parts.append("\n")
        self._last = f"/{tag}"

    def read(self, text: str) -> None:
        # A line break in the source is only white space; breaks come from the tags.
        self.parts.append(" ".join(text.split("\n")) if "\n" in text else text)
        if not text.isspace():
            self._last = ""


class _Sanitiser(_Target):
    """Hands the writer what the allow-list knows, with addresses resolved and checked."""

    def __init__(self, writer: ArticleWriter, base_url: str) -> None:
        super().__init__()
        self._writer = writer
        self._base_url = base_url

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        writer = self._writer
        if tag == "br":
            writer.line_break()
        elif tag == "img":
            self._image(attributes)
        elif tag == "hr":
            writer.rule()
        elif tag == "a":
            address = self._link(attributes.get("href", ""))
            kept = {"href": address, "title": _attribute(attributes.get("title", ""))} if address else {}
            writer.open_inline(tag, kept, shown=address is not None)
        elif tag in INLINE:
            writer.open_inline(tag, {}, shown=True)
        elif tag in {"td", "th"}:
            spans = {name: attributes.get(name, "").strip() for name in ("rowspan", "colspan")}
            writer.open_block(tag, {name: value for name, value in spans.items() if _SPAN.fullmatch(value)})
        elif tag == "h1":
            writer.open_block("h2", {}, named="h1")
        elif tag in BLOCKS:
            writer.open_block(tag, {})
        elif tag in BOUNDARIES:
            writer.boundary()

    def ended(self, tag: str) -> None:
        if tag in INLINE:
            self._writer.close_inline(tag)
        elif tag in BLOCKS or tag == "h1":
            self._writer.close_block(tag)
        elif tag in BOUNDARIES and tag not in VOID:
            self._writer.boundary()

    def read(self, text: str) -> None:
        # A character reference may have brought back what was stripped from the source.
        self._writer.text(strip_unseen(text))

    def dropped(self, tag: str, attributes: Mapping[str, str]) -> None:
        video = video_address(tag, attributes, base_url=self._base_url)
        if video is not None:
            name = place_of(video)
            self._writer.boundary()
            self._writer.open_inline("a", {"href": video}, shown=True)
            self._writer.text(f"Xem video trên {name}" if name else "Xem video")
            self._writer.close_inline("a")
            self._writer.boundary()

    def _link(self, href: str) -> str | None:
        href = href.strip()
        if href[:7].lower() == "mailto:":
            mail = _MAIL.match(href)
            return mail[0] if mail else None
        if href[:4].lower() == "tel:":
            return href if _TELEPHONE.fullmatch(href) else None
        return absolute_url(self._base_url, href)

    def _image(self, attributes: Mapping[str, str]) -> None:
        width, height = (attributes.get(name, "").strip().lower() for name in ("width", "height"))
        if width in _TINY or height in _TINY:
            return
        address = absolute_url(self._base_url, picture_source(attributes))
        if address is None:
            return
        kept = {"src": address, "alt": _attribute(attributes.get("alt", ""))}
        for name, value in (("width", width), ("height", height)):
            length = _LENGTH.fullmatch(value)
            if length:
                kept[name] = length[1]
        self._writer.image(kept)


def picture_source(attributes: Mapping[str, str]) -> str:
    """The address an ``img`` really shows: a lazy-loading attribute where ``src`` is missing or a placeholder."""
    source = attributes.get("src", "").strip()
    if not _PLACEHOLDER.search(source.partition("?")[0].lower()):
        return source
    for name in _LAZY_SOURCES:
        lazy = attributes.get(name, "").strip()
        if name.endswith("srcset"):
            lazy = lazy.partition(",")[0].partition(" ")[0]
        if lazy and not lazy.lower().startswith("data:"):
            return lazy
    return "" if source.startswith("data:") else source


def _attribute(value: str) -> str:
    return clean_block(value).replace("\n", " ")[:500]
