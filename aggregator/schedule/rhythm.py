"""The rhythm of a source: learnt from when its new articles appeared, read as articles per hour of the week.

1. A visit tells of the whole time since the visit before: what appeared in it, and that nothing else did.
2. An article whose own time lies in that window appeared then. One that is dated earlier or only by the day appeared
   somewhere in the window, and is spread over it.
3. The first visit tells of the past by the dates of what is listed, two weeks at most.
4. A slot fades by half for every four hours that it is watched again (four weeks of the calendar).
5. Thin data leans on broader ones: the hour of the week on its hour of the day times its day of the week, those on the
   part of the day and on workdays or weekend, those on the overall rate. It leans the more, the less the data show
   beyond chance: what looks flat is taken as flat.
6. Beside the week there is the day: more news in the last hours than foretold is heat, less is cold.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from math import sqrt
from zoneinfo import ZoneInfo

from aggregator.model.rhythm import HOURS_OF_WEEK, Rhythm

HALF_LIFE_WEEKS = 4.0
# Articles that the broader view weighs against a slot's own, as chance and the data have it.
_LEAST_LEAN, _MOST_LEAN = 1.0, 50.0
# Articles, fading with the slots, from which on a rhythm is worth following.
KNOWN_FROM = 3.0
_BACKLOG = timedelta(days=14)
_FEWEST_DATES = 5  # of a first visit: fewer tell nothing
_MOST_NEW = 200  # of one visit: a site that renames all its pages is not a burst of news
_FOLD = timedelta(hours=1)  # visits without news are remembered by the hour
_HEAT_HALF_LIFE_H = 2.0
_CHANCE = 2.5  # standard deviations
_COLDEST, _HOTTEST = 0.25, 9.0
_QUIET_TIMES = 3.0  # the longest quiet known, this often, is silence
_SHORTEST_QUIET_H = 48.0
_MOST_STRETCH = 6.0
_FADE = 0.5 ** (1 / HALF_LIFE_WEEKS)
_HEAT_FADE = 0.5 ** (1 / _HEAT_HALF_LIFE_H)
_QUIET_FADE = _FADE ** (1 / HOURS_OF_WEEK)
_HOUR_S = 3600.0
_DAY_HOURS = 24
_WATCHED_ENOUGH_H = 300.0  # two weeks, as their slots fade
_MEAN_GAPS = 6.0
_SHORTEST_SILENCE, _LONGEST_SILENCE = timedelta(days=1), timedelta(days=30)
_DAY_BLOCKS = (slice(0, 5), slice(5, 7))  # workdays, weekend
_HOUR_BLOCKS = tuple(slice(start, start + 4) for start in range(0, 24, 4))


def slot_of(at: datetime, timezone: ZoneInfo) -> int:
    """The hour of the local week, 0 (Monday 00-01 h) to 167."""
    local = at.astimezone(timezone)
    return local.weekday() * _DAY_HOURS + local.hour


def observe(rhythm: Rhythm, appeared: Sequence[datetime | None], *, now: datetime, timezone: ZoneInfo) -> Rhythm:
    """The rhythm after a visit that ended well at ``now`` and brought one new article for each of ``appeared``.

    Each is the article's own publication time, None when that is unknown or exact to the day only. A clock that went
    back teaches nothing.
    """
    since = rhythm.watched_to
    if since is None:
        return _first(rhythm, [at for at in appeared if at is not None], now, timezone)
    if now <= since or (not appeared and now - since < _FOLD):
        return rhythm
    since = max(since, now - _BACKLOG)
    weight = min(1.0, _MOST_NEW / max(len(appeared), 1))
    window = _window(since, now, timezone)
    watched = sum(window.values())
    spread = 0.0
    fresh: dict[int, float] = {}
    for at in appeared:
        if at is not None and since < at <= now:
            slot = slot_of(at, timezone)
            fresh[slot] = fresh.get(slot, 0.0) + weight
        else:
            spread += weight
    for slot, hours in window.items():
        fresh[slot] = fresh.get(slot, 0.0) + spread * hours / watched
    foretold = 0.0
    if not is_known(rhythm):
        rhythm = replace(rhythm, recent=0.0, expected=0.0)
    elif watched < _DAY_HOURS:
        rates = rates_of(rhythm)
        foretold = sum(rates[slot] * hours for slot, hours in window.items())
    heard = replace(
        _folded(rhythm, window, fresh),
        watched_to=now,
        recent=_HEAT_FADE**watched * (rhythm.recent + (weight * len(appeared) if foretold else 0.0)),
        expected=_HEAT_FADE**watched * (rhythm.expected + foretold),
    )
    return _quietened(heard, watched, has_news=bool(appeared))


def is_known(rhythm: Rhythm) -> bool:
    """Whether enough articles were seen to follow the rhythm."""
    return sum(rhythm.counts) >= KNOWN_FROM


@lru_cache(maxsize=1024)  # asked for at every visit, while a rhythm changes by the hour
def rates_of(rhythm: Rhythm) -> tuple[float, ...]:
    """Articles per hour to expect in each of the 168 slots, all above 0; the rhythm must be known."""
    counts, hours = rhythm.counts, rhythm.hours
    overall = sum(counts) / sum(hours)
    days = [slice(start, start + _DAY_HOURS) for start in range(0, HOURS_OF_WEEK, _DAY_HOURS)]
    by_day = _refined([sum(counts[day]) for day in days], [sum(hours[day]) for day in days], overall, _DAY_BLOCKS)
    by_hour = _refined(
        [sum(counts[hour::_DAY_HOURS]) for hour in range(_DAY_HOURS)],
        [sum(hours[hour::_DAY_HOURS]) for hour in range(_DAY_HOURS)],
        overall,
        _HOUR_BLOCKS,
    )
    return tuple(_leaning(counts, hours, [day * hour / overall for day in by_day for hour in by_hour]))


def heat_of(rhythm: Rhythm) -> float:
    """How much more (above 1) or less news the last hours brought than foretold, within [0.25, 9].

    Only what chance does not explain counts: two standard deviations are taken off.
    """
    recent, expected = rhythm.recent, rhythm.expected
    if recent > expected:
        return min(max((recent - _CHANCE * sqrt(recent)) / max(expected, 1.0), 1.0), _HOTTEST)
    if expected > _CHANCE * sqrt(expected):
        return max(min((recent + _CHANCE * sqrt(expected)) / expected, 1.0), _COLDEST)
    return 1.0


def silence_of(rhythm: Rhythm) -> float:
    """How far to stretch the pace of a source that is quiet much longer than it ever was, within [1, 6]."""
    usual = max(rhythm.longest_quiet_hours, _SHORTEST_QUIET_H)
    return min(max(rhythm.quiet_hours / (_QUIET_TIMES * usual), 1.0), _MOST_STRETCH)


def strange_silence(rhythm: Rhythm) -> timedelta | None:
    """The time without news that is strange for this source, within a day and 30 days.

    It is twice the longest, or six times the mean between two articles when that is more: of news that comes by
    chance one wait in 400 is longer, while a source of few articles has hardly shown its longest yet.
    None until it has been watched for about two weeks.
    """
    if not is_known(rhythm) or sum(rhythm.hours) < _WATCHED_ENOUGH_H:
        return None
    mean_gap_h = sum(rhythm.hours) / sum(rhythm.counts)
    strange = timedelta(hours=max(2 * rhythm.longest_quiet_hours, _MEAN_GAPS * mean_gap_h))
    return min(max(strange, _SHORTEST_SILENCE), _LONGEST_SILENCE)


def _refined(counts: Sequence[float], hours: Sequence[float], overall: float, blocks: Sequence[slice]) -> list[float]:
    """Rates per hour of days or hours, leaning on those of their blocks, which lean on the overall rate."""
    rates = _leaning(
        [sum(counts[block]) for block in blocks], [sum(hours[block]) for block in blocks], [overall] * len(blocks)
    )
    broader = [rate for rate, block in zip(rates, blocks, strict=True) for _ in counts[block]]
    return _leaning(counts, hours, broader)


def _leaning(counts: Sequence[float], hours: Sequence[float], broader: Sequence[float]) -> list[float]:
    """Rates per hour from counts and hours watched, leaning on the broader rates.

    The lean, in articles, is the shape of the gamma distribution of true rates around the broader ones, estimated by
    its moments: how much the counts differ beyond what chance (Poisson) explains.
    """
    foretold = [watched * rate for watched, rate in zip(hours, broader, strict=True)]
    spread = sum([(count - mean) ** 2 for count, mean in zip(counts, foretold, strict=True)]) - sum(foretold)
    squares = sum([mean * mean for mean in foretold])
    lean = min(max(squares / spread, _LEAST_LEAN), _MOST_LEAN) if spread > 0 else _MOST_LEAN
    return [
        (count + lean) / (watched + lean / rate) for count, watched, rate in zip(counts, hours, broader, strict=True)
    ]


def _first(rhythm: Rhythm, dates: Sequence[datetime], now: datetime, timezone: ZoneInfo) -> Rhythm:
    """What the dates of a first visit's articles tell: the oldest only begins the window."""
    told = sorted(at for at in dates if now - _BACKLOG < at < now)[-_MOST_NEW:]
    if len(told) < _FEWEST_DATES:
        return replace(rhythm, watched_to=now)
    fresh: dict[int, float] = {}
    for at in told[1:]:
        slot = slot_of(at, timezone)
        fresh[slot] = fresh.get(slot, 0.0) + 1.0
    folded = _folded(rhythm, _window(told[0], now, timezone), fresh)
    longest = max(after - before for before, after in pairwise(told))
    return replace(
        folded,
        watched_to=now,
        quiet_hours=(now - told[-1]).total_seconds() / _HOUR_S,
        longest_quiet_hours=longest.total_seconds() / _HOUR_S,
    )


