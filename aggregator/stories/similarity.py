"""Whether two titles tell of the same event.

Folded words and word pairs of a title are its shingles. Two articles may be one event when their titles share
enough shingles and no number, place or day speaks against it: a storm of another year, a congress of another
commune and a price of another day are other events.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import blake2b
from itertools import pairwise

from aggregator.text.fold import fold

WINDOW = timedelta(days=3)
ALIKE = 0.5  # Jaccard of shingles; below it recall rises slowly and wrong merges fast
_MIN_SHINGLES = 5  # shorter titles ("Thông báo") say too little to merge by
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,/-]\d+)*")
_EMPTY_WORDS = frozenset(
    ("va", "cua", "la", "cho", "tai", "o", "voi", "cac", "nhung", "mot", "duoc", "tu", "den", "ve", "trong", "tren")
)


def title_shingles(title: str) -> tuple[int, ...]:
    """The title's folded words and word pairs as sorted 31-bit numbers, stable between processes."""
    words = _words(title)
    return _numbered({*words, *_pairs(words)})


def title_pairs(title: str) -> tuple[int, ...]:
    """The word pairs among a title's shingles: rare enough to look for candidates by."""
    return _numbered(set(_pairs(_words(title))))


def title_numbers(title: str) -> frozenset[str]:
    """The numbers a title names, as written."""
    return frozenset(_NUMBER.findall(title))


def alike(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """Jaccard similarity of two shingle sets, 0 when either is too short to judge."""
    if len(first) < _MIN_SHINGLES or len(second) < _MIN_SHINGLES:
        return 0.0
    one, other = set(first), set(second)
    return len(one & other) / len(one | other)


def numbers_disagree(first: str, second: str) -> bool:
    """Both titles name numbers and neither's are all in the other's."""
    one, other = title_numbers(first), title_numbers(second)
    return bool(one and other) and not (one <= other or other <= one)


def _words(title: str) -> list[str]:
    return [word for word in _WORD.findall(fold(title)) if word not in _EMPTY_WORDS]


def _pairs(words: Sequence[str]) -> Iterable[str]:
    return (f"{first} {second}" for first, second in pairwise(words))


def _numbered(grams: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted(int.from_bytes(blake2b(gram.encode(), digest_size=4).digest()) >> 1 for gram in grams))
