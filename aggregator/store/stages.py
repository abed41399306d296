"""One batch of crawls' writes, stage by stage.

1. Order: articles of all crawls, then crawl records, then states. A crawl's state (its validators) is written only
   when its articles were: what was not kept is not skipped at the next visit.
2. Every write carries its crawl's fencing token. A crawl whose lease is no longer current is told LeaseLost; its
   state and record are not kept, and the others of the batch do not notice.
3. Every write may be done again: an article is known by its identity keys, a record by its id.
4. One article that MongoDB cannot take costs that article.
5. What was purged is not inserted again, whatever a crawl believes.
6. The number of round trips does not depend on the number of crawls: one to six when all leases are current.
7. Articles are announced as unmerged before they are written (``unmerged.py``).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import bson
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from aggregator.model.article import Article
from aggregator.model.crawl import Crawl, Lease, SourceState
from aggregator.model.entry import Problem
from aggregator.model.errors import LeaseLost, StoreError
from aggregator.model.failures import MEANINGS, Weight
from aggregator.store import leases
from aggregator.store.documents import ARTICLE, CRAWL, SOURCE_STATE, Document
from aggregator.store.driver import DUPLICATE_KEY, Database, is_away
from aggregator.store.tombstones import Tombstones
from aggregator.store.unmerged import Unmerged
from aggregator.store.writes import CrawlWrites, WriteResult

MAX_DOCUMENT_BYTES = 1024 * 1024
_TRIMMED_TEXT = 200_000  # characters
_MOST_VERSIONS = 20  # of an article that was too large
_MOST_PROBLEMS = 200  # of a crawl
_FAILURES_KEPT = 6  # times as long as other crawls
# What a crawl's update does not touch: these belong to the first sight, the merging and the editors.
_NOT_UPDATED = ("_id", "first_seen_at", "sort_at", "story_id", "visibility")

_UNENCODABLE = (BSONError, ValueError, OverflowError, TypeError, AttributeError, RecursionError)

_Change = InsertOne[Any] | UpdateOne


@dataclass(slots=True, kw_only=True)
class Pending:
    """A submission on its way: what is known of it so far. ``error`` ends it, ``is_done`` says all was written."""

    writes: CrawlWrites
    inserted: set[str] = field(default_factory=set)
    duplicates: set[str] = field(default_factory=set)
    buried: set[str] = field(default_factory=set)
    rejected: dict[str, str] = field(default_factory=dict)
    error: StoreError | None = None
    is_done: bool = False

    @property
    def lease(self) -> Lease:
        """The lease it was submitted under."""
        return self.writes.lease

    @property
    def unburied(self) -> list[Article]:
        """Its new articles without those that were purged."""
        return [article for article in self.writes.new if article.id not in self.buried]

    def result(self) -> WriteResult:
        """What its crawl hears."""
        return WriteResult(
            inserted=frozenset(self.inserted),
            duplicates=frozenset(self.duplicates),
            buried=frozenset(self.buried),
            rejected=self.rejected,
        )


class Stages:
    """Writes batches; not to be used by two tasks at once."""

    def __init__(self, database: Database, unmerged: Unmerged, *, keep_crawls: timedelta) -> None:
        self._unmerged = unmerged
        self._articles = database["articles"]
        self._crawls = database["crawls"]
        self._sources = database["sources"]
        self._tombstones = Tombstones(database)
        self._keep_crawls = keep_crawls

    async def write(self, batch: Sequence[Pending]) -> None:
        """Writes all submissions; raises what the driver raises, with those marked that were done before."""
        with_articles = [item for item in batch if item.writes.new or item.writes.updated]
        if with_articles:
            await self._check_leases(with_articles)
            await self._check_tombstones(with_articles)
            await self._write_articles([item for item in with_articles if item.error is None])
        for item in batch:
            item.is_done = item.error is None and item.writes.state is None and item.writes.crawl is None
        going_on = [item for item in batch if item.error is None]
        await self._write_records(going_on)
        await self._write_states(going_on)
        for item in going_on:
            item.is_done = True

    async def _check_leases(self, items: Iterable[Pending]) -> None:
        """Tells early those that lost their lease. What slips through is fenced at each write."""
        by_source = {item.lease.source_id: item for item in items}
        rows = await self._sources.find({"_id": {"$in": list(by_source)}}, {"lease": 1}).to_list(None)
        current = {row["_id"]: row.get("lease", {}) for row in rows}
        for item in items:
            lease = current.get(item.lease.source_id, {})
            if (lease.get("owner"), lease.get("token")) != (item.lease.owner, item.lease.token):
                item.error = _lost(item.lease)

    async def _check_tombstones(self, items: Iterable[Pending]) -> None:
        keys = {key for item in items for article in item.writes.new for key in article.keys}
        buried = await self._tombstones.buried(keys)
        for item in items:
            item.buried = {article.id for article in item.writes.new if not buried.isdisjoint(article.keys)}

    async def _write_articles(self, items: Iterable[Pending]) -> None:
        changes: list[_Change] = []
        about: list[tuple[Pending, Article, bool]] = []
        for item in items:
            for article in item.unburied:
                document = _stored(item, article)
                if document is not None:
                    changes.append(InsertOne(document))
                    about.append((item, article, True))
                    item.inserted.add(article.id)
            for article in item.writes.updated:
                change = _edit(item, article, without=_NOT_UPDATED)
                if change is not None:
                    changes.append(change)
                    about.append((item, article, False))
        if not changes:
            return
        batch_id = await self._unmerged.announce([article.id for _, article, _ in about])
        try:
            await self._articles.bulk_write(changes, ordered=False)
        except BulkWriteError as error:
            if is_away(error):
                raise
            again = _after_refusals(error.details["writeErrors"], about)
            if again:
                await self._articles.bulk_write(again, ordered=False)
        new = [article for item, article, is_new in about if is_new and article.id in item.inserted]
        self._unmerged.written(batch_id, new, [article.id for _, article, is_new in about if not is_new])

    async def _write_records(self, items: Iterable[Pending]) -> None:
        changes: list[InsertOne[Any]] = []
        for item in items:
            if item.writes.crawl is not None:
                record = _encoded(item, partial(self._record, item.writes.crawl))
                if record is not None:
                    changes.append(InsertOne(record))
        if not changes:
            return
        try:
            await self._crawls.bulk_write(changes, ordered=False)
        except BulkWriteError as error:
            if is_away(error) or any(failed["code"] != DUPLICATE_KEY for failed in error.details["writeErrors"]):
                raise

    def _record(self, crawl: Crawl) -> Document:
        failed = MEANINGS[crawl.outcome].weight is not Weight.NONE
        kept = self._keep_crawls * (_FAILURES_KEPT if failed else 1)
        document = CRAWL.write(replace(crawl, problems=crawl.problems[:_MOST_PROBLEMS]))
        return document | {"expire_at": crawl.finished_at + kept}

    async def _write_states(self, items: Iterable[Pending]) -> None:
        changes: list[UpdateOne] = []
        concluded = []
        for item in items:
            if item.inserted:
                grown = {"$inc": {"articles_total": len(item.inserted)}}
                changes.append(UpdateOne({"_id": item.lease.source_id}, grown))
            if item.writes.state is not None and item.error is None:
                state = _encoded(item, partial(_concluded, item.writes.state, item.lease))
                if state is not None:
                    changes.append(UpdateOne(leases.held_by(item.lease), {"$set": state}))
                    concluded.append(item)
        if not changes:
            return
        result = await self._sources.bulk_write(changes, ordered=False)
        if result.matched_count < len(changes):
            await self._find_lost(concluded)

    async def _find_lost(self, concluded: Sequence[Pending]) -> None:
        ids = [item.lease.source_id for item in concluded]
        rows = await self._sources.find({"_id": {"$in": ids}}, {"concluded_token": 1}).to_list(None)
        tokens = {row["_id"]: row.get("concluded_token") for row in rows}
        lost = [item for item in concluded if tokens.get(item.lease.source_id) != item.lease.token]
        for item in lost:
            item.error = _lost(item.lease)
        records = [item.writes.crawl.id for item in lost if item.writes.crawl is not None]
        if records:
            await self._crawls.delete_many({"_id": {"$in": records}})


def _concluded(state: SourceState, lease: Lease) -> dict[str, Any]:
    document = SOURCE_STATE.write(state)
    del document["_id"], document["articles_total"]
    if document["verified_at"] is None:
        del document["verified_at"]
    return document | leases.RELEASED | {"concluded_token": lease.token}


def _encoded(item: Pending, document: Callable[[], Document]) -> RawBSONDocument | None:
    """What ``document`` makes, as BSON; None when it cannot be encoded, which ends its submission alone."""
    try:
        return RawBSONDocument(bson.encode(document()))
    except _UNENCODABLE as error:
        item.error = StoreError(f"{item.lease.source_id}: cannot be encoded: {type(error).__name__}: {error}"[:300])
        return None


def _stored(item: Pending, article: Article, *, without: Sequence[str] = ()) -> RawBSONDocument | None:
    """An article as BSON, trimmed when too large; None when it cannot be stored (then it is noted as rejected)."""
    try:
        encoded = _bson(article, without)
        if len(encoded) > MAX_DOCUMENT_BYTES:
            encoded = _bson(_trimmed(article), without)
    except _UNENCODABLE as error:
        item.rejected[article.id] = f"the article cannot be encoded: {type(error).__name__}: {error}"[:300]
        return None
    if len(encoded) > MAX_DOCUMENT_BYTES:
        item.rejected[article.id] = f"the article takes {len(encoded)} bytes, {MAX_DOCUMENT_BYTES} are allowed"
        return None
    return RawBSONDocument(encoded)


def _bson(article: Article, without: Sequence[str]) -> bytes:
    document = ARTICLE.write(article)
    for name in without:
        del document[name]
    return bson.encode(document)


def _trimmed(article: Article) -> Article:
    """Without its body (markup cannot be cut safely), with the beginning of its text."""
    problem = Problem(code="too_large", field="body", detail="the body was dropped and the text cut")
    return replace(
        article,
        body="",
        text=article.text[:_TRIMMED_TEXT],
        versions=article.versions[-_MOST_VERSIONS:],
        problems=(*article.problems, problem),
    )


def _edit(item: Pending, article: Article, *, without: Sequence[str]) -> UpdateOne | None:
    """The write of an edit under its token; None when it cannot be stored."""
    document = _stored(item, article, without=without)
    unfenced = {"_id": article.id, "fence": {"$lte": item.lease.token}}
    return None if document is None else UpdateOne(unfenced, {"$set": document})


def _after_refusals(
    refused: Iterable[dict[str, Any]], about: Sequence[tuple[Pending, Article, bool]]
) -> list[UpdateOne]:
    """Notes what MongoDB refused. An edit whose new identity key another article holds is to be written without it."""
    again = []
    for failed in refused:
        item, article, is_new = about[failed["index"]]
        if failed["code"] == DUPLICATE_KEY and not is_new:
            again.append(_edit(item, article, without=(*_NOT_UPDATED, "keys")))
        else:
            _note_refusal(item, article, failed)
    return [change for change in again if change is not None]


def _note_refusal(item: Pending, article: Article, failed: dict[str, Any]) -> None:
    item.inserted.discard(article.id)
    if failed["code"] == DUPLICATE_KEY:
        item.duplicates.add(article.id)
    else:
        item.rejected[article.id] = f"MongoDB refused it: {failed.get('errmsg', '')}"[:300]


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(f"{lease.source_id}: token {lease.token} of {lease.owner} is no longer current")
