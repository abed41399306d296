"""The pictures of an article page, with their captions."""

from bs4 import BeautifulSoup
from lxml import etree

from aggregator.model.entry import Image
from aggregator.parse.tree import picture_of, text_of
from aggregator.text.urls import absolute_url

_MAX_IMAGES = 20
_MAX_CAPTION = 500  # characters
_OPENING = 60  # characters of a paragraph by which it is known again


def page_images(shared: list[str], body: str, base: str) -> tuple[Image, ...]:
    """The picture that the page is shared with, then those of the body (sanitised HTML) with their captions."""
    found: dict[str, str] = {}
    for url in shared[:1]:
        if address := absolute_url(base, url):
            found[address] = ""
    if "<img" in body:
        soup = BeautifulSoup(body, "lxml")
        for image in soup.find_all("img")[:_MAX_IMAGES]:
            figure = image.find_parent("figure")
            caption = figure.find("figcaption") if figure is not None else None
            words = caption.get_text(" ") if caption is not None else str(image.get("alt") or "")
            if address := absolute_url(base, str(image.get("src") or "")):
                found[address] = found.get(address) or " ".join(words.split())
    return tuple(Image(url=url, caption=caption[:_MAX_CAPTION]) for url, caption in found.items())


def pictures_near(root: etree._Element, text: str, base: str) -> tuple[Image, ...]:
    """Pictures that stand among the paragraphs of ``text``, for bodies that were found without their pictures."""
    openings = {line[:_OPENING] for line in text.split("\n") if len(line) >= _OPENING}
    blocks = [element for element in root.iter("p", "div") if text_of(element)[:_OPENING] in openings]
    containers = {id(parent): parent for block in blocks[-3:] if (parent := block.getparent()) is not None}
    found: dict[str, None] = {}
    for container in containers.values():
        if container.tag not in {"body", "html"}:
            for image in container.iter("img"):
                if url := picture_of(image, base):
                    found.setdefault(url)
    return tuple(Image(url=url) for url in list(found)[:_MAX_IMAGES])
