from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import isfinite
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model.rhythm import HOURS_OF_WEEK, Rhythm
from aggregator.schedule.plan import Bounds, interval_for, visits_per_hour, wait_by
from aggregator.schedule.rhythm import heat_of, is_known, observe, rates_of, silence_of, slot_of, strange_silence

ICT = ZoneInfo("Asia/Ho_Chi_Minh")
MONDAY = datetime(2026, 8, 2, 17, 0, tzinfo=UTC)  # 00:00 in Nghệ An
HOUR = timedelta(hours=1)
BOUNDS = Bounds(mean=timedelta(minutes=10), shortest=timedelta(minutes=3), longest=timedelta(hours=6))

instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds UTC
waits = st.timedeltas(timedelta(0), timedelta(days=40))
visits = st.lists(st.tuples(waits, st.lists(st.one_of(st.none(), instants), max_size=8)), max_size=12)
rates = st.lists(st.floats(1e-6, 1e4), min_size=HOURS_OF_WEEK, max_size=HOURS_OF_WEEK)
unhurried = settings(deadline=None)  # the machine may be busy with other tests


def watched(weeks: int, published: list[datetime], *, every: timedelta = HOUR, dated: bool = True) -> Rhythm:
    """The rhythm of a source visited from Monday on."""
    rhythm, at, left = Rhythm(), MONDAY, sorted(published)
    while at <= MONDAY + timedelta(weeks=weeks):
        new = [one for one in left if one <= at]
        left = left[len(new) :]
        rhythm = observe(rhythm, [one if dated else None for one in new], now=at, timezone=ICT)
        at += every
    return rhythm


def mornings(weeks: int) -> list[datetime]:
    """Three articles after 8 h on each workday."""
    return [
        MONDAY + timedelta(days=day, hours=8, minutes=minute)
        for day in range(7 * weeks)
        if day % 7 < 5
        for minute in (10, 20, 30)
    ]


@unhurried
@given(start=instants, history=visits)
def test_no_history_makes_a_negative_or_endless_number(start: datetime, history: list[tuple[timedelta, list]]) -> None:  # type: ignore[type-arg]
    rhythm, now = Rhythm(), start
    for wait, appeared in history:
        now += wait
        before = rhythm
        rhythm = observe(rhythm, appeared, now=now, timezone=ICT)
        assert rhythm == observe(before, appeared, now=now, timezone=ICT)
    numbers = [*rhythm.counts, *rhythm.hours, rhythm.recent, rhythm.expected, rhythm.quiet_hours]
    assert all(isfinite(number) and number >= 0 for number in numbers)
    assert max(rhythm.hours) <= 2 * 6 + 2  # two weeks' worth at once on top of what fading leaves
    assert 0.25 <= heat_of(rhythm) <= 9
    assert 1 <= silence_of(rhythm) <= 6
    if is_known(rhythm):
        assert all(isfinite(rate) and rate > 0 for rate in rates_of(rhythm))
        assert BOUNDS.shortest <= interval_for(rhythm, BOUNDS, now=now, timezone=ICT) <= BOUNDS.longest


@unhurried
@given(rates=rates, mean=st.timedeltas(timedelta(minutes=1), timedelta(hours=12)))
def test_a_weeks_visits_keep_the_budget_and_the_bounds(rates: list[float], mean: timedelta) -> None:
    bounds = Bounds(mean=mean, shortest=BOUNDS.shortest, longest=BOUNDS.longest)
    plan = visits_per_hour(rates, bounds)
    asked = min(max(mean, bounds.shortest), bounds.longest)
    assert sum(plan) == pytest.approx(HOURS_OF_WEEK * HOUR / asked, rel=1e-6)
    assert all(1 / 6 - 1e-9 <= visits <= 20 + 1e-9 for visits in plan)


@unhurried
@given(rates=rates, at=instants, pace=st.floats(0.01, 100))
def test_a_wait_is_within_the_bounds(rates: list[float], at: datetime, pace: float) -> None:
    wait = wait_by(visits_per_hour(rates, BOUNDS), pace, BOUNDS, now=at, timezone=ICT)
    assert BOUNDS.shortest <= wait <= BOUNDS.longest


@unhurried
@given(rates=rates)
def test_more_news_is_never_visited_less(rates: list[float]) -> None:
    plan = visits_per_hour(rates, BOUNDS)
    by_rate = sorted(zip(rates, plan, strict=True))
    assert all(low[1] <= high[1] + 1e-9 for low, high in pairwise(by_rate))


def test_visits_gather_where_news_is_expected() -> None:
    rhythm = watched(4, mornings(4))
    monday = MONDAY + timedelta(weeks=4)
    busy = interval_for(rhythm, BOUNDS, now=monday + timedelta(hours=8, minutes=5), timezone=ICT)
    idle = interval_for(rhythm, BOUNDS, now=monday + timedelta(days=5, hours=15), timezone=ICT)
    assert busy <= timedelta(minutes=4)
    assert idle >= timedelta(minutes=12)


def test_a_source_dated_by_the_day_is_learnt_from_when_its_articles_appeared() -> None:
    rhythm = watched(4, mornings(4), dated=False)
    rates = rates_of(rhythm)
    assert max(range(HOURS_OF_WEEK), key=lambda slot: rates[slot]) % 24 in {8, 9}


