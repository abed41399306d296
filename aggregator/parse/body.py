"""The body of an article: cut out by a platform's or source's selectors and cleaned, or found on the page.

What goes: what a reader does not see (hidden elements, players' text), what is about other articles (related links)
and what is about the page (share bars, ads, tags). What stays: paragraphs, headings, lists, tables with row spans,
quotations, figures with their captions, videos as links.
"""

import html as entities
import re
from collections.abc import Iterable
from copy import deepcopy

from lxml import etree

from aggregator.parse.junk import is_hidden, is_player
from aggregator.parse.mainpart import MainPart, find_main
from aggregator.parse.pictures import settle_pictures
from aggregator.parse.selectors import select
from aggregator.parse.tree import elements_at, words_of
from aggregator.parse.trim import Sizes, level, make_figures, measure, remove, trim
from aggregator.text.fold import clean_block
from aggregator.text.markup import sanitise

_NEVER = frozenset({
    "script", "style", "noscript", "template", "form", "button", "input", "select", "textarea", "nav", "audio", "svg",
    "object", "amp-ad", "amp-audio",
})  # fmt: skip
_JUNK_NAME = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|socials|related|relate|lienquan|lien-quan|tin-lien-quan|tinlienquan|advert\w*|"
    r"adv|ads|adsbygoogle|banner|qc|quang-cao|quangcao|audio|player|tts|video-player|breadcrumb|comment|comments|"
    r"binhluan|tag|tags|newsletter|subscribe|rating|vote|like-box|fb-like|zalo-share-button|print|toolbar|read-?more|"
    r"xem-them|hidden|hide|sr-only|screen-reader-text|visually-hidden|popup|modal)(?:$|[\s_-])",
    re.IGNORECASE,
)
_PLAYER_TEXT = re.compile(
    r"^(?:\d{1,2}:\d{2}\s*/\s*\d{1,2}:\d{2}.*|(?:nam|nữ) miền (?:bắc|nam|trung).*|nghe đọc bài.*|nghe bài viết.*|"
    r"google news|theo dõi .{0,40}trên (?:google news|zalo)|chia sẻ(?: bài viết)?|in bài viết|gửi email|quay lại|"
    r"tweet|share|bình luận|đọc thêm:?|xem thêm:?|tin liên quan:?|tin,? bài liên quan:?|anh-tin-bai)$",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"^[\w\s.,()%+-]{1,80}\.(?:jpe?g|png|gif|webp)$", re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:p|h[2-6]|ul|ol|li|blockquote|pre|figure|figcaption|table|caption|thead|tbody|tfoot|tr|br|hr)(?: [^>]*)?>"
)
_CELL = re.compile(r"<t[dh](?: [^>]*)?>(?:<p>)?")
_CELL_END = re.compile(r"(?:</p>)?</t[dh]>")
_TAG = re.compile(r"<[^>]*>")
_CAPTIONS = re.compile(r"<figcaption>.*?</figcaption>", re.DOTALL)
_MAX_ELEMENTS = 8000
_has_more_elements = etree.XPath(f"count(descendant::*) > {_MAX_ELEMENTS}")
_NUMBER = re.compile(r"\d(?!\d?[.)] )")  # one in a sentence, not one that counts a list's lines
_START = re.compile(r"\w+(?: \w+){0,3}")  # words as a summary and the page both write them
_holders = elements_at("descendant::*[not(self::script)][text()[contains(., $start)]]")
_PHRASES = frozenset({"span", "strong", "em", "b", "i", "a", "font", "small"})
_PROSE = 600  # characters outside links
_FEW = 8  # elements inside a line
_SHORT_LINE = 120  # characters: a line of the page's own furniture is short
_ENOUGH = 250  # characters of text under which a second search may find more
_OPENING = 40  # characters by which a lead is known again
_LEAD = 1200  # characters: longer than any lead
_FEWEST = 25  # characters of a summary that can be looked for


def cut_body(root: etree._Element, selector: str, drops: tuple[str, ...], *, joins: bool) -> str:
    """The markup of the cleaned element that ``selector`` finds in the page, "" when it finds none with content."""
    for element in select(root, (selector,)):
        body = _copy(element)
        clean(body, drops, joins=joins)
        if words_of(body) or next(body.iter("img", "iframe", "video"), None) is not None:
            return _markup(body)
    return ""


def clean(body: etree._Element, drops: tuple[str, ...], *, joins: bool) -> None:
    """Take out of a body what is not the article; ``joins`` mends lines broken inside sentences."""
    for selector in drops:
        for element in select(body, (selector,)):
            _drop(element, body)
    elements = list(body.iter(etree.Element))
    sizes = measure(elements)
    for element in elements:
        is_video = element.tag in {"iframe", "video"}
        if element.tag in _NEVER or is_hidden(element) or (is_video and is_player(element)) or _is_junk(element, sizes):
            _drop(element, body)
    _drop_furniture(body)
    _drop_double_captions(body)
    make_figures(body)
    if joins:
        _join_hard_breaks(body)


