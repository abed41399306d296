"""Bodies as they were fetched, compressed, so that what a source said can be read again by newer rules.

1. Keeping one costs the crawl nothing: it is put down, and hashed, compressed and written by ``run()`` with others.
   A snapshot is a convenience: when MongoDB is away, or more waits than memory allows, it is dropped and counted.
2. A body that is the newest one known of its URL is not written again; only the time it was last seen moves.
3. Of a URL whose body goes on changing the newest of every six hours is kept.
4. Three bounds: each goes by itself some days after it was last seen; a large body is not kept; beyond a total of
   bytes the oldest go. Each process looks at the total whenever it has added a twentieth of the bound.
"""

import asyncio
import contextlib
import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import bson
from pymongo import ASCENDING, DESCENDING, UpdateOne

from aggregator.model.errors import StoreError
from aggregator.store.driver import Database, reaching_mongo

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAX_PAGE_BYTES = 2 * 1024 * 1024
_MOST_WAITING_BYTES = 8 * 1024 * 1024
_MOST_WAITING = 500
_BATCH = 20
_LINGER_S = 1.0
_SLOT = timedelta(hours=6)
_LONGEST_URL = 2000  # characters
_ROW_BYTES = 600  # of a snapshot beside its body, about, with its part of the indexes
_LEVEL = 3  # zstd: pages shrink to a fifth at some 200 MB/s
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_TRIM_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """A body that a URL was fetched with, first at ``first_at``, last at ``fetched_at``; without Content-Encoding."""

    url: str
    source_id: str
    content_type: str  # the header's value
    first_at: datetime
    fetched_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    url: str
    source_id: str
    content_type: str
    fetched_at: datetime
    body: bytes


