"""Bytes to text, whatever the document and its server say about the encoding.

1. A byte order mark wins.
2. Zero bytes in a pattern mean UTF-16 or UTF-32, also where something else is declared.
3. Text that is valid UTF-8 is UTF-8 (legacy text passes for it only by accident), unless a 7-bit encoding is declared.
   Pieces of it that were pasted in an old Vietnamese font, or encoded twice, are mended (``text/mend.py``).
4. UTF-8 with a few broken bytes (summaries cut by byte count are common) keeps its good characters, also where
   something else is declared.
5. Bytes that read as Vietnamese by an encoding from before Unicode (TCVN3, VNI, windows-1258, VISCII) are read by it,
   unless the declared encoding reads as well: old pages declare what their editor's program happened to write.
6. Then the header's charset, then the document's own, each only where it decodes without error.
7. Otherwise windows-1252, as browsers do; markup that is torn by it is refused.
"""

import codecs
import re
import unicodedata

from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.text.legacy import DECLARED, LEGACY, latin_of
from aggregator.text.mend import best_reading, is_torn, mend_markup
from aggregator.text.plausible import READS_WELL, judge

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEVEN_BIT = frozenset({"iso2022_jp", "iso2022_kr", "hz"})
_TEXT_CODECS = re.compile(
    r"(?:utf|iso|windows|cp|big5|gb|euc|shift|koi|ascii|us-ascii|latin|tis|mac|hz|x-)", re.IGNORECASE
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FORBIDDEN_BYTES = bytes(set(range(0x20)) - set(b"\t\n\r"))
_NOT_LETTERS = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>|&#?\w{1,8};", re.IGNORECASE | re.DOTALL)
_SNIFFED_BYTES = 2048
_JUDGED_CHARACTERS = 200_000
_MAX_BROKEN_SHARE = 0.05
_SURE_SEQUENCES = 8  # that many letters in valid UTF-8, among few broken ones, are no accident
_MAX_LOST_SHARE = 0.5
_DECLARED_SHARE = 0.5  # of words that a declared Vietnamese encoding makes syllables


def decode(body: bytes, content_type: str = "") -> str:
    """The text of ``body`` without byte order mark and without characters that XML forbids.

    Raises ParseFailed (bad_encoding) for a page, feed or JSON answer whose words no known encoding makes readable.
    """
    text = _decode(body, content_type).lstrip("\ufeff")
    # Forbidden characters are rare and the pattern is slow: in UTF-8 their bytes tell at once that there are none.
    if len(body.translate(None, _FORBIDDEN_BYTES)) == len(body) and b"\xef\xbf" not in body and "\ufffe" not in text:
        return text
    return _ILLEGAL.sub("", text)


def _decode(body: bytes, content_type: str) -> str:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _mended(body[len(mark) :].decode(name, "replace"))
    wide = _wide_encoding(body[:_SNIFFED_BYTES])
    if wide:
        return _mended(body.decode(wide, "replace"))
    names = [name for name in (_of_header(content_type), _of_document(body)) if name]
    if not any(name in _SEVEN_BIT for name in names):
        try:
            return _mended(body.decode("utf-8"))
        except UnicodeDecodeError:
            pass
    return _not_utf8(body, names)


def _mended(text: str) -> str:
    """``text`` with its pieces in other encodings mended."""
    mended = mend_markup(text)
    if mended.lost > _MAX_LOST_SHARE:
        raise ParseFailed(Outcome.BAD_ENCODING, f"{mended.lost:.0%} of the text is in no encoding that can be read")
    return mended.text


def _not_utf8(body: bytes, names: list[str]) -> str:
    """The text of bytes that are no valid UTF-8, by what is declared and by what reads as Vietnamese."""
    broken = _mostly_utf8(body)
    if broken is not None and sum(1 for letter in broken if not letter.isascii()) >= _SURE_SEQUENCES:
        return _mended(broken)
    declared = next((text for name in names if (text := _by_name(body, name)) is not None), None)
    if declared is None or not _reads_well(declared):
        vietnamese = _by_reading(body)
        if vietnamese is not None:
            return vietnamese
    text = declared or broken or latin_of(body)
    if body.lstrip()[:1] in {b"<", b"{", b"["} and is_torn(_words(text)):
        raise ParseFailed(Outcome.BAD_ENCODING, f"no encoding makes the text readable (declared: {names or 'none'})")
    return text


def _by_name(body: bytes, name: str) -> str | None:
    """The text by a declared encoding other than UTF-8, None where it does not decode."""
    if name == "utf-8":
        return None
    if name in LEGACY:
        text = LEGACY[name](latin_of(body))
        return text if judge(_words(text)).share >= _DECLARED_SHARE else None
    try:
        return body.decode(name)
    except (UnicodeDecodeError, LookupError):
        return None


def _by_reading(body: bytes) -> str | None:
    """The text by the encoding from before Unicode that makes it Vietnamese, None where none does."""
    latin = latin_of(body)
    found = best_reading(_words(latin))
    return unicodedata.normalize("NFC", LEGACY[found[1]](latin)) if found is not None else None


def _reads_well(text: str) -> bool:
    return judge(unicodedata.normalize("NFC", _words(text))).share >= READS_WELL


def _words(text: str) -> str:
    """What a reader sees of a document's beginning, roughly."""
    return _NOT_LETTERS.sub(" ", text[:_JUDGED_CHARACTERS])


def _mostly_utf8(body: bytes) -> str | None:
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = sum(1 for letter in text if not letter.isascii())
    return text.replace("\ufffd", "") if broken <= 1 + foreign * _MAX_BROKEN_SHARE else None


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 or UTF-32 by where the zero bytes of its ASCII markup stand."""
    if head.count(0) * 4 < len(head):
        return None
    quarters = [head[offset::4].count(0) for offset in range(4)]
    size = max(len(head) // 4, 1)
    names: dict[tuple[bool, ...], str] = {
        (False, True, True, True): "utf-32-le",
        (True, True, True, False): "utf-32-be",
        (False, True, False, True): "utf-16-le",
        (True, False, True, False): "utf-16-be",
    }
    return names.get(tuple(count * 2 > size for count in quarters))


def _of_header(content_type: str) -> str | None:
    found = _HEADER_CHARSET.search(content_type)
    return _known(found[1]) if found else None


def _of_document(body: bytes) -> str | None:
    found = _DECLARED.search(body[:_SNIFFED_BYTES])
    return _known(found[1].decode("ascii", "replace")) if found else None


def _known(name: str) -> str | None:
    """Our name of a Vietnamese encoding, else Python's of a text encoding.

    Codecs that are no character sets (zip, rot13…) are not known.
    """
    vietnamese = DECLARED.get(re.sub(r"[^a-z0-9]", "", name.lower()))
    if vietnamese or not _TEXT_CODECS.match(name):
        return vietnamese
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
