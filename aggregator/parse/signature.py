"""The lines under an article that name who wrote it and where it was first published.

"Tác giả: …" and "Nguồn tin: …" stand under re-posted articles (nghean24h, NukeViet); "Theo Báo Nghệ An" closes others.
Only the last lines of a body are looked at, since the same words open sentences inside it. Where a body was found
without them, the same lines are looked for beside it.
"""

import re
import unicodedata
from dataclasses import dataclass

from lxml import etree

from aggregator.parse.tree import elements_at, words_of

_AUTHOR = re.compile(
    r"^(?:tác giả(?: bài viết)?|người viết|thực hiện|bài(?:,| và) ảnh|tin(?:,| và) ảnh)\s*[:：]\s*(.{2,120})$",
    re.IGNORECASE,
)
_ORIGIN = re.compile(
    r"^[(\[]?\s*(?:nguồn(?: tin| bài viết)?|trích nguồn)\s*[:：]\s*(.{2,120}?)\s*[)\]]?$", re.IGNORECASE
)
_ACCORDING = re.compile(r"^[(\[]?\s*[Tt]heo\s*[:：]?\s+([A-ZĐ0-9][^.!?]{2,60}?)\s*[)\]]?\.?$")
_BOTH = re.compile(
    r"^tác giả(?: bài viết)?\s*[:：]\s*(.{2,80}?)\s*[-–|;,]?\s*nguồn(?: tin)?\s*[:：]\s*(.{2,80})$", re.IGNORECASE
)
_SENTENCE = 9  # words: "Theo ông Nguyễn Văn A, …" is prose, a source's name is short
_LAST_LINES = 4
_NAME = r"[A-ZĐÀ-Ỵ][a-zà-ỹ]+(?: [A-ZĐÀ-Ỵ][a-zà-ỹ]+){1,3}"
_NAMES = re.compile(rf"{_NAME}(?:\s*[-–,&]\s*{_NAME}){{0,3}}")
_SURNAMES = frozenset(
    [
        "nguyễn",
        "trần",
        "lê",
        "phạm",
        "hoàng",
        "huỳnh",
        "phan",
        "vũ",
        "võ",
        "đặng",
        "bùi",
        "đỗ",
        "hồ",
        "ngô",
        "dương",
        "lý",
        "đinh",
        "trịnh",
        "đoàn",
        "mai",
        "cao",
        "thái",
        "lương",
    ]
)
_beside = elements_at(
    "descendant::*[not(self::script or ancestor::footer)][contains(@class, 'nguon') or contains(@class, 'source') or "
    "text()[starts-with(normalize-space(.), 'Nguồn') or starts-with(normalize-space(.), 'Tác giả')]]"
)
_PHRASES = frozenset({"b", "strong", "span", "em", "i", "label", "small"})
_LINES_BESIDE = 12
_LONGEST = 160  # characters of such a line


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What the closing lines say, and which lines they were."""

    authors: tuple[str, ...] = ()
    origin: str = ""
    lines: tuple[str, ...] = ()


def read_signature(text: str) -> Signature:
    """The signature in the last lines of a plain text."""
    authors: list[str] = []
    origin = ""
    lines: list[str] = []
    for line in text.split("\n")[-_LAST_LINES:]:
        stripped = line.strip()
        if both := _BOTH.match(stripped):
            authors.append(both[1])
            origin = origin or both[2]
        elif found := _AUTHOR.match(stripped):
            authors.append(found[1])
        elif (found := _ORIGIN.match(stripped)) or (
            (found := _ACCORDING.match(stripped)) and len(found[1].split()) <= _SENTENCE and "," not in found[1]
        ):
            origin = origin or found[1]
        else:
            continue
        lines.append(stripped)
    return Signature(authors=tuple(authors), origin=origin.strip(" .()"), lines=tuple(lines))


def closing_names(text: str) -> tuple[str, ...]:
    """The people whose names alone make the last line of a plain text, as papers close their articles.

    One of them has to bear one of the surnames that nearly all Vietnamese share: other capitalised lines are headings
    or places.
    """
    line = unicodedata.normalize("NFC", text.rpartition("\n")[2].strip())
    if len(line) > _LONGEST or not _NAMES.fullmatch(line):
        return ()
    names = tuple(name.strip() for name in re.split(r"\s*[-–,&]\s*", line))
    return names if any(name.split()[0].lower() in _SURNAMES for name in names) else ()


def read_lines_beside(root: etree._Element) -> Signature:
    """What short lines anywhere on a page say that begin as a signature does or are named for the source."""
    authors: list[str] = []
    origin = ""
    for element in _beside(root)[:_LINES_BESIDE]:
        parent = element.getparent()
        block = parent if element.tag in _PHRASES and parent is not None else element
        line = words_of(block) if len(block) <= _LINES_BESIDE else ""
        found = read_signature(line) if line and len(line) <= _LONGEST else Signature()
        authors += found.authors
        origin = origin or found.origin
    return Signature(authors=tuple(dict.fromkeys(authors)), origin=origin)
