"""Old news goes, with its place in the stories, and does not return; everything else stays."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.crawl.merging import StoryMerger
from aggregator.model.article import Article, Story, Visibility
from aggregator.model.source import ArticleKind, Authority
from aggregator.normalise.retention import expires_at
from aggregator.store.retention import PurgeReport, Retention
from aggregator.store.sources import Claim
from aggregator.store.store import Store
from aggregator.store.stories import FeedQuery, Stories
from aggregator.store.writer import CrawlWrites

Build = Callable[..., Article]
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
YEAR = timedelta(days=365)
KEEP = timedelta(days=548)
BOUND = NOW - KEEP
TITLE = "Cử tri xã Tam Hợp kiến nghị sửa đường liên thôn"


async def keep(store: Store, claim: Claim, *articles: Article) -> None:
    """Writes articles as a crawl does and merges them into stories."""
    await store.writer.submit(CrawlWrites(lease=claim.lease, new=articles))
    await StoryMerger(store, "one").drain()


async def story_of(store: Store, article: Article) -> Story | None:
    return (await store.stories.by_articles([article.id])).get(article.id)


async def test_news_that_stood_18_months_goes_and_all_else_stays(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    old = an_article(sort_at=BOUND)
    young = an_article(sort_at=BOUND + timedelta(milliseconds=1))
    others = [an_article(sort_at=NOW - 5 * YEAR, kind=kind) for kind in ArticleKind if kind is not ArticleKind.NEWS]
    await keep(store, claimed, old, young, *others)
    report = await store.retention.purge(NOW, BOUND)
    assert report == PurgeReport(articles=1, stories_deleted=1)
    assert await store.articles.get(old.id) is None
    left = {story.id for story in await store.stories.feed(FeedQuery())}
    assert left == {young.id, *(article.id for article in others)}
    assert len(await store.articles.get_many(left)) == len(left)


async def test_every_identity_key_of_what_goes_is_buried_and_no_other(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    old = an_article(sort_at=NOW - 2 * YEAR, keys=("bao|u:1", "bao|g:1"))
    young = an_article(sort_at=NOW, keys=("bao|u:2", "bao|g:2"))
    await keep(store, claimed, old, young)
    await store.retention.purge(NOW, BOUND)
    assert await store.tombstones.buried([*old.keys, *young.keys]) == set(old.keys)


async def test_a_story_goes_on_without_the_member_that_went_and_is_led_anew(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    first = an_article(title=TITLE, sort_at=BOUND, authority=Authority.OFFICIAL, places=("vinh",), source_id="tinh")
    second = an_article(title=TITLE, sort_at=BOUND + timedelta(hours=3), sections=("mat-tran",))
    await keep(store, claimed, first, second)
    before = await story_of(store, second)
    assert before is not None
    assert before.lead.article_id == first.id
    report = await store.retention.purge(NOW, BOUND)
    assert report == PurgeReport(articles=1, stories_changed=1)
    after = await story_of(store, second)
    assert after is not None
    assert [member.article_id for member in after.members] == [after.lead.article_id] == [second.id]
    assert (after.id, after.sort_at, after.revision) == (before.id, before.sort_at, before.revision + 1)
    assert (after.sections, after.places, after.source_ids, after.visible) == (("mat-tran",), (), ("bao",), True)


async def test_a_story_whose_articles_are_all_hidden_goes_with_its_last(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    hidden = an_article(sort_at=BOUND, visibility=Visibility.HIDDEN)
    await keep(store, claimed, hidden)
    assert [story.visible for story in await store.stories.get_many([hidden.id])] == [False]
    assert await store.retention.purge(NOW, BOUND) == PurgeReport(articles=1, stories_deleted=1)
    assert await store.stories.get_many([hidden.id]) == []


async def test_what_waits_to_be_merged_is_left_for_a_later_purge(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    article = an_article(sort_at=BOUND)
    await keep(store, claimed, article)
    edit = replace(article, title="Tiêu đề mới", digest="f" * 32)
    await store.writer.submit(CrawlWrites(lease=claimed.lease, updated=(edit,)))
    assert (await store.retention.purge(NOW, BOUND)).articles == 0
    await StoryMerger(store, "one").drain()
    assert (await store.retention.purge(NOW, BOUND)).articles == 1
    assert await store.stories.feed(FeedQuery()) == []


async def test_an_article_written_since_it_was_read_is_not_deleted(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    article = an_article(sort_at=BOUND)
    await keep(store, claimed, article)
    read = (await store.articles.get_many([article.id]))[0]
    edit = replace(article, keys=(*article.keys, "bao|g:new"), digest="f" * 32)
    await store.writer.submit(CrawlWrites(lease=claimed.lease, updated=(edit,)))
    await StoryMerger(store, "one").drain()
    assert await store.retention._delete([read]) == (0, {article.id})
    assert await store.articles.get(article.id) is not None


async def test_a_story_is_deleted_only_in_the_revision_that_was_read(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    article = an_article(sort_at=BOUND)
    await keep(store, claimed, article)
    stale = await store.stories.get_many([article.id])
    await store.stories.put_many([replace(stale[0], revision=stale[0].revision + 1)])
    assert await store.stories.delete_many(stale) == set()
    assert await store.stories.get_many([article.id]) != []
    current = await store.stories.get_many([article.id])
    assert await store.stories.delete_many([*current, *stale]) == {article.id}
    assert await store.stories.delete_many(current) == {article.id}  # again: gone is gone


async def test_an_article_stays_while_somebody_else_writes_its_story(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    class Contended(Stories):
        """The stories, each written by another process just before it is to be deleted."""

        async def delete_many(self, stories: Sequence[Story]) -> set[str]:
            await self.put_many([replace(story, revision=story.revision + 1) for story in stories])
            return await super().delete_many(stories)

    article = an_article(sort_at=BOUND)
    await keep(store, claimed, article)
    unlucky = Retention(store._database, Contended(store._database), store.tombstones, store.unmerged)
    assert await unlucky.purge(NOW, BOUND) == PurgeReport(postponed=1)
    assert await store.articles.get(article.id) is not None
    assert await store.retention.purge(NOW, BOUND) == PurgeReport(articles=1, stories_deleted=1)


@pytest.mark.parametrize("steps", [0, 1, 2])
async def test_a_purge_that_was_cut_short_is_made_good_by_the_next(
    store: Store, claimed: Claim, an_article: Build, steps: int
) -> None:
    first = an_article(title=TITLE, sort_at=BOUND, source_id="tinh")
    second = an_article(title=TITLE, sort_at=BOUND + timedelta(hours=3))
    alone = an_article(sort_at=BOUND)
    await keep(store, claimed, first, second, alone)
    batch = await store.retention._expired(NOW, BOUND, 10)
    if steps >= 1:
        await store.tombstones.bury({key: item.source_id for item in batch for key in item.keys}, now=NOW)
    if steps >= 2:
        await store.retention._leave_stories(batch)
    report = await store.retention.purge(NOW, BOUND)
    assert (report.articles, report.postponed) == (2, 0)
    assert [story.lead.article_id for story in await store.stories.feed(FeedQuery())] == [second.id]
    assert await store.tombstones.buried([*first.keys, *second.keys, *alone.keys]) == {*first.keys, *alone.keys}
    assert await store.retention.purge(NOW, BOUND) == PurgeReport()


async def test_a_purge_takes_the_oldest_first_and_says_whether_more_is_left(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    articles = [an_article(sort_at=BOUND - timedelta(days=number)) for number in range(5)]
    await keep(store, claimed, *articles)
    first = await store.retention.purge(NOW, BOUND, limit=3)
    assert (first.articles, first.is_complete) == (3, False)
    left = await store.articles.get_many([article.id for article in articles])
    assert {article.id for article in left} == {articles[0].id, articles[1].id}
    assert (await store.retention.purge(NOW, BOUND, limit=3)).is_complete


async def test_a_bound_that_would_take_todays_news_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="not before"):
        await store.retention.purge(NOW, NOW)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_two_purges_at_once_leave_exactly_what_has_not_expired_each_in_one_story(
    store: Store, claimed: Claim, an_article: Build, seed: int
) -> None:
    draw = random.Random(seed)
    articles = [
        an_article(
            sort_at=BOUND + timedelta(hours=draw.randint(-40, 40)),
            kind=draw.choice([*ArticleKind, ArticleKind.NEWS, ArticleKind.NEWS, ArticleKind.NEWS]),
            title=draw.choice([f"{TITLE} {name}" for name in ("Tam Hợp", "Yên Hòa", "Con Cuông", "Đô Lương")]),
            source_id=draw.choice(["bao", "tinh", "mttq", "dai"]),
            visibility=draw.choice([Visibility.LIVE, Visibility.LIVE, Visibility.LIVE, Visibility.HIDDEN]),
        )
        for _ in range(150)
    ]
    await keep(store, claimed, *articles)
    complete = False
    while not complete:
        async with asyncio.TaskGroup() as group:
            rounds = [group.create_task(store.retention.purge(NOW, BOUND, limit=40)) for _ in range(2)]
        complete = all(task.result().is_complete and not task.result().postponed for task in rounds)
    ends = {article.id: expires_at(article, keep_news=KEEP) for article in articles}
    staying = {article_id for article_id, end in ends.items() if end is None or end > NOW}
    left = await store.articles.get_many(ends)
    assert {article.id for article in left} == staying
    stories = await store.stories.feed(FeedQuery(limit=500))
    shown = [member.article_id for story in stories for member in story.members]
    assert sorted(shown) == sorted(article.id for article in left if article.visibility is Visibility.LIVE)
    assert all(story.lead in story.members for story in stories)
    buried = await store.tombstones.buried([key for article in articles for key in article.keys])
    assert buried == {key for article in articles if article.id not in staying for key in article.keys}


async def test_what_has_expired_is_found_by_the_index_without_sorting(
    store: Store, claimed: Claim, an_article: Build
) -> None:
    await keep(store, claimed, *(an_article(sort_at=NOW - timedelta(days=10 * number)) for number in range(80)))
    wanted = {
        "kind": {"$in": ["news"]},
        "sort_at": {"$lte": BOUND},
        "_id": {"$nin": ["x"]},
    }
    plan = await store._database["articles"].find(wanted).sort("sort_at", 1).limit(10).explain()
    assert plan["executionStats"]["totalDocsExamined"] == 10
    assert "'SORT'" not in str(plan["queryPlanner"]["winningPlan"])
