"""The books of the crawl, read from the database itself: leases that nobody took up again, visits and their tokens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import AsyncMongoClient
from pymongo.asynchronous.database import AsyncDatabase

from aggregator.app import LEASE

# A lease is stuck when its time passed this long ago though its source is due: the clock looks every second.
_SLACK_MS = 3000
_LEASE_MS = int(LEASE.total_seconds() * 1000)
_AGO: dict[str, Any] = {"$subtract": ["$$NOW", _SLACK_MS]}
_STUCK: dict[str, Any] = {
    "active": True,
    "lease.until": {"$ne": None},
    "$expr": {
        "$or": [
            {"$and": [{"$lt": ["$lease.until", _AGO]}, {"$lt": ["$next_visit_at", _AGO]}]},
            {"$gt": ["$lease.until", {"$add": ["$$NOW", _LEASE_MS]}]},
        ]
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """The visits to all sources. A visit has a token, and a record once it was concluded."""

    begun: int
    concluded: int
    cut_short: int  # begun, not concluded, and followed by another
    recorded_twice: tuple[str, ...]
    unaccounted: tuple[str, ...]  # begun, not concluded, not under way, and not followed by another
    waiting: int  # batches of articles not yet in their stories
    counted: int  # articles by the sources' own counters
    stored: int

    def __str__(self) -> str:
        return (
            f"{self.begun} visits begun: {self.concluded} concluded, {self.cut_short} cut short and made good, "
            f"{len(self.unaccounted)} unaccounted; {self.stored} articles stored, {self.counted} counted"
        )


@asynccontextmanager
async def books(uri: str, database: str = "aggregator") -> AsyncIterator["Books"]:
    """The books of a database that a service may be using."""
    async with AsyncMongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        yield Books(client[database])


class Books:
    """Read only."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        self._database = database

    async def stuck(self) -> list[str]:
        """Leases past their time, or longer than any lease, that keep a due source from being visited."""
        rows = await self._database["sources"].find(_STUCK).to_list(None)
        return [f"{row['_id']}: {row['lease']}" for row in rows]

    async def unvisited(self, since: datetime) -> list[str]:
        """Active sources without a visit concluded since then."""
        wanted = {"active": True, "$or": [{"last_crawl_at": None}, {"last_crawl_at": {"$lt": since}}]}
        rows = await self._database["sources"].find(wanted).to_list(None)
        return [f"{row['_id']}: last {row.get('last_crawl_at')}, {row['lease']}" for row in rows]

    async def visits(self) -> Visits:
        """What became of every visit."""
        sources = await self._database["sources"].find({}).to_list(None)
        tokens: dict[str, list[int]] = {row["_id"]: [] for row in sources}
        async for crawl in self._database["crawls"].find({}, {"source_id": 1, "token": 1}):
            tokens[crawl["source_id"]].append(crawl["token"])
        unaccounted = []
        begun = cut_short = 0
        for row in sources:
            lease = row.get("lease", {})
            begun += lease.get("token", 0)
            missing = set(range(1, lease.get("token", 0) + 1)) - set(tokens[row["_id"]])
            if lease.get("until") is not None:
                missing.discard(lease["token"])  # under way
                begun -= 1
            last = max(tokens[row["_id"]], default=0)
            unaccounted += [f"{row['_id']}: token {token}" for token in missing if token > last]
            cut_short += sum(token < last for token in missing)
        twice = [name for name, found in tokens.items() if len(found) != len(set(found))]
        return Visits(
            begun=begun,
            concluded=sum(map(len, tokens.values())),
            cut_short=cut_short,
            recorded_twice=tuple(twice),
            unaccounted=tuple(unaccounted),
            waiting=await self._database["unmerged"].count_documents({}),
            counted=sum(row.get("articles_total", 0) for row in sources),
            stored=await self._database["articles"].count_documents({}),
        )
