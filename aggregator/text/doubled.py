"""UTF-8 that was read as windows-1252 and written as UTF-8 again, once or several times ("Viá»‡t Nam").

1. A lead byte's sign and the signs of its continuation bytes are put back together wherever they stand.
2. The result counts when it reads better as Vietnamese, or when every sequence gives a common letter or sign.
3. Bytes that windows-1252 does not show (ề ọ ỏ ờ Đ hold one), the soft hyphen and the hard space are often lost on
   the way. What is left of the letter fits several; it is restored only where one of them makes a word.
"""

import itertools
import re
import unicodedata

from aggregator.text.legacy import bytes_of
from aggregator.text.plausible import READS_WELL, VIETNAMESE_LETTERS, is_syllable, judge

_TAIL = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_SEQUENCE = re.compile(f"[Â-ß]{_TAIL}|[à-ï]{_TAIL}{{2}}|[ð-ô]{_TAIL}{{3}}")
_QUOTES = frozenset("‘’“”»›–—…")  # what may follow a capital letter in honest text
_COMMON = (
    VIETNAMESE_LETTERS
    | frozenset(map(chr, range(0x80, 0x100)))
    | frozenset(
        "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ\u200b\u2010\u2011\u2015\u2032\u2033\ufeff→★●▶►✅\u0300\u0301\u0303\u0309\u0323"
    )
)

# What is left of a letter when one of its bytes is lost; what stands in the byte's place goes with it.
_LEFT = "Ã (?=[a-zđ ]|\\Z)|(?:á[»º]|[ÄÃ])[?\ufffd\x81\x8d\x8f\x90\x9d]?"
_LETTERS = "".join(sorted(VIETNAMESE_LETTERS - frozenset("Ãá")))
_WHOLE = f"[a-zA-Z{_LETTERS}]|á(?![»º])"
_INJURED = re.compile(f"(?:{_LEFT}|{_WHOLE})+")
_LEFT_ONE = re.compile(_LEFT)
_CHOICES = {"á»": "ềọỏờỐ", "áº": "ậẠ", "Ä": "Đ", "Ã": "íÁÍÝ"}
_LONGEST = 24  # characters of an injured word
_MOST_READINGS = 64
_MOST_ROUNDS = 6  # text that was encoded more often is no accident

# Syllables that outweigh the others of their frame: where several would be well spelt, a used one is taken if it is
# the only such. Frames with two used ones (mọi or mời, đề or đỏ) stay undecided on purpose.
_USED_WORDS = """
bề bền chiều chuyền dền đề đền diều hiền kiều kề liều liền lề lều miền mềm nền nề nghề phiền riềng thiền thuyền tiền
triền triều truyền viền về bọc bọn chọc chọn cọc dọc dọn đọc gọi gọn giọng giọt học họ họa họp hội lọc lọt mọc mọi
mọn ngọc ngọn ngọt nhọc nhọn rọi sọt thọ trọ trọng trọn vọng vọt bỏ bỏng cỏ đỏ giỏi hỏa hỏi hỏng khỏe khỏi lỏng mỏ
mỏng nhỏ sỏi thỏa tỏ tỏa tỏi bờ chờ cờ đời giờ lời mời ngờ nhờ rời sờ tờ thờ thời trời vời và là nhà hà gà già mà
phí khí chí áp ý
"""
_USED = frozenset(_USED_WORDS.split())


def undouble(text: str) -> str:
    """``text`` (NFC) with double encoding taken away, or ``text`` itself where there is none to be sure of."""
    best = text
    for _ in range(_MOST_ROUNDS):
        joined = _SEQUENCE.sub(_decoded, best)
        if joined == best:
            return _restored(best, best) if _shows_loss(best) else best
        if not _is_gain(best, joined):
            return _restored(best, joined)
        best = joined
    return text


def is_doubled(text: str) -> bool:
    """Whether ``text`` still holds what only double-encoded Vietnamese does."""
    return _MARK.search(text) is not None and "«" not in text


_MARK = re.compile(
    "á[»º](?=[\x80-\xbf€-™?\ufffd]|[a-zđ])|[a-zđư]á[»º]|Ä‘|Æ[°¡]|[a-zđ]Ã|Ã[a-zđ]|(?<!\\w)Ã(?!\\w)|Ä[\x90\ufffd]|Ä\\?[a-zà-ỹ]"
)


def _shows_loss(text: str) -> bool:
    return "á»" in text or "áº" in text or "Ä" in text or "Ã" in text


def _decoded(found: re.Match[str]) -> str:
    raw = bytes_of(found[0])
    try:
        return raw.decode() if raw is not None else found[0]
    except UnicodeDecodeError:
        return found[0]


def _is_gain(before: str, after: str) -> bool:
    """Whether putting sequences together made the text more likely."""
    gained = [(found[0], _decoded(found)) for found in _SEQUENCE.finditer(before)]
    if any(letter not in _COMMON for _, letter in gained):
        return False
    then, now = judge(before), judge(unicodedata.normalize("NFC", after))
    if now.share >= READS_WELL and (now.sound > then.sound or now.marked - now.sound < then.marked - then.sound):
        return True
    strong = [signs for signs, _ in gained if signs[1] not in _QUOTES]
    return not then.reads_well and (len(strong) > 1 or (bool(strong) and len(strong) == len(gained)))


def _restored(text: str, joined: str) -> str:
    """``joined`` with injured letters restored when the whole then reads as Vietnamese, else ``text``."""
    then = judge(text)
    if not then.may_be_native and "á»" not in text and "áº" not in text:  # Ä and Ã of another language
        return text
    whole = unicodedata.normalize("NFC", _INJURED.sub(_healed, joined))
    if is_doubled(whole):
        return text
    now = judge(whole)
    return whole if now.reads_well and now.may_be_native and now.sound - now.marked > then.sound - then.marked else text


def _healed(found: re.Match[str]) -> str:
    """An injured word as the one syllable that it can be, else as it stands."""
    parts: list[tuple[str, ...]] = []
    at, end = found.span()
    if end - at > _LONGEST or not _LEFT_ONE.search(found.string, at, end + 1):
        return found[0]
    for left in _LEFT_ONE.finditer(found.string, at, end + 1):
        if left.end() <= end:
            parts += [(found.string[at : left.start()],), _readings(left[0], found.string[left.end() : left.end() + 1])]
            at = left.end()
    parts.append((found.string[at:end],))
    readings = ["".join(choice) for choice in itertools.islice(itertools.product(*parts), _MOST_READINGS)]
    spelt = [reading for reading in readings if _is_spelt(reading)]
    if len(spelt) > 1:
        spelt = [reading for reading in spelt if reading.split(" ")[0].lower() in _USED or reading in _USED] or spelt
    return spelt[0] if len(spelt) == 1 else found[0]


def _is_spelt(reading: str) -> bool:
    words = reading.strip().split(" ")
    return all(is_syllable(word) and (len(word) > 1 or not word.isascii()) for word in words)


def _readings(left: str, following: str) -> tuple[str, ...]:
    """The letters that ``left`` may be the rest of, given the character after it."""
    if left == "Ã ":  # the hard space of "à" became an ordinary one, or a lost byte ended the word
        return ("à",) if following in {"", " "} else ("à", "à ", "í ", "Á ", "Í ", "Ý ")
    lead = next(lead for lead in _CHOICES if left.startswith(lead))
    return (*_CHOICES[lead], "à") if left == "Ã" and not following else tuple(_CHOICES[lead])
