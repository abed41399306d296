"""The quick way for the markup that most feeds hold: paragraphs, breaks, emphasis, links and pictures, well nested.

Rules:

1. What is answered equals what ``markup.sanitise`` gives, and its words what ``markup.plain_text`` gives of that; the
   tests hold both over generated markup. At the first doubt the answer is None, and the parser is asked.
2. It is as safe as what it stands for: the source's tags are only events here too. Every tag written comes from
   ``ArticleWriter`` or is a bare ``<p>``, every address from ``absolute_url``, all words are escaped.
"""

import html
import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from aggregator.text.fold import strip_unseen
from aggregator.text.markup import MAX_MARKUP_LENGTH, picture_source
from aggregator.text.urls import absolute_url
from aggregator.text.writer import ArticleWriter

_ATTRIBUTES = r"""(?:\s+[a-z][a-z0-9-]*=(?:"[^"<>\\\x00-\x1f]*"|'[^'<>\\\x00-\x1f]*'))*+\s*"""
_PARAGRAPH = re.compile(rf"\s*<p{_ATTRIBUTES}>([^<]*)</p>\s*")
_TOKEN = re.compile(rf"([^<]+)|<(/?)(p|br|b|strong|em|i|u|span|a|img)(?:({_ATTRIBUTES})(/?))>")
_ATTRIBUTE = re.compile(r"""([a-z][a-z0-9-]*)=(?:"([^"]*)"|'([^']*)')""")
_ENDLESS = frozenset({"br", "img"})
_ODD_SPACE = re.compile("[\x0b\x0c\x1c-\x1f\x85\u0338\ufffd]")
_REFERENCE = re.compile(
    r"&(?:(?:amp|lt|gt|quot|nbsp|[lr][sd]quo|[mn]dash|hellip|bull|[AEIOUYaeiouy]acute|[AEIOUaeiou](?:grave|circ)"
    r"|[AOao]tilde|ETH|eth);|#(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]|1[6-9]\d|[2-9]\d\d|[1-9]\d{3});)"
)
_TAG = re.compile(r"<[^>]*>")
_SIZE = re.compile(r"[1-9][0-9]{1,3}")
_REL: Final = "noopener nofollow ugc"  # as the cleaner of ``markup`` writes it
_DEEPEST = 8  # inline elements open at once


class _Doubt(Exception):
    """Something that a parser should decide."""


def read_simple(markup: str, *, base_url: str) -> tuple[str, str] | None:
    """Sanitised HTML of ``markup`` and its plain text, or None where it is not simple enough to be sure."""
    if "<" not in markup or len(markup) > MAX_MARKUP_LENGTH:
        return None
    if not markup.isprintable():
        markup = strip_unseen(markup)
        if _ODD_SPACE.search(markup):
            return None
    try:
        paragraphs = _bare_paragraphs(markup)
        if paragraphs is not None:
            return "".join([f"<p>{html.escape(words, quote=False)}</p>" for words in paragraphs]), "\n".join(paragraphs)
        body = _written(markup, base_url)
    except _Doubt:
        return None
    return body, _words_of(body)


def _bare_paragraphs(markup: str) -> list[str] | None:
    """The words of paragraphs that hold nothing else, None where there is more than such."""
    paragraphs: list[str] = []
    at, end = 0, len(markup)
    while at < end:
        found = _PARAGRAPH.match(markup, at)
        if found is None:
            return None
        if words := _levelled(_decoded(found[1])):
            paragraphs.append(words)
        at = found.end()
    return paragraphs


def _levelled(text: str) -> str:
    """``text`` composed, its white space one space."""
    if text.isprintable() and "  " not in text:
        return unicodedata.normalize("NFC", text).strip(" ")
    return " ".join(unicodedata.normalize("NFC", text).split())


