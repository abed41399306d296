"""No query reads a whole collection: what MongoDB's profiler saw, not what we think we ask."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pymongo import AsyncMongoClient

from aggregator.model.article import Article, Story
from aggregator.model.crawl import Crawl, SourceState
from aggregator.model.failures import Outcome
from aggregator.model.people import Role, User
from aggregator.model.source import ArticleKind, Source
from aggregator.schedule.network import HostSighting
from aggregator.settings import Driver
from aggregator.store.indexes import INDEXES
from aggregator.store.raw_pages import RawPages
from aggregator.store.store import Store
from aggregator.store.stories import FeedQuery
from aggregator.store.writer import CrawlWrites

TTL = timedelta(seconds=8)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


async def _use_everything(
    store: Store,
    an_article: Callable[..., Article],
    a_story: Callable[..., Story],
    a_crawl: Callable[..., Crawl],
    sources_named: Callable[..., tuple[Source, ...]],
    concluded: Callable[..., SourceState],
) -> None:
    sources = store.sources
    await sources.sync(sources_named("bao", "other"), now=LONG_AGO)
    await sources.states()
    await sources.state("bao")
    claim, other = await sources.claim_due("one", limit=5, ttl=TTL)
    await sources.renew("one", ["bao", "gone"], ttl=TTL)
    await sources.release([other.lease])
    await sources.claim("one", "other", ttl=TTL)
    await sources.claim_lock("merge", "one", ttl=TTL)
    await sources.release_lock("merge", "one")

    article = an_article()
    await store.writer.submit(CrawlWrites(lease=claim.lease, new=(article, an_article())))
    await store.writer.submit(CrawlWrites(lease=claim.lease, updated=(replace(article, title="x"),)))
    await store.articles.find_known(article.keys)
    await store.articles.find_by_guid([article.guid])
    await store.articles.get(article.id)
    await store.articles.get_many([article.id])
    await store.unmerged.ids()
    await store.unmerged.left_over(10)
    await store.articles.note_stories({article.id: "story"})
    crawl = a_crawl()
    await store.writer.submit(CrawlWrites(lease=claim.lease, crawl=crawl, state=concluded(claim)))
    await store.crawls.get(crawl.id)
    for source_id in (None, "bao"):
        for outcome in (None, Outcome.OK):
            for before in (None, (NOON, "c")):
                await store.crawls.recent(source_id=source_id, outcome=outcome, before=before, limit=5)

    story = a_story()
    await store.stories.put_many([story, a_story()])
    await store.stories.put_many([replace(story, revision=5)])
    await store.stories.get_many([story.id])
    await store.stories.by_articles([article.id])
    await store.stories.traces(NOON.date(), most=10)
    for query in (
        FeedQuery(),
        FeedQuery(section="thoi-su"),
        FeedQuery(source="bao"),
        FeedQuery(place="vinh"),
        FeedQuery(kind=ArticleKind.NEWS),
    ):
        for page in (query, replace(query, after=(NOON, "x")), replace(query, since=LONG_AGO)):
            await store.stories.feed(page)
    await _use_accounts(store)
    await _use_memory(store, article)


async def _use_accounts(store: Store) -> None:
    users = store.users
    await users.add_user(User(name="lan", password_hash="x", role=Role.ADMIN, created_at=LONG_AGO))
    await users.get_user("lan")
    await users.list_users()
    await users.open_session("hash", user="lan", csrf="c")
    await users.session("hash")
    await users.close_session("hash")
    await users.set_password("lan", "y", must_change=False)
    await users.note_failed_login("lan")
    await users.failed_logins("lan")
    await users.clear_failed_logins("lan")


async def _use_memory(store: Store, article: Article) -> None:
    await store.retention.purge(NOON + timedelta(days=900), NOON + timedelta(days=300), limit=10)
    await store.tombstones.buried(article.keys)
    for body in (b"one", b"two"):
        store.raw_pages.keep(article.url, source_id="bao", body=body, content_type="", fetched_at=NOON)
        await store.raw_pages.flush()
    await store.raw_pages.get(article.url, at=NOON)
    await RawPages(store._database, keep_for=timedelta(days=1), max_bytes=1).trim()
    await store.hosts.note([HostSighting(host="a.vn", answered_at=NOON)])
    await store.hosts.recent(since=LONG_AGO)


@pytest.mark.parametrize("driver", [Driver.PYMONGO])
async def test_every_query_uses_an_index(
    store: Store,
    database: str,
    mongo_uri: str,
    an_article: Callable[..., Article],
    a_story: Callable[..., Story],
    a_crawl: Callable[..., Crawl],
    sources_named: Callable[..., tuple[Source, ...]],
    concluded: Callable[..., SourceState],
) -> None:
    async with AsyncMongoClient[dict[str, object]](mongo_uri) as client:
        seen_by = client[database]
        await seen_by.command("profile", 2, slowms=0)
        await _use_everything(store, an_article, a_story, a_crawl, sources_named, concluded)
        await seen_by.command("profile", 0)
        ops = await seen_by["system.profile"].find({"planSummary": {"$exists": True}}).to_list()
    whole = [(op["ns"], op["command"]) for op in ops if "COLLSCAN" in str(op["planSummary"])]
    assert whole == []
    plans = " ".join(str(op["planSummary"]) for op in ops)
    for collection, indexes in INDEXES.items():
        for index in indexes:
            pattern = ", ".join(f"{field}: {order}" for field, order in index.keys)
            assert index.expires or f"{{ {pattern} }}" in plans, f"{collection}.{index.name} serves no query"


async def test_feed_pages_are_read_in_order_without_sorting(store: Store, a_story: Callable[..., Story]) -> None:
    await store.stories.put_many([a_story() for _ in range(50)])
    query = FeedQuery(section="thoi-su", after=(NOON + timedelta(days=1), "x"), limit=5)
    rows = store._database["stories"]
    order = [("sort_at", -1), ("_id", -1)]
    plan = await rows.find(query.filter()).sort(order).limit(5).explain()
    assert "SORT" not in _stages(plan["queryPlanner"]["winningPlan"])
    assert plan["executionStats"]["totalDocsExamined"] == 5


def _stages(plan: dict[str, object]) -> list[object]:
    inner = plan.get("inputStage")
    return [plan["stage"], *(_stages(inner) if isinstance(inner, dict) else [])]


async def test_opening_again_leaves_indexes_and_mends_changed_ones(
    store: Store, mongo_uri: str, database: str, driver: Driver
) -> None:
    rows = store._database["articles"]
    await rows.drop_index("keys")
    await rows.create_index([("keys", 1)], name="keys")  # as an older version may have made it
    wanted = await store._database["stories"].index_information()
    again = await Store.open(mongo_uri, driver=driver, database=database, keep_crawls=timedelta(days=1))
    await again.close()
    assert (await rows.index_information())["keys"]["unique"] is True
    assert await store._database["stories"].index_information() == wanted
