"""Old Vietnamese encodings and twice-encoded text are read as they were meant; everything else is left alone."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.text.legacy import LEGACY, bytes_of, from_tcvn3, from_vni, latin_of
from aggregator.text.mend import best_reading, mend_markup, mend_text
from tests.core.vietnamese import (
    SENTENCES,
    WRITTEN,
    encoded_twice,
    without_controls,
    without_tone_capitals,
    written_in_tcvn3,
    written_in_vni,
)

_WORDS = " ".join(SENTENCES).split()


@st.composite
def passages(draw: st.DrawFn, letters: int = 40) -> str:
    """Running words of our sentences, at least so many letters of them."""
    at = draw(st.integers(0, len(_WORDS) - 1))
    taken: list[str] = []
    while sum(map(str.isalpha, " ".join(taken))) < letters:
        taken.append(_WORDS[at % len(_WORDS)])
        at += 1
    return " ".join(taken)


def _kept(name: str, text: str) -> str:
    return without_tone_capitals(text) if name == "tcvn3" else text


@pytest.mark.parametrize("name", LEGACY)
@given(text=passages())
def test_forty_letters_in_an_old_encoding_come_back_exactly(name: str, text: str) -> None:
    assert mend_text(WRITTEN[name](text)) == _kept(name, text)


@pytest.mark.parametrize("name", LEGACY)
def test_the_encoding_itself_is_recognised(name: str) -> None:
    found = best_reading(WRITTEN[name](" ".join(SENTENCES)))
    assert found == (_kept(name, " ".join(SENTENCES)), name)


@given(text=passages(), times=st.integers(1, 3))
def test_text_encoded_again_and_again_comes_back_exactly(text: str, times: int) -> None:
    spoilt = text
    for _ in range(times):
        spoilt = encoded_twice(spoilt)
    assert mend_text(spoilt) == text


@given(text=passages())
def test_text_read_as_latin_1_comes_back_exactly(text: str) -> None:
    assert mend_text(text.encode().decode("latin-1")) == text


@given(text=passages())
def test_lost_bytes_are_restored_or_the_text_is_refused(text: str) -> None:
    assert mend_text(without_controls(text)) in {text, None}
    assert mend_text(without_controls(text).replace("\xa0", " ").replace("\xad", "")) in {text, None}


def test_a_lost_byte_that_leaves_two_common_words_is_refused() -> None:
    assert mend_text(without_controls("Thư mời các vị đại biểu")) is None


@pytest.mark.parametrize(
    ("latin", "meant"),
    [
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("UBND x· th«ng b¸o lÞch tiÕp d©n", "UBND xã thông báo lịch tiếp dân"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("ÑOÄC LAÄP – TÖÏ DO – HAÏNH PHUÙC", "ĐỘC LẬP – TỰ DO – HẠNH PHÚC"),
        ("Ñaûng boä tænh Ngheä An", "Đảng bộ tỉnh Nghệ An"),
        ("Hội nghá»‹ tá»•ng káº¿t nÄƒm 2025", "Hội nghị tổng kết năm 2025"),
        ("Itâ€™s a cafÃ©", "It’s a café"),
    ],
)
def test_titles_of_old_pages_read_as_they_were_meant(latin: str, meant: str) -> None:
    assert mend_text(latin) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Vi\ufffdt Nam: H\ufffdi ngh\ufffd t\ufffdng k\ufffdt",
        "H?i ngh? t?ng k?t công tác M?t tr?n",
        "H?i ngh? t?ng k?t",
        "Thá»? vá»? Ä‘iá»?u nÃ y",
    ],
)
def test_text_whose_letters_are_lost_is_refused(text: str) -> None:
    assert mend_text(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Lịch\x85 tiếp\x90 xúc cử tri",
        "UBND\x85 tỉnh họp\x90 với Facebook\x81 về an toàn mạng",
        "\x84Hội nghị\x93 Mặt trận\x90",
        "Họ\x90p Quố\x81c hộ\x8di",
    ],
)
def test_stray_control_characters_in_readable_text_lose_nothing(text: str) -> None:
    assert mend_text(text) == text


@pytest.mark.parametrize("text", ["Vi\x90t Nam h\x8dp v\x81 k\x84 ho\x90ch", "T\x81in \x8d\x81c t\x90\x81c V\x9d\xbft"])
def test_control_characters_in_the_place_of_letters_are_a_loss(text: str) -> None:
    assert mend_text(text) is None


@pytest.mark.parametrize(
    "text",
    [
        *SENTENCES,
        "“NÔNG THÔN MỚI CẤP XÔ", "CẤP XÃ” – ĐÃ XONG", "© 2025 Báo Nghệ An", "Bụi mịn 2,5 µm và 38 °C ở Đà Nẵng",
        "Thủ tướng Đức Friedrich Merz gặp tổng thống Erdoğan", "Cà phê Đắk Lắk, hồ tiêu Krông Nô",
        "Sao lại thế? Vì đâu?", "https://a.example/b?c=d Xem thêm",
        "Müller grüßt die Größe der Straße über die Brücke", "“Ä” und „Ö“ sind Umlaute",
        "À l’été, le café était déjà fermé à côté du théâtre", "O São João é só à noite, não há ninguém lá",
        "¿Qué pasó mañana? «Mamá» volvió", "Smørrebrød på fjorden, Ærø og Åland", "Þórður á Íslandi er þá hér",
        "Příliš žluťoučký kůň úpěl ďábelské ódy", "Zażółć gęślą jaźń", "Árvíztűrő tükörfúrógép",
        "Съешь же ещё этих мягких французских булок", "日本語のテキスト", "km² và m³ nước", "5 ½ giờ",
        "What?No!", "Windows®XP on Intel®Core", "It´s late, don´t wait", "naïve café", "Việt Nam",
        "Hà Nội", "Cà Mau", "",
    ],
)  # fmt: skip
def test_ordinary_text_of_any_language_is_left_alone(text: str) -> None:
    assert mend_text(text) == text


@settings(max_examples=400)
@given(
    st.one_of(
        st.text(),
        st.text(alphabet=[chr(code) for code in range(0x20, 0x100)]),
        st.lists(st.sampled_from([*_WORDS, *map(written_in_vni, _WORDS), *map(encoded_twice, _WORDS)])).map(" ".join),
        st.lists(st.sampled_from([*map(written_in_tcvn3, _WORDS), *map(without_controls, _WORDS)])).map(" ".join),
    )
)
def test_mending_twice_is_mending_once(text: str) -> None:
    once = mend_text(text)
    assert once is None or mend_text(once) == once


@given(st.binary())
def test_latin_text_keeps_every_byte(body: bytes) -> None:
    assert bytes_of(latin_of(body)) == body


@pytest.mark.parametrize("name", LEGACY)
def test_a_table_gives_composed_letters_and_leaves_ascii_alone(name: str) -> None:
    plain = "".join(map(chr, range(0x20, 0x7F)))
    assert LEGACY[name](plain) == plain
    shown = LEGACY[name]("".join(latin_of(bytes([code])) for code in range(0x80, 0x100)))
    assert unicodedata.normalize("NFC", shown) == shown


def test_every_vowel_with_every_tone_is_in_each_encoding() -> None:
    for base in "aăâeêioôơuưy":
        for tone in ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"):
            letter = unicodedata.normalize("NFC", base + tone)
            assert from_tcvn3(written_in_tcvn3(letter)) == letter
            assert from_vni(written_in_vni(letter)) == letter
            assert from_vni(written_in_vni(letter.upper())) == letter.upper()


def test_pieces_in_an_old_font_are_mended_inside_an_ordinary_page() -> None:
    page = '<h1 class="tên">Đường về bản</h1>\n<p><font face=".VnTime">{}</font></p><a href="/bai-©">Xem thêm</a>'
    assert mend_markup(page.format(written_in_tcvn3(SENTENCES[1]))).text == page.format(SENTENCES[1])


def test_an_old_font_in_entities_is_mended() -> None:
    mended = mend_markup("<p>C&eacute;ng h&szlig;a x&middot; h&eacute;i chñ nghÜa Vi&Ouml;t Nam &lt;b&gt;</p>")
    assert mended.text == "<p>Cộng hòa xã hội chủ nghĩa Việt Nam &lt;b&gt;</p>"


def test_entities_of_an_ordinary_page_stay() -> None:
    page = "<p>B&agrave; con n&ocirc;ng d&acirc;n đã gặt xong &copy; 2025</p>"
    assert mend_markup(page).text == page


def test_markup_that_cannot_be_mended_says_how_much_is_lost() -> None:
    mended = mend_markup("<p>Thá»? vá»? Ä‘iá»?u nÃ y</p><p>Đường về bản</p>")
    assert 0.5 < mended.lost < 0.8
