"""The small parts: cursors, words, verdicts, the cache, the revision."""

import asyncio
from datetime import UTC, datetime, timedelta
from secrets import token_bytes
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.crawl import RedirectRun, SourceState, Trigger
from aggregator.model.errors import BadCursor, Declined, StoreUnavailable
from aggregator.model.failures import MEANINGS, Outcome, Weight
from aggregator.model.people import Role
from aggregator.model.rhythm import Rhythm
from aggregator.model.source import ArticleKind, Authority, Catalogue
from aggregator.web import words
from aggregator.web.answer import Answer
from aggregator.web.answer_cache import AnswerCache
from aggregator.web.conditional import Coding
from aggregator.web.cursor import read_cursor, write_cursor
from aggregator.web.health import HEALTH_LABELS, Health, source_health
from aggregator.web.revision import FeedRevision
from tests.web.world import World

TZ = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
)
def test_a_cursor_gives_back_its_position(at: datetime, item_id: str) -> None:
    assert read_cursor(write_cursor(at, item_id)) == (at, item_id)


@given(st.text(max_size=60))
def test_no_other_text_is_a_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        read_cursor(text)


def test_a_cursor_with_one_changed_letter_is_refused() -> None:
    cursor = write_cursor(NOW, "s0001")
    for position in range(len(cursor)):
        changed = "A" if cursor[position] != "A" else "B"
        with pytest.raises(BadCursor):
            read_cursor(cursor[:position] + changed + cursor[position + 1 :])


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(seconds=20), "Vừa xong"),
        (timedelta(minutes=5), "5 phút trước"),
        (timedelta(hours=3), "3 giờ trước"),
        (timedelta(hours=14), "14 giờ trước"),
        (timedelta(hours=20), "Hôm qua, 19:00"),
        (timedelta(days=3), "3 ngày trước"),
        (timedelta(days=8), "15/11/2026"),
        (timedelta(minutes=-30), "23/11/2026"),
        (timedelta(hours=15), "Hôm nay"),  # local midnight: a day without an hour
    ],
)
def test_times_are_told_as_people_say_them(ago: timedelta, said: str) -> None:
    assert words.relative_time(NOW - ago, now=NOW, tz=TZ) == said


def test_sizes_counts_and_waits_are_written_the_vietnamese_way() -> None:
    assert [words.file_size(size) for size in (0, 900, 1_258_291, 5 * 1024**3)] == ["0 B", "900 B", "1,2 MB", "5,0 GB"]
    assert words.number(1234567) == "1.234.567"
    assert words.milliseconds(1240) == "1,2 giây"
    assert words.until_time(NOW + timedelta(minutes=12), now=NOW) == "sau 12 phút"
    assert words.until_time(NOW - timedelta(minutes=1), now=NOW) == "đến hạn"


def test_every_choice_has_its_words() -> None:
    assert set(words.OUTCOME_LABELS) == set(Outcome) == set(MEANINGS)
    assert set(words.KIND_LABELS) == set(ArticleKind)
    assert set(words.AUTHORITY_LABELS) == set(Authority)
    assert set(words.ROLE_LABELS) == set(Role)
    assert set(words.TRIGGER_LABELS) == set(Trigger)
    assert set(words.WEIGHT_LABELS) == set(Weight)
    assert set(HEALTH_LABELS) == set(Health)


@pytest.mark.parametrize(
    ("values", "health"),
    [
        ({}, Health.WAITING),
        ({"last_outcome": Outcome.OK, "last_new_at": NOW}, Health.HEALTHY),
        ({"last_outcome": Outcome.UNCHANGED, "last_new_at": NOW - timedelta(days=3)}, Health.SILENT),
        ({"last_outcome": Outcome.OK, "last_duration_ms": 20_000}, Health.SLOW),
        ({"last_outcome": Outcome.BLOCKED, "failing_since": NOW}, Health.BLOCKED),
        ({"last_outcome": Outcome.LAYOUT_DRIFT, "failing_since": NOW}, Health.DRIFTED),
        ({"last_outcome": Outcome.DNS, "failing_since": NOW}, Health.FAILING),
        (
            {"last_outcome": Outcome.PARTIAL, "last_failure": Outcome.LAYOUT_DRIFT, "failing_since": NOW},
            Health.DRIFTED,
        ),
        (
            {"last_outcome": Outcome.PARTIAL, "last_failure": Outcome.TRUNCATED, "failing_since": NOW},
            Health.FAILING,
        ),
        ({"last_outcome": Outcome.PROBED, "failing_since": NOW}, Health.WAITING),
    ],
)
def test_a_source_is_judged_by_what_is_remembered_of_it(
    catalogue: Catalogue, values: dict[str, Any], health: Health
) -> None:
    source = next(item for item in catalogue.sources if item.authority is Authority.PRESS)
    state = SourceState(source_id=source.id, next_visit_at=NOW, **values)
    assert source_health(source, state, now=NOW).health is health


