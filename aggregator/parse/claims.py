"""What a document says, as written: strings that have not been cleaned, resolved or believed yet.

Every reader (fast feed, feedparser, JSON Feed, sitemap, JSON answer, list) gives claims; ``entries.py`` alone turns
claims into entries, so that all formats are cleaned by the same rules.
"""

from dataclasses import dataclass

from aggregator.model.entry import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClaim:
    """A file beside an entry: an enclosure, a media element, a download link. ``length`` is bytes as written."""

    url: str
    media_type: str = ""
    length: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """One entry as written. ``title``, ``summary`` and ``content`` are HTML (plain text comes escaped)."""

    url: str = ""
    base: str = ""  # what relative links resolve against
    guid: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    published: str = ""
    updated: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    files: tuple[FileClaim, ...] = ()
    images: tuple[str, ...] = ()
    origin: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentClaims:
    """A whole document as written; ``entries`` in its own order."""

    format: str
    entries: tuple[Claims, ...]
    title: str = ""
    generator: str = ""
    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()  # 0-23, UTC
    skip_days: tuple[int, ...] = ()  # 0 Monday to 6 Sunday, UTC
    child_urls: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
