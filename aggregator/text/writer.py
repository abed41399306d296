"""Article HTML written in one strict shape from loose events.

Rules, which make the output stable when it is read and written again:

1. Blocks never stand inside inline elements. An inline element that spans blocks is written again inside each
   (``<b><p>x</p></b>`` gives ``<p><b>x</b></p>``). Elements without content are never written, cells excepted.
2. Words at the top and in quotations stand in paragraphs. Two line breaks in a row end a paragraph (NukeViet bodies
   hold no ``<p>`` at all); breaks at the edges of a block are dropped. White space is one space, outside ``pre``.
3. Rows are inside a table body, cells inside rows, items inside lists; what is missing is supplied, and a row, cell or
   item outside a table or list only ends the paragraph.
4. At most 40 blocks stand open; deeper ones are left out and their words kept.
"""

import html
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from aggregator.text.elements import CELLS, LEAVES, LISTS, MAX_DEPTH, ROWS, SCOPES, TITLES, WRAPPING


@dataclass(slots=True)
class _Block:
    """A block being written. ``named`` is the source's element that it stands for, "" when supplied."""

    tag: str
    start: str
    named: str
    written: bool = False
    has_words: bool = False  # holds inline content since its last child block
    inline: list[tuple[str, str]] = field(default_factory=list)  # inline elements written open: name, start tag


