"""The few calls that differ between PyMongo's asyncio client and Motor, and what the driver's errors mean.

Everything else of the store uses calls that both have. Every operation ends within some eight seconds; writes are
acknowledged by a majority (which includes the journal) and retried once by the driver.
"""

import inspect
from collections.abc import Sequence
from types import TracebackType
from typing import Any, cast

from pymongo import AsyncMongoClient
from pymongo.asynchronous.change_stream import AsyncChangeStream
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    ExecutionTimeout,
    InvalidOperation,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from aggregator.model.errors import StartupError, StoreError, StoreUnavailable
from aggregator.settings import Driver

Client = AsyncMongoClient[dict[str, Any]]
Database = AsyncDatabase[dict[str, Any]]
Collection = AsyncCollection[dict[str, Any]]
ChangeStream = AsyncChangeStream[dict[str, Any]]

# An operation on a silent server ends within 5 s (socket) + 3 s (looking for another), on an absent one within 3 s.
# The driver's one deadline for both (timeoutMS) would look for the server that long each time, retrying.
_TIMEOUTS = {
    "serverSelectionTimeoutMS": 3000,
    "connectTimeoutMS": 2000,
    "socketTimeoutMS": 5000,
    "waitQueueTimeoutMS": 3000,
}
_SCHEMES = ("mongodb://", "mongodb+srv://")
DUPLICATE_KEY = 11000

# Server errors that mean "not now": interrupted or shutting down, no primary, no majority, out of disk, not yet
# begun, a cursor or plan that was ended under us.
# https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml
_AWAY = frozenset(
    {
        *(6, 7, 43, 50, 64, 89, 91, 94, 100, 133, 134, 175, 189, 202, 237, 262),
        *(9001, 10058, 10107, 11600, 11602, 13435, 13436, 14031),
    }
)


def connect(uri: str, driver: Driver) -> Client:
    """A client for ``uri``; it connects when first used. Raises StartupError when the URI or driver is unusable."""
    if not uri.startswith(_SCHEMES):
        raise StartupError("MONGODB_URI is not a usable MongoDB address: it begins with mongodb:// or mongodb+srv://.")
    options: dict[str, Any] = {
        **_TIMEOUTS,
        "w": "majority",
        "retryWrites": True,
        "tz_aware": True,
        "appname": "aggregator",
    }
    try:
        if driver is Driver.MOTOR:
            return _motor(uri, options)
        return AsyncMongoClient(uri, **options)
    except (ConfigurationError, ValueError, TypeError) as error:
        raise StartupError(f"MONGODB_URI is not a usable MongoDB address: {error}") from error


def _motor(uri: str, options: dict[str, Any]) -> Client:
    try:
        from motor.motor_asyncio import AsyncIOMotorClient  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise StartupError(
            "AGGREGATOR_DRIVER=motor needs the motor extra: pip install 'aggregator[motor]', or use pymongo."
        ) from error
    client: Any = AsyncIOMotorClient(uri, **options)
    return cast("Client", client)


async def disconnect(client: Client) -> None:
    """Closes the client's connections."""
    closing = client.close()  # Motor closes at once and returns nothing
    if inspect.isawaitable(closing):
        await closing


async def watch(collection: Collection, pipeline: Sequence[dict[str, Any]], **options: Any) -> ChangeStream:
    """A change stream on ``collection``."""
    stream: Any = collection.watch(list(pipeline), **options)  # Motor returns the stream itself
    opened: ChangeStream = await stream if inspect.isawaitable(stream) else stream
    return opened


async def server_version(uri: str) -> str:
    """The version of the server behind ``uri``. Raises StartupError and StoreUnavailable as ``check_server`` does."""
    client = connect(uri, Driver.PYMONGO)
    try:
        await check_server(client)
        with reaching_mongo:
            return str((await client.admin.command("buildInfo"))["version"])
    finally:
        await disconnect(client)


async def check_server(client: Client) -> None:
    """Raises StartupError in words when the server cannot be used: away, refusing us, or standalone."""
    try:
        hello = await client.admin.command("hello")
    except OperationFailure as error:
        raise StartupError(f"MongoDB refuses us: {error.details or error}. Check the user in MONGODB_URI.") from error
    except PyMongoError as error:
        raise StartupError(
            f"MongoDB does not answer ({_first_line(error)}). Is it running, and is MONGODB_URI right?"
        ) from error
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise StartupError(
            "MongoDB runs as a standalone server, which loses acknowledged writes when killed and has no change "
            "streams. Start it with --replSet and run rs.initiate() (one member is enough)."
        )


class Reach:
    """A block of driver calls: what the driver raises leaves it as a StoreError, StoreUnavailable when MongoDB is away.

    Write errors that the store acts on (BulkWriteError, DuplicateKeyError) are caught inside the block.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if isinstance(error, PyMongoError):
            raise translated(error) from error


reaching_mongo = Reach()


def translated(error: PyMongoError) -> StoreError:
    """What a driver's error means to the rest of the service."""
    words = f"{type(error).__name__}: {_first_line(error)}"
    return StoreUnavailable(words) if is_away(error) else StoreError(words)


def is_away(error: PyMongoError) -> bool:
    """Whether the error says that MongoDB cannot be used now, as against that it refuses this operation."""
    if error.timeout or isinstance(error, (ConnectionFailure, ExecutionTimeout, WTimeoutError, InvalidOperation)):
        return True
    if isinstance(error, BulkWriteError):
        details = error.details or {}
        failed = details.get("writeErrors", ())
        return bool(details.get("writeConcernErrors")) or any(item.get("code") in _AWAY for item in failed)
    if isinstance(error, OperationFailure):
        return error.code in _AWAY or error.has_error_label("RetryableWriteError")
    return False


def _first_line(error: PyMongoError) -> str:
    return str(error).partition(", Timeout:")[0].partition("\n")[0][:300]
