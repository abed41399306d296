"""CSS selectors as people write them in ``sources.yaml``: checked once, then matched on lxml trees."""

from collections.abc import Iterable
from functools import lru_cache

from bs4 import BeautifulSoup
from cssselect import SelectorError
from lxml import etree
from lxml.cssselect import CSSSelector

_MAX_CHARACTERS = 500


def check_selector(selector: str) -> str | None:
    """An English sentence on what is wrong with ``selector``, or None when lxml and BeautifulSoup both take it."""
    if not selector.strip():
        return "the selector is empty"
    if len(selector) > _MAX_CHARACTERS:
        return f"the selector is longer than {_MAX_CHARACTERS} characters"
    try:
        CSSSelector(selector, translator="html")
    except (SelectorError, etree.XPathError, ValueError, NotImplementedError) as error:
        return f"lxml refuses the selector {selector!r}: {error}"
    try:
        BeautifulSoup("", "lxml").select(selector)
    except Exception as error:  # noqa: BLE001 - its selector library's errors have no common type that bs4 exports
        return f"BeautifulSoup refuses the selector {selector!r}: {str(error).splitlines()[0]}"
    return None


def select(element: etree._Element, selectors: Iterable[str]) -> list[etree._Element]:
    """Elements that the first matching selector finds within ``element``; a selector that is no CSS finds none."""
    for selector in selectors:
        compiled = _compiled(selector)
        found = compiled(element) if compiled is not None else None
        if isinstance(found, list) and found:
            return [match for match in found if isinstance(match, etree._Element)]  # noqa: SLF001 - lxml's only name for it
    return []


def select_one(element: etree._Element, selectors: Iterable[str]) -> etree._Element | None:
    """The first element that the first matching selector finds."""
    found = select(element, selectors)
    return found[0] if found else None


@lru_cache(maxsize=512)
def _compiled(selector: str) -> CSSSelector | None:
    try:
        return CSSSelector(selector, translator="html")
    except (SelectorError, etree.XPathError, ValueError, NotImplementedError):
        return None
