"""The end of what is not kept for ever (the rule: ``normalise/retention.py``).

1. Order for each batch: tombstones, then stories, then the articles. A purge that ends in between is done again by the
   next one, with the same result; two at once do no harm.
2. An article that waits to be merged is left for a later purge: whoever merges it would bring its story back.
3. A story loses the members that are purged, and goes with the last one. One that somebody else changes meanwhile
   keeps its articles until the next purge.
"""

from collections.abc import Collection as Many
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DeleteOne

from aggregator.model.article import Article, Story
from aggregator.model.source import ArticleKind
from aggregator.normalise.retention import expires_at, is_kept_for_ever
from aggregator.store.documents import ARTICLE
from aggregator.store.driver import Database, reaching_mongo
from aggregator.store.stories import Stories
from aggregator.store.tombstones import Tombstones
from aggregator.store.unmerged import Unmerged
from aggregator.stories.merge import arrival_of, with_article

_BATCH = 50  # some ten milliseconds of the loop
_EXPIRING = [str(kind) for kind in ArticleKind if not is_kept_for_ever(kind)]
# What is large and not needed to say goodbye: left on the server, read as empty.
_LEFT_OUT: dict[str, Any] = {"body": "", "text": "", "versions": [], "images": [], "attachments": [], "problems": []}


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReport:
    """What a purge did. ``postponed`` articles are left for the next one; ``is_complete``: no more had expired."""

    articles: int = 0
    stories_changed: int = 0
    stories_deleted: int = 0
    postponed: int = 0
    is_complete: bool = True


class Retention:
    """Purges articles that have expired."""

    def __init__(self, database: Database, stories: Stories, tombstones: Tombstones, unmerged: Unmerged) -> None:
        self._unmerged = unmerged
        self._articles = database["articles"]
        self._stories = stories
        self._tombstones = tombstones

    async def purge(self, now: datetime, news_before: datetime, limit: int = 1000) -> PurgeReport:
        """Purges at most ``limit`` news articles that stand in the feed at or before ``news_before``, oldest first.

        Raises ValueError when that would take the news of today.
        """
        if news_before >= now:
            raise ValueError(f"news would be purged up to {news_before}, which is not before {now}")
        report = PurgeReport(is_complete=False)
        staying: set[str] = set()
        while (room := limit - report.articles - len(staying)) > 0:
            batch = await self._expired(now, news_before, min(_BATCH, room), beside=staying)
            done, left = await self._purge(batch, now)
            staying |= left
            report = PurgeReport(
                articles=report.articles + done.articles,
                stories_changed=report.stories_changed + done.stories_changed,
                stories_deleted=report.stories_deleted + done.stories_deleted,
                postponed=len(staying),
                is_complete=len(batch) < min(_BATCH, room),
            )
            if report.is_complete:
                break
        return report

    async def _expired(
        self, now: datetime, news_before: datetime, limit: int, *, beside: Many[str] = ()
    ) -> list[Article]:
        wanted = {
            "kind": {"$in": _EXPIRING},
            "sort_at": {"$lte": news_before},
            "_id": {"$nin": [*beside, *await self._unmerged.ids()]},
        }
        with reaching_mongo:
            found = self._articles.find(wanted, dict.fromkeys(_LEFT_OUT, 0)).sort("sort_at", ASCENDING).limit(limit)
            rows = await found.to_list(None)
        articles = [ARTICLE.read(row | _LEFT_OUT) for row in rows]
        ends = [expires_at(article, keep_news=now - news_before) for article in articles]
        return [article for article, end in zip(articles, ends, strict=True) if end is not None and end <= now]

    async def _purge(self, batch: Sequence[Article], now: datetime) -> tuple[PurgeReport, set[str]]:
        """What became of a batch, and the ids of the articles that stay for now."""
        await self._tombstones.bury(
            {key: article.source_id for article in batch for key in (*article.keys, article.guid) if key}, now=now
        )
        stories, held = await self._leave_stories(batch)
        deleted, written = await self._delete([article for article in batch if article.id not in held])
        return replace(stories, articles=deleted), held | written

    async def _leave_stories(self, batch: Sequence[Article]) -> tuple[PurgeReport, set[str]]:
        """Takes the articles out of their stories; the ids of those whose story could not be written come back."""
        by_id = {article.id: article for article in batch}
        homes = await self._stories.by_articles(by_id)
        named = {article.story_id or article.id for article in batch}
        # A story whose articles are all hidden lists none: it is found by its name.
        stories = {story.id: story for story in (*homes.values(), *await self._stories.get_many(named))}
        leaving = {story.id: [by_id[key] for key in _articles_of(story) if key in by_id] for story in stories.values()}
        after = {story_id: _without(stories[story_id], gone) for story_id, gone in leaving.items() if gone}
        written = await self._stories.put_many([story for story in after.values() if story is not None])
        deleted = await self._stories.delete_many([stories[key] for key, story in after.items() if story is None])
        stuck = after.keys() - written - deleted
        report = PurgeReport(stories_changed=len(written), stories_deleted=len(deleted))
        return report, {article.id for story_id in stuck for article in leaving[story_id]}

    async def _delete(self, articles: Sequence[Article]) -> tuple[int, set[str]]:
        """Deletes the articles that nobody wrote since they were read; how many, and the ids of the others."""
        if not articles:
            return 0, set()
        changes = [
            DeleteOne(
                {
                    "_id": article.id,
                    "keys": list(article.keys),
                    "digest": article.digest,
                    "fence": article.fence,
                }
            )
            for article in articles
        ]
        with reaching_mongo:
            deleted = (await self._articles.bulk_write(changes, ordered=False)).deleted_count
            if deleted == len(changes):
                return deleted, set()
            ids = [article.id for article in articles]
            rows = await self._articles.find({"_id": {"$in": ids}}, {"_id": 1}).to_list(None)
        return deleted, {row["_id"] for row in rows}


def _articles_of(story: Story) -> list[str]:
    return list(dict.fromkeys((*(member.article_id for member in story.members), story.lead.article_id)))


def _without(story: Story, gone: Sequence[Article]) -> Story | None:
    """The story without these articles, led anew; None when no other is left."""
    left = story
    for article in gone:
        left = with_article(left, replace(arrival_of(article), is_live=False))
    return replace(left, revision=story.revision + 1) if left.members else None
