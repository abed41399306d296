"""The items of a list page, by what repeats on it, and what finds headline, date, summary and picture in them.

1. An item is an element that repeats: many of one tag, name and parent, each leading to an address of its own, with a
   headline and mostly with a date. The group that tells most wins; menus tell neither dates nor sentences.
2. A headline is what differs from item to item: its heading, its link's text, else its shortest line that does.
3. A selector is chosen by trying it on every item.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from lxml import etree

from aggregator.model.source import Selectors
from aggregator.parse.files import is_download, is_picture
from aggregator.parse.propose_names import selectors_of, stable_names
from aggregator.parse.selectors import select_one
from aggregator.parse.tree import picture_of, text_of
from aggregator.text.urls import absolute_url

_FEWEST = 4  # items that make a list
_MOST_ITEMS = 120
_MOST_ELEMENTS = 30_000
_MOST_WITHIN = 200  # elements of an item that are looked at
_MOST_CANDIDATES = 60
_MOST_LINKS = 4  # article, category, author, comments
_TAGS = frozenset({"li", "div", "article", "tr", "dl", "dd", "section", "p", "a", "figure"})
_HEADINGS = ("h1, h2, h3, h4, h5",)
_HEADLINE = (12, 260)  # characters
_HEADLINE_WORDS = 4
_PROSE = 60  # characters of a summary
_DATE_LINE = 60  # characters of a line that is a date
_DATE = re.compile(
    r"\b\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4}\b|\d{1,3} (?:phút|giờ|ngày) trước|\b\d{4}-\d{2}-\d{2}\b|"
    r"\b\d{1,2} (?:tháng|thg) \d{1,2}",
    re.IGNORECASE,
)
_MOST = 0.7  # share of a list's items that must agree
_DIFFERENT = 0.8  # share of headlines that must differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One block of a list: the link it is about with its address, and its headline ("" when it has none)."""

    block: etree._Element
    link: etree._Element
    url: str
    headline: str


def best_items(root: etree._Element, base: str) -> list[Item]:
    """The items of the list that tells most of articles; [] when nothing repeats."""
    groups: dict[tuple[object, ...], list[etree._Element]] = defaultdict(list)
    for element in islice(root.iter(), _MOST_ELEMENTS):
        if element.tag in _TAGS and (parent := element.getparent()) is not None:
            key = (element.tag, frozenset(stable_names(element)), parent.tag, frozenset(stable_names(parent)))
            groups[key].append(element)
    best: tuple[float, list[Item]] = (0.0, [])
    for group in groups.values():
        blocks = _leaves(group)[:_MOST_ITEMS] if len(group) >= _FEWEST else []
        items = _items(blocks, base)
        weight = _weight(items) if len(items) >= max(_FEWEST, 0.6 * len(blocks)) else 0.0
        if weight > best[0]:
            best = (weight, items)
    return best[1]


def leads_on(url: str, base: str) -> bool:
    """Whether an address is a page of the same site, not its front page."""
    parts, own = urlsplit(url), urlsplit(base)
    if is_download(url) or is_picture(url) or not (parts.path.strip("/") or parts.query):
        return False
    host, home = parts.netloc.removeprefix("www."), own.netloc.removeprefix("www.")
    return host == home or host.endswith("." + home) or home.endswith("." + host)


def inner_selectors(items: Sequence[Item], base: str) -> Selectors:
    """What finds link, title, date, summary and picture within the items."""

    def leads(item: Item, element: etree._Element) -> bool:
        url = absolute_url(base, element.get("href") or "") if element.tag == "a" else None
        return url is not None and url.partition("#")[0] == item.url

    def heads(item: Item, element: etree._Element) -> bool:
        return bool(item.headline) and text_of(element) == item.headline

    def dates(_item: Item, element: etree._Element) -> bool:
        text = text_of(element)
        return len(text) <= _DATE_LINE and _DATE.search(text) is not None

    def sums_up(item: Item, element: etree._Element) -> bool:
        text = text_of(element)
        is_plain = len(text) >= _PROSE and select_one(element, ("h1, h2, h3, h4, h5, img",)) is None
        return is_plain and not text.startswith(item.headline or text)

    shown = [picture_of(image, base) for item in items for image in item.block.iter("img")]

    def shows(_item: Item, element: etree._Element) -> bool:
        address = picture_of(element, base) if element.tag == "img" else None
        return address is not None and shown.count(address) * 3 <= max(3, len(items))

    return Selectors(
        link=_finder(items, leads),
        title=_finder(items, heads),
        date=_finder(items, dates),
        summary=_finder(items, sums_up),
        image=_finder(items, shows),
    )