@pytest.mark.parametrize(
    ("longest_quiet_hours", "days", "health"),
    [(8, 0.9, Health.HEALTHY), (8, 1.1, Health.SILENT), (120, 9, Health.HEALTHY), (120, 11, Health.SILENT)],
)
def test_silence_is_judged_by_the_sources_own_history(
    catalogue: Catalogue, longest_quiet_hours: float, days: float, health: Health
) -> None:
    source = next(item for item in catalogue.sources if item.authority is Authority.PRESS)
    rhythm = Rhythm(counts=(1.0,) * 168, hours=(2.0,) * 168, longest_quiet_hours=longest_quiet_hours)
    last = NOW - timedelta(days=days)
    state = SourceState(
        source_id=source.id, next_visit_at=NOW, last_outcome=Outcome.UNCHANGED, last_new_at=last, rhythm=rhythm
    )
    assert source_health(source, state, now=NOW).health is health


def test_the_action_is_for_what_went_wrong_also_when_the_visit_was_partial(catalogue: Catalogue) -> None:
    state = SourceState(
        source_id="x",
        next_visit_at=NOW,
        last_outcome=Outcome.PARTIAL,
        last_failure=Outcome.LAYOUT_DRIFT,
        failing_since=NOW,
    )
    verdict = source_health(catalogue.sources[0], state, now=NOW)
    assert verdict.action == MEANINGS[Outcome.LAYOUT_DRIFT].action


@pytest.mark.parametrize(
    ("path", "sentence", "action"),
    [
        ("{own}/moi.rss", "Đã chuyển hẳn sang", "Cập nhật địa chỉ mới"),
        ("https://khac.example.com/rss", "một tên miền khác", "Kiểm tra tên miền mới"),
    ],
)
def test_a_proven_redirect_is_told_and_another_owners_is_only_proposed(
    catalogue: Catalogue, path: str, sentence: str, action: str
) -> None:
    source = next(item for item in catalogue.sources if item.sections)
    url = source.sections[0].url
    run = RedirectRun(url=path.format(own=url), since=NOW - timedelta(days=5), sightings=20)
    state = SourceState(source_id=source.id, next_visit_at=NOW, last_outcome=Outcome.OK, redirects={url: run})
    verdict = source_health(source, state, now=NOW)
    assert verdict.health is Health.HEALTHY
    assert sentence in verdict.sentence
    assert action in verdict.action


def _answer(text: str) -> Answer:
    return Answer(text.encode(), content_type="text/plain", headers={})


async def test_a_hundred_readers_of_one_page_cost_one_making() -> None:
    made: list[int] = []
    go = asyncio.Event()

    async def make() -> Answer:
        made.append(1)
        await go.wait()
        return _answer("x")

    async with asyncio.TaskGroup() as group:
        cache = AnswerCache(FeedRevision(), group)
        readers = [group.create_task(cache.get("k", make, ttl=9)) for _ in range(100)]
        readers[0].cancel()  # who leaves does not take the page from the others
        go.set()
    assert len(made) == 1
    assert len({id(reader.result()[0]) for reader in readers[1:]}) == 1


async def test_a_revision_or_the_time_to_live_makes_a_page_anew() -> None:
    made: list[int] = []

    async def make() -> Answer:
        made.append(1)
        return _answer(str(len(made)))

    revision = FeedRevision()
    async with asyncio.TaskGroup() as group:
        cache = AnswerCache(revision, group)
        await cache.get("k", make, ttl=9)
        await cache.get("k", make, ttl=9)
        assert len(made) == 1
        revision.bump()
        await cache.get("k", make, ttl=9)
        assert len(made) == 2
        await cache.get("short", make, ttl=0)
        assert cache.fresh("short") is None


