"""What is remembered of each source between visits, and who may visit it now (rules in ``leases``)."""

from collections.abc import Collection as Many
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

import structlog
from pymongo import ASCENDING, ReturnDocument, UpdateOne

from aggregator.model.crawl import Lease, SourceState
from aggregator.model.source import Source
from aggregator.store import leases
from aggregator.store.documents import SOURCE_STATE, Document
from aggregator.store.driver import Database, reaching_mongo

log = structlog.get_logger("sources")

# Read alone, each of these is worth keeping when the rest cannot be read; the visit then writes all of it anew.
_KEPT = {"next_visit_at": datetime, "articles_total": int, "failing_since": datetime}
_AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to visit a source, and the state it was left in.

    ``interrupted``: the visit before ended without a word (a kill, an outage), so some of its articles may be missing.
    """

    lease: Lease
    state: SourceState
    interrupted: bool

    @property
    def source_id(self) -> str:
        """The source."""
        return self.lease.source_id


class Sources:
    """The collection ``sources`` (states and leases) and ``locks``."""

    def __init__(self, database: Database) -> None:
        self._sources = database["sources"]
        self._locks = database["locks"]
        self._host_turns = database["host_turns"]
        self._told: set[str] = set()  # sources whose state could not be read

    async def sync(self, sources: tuple[Source, ...], *, now: datetime) -> None:
        """Makes the states match the file: new sources are due ``now``, missing ones archived, returned ones revived.

        Archived and disabled sources keep everything that is remembered of them and are never due.
        """
        changes = []
        for source in sources:
            fresh = SOURCE_STATE.write(SourceState(source_id=source.id, next_visit_at=now))
            del fresh["_id"]
            changes.append(
                UpdateOne(
                    {"_id": source.id},
                    {"$setOnInsert": fresh, "$set": {"active": source.enabled, "archived": False}},
                    upsert=True,
                )
            )
        ids = [source.id for source in sources]
        with reaching_mongo:
            if changes:
                await self._sources.bulk_write(changes, ordered=False)
            await self._sources.update_many({"_id": {"$nin": ids}}, {"$set": {"active": False, "archived": True}})

    async def register(self, sources: Sequence[Source], *, now: datetime) -> None:
        """Makes sure that each source has a state, for a visit by hand; what the running service does is untouched."""
        unknown = SourceState(source_id="", next_visit_at=now)
        changes = []
        for source in sources:
            fresh = SOURCE_STATE.write(replace(unknown, source_id=source.id)) | {"active": False, "archived": True}
            del fresh["_id"]
            changes.append(UpdateOne({"_id": source.id}, {"$setOnInsert": fresh}, upsert=True))
        if changes:
            with reaching_mongo:
                await self._sources.bulk_write(changes, ordered=False)

    async def states(self) -> list[SourceState]:
        """The states of all sources of the file, by id; one that cannot be read begins anew."""
        with reaching_mongo:
            rows = await self._sources.find({"archived": False}).sort("_id", ASCENDING).to_list(None)
        return [self._read(row) for row in rows]

    async def state(self, source_id: str) -> SourceState | None:
        """The state of one source, archived or not; None when it was never in the file."""
        with reaching_mongo:
            row = await self._sources.find_one({"_id": source_id})
        return None if row is None else self._read(row)

    async def claim_due(self, owner: str, *, limit: int, ttl: timedelta, without: Many[str] = ()) -> list[Claim]:
        """Leases for ``ttl`` on at most ``limit`` sources that are due, longest due first, leaving out some.

        Three round trips at most, one when none is due. A source is never given to two owners at once. One whose
        state cannot be read is given with a new state, which its visit writes.
        """
        with reaching_mongo:
            due = {**leases.DUE, "_id": {"$nin": list(without)}} if without else leases.DUE
            cursor = self._sources.find(due, {"_id": 1}).sort("next_visit_at", ASCENDING).limit(limit)
            ids = [row["_id"] for row in await cursor.to_list(None)]
            if not ids:
                return []
            claim = token_hex(8)
            await self._sources.update_many({"_id": {"$in": ids}, **leases.DUE}, leases.taken(owner, claim, ttl))
            rows = await self._sources.find({"_id": {"$in": ids}, "lease.claim": claim}).to_list(None)
        claims = {row["_id"]: self._claim(row) for row in rows}
        return [claims[source_id] for source_id in ids if source_id in claims]

    async def claim(self, owner: str, source_id: str, *, ttl: timedelta) -> Claim | None:
        """A lease on one source now, due or not, enabled, archived or not; None when it is held or unknown."""
        with reaching_mongo:
            row = await self._sources.find_one_and_update(
                {"_id": source_id, **leases.FREE},
                leases.taken(owner, token_hex(8), ttl),
                return_document=ReturnDocument.AFTER,
            )
        return None if row is None else self._claim(row)

    async def visit_now(self, source_id: str) -> bool:
        """Makes an enabled source due at once; False when it is being visited now, disabled, archived or unknown."""
        with reaching_mongo:
            result = await self._sources.update_one(
                {"_id": source_id, "active": True, **leases.FREE},
                [{"$set": {"next_visit_at": "$$NOW", "next_visit_why": "theo yêu cầu của người vận hành"}}],
            )
        return result.matched_count == 1

    async def renew(self, owner: str, source_ids: Many[str], *, ttl: timedelta) -> set[str]:
        """Prolongs this owner's leases to ``ttl`` from now; the sources that are still its own."""
        ids = list(source_ids)
        if not ids:
            return set()
        ours = {"_id": {"$in": ids}, "lease.owner": owner}
        with reaching_mongo:
            result = await self._sources.update_many(ours, [{"$set": {"lease.until": leases.until(ttl)}}])
            if result.matched_count == len(ids):
                return set(ids)
            rows = await self._sources.find(ours, {"_id": 1}).to_list(None)
        return {row["_id"] for row in rows}

    async def release(self, held: Iterable[Lease]) -> None:
        """Gives leases back, their sources as due as they were; leases that are no longer current change nothing."""
        changes = [UpdateOne(leases.held_by(lease), {"$set": leases.RELEASED}) for lease in held]
        if changes:
            with reaching_mongo:
                await self._sources.bulk_write(changes, ordered=False)

    async def expire_leases(self) -> None:
        """Ends every lease, lock and hold of a host now. Only for the one process that can be alone on this database.

        The visits they belonged to count as interrupted.
        """
        with reaching_mongo:
            await self._sources.update_many({"lease.until": {"$ne": None}}, [{"$set": {"lease.until": "$$NOW"}}])
            await self._locks.delete_many({})
            await self._host_turns.update_many({}, [{"$set": {"until": "$$NOW"}}])  # the hosts' pauses stay

    async def claim_lock(self, name: str, owner: str, *, ttl: timedelta) -> bool:
        """Takes or prolongs a named lock for ``ttl`` by the server's clock; False when another owner has it."""
        us = {"$literal": owner}
        free = {"$or": [{"$eq": ["$owner", us]}, leases.passed("$until", leases.LONGEST_LEASE)]}
        taken: Document = {
            "owner": {"$cond": [free, us, "$owner"]},
            "until": {"$cond": [free, leases.until(ttl), "$until"]},
        }
        with reaching_mongo:
            row = await self._locks.find_one_and_update(
                {"_id": name}, [{"$set": taken}], upsert=True, return_document=ReturnDocument.AFTER
            )
        return row is not None and row["owner"] == owner

    async def release_lock(self, name: str, owner: str) -> None:
        """Frees a named lock if ``owner`` has it."""
        with reaching_mongo:
            await self._locks.delete_one({"_id": name, "owner": owner})

    def _claim(self, row: Document) -> Claim:
        lease: Any = row["lease"]
        return Claim(
            lease=Lease(source_id=row["_id"], owner=lease["owner"], token=lease["token"]),
            state=self._read(row),
            interrupted=lease["interrupted"],
        )

    def _read(self, row: Document) -> SourceState:
        """The state of a document. What a later version or a bad disk left unreadable must not stop other sources."""
        source_id: str = row["_id"]
        try:
            return SOURCE_STATE.read(row)
        except Exception as error:  # noqa: BLE001 - a stored value may be anything
            if source_id not in self._told:
                self._told.add(source_id)
                log.warning("state_unreadable", source=source_id, error=f"{type(error).__name__}: {error}"[:300])
        kept = {name: row[name] for name, kind in _KEPT.items() if isinstance(row.get(name), kind)}
        return replace(SourceState(source_id=source_id, next_visit_at=_AT_ONCE), **kept)
