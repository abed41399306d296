"""What is kept: the article, its versions, and the story it belongs to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from aggregator.model.entry import Attachment, DateOrigin, FieldOrigin, Image, Precision, Problem
from aggregator.model.source import ArticleKind, Authority, Republish


class Visibility(StrEnum):
    """Whether readers see an article: held (chờ duyệt), live (đang hiện), hidden (đã ẩn), retracted (đã gỡ)."""

    LIVE = "live"
    HELD = "held"
    HIDDEN = "hidden"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What an article said before an edit: the replaced title and digest, and when we saw the edit."""

    seen_at: datetime
    title: str
    digest: str
    changed: tuple[str, ...]  # names of the fields that changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article (bài). Times are aware UTC; ``sort_at`` = min(published, first seen) and never changes."""

    id: str
    source_id: str
    url: str  # canonical
    keys: tuple[str, ...]  # identity keys, unique within the database, each prefixed by the source
    guid: str = ""  # the key of the guid last seen, used only where its source's guids are trusted; "" for none
    digest: str  # of the entry last seen
    title: str
    summary: str
    body: str
    text: str
    authors: tuple[str, ...]
    origin_name: str | None
    images: tuple[Image, ...]
    attachments: tuple[Attachment, ...]
    published_at: datetime | None
    published_origin: DateOrigin
    published_precision: Precision
    updated_at: datetime | None
    first_seen_at: datetime
    sort_at: datetime
    sections: tuple[str, ...]  # the first is the primary one
    places: tuple[str, ...]
    kind: ArticleKind
    authority: Authority
    republish: Republish
    visibility: Visibility
    story_id: str | None  # None while it is the first of its story, which then has the article's id
    versions: tuple[Version, ...]
    problems: tuple[Problem, ...]
    parser_version: int
    fence: int  # fencing token of the crawl that last wrote it
    origins: tuple[tuple[str, FieldOrigin], ...] = ()  # where its page gave what; the rest is the list's


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """An article as its story shows it: enough for a card, so that the feed reads one collection."""

    article_id: str
    source_id: str
    url: str
    title: str
    summary: str
    image_url: str | None
    published_at: datetime | None
    sort_at: datetime
    updated_at: datetime | None
    sections: tuple[str, ...]
    places: tuple[str, ...]
    kind: ArticleKind
    authority: Authority
    republish: Republish
    body_length: int
    attachment_count: int
    corrected: bool
    repost: bool  # names another origin: never leads over it


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles about one event. Ordered in the feed by (sort_at, id) of its first article, which never change."""

    id: str
    sort_at: datetime
    lead: StoryMember
    members: tuple[StoryMember, ...]  # by sort_at
    sections: tuple[str, ...]
    places: tuple[str, ...]
    source_ids: tuple[str, ...]
    kinds: tuple[ArticleKind, ...]
    shingles: tuple[int, ...]  # of the first article's title, by which others are found alike
    visible: bool
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTrace:
    """As much of a story as finds it: its id, when it stands in the feed, and its first title's shingles."""

    id: str
    sort_at: datetime
    shingles: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """An article that was written and is to be put into its story: as a story shows it, and whether readers see it."""

    member: StoryMember
    is_live: bool
