"""What reads as Vietnamese, and what does not."""

import pytest

from aggregator.text.fold import clean_text, fold
from aggregator.text.plausible import is_syllable, judge
from tests.core.vietnamese import SENTENCES, WRITTEN

_SYLLABLES = (
    "nghiêng quốc Quỳnh giếng gì gìn khuya thuở hoà hòa thủy thuỷ quý tỷ NGƯỜI Đường ý ở ăn oẳn xoong yếu Ấn ngoéo "
    "khuỷu quyết giữa ghế kỳ nghỉ Đắk LẮK xuýt"
)
_OTHERS = "ngưọi ViÖt hßa Vieät mẫc các̀ thưc hàc đườngg ngê gẻ kà ngừơi cộNG Müller été straße café Seán báọ ß đ"


@pytest.mark.parametrize("word", _SYLLABLES.split())
def test_a_syllable_is_spelt_so(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", _OTHERS.split())
def test_anything_else_is_no_syllable(word: str) -> None:
    assert not is_syllable(word)


@pytest.mark.parametrize("text", SENTENCES)
def test_news_reads_well(text: str) -> None:
    judged = judge(text)
    assert judged.share == 1.0
    assert judged.may_be_native
    assert judged.common * 3 > judged.sound


@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("text", SENTENCES)
def test_news_in_a_wrong_encoding_does_not(name: str, text: str) -> None:
    assert not judge(WRITTEN[name](text)).reads_well


def test_abbreviations_and_signs_are_no_evidence() -> None:
    assert judge("HĐND, BĐBP: 500.000đ ©").marked == 0
    assert judge("ĐÔNG Ấn").sound == 2


def test_a_foreign_language_is_not_native() -> None:
    assert not judge("The quick brown fox jumps over the lazy dog").may_be_native


def test_unseen_characters_are_stripped_and_letters_composed() -> None:
    assert clean_text("Vie\u0302\u0323t\u200b N\u202eam\u0007\u0085 x\u00ad") == "Việt Nam x"


def test_mathematical_letters_are_found_by_search() -> None:
    assert fold("𝑄𝑢𝑎̉𝑛𝑔 𝐭𝐫𝐮̛𝐨̛̀𝐧𝐠") == "quang truong"
