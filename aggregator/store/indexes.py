"""Every index, in one table, and what each is for. A query without its index here fails the store's tests."""

from dataclasses import dataclass
from typing import Any

import pymongo
from pymongo import ASCENDING, DESCENDING, IndexModel

from aggregator.store.driver import Collection, Database, reaching_mongo


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """An index by name. ``only`` limits it to matching documents; ``expires``: a document goes at its key's time."""

    name: str
    keys: tuple[tuple[str, int], ...]
    unique: bool = False
    only: tuple[tuple[str, Any], ...] = ()
    expires: bool = False

    def model(self) -> IndexModel:
        """The index as the driver creates it."""
        options: dict[str, Any] = {"name": self.name}
        if self.unique:
            options["unique"] = True
        if self.only:
            options["partialFilterExpression"] = dict(self.only)
        if self.expires:
            options["expireAfterSeconds"] = 0
        return IndexModel(list(self.keys), **options)

    def is_stored_as(self, stored: dict[str, Any]) -> bool:
        """Whether the database's index of this name is this one."""
        return (
            [(field, int(order)) for field, order in stored["key"]] == list(self.keys)
            and bool(stored.get("unique")) == self.unique
            and dict(stored.get("partialFilterExpression", {})) == dict(self.only)
            and ("expireAfterSeconds" in stored) == self.expires
        )


_BUILD_TIMEOUT_S = 600.0  # of a million articles, on a slow disk
_NEWEST = (("sort_at", DESCENDING), ("_id", DESCENDING))
_VISIBLE = (("visible", True),)


def _feed(name: str, *prefix: str) -> Index:
    return Index(name=name, keys=(*((field, ASCENDING) for field in prefix), *_NEWEST), only=_VISIBLE)


INDEXES: dict[str, tuple[Index, ...]] = {
    "articles": (
        Index(name="keys", keys=(("keys", ASCENDING),), unique=True),  # is it known? one article per identity
        Index(name="guid", keys=(("guid", ASCENDING),), only=(("guid", {"$gt": ""}),)),  # has it moved?
        Index(name="age", keys=(("kind", ASCENDING), ("sort_at", ASCENDING))),  # what is to be purged
    ),
    "unmerged": (Index(name="oldest", keys=(("at", ASCENDING),)),),
    "tombstones": (Index(name="expiry", keys=(("expire_at", ASCENDING),), expires=True),),
    "raw_pages": (
        Index(name="of_url", keys=(("url", ASCENDING), ("first_at", DESCENDING))),
        Index(name="age", keys=(("fetched_at", ASCENDING), ("bytes", ASCENDING), ("_id", ASCENDING))),
        Index(name="expiry", keys=(("expire_at", ASCENDING),), expires=True),
    ),
    "hosts": (
        Index(name="answered", keys=(("answered_at", DESCENDING),)),
        Index(name="expiry", keys=(("expire_at", ASCENDING),), expires=True),
    ),
    "host_turns": (Index(name="expiry", keys=(("expire_at", ASCENDING),), expires=True),),
    "stories": (
        _feed("feed"),
        _feed("feed_of_section", "sections"),
        _feed("feed_of_source", "source_ids"),
        _feed("feed_of_place", "places"),
        _feed("feed_of_kind", "kinds"),
        Index(name="members", keys=(("members.article_id", ASCENDING),)),
    ),
    "sources": (Index(name="due", keys=(("next_visit_at", ASCENDING),), only=(("active", True),)),),
    "crawls": (
        Index(name="newest", keys=(("started_at", DESCENDING), ("_id", DESCENDING))),
        Index(name="of_source", keys=(("source_id", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING))),
        Index(name="of_outcome", keys=(("outcome", ASCENDING), ("started_at", DESCENDING), ("_id", DESCENDING))),
        Index(name="expiry", keys=(("expire_at", ASCENDING),), expires=True),
    ),
    "sessions": (
        Index(name="expiry", keys=(("expires_at", ASCENDING),), expires=True),
        Index(name="of_user", keys=(("user", ASCENDING),)),
    ),
    "failed_logins": (Index(name="expiry", keys=(("expires_at", ASCENDING),), expires=True),),
}


async def ensure_indexes(database: Database) -> None:
    """Makes the indexes that are missing or changed; one question per collection when all are there.

    Raises StoreUnavailable when MongoDB is away or has not built them within ten minutes.
    """
    with reaching_mongo, pymongo.timeout(_BUILD_TIMEOUT_S):
        for collection, wanted in INDEXES.items():
            await _ensure(database[collection], wanted)


async def _ensure(collection: Collection, wanted: tuple[Index, ...]) -> None:
    stored = await collection.index_information()
    changed = [index for index in wanted if index.name in stored and not index.is_stored_as(dict(stored[index.name]))]
    for index in changed:
        await collection.drop_index(index.name)
    missing = [index for index in wanted if index.name not in stored or index in changed]
    if missing:
        await collection.create_indexes([index.model() for index in missing])
