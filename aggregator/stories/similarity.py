"""Whether two titles tell of the same event.

Folded words and word pairs of a title are its shingles. Two articles may be one event when their titles share
enough shingles and no number, place or day speaks against it: a storm of another year, a congress of another
commune and a price of another day are other events.
"""

import re
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from zlib import crc32

from aggregator.text.fold import fold

WINDOW = timedelta(days=3)
ALIKE = 0.5  # Jaccard of shingles; below it recall rises slowly and wrong merges fast
MIN_SHINGLES = 5  # shorter titles ("Thông báo") say too little to merge by
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,/-]\d+)*")
_EMPTY_WORDS = frozenset(
    ("va", "cua", "la", "cho", "tai", "o", "voi", "cac", "nhung", "mot", "duoc", "tu", "den", "ve", "trong", "tren")
)


def title_shingles(title: str) -> tuple[int, ...]:
    """The title's folded words and word pairs as sorted 31-bit numbers, the same in all processes: pairs are odd."""
    words = [word for word in _WORD.findall(fold(title)) if word not in _EMPTY_WORDS]
    shingles = {crc32(word.encode()) >> 1 & ~1 for word in words}
    shingles.update(crc32(f"{first} {second}".encode()) >> 1 | 1 for first, second in pairwise(words))
    return tuple(sorted(shingles))


def pairs_of(shingles: Iterable[int]) -> list[int]:
    """The word pairs among a title's shingles: rare enough to look for others by."""
    return [shingle for shingle in shingles if shingle & 1]


def title_numbers(title: str) -> frozenset[str]:
    """The numbers a title names, as written."""
    return frozenset(_NUMBER.findall(title))


def numbers_disagree(first: str, second: str) -> bool:
    """Both titles name numbers and neither's are all in the other's."""
    one, other = title_numbers(first), title_numbers(second)
    return bool(one and other) and not (one <= other or other <= one)
