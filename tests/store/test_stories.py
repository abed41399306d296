"""Pages of the feed meet each story once; writes are guarded by revision; changes are followed."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.article import Story, StoryTrace
from aggregator.model.source import ArticleKind
from aggregator.store.store import Store
from aggregator.store.stories import FeedQuery

Build = Callable[..., Story]
NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


async def test_the_feed_is_newest_first_and_leaves_out_what_is_not_visible(store: Store, a_story: Build) -> None:
    old, hidden, new = a_story(), a_story(visible=False), a_story()
    await store.stories.put_many([old, hidden, new])
    assert await store.stories.feed(FeedQuery()) == [new, old]


@pytest.mark.parametrize(
    "query",
    [
        FeedQuery(section="mat-tran"),
        FeedQuery(source="ubmttq"),
        FeedQuery(place="cua-lo"),
        FeedQuery(kind=ArticleKind.EVENT),
        FeedQuery(since=NOON),
        FeedQuery(section="mat-tran", place="cua-lo", kind=ArticleKind.EVENT, since=NOON),
    ],
    ids=["section", "source", "place", "kind", "since", "all"],
)
async def test_the_feed_is_narrowed(store: Store, a_story: Build, query: FeedQuery) -> None:
    wanted = a_story(
        sections=("thoi-su", "mat-tran"),
        source_ids=("bao", "ubmttq"),
        places=("cua-lo",),
        kinds=(ArticleKind.EVENT,),
        sort_at=NOON,
    )
    await store.stories.put_many([wanted, a_story()])
    assert await store.stories.feed(query) == [wanted]


async def test_a_walk_meets_each_story_once_while_new_ones_arrive(store: Store, a_story: Build) -> None:
    begun_with = [a_story(sort_at=NOON + timedelta(seconds=number // 4)) for number in range(40)]  # many at one time
    await store.stories.put_many(begun_with)
    met: list[str] = []
    after = None
    while page := await store.stories.feed(FeedQuery(after=after, limit=7)):
        met += [story.id for story in page]
        after = (page[-1].sort_at, page[-1].id)
        await store.stories.put_many([a_story(sort_at=NOON + timedelta(hours=1))])
    assert met == [story.id for story in sorted(begun_with, key=lambda item: (item.sort_at, item.id), reverse=True)]


async def test_a_story_is_written_only_over_the_revision_before(store: Store, a_story: Build) -> None:
    story = a_story()
    other = a_story()
    assert await store.stories.put_many([story, other]) == {story.id, other.id}
    second = replace(story, places=("vinh", "cua-lo"), revision=2)
    assert await store.stories.put_many([second]) == {story.id}
    stale = replace(story, places=(), revision=2)
    first_again = replace(other, places=(), revision=1)
    absent = replace(a_story(), revision=2)
    good = a_story()
    assert await store.stories.put_many([stale, first_again, absent, good]) == {good.id}
    kept = {item.id: item for item in await store.stories.get_many([story.id, other.id, absent.id])}
    assert kept == {story.id: second, other.id: other}


async def test_of_two_writers_of_one_revision_one_is_told_that_it_wrote(store: Store, a_story: Build) -> None:
    stories = [a_story() for _ in range(20)]
    await store.stories.put_many(stories)
    async with asyncio.TaskGroup() as group:
        writers = [
            group.create_task(store.stories.put_many([replace(story, places=(name,), revision=2) for story in stories]))
            for name in ("one", "two")
        ]
    one, two = (writer.result() for writer in writers)
    assert one | two == {story.id for story in stories}
    assert not one & two
    for story in await store.stories.get_many(one):
        assert story.places == ("one",)


async def test_traces_are_those_of_a_day_the_newest_first(store: Store, a_story: Build) -> None:
    first = a_story(shingles=(7, 8), sort_at=NOON)
    later = a_story(shingles=(9,), sort_at=NOON + timedelta(hours=18))
    others = (a_story(sort_at=NOON + timedelta(hours=19)), a_story(sort_at=NOON, visible=False))
    await store.stories.put_many([first, later, *others])
    traces = [StoryTrace(id=story.id, sort_at=story.sort_at, shingles=story.shingles) for story in (later, first)]
    assert await store.stories.traces(NOON.date(), most=10) == traces
    assert await store.stories.traces(NOON.date(), most=1) == traces[:1]


async def test_stories_are_found_by_their_articles(store: Store, a_story: Build) -> None:
    first, second = a_story(), a_story()
    joined = replace(first, members=(*first.members, *second.members))
    await store.stories.put_many([joined, a_story()])
    ids = [first.lead.article_id, second.lead.article_id, "unknown"]
    assert await store.stories.by_articles(ids) == {ids[0]: joined, ids[1]: joined}


async def test_following_tells_of_each_burst_once(store: Store, a_story: Build) -> None:
    async with aclosing(store.stories.follow()) as bursts, asyncio.timeout(20):
        await anext(bursts)  # the stream is open
        for _ in range(3):
            for _ in range(5):
                await store.stories.put_many([a_story() for _ in range(10)])
            await anext(bursts)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(bursts), 1.5)  # all fifty of each burst were told at once
