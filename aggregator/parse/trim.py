"""A found article without what is not the article: its own title, bylines, links to others, share bars, notices.

Which facts it rests on:

1. The title is shown above the body by us: an ``h1`` or a line that says it would show it twice. Another ``h1`` stays.
2. A block whose words are mostly links leads elsewhere; files and videos are the exception. A headline that is a link
   is another article's, and the box around it its teaser.
3. Between the title and the first paragraph stand who wrote it and when: short lines with a date or a name.
4. A picture and the line that is named its caption are one figure.
"""

import re
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from aggregator.parse.files import is_download
from aggregator.parse.junk import NEVER, SELDOM, is_hidden, is_player, names_of, names_other_things
from aggregator.parse.signature import read_signature
from aggregator.parse.tree import words_of
from aggregator.text.elements import BOUNDARIES

_LINKING = frozenset({"p", "li", "div", "section", "ul", "ol", "dl", "table", "article", "header"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PICTURES = frozenset({"img", "iframe", "video"})
_PICTURE_BOXES = frozenset({"div", "p", "span", "center", "section"})
_PHRASES = frozenset({"span", "strong", "em", "b", "i", "a", "time", "small", "u", "cite"})
_BOX = 600  # characters of prose: a box that is named for something else holds less
_MUCH = 0.4  # of the article's words: more than a box in it holds
_MOSTLY = 0.5
_WHOLLY = 0.8
_SHORT_LINE = 160  # characters of a line that is the page's and not the article's
_PROSE = 80  # characters of the first real paragraph
_TEASER = 300  # characters of a teaser's text beside its headline
_FEW = 8  # elements inside a line
_MANY = 20  # headings after the end
_NEAR = 3  # elements around a caption among which its figure is
_ICON = 50  # pixels: smaller pictures are signs
_OTHERS = re.compile(
    r"(?:mehr (?:zum thema|dazu|lesen)|lesen sie auch|lesen sie (?:mehr|jetzt)|auch interessant|weitere artikel|"
    r"ähnliche artikel|(?:à )?lire aussi|read (?:more|next|also)|also read|related|more (?:from|on|stories)|"
    r"recommended|most (?:read|popular)|popular|advertise?ment|anzeige|werbung|publicidad|pubblicità|reklam[ae]?|"
    r"sponsored|czytaj więcej|les også|läs också|leggi anche|lea también|te puede interesar|article content|"
    r"story continues below|continue reading|sign up|subscribe|share this|follow us|link kopiert|copy link|"
    r"listen to this article|comments|kommentare?|kommentar abgeben|tin (?:cùng chuyên mục|khác|mới hơn|cũ hơn)|"
    r"các (?:tin|bài) (?:khác|đã đưa)|bài viết liên quan|quảng cáo|xem thêm|đọc thêm|chia sẻ (?:bài viết|qua|lên))"
    r"\b.{0,60}|chia sẻ:?",
    re.IGNORECASE,
)
_NO_WORDS = re.compile(r"\W*")
_BYLINE = re.compile(
    r"(?:(?i:by|von|por|par|di|av) (?:[A-ZÀ-Ý][\w.'’-]* ?(?:, |and |und |et |y |& )?){1,8}|"
    r"(?i:tác giả|cập nhật|đăng ngày|lượt xem|ngày đăng|stand|updated|published|posted)(?: [a-z]+)?\s*:.{0,60})"
)
_SENTENCE_END = (".", "!", "?", "…", '"', "”")
_DATE_LINE = re.compile(
    r"\b\d{1,2}[./-]\s?\d{1,2}[./-]\s?\d{2,4}\b|\b\d{1,2}:\d{2}\b|"
    r"\b\d{1,2}\.? [^\W\d]{3,10},? \d{4}\b|\b[^\W\d]{3,10} \d{1,2},? \d{4}\b|\b\d{1,2} min\b",
    re.IGNORECASE,
)
_NOT_WORDS = re.compile(r"\W+")
_CAPTION = re.compile(r"(?:^|[\s_-])(?:\w*caption|chu-?thich|bildunterschrift|pcaption)(?:$|[\s_-])", re.IGNORECASE)
_SIGN = re.compile(r"(?:^|[\s/_-])(?:icons?|avatar|logo|emoji|sprite)(?:$|[\s/_.-])", re.IGNORECASE)


@dataclass(slots=True)
class Sizes:
    """Of each element: its characters, those in links; elements, pictures, links to files or videos inside it."""

    words: dict[etree._Element, int] = field(default_factory=dict)
    linked: dict[etree._Element, int] = field(default_factory=dict)
    inside: dict[etree._Element, int] = field(default_factory=dict)
    pictures: dict[etree._Element, int] = field(default_factory=dict)
    kept: dict[etree._Element, int] = field(default_factory=dict)


def trim(article: etree._Element, title: str) -> None:
    """Take out of ``article``, a tree of its own, what is not the article with that ``title``; in linear time."""
    elements = list(article.iter(etree.Element))
    sizes = measure(elements)
    whole = sizes.words[article]
    prose = whole - sizes.linked[article]
    level_title = level(title)
    gone = _before_heading(elements, level_title)
    dropped = list(gone)
    met_prose = False
    for element in elements[1:]:
        parent = element.getparent()
        if element in gone or parent in gone:
            gone.add(element)
            continue
        holds_much = sizes.words[element] - sizes.linked[element] >= max(1, prose * _MUCH)
        if (
            _is_other(element, sizes, whole)
            or _is_line_of_page(element, sizes, level_title, in_head=not met_prose)
            or (not holds_much and _leads_elsewhere(element, sizes))
        ):
            gone.add(element)
            dropped.append(element)
        elif element.tag == "p" or not sizes.inside[element]:
            met_prose = met_prose or sizes.words[element] - sizes.linked[element] >= _PROSE
    for element in dropped:
        remove(element)
    make_figures(article, alone=False)
    _drop_last_headings(article)


def level(text: str) -> str:
    """``text`` for comparing: lower case, words only."""
    return _NOT_WORDS.sub(" ", text).strip().lower()


def remove(element: etree._Element) -> None:
    """Take an element out of its tree; the words after it stay."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        tail = f" {element.tail}" if element.tag in BOUNDARIES else element.tail
        before = element.getprevious()
        if before is not None:
            before.tail = f"{before.tail or ''}{tail}"
        else:
            parent.text = f"{parent.text or ''}{tail}"
    parent.remove(element)


def measure(elements: list[etree._Element]) -> Sizes:
    """The sizes of elements, given in their document's order, in one walk."""
    sizes = Sizes()
    for element in reversed(elements):
        words = len(element.text.strip()) if element.text else 0
        linked = inside = kept = 0
        pictures = int(element.tag in _PICTURES)
        for child in element:
            words += sizes.words.get(child, 0) + (len(child.tail.strip()) if child.tail else 0)
            linked += sizes.linked.get(child, 0)
            inside += sizes.inside.get(child, 0) + 1
            kept += sizes.kept.get(child, 0)
            pictures += sizes.pictures.get(child, 0)
        if element.tag in NEVER:
            words = linked = 0
        if element.tag == "a":
            linked = words
            kept += is_download(element.get("href") or "")
        elif element.tag in {"iframe", "video"}:
            kept += not is_player(element)
        sizes.words[element] = words
        sizes.linked[element] = linked
        sizes.inside[element] = inside
        sizes.kept[element] = kept
        sizes.pictures[element] = pictures
    return sizes


def _before_heading(elements: list[etree._Element], title: str) -> set[etree._Element]:
    """The elements before the heading that is the title: they belong to the page's head."""
    for number, element in enumerate(elements):
        if element.tag == "h1" and _says_the_title(level(words_of(element)), title):
            around = set(element.iterancestors())
            return {before for before in elements[1:number] if before not in around} | {element}
    return set()


def _says_the_title(heading: str, title: str) -> bool:
    """Whether a heading is the title, perhaps in other words; both are level."""
    said, wanted = set(heading.split()), set(title.split())
    return bool(said) and len(said & wanted) >= _MOSTLY * min(len(said), len(wanted))


def _is_other(element: etree._Element, sizes: Sizes, whole: int) -> bool:
    """Whether an element is named for something else than the article, hidden, or of a kind that is never words."""
    tag = element.tag
    words = sizes.words[element]
    if tag in NEVER:
        return True
    if tag == "img":
        return _is_sign(element)
    if tag in {"iframe", "video"}:
        return is_player(element)
    return words < whole * _MUCH and (tag in SELDOM or is_hidden(element) or _is_named_other(element, sizes))


def _is_named_other(element: etree._Element, sizes: Sizes) -> bool:
    if element.tag in {"figure", "figcaption", "a", "table"} or sizes.kept[element]:
        return False
    names = names_of(element)
    return bool(names) and sizes.words[element] - sizes.linked[element] < _BOX and names_other_things(names)


def _leads_elsewhere(element: etree._Element, sizes: Sizes) -> bool:
    """Whether a block is links to other pages; the line that names where an article was first published is none."""
    words, linked = sizes.words[element], sizes.linked[element]
    if not words or sizes.kept[element]:
        return False
    if element.tag in _HEADINGS:
        return linked >= words * _WHOLLY
    if element.tag not in _LINKING:
        return False
    if linked >= words * (_WHOLLY if element.tag == "p" else _MOSTLY):
        return words >= _SHORT_LINE or not read_signature(words_of(element)).lines
    return _is_teaser(element, sizes)


def _is_teaser(element: etree._Element, sizes: Sizes) -> bool:
    """Whether a small box shows the headline of another article: a heading that is a link."""
    if element.tag == "p" or sizes.words[element] > _TEASER * 2 or sizes.inside[element] > _FEW * 3:
        return False
    headings = [inner for inner in element.iter(*_HEADINGS) if sizes.words.get(inner)]
    return bool(headings) and all(
        sizes.linked[heading] >= sizes.words[heading] * _WHOLLY
        or any(ancestor.tag == "a" for ancestor in heading.iterancestors())
        for heading in headings
    )


def _is_line_of_page(element: etree._Element, sizes: Sizes, title: str, *, in_head: bool) -> bool:
    """Whether an element is one short line that is the page's: the title again, a label, a byline."""
    words = sizes.words[element]
    if not 0 < words < _SHORT_LINE or sizes.inside[element] > _FEW or sizes.kept[element]:
        return False
    if element.tag not in BOUNDARIES and not (in_head and element.tag in _PHRASES):
        return False
    line = words_of(element)
    if element.tag in {"td", "th", "tr", "li", "figcaption", "pre"}:
        return False
    is_sentence = line.endswith(_SENTENCE_END)
    if (_OTHERS.fullmatch(line) and not is_sentence) or _NO_WORDS.fullmatch(line) or level(line) == title:
        return not sizes.pictures[element] or _OTHERS.fullmatch(line) is not None
    return in_head and words < _PROSE and not is_sentence and bool(_BYLINE.match(line) or _DATE_LINE.search(line))


def _is_sign(image: etree._Element) -> bool:
    """Whether a picture is an icon or portrait in the page's furniture."""
    for name in ("width", "height"):
        size = image.get(name, "").removesuffix("px")
        if size.isdecimal() and len(size) < _FEW and int(size) < _ICON:
            return True
    return _SIGN.search(f"{names_of(image)} {image.get('src', '')[:200]}") is not None


def make_figures(article: etree._Element, *, alone: bool = True) -> None:
    """Make one figure of a picture and the line below it that is named its caption.

    A line that is named a caption and stands with no picture stays when ``alone`` says so.
    """
    sizes = measure(list(article.iter(etree.Element)))
    captioned: set[etree._Element] = set()
    for element in list(article.iter("div", "p", "span", "em", "figcaption", "small")):
        parent = element.getparent()
        if parent is None or not (element.tag == "figcaption" or _CAPTION.search(names_of(element))):
            continue
        if sizes.pictures[element]:  # a box around the picture and its caption
            continue
        figure = next((outer for outer in islice(element.iterancestors(), _NEAR) if outer.tag == "figure"), None)
        only = sizes.words[parent] == sizes.words[element]
        if (
            figure is None
            and parent is not article
            and parent.tag in _PICTURE_BOXES
            and only
            and sizes.pictures[parent]
        ):
            parent.tag = "figure"
            figure = parent
        if figure is None or not sizes.pictures[figure]:
            if not alone:
                remove(element)
        elif figure not in captioned:
            captioned.add(figure)
            element.tag = "figcaption"


def _drop_last_headings(article: etree._Element) -> None:
    """Take away headings after which nothing follows: what they announced was not the article's."""
    dropped = 0
    for element in reversed(list(article.iter(etree.Element))):
        if element is article or dropped >= _MANY:
            return
        if element.tag in _HEADINGS:
            if any((outer.tail or "").strip() for outer in (element, *element.iterancestors())):
                return
            remove(element)
            dropped += 1
        elif element.tag in _PICTURES or (element.text or "").strip():
            if not any(outer.tag in _HEADINGS for outer in element.iterancestors()):
                return
        elif (element.tail or "").strip():
            return
