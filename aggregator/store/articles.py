"""Articles: what is known by identity keys, and one by id. Crawls write them through the writer."""

from collections.abc import Collection as Many
from collections.abc import Mapping
from dataclasses import dataclass

from pymongo import UpdateOne

from aggregator.model.article import Article
from aggregator.store.documents import ARTICLE, Document
from aggregator.store.driver import Database, reaching_mongo


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArticle:
    """As much of an article as decides whether an entry is new, changed or unchanged."""

    id: str
    keys: tuple[str, ...]
    digest: str
    sections: tuple[str, ...]
    fence: int
    has_body: bool
    guid: str = ""
    title: str = ""


_KNOWN = {
    "keys": 1,
    "digest": 1,
    "sections": 1,
    "fence": 1,
    "guid": 1,
    "title": 1,
    "has_body": {"$ne": ["$body", ""]},
}


class Articles:
    """The collection ``articles``."""

    def __init__(self, database: Database) -> None:
        self._articles = database["articles"]

    async def find_known(self, keys: Many[str]) -> list[KnownArticle]:
        """The articles that hold any of these identity keys; one query whatever the number of keys."""
        with reaching_mongo:
            rows = await self._articles.find({"keys": {"$in": list(keys)}}, _KNOWN).to_list(None)
        return [_known(row) for row in rows]

    async def find_by_guid(self, guids: Many[str]) -> list[KnownArticle]:
        """The articles last seen with any of these guid keys; one query whatever their number."""
        with reaching_mongo:
            rows = await self._articles.find({"guid": {"$in": list(guids)}}, _KNOWN).to_list(None)
        return [_known(row) for row in rows]

    async def get(self, article_id: str) -> Article | None:
        """The article, None when there is none."""
        with reaching_mongo:
            row = await self._articles.find_one({"_id": article_id})
        return None if row is None else ARTICLE.read(row)

    async def get_many(self, article_ids: Many[str]) -> list[Article]:
        """The articles of these ids that exist, in no order."""
        with reaching_mongo:
            rows = await self._articles.find({"_id": {"$in": list(article_ids)}}).to_list(None)
        return [ARTICLE.read(row) for row in rows]

    async def note_stories(self, homes: Mapping[str, str]) -> None:
        """Records the stories that articles joined, by article id."""
        changes = [UpdateOne({"_id": key}, {"$set": {"story_id": story_id}}) for key, story_id in homes.items()]
        if changes:
            with reaching_mongo:
                await self._articles.bulk_write(changes, ordered=False)


def _known(row: Document) -> KnownArticle:
    return KnownArticle(
        id=row["_id"],
        keys=tuple(row["keys"]),
        digest=row["digest"],
        sections=tuple(row["sections"]),
        fence=row["fence"],
        has_body=row["has_body"],
        guid=row.get("guid", ""),
        title=row.get("title", ""),
    )