def _window(since: datetime, now: datetime, timezone: ZoneInfo) -> dict[int, float]:
    """Hours watched in each slot between two instants."""
    hours: dict[int, float] = {}
    for begin, end in _steps(since, now):
        slot = slot_of(begin, timezone)
        hours[slot] = hours.get(slot, 0.0) + (end - begin).total_seconds() / _HOUR_S
    return hours


def _steps(since: datetime, now: datetime) -> Iterator[tuple[datetime, datetime]]:
    begin = since
    while begin < now:
        end = min(now, begin.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1))
        yield begin, end
        begin = end


def _folded(rhythm: Rhythm, window: dict[int, float], fresh: dict[int, float]) -> Rhythm:
    """The rhythm with the window's hours and articles; only slots of the window fade."""
    counts, hours = list(rhythm.counts), list(rhythm.hours)
    for slot, watched in window.items():
        fade = _FADE**watched
        counts[slot] = counts[slot] * fade + fresh.get(slot, 0.0)
        hours[slot] = hours[slot] * fade + watched
    return replace(rhythm, counts=tuple(counts), hours=tuple(hours))


def _quietened(rhythm: Rhythm, watched: float, *, has_news: bool) -> Rhythm:
    quiet = rhythm.quiet_hours + watched
    longest = rhythm.longest_quiet_hours * _QUIET_FADE**watched
    if has_news:
        return replace(rhythm, quiet_hours=0.0, longest_quiet_hours=max(longest, quiet))
    return replace(rhythm, quiet_hours=quiet, longest_quiet_hours=longest)
