import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.fold import clean_block, clean_text, fold, slugify

ANY_TEXT = st.text(st.characters(), max_size=60)  # surrogates too: feeds hold them


@pytest.mark.parametrize(
    ("one", "other"),
    [("hòa", "hoà"), ("Thủy", "Thuỷ"), ("xóa", "xoá"), ("ủy ban", "uỷ ban"), ("ĐÔNG", "đông"), ("Ðông", "Đông")],
)
def test_spelling_variants_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_folding_takes_accents_and_the_stroke_of_d_away() -> None:
    assert fold("Đẩy mạnh Cuộc vận động ở Nghệ An") == "day manh cuoc van dong o nghe an"


def test_composed_and_decomposed_text_fold_alike() -> None:
    assert fold(unicodedata.normalize("NFD", "Nghị quyết")) == fold(unicodedata.normalize("NFC", "Nghị quyết"))


def test_mathematical_letters_fold_to_plain_ones_but_are_displayed_as_written() -> None:
    assert fold("𝑵𝒈𝒉ệ 𝑨𝒏") == "nghe an"
    assert clean_text("𝑨𝒏") == "𝑨𝒏"


@given(ANY_TEXT)
def test_folding_twice_equals_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_clean_text_is_one_nfc_line_without_unseen_characters_and_stays_so(text: str) -> None:
    clean = clean_text(text)
    assert clean == clean_text(clean)
    assert clean == unicodedata.normalize("NFC", clean)
    assert not any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in clean)
    clean.encode()


@given(ANY_TEXT)
def test_clean_block_keeps_lines_and_stays_so(text: str) -> None:
    clean = clean_block(text)
    assert clean == clean_block(clean)
    assert not any(line != line.strip() or not line for line in clean.split("\n") if clean)


@given(ANY_TEXT, st.integers(1, 40))
def test_a_limit_is_kept(text: str, limit: int) -> None:
    assert len(clean_text(text, limit=limit)) <= limit


def test_a_long_text_is_cut_at_a_word() -> None:
    assert clean_text("Ủy ban Mặt trận Tổ quốc tỉnh", limit=20) == "Ủy ban Mặt trận Tổ…"


def test_hidden_characters_do_not_survive() -> None:
    assert clean_text("Tin\u200b \u202egiả\ufeff\x00 mạo\u00ad") == "Tin giả mạo"


def test_a_block_keeps_its_paragraphs() -> None:
    assert clean_block(" Một \t hai\r\n\r\n ba\u2028bốn ") == "Một hai\nba\nbốn"


@pytest.mark.parametrize(
    ("text", "slug"),
    [("Chủ trương, chính sách!", "chu-truong-chinh-sach"), ("Xã Hữu Khuông", "xa-huu-khuong"), ("…", ""), ("北", "")],
)
def test_a_slug_is_plain_words_joined_by_dashes(text: str, slug: str) -> None:
    assert slugify(text) == slug


def test_a_slug_is_bounded_and_ends_with_a_letter() -> None:
    slug = slugify("mặt trận " * 100)
    assert len(slug) <= 100
    assert not slug.endswith("-")
