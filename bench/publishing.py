"""Synthetic publishing: weeks of articles by rhythm, as instants and whether the source dates them exactly.

Each generator draws from a seeded ``Random`` and gives articles from two weeks before the start (what a first visit
finds listed) to the end. Hours are local (UTC+7), weeks begin on Monday 00 h.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from math import exp
from random import Random

from aggregator.model.source import ArticleKind

START = datetime(2026, 8, 2, 17, 0, tzinfo=UTC)  # Monday 00:00 in Vietnam
HISTORY_WEEKS = 2
_HOUR = 3600.0
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A rhythm of publishing: ``draw(random, weeks)`` gives instants in seconds from the start, unsorted."""

    name: str
    draw: Callable[[Random, int], Iterator[float]]
    section: ArticleKind = ArticleKind.NEWS  # the kind of section it feeds: the default interval
    is_dated: bool = True  # False: the list shows days only
    runs: int = 1
    weeks: int = 12


def _poisson(random: Random, rate: Callable[[float], float], most: float, begin: float, end: float) -> Iterator[float]:
    """Instants of a Poisson process with ``rate`` per hour at a second, by thinning."""
    at = begin
    while True:
        at += random.expovariate(most) * _HOUR
        if at >= end:
            return
        if random.random() * most < rate(at):
            yield at


def _span(weeks: int) -> tuple[float, float]:
    return -HISTORY_WEEKS * _WEEK, weeks * _WEEK


def _bump(hour: float, middle: float, width: float) -> float:
    return exp(-(((hour - middle) / width) ** 2))


def newsroom_rate(at: float) -> float:
    """A provincial paper: about 100 articles a workday, half on weekends, three peaks."""
    day, hour = divmod(at / _HOUR % 168, 24)
    wave = (
        0.3 + 9 * _bump(hour, 7, 1.5) + 8 * _bump(hour, 11, 1.7) + 9 * _bump(hour, 16.5, 2.0) + 4 * _bump(hour, 21, 1)
    )
    return wave * (0.5 if day >= 5 else 1.0) * (0.15 if hour < 5 else 1.0)


def newsroom(random: Random, weeks: int) -> Iterator[float]:
    """A paper on workdays and weekends."""
    return _poisson(random, newsroom_rate, 20.0, *_span(weeks))


def office(random: Random, weeks: int) -> Iterator[float]:
    """An official site: somebody uploads one to five texts when they sit down to it, on workdays."""
    for day in range(-7 * HISTORY_WEEKS, 7 * weeks):
        if day % 7 >= 5:
            continue
        for session in (8.6, 10.6, 14.5, 16.3):
            if random.random() < 0.55:
                begin = day * _DAY + random.gauss(session, 0.5) * _HOUR
                for _ in range(random.randint(1, 5)):
                    begin += random.expovariate(1 / (4 * 60))
                    yield begin


def bulletin(random: Random, weeks: int) -> Iterator[float]:
    """A weekly bulletin: six texts on Friday afternoon, one week in ten on Saturday morning."""
    for week in range(-HISTORY_WEEKS, weeks):
        late = random.random() < 0.1
        begin = week * _WEEK + (5 if late else 4) * _DAY + random.gauss(9.5 if late else 15.5, 0.7) * _HOUR
        for _ in range(6):
            begin += random.expovariate(1 / 90)
            yield begin


def rare(random: Random, weeks: int) -> Iterator[float]:
    """Notices: three a week, in office hours."""

    def rate(at: float) -> float:
        day, hour = divmod(at / _HOUR % 168, 24)
        return 3 / 40 if day < 5 and (7.5 <= hour < 11.5 or 13.5 <= hour < 17.5) else 0.0

    return _poisson(random, rate, 3 / 40, *_span(weeks))


def night_owl(random: Random, weeks: int) -> Iterator[float]:
    """A site fed late at night, every night."""

    def rate(at: float) -> float:
        hour = at / _HOUR % 24
        return 0.1 + 5 * _bump((hour + 12) % 24, 11.8, 1.8)

    return _poisson(random, rate, 5.2, *_span(weeks))


def steady(random: Random, weeks: int) -> Iterator[float]:
    """A wire that never sleeps, every day alike: half as much at night as by day."""
    return _poisson(random, lambda at: 3.2 if 6 <= at / _HOUR % 24 < 20 else 1.6, 3.2, *_span(weeks))


def event_days(random: Random, weeks: int) -> Iterator[float]:
    """A small paper with a storm or a congress every other week: ten hours of twelve times the news, on any day."""
    begin, end = _span(weeks)
    storms = [
        (week * _WEEK + random.randrange(7) * _DAY + random.uniform(6, 12) * _HOUR) for week in range(-2, weeks, 2)
    ]

    def rate(at: float) -> float:
        usual = newsroom_rate(at) / 5
        return usual * 12 if any(storm <= at < storm + 10 * _HOUR for storm in storms) else usual

    return _poisson(random, rate, 48.0, begin, end)


def dead(random: Random, weeks: int) -> Iterator[float]:
    """A small paper that stops in the fifth week and comes back for a day near the end."""
    begin, end = _span(weeks)
    revival = (weeks - 1.5) * _WEEK
    for at in _poisson(random, lambda at: newsroom_rate(at) / 4, 5.0, begin, end):
        if at < 4.5 * _WEEK or revival <= at < revival + _DAY:
            yield at


def flat(random: Random, weeks: int) -> Iterator[float]:
    """Chance alone: every hour of the week alike."""
    return _poisson(random, lambda _at: 3.0, 3.0, *_span(weeks))


KINDS = (
    Kind(name="newsroom, workdays", draw=newsroom),
    Kind(name="office bursts, undated", draw=office, is_dated=False, runs=2),
    Kind(name="weekly bulletin, undated", draw=bulletin, is_dated=False, section=ArticleKind.DOCUMENT, runs=6),
    Kind(name="rare notices", draw=rare, section=ArticleKind.NOTICE, weeks=18, runs=3),
    Kind(name="night owl", draw=night_owl),
    Kind(name="steady wire", draw=steady, runs=3),
    Kind(name="event days", draw=event_days, runs=2),
    Kind(name="dead, one revival", draw=dead, runs=2),
)
CONTROL = Kind(name="flat (control)", draw=flat)
