"""Values for tests of the pure core: each builder fills what a test does not care about."""

from datetime import UTC, datetime
from typing import Any

from aggregator.model.article import Article, Visibility
from aggregator.model.crawl import SourceState
from aggregator.model.entry import DateOrigin, Entry, FoundDate, Precision
from aggregator.model.source import (
    ArticleKind,
    Authority,
    Republish,
    Source,
    SourceKind,
    SourceSection,
)

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # 10:00 in Nghệ An


def source(**fields: Any) -> Source:
    """A press feed with one section."""
    defaults: dict[str, Any] = {
        "id": "bao-mau",
        "name": "Báo mẫu",
        "homepage": "https://bao.example.vn/",
        "kind": SourceKind.FEED,
        "sections": (SourceSection(url="https://bao.example.vn/rss", section="thoi-su"),),
    }
    return Source(**(defaults | fields))


def state(**fields: Any) -> SourceState:
    """A healthy, verified source's state."""
    defaults: dict[str, Any] = {"source_id": "bao-mau", "next_visit_at": NOW, "verified_at": NOW}
    return SourceState(**(defaults | fields))


def entry(**fields: Any) -> Entry:
    """An entry with title, link, summary and date."""
    defaults: dict[str, Any] = {
        "url": "https://bao.example.vn/tin-1.html",
        "title": "Khánh thành cầu dân sinh tại xã Tam Hợp",
        "summary": "Cây cầu nối hai bờ suối.",
        "published": FoundDate(at=NOW, origin=DateOrigin.FEED),
        "digest": "0" * 32,
    }
    return Entry(**(defaults | fields))


def article(**fields: Any) -> Article:
    """A live press article."""
    defaults: dict[str, Any] = {
        "id": "a1",
        "source_id": "bao-mau",
        "url": "https://bao.example.vn/tin-1.html",
        "keys": ("bao-mau|u:1",),
        "digest": "0" * 32,
        "title": "Khánh thành cầu dân sinh tại xã Tam Hợp",
        "summary": "Cây cầu nối hai bờ suối.",
        "body": "",
        "text": "",
        "authors": (),
        "origin_name": None,
        "images": (),
        "attachments": (),
        "published_at": NOW,
        "published_origin": DateOrigin.FEED,
        "published_precision": Precision.SECOND,
        "updated_at": None,
        "first_seen_at": NOW,
        "sort_at": NOW,
        "sections": ("thoi-su",),
        "places": (),
        "kind": ArticleKind.NEWS,
        "authority": Authority.PRESS,
        "republish": Republish.SUMMARY,
        "visibility": Visibility.LIVE,
        "story_id": None,
        "versions": (),
        "problems": (),
        "parser_version": 1,
        "fence": 1,
    }
    return Article(**(defaults | fields))
