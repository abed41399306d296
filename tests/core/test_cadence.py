from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.model.failures import Outcome
from aggregator.model.source import ArticleKind, Authority, SourceKind, SourceSection
from aggregator.schedule.cadence import LONGEST, Hints, NextVisit, Pace, next_visit
from tests.core.builders import NOW, source, state

ICT = ZoneInfo("Asia/Ho_Chi_Minh")
KINDS = {"thoi-su": ArticleKind.NEWS, "thong-bao": ArticleKind.NOTICE, "cam-nang": ArticleKind.HANDBOOK}
MINUTE = timedelta(minutes=1)


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
