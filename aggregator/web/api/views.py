"""The shapes of the API's answers: dataclasses that orjson writes and pydantic describes in the OpenAPI document.

Times are RFC 3339 in UTC. What a source does not allow to be republished is null or "" here, never shortened text.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import Field

from aggregator.model.source import ArticleKind, Authority, Republish


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceBrief:
    """Who published an article."""

    id: str
    name: str
    authority: Authority


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An article as lists show it."""

    id: str
    url: Annotated[str, Field(description="Bài gốc trên trang của nguồn")]
    permalink: Annotated[str, Field(description="Đường dẫn cố định của bài trên dịch vụ này")]
    title: str
    summary: Annotated[str | None, Field(description="null khi nguồn chỉ cho dẫn liên kết")]
    image: str | None
    source: SourceBrief
    kind: ArticleKind
    sections: tuple[str, ...]
    places: tuple[str, ...]
    published_at: Annotated[datetime | None, Field(description="null khi nguồn không ghi ngày")]
    updated_at: datetime | None
    sort_at: datetime
    corrected: Annotated[bool, Field(description="Nguồn đã sửa bài sau khi đăng")]
    republish: Annotated[Republish, Field(description="Được hiển thị: toàn văn, tóm tắt, hay chỉ liên kết")]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryItem:
    """An item of the feed: an event with every article about it. Ordered by (sort_at, id), newest first."""

    id: str
    sort_at: datetime
    lead: Annotated[Card, Field(description="Bài đại diện: nguồn chính thống trước")]
    articles: Annotated[tuple[Card, ...], Field(description="Mọi bài về sự kiện, kể cả bài đại diện")]
    source_count: int
    sections: tuple[str, ...]
    places: tuple[str, ...]
    kinds: tuple[ArticleKind, ...]
    updated_at: Annotated[datetime | None, Field(description="Lần sửa gần nhất của các bài")]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """One page of the feed."""

    items: tuple[StoryItem, ...]
    next_cursor: Annotated[str | None, Field(description="Gửi lại trong cursor để đọc tiếp; null ở trang cuối")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageItem:
    """A picture of an article."""

    url: str
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentItem:
    """A file beside an article."""

    url: str
    name: str
    media_type: str
    is_pdf: Annotated[bool, Field(description="Mini App mở được bằng openDocument")]
    size_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionItem:
    """What an edit replaced."""

    seen_at: datetime
    title: Annotated[str, Field(description="Tiêu đề trước khi sửa")]
    changed: Annotated[tuple[str, ...], Field(description="Tên các phần đã sửa")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleDetail:
    """A whole article, as far as its source allows."""

    id: str
    url: str
    permalink: str
    title: str
    summary: str | None
    body: Annotated[str | None, Field(description="HTML đã làm sạch; null khi nguồn không cho đăng toàn văn")]
    source: SourceBrief
    authors: tuple[str, ...]
    origin_name: Annotated[str | None, Field(description="Nơi đăng đầu tiên, khi nguồn ghi rõ")]
    kind: ArticleKind
    sections: tuple[str, ...]
    places: tuple[str, ...]
    published_at: datetime | None
    published_day_only: Annotated[bool, Field(description="Nguồn chỉ ghi ngày, không ghi giờ")]
    updated_at: datetime | None
    first_seen_at: datetime
    sort_at: datetime
    image: str | None
    images: tuple[ImageItem, ...]
    attachments: tuple[AttachmentItem, ...]
    corrected: bool
    versions: tuple[VersionItem, ...]
    republish: Republish
    story_id: str | None
    others: Annotated[tuple[Card, ...], Field(description="Bài của nguồn khác về cùng sự kiện")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionItem:
    """A section of the feed."""

    slug: str
    label: str
    kind: ArticleKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionList:
    """Every section, in the order of the chips."""

    items: tuple[SectionItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceItem:
    """A source and how it is doing."""

    id: str
    name: str
    homepage: str
    authority: Authority
    kind: str
    sections: tuple[str, ...]
    republish: Republish
    state: Annotated[str, Field(description="healthy, slow, silent, failing, blocked, drifted, waiting, paused")]
    state_label: Annotated[str, Field(description="Tình trạng bằng chữ")]
    last_success_at: datetime | None
    last_new_at: datetime | None
    articles_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceList:
    """Every source."""

    items: tuple[SourceItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkItem:
    """An entry of the link directory."""

    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkGroup:
    """The links under one heading."""

    group: str
    links: tuple[LinkItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDirectory:
    """The link directory, in the order of the sources file."""

    items: tuple[LinkGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Liveness:
    """The process runs. Says nothing of the database."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether requests can be answered, part by part."""

    status: Annotated[str, Field(description="ready hoặc degraded")]
    store: Annotated[str, Field(description="ok hoặc away")]
    feed_stream: Annotated[str, Field(description="open hoặc closed: dòng thay đổi làm mới trang")]
    revision: int
    revision_age_s: Annotated[int, Field(description="Số giây từ lần tin thay đổi gần nhất")]
