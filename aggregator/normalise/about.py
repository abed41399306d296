"""Whether a page is the one of the article that a list announced, or something else with an honest face: the home page,
a menu, a notice. Its text must never stand under the article's headline.

A page is the article's when its title shares enough words with the announced one, when it holds that title's word
pairs, or when it names the article's address as its own. A headline of a word or two decides nothing.
"""

import re
from itertools import pairwise
from typing import Final

from aggregator.model.entry import Entry
from aggregator.text.fold import fold
from aggregator.text.urls import identity_of

_WORD: Final = re.compile(r"[^\W_]+")
_FEWEST_WORDS: Final = 4
_SHARED_WORDS: Final = 0.3  # of the shorter title's
_SHARED_PAIRS: Final = 0.6
_TEXT_CHARACTERS: Final = 20_000


def is_about(entry: Entry, page: Entry) -> bool:
    """Whether ``page``, fetched from the address of ``entry``, is that article's page."""
    wanted = _words(entry.title)
    if len(wanted) < _FEWEST_WORDS or not (page.title or page.text):
        return True
    titled = set(_words(page.title))
    if titled and len(titled.intersection(wanted)) >= _SHARED_WORDS * min(len(titled), len(set(wanted))):
        return True
    pairs = set(pairwise(wanted))
    held = pairs.intersection(pairwise(_words(page.text[:_TEXT_CHARACTERS])))
    return len(held) >= _SHARED_PAIRS * len(pairs) or _names_itself(entry, page)


def _names_itself(entry: Entry, page: Entry) -> bool:
    try:
        return page.canonical_url is not None and identity_of(page.canonical_url, ()) == identity_of(entry.url, ())
    except ValueError:
        return False


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
