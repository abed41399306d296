"""HTML as an lxml tree: parsed within limits, and small questions asked of its elements."""

import re
from collections.abc import Callable, Iterator
from typing import Any, cast

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.text.urls import absolute_url

_BLANK = re.compile(r"\s+")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "select", "option", "button", "iframe"})
_MAX_ELEMENTS = 200_000
_TOO_MANY = etree.XPath(f"count(descendant::*) > {_MAX_ELEMENTS}")
_PICTURE_ATTRIBUTES = ("data-src", "data-original", "data-lazy-src", "data-lazy", "src")
_BACKGROUND = re.compile(r"background(?:-image)?\s*:\s*url\(\s*['\"]?([^'\")]+)", re.IGNORECASE)


def html_tree(text: str) -> HtmlElement:
    """The document element of an HTML text. Raises ParseFailed when there is none or it is out of all proportion."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    text = _DECLARATION.sub("", text)
    try:
        root = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ParseFailed(Outcome.PARSE_FAILED, f"no HTML: {error}"[:200]) from error
    if _TOO_MANY(root):
        raise ParseFailed(Outcome.TOO_LARGE, f"the page has more than {_MAX_ELEMENTS} elements")
    return root


def elements_at(path: str) -> Callable[..., list[etree._Element]]:
    """A function that gives the elements at an XPath within an element; its variables are passed by name."""
    compiled = etree.XPath(path)

    def find(root: etree._Element, **variables: str) -> list[etree._Element]:
        return cast("list[Any]", compiled(root, **variables))

    return find


def text_of(element: etree._Element | None) -> str:
    """The text a reader sees within ``element``, on one line."""
    if element is None:
        return ""
    return _BLANK.sub(" ", "".join(_pieces(element))).strip()


def words_of(element: etree._Element) -> str:
    """All text within ``element``, seen or not, on one line; several times faster than ``text_of``."""
    return " ".join("".join(map(str, element.itertext())).split())


def _pieces(element: etree._Element) -> Iterator[str]:
    stack: list[tuple[etree._Element | None, str]] = [(element, "")]
    while stack:
        current, tail = stack.pop()
        if current is None:
            yield tail
            continue
        if current.tag not in _UNSEEN:
            yield " " if current.tag in {"br", "p", "div", "li", "td", "tr"} else ""
            yield current.text or ""
            for child in reversed(current):
                stack.append((None, child.tail or ""))
                stack.append((child, ""))


def base_of(root: etree._Element, url: str) -> str:
    """What a page's relative links resolve against: its ``<base href>``, else its address."""
    hrefs = (base.get("href") for base in root.iter("base"))
    href = next((href for href in hrefs if href), None)
    return (absolute_url(url, href) if href else None) or url


def picture_of(element: etree._Element, base: str) -> str | None:
    """The address of the picture that ``element`` is or shows as its background."""
    for name in _PICTURE_ATTRIBUTES:
        value = (element.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return absolute_url(base, value)
    if element.get("srcset"):
        return absolute_url(base, element.get("srcset", "").split(",")[0].split()[0])
    background = _BACKGROUND.search(element.get("style") or "")
    return absolute_url(base, background[1]) if background else None
