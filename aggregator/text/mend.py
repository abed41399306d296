"""Fields and markup whose letters were read by a wrong encoding, mended or refused.

A publisher's system may answer in faultless UTF-8 and yet hold words that somebody pasted in an old font, or that an
import read wrongly. Such a text is mended when the result reads as Vietnamese and the text as it stands does not.
A text that no one can have written so, and that cannot be mended, is refused. Everything else is left alone: foreign
names and languages are no mistakes.
"""

import html
import re
import unicodedata
from dataclasses import dataclass

from aggregator.text.doubled import is_doubled, undouble
from aggregator.text.legacy import LEGACY, is_latin
from aggregator.text.plausible import Judgement, is_syllable, judge

# Latin-1 characters of ordinary Vietnamese text; any other (and capitals that wrong encodings leave) is looked at.
_ORDINARY = bytes(range(0x80)) + "\xa0ÀÁÂÈÉÊÍÓÔÕÙÚÝàáâãèéêìíòóôõùúý".encode("latin-1")
_CERTAIN = 0.85  # share of sound words that a legacy reading needs
_TWO = 2

_SIGNS = "¡¢£¤¥¦§¨©«¬®¯°±²³¶¸¹»¼½¾¿†‡‰€™ˆ˜ƒ\x80-\x9f"
_LETTER = "A-Za-zÀ-ÖØ-öø-ỹ"
_IN_WORD = re.compile(f"[{_LETTER}](?:[{_SIGNS}\u00ad\u00b7µºª]+)(?=[{_LETTER}])|[a-z][{_SIGNS}]")
_STRAY = re.compile(f"[{_LETTER}][{_SIGNS}]+(?=[{_LETTER}])")
_LOST = re.compile(f"[\x80-\x9f\ufffd](?=[{_LETTER}])|[{_LETTER}][\x80-\x9f\ufffd]")
_CONTROL = re.compile("[\x80-\x9f]+")
_CONTROLS = "".join(map(chr, range(0x80, 0xA0)))
_WITH_CONTROLS = re.compile(f"[{_LETTER}\x80-\x9f]+")
_MIXED_CASE = re.compile("[a-z][À-ÖØ-Þ]")
_ENTITY = re.compile(r"&(?:amp;)?(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_LATIN_ENTITY = re.compile(
    r"&(?:[AEIOUYaeiouy](?:acute|grave|circ|tilde|uml)|[ANOano]tilde|[Aa]ring|[Oo]slash|[Cc]cedil|AElig|aelig|szlig|ETH|eth|"
    r"THORN|thorn|micro|middot|para|cedil|sup[123]|ord[fm]|[lr]aquo|not|shy|reg|copy|macr|deg|plusmn|acute|uml|sect|"
    r"frac(?:12|14|34)|iquest|iexcl|brvbar|curren|pound|yen|cent|#1[6-9]\d|#2[0-5]\d|#x[aA-Fa-f][0-9A-Fa-f]);"
)
_TAG = re.compile(r"&lt;.{1,400}?&gt;", re.DOTALL)
_SEGMENT = re.compile(r"[^<>\n]+")
_SAMPLED = 40  # pieces by which it is decided whether a document is looked at whole
_SAMPLE = 1000  # characters of each


def mend_text(text: str) -> str | None:
    """``text`` as it was meant, or None when it cannot have been written so and nobody can tell what was meant.

    Text that is in order, and text of other languages, is returned as it is. Idempotent.
    """
    if not is_suspicious(text):
        return text
    mended = undouble(text)
    found = best_reading(mended)
    if found is not None:
        mended = found[0]
    return None if is_torn(mended) else mended


def is_suspicious(text: str) -> bool:
    """Whether ``text`` holds anything that ordinary Vietnamese does not; costs less than a microsecond for a title."""
    if not text.isascii() and _has_stray_letters(text):
        return True
    return "?" in text and _asked(text) > 0


def _has_stray_letters(text: str) -> bool:
    # The latin-1 codec drops all other letters at the speed of C.
    return bool(text.encode("latin-1", "ignore").translate(None, _ORDINARY)) or "\ufffd" in text


def _asked(text: str) -> int:
    """How many question marks stand inside a word, where a letter was lost ("H?i ngh?"); those of URLs do not count."""
    found = 0
    if not any(after[:1].islower() for after in text.split("?")[1:]):
        return 0
    for word in text.split():
        head, mark, tail = word.partition("?")
        if mark and "/" not in word and "=" not in word and (head[-1:].isalpha() or not head) and tail[:1].islower():
            found += 1
    return found


