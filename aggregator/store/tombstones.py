"""Tombstones: the identity keys of articles that were purged, so that a source which still lists them brings none back.

One per key. It goes by itself three years after the purge.
"""

from collections.abc import Collection as Many
from collections.abc import Mapping
from datetime import datetime, timedelta

from pymongo import UpdateOne

from aggregator.store.driver import Database, reaching_mongo

KEPT_FOR = timedelta(days=3 * 365)


class Tombstones:
    """The collection ``tombstones``."""

    def __init__(self, database: Database) -> None:
        self._tombstones = database["tombstones"]

    async def bury(self, sources: Mapping[str, str], *, now: datetime) -> None:
        """Puts a tombstone on each identity key; ``sources`` gives the source of each. Doing it again prolongs them."""
        changes = [
            UpdateOne(
                {"_id": key},
                {"$setOnInsert": {"source_id": source_id, "purged_at": now}, "$max": {"expire_at": now + KEPT_FOR}},
                upsert=True,
            )
            for key, source_id in sources.items()
        ]
        if changes:
            with reaching_mongo:
                await self._tombstones.bulk_write(changes, ordered=False)

    async def buried(self, keys: Many[str]) -> set[str]:
        """Those of the identity keys that were purged; one query whatever their number, none for no keys.

        To be asked after ``articles.find_known``: a purge writes the tombstone before it deletes the article, so what
        was not known then and is not buried now was never kept.
        """
        if not keys:
            return set()
        with reaching_mongo:
            rows = await self._tombstones.find({"_id": {"$in": list(keys)}}, {"_id": 1}).to_list(None)
        return {row["_id"] for row in rows}
