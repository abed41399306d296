"""One visit to one source: its state before, what came of it, and the record that operators read."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from aggregator.model.entry import Problem
from aggregator.model.failures import Outcome
from aggregator.model.rhythm import Rhythm


class Trigger(StrEnum):
    """Why a crawl ran."""

    SCHEDULE = "schedule"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What lets the next fetch of one section URL skip unchanged content."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None  # of the decoded body
    full_at: datetime | None = None  # when the body was last read in whole
    ttl_minutes: int | None = None  # what the body asked, for the visits that do not read it again
    skip_hours: tuple[int, ...] = ()  # 0-23, UTC
    skip_days: tuple[int, ...] = ()  # 0 Monday to 6 Sunday, UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to crawl one source until the server's clock passes ``expires_at``; ``token`` fences late writers."""

    source_id: str
    owner: str
    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidCounts:
    """What a source's documents said for and against its guids, as numbers of sightings (``normalise/guids.py``)."""

    steady: int = 0  # met again on the same URL
    repeated: int = 0  # on several URLs of one document
    reused: int = 0  # on another URL than before, while the old URL was still there
    changed: int = 0  # URLs that came with another guid than before


@dataclass(frozen=True, slots=True, kw_only=True)
class RedirectRun:
    """Visits in a row whose permanent redirect led to ``url`` (``schedule/redirects.py``)."""

    url: str
    since: datetime
    sightings: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionRest:
    """A section that failed while others of its source were read, and how (``crawl/resting.py``)."""

    failures: float  # weighted count in a row
    until: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """How many entries were read, and how many of them had each field."""

    entries: int = 0
    titled: int = 0
    dated: int = 0
    worded: int = 0  # with a summary or a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What a list of a source, or its article pages, usually give (``schedule/drift.py``)."""

    rules: str = ""  # a mark of the rules it was read by: other rules begin anew
    documents: int = 0
    since: datetime | None = None
    seen_at: datetime | None = None
    least: float = 0.0  # entries of the leanest document, rising slowly
    titled: float = 0.0  # shares of entries
    dated: float = 0.0
    worded: float = 0.0
    pool: Fill = Fill()  # article pages not yet judged
    fell: tuple[str, ...] = ()  # what the article pages judged last lacked


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a source between visits.

    ``validators``, ``redirects``, ``rests`` and ``baselines`` are keyed by section URL; the baseline of article pages
    by "".
    """

    source_id: str
    next_visit_at: datetime
    validators: dict[str, Validators] = field(default_factory=dict)
    failures: float = 0.0  # weighted count in a row
    last_outcome: Outcome | None = None
    last_failure: Outcome | None = None  # what went wrong at the last visit, also when it was partial
    last_crawl_at: datetime | None = None
    last_success_at: datetime | None = None
    last_new_at: datetime | None = None
    failing_since: datetime | None = None
    last_sentence: str = ""  # the last failure in Vietnamese, "" when healthy
    last_duration_ms: int = 0
    next_visit_why: str = ""
    articles_total: int = 0
    verified_at: datetime | None = None
    guids: GuidCounts = GuidCounts()
    rhythm: Rhythm | None = None
    page_tries: dict[str, int] = field(default_factory=dict)  # by key of undated entries that wait for their page
    redirects: dict[str, RedirectRun] = field(default_factory=dict)
    rests: dict[str, SectionRest] = field(default_factory=dict)
    baselines: dict[str, Baseline] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a fetch or crawl failed. ``cause`` is technical English, ``sentence`` Vietnamese for the operator."""

    outcome: Outcome
    sentence: str
    cause: str
    url: str = ""
    status: int | None = None
    retry_after_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Entries of a crawl. found = new + updated + unchanged + skipped."""

    found: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    pages: int = 0  # article pages fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds a crawl spent by phase."""

    fetch_ms: int = 0
    parse_ms: int = 0
    store_ms: int = 0
    total_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """The record of one visit (lượt thu thập). ``http_status`` is of the first section's fetch."""

    id: str
    source_id: str
    trigger: Trigger
    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    http_status: int | None
    bytes: int
    fetches: int
    counts: Counts
    timing: Timing
    skipped: dict[str, int]  # reason -> how many
    problems: tuple[Problem, ...]
    failure: Failure | None
    next_visit_at: datetime
    next_visit_why: str
    token: int