async def test_the_cache_keeps_to_its_bounds_and_drops_what_was_used_least() -> None:
    async with asyncio.TaskGroup() as group:
        cache = AnswerCache(FeedRevision(), group, max_entries=3, max_bytes=1000)

        async def make() -> Answer:
            return _answer("x" * 100)

        async def huge() -> Answer:
            return _answer("x" * 2000)

        for key in ("a", "b", "c"):
            await cache.get(key, make, ttl=9)
        assert cache.fresh("a") is not None
        await cache.get("d", make, ttl=9)
        assert [key for key in "abcd" if cache.fresh(key) is not None] == ["a", "c", "d"]
        await cache.get("huge", huge, ttl=9)
        assert cache.fresh("huge") is None


async def test_compressed_forms_count_towards_the_bound_and_leave_with_their_answer() -> None:
    async with asyncio.TaskGroup() as group:
        cache = AnswerCache(FeedRevision(), group, max_bytes=9000)

        async def make() -> Answer:
            return Answer(token_bytes(2000), content_type="text/plain", headers={})  # does not compress

        first, _ = await cache.get("a", make, ttl=9)
        second, _ = await cache.get("b", make, ttl=9)
        assert (cache._bytes, first.size) == (4000, 2000)
        for coding in (Coding.IDENTITY, Coding.BR, Coding.BR, Coding.GZIP):
            first.variant(coding)
        assert cache._bytes == first.size + second.size > 8000
        second.variant(Coding.BR)
        assert cache.fresh("a") is None
        assert cache.fresh("b") is second
        assert cache._bytes == second.size
        first.variant(Coding.GZIP)  # whoever still holds it may go on; it is not counted
        await cache.get("b", make, ttl=9)
        assert cache._bytes == second.size


async def test_failures_reach_the_reader_unless_an_older_page_is_there_and_refusals_always_do() -> None:
    revision = FeedRevision()
    trouble: Exception | None = None

    async def make() -> Answer:
        if trouble is not None:
            raise trouble
        return _answer("old")

    async with asyncio.TaskGroup() as group:
        cache = AnswerCache(revision, group)
        trouble = StoreUnavailable("away")
        with pytest.raises(StoreUnavailable):
            await cache.get("k", make, ttl=9)
        trouble = None
        await cache.get("k", make, ttl=9)
        revision.bump()
        trouble = StoreUnavailable("away")
        for _ in range(3):
            assert (await cache.get("k", make, ttl=9))[1] == 0
        trouble = None
        await cache.get("other", make, ttl=9)
        trouble = Declined("gone", "")
        with pytest.raises(Declined):
            await cache.get("k", make, ttl=9)
        with pytest.raises(Declined):
            await cache.get("k", make, ttl=9)


async def test_a_slow_store_does_not_keep_waiting_who_can_have_an_older_page() -> None:
    revision = FeedRevision()
    slow = asyncio.Event()
    slow.set()

    async def make() -> Answer:
        await slow.wait()
        return _answer("x")

    async with asyncio.TaskGroup() as group:
        cache = AnswerCache(revision, group)
        await cache.get("k", make, ttl=9)
        slow.clear()
        revision.bump()
        _, age_s = await cache.get("k", make, ttl=9)
        assert age_s is not None
        slow.set()
        assert (await cache.get("k", make, ttl=9))[1] is None


class _Heard(FeedRevision):
    """A revision that tells of its moves."""

    def __init__(self) -> None:
        super().__init__()
        self.moves: asyncio.Queue[int] = asyncio.Queue()

    def bump(self) -> None:
        super().bump()
        self.moves.put_nowait(self.value)


async def test_the_revision_moves_when_a_story_changes(world: World) -> None:
    revision = _Heard()
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        following = group.create_task(revision.follow(world.store))
        opened = await revision.moves.get()
        assert revision.following
        await world.publish(world.article())
        assert await revision.moves.get() > opened
        assert revision.age_s < 5
        following.cancel()
    assert not revision.following