def test_a_wait_reaches_from_a_quiet_hour_into_the_busy_one() -> None:
    plan = tuple(12.0 if slot == 8 else 0.2 for slot in range(HOURS_OF_WEEK))
    wait = wait_by(plan, 1.0, BOUNDS, now=MONDAY + timedelta(hours=7), timezone=ICT)
    assert HOUR < wait < timedelta(minutes=65)


def test_what_looks_flat_is_taken_as_flat() -> None:
    rhythm = watched(4, [MONDAY + timedelta(minutes=20 * index) for index in range(4 * 7 * 72)])
    rates = rates_of(rhythm)
    assert max(rates) / min(rates) < 1.2


def test_a_first_visit_learns_from_the_dates_of_what_is_listed() -> None:
    rhythm = observe(Rhythm(), mornings(2), now=MONDAY + timedelta(weeks=2), timezone=ICT)
    assert is_known(rhythm)
    rates = rates_of(rhythm)
    assert rates[8] > 3 * rates[15]
    assert not is_known(observe(Rhythm(), [None] * 30, now=MONDAY, timezone=ICT))


def test_visits_without_news_are_remembered_by_the_hour() -> None:
    rhythm = observe(Rhythm(), [], now=MONDAY, timezone=ICT)
    assert observe(rhythm, [], now=MONDAY + timedelta(minutes=50), timezone=ICT) is rhythm
    assert observe(rhythm, [], now=MONDAY + HOUR, timezone=ICT).hours[0] == pytest.approx(1.0)


def test_a_clock_that_went_back_teaches_nothing() -> None:
    rhythm = observe(Rhythm(), [], now=MONDAY, timezone=ICT)
    assert observe(rhythm, [MONDAY], now=MONDAY - HOUR, timezone=ICT) is rhythm


def test_an_article_dated_in_the_future_or_long_ago_counts_as_appearing_now() -> None:
    rhythm = observe(Rhythm(), [], now=MONDAY, timezone=ICT)
    dates = [MONDAY + timedelta(days=9), MONDAY - timedelta(days=900)]
    assert observe(rhythm, dates, now=MONDAY + HOUR, timezone=ICT).counts[0] == pytest.approx(2.0)


def test_a_site_that_renames_its_pages_is_no_burst_without_end() -> None:
    rhythm = observe(Rhythm(), [], now=MONDAY, timezone=ICT)
    renamed = observe(rhythm, [None] * 5000, now=MONDAY + HOUR, timezone=ICT)
    assert sum(renamed.counts) == pytest.approx(200)


def test_an_event_brings_visits_nearer_and_a_lull_puts_them_off() -> None:
    usual = watched(4, [MONDAY + timedelta(minutes=10 * index) for index in range(4 * 7 * 144)])
    now = MONDAY + timedelta(weeks=4, hours=2)
    storm = observe(usual, [now - timedelta(minutes=minute / 2) for minute in range(120)], now=now, timezone=ICT)
    lull = usual
    for hour in range(1, 13):
        lull = observe(lull, [], now=MONDAY + timedelta(weeks=4, hours=hour), timezone=ICT)
    assert heat_of(storm) > 2
    assert heat_of(usual) == pytest.approx(1.0)
    assert heat_of(lull) < 0.8


def test_a_source_silent_far_beyond_its_habit_is_visited_less_until_it_speaks() -> None:
    rhythm = watched(6, mornings(2))
    assert silence_of(rhythm) > 2
    back = observe(rhythm, [None], now=MONDAY + timedelta(weeks=6, hours=2), timezone=ICT)
    assert silence_of(back) == 1
    assert silence_of(watched(2, mornings(2))) == 1


def weekly(weeks: int) -> list[datetime]:
    """One article a week by chance, seen by a few seeds' worth of weeks."""
    random, at, published = Random(3), MONDAY, []
    while (at := at + timedelta(weeks=random.expovariate(1.0))) < MONDAY + timedelta(weeks=weeks):
        published.append(at)
    return published


def test_a_source_of_few_articles_a_week_is_given_two_weeks_of_silence_at_least() -> None:
    every_third_day = [MONDAY + timedelta(days=3 * number, minutes=10) for number in range(20)]
    silence = strange_silence(watched(8, every_third_day))
    assert silence is not None
    assert timedelta(days=14) <= silence <= timedelta(days=30)
    busy = strange_silence(watched(4, mornings(4)))
    assert busy is not None
    assert timedelta(days=5) <= busy < timedelta(days=7)  # twice the weekend


def test_a_weekly_publisher_is_hardly_ever_strangely_silent() -> None:
    published, rhythm, last, strange, seen = weekly(200), Rhythm(), MONDAY, 0, 0
    for visit in range(200 * 28):
        at = MONDAY + visit * 6 * HOUR
        new = [one for one in published if at - 6 * HOUR < one <= at]
        last = at if new else last
        rhythm = observe(rhythm, new, now=at, timezone=ICT)
        limit = strange_silence(rhythm)
        seen += limit is not None
        strange += limit is not None and at - last > limit
    assert seen > 100 * 28
    assert strange < 0.02 * seen


def test_the_hour_of_the_week_is_local() -> None:
    assert slot_of(MONDAY, ICT) == 0
    assert slot_of(MONDAY - timedelta(seconds=1), ICT) == 167


def test_a_rhythm_is_plain_numbers() -> None:
    assert all(isinstance(number, float) for number in asdict(watched(1, mornings(1)))["counts"])
