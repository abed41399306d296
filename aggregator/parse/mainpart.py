"""Where on a page the article stands, when no rules say it: the element that holds most of the page's prose.

What it rests on:

1. An article is paragraphs, or the rows of a schedule: long texts with few words in links. Teasers are short or wholly
   links. So every paragraph counts by its length beyond that of a teaser, for all elements around it.
2. Markup says what is not the article: side columns, comments, hidden text and share bars are named so. A name on most
   of the page's prose lies.
3. Going from the page inwards, the child with most of the prose is taken as long as it holds nearly all; where the
   prose is split between siblings, these are the parts of the article.
4. Paragraphs written by the same template have the same names: those beside the found element belong to it, as where
   a page shows its first paragraphs before its paywall's box.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from aggregator.parse.junk import NEVER, SELDOM, is_hidden, names_comments, names_of, names_other_things
from aggregator.parse.tree import elements_at, words_of

_paragraphs = elements_at(
    "descendant::p|descendant::tr[count(td)>1]|descendant::*[self::div or self::td or self::section or self::article "
    "or self::span or self::blockquote or self::li or self::dd][text()[string-length(normalize-space(.))>50]]"
)
_hints = elements_at("descendant::*[self::article or self::main or contains(@itemprop, 'articleBody')]")
_INLINE = frozenset({"a", "b", "i", "em", "strong", "span", "u", "font", "sup", "sub"})
_MAX_PARAGRAPHS = 4000
_MAX_CHARACTERS = 2_000_000  # looked at: nested elements hold the same words many times
_MAX_LINKS = 200  # of one paragraph
_LEAST = 25  # characters of a text that may be a paragraph
_TEASER = 60  # characters that a teaser's text has as well
_MOSTLY_LINKS = 0.5
_NEARLY_ALL = 0.65  # of the prose that the child holds into which the way leads
_MUCH = 0.4  # of the page's prose: more than a box beside the article holds
_HINTED = 0.35  # of the page's prose that an element holds which calls itself the article
_BOX = 600  # characters of prose: a box that is named for something else holds less
_BESIDE = 4  # steps outwards in which paragraphs of the same template are looked for
_SAME_TEMPLATE = 0.5  # of the found paragraphs: those of one name


@dataclass(frozen=True, slots=True, kw_only=True)
class MainPart:
    """The article's place: its element, and paragraphs of it that stand before and after that element."""

    element: etree._Element
    before: tuple[etree._Element, ...] = ()
    after: tuple[etree._Element, ...] = ()
    prose: int = 0  # characters of its paragraphs outside links


@dataclass(slots=True)
class _Survey:
    """What is known of a page's paragraphs: their prose, summed for every element around them."""

    paragraphs: list[tuple[etree._Element, int]] = field(default_factory=list)
    prose: dict[etree._Element, int] = field(default_factory=dict)  # of all paragraphs, characters
    weight: dict[etree._Element, int] = field(default_factory=dict)  # of those that may be the article's
    other: dict[etree._Element, bool] = field(default_factory=dict)
    whole: int = 0


def find_main(root: etree._Element) -> MainPart | None:
    """The part of a page that holds its article; None when the page has no paragraphs."""
    survey = _survey(root)
    if not survey.paragraphs:
        return None
    element = _descend(_start(root, survey), survey)
    before, after = _beside(element, survey)
    prose = sum(length for paragraph, length in survey.paragraphs if _within(paragraph, element))
    return MainPart(element=element, before=before, after=after, prose=prose)


def _survey(root: etree._Element) -> _Survey:
    survey = _Survey()
    found: list[tuple[etree._Element, int]] = []
    looked_at = 0
    for element in _paragraphs(root)[:_MAX_PARAGRAPHS]:
        words = len(_own_text(element))
        looked_at += words
        if words < _LEAST or looked_at > _MAX_CHARACTERS:
            continue
        linked = _linked(element)
        looked_at += linked
        if linked > words * _MOSTLY_LINKS:
            continue
        length = words - linked
        found.append((element, length))
        survey.whole += length
        for around in (element, *element.iterancestors()):
            survey.prose[around] = survey.prose.get(around, 0) + length
    for element, length in found:
        if _is_other(element, survey):
            continue
        survey.paragraphs.append((element, length))
        weight = max(0, length - _TEASER)
        inner = element.getparent() if element.tag in {"p", "span", "li", "tr"} else element
        while inner is not None:
            survey.weight[inner] = survey.weight.get(inner, 0) + weight
            inner = inner.getparent()
    return survey


