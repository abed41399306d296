"""Vietnamese text in every wrong dress: converted or refused with a reason, never kept as mojibake."""

import unicodedata
from collections.abc import Callable

from aggregator.model.failures import Outcome
from tests.faults.fault import Fault, Seen
from tests.faults.wire import document, item, rss

RIGHT = "Mặt trận Tổ quốc tỉnh Nghệ An thăm hỏi đồng bào vùng lũ, động viên các hộ ổn định cuộc sống"
TONES = "\u0300\u0301\u0303\u0309\u0323"
TCVN3 = dict(zip(
    "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ",
    bytes.fromhex(
        "B5B6B7B8B9A8BBBCBDBEC6A9C7C8C9CACBAECCCECFD0D1AAD2D3D4D5D6D7D8DCDDDEDFE1E2E3E4ABE5E6E7E8E9ACEAEBECEDEE"
        "EFF1F2F3F4ADF5F6F7F8F9FAFBFCFDFE"
    ),
    strict=True,
))  # fmt: skip
_VNI_TONES = {"": "", "\u0301": "\xf9", "\u0300": "\xf8", "\u0309": "\xfb", "\u0303": "\xf5", "\u0323": "\xef"}
_VNI_HAT = {"": "\xe2", "\u0301": "\xe1", "\u0300": "\xe0", "\u0309": "\xe5", "\u0303": "\xe3", "\u0323": "\xe4"}
_VNI_BREVE = {"": "\xea", "\u0301": "\xe9", "\u0300": "\xe8", "\u0309": "\xfa", "\u0303": "\xfc", "\u0323": "\xeb"}
_VNI_HATS = {"â": "a", "ê": "e", "ô": "o"}
_VNI_LETTERS = {"đ": "\xf1", "ơ": "\xf4", "ư": "\xf6"}
_VNI_I = {"": "i", "\u0301": "\xed", "\u0300": "\xec", "\u0309": "\xe6", "\u0303": "\xf3", "\u0323": "\xf2"}


def split_tone(letter: str) -> tuple[str, str]:
    """A letter without its tone mark, and the mark."""
    parts = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in parts if mark in TONES), "")
    return unicodedata.normalize("NFC", parts.replace(tone, "")), tone


def to_cp1258(text: str) -> bytes:
    return "".join("".join(split_tone(letter)) for letter in text).encode("cp1258")


def to_tcvn3(text: str) -> bytes:
    return bytes(TCVN3[letter] if letter in TCVN3 else ord(letter) for letter in text)


def to_vni(text: str) -> bytes:
    return "".join(map(_vni, text)).encode("latin-1")


def _vni(letter: str) -> str:
    base, tone = split_tone(letter)
    if base == "i":
        return _VNI_I[tone]
    if base in _VNI_HATS:
        return _VNI_HATS[base] + _VNI_HAT[tone]
    if base == "ă":
        return "a" + _VNI_BREVE[tone]
    return _VNI_LETTERS.get(base, base) + _VNI_TONES[tone]


