"""The lines under an article that name who wrote it and where it was first published.

"Tác giả: …" and "Nguồn tin: …" stand under re-posted articles (nghean24h, NukeViet); "Theo Báo Nghệ An" closes others.
Only the last lines of a body are looked at, since the same words open sentences inside it.
"""

import re
from dataclasses import dataclass

_AUTHOR = re.compile(
    r"^(?:tác giả(?: bài viết)?|người viết|thực hiện|bài(?:,| và) ảnh|tin(?:,| và) ảnh)\s*[:：]\s*(.{2,120})$",
    re.IGNORECASE,
)
_ORIGIN = re.compile(r"^(?:nguồn(?: tin| bài viết)?|trích nguồn)\s*[:：]\s*(.{2,120})$", re.IGNORECASE)
_ACCORDING = re.compile(r"^[(\[]?\s*[Tt]heo\s*[:：]?\s+([A-ZĐ0-9][^.!?]{2,60}?)\s*[)\]]?\.?$")
_BOTH = re.compile(
    r"^tác giả(?: bài viết)?\s*[:：]\s*(.{2,80}?)\s*[-–|;,]?\s*nguồn(?: tin)?\s*[:：]\s*(.{2,80})$", re.IGNORECASE
)
_SENTENCE = 9  # words: "Theo ông Nguyễn Văn A, …" is prose, a source's name is short
_LAST_LINES = 4


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
