"""The next visit to a source.

1. A healthy source is visited at its own interval, or the shortest default of the sections it feeds.
2. What the publisher asks (ttl, Cache-Control) is a floor, up to the longest interval.
3. At night (23-5 h local) intervals are three times as long.
4. A failing source waits interval × 2^n, n the weighted failures in a row, up to a cap by kind; Retry-After is a floor.
5. Every interval has jitter, so that sources do not stay in step.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.model.crawl import SourceState
from aggregator.model.failures import MEANINGS, WEIGHTS, Outcome, Weight
from aggregator.model.source import ArticleKind, Authority, Source, SourceKind

LONGEST = timedelta(hours=6)
JITTER = 0.1
NIGHT_STRETCH = 3
_NIGHT_BEGINS, _NIGHT_ENDS = 23, 5

_BY_KIND = {
    ArticleKind.NOTICE: timedelta(minutes=5),
    ArticleKind.EVENT: timedelta(minutes=5),
    ArticleKind.NEWS: timedelta(minutes=10),
    ArticleKind.DOCUMENT: timedelta(minutes=30),
    ArticleKind.HANDBOOK: timedelta(minutes=60),
}
_FAILURE_CAP = {
    Authority.OFFICIAL: timedelta(hours=6),
    Authority.ORGANISATION: timedelta(hours=6),
    Authority.PRESS: timedelta(hours=24),
    Authority.REPOST: timedelta(hours=24),
}
_GONE_CAP = timedelta(days=7)
_RETRY_AFTER_CAP = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What the publisher and the host asked of us, None where they were silent."""

    ttl: timedelta | None = None
    max_age: timedelta | None = None
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The deployment's multiplier of intervals and the shortest one it allows."""

    scale: float = 1.0
    shortest: timedelta = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class NextVisit:
    """When a source is due and why then, in Vietnamese. ``failures`` is the new weighted count in a row."""

    at: datetime
    why: str
    failures: float


def default_interval(source: Source, kinds: dict[str, ArticleKind]) -> timedelta:
    """The source's interval, or the shortest default of its sections; ``kinds`` maps section slugs."""
    if source.interval is not None:
        return source.interval
    if source.kind is SourceKind.UNKNOWN:
        return LONGEST
    found = [_BY_KIND[kinds[section.section]] for section in source.sections if section.section in kinds]
    return min(found, default=_BY_KIND[ArticleKind.NEWS])


def next_visit(
    state: SourceState,
    source: Source,
    outcome: Outcome,
    hints: Hints,
    *,
    kinds: dict[str, ArticleKind],
    pace: Pace,
    now: datetime,
    timezone: ZoneInfo,
    jitter: float,
) -> NextVisit:
    """When to come back after a visit that ended with ``outcome``; ``jitter`` is drawn from [-1, 1]."""
    interval = default_interval(source, kinds)
    weight = MEANINGS[outcome].weight
    failures = 0.0
    if weight is Weight.NONE or outcome is Outcome.PARTIAL:
        wait, why = _healthy(source, interval, hints, now, timezone)
    else:
        failures = state.failures + WEIGHTS[weight]
        wait, why = _failing(source, interval, failures, outcome, verified=state.verified_at is not None)
    wait = max(wait * pace.scale * (1 + JITTER * jitter), pace.shortest)
    if hints.retry_after is not None:
        asked = min(hints.retry_after, _RETRY_AFTER_CAP)
        if asked > wait:
            wait, why = asked, "máy chủ của nguồn yêu cầu chờ"
    return NextVisit(at=now + wait, why=f"{why} ({_span(wait)})", failures=failures)


def _healthy(
    source: Source, interval: timedelta, hints: Hints, now: datetime, timezone: ZoneInfo
) -> tuple[timedelta, str]:
    wait, why = interval, "nhịp thường lệ"
    hour = now.astimezone(timezone).hour
    if source.interval is None and (hour >= _NIGHT_BEGINS or hour < _NIGHT_ENDS):
        wait, why = wait * NIGHT_STRETCH, "nhịp ban đêm"
    for floor, asker in ((hints.ttl, "ttl"), (hints.max_age, "Cache-Control")):
        if floor is not None and min(floor, LONGEST) > wait:
            wait, why = min(floor, LONGEST), f"theo đề nghị của nguồn, {asker}"
    return min(wait, max(LONGEST, interval)), why


def _failing(
    source: Source, interval: timedelta, failures: float, outcome: Outcome, *, verified: bool
) -> tuple[timedelta, str]:
    if outcome is Outcome.GONE:
        return _GONE_CAP, "nguồn báo đã đóng, mỗi tuần xem lại một lần"
    known = verified and source.kind is not SourceKind.UNKNOWN
    cap = _FAILURE_CAP[source.authority] if known else LONGEST
    # 2^20 intervals is past every cap; the bound keeps the power finite.
    wait = min(interval * 2 ** min(failures, 20.0), max(cap, interval))
    return wait, "giãn nhịp vì lỗi liên tiếp"


def _span(length: timedelta) -> str:
    """A length in Vietnamese, in its largest unit that says enough."""
    seconds = length.total_seconds()
    for size, unit in ((86400, "ngày"), (3600, "giờ"), (60, "phút")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} giây"
