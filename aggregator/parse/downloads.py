"""The files that an article page offers: documents, tables and archives, each with its name and size.

1. A file is what a link, viewer or embedded object shows; viewers name it in their address (``?file=``, ``?url=``).
2. Some systems put something behind the name: Liferay a UUID (``/documents/1/2/Ke+hoach.pdf/<uuid>``), SharePoint the
   whole address into a parameter of its download page. The name in the address says what such a file is.
3. A size counts for the link that it stands behind; one that stands before or around only where the link is alone.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from lxml import etree

from aggregator.model.entry import Attachment
from aggregator.parse.claims import FileClaim
from aggregator.parse.files import MEDIA_TYPES, attachment_of, is_download, is_picture, size_of
from aggregator.parse.selectors import select
from aggregator.parse.tree import text_of
from aggregator.text.urls import absolute_url

_MAX_ATTACHMENTS = 30
_MAX_EMBEDDED = 100  # elements looked at
_MAX_PARAMETERS = 20
_LINK = re.compile(r"""<a\b[^>]*?\shref="([^"]+)"[^>]*>(.*?)</a>([^<]{0,60})""", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NAMED = re.compile(rf"/([^/?#]+\.(?:{'|'.join(MEDIA_TYPES)}))/[0-9a-f]{{8}}-[0-9a-f-]{{27}}", re.IGNORECASE)
_VIEWED = ("file", "url", "src", "sourceurl", "document")  # parameters that name the file a viewer shows
_TAIL = 60  # characters behind a link in which its size may stand


def page_attachments(root: etree._Element, base: str, selectors: tuple[str, ...], body: str) -> tuple[Attachment, ...]:
    """Files linked where ``selectors`` say, linked in the body (sanitised HTML), and embedded, each once."""
    found: dict[str, Attachment] = {}
    for selector in selectors:
        for element in select(root, (selector,)):
            url = absolute_url(base, element.get("href") or element.get("data-url") or "")
            if url and url not in found and _is_file(url, selector, element):
                found[url] = _attachment(url, text_of(element), _said_size(element))
    for link in _LINK.finditer(body):
        url = absolute_url(base, link[1].replace("&amp;", "&"))
        if url and url not in found and _named_file(url):
            found[url] = _attachment(url, _TAG.sub("", link[2]), link[3])
    for url in _embedded(root, base):
        if url not in found:
            found[url] = _attachment(url, "", "")
    return tuple(found.values())[:_MAX_ATTACHMENTS]


def _attachment(url: str, name: str, said_size: str) -> Attachment:
    inner = _named_file(url)
    suffix = inner.rpartition(".")[2].lower()
    if not any(letter.isalnum() for letter in name):
        name = ""
    return attachment_of(
        url,
        FileClaim(
            url=url,
            name=name or ("" if is_download(url) else inner),
            media_type="" if is_download(url) else MEDIA_TYPES.get(suffix, ""),
            length=said_size,
        ),
    )


def _named_file(url: str) -> str:
    """The name of the file that an address leads to; "" where it names none."""
    if is_download(url):
        return unquote_plus(urlsplit(url).path.rpartition("/")[2])
    if found := _NAMED.search(url):
        return unquote_plus(found[1])
    return next((unquote_plus(urlsplit(shown).path.rpartition("/")[2]) for shown in _viewed(url)), "")


def _viewed(url: str) -> Iterator[str]:
    """The files that a viewer's address names."""
    query = urlsplit(url).query
    if query.count("&") >= _MAX_PARAMETERS:
        return
    for name, value in parse_qsl(query):
        if name.lower() in _VIEWED and _is_address(value) and is_download(value):
            yield value


def _is_address(value: str) -> bool:
    try:
        urlsplit(value)
    except ValueError:  # "http://[": one odd link does not cost the page
        return False
    return True


def _is_file(url: str, selector: str, element: etree._Element) -> bool:
    """A link counts by the file it names; without one only where the selector names a place for downloads."""
    if _named_file(url):
        return True
    return "download" in f"{selector} {url}".lower() and not is_picture(url) and element.get("href", "")[:1] != "#"


def _embedded(root: etree._Element, base: str) -> Iterator[str]:
    """Documents that the page shows in a viewer or object of its own."""
    for element, _ in zip(root.iter("iframe", "embed", "object"), range(_MAX_EMBEDDED), strict=False):
        url = absolute_url(base, element.get("src") or element.get("data") or element.get("data-src") or "")
        if url is None:
            continue
        if is_download(url):
            yield url
            continue
        yield from (shown for value in _viewed(url) if (shown := absolute_url(url, value)))


def _said_size(element: etree._Element) -> str:
    own = f"{text_of(element)[:200]} {element.get('title') or ''} {(element.tail or '')[:_TAIL]}"
    parent = element.getparent()
    if parent is None or size_of(own) is not None or len(parent.findall(".//a")) > 1:
        return own
    return f"{own} {text_of(parent)[:300]}"
