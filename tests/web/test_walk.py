"""A reader walks the whole feed by cursor while news arrives and is edited: the real writer, merger and web server."""

import random
from dataclasses import replace
from datetime import timedelta

from aggregator.app import running
from aggregator.crawl.merging import StoryMerger
from aggregator.model.article import Article, Version
from aggregator.model.source import Republish
from aggregator.store.writer import CrawlWrites
from tests.service import until
from tests.web.world import NOW, Client, World

_THERE, _ARRIVING, _EDITED = 10_000, 1_000, 100
_DAYS = 20
_SYLLABLES = ("an", "bình", "cầu", "dân", "đường", "hồ", "khe", "lúa", "mương", "nước", "quê", "rừng", "vườn")


def _articles(world: World, draw: random.Random, number: int) -> list[Article]:
    """Articles of several sources at any time of some days, most alone in their event, some about the same one."""
    made: list[Article] = []
    for _ in range(number):
        minutes = draw.randrange(_DAYS * 24 * 60)
        title = " ".join(draw.choices(_SYLLABLES, k=9)).capitalize() + f" {draw.randrange(10**6)}"
        if made and draw.random() < 0.1:
            title = made[-1].title
            minutes = int((NOW - made[-1].sort_at).total_seconds() // 60)
        source = draw.choice(world.catalogue.sources).id
        made.append(world.article(source=source, minutes_ago=minutes, title=title))
    return made


async def _write(world: World, *, new: list[Article], updated: list[Article]) -> None:
    for source in world.catalogue.sources:
        claim = await world.store.sources.claim("tests", source.id, ttl=timedelta(seconds=60))
        assert claim is not None
        own = [replace(item, fence=claim.lease.token) for item in new if item.source_id == source.id]
        for start in range(0, max(len(own), 1), 500):
            writes = CrawlWrites(
                lease=claim.lease,
                new=tuple(own[start : start + 500]),
                updated=tuple(
                    replace(item, fence=claim.lease.token)
                    for item in updated
                    if item.source_id == source.id and not start
                ),
            )
            result = await world.store.writer.submit(writes)
            assert not result.rejected
            assert not result.duplicates
        await world.store.sources.release([claim.lease])


def _edited(article: Article, at_minute: int) -> Article:
    seen_at = NOW + timedelta(minutes=at_minute)
    version = Version(seen_at=seen_at, title=article.title, digest=article.digest, changed=("title", "summary"))
    return replace(
        article, title=f"{article.title} (cập nhật)", summary="Bản mới.", updated_at=seen_at, versions=(version,)
    )


async def test_every_article_is_met_exactly_once_while_others_arrive_and_are_edited(
    client: Client, world: World
) -> None:
    draw = random.Random(20261123)
    merger = StoryMerger(world.store, "tests")
    everything = _articles(world, draw, _THERE + _ARRIVING)
    arriving = draw.sample(everything, _ARRIVING)
    late = {article.id for article in arriving}
    there = [article for article in everything if article.id not in late]
    is_edited = draw.sample([item for item in there if item.republish is not Republish.LINK], _EDITED)
    async with running(merger.run(), world.revision.follow(world.store)):

        async def merged() -> bool:
            merger.wake()
            return not await world.store.unmerged.ids()

        await _write(world, new=there, updated=[])
        await until("all is in its story", merged, timeout_s=60)

        met: list[str] = []
        cursor, page_number = "", 0
        while True:
            answer = await client.get(f"/api/v1/feed?limit=100{cursor}")
            assert answer.status == 200
            page = await answer.json()
            met += [card["id"] for item in page["items"] for card in item["articles"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
            page_number += 1
            if page_number % 4 == 0:  # some 24 times in about 95 pages
                new, arriving = arriving[:50], arriving[50:]
                edits, is_edited = is_edited[:5], is_edited[5:]
                await _write(world, new=new, updated=[_edited(item, page_number) for item in edits])
                merger.wake()
        await _write(world, new=arriving, updated=[_edited(item, page_number) for item in is_edited])
        await until("all is in its story", merged, timeout_s=60)

    assert len(met) == len(set(met))
    before = {article.id for article in there}
    assert before <= set(met)
    assert set(met) - before <= late
