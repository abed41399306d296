"""The store: MongoDB as the rest of the service sees it."""

from datetime import timedelta
from secrets import token_hex
from typing import Self

from aggregator.model.errors import StoreUnavailable
from aggregator.settings import Driver
from aggregator.store.articles import Articles
from aggregator.store.crawls import Crawls
from aggregator.store.deployment import COLLECTION, Deployments
from aggregator.store.driver import Client, check_server, connect, disconnect, reaching_mongo
from aggregator.store.host_turns import HostTurns
from aggregator.store.hosts import Hosts
from aggregator.store.indexes import ensure_indexes
from aggregator.store.raw_pages import RawPages
from aggregator.store.retention import Retention
from aggregator.store.sources import Sources
from aggregator.store.stories import Stories
from aggregator.store.tombstones import Tombstones
from aggregator.store.unmerged import Unmerged
from aggregator.store.users import Users
from aggregator.store.writer import Writer


class Store:
    """An open database. Its methods raise StoreUnavailable when MongoDB is away; each ends within seconds.

    ``writer.run()`` is to run beside its use, else nothing that crawls submit is written; ``raw_pages.run()`` the same
    for fetched bodies, and ``host_turns.run()`` for a gate that shares its hosts.
    """

    def __init__(
        self, client: Client, *, database: str, keep_crawls: timedelta, keep_raw: timedelta, max_raw_bytes: int
    ) -> None:
        self._client = client
        self._database = client[database]
        self.articles = Articles(self._database)
        self.stories = Stories(self._database)
        self.sources = Sources(self._database)
        self.crawls = Crawls(self._database)
        self.users = Users(self._database)
        self.unmerged = Unmerged(self._database)
        self.writer = Writer(self._database, self.unmerged, keep_crawls=keep_crawls)
        self.tombstones = Tombstones(self._database)
        self.retention = Retention(self._database, self.stories, self.tombstones, self.unmerged)
        self.raw_pages = RawPages(self._database, keep_for=keep_raw, max_bytes=max_raw_bytes)
        self.hosts = Hosts(self._database)
        self.host_turns = HostTurns(self._database, owner=token_hex(8))
        self.deployments = Deployments(self._database)

    @classmethod
    async def open(
        cls,
        uri: str,
        *,
        driver: Driver,
        database: str,
        keep_crawls: timedelta,
        keep_raw: timedelta = timedelta(days=30),
        max_raw_bytes: int = 512 * 1024 * 1024,
    ) -> Self:
        """A store whose server was checked and whose indexes are there. Raises StartupError in words otherwise."""
        client = connect(uri, driver)
        try:
            await check_server(client)
            store = cls(
                client, database=database, keep_crawls=keep_crawls, keep_raw=keep_raw, max_raw_bytes=max_raw_bytes
            )
            await ensure_indexes(store._database)
        except BaseException:
            await disconnect(client)
            raise
        return store

    async def close(self) -> None:
        """Closes the connections."""
        await disconnect(self._client)

    async def clear(self) -> None:
        """Forgets everything, indexes and the database's owner apart: the demo begins anew at each start."""
        with reaching_mongo:
            for name in await self._database.list_collection_names():
                if name != COLLECTION:
                    await self._database[name].delete_many({})

    async def server_version(self) -> str:
        """The version of the MongoDB server, such as 7.0.35."""
        with reaching_mongo:
            return str((await self._client.admin.command("buildInfo"))["version"])

    async def ping(self) -> None:
        """Returns when MongoDB answers and takes writes. Raises StoreUnavailable otherwise."""
        with reaching_mongo:
            hello = await self._client.admin.command("hello")
        if not hello.get("isWritablePrimary"):
            raise StoreUnavailable("connected to a member that takes no writes")
