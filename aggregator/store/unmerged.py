"""Articles that were written and are not yet in their story.

1. Before a batch of articles is written it is announced here, in one document; the document goes when its articles are
   in their stories. So nothing that was written is ever without a story for long, whenever a process dies.
2. New articles that this process wrote are handed over in memory (``written``), so that they need not be read again.
3. A batch that nobody speaks for is taken up by whoever merges after a minute, and at once when its process gave it up.
"""

import sys
from collections import deque
from collections.abc import Collection as Many
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bson import ObjectId
from pymongo import ASCENDING, WriteConcern

from aggregator.model.article import Arrival, Article
from aggregator.store.documents import ARTICLE, Document
from aggregator.store.driver import Database, reaching_mongo
from aggregator.stories.merge import arrival_of

_LEFT_AFTER_MS = 60_000  # longer than any write may take
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_ARTICLES = 1_000  # arrivals in memory; beyond it batches are read again


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Articles written together: the ids announced, and those of the new ones that are still in memory."""

    id: ObjectId
    article_ids: tuple[str, ...]
    arrivals: tuple[Arrival, ...] = ()
    to_read: tuple[str, ...] = ()  # announced, to be read from the store


class Unmerged:
    """The collection ``unmerged``."""

    def __init__(self, database: Database) -> None:
        self._batches = database["unmerged"]
        # The next write of the same connection waits for the journal, which keeps this one too: its order is the log's.
        self._announced = self._batches.with_options(write_concern=WriteConcern(w=1))
        self._articles = database["articles"]
        self._written: deque[Batch] = deque()
        self._in_memory = 0

    async def announce(self, article_ids: Many[str]) -> ObjectId:
        """Says that these articles are about to be written. Raises what the driver raises."""
        batch_id = ObjectId()
        said = {"$set": {"articles": list(article_ids)}, "$currentDate": {"at": True}}
        await self._announced.update_one({"_id": batch_id}, said, upsert=True)
        return batch_id

    def written(self, batch_id: ObjectId, new: Sequence[Article], edited: Sequence[str]) -> None:
        """Hands over what this process wrote of a batch that it announced."""
        has_room = self._in_memory < _MOST_ARTICLES
        self._written.append(
            Batch(
                id=batch_id,
                article_ids=(*(article.id for article in new), *edited),
                arrivals=tuple(map(arrival_of, new)) if has_room else (),
                to_read=tuple(edited) if has_room else (*(article.id for article in new), *edited),
            )
        )
        self._in_memory += len(new) if has_room else 0

    def take_written(self, most: int) -> list[Batch]:
        """The oldest batches that were handed over, of about ``most`` articles; ``put_back`` what is not merged."""
        taken: list[Batch] = []
        count = 0
        while self._written and count < most:
            batch = self._written.popleft()
            self._in_memory -= len(batch.arrivals)
            count += len(batch.article_ids)
            taken.append(batch)
        return taken

    def put_back(self, batches: Sequence[Batch]) -> None:
        """These are to be merged later, first."""
        self._written.extendleft(reversed(batches))
        self._in_memory += sum(len(batch.arrivals) for batch in batches)

    async def give_up(self) -> None:
        """Leaves what was handed over to whoever merges now."""
        batches = self.take_written(sys.maxsize)
        if not batches:
            return
        ids = [batch.id for batch in batches]
        try:
            with reaching_mongo:
                await self._batches.update_many({"_id": {"$in": ids}}, {"$set": {"at": _LONG_AGO}})
        except BaseException:
            self.put_back(batches)
            raise

    async def inherit(self) -> None:
        """Takes up every batch at once. Only for the one process that can be alone on this database."""
        with reaching_mongo:
            await self._batches.update_many({}, {"$set": {"at": _LONG_AGO}})

    async def left_over(self, most: int) -> list[Batch]:
        """Batches that nobody speaks for, oldest first."""
        old = {"$expr": {"$lt": ["$at", {"$subtract": ["$$NOW", _LEFT_AFTER_MS]}]}}
        with reaching_mongo:
            rows = await self._batches.find(old).sort("at", ASCENDING).limit(most).to_list(None)
        return [
            Batch(id=row["_id"], article_ids=tuple(row["articles"]), to_read=tuple(row["articles"])) for row in rows
        ]

    async def arrivals(self, article_ids: Many[str]) -> list[Arrival]:
        """The articles of these ids that exist, as their stories take them."""
        wanted = list(article_ids)
        if not wanted:
            return []
        with reaching_mongo:
            rows = await self._articles.find({"_id": {"$in": wanted}}, {"body": 0}).to_list(None)
        return [arrival_of(ARTICLE.read(row | {"body": ""})) for row in rows]  # stories do not show it

    async def merged(self, batches: Sequence[Batch]) -> None:
        """Forgets batches whose articles are in their stories."""
        if batches:
            with reaching_mongo:
                await self._batches.delete_many({"_id": {"$in": [batch.id for batch in batches]}})

    async def ids(self) -> list[str]:
        """All articles that wait."""
        with reaching_mongo:
            rows: list[Document] = await self._batches.find({}, {"articles": 1}).sort("at", ASCENDING).to_list(None)
        return list(dict.fromkeys(article_id for row in rows for article_id in row["articles"]))
