"""What a crawl hands to the writer, and what it hears back."""

from dataclasses import dataclass, field

from aggregator.model.article import Article
from aggregator.model.crawl import Crawl, Lease, SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlWrites:
    """What a crawl hands over at once. ``state``, with the record ``crawl``, concludes it and releases its lease.

    ``updated`` articles keep the story, visibility and times of first sight that are stored. ``articles_total`` of a
    state is not written: it grows by what was inserted; ``verified_at`` is never taken back.
    """

    lease: Lease
    new: tuple[Article, ...] = ()
    updated: tuple[Article, ...] = ()
    crawl: Crawl | None = None
    state: SourceState | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteResult:
    """What became of the new articles, by id; ``rejected`` holds articles that cannot be stored, with the reason.

    A duplicate is an article one of whose identity keys another article holds: it was already kept. A buried one has an
    identity key of an article that was purged.
    """

    inserted: frozenset[str] = frozenset()
    duplicates: frozenset[str] = frozenset()
    buried: frozenset[str] = frozenset()
    rejected: dict[str, str] = field(default_factory=dict)