class ArticleWriter:
    """Writes article HTML event by event; ``finish`` gives the result. Each writer is used once."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._blocks = [_Block(tag="", start="", named="", written=True)]
        self._active: list[tuple[str, str]] = []  # inline elements of the source now open: name, start tag or ""
        self._space = False  # white space waits for the next word
        self._breaks = 0  # line breaks wait for the next word
        self._apart = False  # a boundary waits for the next word

    def finish(self) -> str:
        """Everything written, all elements closed."""
        self._pop_to(1)
        return unicodedata.normalize("NFC", "".join(self._out))

    def text(self, text: str) -> None:
        """Characters."""
        if self._blocks[-1].tag == "pre":
            self._preformatted(text)
            return
        text = _without_solidus(text)
        words = " ".join(text.split())
        if not words:
            self._space |= bool(text)
            return
        self._space |= text[0].isspace()
        self._begin_words()
        self._out.append(html.escape(words, quote=False))
        self._space = text[-1].isspace()

    def image(self, attributes: Mapping[str, str]) -> None:
        """A picture; it counts as a word."""
        self._begin_words()
        self._out.append(_tag("img", attributes))

    def line_break(self) -> None:
        """A line break, written when a word follows."""
        if self._blocks[-1].tag == "pre":
            self._preformatted("\n")
        else:
            self._breaks += 1
            self._space = False

    def rule(self) -> None:
        """A horizontal rule: a block without content."""
        if self._make_room("hr"):
            self._write_starts()
            self._close_inline_of(self._blocks[-1], 0)
            self._blocks[-1].has_words = False
            self._out.append("<hr>")

    def boundary(self) -> None:
        """An element that only holds blocks apart begins or ends: a paragraph ends with it."""
        self._apart = True
        self._space = False
        self._breaks = 0
        if self._blocks[-1].tag == "p" and not self._blocks[-1].named:
            self._pop_to(len(self._blocks) - 1)

    def open_inline(self, tag: str, attributes: Mapping[str, str], *, shown: bool) -> None:
        """An inline element begins; one inside another of its name is not written, nor one not ``shown``."""
        nested = any(name == tag and start for name, start in self._active)
        if len(self._active) < MAX_DEPTH:
            self._active.append((tag, _tag(tag, attributes) if shown and not nested else ""))

    def close_inline(self, tag: str) -> None:
        """The innermost open inline element of that name ends."""
        for at in range(len(self._active) - 1, -1, -1):
            if self._active[at][0] == tag:
                del self._active[at]
                return

    def open_block(self, tag: str, attributes: Mapping[str, str], *, named: str = "") -> None:
        """A block begins, written as ``tag``; ``named`` is what the source calls it where that differs."""
        if not self._make_room(tag):
            self.boundary()
            return
        self._push(tag, _tag(tag, attributes), named or tag)
        if tag in CELLS:
            self._write_starts()

    def close_block(self, named: str) -> None:
        """The innermost block that the source calls so ends; without one it is a boundary."""
        for at in range(len(self._blocks) - 1, 0, -1):
            block = self._blocks[at]
            if block.named == named:
                self._pop_to(at)
                return
            if block.tag in CELLS and named not in ROWS | CELLS:
                break
        self.boundary()

    # Placing blocks (rule 3) ------------------------------------------------------------------------------------------

    def _make_room(self, tag: str) -> bool:
        """Close and supply blocks until ``tag`` may be opened; False where it has no place."""
        top = self._blocks[-1].tag
        if top in TITLES:
            if top != "caption" or tag not in ROWS | CELLS or tag == "table":
                return False
            self._pop_to(len(self._blocks) - 1)
        elif top in LEAVES:
            self._pop_to(len(self._blocks) - 1)
        if tag in CELLS or (tag in ROWS and tag != "table") or tag == "caption":
            return self._make_table_room(tag)
        if tag == "li":
            return self._close_down_to(LISTS, within=SCOPES)
        if tag == "figcaption":
            return self._close_down_to({"figure"}, within=SCOPES)
        if len(self._blocks) >= MAX_DEPTH:
            return False
        self._supply_container()
        return True

    def _make_table_room(self, tag: str) -> bool:
        if tag in CELLS:
            if not self._close_down_to(ROWS):
                return False
            self._supply_row()
            return True
        if tag == "tr":
            if not self._close_down_to(ROWS - {"tr"}):
                return False
            if self._blocks[-1].tag == "table":
                self._push("tbody", "<tbody>", "")
            return True
        return self._close_down_to({"table"})

    def _close_down_to(self, tags: "frozenset[str] | set[str]", *, within: frozenset[str] = frozenset()) -> bool:
        """Close blocks until one of ``tags`` is the innermost; False, and nothing closed, when none is open."""
        for at in range(len(self._blocks) - 1, 0, -1):
            tag = self._blocks[at].tag
            if tag in tags:
                self._pop_to(at + 1)
                return True
            if tag in within:
                break
        return False

    def _supply_row(self) -> None:
        if self._blocks[-1].tag == "table":
            self._push("tbody", "<tbody>", "")
        if self._blocks[-1].tag != "tr":
            self._push("tr", "<tr>", "")

    def _supply_container(self) -> None:
        """Supply the cell or item that words and blocks need inside rows and lists."""
        top = self._blocks[-1].tag
        if top in ROWS:
            self._supply_row()
            self._push("td", "<td>", "")
        elif top in LISTS:
            self._push("li", "<li>", "")

    def _push(self, tag: str, start: str, named: str) -> None:
        self._blocks.append(_Block(tag=tag, start=start, named=named))
        self._apart, self._space, self._breaks = True, False, 0

    def _pop_to(self, length: int) -> None:
        while len(self._blocks) > length:
            block = self._blocks.pop()
            self._close_inline_of(block, 0)
            if block.written:
                self._out.append(f"</{block.tag}>")
        self._apart, self._space, self._breaks = True, False, 0

    def _write_starts(self) -> None:
        """Write the start tags that waited for content."""
        at = len(self._blocks)
        while not self._blocks[at - 1].written:
            at -= 1
        for index in range(at, len(self._blocks)):
            outer, block = self._blocks[index - 1], self._blocks[index]
            self._close_inline_of(outer, 0)
            outer.has_words = False
            block.written = True
            self._out.append(block.start)

    # Placing words (rule 2) -------------------------------------------------------------------------------------------

    def _begin_words(self) -> None:
        """Make the output ready for a word: containers, waiting breaks or space, inline elements."""
        self._supply_container()
        if self._blocks[-1].tag in WRAPPING:
            space = self._space
            self._push("p", "<p>", "")
            self._space = space
        if self._blocks[-1].has_words:
            self._separate()
        self._apart, self._space, self._breaks = False, False, 0
        self._write_starts()
        block = self._blocks[-1]
        self._close_extra_inline(block)
        if self._active:
            for element in self._shown()[len(block.inline) :]:
                block.inline.append(element)
                self._out.append(element[1])
        block.has_words = True

    def _separate(self) -> None:
        """Write what holds the next word apart from the last one of the same block."""
        block = self._blocks[-1]
        if block.tag == "p" and (self._apart or self._breaks > 1):
            self._pop_to(len(self._blocks) - 1)
            self._push("p", "<p>", block.named)
            return
        self._close_extra_inline(block)
        if block.tag in TITLES:
            self._space |= self._apart or bool(self._breaks)
        elif self._breaks or self._apart:
            self._out.append("<br>" * max(1, min(self._breaks, 2)))
            return
        if self._space:
            self._out.append(" ")

    def _preformatted(self, text: str) -> None:
        block = self._blocks[-1]
        text = _without_solidus(text).replace("\r\n", "\n").replace("\r", "\n")
        if not block.has_words:
            text = text.lstrip("\n")  # a parser drops the first one
        if text:
            self._space, self._breaks, self._apart = False, 0, False
            self._begin_words()
            self._out.append(html.escape(text, quote=False))

    def _close_extra_inline(self, block: _Block) -> None:
        """Close the inline elements written in ``block`` that are no longer open in the source."""
        if not block.inline:
            return
        shown = self._shown()
        same = 0
        while same < min(len(shown), len(block.inline)) and shown[same] == block.inline[same]:
            same += 1
        self._close_inline_of(block, same)

    def _shown(self) -> list[tuple[str, str]]:
        return [element for element in self._active if element[1]]

    def _close_inline_of(self, block: _Block, keep: int) -> None:
        while len(block.inline) > keep:
            self._out.append(f"</{block.inline.pop()[0]}>")


def _without_solidus(text: str) -> str:
    # U+0338 after the ">" of a tag would become one letter with it ("≯") wherever the result is normalised.
    return text if text.isascii() else unicodedata.normalize("NFC", text).replace("\u0338", "")


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    written = "".join(f' {key}="{html.escape(value)}"' for key, value in attributes.items() if value or key == "alt")
    return f"<{name}{written}>"
