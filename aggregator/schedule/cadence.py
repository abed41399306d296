"""The next visit to a source.

1. A healthy source is visited at its own interval, or by the default of the most urgent section it feeds.
2. Where its rhythm is known the same number of visits a week is laid where news is expected (``plan.py``), within
   3 minutes and 6 hours; where it is not, nights (23-5 h local) stretch the interval three times.
3. What the publisher asks (ttl, Cache-Control, skipHours, skipDays) is a floor, up to the longest interval.
4. A failing source waits interval × 2^n, n the weighted failures in a row, up to a cap by kind; a success forgets them.
   A source that says it is gone rests: one look a week.
5. While our own network is down nobody's failures rise.
6. Every interval has jitter, so that sources do not stay in step. Retry-After is a floor to all of it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.model.crawl import SourceState
from aggregator.model.failures import MEANINGS, WEIGHTS, Outcome, Weight
from aggregator.model.rhythm import Rhythm
from aggregator.model.source import ArticleKind, Authority, Source, SourceKind
from aggregator.schedule.hints import Hints, floor_of, retry_after
from aggregator.schedule.plan import Bounds, interval_for
from aggregator.schedule.rhythm import is_known

__all__ = ["JITTER", "LONGEST", "Hints", "NextVisit", "Pace", "default_interval", "next_visit"]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wait:
    """A length before jitter, the most it may become by jitter, and why it is so."""

    length: timedelta
    most: timedelta
    why: str


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
    rhythm: Rhythm | None = None,
    own_network_down: bool = False,
) -> NextVisit:
    """When to come back after a visit that ended with ``outcome``; ``jitter`` is drawn from [-1, 1].

    ``rhythm`` is the source's after this visit, None when nothing is remembered. ``own_network_down`` is
    ``is_own_network_down`` over the hosts of the last day.
    """
    interval = default_interval(source, kinds) * pace.scale
    weight = MEANINGS[outcome].weight
    failures = 0.0
    if weight is Weight.NONE or outcome is Outcome.PARTIAL:
        follows = rhythm if rhythm is not None and source.interval is None and is_known(rhythm) else None
        wait = _healthy(source, interval, follows, pace, now, timezone)
        length, asker = floor_of(hints, _jittered(wait, jitter, pace), now=now, longest=LONGEST * pace.scale)
        why = f"theo đề nghị của nguồn, {asker}" if asker else wait.why
    else:
        failures = state.failures + (0.0 if own_network_down else WEIGHTS[weight])
        wait = _failing(state, source, interval, failures, outcome, pace)
        length, why = _jittered(wait, jitter, pace), wait.why
        if own_network_down and outcome is not Outcome.GONE:
            why = "mạng của hệ thống đang gián đoạn, không tính lỗi cho nguồn"
    asked = retry_after(hints)
    if asked is not None and asked > length:
        length, why = asked, "máy chủ của nguồn yêu cầu chờ"
    return NextVisit(at=now + length, why=f"{why} ({_span(length)})", failures=failures)


def _healthy(
    source: Source, interval: timedelta, rhythm: Rhythm | None, pace: Pace, now: datetime, timezone: ZoneInfo
) -> _Wait:
    longest = max(LONGEST * pace.scale, interval)
    if rhythm is not None:
        bounds = Bounds(mean=interval, shortest=min(pace.shortest, longest), longest=longest)
        length = interval_for(rhythm, bounds, now=now, timezone=timezone)
        return _Wait(length=length, most=longest, why="nhịp riêng của nguồn")
    hour = now.astimezone(timezone).hour
    if source.interval is None and (hour >= _NIGHT_BEGINS or hour < _NIGHT_ENDS):
        return _Wait(length=min(interval * NIGHT_STRETCH, longest), most=longest, why="nhịp ban đêm")
    return _Wait(length=interval, most=longest, why="nhịp thường lệ")


def _failing(
    state: SourceState, source: Source, interval: timedelta, failures: float, outcome: Outcome, pace: Pace
) -> _Wait:
    if outcome is Outcome.GONE:
        rest = _GONE_CAP * pace.scale
        return _Wait(length=rest, most=rest * (1 + JITTER), why="nguồn báo đã đóng, mỗi tuần xem lại một lần")
    is_settled = state.verified_at is not None and source.kind is not SourceKind.UNKNOWN
    # What never proved itself is tried every 6 hours, however rarely it is to be read once it has.
    cap = max(_FAILURE_CAP[source.authority] * pace.scale, interval) if is_settled else LONGEST * pace.scale
    # 2^20 intervals is past every cap; the bound keeps the power finite.
    return _Wait(length=min(interval * 2 ** min(failures, 20.0), cap), most=cap, why="giãn nhịp vì lỗi liên tiếp")


def _jittered(wait: _Wait, jitter: float, pace: Pace) -> timedelta:
    """The wait moved by up to a tenth, within its most and the deployment's shortest."""
    return max(min(wait.length * (1 + JITTER * jitter), wait.most), pace.shortest)


def _span(length: timedelta) -> str:
    """A length in Vietnamese, in its largest unit that says enough."""
    seconds = length.total_seconds()
    for size, unit in ((86400, "ngày"), (3600, "giờ"), (60, "phút")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} giây"
