from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model.failures import MEANINGS, Outcome, Weight
from aggregator.model.rhythm import HOURS_OF_WEEK, Rhythm
from aggregator.model.source import ArticleKind, Authority, SourceKind, SourceSection
from aggregator.schedule.cadence import LONGEST, Hints, NextVisit, Pace, next_visit
from tests.core.builders import NOW, source, state

ICT = ZoneInfo("Asia/Ho_Chi_Minh")
KINDS = {"thoi-su": ArticleKind.NEWS, "thong-bao": ArticleKind.NOTICE, "cam-nang": ArticleKind.HANDBOOK}
MINUTE = timedelta(minutes=1)
unhurried = settings(deadline=None)  # the machine may be busy with other tests


def visit(outcome: Outcome = Outcome.OK, **changes: object) -> NextVisit:
    arguments: dict[str, object] = {
        "state": state(),
        "source": source(),
        "hints": Hints(),
        "pace": Pace(),
        "now": NOW,
        "jitter": 0.0,
    } | changes
    return next_visit(
        arguments.pop("state"),  # type: ignore[arg-type]
        arguments.pop("source"),  # type: ignore[arg-type]
        outcome,
        arguments.pop("hints"),  # type: ignore[arg-type]
        kinds=KINDS,
        timezone=ICT,
        **arguments,  # type: ignore[arg-type]
    )


def test_news_is_visited_every_ten_minutes() -> None:
    due = visit()
    assert due.at - NOW == 10 * MINUTE
    assert due.why == "nhịp thường lệ (10 phút)"


def test_the_most_urgent_section_sets_the_pace() -> None:
    both = source(
        sections=(
            SourceSection(url="https://a.vn/1", section="cam-nang"),
            SourceSection(url="https://a.vn/2", section="thong-bao"),
        )
    )
    assert visit(source=both).at - NOW == 5 * MINUTE


def test_a_sources_own_interval_wins() -> None:
    assert visit(source=source(interval=timedelta(hours=2))).at - NOW == timedelta(hours=2)


def test_night_stretches_intervals() -> None:
    midnight = NOW.replace(hour=17)  # 00:00 in Nghệ An
    due = visit(now=midnight)
    assert due.at - midnight == 30 * MINUTE
    assert "ban đêm" in due.why


@pytest.mark.parametrize("hints", [Hints(ttl=timedelta(hours=1)), Hints(max_age=timedelta(hours=1))])
def test_what_the_publisher_asks_is_a_floor(hints: Hints) -> None:
    assert visit(hints=hints).at - NOW == timedelta(hours=1)


def test_a_publisher_cannot_ask_for_more_than_the_longest_interval() -> None:
    assert visit(hints=Hints(ttl=timedelta(days=30))).at - NOW == LONGEST


def test_failures_back_off_by_weight_and_success_forgets_them() -> None:
    hard = visit(Outcome.NOT_FOUND)
    passing = visit(Outcome.TIMEOUT)
    assert hard.failures == 1
    assert passing.failures == 0.25
    assert hard.at > passing.at > NOW + 10 * MINUTE
    assert visit(Outcome.OK, state=state(failures=5.0)).failures == 0


@pytest.mark.parametrize(
    ("authority", "verified_at", "cap"),
    [
        (Authority.OFFICIAL, NOW, timedelta(hours=6)),
        (Authority.PRESS, NOW, timedelta(hours=24)),
        (Authority.PRESS, None, timedelta(hours=6)),  # an unverified source is tried every 6 hours
    ],
)
def test_back_off_ends_at_the_cap(authority: Authority, verified_at: object, cap: timedelta) -> None:
    due = visit(
        Outcome.NOT_FOUND, source=source(authority=authority), state=state(failures=500.0, verified_at=verified_at)
    )
    assert due.at - NOW == cap


def test_gone_means_one_look_a_week() -> None:
    assert visit(Outcome.GONE).at - NOW == timedelta(days=7)


def test_retry_after_is_a_floor_up_to_a_day() -> None:
    assert visit(Outcome.RATE_LIMITED, hints=Hints(retry_after=timedelta(hours=3))).at - NOW == timedelta(hours=3)
    assert visit(Outcome.RATE_LIMITED, hints=Hints(retry_after=timedelta(days=9))).at - NOW == timedelta(hours=24)


def test_jitter_moves_the_visit_by_a_tenth() -> None:
    assert visit(jitter=1.0).at - NOW == 11 * MINUTE
    assert visit(jitter=-1.0).at - NOW == 9 * MINUTE


def test_scale_multiplies_and_the_shortest_interval_bounds() -> None:
    assert visit(pace=Pace(scale=2.0)).at - NOW == 20 * MINUTE
    assert visit(pace=Pace(scale=0.01)).at - NOW == 3 * MINUTE


def test_a_source_without_an_endpoint_is_probed_every_six_hours() -> None:
    unknown = source(kind=SourceKind.UNKNOWN, sections=())
    assert visit(Outcome.PROBED, source=unknown).at - NOW == LONGEST


BUSY_MORNINGS = Rhythm(
    counts=tuple(6.0 if slot % 24 == 8 else 0.1 for slot in range(HOURS_OF_WEEK)),
    hours=(5.0,) * HOURS_OF_WEEK,
    watched_to=NOW,
)
FAILING = [outcome for outcome in Outcome if MEANINGS[outcome].weight is not Weight.NONE and outcome.value != "partial"]
outcomes = st.sampled_from(list(Outcome))
lengths = st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=400)))
hints_given = st.builds(
    Hints,
    ttl=lengths,
    max_age=lengths,
    retry_after=lengths,
    skip_hours=st.frozensets(st.integers(0, 23)),
    skip_days=st.frozensets(st.integers(0, 6)),
)
jitters = st.floats(-1, 1)
rhythms = st.sampled_from([None, Rhythm(), BUSY_MORNINGS])


