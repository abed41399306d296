"""When each host last answered us and when connecting to it last failed, over all processes of the deployment.

What many hosts do at once tells our own network from theirs. A minute is exact enough: a host is written when one of
its times moves by more than that or it fails after it answered (or the other way about), all hosts of a batch in one
round trip. Hosts not met for a week are forgotten.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pymongo import DESCENDING, UpdateOne

from aggregator.schedule.network import HostSighting
from aggregator.store.driver import Database, reaching_mongo

_EXACT_TO = timedelta(minutes=1)
_FORGOTTEN_AFTER = timedelta(days=7)
_MOST_REMEMBERED = 10_000  # hosts whose last writing this process remembers


class Hosts:
    """The collection ``hosts``."""

    def __init__(self, database: Database) -> None:
        self._hosts = database["hosts"]
        self._written: dict[str, HostSighting] = {}

    async def note(self, sightings: Iterable[HostSighting]) -> None:
        """Remembers the newest times of each host; one round trip at most, none when no time moved enough."""
        newest: dict[str, HostSighting] = {}
        for sighting in sightings:
            newest[sighting.host] = _joined(newest.get(sighting.host), sighting)
        moved = {host: seen for host, seen in newest.items() if _has_moved(self._written.get(host), seen)}
        if not moved:
            return
        changes = [UpdateOne({"_id": host}, {"$max": _times(seen)}, upsert=True) for host, seen in moved.items()]
        with reaching_mongo:
            await self._hosts.bulk_write(changes, ordered=False)
        if len(self._written) + len(moved) > _MOST_REMEMBERED:
            self._written.clear()
        self._written |= {host: _joined(self._written.get(host), seen) for host, seen in moved.items()}

    async def recent(self, *, since: datetime, limit: int = 5000) -> list[HostSighting]:
        """The hosts that answered since then, the latest first."""
        with reaching_mongo:
            found = self._hosts.find({"answered_at": {"$gte": since}}).sort("answered_at", DESCENDING).limit(limit)
            rows = await found.to_list(None)
        return [
            HostSighting(host=row["_id"], answered_at=row["answered_at"], failed_at=row.get("failed_at"))
            for row in rows
        ]


def _joined(one: HostSighting | None, other: HostSighting) -> HostSighting:
    """The newest times of two sightings of one host."""
    if one is None:
        return other
    return HostSighting(
        host=other.host,
        answered_at=_latest(one.answered_at, other.answered_at),
        failed_at=_latest(one.failed_at, other.failed_at),
    )


def _latest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _has_moved(written: HostSighting | None, seen: HostSighting) -> bool:
    if written is None:
        return seen.answered_at is not None or seen.failed_at is not None
    after = _joined(written, seen)
    return (
        _is_later(after.answered_at, written.answered_at)
        or _is_later(after.failed_at, written.failed_at)
        or _is_failing(after) != _is_failing(written)
    )


def _is_later(at: datetime | None, written: datetime | None) -> bool:
    return at is not None and (written is None or at - written > _EXACT_TO)


def _is_failing(host: HostSighting) -> bool:
    return host.failed_at is not None and (host.answered_at is None or host.failed_at > host.answered_at)


def _times(seen: HostSighting) -> dict[str, datetime]:
    times = {"answered_at": seen.answered_at, "failed_at": seen.failed_at}
    known = {field: at for field, at in times.items() if at is not None}
    return {**known, "expire_at": max(known.values()) + _FORGOTTEN_AFTER}
