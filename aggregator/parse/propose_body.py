"""The body of article pages, found by comparing some of them, where the generic reader misses it.

What all sample pages show is the site's, what one shows alone is its article's. The body is the element, named alike on
every page, that holds most of such prose and least besides: links to other articles, the headline, the site's words.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from aggregator.model.entry import Entry
from aggregator.model.probe import SamplePage
from aggregator.model.source import Selectors
from aggregator.parse.files import is_download
from aggregator.parse.propose_names import selectors_of
from aggregator.parse.selectors import check_selector, select, select_one
from aggregator.parse.tree import picture_of, text_of
from aggregator.text.fold import fold

_BLOCKS = frozenset({
    "p", "div", "li", "h2", "h3", "h4", "h5", "td", "th", "blockquote", "figcaption", "section", "dd", "article",
    "main", "center",
})  # fmt: skip
_UNSEEN = frozenset({"script", "style", "noscript", "template", "nav", "iframe"})
_NEVER_A_BODY = frozenset({"body", "html", "p", "tr", "tbody", "table", "li", "ul"})
_LINE = 25  # characters that make a line
_PROSE = 40  # characters of a line that counts as prose
_DATE_LINE = 120  # characters of a line that is a date rather than a sentence about one
_DATE = re.compile(r"\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4}|\d{1,2} tháng \d{1,2},? (?:năm )?\d{4}", re.IGNORECASE)
_MOST_CANDIDATES = 400
_MISSED = 0.03  # share of the prose that a good reading may miss
_BESIDE = 0.03  # share of a good reading that may stand elsewhere
_PICTURE = 40  # characters that a picture is worth
_HEADING = 80  # and a headline or date costs
_MOST_DROPS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """A sample page, what it reads as under the rules known so far, and the lines that it alone holds."""

    sample: SamplePage
    root: etree._Element
    base: str
    read: Entry | None
    own: frozenset[str]

    @property
    def title(self) -> str:
        """The headline that the list shows, else the page's own."""
        return self.sample.entry.title or (self.read.title if self.read is not None else "")

    @property
    def summaries(self) -> tuple[str, ...]:
        """What the list and the page give as the summary, for comparing."""
        said = (self.sample.entry.summary, self.read.summary if self.read is not None else "")
        return tuple(_squeezed(text) for text in said if text)


def body_selectors(pages: Sequence[Sampled]) -> Selectors:
    """``page_body`` and ``page_drop`` where the generic reading of the pages loses or adds more than these would."""
    selector, regions = _best_region(pages)
    links = [_link_blocks(region) for region in regions]
    drops = _drops(regions, links, pages)
    faults = sum(_faults(page, region, held) for page, region, held in zip(pages, regions, links, strict=False))
    left = sum(_left(region, held, drops) for region, held in zip(regions, links, strict=True))
    return Selectors(page_body=(selector,), page_drop=drops) if faults > left else Selectors()


def lines_of(region: etree._Element, dropped: Collection[int] = frozenset()) -> Iterator[str]:
    """The lines of a region: the text of each block without that of the blocks in it."""
    for element in region.iter():
        if element.tag in _BLOCKS and id(element) not in dropped and (line := _line(element)):
            yield line


def words_of(text: str) -> list[str]:
    """The words of a text for comparing."""
    return re.findall(r"\w+", fold(text))


def _best_region(pages: Sequence[Sampled]) -> tuple[str, list[etree._Element]]:
    """The selector of the body and what it finds on each page; "" and nothing where no element is it."""
    weight, best = 0.0, ""
    found: list[etree._Element] = []
    tried: set[str] = set()
    for element in _holders(pages[0]):
        for selector in selectors_of(element):
            if selector in tried or len(tried) > _MOST_CANDIDATES or selector == element.tag:
                continue
            tried.add(selector)
            firsts = (select_one(page.root, (selector,)) for page in pages)
            regions = [first for first in firsts if first is not None]
            if len(regions) < len(pages) or regions[0] is not element:
                continue
            worth = sum(_worth(region, page) for region, page in zip(regions, pages, strict=True))
            if worth > weight and check_selector(selector) is None:
                weight, best, found = worth, selector, regions
    return best, found


def _holders(page: Sampled) -> Iterator[etree._Element]:
    """Elements around the page's own prose, the inner ones first, each once."""
    seen: set[etree._Element] = set()
    for element in page.root.iter(*_BLOCKS):
        if _line(element) in page.own:
            for holder in (element, *element.iterancestors()):
                if holder not in seen and holder.tag not in _NEVER_A_BODY:
                    seen.add(holder)
                    yield holder


