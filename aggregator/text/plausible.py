"""How far a text reads as Vietnamese: the judgement by which an encoding is chosen.

1. Vietnamese is written in syllables, and their spelling is closed: an onset, one of some 160 rimes, at most one tone,
   which stands on the vowel that carries another mark, and which is acute or dot below before a final c, ch, p or t.
   Letters of a wrong encoding break these rules in nearly every word.
2. Only words with a letter or sign outside ASCII are evidence of an encoding. Plain words tell whether the text around
   them can be Vietnamese at all, so that foreign languages are left alone.
3. Abbreviations (HĐND, BĐBP), đ for đồng and single signs say nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

READS_WELL = 0.8  # share of marked words that are syllables; real news has above 0.9
_NATIVE = 0.6  # share of plain words that are syllables in a Vietnamese text
_JUDGED_WORDS = 4000
_LONGEST = len("nghiêng")

_TONES = {"grave": "\u0300", "acute": "\u0301", "tilde": "\u0303", "hook": "\u0309", "dot": "\u0323"}
_BASES = "aăâeêioôơuưy"
_TONE_OF = {unicodedata.normalize("NFC", base + mark): name for base in _BASES for name, mark in _TONES.items()}
_UNTONED = str.maketrans({unicodedata.normalize("NFC", b + mark): b for b in _BASES for mark in _TONES.values()})
_STOP_TONES = frozenset({"acute", "dot"})
_SHAPED = frozenset("ăâêôơư")  # vowels with a mark of their own; the tone stands on the last of them
VIETNAMESE_LETTERS = frozenset(
    letter for low in (*_TONE_OF, *_SHAPED, "đ") for letter in (low, low.upper()) if not letter.isascii()
)

_RIME_LIST = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê êch
êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot oong ooc oa oac
oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp
ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uô uôc uôi uôm uôn uông uôt uơ uy uya uych uyên uyêt uyn
uynh uyp uyt uyu ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yêm yên yêng yêt yêu
"""
_RIMES = frozenset(_RIME_LIST.split())
_ONSET = re.compile("(ngh|ng|nh|gh|kh|ph|th|tr|ch|[bcdđghklmnrstvx]|)(.*)", re.DOTALL)
_BEFORE_FRONT = frozenset({"k", "gh", "ngh"})
_BEFORE_BACK = frozenset({"c", "g", "ng"})
_PLACE_WORDS = frozenset({"đắk", "đăk", "lắk", "lăk", "kạn", "păng"})  # of the highlands

_COMMON_WORDS = """
bản bà bạn bảo bằng bé bị bộ bước các cán cấp cần cầu chế chỉ chị chính chủ chuyển chức chương chất có còn công của
cùng cũng cả cư cử cứu dân dự dụng dục dịch đã đang đào đảng đạo đất đạt đầu đặc đây đẩy đến đề để đều đi điểm điều
đình định đó đoàn đô đối đội đồng động đơn được đường giá giải giáo giới giữa gồm hà hàng hành hạn hậu hệ hiện hiểm
hiệu hình hòa học họp hỗ hộ hội hợp hướng huyện kế kết khác khách khẩu khắc khó không kiểm kiến kỳ là lại làm lãnh
lần lập lễ liên lĩnh lợi lớn lũ lực lượng lý mạnh mặt mẫu máy mẹ miền mình mọi một mới mở mức mưa mục năm nên này
nông ngày ngành nghề nghệ nghĩa nghị nghiệp nghìn nghỉ người nguồn nhà nhân nhất nhập nhiều nhiệm như những ở phát
phần pháp phải phí phòng phố phó phối phủ phương phường quá quả quản quốc quyền quyết rất sách sản sáng sẽ số sống
sở sự sử sức tác tại tài tạo tập tâm tất tế tỉnh tình tiến tiếp tiền tiêu tổ tổng tôi tới tốt toàn trách trại trên
trẻ trí triển trị trình trở trợ trường trưởng trước trọng trực tục tuổi tư từ từng tướng tượng thành thái tháng thấp
thấy thế thể thị thiết thời thông thống thôn thuộc thủ thường thực trả tuyến ủy ủng và vào văn vẫn vấn về vị vì việc
viên viện việt vốn với vùng vụ vực xã xây xét xóa xuất ý yếu yêu đại đấu độc hạnh phúc tự quỹ nghèo
"""
_COMMON = frozenset(_COMMON_WORDS.split())

