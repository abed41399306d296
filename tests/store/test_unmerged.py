"""Articles that were written come into their stories, whoever dies in between and whichever process merges."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.crawl.merging import StoryMerger
from aggregator.model.article import Article, Story, Visibility
from aggregator.settings import Driver
from aggregator.store.sources import Claim
from aggregator.store.store import Store
from aggregator.store.stories import FeedQuery
from aggregator.store.writer import CrawlWrites

Build = Callable[..., Article]


async def titles(store: Store) -> list[str]:
    stories = await store.stories.feed(FeedQuery(limit=100))
    return sorted(member.title for story in stories for member in story.members)


async def test_what_a_dead_process_wrote_is_merged_once_a_minute_has_passed(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    article = an_article()
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(article,)))
    assert len(store.unmerged.take_written(10)) == 1  # its memory died with it
    merger = StoryMerger(store, "other")
    assert await merger.drain() == 0
    assert await store.unmerged.ids() == [article.id]
    await store._database["unmerged"].update_many({}, {"$set": {"at": datetime.now(UTC) - timedelta(minutes=2)}})
    assert await merger.drain() == 1
    assert await titles(store) == [article.title]
    assert await store.unmerged.ids() == []


async def test_an_announced_article_that_was_never_written_is_forgotten(store: Store) -> None:
    await store.unmerged.announce(["never"])
    await store.unmerged.inherit()
    assert await StoryMerger(store, "one").drain() == 1
    assert await store.unmerged.ids() == []
    assert await titles(store) == []


async def test_a_process_that_may_not_merge_leaves_its_articles_to_the_one_that_does(
    store: Store, mongo_uri: str, database: str, driver: Driver, claimed: Claim, an_article: Build
) -> None:
    other_store = await Store.open(mongo_uri, driver=driver, database=database, keep_crawls=timedelta(days=30))
    article = an_article()
    async with asyncio.TaskGroup() as group:
        other = StoryMerger(other_store, "other")
        merging = group.create_task(other.run())
        other.wake()
        while not await store._database["locks"].count_documents({"owner": "other"}):
            await store.ping()
        await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(article,)))
        assert await StoryMerger(store, "one").drain() == 0
        assert store.unmerged.take_written(10) == []
        other.wake()
        async with asyncio.timeout(10):
            while await store.unmerged.ids():
                await store.ping()
        merging.cancel()
    await other_store.close()
    assert await titles(store) == [article.title]


async def test_a_merge_that_breaks_keeps_its_articles_for_the_next(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    article = an_article()
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(article,)))
    await store._database.command("collMod", "stories", validator={"owner": "nobody"})
    merger = StoryMerger(store, "one")
    broken = False
    try:
        await merger.drain()
    except Exception:  # noqa: BLE001 - whatever the server said
        broken = True
    assert broken
    await store._database.command("collMod", "stories", validator={})
    assert await merger.drain() == 1
    assert await titles(store) == [article.title]


async def test_a_story_that_somebody_changed_meanwhile_is_read_again(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    title = "Khánh thành cầu dân sinh bắc qua suối Nậm Mộ tại xã Hữu Khuông"
    first, second = an_article(title=title, source_id="a"), an_article(title=title, source_id="b")
    merger = StoryMerger(store, "one")
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(first,)))
    await merger.drain()
    story = (await store.stories.by_articles([first.id]))[first.id]

    class Meddled(type(store.stories)):  # type: ignore[misc]  # the class of a live object
        async def put_many(self, stories: list[Story]) -> set[str]:
            store.stories = plain
            assert await plain.put_many([replace(story, places=("x",), revision=story.revision + 1)]) == {story.id}
            written: set[str] = await plain.put_many(stories)
            return written

    plain = store.stories
    store.stories = Meddled(store._database)
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(second,)))
    await merger.drain()
    await merger.drain()
    assert await titles(store) == [title, title]
    assert await store.unmerged.ids() == []


async def test_a_hidden_article_that_is_edited_stays_out_of_sight(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    article = an_article()
    merger = StoryMerger(store, "one")
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(article,)))
    await merger.drain()
    hidden = {"$set": {"visibility": str(Visibility.HIDDEN)}}
    await store._database["articles"].update_one({"_id": article.id}, hidden)
    for digest in ("e" * 32, "f" * 32):
        await store.writer.submit(CrawlWrites(lease=claimed.lease, updated=(replace(article, digest=digest),)))
        await merger.drain()
        assert await titles(store) == []
        assert await store.unmerged.ids() == []
