"""Whose database this is: one province's, written down when it is first used, so that two never mix their news.

Every process that crawls or serves looks before it changes any news. The document outlives ``Store.clear``.
"""

from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from pymongo import ReturnDocument

from aggregator.model.errors import StartupError
from aggregator.model.source import Province
from aggregator.settings import Driver
from aggregator.store.driver import Database, connect, disconnect, reaching_mongo

COLLECTION = "deployment"
_THE_ONE = "deployment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The owner of a database. ``id`` is drawn at the first use and tells two databases of one province apart."""

    id: str
    province: str  # its slug
    name: str


class Deployments:
    """The collection ``deployment``, which holds one document."""

    def __init__(self, database: Database) -> None:
        self._database = database.name
        self._deployment = database[COLLECTION]

    async def enter(self, province: Province) -> Deployment:
        """The owner of this database, which is ``province`` from its first use on.

        Raises StartupError in words when it belongs to another one.
        """
        first = {"id": token_hex(6), "province": province.slug, "name": province.name}
        with reaching_mongo:
            row = await self._deployment.find_one_and_update(
                {"_id": _THE_ONE}, {"$setOnInsert": first}, upsert=True, return_document=ReturnDocument.AFTER
            )
        assert row is not None, "an upsert finds what it made"
        owner = _read(row)
        refused = refusal(self._database, owner, province)
        if refused:
            raise StartupError(refused)
        return owner

    async def owner(self) -> Deployment | None:
        """The owner of this database; None when nobody used it."""
        with reaching_mongo:
            row = await self._deployment.find_one({"_id": _THE_ONE})
        return None if row is None else _read(row)


async def owner_of(uri: str, database: str) -> Deployment | None:
    """The owner of that database, looked at from outside; None when nobody used it. Raises StoreUnavailable."""
    client = connect(uri, Driver.PYMONGO)
    try:
        return await Deployments(client[database]).owner()
    finally:
        await disconnect(client)


def refusal(database: str, owner: Deployment, province: Province) -> str:
    """Why ``province`` may not use that database and what to do, in English; empty when it may."""
    if owner.province == province.slug:
        return ""
    return (
        f"The database {database!r} holds the news of {owner.name} ({owner.province}), and the sources file is that of "
        f"{province.name} ({province.slug}): their news would mix. Set AGGREGATOR_DATABASE to a name of its own for "
        f"{province.slug} (or AGGREGATOR_DATA_DIR to another directory when the service runs its own MongoDB), or "
        f"AGGREGATOR_SOURCES to the file of {owner.province}. If the province was only given another slug, drop the "
        f"collection `{COLLECTION}` of this database."
    )


def _read(row: dict[str, Any]) -> Deployment:
    return Deployment(id=row["id"], province=row["province"], name=row["name"])
