"""Vietnamese text made comparable (``fold``, ``slugify``) or presentable (``clean_text``, ``clean_block``).

Rules:

1. What is displayed is NFC and keeps the source's spelling. Compatibility forms (NFKC) are used only for comparing:
   pages write words in mathematical italics, and search must still find them.
2. Folding takes every mark away, so variants of tone placement (hòa/hoà, thủy/thuỷ) meet, and so do the letters that
   look like đ (Icelandic Ð, African Ɖ), which old Vietnamese fonts put in its place.
3. Control characters, zero-width and bidirectional characters, lone surrogates and the code points that XML forbids
   never reach a reader: they hide words from filters and turn sentences around.
"""

import re
import unicodedata
from functools import lru_cache

_MAX_SLUG_LENGTH = 100
_LINE = 300  # characters

# C0 and C1 controls that are no white space, then format characters (category Cf), surrogates and noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
_SPACE = re.compile(r"\s+")
_BLANK = re.compile(r"[^\S\n]+")
_LINE_END = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_MARKS = re.compile("[\u0300-\u036f]+")
_D_LIKE = str.maketrans({"đ": "d", "Đ": "d", "ð": "d", "Ð": "d", "ɖ": "d", "Ɖ": "d"})


def fold(text: str) -> str:
    """The text for comparing: lower case, no accents, đ as d, compatibility letters as plain ones. Idempotent."""
    if text.isascii():
        return text.lower()
    return _fold_line(text) if len(text) <= _LINE else _folded(text)


@lru_cache(maxsize=2048)  # a title is folded for its kind, its story and its identity
def _fold_line(text: str) -> str:
    return _folded(text)


def _folded(text: str) -> str:
    text = _UNSEEN.sub("", unicodedata.normalize("NFKD", text))
    text = unicodedata.normalize("NFKD", text.lower().translate(_D_LIKE))
    text = _MARKS.sub("", text)
    if not text.isascii():
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Mn")
        text = unicodedata.normalize("NFC", text)
    return text


def slugify(text: str) -> str:
    """Words of ``[a-z0-9]`` joined by dashes, at most 100 characters; "" when nothing of that kind is left."""
    return _NOT_SLUG.sub("-", fold(text)).strip("-")[:_MAX_SLUG_LENGTH].rstrip("-")


def clean_text(text: str, *, limit: int | None = None) -> str:
    """One line of NFC text without unseen characters, runs of white space made one space.

    A text longer than ``limit`` characters is cut at a word and ends with "…", within the limit.
    """
    if not _is_clean(text):
        text = " ".join(unicodedata.normalize("NFC", strip_unseen(text)).split())
    if limit is not None and len(text) > limit:
        text = _cut(text, limit)
    return text


def clean_block(text: str) -> str:
    """Lines of NFC text without unseen characters: white space inside a line made one space, empty lines dropped."""
    if "\n\n" not in text and " \n" not in text and "\n " not in text and _is_clean(text.replace("\n", "")):
        return text.strip("\n")
    text = unicodedata.normalize("NFC", strip_unseen(text))
    text = _BLANK.sub(" ", _LINE_END.sub("\n", text))
    return "\n".join(line for line in map(str.strip, text.split("\n")) if line)


def strip_unseen(text: str) -> str:
    """The text without control, zero-width, bidirectional, surrogate and noncharacter code points; space is kept."""
    return text if text.isprintable() else _UNSEEN.sub("", text)


def _is_clean(text: str) -> bool:
    """Whether a line needs no cleaning; text that was cleaned before costs next to nothing."""
    return (
        text.isprintable()
        and "  " not in text
        and text[:1] != " "
        and text[-1:] != " "
        and unicodedata.is_normalized("NFC", text)
    )


def _cut(text: str, limit: int) -> str:
    head = text[: max(limit - 1, 0)]
    at = head.rfind(" ")
    # A text with no space near the end (a URL, a script without spaces) is cut where the limit falls.
    if at >= limit * 0.6:
        head = head[:at]
    return unicodedata.normalize("NFC", head.rstrip(" ,.;:–-") + "…")[:limit]
