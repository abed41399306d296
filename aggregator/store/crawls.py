"""The crawl log as operators read it. Records are written through the writer and go by themselves when old."""

from collections.abc import Collection
from datetime import datetime

from pymongo import DESCENDING

from aggregator.model.crawl import Crawl
from aggregator.model.failures import Outcome
from aggregator.store.documents import CRAWL, Document
from aggregator.store.driver import Database, reaching_mongo


class Crawls:
    """The collection ``crawls``."""

    def __init__(self, database: Database) -> None:
        self._crawls = database["crawls"]

    async def recent(
        self,
        *,
        source_id: str | None = None,
        outcome: Outcome | None = None,
        left_out: Collection[Outcome] = (),
        before: tuple[datetime, str] | None = None,
        limit: int = 50,
    ) -> list[Crawl]:
        """Crawls that match, newest first, started before ``before`` = (started_at, id) of the page before.

        ``left_out`` are outcomes not wanted; it says nothing when ``outcome`` is given.
        """
        wanted: Document = {}
        if source_id is not None:
            wanted["source_id"] = source_id
        if outcome is not None:
            wanted["outcome"] = str(outcome)
        elif left_out:
            # The wanted ones by name: the server merges their parts of the index "of_outcome", already in order,
            # where "$ne" would read past every crawl that found nothing.
            wanted["outcome"] = {"$in": [str(item) for item in Outcome if item not in left_out]}
        if before is not None:
            started_at, crawl_id = before
            wanted["started_at"] = {"$lte": started_at}
            wanted["$or"] = [{"started_at": {"$lt": started_at}}, {"_id": {"$lt": crawl_id}}]
        order = [("started_at", DESCENDING), ("_id", DESCENDING)]
        with reaching_mongo:
            rows = await self._crawls.find(wanted).sort(order).limit(limit).to_list(None)
        return [CRAWL.read(row) for row in rows]

    async def get(self, crawl_id: str) -> Crawl | None:
        """The record, None when there is none (any more)."""
        with reaching_mongo:
            row = await self._crawls.find_one({"_id": crawl_id})
        return None if row is None else CRAWL.read(row)
