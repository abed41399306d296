"""The pages of one article made one entry."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lxml import etree
from lxml.html import fragment_fromstring

from aggregator.model.entry import Attachment, Entry, Image, Problem
from aggregator.parse.body import body_text
from aggregator.parse.digest import digest_of

_REPEATED = 25  # characters of a line that is not said twice by chance
_MAX_IMAGES = 40
_MAX_ATTACHMENTS = 60


def join_pages(first: Entry, rest: Sequence[Entry]) -> Entry:
    """``first`` with the bodies, texts, images and files of the pages that follow it, in their order.

    Title, summary, date and address are the first page's. A lead or byline that every page repeats is kept once;
    authors, origin and updating date come from the first page that names them. ``continues_at`` is the last page's:
    not None where the article goes on after the pages given.
    """
    if not rest:
        return first
    pages = (first, *rest)
    said = {line for line in first.text.split("\n") if len(line) >= _REPEATED}
    bodies, texts = [first.body], [first.text]
    for page in rest:
        body = _without(page.body, said)
        text = "\n".join(line for line in page.text.split("\n") if line not in said)
        bodies.append(body)
        texts.append(text)
        said |= {line for line in text.split("\n") if len(line) >= _REPEATED}
    text = "\n".join(filter(None, texts))
    attachments = _files(file for page in pages for file in page.attachments)
    problems = tuple(problem for problem in first.problems if not (text and problem.code == "no_body"))
    return replace(
        first,
        body="".join(bodies),
        text=text,
        authors=next((page.authors for page in pages if page.authors), ()),
        origin_name=next((page.origin_name for page in pages if page.origin_name), None),
        images=_pictures(image for page in pages for image in page.images),
        attachments=attachments,
        updated=next((page.updated for page in pages if page.updated), None),
        digest=digest_of(
            url=first.url,
            guid="",
            title=first.title,
            summary="",
            text=text,
            date=first.published.at.isoformat() if first.published else "",
            files=[attachment.url for attachment in attachments],
        ),
        problems=tuple(dict.fromkeys((*problems, *_gaps(rest)))),
        continues_at=rest[-1].continues_at,
    )


def _without(body: str, said: set[str]) -> str:
    """Sanitised HTML without the blocks at its top whose words were said before."""
    if not said or not body:
        return body
    kept = [
        element
        for element in fragment_fromstring(body, create_parent="div")
        if body_text(etree.tostring(element, encoding="unicode", method="html", with_tail=False)) not in said
    ]
    return "".join(etree.tostring(element, encoding="unicode", method="html", with_tail=False) for element in kept)


def _pictures(images: Iterable[Image]) -> tuple[Image, ...]:
    found: dict[str, Image] = {}
    for image in images:
        known = found.get(image.url)
        if known is None or not known.caption:
            found[image.url] = image
    return tuple(found.values())[:_MAX_IMAGES]


def _files(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    found: dict[str, Attachment] = {}
    for file in files:
        found.setdefault(file.url, file)
    return tuple(found.values())[:_MAX_ATTACHMENTS]


def _gaps(pages: Sequence[Entry]) -> Iterable[Problem]:
    """A later page without a body is a gap of the whole article; what else it lacks is on the first."""
    return (Problem(code="no_body", field="body") for page in pages if not page.text)
