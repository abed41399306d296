"""The body of an article: cut out by a platform's or source's selectors and cleaned, or found by trafilatura.

What goes: what a reader does not see (hidden elements, players' text), what is about other articles (related links)
and what is about the page (share bars, ads, tags). What stays: paragraphs, headings, lists, tables with row spans,
quotations, figures with their captions.
"""

import html as entities
import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from lxml import etree

from aggregator.parse.selectors import select
from aggregator.text.fold import clean_block
from aggregator.text.markup import sanitise

_ALWAYS = (
    "script", "style", "noscript", "template", "iframe", "form", "button", "input", "select", "textarea", "nav",
    "audio", "video", "svg", "object", "ins.adsbygoogle", "[hidden]", "[aria-hidden=true]", "amp-ad", "amp-audio",
)  # fmt: skip
_JUNK_NAME = re.compile(
    r"(?:^|[\s_-])(?:share|sharing|social|socials|related|relate|lienquan|lien-quan|tin-lien-quan|tinlienquan|advert\w*|"
    r"adv|ads|banner|qc|quang-cao|quangcao|audio|player|tts|video-player|breadcrumb|comment|comments|binhluan|tag|tags|"
    r"newsletter|subscribe|rating|vote|like-box|fb-like|zalo-share-button|print|toolbar|read-?more|xem-them|hidden|"
    r"hide|sr-only|screen-reader-text|visually-hidden|popup|modal)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
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
_CELL = re.compile(r"<t[dh](?: [^>]*)?>")
_TAG = re.compile(r"<[^>]*>")
_PROSE = 600  # characters outside links
_SHORT_LINE = 120  # characters: a line of the page's own furniture is short


def cut_body(
    root: etree._Element, selectors: tuple[str, ...], drops: tuple[str, ...], *, joins: bool
) -> BeautifulSoup | None:
    """The cleaned element that ``selectors`` find in the page, or None when they find none with text in it."""
    for element in select(root, selectors):
        soup = BeautifulSoup(etree.tostring(element, encoding="unicode", method="html", with_tail=False), "lxml")
        clean(soup, drops, joins=joins)
        if soup.get_text(strip=True) or soup.find("img") is not None:
            return soup
    return None


def clean(soup: BeautifulSoup, drops: tuple[str, ...], *, joins: bool) -> None:
    """Take out of a body what is not the article; ``joins`` mends lines broken inside sentences."""
    for selector in (*_ALWAYS, *drops):
        for element in soup.select(selector):
            element.decompose()
    for element in soup.find_all(True):
        if not element.decomposed and element.name not in {"html", "body"} and _is_junk(element):
            element.decompose()
    _drop_furniture(soup)
    _drop_double_captions(soup)
    if joins:
        _join_hard_breaks(soup)


def _drop_furniture(soup: BeautifulSoup) -> None:
    """Take away lines that belong to the page: players' and share bars' words, file names as captions."""
    for element in soup.find_all(["p", "div", "span", "li", "a", "strong", "figcaption", "em"]):
        if not element.decomposed and not element.find(["img", "table"]):
            text = element.get_text(" ", strip=True)
            if text and len(text) < _SHORT_LINE and (_PLAYER_TEXT.match(text) or _FILE_NAME.match(text)):
                element.decompose()
    for image in soup.find_all("img"):
        if str(image.get("alt") or "").strip().lower() == "anh-tin-bai":  # vnPortal's own word for every picture
            image["alt"] = ""


def find_body(text: str, url: str) -> str:
    """The article's body as HTML where no rules are known, "" when there is none."""
    from trafilatura import extract  # noqa: PLC0415 - takes a second to import, and most pages have rules

    found = extract(
        text,
        url=url,
        output_format="html",
        include_comments=False,
        include_tables=True,
        include_images=False,  # with them trafilatura takes captions and teasers for text: F1 .926 instead of .947
        include_links=True,
        include_formatting=True,
        with_metadata=False,
    )
    return found or ""


def finish(markup: str, *, base_url: str) -> tuple[str, str]:
    """A body as sanitised HTML and as plain text."""
    body = sanitise(markup, base_url=base_url)
    return body, body_text(body) if body else ""


def body_text(body: str) -> str:
    """The plain text of sanitised HTML: what ``text.markup.plain_text`` gives, without a parser.

    Sanitised HTML is written in one strict shape, so two patterns are enough; a test holds that both agree.
    """
    lines = _CELL.sub(" ", _BLOCK.sub("\n", body.replace("\n", " ")))
    return clean_block(entities.unescape(_TAG.sub("", lines)))


def _is_junk(element: Tag) -> bool:
    """Whether an element is hidden or named for what is not the article; a name on much prose of its own lies."""
    if _HIDDEN_STYLE.search(str(element.get("style") or "")):
        return True
    classes = element.get("class")
    names = " ".join(classes) if isinstance(classes, list) else str(classes or "")
    if not _JUNK_NAME.search(f"{names} {element.get('id') or ''}"):
        return False
    words = len(element.get_text(" ", strip=True))
    linked = sum(len(link.get_text(" ", strip=True)) for link in element.find_all("a"))
    return words - linked < _PROSE


def _drop_double_captions(soup: BeautifulSoup) -> None:
    """Take away a paragraph that only repeats the caption before it."""
    for caption in soup.find_all("figcaption"):
        figure = caption.find_parent("figure")
        after = figure.find_next_sibling() if figure is not None else None
        if isinstance(after, Tag) and not after.find("img") and _words(after) and _words(after) == _words(caption):
            after.decompose()


def _words(element: Tag) -> str:
    return " ".join(element.get_text(" ").split()).lower()


def _join_hard_breaks(soup: BeautifulSoup) -> None:
    """Make one line of a sentence that a single ``<br>`` cuts in the middle."""
    for line_break in soup.find_all("br"):
        before, after = line_break.previous_sibling, line_break.next_sibling
        if isinstance(before, NavigableString) and isinstance(after, NavigableString):
            left, right = before.rstrip(), after.lstrip()
            if left and right and left[-1] not in '.!?:…”"' and (right[0].islower() or right[0] == "("):
                line_break.replace_with(" ")
