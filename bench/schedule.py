"""Freshness against fetches, by simulation: ``python -m bench.schedule``.

Twelve weeks or more of synthetic publishing per rhythm (``publishing.py``) are replayed against our schedule from its
first visit on, knowing nothing before. The number of fetches it spends is then given to the others: fixed-interval
polling, and the published rules of two systems. Their rules keep their shape; their intervals, minimum and maximum
included, are multiplied by the one factor that gives them at least as many fetches as we spent. They are told the exact
publication times even where the source shows days only; we are not. Only we have jitter.

- Miniflux ``entry_frequency``: the interval equals the average updating interval of the last week, within 5 minutes and
  24 hours (man page miniflux(1): POLLING_SCHEDULER, SCHEDULER_ENTRY_FREQUENCY_FACTOR, _MIN_INTERVAL, _MAX_INTERVAL).
- CommaFeed 5.6 and later, ``interval-empirical``: half the average time between the listed entries, within 5 minutes
  and an hour; 1, 2 or 4 hours when the last entry is 7, 14 or 30 days old (its documentation of
  commafeed.feed-refresh.interval-empirical and .max-interval, which names FeedRefreshIntervalCalculator for details).

Freshest means the least mean delay, which is what the schedule minimises: an article of an unusual hour waits longer
for it, and the 95th percentile shows that.

The control is chance alone, where theory says that nothing is fresher than a fixed interval: it shows what our looking
for a rhythm costs where there is none.
"""

import sys
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

from aggregator.model.crawl import SourceState
from aggregator.model.failures import Outcome
from aggregator.model.rhythm import Rhythm
from aggregator.model.source import Source, SourceKind, SourceSection
from aggregator.schedule.cadence import Hints, Pace, next_visit
from aggregator.schedule.rhythm import observe
from bench.publishing import CONTROL, KINDS, START, Kind

LISTED = 30  # entries a feed shows
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0
_WEEK = 7 * _DAY
_TRIES = 20
_TIMEZONE = ZoneInfo("Asia/Ho_Chi_Minh")

Shared = Callable[[Sequence[float], float], float]  # a published rule: all articles and the second of a visit -> wait
Rule = Callable[[float], float]  # the second of a visit -> seconds until the next


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What one rule made of one run: delays in seconds by article, and fetches."""

    delays: list[float]
    fetches: int


def replay(articles: Sequence[float], end: float, rule: Rule) -> Replay:
    """Visits from second 0 as ``rule`` says; an article published before ``end`` waits for the next visit."""
    waiting = list(articles[bisect_right(articles, 0.0) : bisect_left(articles, end)])
    delays: list[float] = []
    at, fetches, seen = 0.0, 0, 0
    while at < end or seen < len(waiting):
        fetches += at < end
        until = bisect_right(waiting, at, seen)
        delays.extend(at - published for published in waiting[seen:until])
        seen = until
        at += rule(at)
    return Replay(delays=delays, fetches=fetches)


class Ours:
    """Our schedule as a rule: it sees what a visit would show, by the very functions that the crawl calls."""

    def __init__(self, kind: Kind, articles: Sequence[float], seed: int) -> None:
        self._kind = kind
        self._articles = articles
        self._random = Random(seed)
        self._rhythm = Rhythm()
        self._seen = max(bisect_right(articles, 0.0) - LISTED, 0)
        sections = (SourceSection(url="https://a.vn/rss", section="mau"),)
        self._source = Source(id="mau", name="Mẫu", homepage="https://a.vn/", kind=SourceKind.FEED, sections=sections)
        self._state = SourceState(source_id="mau", next_visit_at=START)

    def __call__(self, at: float) -> float:
        """The wait after a visit at ``at``."""
        now = START + timedelta(seconds=at)
        until = bisect_right(self._articles, at)
        new = self._articles[self._seen : until]
        self._seen = until
        appeared = [START + timedelta(seconds=one) if self._kind.is_dated else None for one in new]
        self._rhythm = observe(self._rhythm, appeared, now=now, timezone=_TIMEZONE)
        due = next_visit(
            self._state,
            self._source,
            Outcome.OK if new else Outcome.UNCHANGED,
            Hints(),
            kinds={"mau": self._kind.section},
            pace=Pace(),
            now=now,
            timezone=_TIMEZONE,
            jitter=self._random.uniform(-1, 1),
            rhythm=self._rhythm,
        )
        return (due.at - now).total_seconds()


def fixed(_articles: Sequence[float], _at: float) -> float:
    """The same wait always (scaled to the budget)."""
    return 10 * _MINUTE


def miniflux(articles: Sequence[float], at: float) -> float:
    """The average updating interval of the last week, within 5 minutes and 24 hours."""
    count = bisect_right(articles, at) - bisect_right(articles, at - _WEEK)
    return min(max(_WEEK / count, 5 * _MINUTE), _DAY) if count else _DAY


def commafeed(articles: Sequence[float], at: float) -> float:
    """Half the average time between listed entries, at most an hour; longer by the age of the last entry."""
    until = bisect_right(articles, at)
    listed = articles[max(until - LISTED, 0) : until]
    most = 4 * _HOUR
    if len(listed) < 2:
        return most
    age = at - listed[-1]
    for days, wait in ((30, most), (14, most / 2), (7, most / 4)):
        if age >= days * _DAY:
            return wait
    return min(max((listed[-1] - listed[0]) / (len(listed) - 1) / 2, 5 * _MINUTE), most / 4)


THEIRS = {"fixed": fixed, "Miniflux": miniflux, "CommaFeed": commafeed}


def with_budget(rule: Shared, articles: Sequence[float], end: float, fetches: int) -> Replay:
    """The replay of ``rule`` with all its waits multiplied by one factor that spends at least ``fetches``, 0.2 % more
    at most where the rule's steps allow it.
    """
    factor = 1.0
    best = replay(articles, end, _scaled(rule, articles, factor))
    low, high = 0.0, float("inf")  # factors known to spend enough, and too little
    for _ in range(_TRIES):
        if fetches <= best.fetches <= fetches * 1.002:
            break
        if best.fetches >= fetches:
            low = max(low, factor)
        else:
            high = min(high, factor)
        factor *= best.fetches / (fetches * 1.001)
        if not low < factor < high:
            factor = (low + high) / 2
        best = replay(articles, end, _scaled(rule, articles, factor))
    return best if best.fetches >= fetches else replay(articles, end, _scaled(rule, articles, low))


def _scaled(rule: Shared, articles: Sequence[float], factor: float) -> Rule:
    return lambda at: rule(articles, at) * factor


def run(job: tuple[Kind, int]) -> dict[str, Replay]:
    """One run of a rhythm under every rule, ours first: its fetches are the others' budget."""
    kind, seed = job
    articles = sorted(kind.draw(Random(seed), kind.weeks))
    end = kind.weeks * _WEEK
    ours = replay(articles, end, Ours(kind, articles, seed))
    others = {name: with_budget(rule, articles, end, ours.fetches) for name, rule in THEIRS.items()}
    return {"ours": ours} | others


