"""The pictures of an article page, with their captions."""

from itertools import islice

from lxml import etree
from lxml.html import fragment_fromstring

from aggregator.model.entry import Image
from aggregator.parse.tree import picture_of, text_of, words_of
from aggregator.text.markup import picture_source
from aggregator.text.urls import absolute_url

_MAX_IMAGES = 20
_FEW = 3  # pictures beside a noscript element
_MAX_CAPTION = 500  # characters
_OPENING = 60  # characters of a paragraph by which it is known again


def settle_pictures(body: etree._Element) -> None:
    """Give each picture of a body its address where a script would have: from ``noscript`` or ``source`` beside it."""
    for unseen in list(body.iter("noscript")):
        parent, held = unseen.getparent(), next(unseen.iter("img"), None)
        if held is None or parent is None:
            continue
        beside = list(islice(parent.iterchildren("img"), _FEW))
        if not any(_address(image) for image in beside):
            for image in beside:
                image.set("width", "0")  # the placeholder, which is no picture
            held.tail = unseen.tail
            parent.replace(unseen, held)
    for picture in body.iter("picture"):
        shown, source = next(picture.iter("img"), None), next(picture.iter("source"), None)
        if shown is not None and source is not None and not _address(shown):
            shown.set("src", (source.get("srcset") or source.get("data-srcset") or "").split(",")[0].split(" ")[0])


def _address(image: etree._Element) -> str:
    return picture_source({str(name): str(value) for name, value in image.items()})


def page_images(shared: str, body: str, base: str) -> tuple[Image, ...]:
    """The picture that the page is shared with, "" for none, then those of the body (sanitised HTML) with captions."""
    found: dict[str, str] = {}
    if shared and (address := absolute_url(base, shared)):
        found[address] = ""
    if "<img" in body:
        for image in list(fragment_fromstring(body, create_parent="div").iter("img"))[:_MAX_IMAGES]:
            figure = next((outer for outer in image.iterancestors() if outer.tag == "figure"), None)
            caption = next(figure.iter("figcaption"), None) if figure is not None else None
            words = text_of(caption) if caption is not None else image.get("alt", "")
            if address := absolute_url(base, image.get("src", "")):
                found[address] = found.get(address) or " ".join(words.split())
    return tuple(Image(url=url, caption=caption[:_MAX_CAPTION]) for url, caption in found.items())


def pictures_near(root: etree._Element, text: str, base: str) -> tuple[Image, ...]:
    """Pictures that stand among the paragraphs of ``text``, for bodies that were found without their pictures."""
    openings = {line[:_OPENING] for line in text.split("\n") if len(line) >= _OPENING}
    blocks = [element for element in root.iter("p", "div") if _opening(element) in openings]
    containers = {id(parent): parent for block in blocks[-3:] if (parent := block.getparent()) is not None}
    found: dict[str, None] = {}
    for container in containers.values():
        if container.tag not in {"body", "html"}:
            for image in container.iter("img"):
                if not is_counter(image) and (url := picture_of(image, base)):
                    found.setdefault(url)
    return tuple(Image(url=url) for url in list(found)[:_MAX_IMAGES])


def is_counter(image: etree._Element) -> bool:
    """Whether a picture is a dot that counts readers."""
    return any(image.get(name, "").strip().removesuffix("px") in {"0", "1"} for name in ("width", "height"))


def _opening(block: etree._Element) -> str:
    """The first words of a paragraph; of a ``div`` only its own, since it may hold the whole page."""
    return (words_of(block) if block.tag == "p" else " ".join((block.text or "").split()))[:_OPENING]