def test_a_known_rhythm_takes_the_place_of_the_night() -> None:
    midnight = NOW.replace(hour=17)
    morning = NOW.replace(hour=1, minute=10)  # 8:10 in Nghệ An
    assert visit(rhythm=BUSY_MORNINGS, now=morning).at - morning < 6 * MINUTE
    asleep = visit(rhythm=BUSY_MORNINGS, now=midnight)
    assert asleep.why.startswith("nhịp riêng của nguồn")
    assert asleep.at - midnight < 30 * MINUTE
    assert "ban đêm" in visit(rhythm=Rhythm(), now=midnight).why


def test_a_sources_own_interval_wins_over_its_rhythm() -> None:
    assert visit(source=source(interval=timedelta(hours=2)), rhythm=BUSY_MORNINGS).at - NOW == timedelta(hours=2)


def test_skipped_hours_and_days_are_left_out() -> None:
    due = visit(hints=Hints(skip_hours=frozenset({3, 4})))  # it is 03:00 UTC
    assert due.at == NOW.replace(hour=5)
    assert "skipHours" in due.why
    assert visit(hints=Hints(skip_days=frozenset({NOW.weekday()}))).at - NOW == LONGEST
    assert visit(hints=Hints(skip_hours=frozenset(range(24)))).at - NOW == LONGEST


def test_while_our_own_network_is_down_nobodys_failures_rise() -> None:
    due = visit(Outcome.CONNECT, state=state(failures=0.5), own_network_down=True)
    assert due.failures == 0.5
    assert due.why.startswith("mạng của hệ thống đang gián đoạn")


def test_retry_after_is_at_least_a_minute() -> None:
    fast = Pace(shortest=timedelta(seconds=1), scale=0.001)
    assert visit(Outcome.RATE_LIMITED, hints=Hints(retry_after=timedelta(0)), pace=fast).at - NOW == MINUTE


@unhurried
@given(outcome=outcomes, hints=hints_given, jitter=jitters, failures=st.floats(0, 1e6), rhythm=rhythms)
def test_every_wait_is_within_bounds_and_the_same_each_time(
    outcome: Outcome, hints: Hints, jitter: float, failures: float, rhythm: Rhythm | None
) -> None:
    due = visit(outcome, hints=hints, jitter=jitter, state=state(failures=failures), rhythm=rhythm)
    again = visit(outcome, hints=hints, jitter=jitter, state=state(failures=failures), rhythm=rhythm)
    assert due == again
    wait = due.at - NOW
    assert wait >= 3 * MINUTE
    if outcome is Outcome.GONE:
        assert wait <= timedelta(days=7.7)
    elif outcome in FAILING:
        assert wait <= timedelta(hours=24)
    else:
        assert wait <= (LONGEST if hints.retry_after is None else timedelta(hours=24))


@unhurried
@given(outcome=outcomes, hints=hints_given, jitter=jitters, scale=st.floats(0.01, 100), rhythm=rhythms)
def test_retry_after_is_always_kept(
    outcome: Outcome, hints: Hints, jitter: float, scale: float, rhythm: Rhythm | None
) -> None:
    due = visit(outcome, hints=hints, jitter=jitter, pace=Pace(scale=scale), rhythm=rhythm)
    if hints.retry_after is not None:
        assert due.at - NOW >= min(max(hints.retry_after, MINUTE), timedelta(hours=24))


@unhurried
@given(ttl=st.timedeltas(timedelta(0), LONGEST), jitter=jitters, rhythm=rhythms)
def test_jitter_never_undercuts_what_the_publisher_asks(ttl: timedelta, jitter: float, rhythm: Rhythm | None) -> None:
    assert visit(hints=Hints(ttl=ttl), jitter=jitter, rhythm=rhythm).at - NOW >= ttl


@unhurried
@given(outcome=st.sampled_from(FAILING), fewer=st.floats(0, 30), more=st.floats(0, 30), jitter=jitters)
def test_more_failures_never_mean_an_earlier_visit(outcome: Outcome, fewer: float, more: float, jitter: float) -> None:
    fewer, more = sorted((fewer, more))
    early = visit(outcome, state=state(failures=fewer), jitter=jitter)
    late = visit(outcome, state=state(failures=more), jitter=jitter)
    assert early.at <= late.at
    assert early.failures <= late.failures


@unhurried
@given(jitter=jitters, rhythm=rhythms)
def test_jitter_is_at_most_a_tenth(jitter: float, rhythm: Rhythm | None) -> None:
    plain = visit(rhythm=rhythm).at - NOW
    assert abs((visit(jitter=jitter, rhythm=rhythm).at - NOW) - plain) <= plain * 0.1001


@unhurried
@given(failures=st.floats(0, 1e6), jitter=jitters)
def test_the_first_success_returns_to_the_usual_pace(failures: float, jitter: float) -> None:
    assert visit(state=state(failures=failures), jitter=jitter) == visit(jitter=jitter)


def test_an_unproven_source_that_is_to_be_read_daily_is_tried_every_six_hours_until_it_works() -> None:
    daily = source(kind=SourceKind.UNKNOWN, sections=(), interval=timedelta(days=1))
    due = visit(Outcome.DNS, source=daily, state=state(verified_at=None))
    assert due.at - NOW == LONGEST
