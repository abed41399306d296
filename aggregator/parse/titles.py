"""The title of an article page, without the site's name that heads often add to it."""

import re
from urllib.parse import urlsplit

from lxml import etree

from aggregator.model.entry import FieldOrigin
from aggregator.parse.entries import MAX_TITLE, plain
from aggregator.parse.metadata import PageClaims
from aggregator.parse.selectors import select
from aggregator.parse.tree import text_of
from aggregator.text.fold import clean_text, fold, slugify

_SLUG_WORDS = 4  # fewer say too little
_STRANGE = 0.3  # share of the address's words that a title should have
_SURE = 0.6
_SITE = re.compile(r"\s+[|–—·»-]\s+|\s*\|\s*")


def page_title(
    root: etree._Element, claims: PageClaims, rules: tuple[tuple[str, FieldOrigin], ...], url: str
) -> tuple[str, FieldOrigin]:
    """The page's title and where it was read; ``("", HEADING)`` when it shows none.

    The heading that the first matching selector of ``rules`` finds comes first, then what the head says of the article,
    the first ``h1``, and the head's ``title``. Where the head describes no article, a title that shares no words with
    the page's address gives way to a heading that does: portals put their own name into ``h1`` and ``title``.
    """
    ruled = _ruled(root, rules)
    headings = [text for element in select(root, ("h1",))[:3] if (text := _text(element))]
    head = [(title, origin) for raw, origin in claims.titles if (title := plain(raw, limit=MAX_TITLE))]
    others = [*headings, *(title for title, _ in head)]
    described = [(_without_site(title, others, claims.site_name), origin) for title, origin in head]
    structured = described[: len(described) - (1 if claims.has_title_element else 0)]
    seen = [(heading, FieldOrigin.HEADING) for heading in headings]
    candidates = [*ruled, *structured, *seen, *described]
    if not candidates:
        return "", FieldOrigin.HEADING
    words = _slug_words(url)
    if not structured and len(words) >= _SLUG_WORDS and _share(candidates[0][0], words) < _STRANGE:
        lesser = (text for element in select(root, ("h2, h3, h4",))[:20] if (text := _text(element)))
        named = [*candidates[1:], *((text, FieldOrigin.HEADING) for text in lesser)]
        best = max(named, key=lambda title: _share(title[0], words), default=("", FieldOrigin.HEADING))
        if _share(best[0], words) >= _SURE:
            return best
    return candidates[0]


def _ruled(root: etree._Element, rules: tuple[tuple[str, FieldOrigin], ...]) -> list[tuple[str, FieldOrigin]]:
    """The heading of the first selector that finds any, when it has words."""
    for selector, origin in rules:
        if found := select(root, (selector,)):
            return [(text, origin) for element in found[:2] if (text := _text(element))][:1]
    return []


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
