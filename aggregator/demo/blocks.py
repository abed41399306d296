"""The small markup that sample articles are written in, as blocks that each platform renders in its own way.

Blocks stand apart by blank lines. ``## `` begins a heading, ``- `` lines a list, ``> `` a quotation, ``[ảnh] `` a
picture's caption, ``| `` lines a table whose first line is its head and where ``^`` continues the cell above.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

_DAY = re.compile(r"\{([+-]\d{1,3})\}")
_PICTURE = "[ảnh] "


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading within the body."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Someone's words."""

    kind: ClassVar[str] = "quote"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture within the body, by its caption; the site gives it an address."""

    kind: ClassVar[str] = "figure"
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table that spans ``rows`` rows."""

    text: str
    rows: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; a cell that spans several rows stands in the first of them only."""

    kind: ClassVar[str] = "table"
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


Block = Paragraph | Heading | Quote | Figure | Bullets | Table


def read_blocks(text: str) -> tuple[Block, ...]:
    """The blocks that ``text`` is written in."""
    return tuple(_block(part.strip()) for part in re.split(r"\n\s*\n", text) if part.strip())


def with_days(text: str, today: date) -> str:
    """``text`` where each ``{+3}`` became the date three days after ``today``, as dd/mm/yyyy."""
    return _DAY.sub(lambda found: f"{today + timedelta(days=int(found[1])):%d/%m/%Y}", text)


def _block(part: str) -> Block:
    if part.startswith("## "):
        return Heading(text=part[3:])
    if part.startswith("> "):
        return Quote(text=part[2:])
    if part.startswith(_PICTURE):
        return Figure(caption=part.removeprefix(_PICTURE))
    lines = part.splitlines()
    if part.startswith("- "):
        return Bullets(items=tuple(line.removeprefix("- ").strip() for line in lines))
    if part.startswith("|"):
        return _table(lines)
    return Paragraph(text=" ".join(line.strip() for line in lines))


def _table(lines: list[str]) -> Table:
    grid = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    head, body = grid[0], grid[1:]
    rows = tuple(
        tuple(
            Cell(text=text, rows=1 + _continued(body, index, column)) for column, text in enumerate(row) if text != "^"
        )
        for index, row in enumerate(body)
    )
    return Table(head=tuple(head), rows=rows)


def _continued(body: list[list[str]], index: int, column: int) -> int:
    """How many rows below continue the cell."""
    count = 0
    for row in body[index + 1 :]:
        if row[column] != "^":
            break
        count += 1
    return count
