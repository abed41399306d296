"""Fetched bodies are kept compressed, once each, within bounds of age, size and number of bytes."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.errors import StoreUnavailable
from aggregator.settings import Driver
from aggregator.store.raw_pages import MAX_PAGE_BYTES, RawPage, RawPages, _packed, _unpacked
from aggregator.store.store import Store
from tests.service import until

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # a slot begins
HOUR = timedelta(hours=1)
FEED = "https://bao.example/rss"
PAGE = "https://bao.example/tin-1.html"


def put(pages: RawPages, url: str, body: bytes, at: datetime = NOW) -> None:
    pages.keep(url, source_id="bao", body=body, content_type="text/html; charset=utf-8", fetched_at=at)


async def rows(store: Store, url: str = FEED) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await store._database["raw_pages"].find({"url": url}).sort("first_at", 1).to_list(None)
    )
    return found


def noise(size: int, seed: int = 0) -> bytes:
    """Bytes that do not compress."""
    return random.Random(seed).randbytes(size)


async def test_a_body_comes_back_as_it_was_fetched(store: Store) -> None:
    body = "<p>Mặt trận Tổ quốc xã Tam Hợp</p>".encode() * 1000
    put(store.raw_pages, PAGE, body)
    await store.raw_pages.flush()
    assert await store.raw_pages.get(PAGE) == RawPage(
        url=PAGE,
        source_id="bao",
        content_type="text/html; charset=utf-8",
        first_at=NOW,
        fetched_at=NOW,
        body=body,
    )
    (row,) = await rows(store, PAGE)
    assert len(row["data"]) < len(body) / 10


async def test_a_url_that_was_never_kept_has_no_page(store: Store) -> None:
    assert await store.raw_pages.get(PAGE) is None


@given(st.binary(max_size=2000), st.integers(1, 400))
def test_packing_keeps_every_byte(body: bytes, times: int) -> None:
    (packed,) = _packed([body * times])
    assert _unpacked(packed) == body * times


async def test_the_same_body_again_is_not_written_again(store: Store) -> None:
    for number in range(4):
        put(store.raw_pages, FEED, b"<rss/>", NOW + number * 12 * HOUR)
        if number % 2:  # twice in one batch, then twice in another
            await store.raw_pages.flush()
    (row,) = await rows(store)
    last = NOW + 36 * HOUR
    assert (row["first_at"], row["fetched_at"], row["expire_at"]) == (NOW, last, last + timedelta(days=30))


async def test_of_a_body_that_goes_on_changing_the_newest_of_every_six_hours_is_kept(store: Store) -> None:
    for hour in range(24):
        put(store.raw_pages, FEED, b"<rss>%d</rss>" % hour, NOW + hour * HOUR)
        if hour % 3 == 0:
            await store.raw_pages.flush()
    await store.raw_pages.flush()
    assert [row["first_at"] for row in await rows(store)] == [NOW + hour * HOUR for hour in (5, 11, 17, 23)]
    newest = await store.raw_pages.get(FEED)
    assert newest is not None
    assert newest.body == b"<rss>23</rss>"


async def test_the_body_of_a_time_is_the_newest_one_kept_until_then(store: Store) -> None:
    for hour in (0, 6, 12):
        put(store.raw_pages, FEED, b"<rss>%d</rss>" % hour, NOW + hour * HOUR)
    await store.raw_pages.flush()
    page = await store.raw_pages.get(FEED, at=NOW + 11 * HOUR)
    assert page is not None
    assert page.body == b"<rss>6</rss>"
    assert await store.raw_pages.get(FEED, at=NOW - HOUR) is None


async def test_a_body_that_returns_after_another_is_kept_again(store: Store) -> None:
    for hour, body in ((0, b"one"), (6, b"two"), (12, b"one")):
        put(store.raw_pages, FEED, body, NOW + hour * HOUR)
        await store.raw_pages.flush()
    page = await store.raw_pages.get(FEED)
    assert page is not None
    assert (page.body, page.first_at) == (b"one", NOW + 12 * HOUR)


async def test_what_is_too_large_is_dropped_and_counted(store: Store) -> None:
    put(store.raw_pages, PAGE, b"x" * (MAX_PAGE_BYTES + 1))
    put(store.raw_pages, "https://bao.example/" + "x" * 3000, b"x")
    await store.raw_pages.flush()
    assert store.raw_pages.dropped == 2
    assert await store._database["raw_pages"].count_documents({}) == 0


async def test_a_content_type_that_is_no_text_keeps_nothing_from_being_kept(store: Store) -> None:
    store.raw_pages.keep(PAGE, source_id="bao", body=b"x", content_type="text/html; \udcff\x00", fetched_at=NOW)
    await store.raw_pages.flush()
    page = await store.raw_pages.get(PAGE)
    assert page is not None
    assert page.content_type == "text/html; ?\x00"


async def test_what_waits_is_bounded(store: Store) -> None:
    body = noise(1024 * 1024)
    for number in range(20):
        put(store.raw_pages, f"{PAGE}?{number}", body)
    assert store.raw_pages.dropped == 12


async def test_beyond_the_bound_of_bytes_the_oldest_go(store: Store) -> None:
    pages = RawPages(store._database, keep_for=timedelta(days=30), max_bytes=200_000)
    for number in range(60):
        put(pages, f"{PAGE}?{number}", noise(10_000, number), NOW + number * HOUR)
        await pages.flush()
        assert await pages.total_bytes() <= 200_000 + 10_700  # a twentieth of the bound may be added between looks
    kept = [number for number in range(60) if await pages.get(f"{PAGE}?{number}") is not None]
    assert kept == list(range(60 - len(kept), 60))
    assert 16 <= len(kept) <= 19
    assert await pages.total_bytes() == sum(
        [row["bytes"] async for row in store._database["raw_pages"].find({}, {"bytes": 1})]
    )


async def test_a_bound_that_was_lowered_is_kept_to_at_the_first_writing(store: Store) -> None:
    for number in range(700):
        put(store.raw_pages, f"{PAGE}?{number}", noise(100, number), NOW + number * HOUR / 60)
        if number % 300 == 299:
            await store.raw_pages.flush()
    await store.raw_pages.flush()
    smaller = RawPages(store._database, keep_for=timedelta(days=30), max_bytes=20_000)
    put(smaller, PAGE, b"new", NOW + 100 * HOUR)
    await smaller.flush()
    assert await smaller.total_bytes() <= 20_000
    assert await smaller.get(PAGE) is not None


async def test_a_bound_of_nothing_keeps_nothing(store: Store) -> None:
    pages = RawPages(store._database, keep_for=timedelta(days=30), max_bytes=0)
    put(pages, PAGE, b"x")
    await pages.flush()
    assert await pages.get(PAGE) is None
    assert pages.dropped == 0


@contextlib.asynccontextmanager
async def running(pages: RawPages) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(pages.run())
        try:
            yield
        finally:
            task.cancel()


async def test_what_was_put_down_is_written_beside_the_crawls_and_at_the_end(store: Store) -> None:
    pages = store.raw_pages
    async with running(pages):
        put(pages, PAGE, b"one")
        await until("what was put down is written", lambda: pages.get(PAGE))
        put(pages, FEED, b"two")
    await pages.close()
    assert await pages.get(PAGE) is not None
    assert await pages.get(FEED) is not None


async def test_without_mongodb_snapshots_are_dropped_and_nothing_breaks(
    mongo_uri: str, database: str, driver: Driver
) -> None:
    store = await Store.open(mongo_uri, driver=driver, database=database, keep_crawls=HOUR)
    await store.close()
    put(store.raw_pages, PAGE, b"one")
    with pytest.raises(StoreUnavailable):
        await store.raw_pages.flush()
    assert store.raw_pages.dropped == 1
    put(store.raw_pages, PAGE, b"one")
    await store.raw_pages.close()
    assert store.raw_pages.dropped == 2


async def test_snapshots_expire_by_their_own_date(store: Store) -> None:
    assert (await store._database["raw_pages"].index_information())["expiry"]["expireAfterSeconds"] == 0


async def test_the_total_is_read_from_an_index_alone(store: Store, database: str) -> None:
    for number in range(100):
        put(store.raw_pages, f"{PAGE}?{number}", noise(100, number), NOW + number * HOUR)
    await store.raw_pages.flush()
    await store._database.command("profile", 2, slowms=0)
    await store.raw_pages.total_bytes()
    await store.raw_pages.get(f"{PAGE}?5", at=NOW + 50 * HOUR)
    await store._database.command("profile", 0)
    ops = await store._database["system.profile"].find({"ns": f"{database}.raw_pages"}).to_list(None)
    assert [(op["planSummary"].split(" ")[0], op["docsExamined"]) for op in ops] == [("IXSCAN", 0), ("IXSCAN", 1)]