def best_reading(latin: str) -> tuple[str, str] | None:
    """``latin`` read by the legacy encoding that makes it Vietnamese, and the encoding's name; None when none does."""
    if not is_latin(latin):
        return None
    sample = sample_of(latin)
    as_it_is = judge(sample)
    if as_it_is.marked == 0 or as_it_is.reads_well or not as_it_is.may_be_native:
        return None
    judged = {name: judge(read(sample)) for name, read in LEGACY.items()}
    convincing = [name for name in LEGACY if _convinces(judged[name], as_it_is, sample)]
    if not convincing:
        return None
    best = max(convincing, key=lambda name: (judged[name].share, judged[name].common))
    return LEGACY[best](latin), best


def _convinces(judged: Judgement, as_it_is: Judgement, latin: str) -> bool:
    if judged.share < _CERTAIN or judged.share <= as_it_is.share:
        return False
    # One word may be a foreign name by chance, unless its letters stand as no language writes them.
    return judged.sound >= _TWO or _IN_WORD.search(latin) is not None or _MIXED_CASE.search(latin) is not None


def is_torn(text: str) -> bool:
    """Whether words hold what no language writes inside a word: lost characters and signs of a wrong encoding."""
    doubled = is_doubled(text)
    text = _without_noise(text)
    asked = _asked(text) if "?" in text else 0
    lost, stray = (0, 0) if text.isascii() else (len(_LOST.findall(text)), len(_STRAY.findall(text)))
    if not doubled and lost + stray == 0 and asked < _TWO:
        return False
    judged = judge(text)
    if doubled and (judged.may_be_native or judged.sound >= _TWO):
        return True
    if (lost >= _TWO and lost * 3 >= judged.marked) or (asked >= _TWO and asked * 6 >= judged.plain):
        return True
    # Signs stand inside words of other languages too (Intel®Core): only among Vietnamese words do they tell.
    return (lost > 0 or judged.native >= _TWO) and judged.may_be_native and not judged.reads_well


def _without_noise(text: str) -> str:
    """``text`` without stray C1 controls where it reads as Vietnamese without them: those took no letter's place."""
    if not _CONTROL.search(text):
        return text
    bare = _WITH_CONTROLS.sub(_without_controls, text)
    judged = judge(bare)
    return bare if judged.reads_well and judged.sound >= _TWO else text


def _without_controls(found: re.Match[str]) -> str:
    word = found[0]
    bare = _CONTROL.sub("", word)
    # A plain word with a control inside may have lost a letter, a marked one that is spelt right has lost none.
    return bare if not bare.isascii() and is_syllable(bare) else word.strip(_CONTROLS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """Markup after mending: ``lost`` is the share of its marked text that could not be mended."""

    text: str
    lost: float = 0.0


def mend_markup(text: str) -> Mended:
    """A document or body with the text between its tags mended, piece by piece; tags are kept as they are."""
    if not _has_stray_letters(text) and not ("&" in text and _LATIN_ENTITY.search(text)):
        return Mended(text=text)
    pieces = {piece: _shown(piece) for piece in _SEGMENT.findall(text)}
    doubtful = [piece for piece, shown in pieces.items() if not shown.isascii() and _has_stray_letters(shown)]
    samples = [sample_of(pieces[piece][:_SAMPLE]) for piece in doubtful[:: 1 + len(doubtful) // _SAMPLED]]
    if all(mend_text(sample) == sample for sample in samples):
        return Mended(text=text)
    mended = {piece: mend_text(pieces[piece]) for piece in doubtful}
    changed = {piece: new for piece, new in mended.items() if new is not None and new != pieces[piece]}
    lost = sum(len(piece) for piece, new in mended.items() if new is None)
    marked = sum(len(piece) for piece, shown in pieces.items() if not shown.isascii())
    return Mended(text=_SEGMENT.sub(lambda found: changed.get(found[0], found[0]), text), lost=lost / max(marked, 1))


def _shown(piece: str) -> str:
    """``piece`` with entities of Latin-1 letters and signs decoded: editors of the time wrote old fonts so."""
    return _LATIN_ENTITY.sub(lambda found: html.unescape(found[0]), piece) if "&" in piece else piece


def sample_of(text: str) -> str:
    """``text`` without the entities and escaped tags that would count as words, for judging."""
    if "&" in text:
        text = _ENTITY.sub(" ", _TAG.sub(" ", text))
    return unicodedata.normalize("NFC", text)