def found_body(
    root: etree._Element, title: str, summaries: Iterable[str], text: str, *, base_url: str
) -> tuple[str, str]:
    """The article's body where no rules are known, as sanitised HTML and as plain text; both "" when there is none.

    ``summaries`` are what the page's head says of the article: a lead that repeats one of them belongs to the body.
    ``text`` is the page as it was sent: where our own search finds little, trafilatura's looks as well, unless the
    page is so large that its time, which grows with the square of their number, would be felt. The words of
    captions stand in the HTML alone: pages without rules name them too seldom for them to be told from the article's.
    """
    main = find_main(root)
    markup = _article(root, main, title, summaries) if main is not None else ""
    body, _ = finish(markup, base_url=base_url)
    words = body_text(_CAPTIONS.sub("", body))
    if len(words) < _ENOUGH and not _has_more_elements(root):
        other = finish(_found_by_trafilatura(text, base_url), base_url=base_url)
        if len(other[1]) > 2 * len(words):
            return other
    return body, words


def _article(root: etree._Element, main: MainPart, title: str, summaries: Iterable[str]) -> str:
    """The markup of a page's main part with its lead and without what is not the article."""
    article = etree.Element("div")
    lead = _lead(root, main.element, summaries)
    article.extend(_copy(part) for part in (*main.before, main.element, *main.after))
    trim(article, title)
    _drop_furniture(article)
    if lead is not None:
        article.insert(0, lead)
    return _markup(article)


def finish(markup: str, *, base_url: str) -> tuple[str, str]:
    """A body as sanitised HTML and as plain text."""
    body = sanitise(markup, base_url=base_url)
    return body, body_text(body) if body else ""


def body_text(body: str) -> str:
    """The plain text of sanitised HTML: what ``text.markup.plain_text`` gives, without a parser.

    Sanitised HTML is written in one strict shape, so a few patterns are enough; a test holds that both agree.
    """
    if "<t" in body:
        body = _CELL_END.sub("", _CELL.sub(" ", body))
    lines = _BLOCK.sub("\n", body.replace("\n", " "))
    return clean_block(entities.unescape(_TAG.sub("", lines)))


def _copy(element: etree._Element) -> etree._Element:
    copy = deepcopy(element)
    copy.tail = None
    settle_pictures(copy)
    return copy


def _markup(element: etree._Element) -> str:
    return etree.tostring(element, encoding="unicode", method="html", with_tail=False)


def _drop(element: etree._Element, body: etree._Element) -> None:
    if element is not body:
        remove(element)


def _is_junk(element: etree._Element, sizes: Sizes) -> bool:
    """Whether an element is named for what is not the article; a name on much prose of its own lies."""
    if not _JUNK_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
        return False
    return sizes.words[element] - sizes.linked[element] < _PROSE


def _drop_furniture(body: etree._Element) -> None:
    """Take away lines that belong to the page: players' and share bars' words, file names as captions."""
    sizes = measure(list(body.iter(etree.Element)))
    for element in list(body.iter("p", "div", "span", "li", "a", "strong", "figcaption", "em")):
        if 0 < sizes.words[element] < _SHORT_LINE and sizes.inside[element] <= _FEW and not sizes.pictures[element]:
            line = words_of(element)
            if _PLAYER_TEXT.match(line) or _FILE_NAME.match(line):
                _drop(element, body)
    for image in body.iter("img"):
        if image.get("alt", "").strip().lower() == "anh-tin-bai":  # vnPortal's own word for every picture
            image.set("alt", "")


def _drop_double_captions(body: etree._Element) -> None:
    """Take away a paragraph that only repeats the caption before it."""
    for figure in list(body.iter("figure")):
        caption, after = next(figure.iter("figcaption"), None), figure.getnext()
        if caption is not None and after is not None and next(after.iter("img"), None) is None:
            words = words_of(after).lower()
            if words and words == words_of(caption).lower():
                _drop(after, body)


def _join_hard_breaks(body: etree._Element) -> None:
    """Make one line of a sentence that a single ``<br>`` cuts in the middle."""
    for line_break in list(body.iter("br")):
        previous, parent = line_break.getprevious(), line_break.getparent()
        if parent is None:
            continue
        left = ((parent.text if previous is None else previous.tail) or "").rstrip()
        right = (line_break.tail or "").lstrip()
        if left and right and left[-1] not in '.!?:…”"' and _goes_on(right):
            line_break.tail = f" {right}"
            remove(line_break)


def _goes_on(words: str) -> bool:
    return words[0].islower() or words[0] == "(" or _NUMBER.match(words) is not None


def _lead(root: etree._Element, main: etree._Element, summaries: Iterable[str]) -> etree._Element | None:
    """The lead as a paragraph, where the page shows it outside the article's element: text that is its summary."""
    within = level(words_of(main))
    inside = set(main.iter()) | set(main.iterancestors())
    for summary in dict.fromkeys(summaries):
        said = level(summary)
        start = _START.search(summary)
        if len(said) < _FEWEST or start is None or said[:_OPENING] in within:
            continue
        for holder in _holders(root, start=start[0])[:_FEW]:
            around = (holder, *holder.iterancestors())
            element = next((outer for outer in around if outer.tag not in _PHRASES), holder)
            if element in inside or element.tag == "title" or len(line := words_of(element)) > _LEAD:
                continue
            # A lead may begin with its place and go on after the summary ends.
            words = level(line)
            if 0 <= words.find(said[:_OPENING]) <= _OPENING // 2 and len(words) <= len(said) * 2:
                lead = etree.Element("p")
                lead.text = line
                return lead
    return None


def _found_by_trafilatura(text: str, url: str) -> str:
    from trafilatura import extract  # noqa: PLC0415 - takes a second to import, and few pages need it

    found = extract(
        text,
        url=url,
        output_format="html",
        include_comments=False,
        include_tables=True,
        include_links=True,
        include_formatting=True,
        with_metadata=False,
    )
    return found or ""
