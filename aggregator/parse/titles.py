"""The title of an article page, without the site's name that heads often add to it."""

import re
from urllib.parse import urlsplit

from lxml import etree

from aggregator.parse.entries import MAX_TITLE, plain
from aggregator.parse.metadata import PageClaims
from aggregator.parse.selectors import select
from aggregator.parse.tree import text_of
from aggregator.text.fold import clean_text, fold, slugify

_SLUG_WORDS = 4  # fewer say too little
_STRANGE = 0.3  # share of the address's words that a title should have
_SURE = 0.6
_SITE = re.compile(r"\s+[|–—·»-]\s+|\s*\|\s*")


def page_title(root: etree._Element, claims: PageClaims, selectors: tuple[str, ...], url: str) -> str:
    """The page's title; "" when it shows none.

    The heading found by ``selectors`` comes first, then what the head says of the article, the first ``h1``, and the
    head's ``title``. Where the head describes no article, a title that shares no words with the page's address gives
    way to a heading that does: portals put their own name into ``h1`` and ``title``.
    """
    ruled = [text for element in select(root, selectors)[:2] if (text := _text(element))]
    headings = [text for element in select(root, ("h1",))[:3] if (text := _text(element))]
    head = [title for raw in claims.titles if (title := plain(raw, limit=MAX_TITLE))]
    described = [_without_site(title, headings + head, claims.site_name) for title in head]
    from_title = 1 if claims.has_title_element else 0
    structured = described[: len(described) - from_title]
    candidates = [*ruled[:1], *structured, *headings, *described]
    if not candidates:
        return ""
    words = _slug_words(url)
    if not structured and len(words) >= _SLUG_WORDS and _share(candidates[0], words) < _STRANGE:
        others = [
            *candidates[1:],
            *(text for element in select(root, ("h2, h3, h4",))[:20] if (text := _text(element))),
        ]
        best = max(others, key=lambda text: _share(text, words), default="")
        if _share(best, words) >= _SURE:
            return best
    return candidates[0]


def _text(element: etree._Element) -> str:
    return clean_text(text_of(element), limit=MAX_TITLE)


def _slug_words(url: str) -> set[str]:
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2].partition(".")[0]
    return {word for word in slugify(last).split("-") if not any(map(str.isdigit, word))}


def _share(title: str, words: set[str]) -> float:
    return len(words & set(slugify(title).split("-"))) / len(words)


def _without_site(title: str, others: list[str], site_name: str) -> str:
    """``title`` without the site's name, where another title or the name itself shows which part that is."""
    folded = {fold(other) for other in others if other != title}
    for separator in reversed(list(_SITE.finditer(title))):
        head, tail = title[: separator.start()].strip(), title[separator.end() :].strip()
        if head and (fold(head) in folded or (site_name and fold(tail) == fold(site_name))):
            return head
    return title