def _decoded(text: str) -> str:
    """``text`` with its character references read. Raises _Doubt for any but the usual."""
    if "&" in text:
        if len(_REFERENCE.findall(text)) != text.count("&"):
            raise _Doubt
        text = strip_unseen(html.unescape(text))
    if "\u0338" in text or "\ufffd" in text:
        raise _Doubt
    return text


def _written(markup: str, base_url: str) -> str:
    """``markup`` written anew. Raises _Doubt where it is not simple."""
    writer = ArticleWriter()
    opened: list[str] = []
    if markup.lstrip()[:1] not in {
        "",
        "<",
    }:  # parsers put words at the top into a paragraph, where nothing precedes them
        writer.open_block("p", {})
        opened.append("")
    at, end = 0, len(markup)
    while at < end:
        found = _TOKEN.match(markup, at)
        if found is None:
            raise _Doubt
        at = found.end()
        text, ends, tag, attributes, closed = found.groups()
        if text is not None:
            writer.text(_decoded(text))
        elif ends:
            _end(writer, opened, tag, attributes)
        else:
            if closed and tag not in _ENDLESS:
                raise _Doubt
            _start(writer, opened, tag, _read_attributes(attributes), base_url)
    if opened == [""]:
        writer.close_block("p")
    elif opened:
        raise _Doubt
    return writer.finish()


def _start(writer: ArticleWriter, opened: list[str], tag: str, attributes: Mapping[str, str], base_url: str) -> None:
    if tag == "br":
        writer.line_break()
    elif tag == "img":
        _picture(writer, attributes, base_url)
    elif tag == "p":
        if opened == [""]:
            writer.close_block("p")
            opened.pop()
        if opened:
            raise _Doubt
        writer.open_block("p", {})
        opened.append("p")
    else:
        if tag in opened or len(opened) > _DEEPEST:
            raise _Doubt
        opened.append(tag)
        if tag == "a":
            address = _address(attributes.get("href", ""), base_url)
            writer.open_inline("a", {"href": address, "rel": _REL}, shown=True)
        elif tag != "span":
            writer.open_inline(tag, {}, shown=True)


def _end(writer: ArticleWriter, opened: list[str], tag: str, attributes: str) -> None:
    if attributes or not opened or opened.pop() != tag:
        raise _Doubt
    if tag == "p":
        writer.close_block("p")
    elif tag != "span":
        writer.close_inline(tag)


def _picture(writer: ArticleWriter, attributes: Mapping[str, str], base_url: str) -> None:
    kept = {"src": _address(picture_source(attributes), base_url), "alt": _levelled(attributes.get("alt", ""))}
    for name in ("width", "height"):
        if name in attributes:
            if not _SIZE.fullmatch(attributes[name]):
                raise _Doubt
            kept[name] = attributes[name]
    writer.image(kept)


def _address(written: str, base_url: str) -> str:
    address = absolute_url(base_url, written)
    if address is None or "'" in address:
        raise _Doubt
    return address


def _read_attributes(written: str) -> dict[str, str]:
    """Attributes by name. Raises _Doubt where one is given twice or holds what is read in more than one way."""
    if not written or written.isspace():
        return {}
    read: dict[str, str] = {}
    for name, double, single in _ATTRIBUTE.findall(written):
        value = double or single
        if name in read or (name == "title" and value):
            raise _Doubt
        if "&" in value:
            if value.count("&") != value.count("&amp;"):
                raise _Doubt
            value = value.replace("&amp;", "&")
        read[name] = value
    if any(sign in read.get("alt", "") for sign in "\"'&\u0338") or len(read.get("alt", "")) > _LONGEST_ALT:
        raise _Doubt
    return read


_LONGEST_ALT = 400


def _words_of(body: str) -> str:
    """The plain text of what ``_written`` gave."""
    lines = _TAG.sub("", body.replace("</p>", "\n").replace("<br>", "\n"))
    lines = unicodedata.normalize("NFC", html.unescape(lines) if "&" in lines else lines)
    return "\n".join(words for line in lines.split("\n") if (words := " ".join(line.split())))