def _own_text(element: etree._Element) -> str:
    """The words of a paragraph or table row; of other elements only those that stand in no block inside them."""
    if element.tag == "p":
        return words_of(element)
    cells = list(element) if element.tag == "tr" else [element]
    pieces: list[str] = []
    for cell in cells:
        pieces += [cell.text or ""]
        for child in cell:
            pieces += [(child.text or "") if child.tag in _INLINE else "", child.tail or ""]
        pieces.append(" ")
    return " ".join("".join(pieces).split())


def _linked(element: etree._Element) -> int:
    """Characters of a paragraph's words that are in links."""
    links = islice(element.iter("a"), _MAX_LINKS)
    return sum(len(words_of(link)) for link in links)


def _is_other(element: etree._Element, survey: _Survey) -> bool:
    """Whether an element, or one around it, is something else than the article."""
    known = survey.other.get(element)
    if known is None:
        parent = element.getparent()
        known = _looks_other(element, survey) or (parent is not None and _is_other(parent, survey))
        survey.other[element] = known
    return known


def _looks_other(element: etree._Element, survey: _Survey) -> bool:
    tag = element.tag
    if tag in NEVER:
        return True
    prose = survey.prose.get(element, 0)
    much = prose >= survey.whole * _MUCH
    if tag in SELDOM or is_hidden(element):
        return not much
    if tag in {"body", "html", "article", "main"}:
        return False
    names = names_of(element)
    return not much and names_other_things(names) and (prose < _BOX or names_comments(names))


def _start(root: etree._Element, survey: _Survey) -> etree._Element:
    """The element that calls itself the article and holds much of the prose, else the whole page."""
    hinted = max(_hints(root), key=lambda element: survey.weight.get(element, 0), default=root)
    enough = survey.weight.get(hinted, 0) >= max(1, survey.weight.get(root, 0) * _HINTED)
    return hinted if enough else root


def _descend(element: etree._Element, survey: _Survey) -> etree._Element:
    while True:
        child = max(element, key=lambda inner: survey.weight.get(inner, 0), default=None)
        if child is None or survey.weight.get(child, 0) < max(1, survey.weight.get(element, 0) * _NEARLY_ALL):
            return element
        element = child


def _beside(element: etree._Element, survey: _Survey) -> tuple[tuple[etree._Element, ...], tuple[etree._Element, ...]]:
    """Paragraphs near the found element, before and after it, that are named as most of those inside it are."""
    inside = [paragraph for paragraph, _ in survey.paragraphs if _within(paragraph, element)]
    named = Counter((paragraph.tag, paragraph.get("class", "")) for paragraph in inside)
    template, count = named.most_common(1)[0] if named else (("", ""), 0)
    if not template[1] or count < len(inside) * _SAME_TEMPLATE:
        return (), ()
    area = element
    for outer, _ in zip(element.iterancestors(), range(_BESIDE), strict=False):
        if outer.tag in {"body", "html"}:
            break
        area = outer
        if outer.tag == "article":
            break
    before: list[etree._Element] = []
    after: list[etree._Element] = []
    passed = False
    for paragraph, _ in survey.paragraphs:
        if _within(paragraph, element):
            passed = True
        elif (paragraph.tag, paragraph.get("class", "")) == template and _within(paragraph, area):
            (after if passed else before).append(paragraph)
    return tuple(before), tuple(after)


def _within(element: etree._Element, outer: etree._Element) -> bool:
    return element is outer or any(ancestor is outer for ancestor in element.iterancestors())
