"""Whether a page is the one of the article that a list announced, or something else with an honest face: the home page,
a menu, a notice. Its text must never stand under the article's headline.

A page is the article's when its title shares enough words with the announced one, three at least, when it holds that
title's word pairs, or when it names the article's address as its own. A headline of a word or two decides nothing, nor
do the words by which sites call themselves: many a headline begins with the name of the commune whose portal it is on.
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
_FEWEST_SHARED: Final = 3
# Folded; phrases before the words in them.
_SITE_NAMES: Final = re.compile(
    r"\b(?:(?:cong|trang) thong tin(?: dien tu)?|(?:trang|cong) ttdt|thong tin dien tu|bao dien tu|website|"
    r"trang chu|trang nhat|gioi thieu(?: chung)?|"
    r"uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd|xa|phuong|thi tran|thi xa|huyen|thanh pho|tinh)\b"
)
_SHARED_PAIRS: Final = 0.6
_TEXT_CHARACTERS: Final = 20_000


def is_about(entry: Entry, page: Entry, *, site_name: str = "") -> bool:
    """Whether ``page``, fetched from the address of ``entry``, is that article's page; ``site_name``: its source's."""
    wanted = _words(entry.title)
    if len(wanted) < _FEWEST_WORDS or not (page.title or page.text):
        return True
    if _shares_title(wanted, _words(page.title), _words(site_name)):
        return True
    pairs = set(pairwise(wanted))
    held = pairs.intersection(pairwise(_words(page.text[:_TEXT_CHARACTERS])))
    return len(held) >= _SHARED_PAIRS * len(pairs) or _names_itself(entry, page)


def _shares_title(wanted: list[str], titled: list[str], site: list[str]) -> bool:
    """Whether the titles share enough words that tell one piece of news from another."""
    if wanted == titled:
        return True
    own, other = (_telling(words, site) for words in (wanted, titled))
    return len(own & other) >= max(min(_FEWEST_SHARED, len(own)), _SHARED_WORDS * min(len(own), len(other)))


def _telling(words: list[str], site: list[str]) -> set[str]:
    return set(_SITE_NAMES.sub(" ", " ".join(words)).split()).difference(site)


def _names_itself(entry: Entry, page: Entry) -> bool:
    try:
        return page.canonical_url is not None and identity_of(page.canonical_url, ()) == identity_of(entry.url, ())
    except ValueError:
        return False


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
