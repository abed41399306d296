"""Whose turn a host is among the processes of a deployment: one at a time, and the pause after it holds for the next.

1. A process holds a host while it has fetches there; its own turns (``fetch/turns.py``) divide that time. It lets go
   when the last is done and says how long the pause has yet to run.
2. Who is refused leaves its name: when the host is let go next, it goes to that one, if it asks within three seconds.
3. Times are the server's. A hold lasts eight seconds and is renewed while it is used: a process that dies blocks nobody
   for longer.
4. What comes together is written together: one update and one question for all hosts asked for meanwhile.
5. Without MongoDB nothing may be fetched: what cannot be kept is not asked for.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Collection, Mapping
from typing import Any

from pymongo import UpdateMany, UpdateOne, WriteConcern

from aggregator.model.errors import StoreError
from aggregator.store.driver import Database, reaching_mongo

_HOLD_S = 8.0
_RENEW_S = 2.0
_SURE_S = 4.0  # a hold confirmed longer ago than that is confirmed again before it is used
_CLOSING_PAUSE_S = 1.0
_ASK_AGAIN_S = 1.0  # how often a process looks whether another has let go
_FORGET_MS = 86_400_000  # after the longest Retry-After there is nothing to remember
_END = {"$add": ["$$NOW", int(_HOLD_S * 1000)]}
_WANTED = {"$add": ["$$NOW", 3000]}
_FORGOTTEN = {"$add": ["$$NOW", _FORGET_MS]}
_LOST: dict[str, Any] = {"owner": None, "left_ms": 0, "pause_ms": 0}


class HostTurns:
    """The collection ``host_turns``. ``run()`` is to run beside its use."""

    def __init__(self, database: Database, *, owner: str) -> None:
        # Not by the majority: after a failover a pause may be cut short, which costs less than every fetch's wait.
        self._turns = database.get_collection("host_turns", write_concern=WriteConcern(w=1))
        self._owner = owner
        self._held: dict[str, float] = {}  # host -> when that was last confirmed, monotonic
        self._asked: dict[str, list[asyncio.Future[dict[str, Any]]]] = {}
        self._let_go: dict[str, float] = {}  # host -> pause left, seconds
        self._wanted = asyncio.Event()

    async def hold(self, host: str) -> float:
        """Waits until ``host`` is this process's, until it lets go; the seconds its pause has yet to run.

        Raises StoreUnavailable.
        """
        if time.monotonic() - self._held.get(host, float("-inf")) < _SURE_S:
            return 0.0
        while True:
            row = await self._ask(host)
            if self._is_ours(row):
                return max(0.0, float(row["pause_ms"]) / 1000)
            await asyncio.sleep(min(max(row["left_ms"] / 1000, _ASK_AGAIN_S / 10), _ASK_AGAIN_S))

    def let_go(self, host: str, *, pause_s: float) -> None:
        """Gives the host to whoever comes next, after what is left of its pause."""
        if self._held.pop(host, None) is not None:
            self._let_go[host] = pause_s
            self._wanted.set()

    async def run(self) -> None:
        """Answers who waits, writes who let go and renews what is held, until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_RENEW_S if self._held else None):
                    await self._wanted.wait()
            self._wanted.clear()
            await self._exchange()

    async def close(self) -> None:
        """Lets go of everything, if MongoDB is there."""
        for host in list(self._held):
            self.let_go(host, pause_s=_CLOSING_PAUSE_S)
        await self._exchange()

    async def _ask(self, host: str) -> dict[str, Any]:
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(host, []).append(answer)
        self._wanted.set()
        return await answer

    async def _exchange(self) -> None:
        asked, self._asked = self._asked, {}
        let_go, self._let_go = self._let_go, {}
        began = time.monotonic()
        try:
            rows = await self._written(asked, let_go, began)
        except StoreError as error:
            for answer in itertools.chain.from_iterable(asked.values()):
                if not answer.done():
                    answer.set_exception(error)
            return
        for host, answers in asked.items():
            row = rows.get(host, _LOST)  # a failover may take a row with it: ask again
            waiting = [answer for answer in answers if not answer.done()]
            is_ours = self._is_ours(row)
            if is_ours:
                self._held[host] = began
            for answer in waiting:
                answer.set_result(row)
            if is_ours and not waiting:  # all gave up meanwhile
                self.let_go(host, pause_s=row["pause_ms"] / 1000)

    async def _written(
        self, asked: Collection[str], let_go: Mapping[str, float], began: float
    ) -> dict[str, dict[str, Any]]:
        late = [host for host, at in self._held.items() if began - at >= _RENEW_S and host not in asked]
        changes: list[UpdateOne | UpdateMany] = [self._left(host, pause_s) for host, pause_s in let_go.items()]
        changes += [self._taken(host) for host in asked]
        if late:
            renewed = {"until": _END, "expire_at": _FORGOTTEN}
            changes.append(UpdateMany({"_id": {"$in": late}, "owner": self._owner}, [{"$set": renewed}]))
        if not changes:
            return {}
        with reaching_mongo:
            await self._turns.bulk_write(changes)
            if not asked and not late:
                return {}
            wanted = {
                "owner": 1,
                "left_ms": {"$subtract": ["$until", "$$NOW"]},
                "pause_ms": {"$subtract": ["$next_at", "$$NOW"]},
            }
            rows = await self._turns.find({"_id": {"$in": [*asked, *late]}}, wanted).to_list(None)
        found = {row["_id"]: row for row in rows}
        for host in late:
            if not self._is_ours(found.get(host, _LOST)):
                self._held.pop(host, None)  # we were away for longer than a hold lasts
            elif host in self._held:
                self._held[host] = began
        return found

    def _is_ours(self, row: Mapping[str, Any]) -> bool:
        return bool(row["owner"] == self._owner and row["left_ms"] > 0)

    def _taken(self, host: str) -> UpdateOne:
        us = {"$literal": self._owner}
        ended = {"$lte": ["$until", "$$NOW"]}  # absent comes before every time
        nobody_else = {"$or": [{"$eq": ["$wanted_by", us]}, {"$lte": ["$wanted_until", "$$NOW"]}]}
        free = {"$or": [{"$and": [{"$eq": ["$owner", us]}, {"$not": ended}]}, {"$and": [ended, nobody_else]}]}
        taken = {
            "owner": {"$cond": [free, us, "$owner"]},
            "until": {"$cond": [free, _END, "$until"]},
            "wanted_by": {"$cond": [free, None, {"$cond": [nobody_else, us, "$wanted_by"]}]},
            "wanted_until": {"$cond": [free, None, {"$cond": [nobody_else, _WANTED, "$wanted_until"]}]},
            "next_at": {"$ifNull": ["$next_at", "$$NOW"]},
            "expire_at": _FORGOTTEN,
        }
        return UpdateOne({"_id": host}, [{"$set": taken}], upsert=True)

    def _left(self, host: str, pause_s: float) -> UpdateOne:
        left = {"until": "$$NOW", "next_at": {"$add": ["$$NOW", int(max(0.0, pause_s) * 1000)]}}
        return UpdateOne({"_id": host, "owner": self._owner}, [{"$set": left}])