# White space, ASCII signs and typography end a word; signs of Latin-1 do not, as old fonts put letters there.
_WORD = re.compile("[A-Za-z\x80-\x9f\u00a1-\u1fff\ufffd]+")
_EDGES = "«»©®°·²³¹¿¡´¨"
_NEUTRAL = re.compile("[A-ZĐĂÂÊÔƠƯ]+|[đ₫ºª]|[^\\w\x80-\x9f\ufffd]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Counts of words: ``marked`` ones bear anything outside ASCII, ``sound`` are those of them that are syllables.

    ``plain`` ones are ASCII, ``native`` those of them that are syllables.

    ``common`` are the sound ones that news is full of: they decide between readings that are all well spelt.
    """

    marked: int
    sound: int
    common: int
    plain: int
    native: int

    @property
    def share(self) -> float:
        """Share of the marked words that are syllables, 0 where there are none."""
        return self.sound / self.marked if self.marked else 0.0

    @property
    def reads_well(self) -> bool:
        """Whether the marked words are Vietnamese."""
        return self.marked > 0 and self.share >= READS_WELL

    @property
    def may_be_native(self) -> bool:
        """Whether the plain words do not speak against Vietnamese."""
        return self.native >= _NATIVE * self.plain


def judge(text: str) -> Judgement:
    """The judgement of ``text`` (NFC, without tags) by its first 4000 words."""
    marked = sound = common = plain = native = 0
    for word in _WORD.findall(text)[:_JUDGED_WORDS]:
        if word.isascii():
            if len(word) > 1 and not word.isupper():
                plain += 1
                native += is_syllable(word)
            continue
        bare = word.strip(_EDGES)
        if bare.isascii():
            continue
        spelt = is_syllable(bare)
        if spelt or not _NEUTRAL.fullmatch(bare):
            marked += 1
            sound += spelt
            common += spelt and bare.lower() in _COMMON
    return Judgement(marked=marked, sound=sound, common=common, plain=plain, native=native)


def is_syllable(word: str) -> bool:
    """Whether ``word`` (NFC, in any one case) is spelt as a Vietnamese syllable."""
    return 0 < len(word) <= _LONGEST and _is_syllable(word)


@lru_cache(maxsize=16384)
def _is_syllable(word: str) -> bool:
    low = word.lower()
    if not (word == low or word.isupper() or (word[0].isupper() and word[1:] == low[1:])):
        return False
    tones = [place for place, letter in enumerate(low) if letter in _TONE_OF]
    if len(tones) > 1:
        return False
    if low in _PLACE_WORDS:
        return True
    bare = low.translate(_UNTONED)
    tone = _TONE_OF[low[tones[0]]] if tones else ""
    if bare.endswith(("c", "ch", "p", "t")) and tone not in _STOP_TONES:
        return False
    shaped = [place for place, letter in enumerate(bare) if letter in _SHAPED]
    if tones and shaped and tones[0] != shaped[-1]:
        return False
    return _is_spelt(bare)


def _is_spelt(bare: str) -> bool:
    if bare.startswith("qu") and len(bare) > 2:  # noqa: PLR2004 - the length of "qu"
        return bare[2] in "aăâeêiyơô" and (bare[2:] in _RIMES or bare[1:] in _RIMES)
    if bare.startswith("gi") and (bare in {"gi", "gin"} or bare[2:] in _RIMES or bare[1:] in _RIMES):
        return True
    found = _ONSET.fullmatch(bare)
    onset, rime = (found[1], found[2]) if found else ("", bare)
    if rime not in _RIMES:
        return False
    front = rime[0] in "eêiy"
    return not (onset in _BEFORE_BACK if front else onset in _BEFORE_FRONT)