class RawPages:
    """The collection ``raw_pages``. ``dropped`` counts snapshots that could not be kept."""

    def __init__(self, database: Database, *, keep_for: timedelta, max_bytes: int) -> None:
        self._database = database
        self._pages = database["raw_pages"]
        self._keep_for = keep_for
        self._max_bytes = max_bytes
        self._waiting: deque[_Waiting] = deque()
        self._waiting_bytes = 0
        self._arrived = asyncio.Event()
        self._writing = asyncio.Lock()
        self._added = max_bytes  # since the total was looked at: at the start it is unknown
        self.dropped = 0

    def keep(self, url: str, *, source_id: str, body: bytes, content_type: str, fetched_at: datetime) -> None:
        """Puts a fetched body down to be written soon. Not for an unchanged one: there is nothing to keep.

        ``url`` is the address as it was asked for or answered from: ASCII, at most 2000 characters.
        """
        if not self._max_bytes:
            return
        too_much = len(self._waiting) >= _MOST_WAITING or self._waiting_bytes + len(body) > _MOST_WAITING_BYTES
        if too_much or len(body) > MAX_PAGE_BYTES or len(url) > _LONGEST_URL or not url.isascii():
            self.dropped += 1
            return
        self._waiting.append(
            _Waiting(
                url=url,
                source_id=source_id,
                content_type=_text(content_type[:200]),
                fetched_at=fetched_at,
                body=bytes(body),
            )
        )
        self._waiting_bytes += len(body)
        self._arrived.set()

    async def run(self) -> None:
        """Writes what was put down, about once a second, until cancelled."""
        while True:
            await self._arrived.wait()
            await asyncio.sleep(_LINGER_S)
            self._arrived.clear()
            with contextlib.suppress(StoreError):  # counted
                await self.flush()

    async def close(self) -> None:
        """Writes what still waits, if MongoDB is there."""
        with contextlib.suppress(StoreError):
            await self.flush()

    async def flush(self) -> None:
        """Writes everything that waits now. Raises StoreError when it cannot be written; it is dropped then."""
        async with self._writing:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                self._waiting_bytes -= sum(len(page.body) for page in batch)
                try:
                    await self._write(batch)
                except StoreError:
                    self.dropped += len(batch)
                    raise
                except asyncio.CancelledError:  # whoever closes writes it, perhaps again
                    self._waiting.extendleft(reversed(batch))
                    self._waiting_bytes += sum(len(page.body) for page in batch)
                    raise
            if self._added * 20 >= self._max_bytes:
                await self.trim()

    async def get(self, url: str, *, at: datetime | None = None) -> RawPage | None:
        """The newest body kept of this URL, or that which it had at a time; None when none is kept."""
        wanted: dict[str, Any] = {"url": url}
        if at is not None:
            wanted["first_at"] = {"$lte": at}
        with reaching_mongo:
            row = await self._pages.find_one(wanted, sort=[("first_at", DESCENDING)])
        if row is None:
            return None
        return RawPage(
            url=url,
            source_id=row["source_id"],
            content_type=row["content_type"],
            first_at=row["first_at"],
            fetched_at=row["fetched_at"],
            body=await asyncio.to_thread(_unpacked, row["data"]),
        )

    async def total_bytes(self) -> int:
        """How much is kept, compressed; read from an index alone."""
        groups = await self._aggregate(
            [{"$match": {"fetched_at": {"$gte": _LONG_AGO}}}, {"$group": {"_id": None, "bytes": {"$sum": "$bytes"}}}]
        )
        return int(groups[0]["bytes"]) if groups else 0

    async def trim(self) -> int:
        """Deletes the oldest until nine tenths of the bound are left, if it is passed; how many were."""
        total = await self.total_bytes()
        self._added = 0
        excess = total - self._max_bytes * 9 // 10 if total > self._max_bytes else 0
        deleted = 0
        while excess > 0:
            with reaching_mongo:
                found = self._pages.find({}, {"_id": 1, "fetched_at": 1, "bytes": 1})
                rows = await found.sort(_BY_AGE).limit(_TRIM_BATCH).to_list(None)
            if not rows:
                break
            going = []
            for row in rows:
                if excess > 0:
                    going.append(row["_id"])
                    excess -= row["bytes"]
            with reaching_mongo:
                deleted += (await self._pages.delete_many({"_id": {"$in": going}})).deleted_count
        return deleted

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        hashes = await asyncio.to_thread(_hashes, batch)
        newest = await self._newest([page.url for page in batch])
        fresh: dict[str, tuple[_Waiting, bytes]] = {}
        changes: list[UpdateOne] = []
        for page, body_hash in sorted(zip(batch, hashes, strict=True), key=lambda pair: pair[0].fetched_at):
            row_id, known_hash = newest.get(page.url, ("", b""))
            if body_hash == known_hash and row_id not in fresh:
                seen = {"fetched_at": page.fetched_at, "expire_at": page.fetched_at + self._keep_for}
                changes.append(UpdateOne({"_id": row_id}, {"$max": seen}))
            elif body_hash != known_hash:
                row_id = _row_id(page)
                fresh[row_id] = (page, body_hash)
                newest[page.url] = (row_id, body_hash)
        packed = await asyncio.to_thread(_packed, [page.body for page, _ in fresh.values()])
        for (row_id, (page, body_hash)), data in zip(fresh.items(), packed, strict=True):
            changes.append(UpdateOne({"_id": row_id}, {"$set": self._row(page, body_hash, data)}, upsert=True))
            self._added += len(data) + _ROW_BYTES
        with reaching_mongo:
            await self._pages.bulk_write(changes, ordered=False)

    def _row(self, page: _Waiting, body_hash: bytes, data: bytes) -> dict[str, Any]:
        return {
            "url": page.url,
            "source_id": page.source_id,
            "content_type": page.content_type,
            "first_at": page.fetched_at,
            "fetched_at": page.fetched_at,
            "expire_at": page.fetched_at + self._keep_for,
            "body_hash": body_hash,
            "bytes": len(data) + _ROW_BYTES,
            "data": data,
        }

    async def _newest(self, urls: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """The id and body hash of each URL's newest snapshot."""
        groups = await self._aggregate(
            [
                {"$match": {"url": {"$in": list(set(urls))}}},
                {"$sort": {"url": ASCENDING, "first_at": DESCENDING}},
                {"$group": {"_id": "$url", "row": {"$first": "$_id"}, "body_hash": {"$first": "$body_hash"}}},
            ]
        )
        return {group["_id"]: (group["row"], bytes(group["body_hash"])) for group in groups}

    async def _aggregate(self, pipeline: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The groups of a pipeline that makes at most as many as a batch has pages."""
        question = bson.SON([("aggregate", "raw_pages"), ("pipeline", pipeline), ("cursor", {"batchSize": _BATCH})])
        with reaching_mongo:
            answer = await self._database.command(question)
        groups: list[dict[str, Any]] = answer["cursor"]["firstBatch"]
        return groups


_BY_AGE = [("fetched_at", ASCENDING), ("bytes", ASCENDING), ("_id", ASCENDING)]


def _row_id(page: _Waiting) -> str:
    slot = (page.fetched_at - _LONG_AGO) // _SLOT
    return f"{blake2b(page.url.encode(), digest_size=16).hexdigest()}:{slot}"


def _hashes(batch: Sequence[_Waiting]) -> list[bytes]:
    return [blake2b(page.body, digest_size=16).digest() for page in batch]


def _text(header: str) -> str:
    """What MongoDB takes: headers may hold bytes that are no UTF-8, which come as lone surrogates."""
    return header.encode(errors="replace").decode()


def _unpacked(data: bytes) -> bytes:
    return zstd.decompress(data)


def _packed(bodies: Sequence[bytes]) -> list[bytes]:
    return [zstd.compress(body, level=_LEVEL) for body in bodies]
