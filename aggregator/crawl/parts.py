"""What a crawl works with, handed in by the composition root, and what it tells while it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.engine.pool import ParsePool
from aggregator.fetch.gate import Gate
from aggregator.model.crawl import Baseline, Counts, Failure, Fill, GuidCounts, RedirectRun, Validators
from aggregator.model.entry import Problem
from aggregator.model.errors import PoolBusy, PoolError
from aggregator.model.failures import Outcome
from aggregator.model.fetch import Fetched
from aggregator.model.source import ArticleKind, Section, Source
from aggregator.schedule.cadence import Pace
from aggregator.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one crawl."""

    max_entries: int
    max_pages: int
    max_age: timedelta
    max_body_bytes: int
    fetch_timeout: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The world as a crawl sees it. ``new_id`` gives a fresh random id, ``draw`` a number in [-1, 1]."""

    gate: Gate
    pool: ParsePool
    store: Store
    sections: tuple[Section, ...]
    timezone: ZoneInfo
    limits: Limits
    pace: Pace
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    draw: Callable[[], float]

    @property
    def kinds(self) -> dict[str, ArticleKind]:
        """The article kind of each feed section."""
        return {section.slug: section.kind for section in self.sections}


def keep_raw(parts: Parts, source: Source, fetched: Fetched) -> None:
    """Keeps a fetched body for some weeks, so that it can be read again by better rules."""
    parts.store.raw_pages.keep(
        fetched.url,
        source_id=source.id,
        body=fetched.body,
        content_type=fetched.content_type,
        fetched_at=parts.now(),
    )


def outcome_of(error: PoolError) -> Outcome:
    """What a document that was not parsed tells of its source: nothing when it was we who had no worker free."""
    return Outcome.INTERNAL if isinstance(error, PoolBusy) else Outcome.PARSE_FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something a crawl did, for whoever watches it: ``name`` in snake_case, ``detail`` in English."""

    name: str
    url: str = ""
    detail: str = ""


Watcher = Callable[[Step], None]


def unwatched(_step: Step) -> None:
    """The watcher of scheduled crawls: their record is the log."""


@dataclass(slots=True)
class Tally:
    """Adds up what a crawl does; the one mutable thing in it."""

    counts: Counts = field(default_factory=Counts)
    skipped: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    bytes: int = 0
    fetches: int = 0
    fetch_ms: float = 0.0
    parse_ms: float = 0.0
    store_ms: float = 0.0
    retry_after_s: float | None = None  # the longest wait any host asked for
    guids: GuidCounts = field(default_factory=GuidCounts)  # the experience with the source's guids so far
    appeared: list[datetime | None] = field(default_factory=list)  # own times of new articles, None: by the day or not
    page_tries: dict[str, int] = field(default_factory=dict)  # of undated entries not kept, as ``SourceState`` has them
    pages: Fill = field(default_factory=Fill)  # what the article pages that were read gave

    def wait_at_least(self, seconds: float | None) -> None:
        """Notes how long a host asked to be left alone."""
        if seconds is not None:
            self.retry_after_s = max(seconds, self.retry_after_s or 0.0)

    def skip(self, reason: str, how_many: int = 1) -> None:
        """Notes entries left out, by reason."""
        self.skipped[reason] = self.skipped.get(reason, 0) + how_many


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionResult:
    """What came of one section URL. ``validators`` is None when the next visit must read the body again.

    ``ttl``, ``skip_hours`` and ``skip_days`` are what the document asks, ``max_age`` what its server does.
    """

    outcome: Outcome
    failure: Failure | None = None
    status: int | None = None
    validators: Validators | None = None
    ttl: timedelta | None = None
    max_age: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()
    redirect: RedirectRun | None = None
    baseline: Baseline | None = None
    sane: bool = False
    asked: bool = True  # False: not fetched at this visit, and this is how it ended before
