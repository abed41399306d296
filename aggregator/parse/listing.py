"""List pages: by the source's selectors, then the platform's, then by what repeats on the page.

The generic reader takes links whose addresses share a shape ("/<words>-<digits>.html") and whose texts read like
headlines; menus fail both. A list without items is a failure (``empty``): its layout has changed or it is another page.
"""

import datetime as dt
import html
import re

from lxml import etree

from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform, Selectors
from aggregator.parse.claims import Claims, DocumentClaims
from aggregator.parse.guessing import article_blocks
from aggregator.parse.paging import is_day_page, next_by_address
from aggregator.parse.platforms import PLATFORMS, guess_platform
from aggregator.parse.platforms.dates import with_plain_dates
from aggregator.parse.selectors import select, select_one
from aggregator.parse.tree import base_of, html_tree, picture_of, text_of
from aggregator.text.urls import absolute_url

_MIN_TITLE = 6  # characters
_HEADINGS = ("h1", "h2", "h3", "h4", "h5")
_DATE_ATTRIBUTES = ("datetime", "data-time", "data-date", "data-utc-date", "content", "title")
_NEXT = re.compile(r"^(?:trang (?:sau|tiếp|kế)|tiếp(?: theo)?|sau|next|older|›|»|>|>>)\s*[›»>]*$", re.IGNORECASE)
_DATE_TEXT = re.compile(
    r"\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{2,4}|\d{1,3}\s+(?:giây|phút|giờ|ngày|tuần|tháng)\s+trước|"
    r"hôm (?:nay|qua)|\d{4}-\d{2}-\d{2}|"
    r"\d{1,2},? (?:tháng|thg|th) ?(?:\d{1,2}|một|hai|ba|tư|bốn|năm|sáu|bảy|tám|chín|mười)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?:(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật),?\s*)?(?:\d{1,2}[:h]\d{2}(?::\d{2})?\s*[|,\-–]?\s*)?"
    r"\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4}(?:\s*[|,\-–]?\s*\d{1,2}[:h]\d{2}(?::\d{2})?)?(?:\s*\(?GMT\s*[+-]\d+\)?)?",
    re.IGNORECASE,
)
_LONGEST_DATE = 60
_READ_MORE = re.compile(
    r"[\s|\[(]*(?:xem (?:thêm|tiếp|chi tiết)|đọc (?:thêm|tiếp)|chi tiết|read more)[\s.…»›>→|\])]*$",
    re.IGNORECASE,
)


def read_listing(
    text: str, *, url: str, platform: Platform, selectors: Selectors, today: dt.date | None = None
) -> DocumentClaims:
    """The claims of a list page. Raises ParseFailed(empty) when no items are found, unless it is one day of a list.

    ``today`` (local) is the day from which lists by day go back; without it they are not paged by day.
    """
    root = html_tree(text)
    base = base_of(root, url)
    if platform is Platform.GENERIC:
        platform = guess_platform(text[:400_000], _generator(root))
    rules = PLATFORMS[platform]
    found = _by_rules(root, base, _merged(selectors, rules.selectors))
    is_day = is_day_page(url, selectors.further_pages)
    if not found and not selectors.item and not (is_day and rules.selectors.item):
        found = [_item(block, base, Selectors(), link) for block, link in article_blocks(root, base)]
    claims = _unique([claim for claim in found if claim is not None])
    further = _next_page(root, base, url, (*selectors.next_page, *rules.selectors.next_page))
    if not further and (address := next_by_address(url, selectors.further_pages, today=today, has_items=bool(claims))):
        further = (address,)
    if not claims and not (further and is_day):
        declared = " by the source's selectors" if selectors.item else ""
        raise ParseFailed(Outcome.EMPTY, f"the list page has no items{declared}")
    document = DocumentClaims(
        format="listing",
        entries=tuple(claims),
        title=html.escape(text_of(root.find(".//title")), quote=False),
        child_urls=further,
    )
    return with_plain_dates(document, month_first=rules.month_first, false_zones=selectors.false_zones)


def _merged(own: Selectors, rules: Selectors) -> Selectors:
    return Selectors(
        item=own.item or rules.item,
        link=own.link or rules.link,
        title=own.title or rules.title,
        date=own.date or rules.date,
        summary=own.summary or rules.summary,
        image=own.image or rules.image,
    )


def _by_rules(root: etree._Element, base: str, rules: Selectors) -> list[Claims | None]:
    """Items of the first selector that yields entries; items that hold other items are left to those."""
    for selector in rules.item:
        items = select(root, (selector,))
        inner = {id(item) for item in items}
        leaves = [item for item in items if not any(id(child) in inner for child in item.iterdescendants())]
        claims = [_item(item, base, rules, None) for item in leaves]
        if any(claims):
            return claims
    return []


