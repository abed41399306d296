"""How a source is read, as people write it: CSS selectors, the fields of a JSON answer, and their conversion."""

from aggregator.model.source import Selectors
from aggregator.sources.shapes import Paths, Texts, Written


class SelectorsEntry(Written):
    """CSS selectors, each one text or a list of alternatives tried in order.

    What is left out falls back to the platform's rules, then to the generic ones.
    """

    item: Texts = ()
    """List page: the element around one entry."""
    link: Texts = ()
    """Within an item: the link to the article."""
    title: Texts = ()
    """Within an item: the title, where it is not the link's text."""
    date: Texts = ()
    """Within an item: the date."""
    summary: Texts = ()
    """Within an item: the summary."""
    image: Texts = ()
    """Within an item: the image."""
    next_page: Texts = ()
    """List page: the link to the next page."""
    page_title: Texts = ()
    """Article page: the title."""
    page_date: Texts = ()
    """Article page: the date."""
    page_summary: Texts = ()
    """Article page: the lead paragraph."""
    page_author: Texts = ()
    """Article page: the author."""
    page_body: Texts = ()
    """Article page: the element that holds the body."""
    page_attachment: Texts = ()
    """Article page: links to files."""
    page_drop: Texts = ()
    """Article page: elements removed from the body."""


class FieldsEntry(Written):
    """Where each field stands in a JSON answer (kind api): a path like data.rows or image.0.url, or alternatives.

    A url or guid may be a template: /tin/{slug}-{id}.html. What is left out is looked for by the usual names.
    """

    items: Paths = ()
    """The list of entries, from the top of the answer; a dot where the answer itself is the list."""
    url: Paths = ()
    """Within an entry: the address of the article, or a template of it."""
    guid: Paths = ()
    """Within an entry: what tells it from the others."""
    title: Paths = ()
    """Within an entry: the title."""
    summary: Paths = ()
    """Within an entry: the summary."""
    body: Paths = ()
    """Within an entry: the whole text, in HTML."""
    published: Paths = ()
    """Within an entry: when it was published."""
    updated: Paths = ()
    """Within an entry: when it was changed."""
    author: Paths = ()
    """Within an entry: who wrote it."""
    origin: Paths = ()
    """Within an entry: who published it first."""
    category: Paths = ()
    """Within an entry: the names of its sections."""
    image: Paths = ()
    """Within an entry: the address of the picture."""
    attachment: Paths = ()
    """Within an entry: the addresses of files."""
    next_page: Paths = ()
    """From the top of the answer: the address of the next page."""


def to_selectors(
    selectors: SelectorsEntry, fields: FieldsEntry, further_pages: tuple[str, ...], false_zone: tuple[str, ...]
) -> Selectors:
    """All that is written of how a source is read, as a model."""
    paths = ((name, path) for name in FieldsEntry.model_fields for path in getattr(fields, name))
    return Selectors(
        **{name: getattr(selectors, name) for name in SelectorsEntry.model_fields},
        fields=tuple(paths),
        further_pages=further_pages,
        false_zones=false_zone,
    )
