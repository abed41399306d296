"""Accounts, sessions and the count of failed logins. Hashing passwords and tokens is the caller's.

A session ends ``SESSION_LENGTH`` after it began or ``IDLE_LENGTH`` after it was last seen, both by the server's clock.
"""

import unicodedata
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pymongo import ASCENDING, ReturnDocument
from pymongo.errors import DuplicateKeyError

from aggregator.model.people import Session, User
from aggregator.store.documents import Document, Shape
from aggregator.store.driver import Database, reaching_mongo

SESSION_LENGTH = timedelta(hours=12)
IDLE_LENGTH = timedelta(hours=2)
THROTTLE_WINDOW = timedelta(minutes=15)

_USER = Shape(User)
_SESSION = Shape(Session, id_field="token_hash")
# Writing "seen" at every request would cost a majority write each.
_SEEN_STEP = timedelta(minutes=1)


def account_key(name: str) -> str:
    """One key for all ways to write a name: compatibility forms, case and accents folded away."""
    decomposed = unicodedata.normalize("NFKD", name.strip()).casefold().replace("đ", "d")
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


class Users:
    """The collections ``users``, ``sessions`` and ``failed_logins``."""

    def __init__(self, database: Database) -> None:
        self._users = database["users"]
        self._sessions = database["sessions"]
        self._failed = database["failed_logins"]

    async def add_user(self, user: User) -> bool:
        """Adds an account; False when the name is taken, however it is written."""
        with reaching_mongo:
            try:
                await self._users.insert_one(_USER.write(user) | {"_id": account_key(user.name)})
            except DuplicateKeyError:
                return False
        return True

    async def set_password(self, name: str, password_hash: str, *, must_change: bool) -> bool:
        """Replaces a password and ends the account's sessions; False when there is no such account."""
        changed = await self._change(name, {"password_hash": password_hash, "must_change": must_change})
        await self.close_sessions_of(name)
        return changed

    async def set_disabled(self, name: str, *, disabled: bool) -> bool:
        """Locks an account out, ending its sessions, or lets it in again; False when there is no such account."""
        changed = await self._change(name, {"disabled": disabled})
        if disabled:
            await self.close_sessions_of(name)
        return changed

    async def _change(self, name: str, values: Document) -> bool:
        with reaching_mongo:
            result = await self._users.update_one({"_id": account_key(name)}, {"$set": values})
        return result.matched_count == 1

    async def get_user(self, name: str) -> User | None:
        """The account of this name, however it is written."""
        with reaching_mongo:
            row = await self._users.find_one({"_id": account_key(name)})
        return None if row is None else _USER.read(row)

    async def list_users(self) -> list[User]:
        """All accounts, by name."""
        with reaching_mongo:
            rows = await self._users.find().sort("_id", ASCENDING).to_list(None)
        return [_USER.read(row) for row in rows]

    async def open_session(self, token_hash: str, *, user: str, csrf: str) -> Session:
        """A new session of ``user``."""
        values: Document = {
            "user": {"$literal": account_key(user)},
            "csrf": {"$literal": csrf},
            "created_at": "$$NOW",
            "seen_at": "$$NOW",
            "expires_at": _in(SESSION_LENGTH),
        }
        with reaching_mongo:
            row = await self._sessions.find_one_and_update(
                {"_id": token_hash}, [{"$set": values}], upsert=True, return_document=ReturnDocument.AFTER
            )
        assert row is not None  # upserted
        return _SESSION.read(row)

    async def session(self, token_hash: str) -> tuple[Session, User] | None:
        """A session that still runs and its account as it is now; None when ended, idle too long or disabled."""
        with reaching_mongo:
            row = await self._sessions.find_one({"_id": token_hash, **_RUNNING})
            if row is None:
                return None
            account = await self._users.find_one({"_id": row["user"], "disabled": False})
            if account is None:
                return None
            stale = {"_id": token_hash, "$expr": {"$lt": ["$seen_at", _in(-_SEEN_STEP)]}}
            await self._sessions.update_one(stale, [{"$set": {"seen_at": "$$NOW"}}])
        user = _USER.read(account)
        return replace(_SESSION.read(row), user=user.name), user

    async def close_session(self, token_hash: str) -> None:
        """Ends a session."""
        with reaching_mongo:
            await self._sessions.delete_one({"_id": token_hash})

    async def close_sessions_of(self, user: str) -> int:
        """Ends all sessions of an account; how many there were."""
        with reaching_mongo:
            result = await self._sessions.delete_many({"user": account_key(user)})
        return result.deleted_count

    async def note_failed_login(self, key: str) -> int:
        """Counts a failure for ``key`` (a name or an address, prefixed by the caller); the count in the window.

        The window begins with the first failure and lasts ``THROTTLE_WINDOW``. One atomic update on the server, so
        that parallel attempts are all counted.
        """
        over: Document = {"$lte": [{"$ifNull": ["$expires_at", "$$NOW"]}, "$$NOW"]}
        counted: list[Document] = [
            {
                "$set": {
                    "count": {"$cond": [over, 1, {"$add": ["$count", 1]}]},
                    "expires_at": {"$cond": [over, _in(THROTTLE_WINDOW), "$expires_at"]},
                }
            }
        ]
        with reaching_mongo:
            row = await self._failed.find_one_and_update(
                {"_id": key}, counted, upsert=True, return_document=ReturnDocument.AFTER
            )
        assert row is not None  # upserted
        count: int = row["count"]
        return count

    async def failed_logins(self, key: str) -> int:
        """The failures counted for ``key`` in the running window."""
        with reaching_mongo:
            row = await self._failed.find_one({"_id": key, "$expr": {"$gt": ["$expires_at", "$$NOW"]}})
        return 0 if row is None else int(row["count"])

    async def clear_failed_logins(self, key: str) -> None:
        """Forgets the failures of ``key``, after a login that went well."""
        with reaching_mongo:
            await self._failed.delete_one({"_id": key})


def _in(length: timedelta) -> dict[str, Any]:
    return {"$add": ["$$NOW", int(length.total_seconds() * 1000)]}


_RUNNING: dict[str, Any] = {
    "$expr": {"$and": [{"$gt": ["$expires_at", "$$NOW"]}, {"$gt": ["$seen_at", _in(-IDLE_LENGTH)]}]}
}