def table(kinds: Sequence[Kind]) -> list[tuple[Kind, dict[str, Replay]]]:
    """All runs of each rhythm, their delays and fetches put together."""
    jobs = [(kind, seed) for kind in kinds for seed in range(kind.runs)]
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(run, jobs))
    rows = []
    for kind in kinds:
        runs = [result for (one, _), result in zip(jobs, results, strict=True) if one is kind]
        rows.append((kind, {name: _together([result[name] for result in runs]) for name in ("ours", *THEIRS)}))
    return rows


def _together(replays: Sequence[Replay]) -> Replay:
    return Replay(
        delays=sorted(delay for one in replays for delay in one.delays), fetches=sum(one.fetches for one in replays)
    )


def _mean(one: Replay) -> float:
    return sum(one.delays) / len(one.delays) / _MINUTE


def _p95(one: Replay) -> float:
    return one.delays[int(0.95 * len(one.delays))] / _MINUTE


def _line(kind: Kind, replays: dict[str, Replay]) -> str:
    ours = replays["ours"]
    head = f"{kind.name:<24} {kind.weeks * kind.runs:>5} {len(ours.delays):>8}"
    cells = [
        f"{one.fetches / kind.weeks / kind.runs:>7.0f} {_mean(one):>6.2f} {_p95(one):>6.1f}" for one in replays.values()
    ]
    best = min(_mean(one) for name, one in replays.items() if name != "ours")
    return f"{head} | {' | '.join(cells)} | {_mean(ours) / best - 1:>+6.1%}"


def main() -> int:
    """Prints the table; 1 when another rule is fresher than ours on any rhythm but the control."""
    started = time.perf_counter()
    rows = table((*KINDS, CONTROL))
    names = ("ours", *THEIRS)
    print("Minutes from publication to visit, at equal fetches (a week)\n")
    print(f"{'':<39} | {' | '.join(f'{name:^21}' for name in names)} |  mean against")
    print(f"{'rhythm':<24} weeks articles | {' | '.join(['fetches   mean    p95'] * len(names))} |  the best other")
    for kind, replays in rows:
        print(_line(kind, replays))
    beaten = [
        kind.name
        for kind, replays in rows
        if kind is not CONTROL and _mean(replays["ours"]) >= min(_mean(replays[name]) for name in THEIRS)
    ]
    print(f"\n{time.perf_counter() - started:.0f} s")
    print(
        f"another is fresher by the mean on: {', '.join(beaten)}"
        if beaten
        else "ours is the freshest by the mean on every rhythm"
    )
    return 1 if beaten else 0


if __name__ == "__main__":
    sys.exit(main())
