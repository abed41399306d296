"""What was purged is known by its identity keys for three years."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.model.article import Article
from aggregator.store.sources import Claim
from aggregator.store.store import Store
from aggregator.store.tombstones import KEPT_FOR
from aggregator.store.writer import CrawlWrites, WriteResult

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


async def test_buried_keys_are_told_from_others(store: Store) -> None:
    await store.tombstones.bury({"bao|u:1": "bao", "bao|g:1": "bao", "tinh|u:1": "tinh"}, now=NOW)
    assert await store.tombstones.buried(["bao|u:1", "bao|u:2", "tinh|u:1"]) == {"bao|u:1", "tinh|u:1"}
    assert await store.tombstones.buried([]) == set()


async def test_a_tombstone_says_whose_and_when_and_goes_by_itself_after_three_years(store: Store) -> None:
    await store.tombstones.bury({"bao|u:1": "bao"}, now=NOW)
    row = await store._database["tombstones"].find_one({"_id": "bao|u:1"})
    assert row == {"_id": "bao|u:1", "source_id": "bao", "purged_at": NOW, "expire_at": NOW + KEPT_FOR}
    indexes = await store._database["tombstones"].index_information()
    assert indexes["expiry"]["key"] == [("expire_at", 1)]
    assert indexes["expiry"]["expireAfterSeconds"] == 0


async def test_burying_again_prolongs_and_keeps_the_first_date(store: Store) -> None:
    later = NOW + timedelta(days=10)
    await store.tombstones.bury({"bao|u:1": "bao"}, now=later)
    await store.tombstones.bury({"bao|u:1": "bao"}, now=NOW)
    row = await store._database["tombstones"].find_one({"_id": "bao|u:1"})
    assert row is not None
    assert (row["purged_at"], row["expire_at"]) == (later, later + KEPT_FOR)


async def test_burying_nothing_asks_nothing(store: Store) -> None:
    await store.tombstones.bury({}, now=NOW)
    assert await store._database["tombstones"].count_documents({}) == 0


async def test_keys_are_looked_up_in_the_index(store: Store) -> None:
    await store.tombstones.bury({f"bao|u:{number}": "bao" for number in range(500)}, now=NOW)
    question = {"_id": {"$in": ["bao|u:7", "bao|u:501"]}}
    plan = await store._database["tombstones"].find(question, {"_id": 1}).explain()
    assert plan["executionStats"]["totalKeysExamined"] <= 4
    assert plan["executionStats"]["totalDocsExamined"] == 0


async def test_what_was_purged_does_not_return_under_any_of_its_keys(
    store: Store, claimed: Claim, an_article: Callable[..., Article]
) -> None:
    await store.tombstones.bury({"bao|u:1": "bao", "bao|g:1": "bao"}, now=NOW)
    same, moved, other = (an_article(keys=keys) for keys in (("bao|u:1",), ("bao|u:9", "bao|g:1"), ("bao|u:2",)))
    result = await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(same, moved, other)))
    assert result == WriteResult(inserted=frozenset({other.id}), buried=frozenset({same.id, moved.id}))
    assert await store.articles.get_many([same.id, moved.id, other.id]) == [other]


async def test_an_article_that_lives_beside_a_tombstone_goes_on_being_edited(
    store: Store, claimed: Claim, an_article: Callable[..., Article]
) -> None:
    article = an_article()
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(article,)))
    await store.tombstones.bury(dict.fromkeys(article.keys, "bao"), now=NOW)  # a purge that was cut short
    edit = replace(article, title="Tiêu đề mới")
    assert await store.writer.submit(CrawlWrites(lease=claimed.lease, updated=(edit,))) == WriteResult()
    assert await store.articles.get(article.id) == edit
