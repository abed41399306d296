"""Names of people from what bylines and author fields hold: mail addresses, roles and separators go."""

import re

from aggregator.text.fold import clean_text
from aggregator.text.markup import plain_text

_MAX_PEOPLE = 10
_MAX_FIELD = 300  # characters of a field that are looked at
_MAIL = re.compile(r"[^\s<>()@,;]{1,64}@[^\s<>()@,;]{1,100}")
_LEADING = re.compile(
    r"^(?:tác giả(?: bài viết)?|(?:tin|bài),? (?:và )?ảnh|bài viết|thực hiện|người viết|"
    r"theo|nguồn(?: tin)?|by)\s*[:\-–]\s*",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"\b[A-ZĐ]\.$")
_SPLIT = re.compile(r"\s*[;|]\s*|\s+[–—-]\s+|\s+&\s+")


def person_names(fields: tuple[str, ...]) -> tuple[str, ...]:
    """The people that author fields name, in order, each once. A mail address alone names nobody."""
    names: dict[str, None] = {}
    for field in fields[: _MAX_PEOPLE * 2]:
        text = field[:_MAX_FIELD]
        if "<" in text and "@" not in text:
            text = plain_text(text)
        for part in _SPLIT.split(_without_mail(text)):
            name = _trimmed(clean_text(_LEADING.sub("", part.strip()), limit=120))
            if name and not name.startswith(("http:", "https:")):
                names.setdefault(name)
    return tuple(names)[:_MAX_PEOPLE]


def _without_mail(text: str) -> str:
    """``name@host (Name)``, ``Name <name@host>`` and ``Name (name@host)`` become the name."""
    if "@" not in text:
        return text
    bare = _MAIL.sub("", text).strip()
    if bare.startswith("(") and bare.endswith(")"):
        bare = bare[1:-1]
    return bare.replace("()", "").replace("<>", "")


def _trimmed(name: str) -> str:
    name = name.strip(" ,:;*-–[]<>\"'")
    if name.endswith(".") and not _INITIAL.search(name):
        name = name.rstrip(". ")
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1]
    return name.strip()