def doubled(text: str) -> bytes:
    """UTF-8 taken for windows-1252 and encoded as UTF-8 again."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode()).encode()


def _doc(base: str, title: str, declared: str = "") -> str:
    body = rss(item(title, f"{base}/bai", summary=f"{title}. {title}."))
    return body.replace('version="1.0"', f'version="1.0" encoding="{declared}"', 1) if declared else body


def _is_right_or_refused(seen: Seen) -> None:
    assert seen.titles <= {RIGHT}


def _text(
    case: str,
    encode: Callable[[str], bytes],
    *,
    declared: str = "",
    kind: str = "application/rss+xml",
    must: bool = True,
) -> Fault:
    """A feed in some encoding; unless it ``must`` be understood it may be refused, never be misread."""
    return Fault(
        id=case,
        serve=document(lambda base: encode(_doc(base, RIGHT, declared)), kind),
        outcomes=(Outcome.OK if must else frozenset({Outcome.OK, Outcome.BAD_ENCODING}),),
        titles=(RIGHT,) if must else None,
        check=_is_right_or_refused,
        never=("\ufffd", "Máº", "MÆt", "Maët", "Mã£", "Nghá»"),
    )


def _cleaned(case: str, title: str, shown: str) -> Fault:
    return Fault(
        id=case,
        serve=document(lambda base: _doc(base, title)),
        outcomes=(Outcome.OK,),
        titles=(shown,),
    )


def _starts_right(seen: Seen) -> None:
    (title,) = seen.titles
    assert title.startswith(RIGHT)


TEXT = (
    _text("utf8-plain", str.encode),
    _text("utf8-bom", lambda text: b"\xef\xbb\xbf" + text.encode()),
    _text("utf8-declared-latin1-in-header", str.encode, kind="application/rss+xml; charset=iso-8859-1"),
    _text("utf8-declared-latin1-in-xml", str.encode, declared="iso-8859-1"),
    _text("utf8-declared-utf16-in-xml", str.encode, declared="utf-16"),
    _text("utf8-declared-gb2312", str.encode, kind="text/xml; charset=gb2312"),
    _text("utf8-declared-nonsense", str.encode, declared="khong-co-bang-ma"),
    _text("utf8-declared-codec-that-is-none", str.encode, declared="rot13"),
    _text("utf16-with-mark", lambda text: text.encode("utf-16"), declared="utf-16"),
    _text("utf16-mark-declared-utf8", lambda text: text.encode("utf-16"), declared="utf-8",
          kind="text/xml; charset=utf-8"),
    _text("utf16-le-without-mark", lambda text: text.encode("utf-16-le"), declared="utf-16"),
    _text("utf16-be-without-mark", lambda text: text.encode("utf-16-be")),
    _text("utf32-without-mark", lambda text: text.encode("utf-32-le")),
    _text("nfd", lambda text: unicodedata.normalize("NFD", text).encode()),
    _text("cp1258-declared-in-header", to_cp1258, kind="text/xml; charset=windows-1258"),
    _text("cp1258-declared-in-xml", to_cp1258, declared="windows-1258"),
    _text("cp1258-undeclared", to_cp1258),
    _text("cp1258-declared-utf8", to_cp1258, declared="utf-8", kind="text/xml; charset=utf-8"),
    _text("cp1258-declared-latin1", to_cp1258, declared="iso-8859-1"),
    _text("tcvn3-undeclared", to_tcvn3, must=False),
    _text("tcvn3-declared-utf8", to_tcvn3, declared="utf-8", must=False),
    _text("tcvn3-as-characters", lambda text: to_tcvn3(text).decode("latin-1").encode(), must=False),
    _text("vni-undeclared", to_vni, must=False),
    _text("vni-declared-cp1252", to_vni, declared="windows-1252", must=False),
    _text("vni-as-characters", lambda text: to_vni(text).decode("latin-1").encode(), must=False),
    _text("utf8-encoded-twice", doubled, must=False),
    _text("utf8-encoded-twice-as-entities", lambda text: text.replace(
        RIGHT, "".join(f"&#{ord(letter)};" if ord(letter) > 127 else letter for letter in doubled(RIGHT).decode())
    ).encode(), must=False),
    _text("named-and-numeric-entities", lambda text: text.replace("ặ", "&#7863;").replace("ệ", "&#x1EC7;").encode()),
    _text("entities-escaped-twice",
          lambda text: text.replace("ặ", "&amp;#7863;").replace("ệ", "&amp;#x1EC7;").encode()),
    Fault(id="one-broken-byte", outcomes=(Outcome.OK,), titles=None, never=("\ufffd",),
          check=_starts_right,
          serve=document(lambda base: _doc(base, RIGHT + " HONG").encode().replace(b"HONG", b"\xe1\xbb"))),
    Fault(id="replacement-characters-everywhere", titles=(), outcomes=(frozenset({Outcome.BAD_ENCODING, Outcome.OK}),),
          never=("\ufffd", "M?t tr?n"),
          serve=document(lambda base: _doc(base, RIGHT.encode("ascii", "replace").decode().replace("?", "\ufffd")))),
    _cleaned("zero-width-characters", "Hội\u200b nghị\u200d Mặt\ufeff trận\u00ad xã", "Hội nghị Mặt trận xã"),
    _cleaned("bidi-overrides", "Thông báo \u202efdp.exe\u202c họp \u2066dân\u2069", "Thông báo fdp.exe họp dân"),
    _cleaned("c1-controls", "Lịch\u0085 tiếp\u0090 xúc cử tri", "Lịch tiếp xúc cử tri"),
    _cleaned("hard-line-breaks", "Hội\n  nghị\r\n\tMặt   trận xã Nam Đàn", "Hội nghị Mặt trận xã Nam Đàn"),
    _cleaned("old-and-new-tone-placement", "Ủy ban, Uỷ ban, Hòa Hoà, xóa xoá", "Ủy ban, Uỷ ban, Hòa Hoà, xóa xoá"),
    _cleaned("numbers-stay", "Ủng hộ 3.351 nhà, 38,5 tỷ đồng, số tài khoản 0123 4567 89",
             "Ủng hộ 3.351 nhà, 38,5 tỷ đồng, số tài khoản 0123 4567 89"),
    Fault(id="mathematical-letters", outcomes=(Outcome.OK,), titles=None,
          serve=document(lambda base: _doc(base, "𝑇𝑟𝑢̛𝑜̛̀𝑛𝑔 𝑆𝑜̛𝑛 huyền thoại đường mòn"))),
    Fault(id="zalgo", outcomes=(Outcome.OK,), titles=None,
          serve=document(lambda base: _doc(base, "Tin" + "\u0336\u0350" * 2000 + " quậy phá"))),
)  # fmt: skip
