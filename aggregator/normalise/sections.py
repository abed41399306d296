"""Which sections and places an article belongs to: the specific before what only the home page says."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from aggregator.model.source import ArticleKind, Section, Source

_HOME = re.compile(
    r"(?:/(?:vi|vi-vn))?/?(?:(?:rss|feed|feeds)/?)?"
    r"(?:(?:home|index|trang-chu|tin-moi|tin-moi-nhat)(?:\.\w+)?)?/?"
)


def is_home(url: str) -> bool:
    """Whether a section URL is a source's home page or the feed of everything (``/rss/home.rss``)."""
    try:
        parts = urlsplit(url.lower())
    except ValueError:
        return False
    return not parts.query and _HOME.fullmatch(parts.path) is not None


def order_sections(slugs: Iterable[str], source: Source) -> tuple[str, ...]:
    """``slugs`` without repetition, those of the source's own section pages before those of its home page."""
    specific = {section.section for section in source.sections if not is_home(section.url)}
    home = {section.section for section in source.sections if is_home(section.url)} - specific
    return tuple(sorted(dict.fromkeys(slugs), key=lambda slug: slug in home))


def kind_of_section(slug: str, sections: tuple[Section, ...]) -> ArticleKind:
    """The kind that section ``slug`` gives its articles; news for one that is not known."""
    return next((section.kind for section in sections if section.slug == slug), ArticleKind.NEWS)
