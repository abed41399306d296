"""Vietnamese encodings from before Unicode: TCVN3 (ABC fonts), VNI, VISCII and windows-1258.

All of them put Vietnamese letters where other fonts have Latin-1 letters and signs. So one form serves both bytes and
text that somebody else has read wrongly already: **Latin text**, every byte shown as windows-1252 shows it, the five
bytes that windows-1252 leaves open as C1 controls. Tables:

- TCVN3: TCVN 5712:1993, range A1–FE. Its fonts have no capitals with tones: those stand in a second font in which
  small letters look like capitals, so a text whose plain letters are capitals is written in capitals.
- VNI: VNI Windows; a base letter and a following sign.
- VISCII: RFC 1456, with the six capitals that it puts among the controls.
- windows-1258: as Python knows it; tones are combining marks and are composed.
"""

import re
import unicodedata
from collections.abc import Callable

_HIGH = bytes(range(0x80, 0x100))
_SIGNS = {0x80 + place: sign for place, sign in enumerate(bytes(range(0x80, 0xA0)).decode("cp1252", "replace"))}
_SHOWN = {code: sign for code, sign in _SIGNS.items() if sign != "\ufffd"}  # C1 byte -> what windows-1252 shows
_BYTES = {ord(sign): code for code, sign in _SHOWN.items()}

_TCVN3_ROW = "ĂÂÊÔƠƯĐăâêôơưđẰ°±²³´àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏõóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
_VISCII_ROW = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡư"
    "àáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ"
)
_VISCII_CONTROLS = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}

# The rows of VNI: a base as VNI writes it, the same in Unicode; then acute, grave, hook, tilde, dot below.
_VNI_TONES = (("ù", "\u0301"), ("ø", "\u0300"), ("û", "\u0309"), ("õ", "\u0303"), ("ï", "\u0323"))
_VNI_BREVE = (("é", "\u0301"), ("è", "\u0300"), ("ú", "\u0309"), ("ü", "\u0303"), ("ë", "\u0323"))
_VNI_ROOF = (("á", "\u0301"), ("à", "\u0300"), ("å", "\u0309"), ("ã", "\u0303"), ("ä", "\u0323"))
_VNI_SINGLE = {"ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}  # í and ì are themselves


def _vni_pairs() -> dict[str, str]:
    pairs = {f"{base}â": roofed for base, roofed in zip("aeo", "âêô", strict=True)} | {"aê": "ă"}
    for base, plain in zip("aeouyôö", "aeouyơư", strict=True):
        pairs |= {base + sign: plain + mark for sign, mark in _VNI_TONES}
    for base in "aeo":
        pairs |= {base + sign: pairs[f"{base}â"] + mark for sign, mark in _VNI_ROOF}
    pairs |= {"a" + sign: "ă" + mark for sign, mark in _VNI_BREVE}
    composed = {pair: unicodedata.normalize("NFC", letter) for pair, letter in pairs.items()} | _VNI_SINGLE
    # A capital may bear a capital sign or, at the head of a word, a small one.
    heads = {pair[0].upper() + pair[1:]: letter.upper() for pair, letter in composed.items()}
    return composed | heads | {pair.upper(): letter.upper() for pair, letter in composed.items()}


def _from_bytes(letters: dict[int, str]) -> dict[int, str]:
    """A table of bytes made one of Latin text."""
    return {ord(_SHOWN.get(code, chr(code))): letter for code, letter in letters.items()}


_TCVN3 = _from_bytes(dict(enumerate(_TCVN3_ROW, 0xA1)))
_VISCII = _from_bytes(dict(enumerate(_VISCII_ROW, 0x80))) | _VISCII_CONTROLS
_CP1258 = _from_bytes(
    {
        code: letter
        for code, letter in zip(_HIGH, _HIGH.decode("cp1258", "replace"), strict=True)
        if letter != "\ufffd" and code >= 0xA0  # noqa: PLR2004 - below, it is windows-1252
    }
)
_VNI = _vni_pairs()
_VNI_LETTER = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_WORD = re.compile(r"[^\W\d_]+")


def latin_of(body: bytes) -> str:
    """Bytes as Latin text; every byte has its character."""
    return body.decode("latin-1").translate(_SHOWN)


def bytes_of(latin: str) -> bytes | None:
    """The bytes that Latin text shows, or None where it holds characters that no byte shows."""
    try:
        return latin.translate(_BYTES).encode("latin-1")
    except UnicodeEncodeError:
        return None


def is_latin(text: str) -> bool:
    """Whether ``text`` holds only what bytes show, so that it may be something else read wrongly."""
    return bytes_of(text) is not None


def from_tcvn3(latin: str) -> str:
    """Latin text that is TCVN3, as Vietnamese."""
    text = latin.translate(_TCVN3)
    return _capitals(text) if _in_capitals(text) else text


def _in_capitals(text: str) -> bool:
    """Whether the plain letters inside marked words are capitals: the text stands in the font of capitals."""
    inner = [letter for word in _WORD.findall(text) if not word.isascii() for letter in word[1:] if letter.isascii()]
    return bool(inner) and all(letter.isupper() for letter in inner)


def _capitals(text: str) -> str:
    return _WORD.sub(lambda word: word[0].upper(), text)


def from_vni(latin: str) -> str:
    """Latin text that is VNI, as Vietnamese."""
    return _VNI_LETTER.sub(lambda found: _VNI[found[0]], latin)


def from_viscii(latin: str) -> str:
    """Latin text that is VISCII, as Vietnamese."""
    return latin.translate(_VISCII)


def from_cp1258(latin: str) -> str:
    """Latin text that is windows-1258, as Vietnamese with its tones composed."""
    return unicodedata.normalize("NFC", latin.translate(_CP1258))


LEGACY: dict[str, Callable[[str], str]] = {
    "tcvn3": from_tcvn3,
    "vni": from_vni,
    "cp1258": from_cp1258,
    "viscii": from_viscii,
}

# Names by which documents declare them, in lower case and without signs.
DECLARED: dict[str, str] = {
    **dict.fromkeys(("tcvn", "tcvn3", "tcvn5712", "xviettcvn5712", "xviettcvn", "tcvn57121"), "tcvn3"),
    **dict.fromkeys(("vni", "xvietvni", "xvni"), "vni"),
    **dict.fromkeys(("viscii", "csviscii", "xviscii"), "viscii"),
    **dict.fromkeys(("windows1258", "cp1258", "xcp1258"), "cp1258"),
}
