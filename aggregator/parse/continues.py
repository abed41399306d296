"""Where an article of several pages goes on.

An address counts only when it is the page's own address with the next page number, on the same host: "Bài tiếp theo"
and the ``rel=next`` of WordPress lead to other articles and have other addresses. Page numbers are written as
``/page-2``, ``/page/2``, ``/trang-2``, ``/2``, ``-p2.htm``, ``-page2.html``, ``_2.html`` or ``?page=2``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

from aggregator.parse.junk import names_comments, names_of
from aggregator.parse.tree import words_of
from aggregator.text.urls import absolute_url

_PARAMETERS = frozenset({"page", "trang", "p", "paged", "pagenum", "page_no", "part"})
_NUMBERED = re.compile(r"/(?P<word>page|trang|phan)/(?P<number>\d{1,2})/?$", re.IGNORECASE)
_SUFFIX = re.compile(r"[-_.](?P<word>(?:p|page|trang)?)[-_]?(?P<number>\d{1,2})(?P<end>\.\w{3,5})$", re.IGNORECASE)
_SEGMENT = re.compile(r"/(?P<word>(?:page|trang|p)?)[-_]?(?P<number>\d{1,2})/?$", re.IGNORECASE)
_NEXT = re.compile(
    r"(?:trang )?(?:sau|tiếp(?: theo)?|kế(?: tiếp)?)|next(?: page)?|xem (?:trang )?tiếp|đọc tiếp|[»›>]+|\d{1,2}",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_OTHER_LISTS = re.compile(r"relat|lien-?quan|tin-?khac|other|comment|binh-?luan", re.IGNORECASE)
_MAX_LINKS = 3000  # of a page are looked at
_MAX_WORDS = 20  # characters of a link to the next page
_OUTWARDS = 6  # elements around a link whose names are looked at
_DIGITS = 2
_MAX_PAGE = 30  # a greater number is a date or an article's


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """What an address names without its page number, and that number: 1 where it has none."""

    article: tuple[str, str, tuple[tuple[str, str], ...]]
    number: int = 1
    bare: bool = False  # the number stands without a word for page: it may count the parts of a series


def next_page(root: etree._Element, url: str, base: str) -> str | None:
    """The absolute address of the page on which the article at ``url`` goes on; None when it ends here."""
    own = _place(url)
    if own is None:
        return None
    for href, worded in _candidates(root):
        address = absolute_url(base, href)
        place = _place(address.partition("#")[0]) if address else None
        if address is None or place is None or place.article != own.article or place.number != own.number + 1:
            continue
        if worded or not place.bare:
            return address.partition("#")[0]
    return None


def _candidates(root: etree._Element) -> Iterator[tuple[str, bool]]:
    """Links that call what they lead to next, and whether their words say a page's number or "next page"."""
    for link in root.iter("link"):
        if "next" in link.get("rel", "").lower().split():
            yield link.get("href", ""), False
    for link, _ in zip(root.iter("a"), range(_MAX_LINKS), strict=False):
        href = link.get("href")
        if not href or not _DIGIT.search(href):
            continue
        words = words_of(link)
        worded = len(words) <= _MAX_WORDS and _NEXT.fullmatch(words) is not None
        if (worded or "next" in (link.get("rel") or "").split()) and not _is_of_another_list(link):
            yield href, worded


def _is_of_another_list(link: etree._Element) -> bool:
    for outer, _ in zip(link.iterancestors(), range(_OUTWARDS), strict=False):
        names = names_of(outer)
        if outer.tag not in {"body", "html"} and (_OTHER_LISTS.search(names) or names_comments(names)):
            return True
    return False


def _place(url: str) -> _Place | None:
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return None
    numbers = [int(value) for name, value in pairs if _is_number_of_page(name, value, parts.path)]
    rest = tuple((name, value) for name, value in pairs if not _is_number_of_page(name, value, parts.path))
    host = (parts.hostname or "").removeprefix("www.")
    path, number, bare = _path_place(parts.path)
    if numbers:
        return _Place(article=(host, path, rest), number=numbers[0])
    return _Place(article=(host, path, rest), number=number, bare=bare)


def _is_number_of_page(name: str, value: str, path: str) -> bool:
    # "?p=12" at the root of a WordPress site is an article's own number.
    if name.lower() not in _PARAMETERS or not value.isdecimal() or len(value) > _DIGITS:
        return False
    return 1 <= int(value) <= _MAX_PAGE and (name.lower() != "p" or path not in {"", "/", "/index.php"})


def _path_place(path: str) -> tuple[str, int, bool]:
    """A path without its page number, the number, and whether no word for page stands before it."""
    for pattern in (_NUMBERED, _SUFFIX, _SEGMENT):
        found = pattern.search(path)
        if found is None:
            continue
        number, bare = int(found["number"]), not found["word"]
        # A bare 1 counts the parts of a series: the first page of an article has no number.
        if (2 if bare else 1) <= number <= _MAX_PAGE and found.start() > 0:
            end = found.groupdict().get("end") or ""
            return path[: found.start()].rstrip("/") + end, number, bare
    return path.rstrip("/"), 1, False