def _leaves(group: list[etree._Element]) -> list[etree._Element]:
    inner = {id(element) for element in group}
    holders = {id(parent) for element in group for parent in element.iterancestors() if id(parent) in inner}
    return [element for element in group if id(element) not in holders]


def _items(blocks: Sequence[etree._Element], base: str) -> list[Item]:
    """The blocks that lead to an address of their own, with their headlines."""
    found: dict[str, tuple[etree._Element, etree._Element]] = {}
    for block in blocks:
        main = _main_link(block, base)
        if main is not None:
            found.setdefault(main[1], (block, main[0]))
    headlines = [_headline(block, link) for block, link in found.values()]
    if len(set(headlines)) < _DIFFERENT * len(headlines):  # "Xem chi tiết"
        headlines = _own_lines([block for block, _link in found.values()])
    return [
        Item(block=block, link=link, url=url, headline=headline)
        for (url, (block, link)), headline in zip(found.items(), headlines, strict=True)
    ]


def _weight(items: Sequence[Item]) -> float:
    """How much a group tells of articles; 0 for one that is no list."""
    texts = [text_of(item.block) for item in items]
    headed = sum(len(item.headline.split()) >= _HEADLINE_WORDS for item in items)
    if headed < _MOST * len(items):
        return 0.0
    dated = sum(_DATE.search(text) is not None for text in texts)
    prose = sum(len(text) - len(item.headline) >= _PROSE for item, text in zip(items, texts, strict=True))
    return len(items) + 2.0 * dated + prose


def _main_link(block: etree._Element, base: str) -> tuple[etree._Element, str] | None:
    """The link a block is about, the one with most words, and its address; None where it leads to too much."""
    found: dict[str, tuple[int, etree._Element]] = {}
    for link in block.iter("a"):
        href = link.get("href") or ""
        url = absolute_url(base, href)
        if url is None or href.startswith("#") or not leads_on(url, base):
            continue
        words = len(text_of(link) or link.get("title") or "")
        url = url.partition("#")[0]
        if url not in found or words > found[url][0]:
            found[url] = (words, link)
        if len(found) > _MOST_LINKS:
            return None
    if not found:
        return None
    url = max(found, key=lambda key: found[key][0])
    return found[url][1], url


def _headline(block: etree._Element, link: etree._Element) -> str:
    heading = select_one(block, _HEADINGS)
    return text_of(heading) or max(text_of(link), link.get("title") or "", key=len)


def _own_lines(blocks: Sequence[etree._Element]) -> list[str]:
    """The shortest text under one name that differs from block to block and is no date; "" where none is."""
    best: tuple[float, list[str]] = (float("inf"), [""] * len(blocks))
    candidates: dict[str, None] = {}
    for block in blocks[:3]:
        for element in _within(block):
            if _HEADLINE[0] <= len(text_of(element)) <= _HEADLINE[1]:
                candidates.update(dict.fromkeys(selectors_of(element, within=block)))
    for selector in list(candidates)[:_MOST_CANDIDATES]:
        lines = [text_of(select_one(block, (selector,))) for block in blocks]
        told = [line for line in lines if len(line.split()) >= _HEADLINE_WORDS and not _is_date(line)]
        length = sum(map(len, told)) / max(1, len(told))
        if len(set(told)) >= _DIFFERENT * len(blocks) and length < best[0]:
            best = (length, lines)
    return best[1]


def _is_date(line: str) -> bool:
    return len(line) <= _DATE_LINE and _DATE.search(line) is not None


def _finder(items: Sequence[Item], fits: Callable[[Item, etree._Element], bool]) -> tuple[str, ...]:
    """The selector whose first find fits in most items, () where half of them have nothing that fits."""
    having = [item for item in items if any(fits(item, element) for element in _within(item.block))]
    if 2 * len(having) < len(items):
        return ()
    candidates: dict[str, None] = {}
    for item in having[:3]:
        for element in _within(item.block):
            if fits(item, element):
                candidates.update(dict.fromkeys(selectors_of(element, within=item.block)))
    best, most = "", len(having) / 2
    for selector in list(candidates)[:_MOST_CANDIDATES]:
        firsts = ((item, select_one(item.block, (selector,))) for item in having)
        hits = sum(first is not None and fits(item, first) for item, first in firsts)
        if hits > most:
            best, most = selector, hits
    return (best,) if best else ()


def _within(block: etree._Element) -> Iterator[etree._Element]:
    return islice(block.iterdescendants(), _MOST_WITHIN)
