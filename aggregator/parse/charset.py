"""Bytes to text, whatever the document and its server say about the encoding.

1. A byte order mark wins.
2. Zero bytes in a pattern mean UTF-16 or UTF-32, also where something else is declared.
3. Text that is valid UTF-8 is UTF-8 (legacy text passes for it only by accident), unless a 7-bit encoding is declared.
4. Then the header's charset, then the document's own, each only where it decodes without error.
5. UTF-8 with a few broken bytes (summaries cut by byte count are common) keeps its good characters.
6. Otherwise windows-1252, as browsers do.
"""

import codecs
import re

_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SEVEN_BIT = frozenset({"iso2022_jp", "iso2022_kr", "hz"})
_TEXT_CODECS = re.compile(
    r"(?:utf|iso|windows|cp|big5|gb|euc|shift|koi|ascii|us-ascii|latin|tis|viscii|mac|hz|x-)", re.IGNORECASE
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_FORBIDDEN_BYTES = bytes(set(range(0x20)) - set(b"\t\n\r"))
_SNIFFED_BYTES = 2048
_MAX_BROKEN_SHARE = 0.05


def decode(body: bytes, content_type: str = "") -> str:
    """The text of ``body`` without byte order mark and without characters that XML forbids. Never raises."""
    text = _decode(body, content_type).lstrip("\ufeff")
    # Forbidden characters are rare and the pattern is slow: in UTF-8 their bytes tell at once that there are none.
    if len(body.translate(None, _FORBIDDEN_BYTES)) == len(body) and b"\xef\xbf" not in body and "\ufffe" not in text:
        return text
    return _ILLEGAL.sub("", text)


def _decode(body: bytes, content_type: str) -> str:
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    wide = _wide_encoding(body[:_SNIFFED_BYTES])
    if wide:
        return body.decode(wide, "replace")
    declared = [name for name in (_of_header(content_type), _of_document(body)) if name]
    if not any(name in _SEVEN_BIT for name in declared):
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    for name in declared:
        if name != "utf-8":
            try:
                return body.decode(name)
            except (UnicodeDecodeError, LookupError):
                continue
    return _mostly_utf8(body) or body.decode("windows-1252", "replace")


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
    """Python's name of a text encoding; codecs that are no character sets (zip, rot13…) are not known."""
    if not _TEXT_CODECS.match(name):
        return None
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None
