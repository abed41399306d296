"""What a source claims: an entry of a feed or list, or what its page says. Unverified, already sanitised."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DateOrigin(StrEnum):
    """Where an instant was found, most trustworthy last."""

    FIRST_SEEN = "first_seen"
    SITEMAP = "sitemap"  # often the day of the last edit
    TEXT = "text"
    LISTING = "listing"
    FEED = "feed"
    META = "meta"
    JSON_LD = "json_ld"


class FieldOrigin(StrEnum):
    """Where the value of a field was read, most trustworthy first."""

    SOURCE_RULE = "source_rule"  # a selector that an editor gave this source
    PLATFORM_RULE = "platform_rule"  # a selector that holds for all sites of the platform
    JSON_LD = "json_ld"
    META = "meta"  # an element of the head: meta, title, link
    MICRODATA = "microdata"
    HEADING = "heading"  # a heading of the page
    TEXT = "text"  # words of the article itself: its signature, its pictures
    EXTRACTOR = "extractor"  # found by what articles have in common, without a rule
    FEED = "feed"
    LISTING = "listing"


class Precision(StrEnum):
    """How exact a date is; an instant of ``day`` precision stands at local midnight."""

    DAY = "day"
    MINUTE = "minute"
    SECOND = "second"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDate:
    """An instant (aware, UTC) and where it was read. ``raw`` is the text it came from, at most 100 characters."""

    at: datetime
    origin: DateOrigin
    precision: Precision = Precision.SECOND
    raw: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture by absolute http(s) URL, with its caption as plain text."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file beside an article. ``size_bytes`` is what the source said, None when it did not."""

    url: str
    name: str
    media_type: str = ""
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A gap in an entry, article or crawl: ``code`` in snake_case, ``field`` it concerns, ``detail`` in English."""

    code: str
    field: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One claim of a source. ``body`` is sanitised HTML, ``title``, ``summary`` and ``text`` are plain text (NFC)."""

    url: str  # absolute, not yet canonical
    title: str
    guid: str | None = None
    canonical_url: str | None = None  # the page's own rel=canonical, absolute
    summary: str = ""
    body: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    origin_name: str | None = None  # "Nguồn tin: …": who first published it
    images: tuple[Image, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    published: FoundDate | None = None
    updated: FoundDate | None = None
    categories: tuple[str, ...] = ()
    digest: str = ""  # 32 hex digits over what the source claimed; equal digests: nothing changed
    problems: tuple[Problem, ...] = ()
    origins: tuple[tuple[str, FieldOrigin], ...] = ()  # of the fields that say so: name and where it was read
    continues_at: str | None = None  # absolute URL, on the same host, of the page on which the article goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedDocument:
    """What a feed, list or sitemap held. ``found`` counts entries before any were dropped."""

    entries: tuple[Entry, ...]
    found: int
    title: str = ""
    format: str = ""  # rss, atom, rdf, jsonfeed, listing, sitemap, sitemapindex, api
    child_urls: tuple[str, ...] = ()  # a sitemap index's newest sitemaps, a list's next page
    ttl_minutes: int | None = None
    skip_hours: tuple[int, ...] = ()  # 0-23, UTC, in which the publisher wants no visits
    skip_days: tuple[int, ...] = ()  # 0 Monday to 6 Sunday, UTC
    problems: tuple[Problem, ...] = ()