def _item(item: etree._Element, base: str, rules: Selectors, known: etree._Element | None) -> Claims | None:
    """What one block of a list says; None without a link that could lead to an article."""
    link = known if known is not None else _link(item, rules.link)
    if link is None or (url := absolute_url(base, link.get("href") or "")) is None:
        return None
    heading = select_one(item, rules.title) if rules.title else select_one(item, _HEADINGS)
    title = text_of(heading) or text_of(link) or (link.get("title") or "").strip()
    if len(title) < _MIN_TITLE:
        title = (link.get("title") or "").strip() or title
    if len(title) < _MIN_TITLE:
        return None
    date = _date(item, rules.date, title)
    title = _undated(title)
    picture = select_one(item, (*rules.image, "img", "[style*=background]"))
    image = picture_of(picture, base) if picture is not None else None
    return Claims(
        url=url,
        base=base,
        title=html.escape(title, quote=False),
        summary=html.escape(_summary(item, rules.summary, title, date), quote=False),
        published=date,
        images=(image,) if image else (),
    )


def _link(item: etree._Element, selectors: tuple[str, ...]) -> etree._Element | None:
    if item.tag == "a" and item.get("href"):
        return item
    for selector in (*selectors, "h2 a", "h3 a", "h4 a", "a"):
        for link in select(item, (selector,)):
            href = (link.get("href") or "").strip()
            if href and not href.startswith(("#", "javascript:", "mailto:", "tel:")):
                words = text_of(link) or (link.get("title") or "")
                if len(words) >= _MIN_TITLE or select_one(link, ("img",)) is None:
                    return link
    return None


def _date(item: etree._Element, selectors: tuple[str, ...], title: str) -> str:
    """The item's date as written: by selector, else the first text in it that is a date and little else."""
    for selector in (*selectors, "time"):
        for element in select(item, (selector,)):
            for name in _DATE_ATTRIBUTES:
                value = element.get(name)
                if value and (name != "title" or _DATE_TEXT.search(value)):  # a title may be any words
                    return value
            text = text_of(element)
            if text and len(text) <= _LONGEST_DATE and _DATE_TEXT.search(text):
                return text
            if clock := _CLOCK.search(text):
                return clock[0]
    for part in item.itertext():
        stripped = str(part).strip()
        if 0 < len(stripped) <= _LONGEST_DATE and _DATE_TEXT.search(stripped) and stripped != title:
            clock = _CLOCK.search(stripped)
            return clock[0] if clock else stripped
    in_title = re.search(r"\((\d{1,2}/\d{1,2}/\d{4})\)\s*$", title)
    return in_title[1] if in_title else ""


def _undated(title: str) -> str:
    """NukeViet prints "(18/07/2025)" inside the links of its older items."""
    return re.sub(r"\s*\(\d{1,2}/\d{1,2}/\d{4}\)\s*$", "", title)


def _summary(item: etree._Element, selectors: tuple[str, ...], title: str, date: str) -> str:
    for selector in selectors:
        for element in select(item, (selector,)):
            text = _READ_MORE.sub("", text_of(element))
            if len(text) > _LONGEST_DATE // 2 and text not in {title, date}:
                return text
    bare = [text for part in item.itertext() if len(text := str(part).strip()) > _LONGEST_DATE and text != title]
    return max(bare, key=len, default="")


def _next_page(root: etree._Element, base: str, url: str, selectors: tuple[str, ...]) -> tuple[str, ...]:
    """The address of the list's next page, where it shows one on the same host."""
    links = [link for link in select(root, (*selectors, "link[rel=next]", "a[rel=next]")) if link.get("href")]
    if not links:
        links = [link for link in root.iter("a") if link.get("href") and _NEXT.match(text_of(link)[:30])]
    for link in links:
        address = absolute_url(base, link.get("href") or "")
        if address and address.split("#")[0] != url and address.split("/")[2] == url.split("/")[2]:
            return (address,)
    return ()


def _unique(claims: list[Claims]) -> list[Claims]:
    """One claim for each address, the fullest, at the place of the first."""
    best: dict[str, Claims] = {}
    for claim in claims:
        key = claim.url.split("#")[0]
        known = best.get(key)
        if known is None or _fullness(claim) > _fullness(known):
            best[key] = claim
    return list(best.values())


def _fullness(claim: Claims) -> tuple[bool, bool, int]:
    return bool(claim.published), bool(claim.summary), len(claim.title)


def _generator(root: etree._Element) -> str:
    metas = (meta for meta in root.iter("meta") if (meta.get("name") or "").lower() == "generator")
    return next((meta.get("content") or "" for meta in metas), "")
