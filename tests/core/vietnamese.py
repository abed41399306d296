"""Our own Vietnamese sentences, and how programs of the time wrote them in each encoding."""

import re
import unicodedata
from collections.abc import Callable

from aggregator.text.legacy import from_tcvn3, from_viscii, latin_of

SENTENCES = (
    "Sáng ngày 30 tháng 9, Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh tổ chức hội nghị tổng kết công tác năm.",
    "Nhân dân các xã vùng cao đã khắc phục hậu quả mưa lũ, dựng lại nhà cửa và đón học sinh trở lại trường.",
    "Người dân phường Thành Vinh phấn khởi tham gia ngày hội đại đoàn kết với nhiều hoạt động văn hóa sôi nổi.",
    "Đoàn đại biểu Quốc hội tiếp xúc cử tri, lắng nghe ý kiến về đất đai, môi trường và chế độ chính sách.",
    "Thường trực Tỉnh ủy yêu cầu các sở, ngành đẩy nhanh tiến độ giải ngân, tháo gỡ khó khăn cho doanh nghiệp.",
    "Cụ bà chín mươi tuổi vẫn miệt mài giữ nghề dệt thổ cẩm, truyền lại cho con cháu những hoa văn quý.",
    "Áp thấp nhiệt đới có khả năng mạnh lên thành bão, gây gió giật cấp tám và mưa rất to ở ven biển.",
    "Mỗi ngày, bếp ăn tình thương nấu hàng trăm suất cơm miễn phí cho bệnh nhân nghèo đang điều trị.",
)

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_VNI_SIGNS = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_VNI_ROOF = {"": "â", "\u0301": "á", "\u0300": "à", "\u0309": "å", "\u0303": "ã", "\u0323": "ä"}
_VNI_BREVE = {"": "ê", "\u0301": "é", "\u0300": "è", "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}
_VNI_WHOLE = {"đ": "ñ", "í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}


def _row(read: Callable[[str], str]) -> dict[str, str]:
    rows = {read(latin_of(bytes([code]))): latin_of(bytes([code])) for code in range(0xA1, 0x100)}
    low = {read(latin_of(bytes([code]))): latin_of(bytes([code])) for code in range(0x80, 0xA1)}
    return {**low, **rows} if read is from_viscii else rows


def written_in_tcvn3(text: str) -> str:
    """TCVN3 as a browser without the font shows it; capitals with tones stand in a second font, as small letters."""
    row = {letter: sign for letter, sign in _row(from_tcvn3).items() if letter.islower() or letter in "ĂÂÊÔƠƯĐ"}
    return "".join(row.get(letter, row.get(letter.lower(), letter)) for letter in text)


def without_tone_capitals(text: str) -> str:
    """``text`` as TCVN3 can keep it in one font."""
    return "".join(letter if letter.isascii() or letter in "ĂÂÊÔƠƯĐ" else letter.lower() for letter in text)


def written_in_viscii(text: str) -> str:
    """VISCII as windows-1252 shows it."""
    row = _row(from_viscii)
    return "".join(row.get(letter, letter) for letter in text)


def _vni_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    if letter != letter.lower():
        return _vni_letter(letter.lower()).upper()
    if letter in _VNI_WHOLE:
        return _VNI_WHOLE[letter]
    marks = unicodedata.normalize("NFD", letter)
    tone = next((mark for mark in marks if mark in _TONES), "")
    if "\u0302" in marks:
        return marks[0] + _VNI_ROOF[tone]
    if "\u0306" in marks:
        return marks[0] + _VNI_BREVE[tone]
    base = {"o": "ô", "u": "ö"}[marks[0]] if "\u031b" in marks else marks[0]
    return base + (_VNI_SIGNS[tone] if tone else "")


def written_in_vni(text: str) -> str:
    """VNI as windows-1252 shows it."""
    return "".join(map(_vni_letter, text))


def written_in_cp1258(text: str) -> str:
    """windows-1258 as windows-1252 shows it: tones stand after their vowels."""
    parts = []
    for letter in text:
        marks = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in marks if mark in _TONES)
        parts.append(unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in _TONES)) + tone)
    return latin_of("".join(parts).encode("cp1258"))


def encoded_twice(text: str) -> str:
    """UTF-8 read as windows-1252."""
    return latin_of(text.encode())


def without_controls(text: str) -> str:
    """Double-encoded text after a filter took the C1 controls away."""
    return re.sub("[\x80-\x9f]", "", encoded_twice(text))


WRITTEN: dict[str, Callable[[str], str]] = {
    "tcvn3": written_in_tcvn3,
    "vni": written_in_vni,
    "viscii": written_in_viscii,
    "cp1258": written_in_cp1258,
}
