"""What a feed says, whatever its format: the stories of one list, each by the article that leads it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.model.source import Province
from aggregator.web.api.views import Card, FeedPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story. ``summary`` is plain text, "" where the source allows only its link; ``page`` is ours, absolute."""

    id: str  # a tag URI (RFC 4151): the same in every format and for ever
    url: str  # of the article at its source
    page: str
    title: str
    summary: str
    image: str | None
    publisher: str
    publisher_url: str
    published_at: datetime
    updated_at: datetime
    labels: tuple[str, ...]  # of its sections


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A list of stories, newest first. ``page`` shows the same list to people, ``path`` is the feed's own."""

    title: str
    description: str
    origin: str  # scheme and host under which the reader sees us, without a slash at its end
    page: str
    path: str
    items: tuple[Item, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The catalogue's names for what cards only name by their slug."""

    province: Province
    section_labels: Mapping[str, str]
    homepages: Mapping[str, str]  # by source id


def channel_of(
    page: FeedPage, naming: Naming, *, name: str, origin: str, shown_at: str, path: str, now: datetime
) -> Channel:
    """The channel of a list called ``name`` that people see at the path ``shown_at``.

    A channel without items was updated at ``now``.
    """
    province = naming.province
    items = tuple(_item(story.id, story.lead, naming, origin=origin) for story in page.items)
    return Channel(
        title=f"{name} – {province.title}" if name else province.title,
        description=f"Tin đã gộp từ các nguồn chính thống của {province.name}; mỗi sự kiện một lần.",
        origin=origin,
        page=f"{origin}{shown_at}",
        path=path,
        items=items,
        updated_at=max((item.updated_at for item in items), default=now),
    )


def _item(story_id: str, card: Card, naming: Naming, *, origin: str) -> Item:
    published = card.published_at or card.sort_at
    return Item(
        id=f"tag:{naming.province.contact},2026:{story_id}",
        url=card.url,
        page=f"{origin}{card.permalink}",
        title=card.title,
        summary=card.summary or "",
        image=card.image,
        publisher=card.source.name,
        publisher_url=naming.homepages.get(card.source.id, card.url),
        published_at=published,
        updated_at=max(published, card.updated_at or published),
        labels=tuple(naming.section_labels.get(slug, slug) for slug in card.sections),
    )