def _worth(region: etree._Element, page: Sampled) -> float:
    """Characters of the article's prose in a region, less what does not belong to it."""
    title = words_of(page.title)
    worth = _PICTURE * min(5, sum(1 for _ in region.iter("img"))) - 0.01 * len(text_of(region))
    for line in lines_of(region):
        if _is_date(line) or words_of(line) == title:
            worth -= _HEADING
        elif line not in page.own:
            worth -= 2 * len(line)
        elif _squeezed(line) in page.summaries:
            worth -= len(line)  # the lead stands apart from the body
        elif len(line) >= _PROSE:
            worth += len(line)
    linked = sum(len(text_of(link)) for link in region.iter("a") if not is_download(link.get("href") or ""))
    titled = sum(words_of(text_of(heading)) == title for heading in region.iter("h1"))
    return worth - 2 * linked - _HEADING * titled


def _is_date(line: str) -> bool:
    return len(line) <= _DATE_LINE and _DATE.search(line) is not None


def _faults(page: Sampled, region: etree._Element, links: Sequence[etree._Element]) -> int:
    """Characters of the region's prose and pictures that the reading misses, and of strange lines that it holds.

    0 where they are within what a good reading may miss or add.
    """
    linked = {id(inner) for block in links for inner in block.iter()}
    wanted = [line for line in lines_of(region, linked) if line in page.own]
    if page.read is None:
        return sum(map(len, wanted))
    text = _squeezed(page.read.text)
    missing = sum(len(line) for line in wanted if _squeezed(line) not in text)
    inside, others = _squeezed(text_of(region)), _squeezed(" ".join(map(text_of, links)))
    lines = [line for line in page.read.text.split("\n") if len(line) >= _LINE]
    beside = sum(len(line) for line in lines if _squeezed(line) not in inside or _squeezed(line) in others)
    got = {image.url for image in page.read.images}
    shown = {picture_of(image, page.base) for image in region.iter("img") if id(image) not in linked}
    lost = sum(_PICTURE for url in shown if url and url not in got and url not in page.read.body)
    missing = missing if missing > _MISSED * sum(map(len, wanted)) else 0
    return missing + lost + (beside if beside > _BESIDE * sum(map(len, lines)) else 0)


def _link_blocks(region: etree._Element) -> list[etree._Element]:
    """Blocks within a body that are mostly links to other articles."""
    found = []
    for element in region.iterdescendants("div", "ul", "section", "aside", "table", "dl"):
        links = [link for link in element.iter("a") if not is_download(link.get("href") or "")]
        linked = sum(len(text_of(link)) for link in links)
        if len(links) > 1 and linked >= 0.6 * len(text_of(element)):
            found.append(element)
    return found


def _drops(
    regions: Sequence[etree._Element], links: Sequence[Sequence[etree._Element]], pages: Sequence[Sampled]
) -> tuple[str, ...]:
    """What finds the blocks of links within the bodies, as far as they have names."""
    found: dict[str, None] = {}
    for region, blocks, page in zip(regions, links, pages, strict=False):
        for block in blocks:
            names = (name for name in selectors_of(block, within=region) if name != block.tag)
            name = next((name for name in names if not _takes_prose(page, region, name)), "")
            found.update({name: None} if name else {})
    return tuple(found)[:_MOST_DROPS]


def _left(region: etree._Element, links: Sequence[etree._Element], drops: tuple[str, ...]) -> int:
    """Characters of the blocks of links that would stay in the body."""
    dropped = {inner for drop in drops for part in select(region, (drop,)) for inner in part.iter()}
    return sum(len(text_of(block)) for block in links if block not in dropped)


def _takes_prose(page: Sampled, region: etree._Element, selector: str) -> bool:
    taken = select(region, (selector,))
    linked = sum(len(text_of(link)) for part in taken for link in part.iter("a"))
    return sum(len(text_of(part)) for part in taken) > 2 * linked + len(page.title)


def _line(element: etree._Element) -> str:
    """The text of a block that stands in no block within it, "" for a short or unseen one."""
    if any(parent.tag in _UNSEEN for parent in element.iterancestors()):
        return ""
    pieces: list[str] = [element.text or ""]
    for child in element:
        if child.tag not in _BLOCKS and child.tag not in _UNSEEN:
            is_inline = next(child.iterdescendants(*_BLOCKS), None) is None
            pieces += [" " if child.tag == "br" else "", text_of(child) if is_inline else ""]
        pieces.append(child.tail or "")
    line = " ".join("".join(pieces).split())
    return line if len(line) >= _LINE else ""


def _squeezed(text: str) -> str:
    return "".join(fold(text).split())
