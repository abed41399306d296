"""What the fast feed reader knows of single elements; at a doubt about one it gives the whole feed away."""

from dataclasses import dataclass, field

from lxml import etree

from aggregator.parse.claims import Claims, FileClaim
from aggregator.parse.media import file_of, picture_of

MEDIA = "{http://search.yahoo.com/mrss/}"
_MEDIA_SILENT = frozenset({"credit", "copyright", "rating", "restriction", "hash", "community", "statistics", "text"})


class Doubt(Exception):
    """Something that feedparser should decide."""


@dataclass(slots=True)
class Draft:
    """The claims of an entry while its elements are read."""

    fields: dict[str, str] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    files: list[FileClaim] = field(default_factory=list)
    media: list[FileClaim] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    thumbnails: list[str] = field(default_factory=list)

    def claims(self, *, url: str) -> Claims:
        """What was read, as claims."""
        said = self.fields.get
        return Claims(
            url=url,
            guid=said("guid", ""),
            title=said("title", "") or said("media title", ""),
            summary=said("summary", "") or said("media description", ""),
            content=said("content", ""),
            published=said("published", ""),
            updated=said("updated", ""),
            authors=tuple(filter(None, self.authors)),
            categories=tuple(filter(None, self.categories)),
            files=(*self.files, *self.media),
            images=tuple(filter(None, (*self.images, *self.thumbnails, said("image", "")))),
            origin=said("origin", ""),
        )


def once(fields: dict[str, str], name: str, value: str) -> None:
    """Note a field. Raises Doubt where it is given twice."""
    if name in fields:
        raise Doubt
    fields[name] = value


def text_in(element: etree._Element) -> str:
    """The text of an element. Raises Doubt where it holds other elements."""
    if len(element):
        raise Doubt
    return (element.text or "").strip()


def read_file(element: etree._Element, attribute: str) -> FileClaim:
    """The file that an enclosure names by ``attribute``. Raises Doubt where it holds other elements."""
    if len(element):
        raise Doubt
    return FileClaim(
        url=element.get(attribute, "").strip(),
        media_type=element.get("type", ""),
        length=element.get("length", ""),
        name=element.get("title", ""),
    )


def read_media(element: etree._Element, draft: Draft) -> None:
    """An element of Media RSS. Raises Doubt for those that feedparser merges with the entry's own fields."""
    kind = element.tag[len(MEDIA) :]
    if kind == "thumbnail":
        draft.thumbnails.append(element.get("url", ""))
    elif kind in {"content", "group"}:
        if kind == "content":
            said = {name: element.get(name, "") for name in ("url", "medium", "type", "fileSize")}
            draft.images += [picture] if (picture := picture_of(said)) else []
            draft.media += [file] if (file := file_of(said)) else []
        for child in element:
            if not child.tag.startswith(MEDIA):
                raise Doubt
            read_media(child, draft)
    elif kind in {"title", "description"}:
        once(draft.fields, f"media {kind}", text_in(element))
    elif kind not in _MEDIA_SILENT:
        raise Doubt
