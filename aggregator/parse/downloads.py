"""The files that an article page offers: documents, tables and archives, each with its name and size."""

import re

from lxml import etree

from aggregator.model.entry import Attachment
from aggregator.parse.claims import FileClaim
from aggregator.parse.files import attachment_of, is_download, is_picture
from aggregator.parse.selectors import select
from aggregator.parse.tree import text_of
from aggregator.text.urls import absolute_url

_MAX_ATTACHMENTS = 30
_LINK = re.compile(r"""<a\b[^>]*?\shref="([^"]+)"[^>]*>(.*?)</a>""", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def page_attachments(root: etree._Element, base: str, selectors: tuple[str, ...], body: str) -> tuple[Attachment, ...]:
    """Files linked where ``selectors`` say, then those linked in the body (sanitised HTML), each once."""
    found: dict[str, Attachment] = {}
    for selector in selectors:
        for element in select(root, (selector,)):
            url = absolute_url(base, element.get("href") or element.get("data-url") or "")
            if url and url not in found and _is_file(url, selector, element):
                claim = FileClaim(url=url, name=text_of(element), length=_said_size(element))
                found[url] = attachment_of(url, claim)
    for link in _LINK.finditer(body):
        url = absolute_url(base, link[1].replace("&amp;", "&"))
        if url and is_download(url):
            found.setdefault(url, attachment_of(url, FileClaim(url=url, name=_TAG.sub("", link[2]))))
    return tuple(found.values())[:_MAX_ATTACHMENTS]


def _is_file(url: str, selector: str, element: etree._Element) -> bool:
    """A link counts by its extension; without one only where the selector names a place for downloads."""
    if is_download(url):
        return True
    return "download" in f"{selector} {url}".lower() and not is_picture(url) and element.get("href", "")[:1] != "#"


def _said_size(element: etree._Element) -> str:
    parent = element.getparent()
    text = text_of(parent)[:300] if parent is not None and len(parent) <= 6 else ""  # noqa: PLR2004 - one file's row
    return f"{text_of(element)[:200]} {text}"
