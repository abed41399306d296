"""Stories: the pages of the feed, traces for a merge, guarded writes, and the stream of changes."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from collections.abc import Collection as Many
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from bson import ObjectId, Timestamp
from pymongo import DESCENDING, DeleteOne, InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError, OperationFailure, PyMongoError

from aggregator.model.article import Story, StoryTrace
from aggregator.model.errors import StoreUnavailable
from aggregator.model.source import ArticleKind
from aggregator.store.documents import STORY, Document
from aggregator.store.driver import DUPLICATE_KEY, ChangeStream, Database, is_away, reaching_mongo, watch

_STREAM_TRIES = 3
_STREAM_PAUSE_S = 0.5
_STREAM_WAIT_MS = 1000
# The oplog no longer reaches back to where the stream stopped: ChangeStreamFatalError, ChangeStreamHistoryLost.
_LOST_TRACK = frozenset({280, 286})
_CHANGES: list[Document] = [
    {"$match": {"operationType": {"$in": ["insert", "update", "replace", "delete"]}}},
    {"$project": {"clusterTime": 1}},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedQuery:
    """A page of the feed: visible stories that match everything given, newest first, after ``after`` (sort_at, id)."""

    section: str | None = None
    source: str | None = None
    place: str | None = None
    kind: ArticleKind | None = None
    since: datetime | None = None
    after: tuple[datetime, str] | None = None
    limit: int = 20

    def filter(self) -> Document:
        """The query's conditions on a stored story."""
        wanted = {"sections": self.section, "source_ids": self.source, "places": self.place, "kinds": self.kind}
        found: Document = {"visible": True}
        found |= {name: str(value) for name, value in wanted.items() if value is not None}
        times: Document = {}
        if self.since is not None:
            times["$gte"] = self.since
        if self.after is not None:
            sort_at, story_id = self.after
            times["$lte"] = sort_at
            found["$or"] = [{"sort_at": {"$lt": sort_at}}, {"_id": {"$lt": story_id}}]
        if times:
            found["sort_at"] = times
        return found


class Stories:
    """The collection ``stories``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stories = database["stories"]

    async def feed(self, query: FeedQuery) -> list[Story]:
        """The visible stories of one page, newest first by (sort_at, id)."""
        order = [("sort_at", DESCENDING), ("_id", DESCENDING)]
        with reaching_mongo:
            rows = await self._stories.find(query.filter()).sort(order).limit(query.limit).to_list(None)
        return [STORY.read(row) for row in rows]

    async def traces(self, day: date, *, most: int) -> list[StoryTrace]:
        """Traces of the stories that stand at a day (UTC), the newest ``most``."""
        begins = datetime.combine(day, time(), UTC)
        wanted = {"sort_at": {"$gte": begins, "$lt": begins + timedelta(days=1)}, "visible": True}
        with reaching_mongo:
            found = self._stories.find(wanted, {"shingles": 1, "sort_at": 1}).sort("sort_at", DESCENDING).limit(most)
            rows = await found.to_list(None)
        return [StoryTrace(id=row["_id"], sort_at=row["sort_at"], shingles=tuple(row["shingles"])) for row in rows]

    async def get_many(self, story_ids: Many[str]) -> list[Story]:
        """The stories of these ids that exist, in no order."""
        with reaching_mongo:
            rows = await self._stories.find({"_id": {"$in": list(story_ids)}}).to_list(None)
        return [STORY.read(row) for row in rows]

    async def by_articles(self, article_ids: Many[str]) -> dict[str, Story]:
        """The story of each of these articles that is in one, by article id."""
        wanted = set(article_ids)
        with reaching_mongo:
            rows = await self._stories.find({"members.article_id": {"$in": list(wanted)}}).to_list(None)
        return {
            member.article_id: story
            for story in map(STORY.read, rows)
            for member in story.members
            if member.article_id in wanted
        }

    async def put_many(self, stories: Sequence[Story]) -> set[str]:
        """Writes each story whose stored revision is one less (absent for revision 1); the ids that were written."""
        if not stories:
            return set()
        write_id = ObjectId()  # tells our writes from those of somebody with the same revision
        changes = [_written(STORY.write(story) | {"write_id": write_id}) for story in stories]
        with reaching_mongo:
            try:
                result = await self._stories.bulk_write(changes, ordered=False)
                if result.matched_count + result.inserted_count == len(changes):
                    return {story.id for story in stories}
            except BulkWriteError as error:
                if is_away(error) or any(item["code"] != DUPLICATE_KEY for item in error.details["writeErrors"]):
                    raise
            ids = [story.id for story in stories]
            rows = await self._stories.find({"_id": {"$in": ids}, "write_id": write_id}, {"_id": 1}).to_list(None)
        return {row["_id"] for row in rows}

    async def delete_many(self, stories: Sequence[Story]) -> set[str]:
        """Deletes each story that is stored in this revision; the ids of those that are gone."""
        if not stories:
            return set()
        changes = [DeleteOne({"_id": story.id, "revision": story.revision}) for story in stories]
        gone = {story.id for story in stories}
        with reaching_mongo:
            result = await self._stories.bulk_write(changes, ordered=False)
            if result.deleted_count == len(changes):
                return gone
            rows = await self._stories.find({"_id": {"$in": list(gone)}}, {"_id": 1}).to_list(None)
        return gone - {row["_id"] for row in rows}

    async def follow(self) -> AsyncGenerator[None, None]:
        """One item for every burst of changes to stories, for ever; the first one when the stream is open.

        What was committed before an item was given needs no further item. Raises StoreUnavailable when the stream
        cannot be opened or goes on failing.
        """
        token: Mapping[str, Any] | None = None
        seen_until = Timestamp(0, 0)
        failures = 0
        while True:
            try:
                stream = await watch(self._stories, _CHANGES, max_await_time_ms=_STREAM_WAIT_MS, resume_after=token)
                async with _Closing(stream):
                    while True:
                        change = await stream.try_next()
                        failures = 0
                        opened = token is None  # what happened before the stream began is unknown
                        token = stream.resume_token
                        if opened or (change is not None and change["clusterTime"] > seen_until):
                            # A consumer that looks now sees everything up to here; changes until then are told.
                            seen_until = (await self._database.command("ping"))["operationTime"]
                            yield
            except PyMongoError as error:
                failures += 1
                if failures >= _STREAM_TRIES:
                    raise StoreUnavailable(f"the change stream failed: {error}") from error
                if isinstance(error, OperationFailure) and error.code in _LOST_TRACK:
                    token = None
            await asyncio.sleep(_STREAM_PAUSE_S)


def _written(document: Document) -> InsertOne[Document] | ReplaceOne[Document]:
    """The write of a story; the first one as an insert, which costs the server a third of an upsert."""
    if document["revision"] == 1:
        return InsertOne(document)
    return ReplaceOne({"_id": document["_id"], "revision": document["revision"] - 1}, document)


class _Closing:
    """Closes a change stream, also one whose connection is gone."""

    def __init__(self, stream: ChangeStream) -> None:
        self._stream = stream

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_exc: object) -> None:
        try:
            await self._stream.close()
        except PyMongoError:
            return
