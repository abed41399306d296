"""Leases in a source's document, by the server's clock.

``lease`` holds {owner, token, until, claim, interrupted}. A source may be claimed when ``until`` is absent or passed.
Each claim adds one to ``token``: a write that carries an older token finds nothing to change. ``until`` is null when
released; a claim that finds another value was preceded by a visit that never ended, and says so in ``interrupted``.

A clock that was ahead and was set right leaves times nobody will live to see: a visit planned further ahead than any
is planned is due, and a lease longer than any is given is free.
"""

from datetime import timedelta
from typing import Any

from aggregator.model.crawl import Lease

FURTHEST_VISIT = timedelta(days=8)  # a source that is gone is asked once a week
LONGEST_LEASE = timedelta(hours=1)


def until(ttl: timedelta) -> dict[str, Any]:
    """The instant ``ttl`` from now on the server's clock, as an expression."""
    return {"$add": ["$$NOW", int(ttl.total_seconds() * 1000)]}


def passed(field: str, furthest: timedelta) -> dict[str, Any]:
    """Whether a time is past, by the server's clock, or too far ahead to be meant; null and absent are past."""
    return {"$or": [{"$lte": [field, "$$NOW"]}, {"$gt": [field, until(furthest)]}]}


_FREE = passed("$lease.until", LONGEST_LEASE)
FREE: dict[str, Any] = {"$expr": _FREE}
DUE: dict[str, Any] = {
    "active": True,
    "$or": [
        {"$expr": {"$lte": ["$next_visit_at", "$$NOW"]}},
        {"$expr": {"$gt": ["$next_visit_at", until(FURTHEST_VISIT)]}},
    ],
    "$expr": _FREE,
}
RELEASED: dict[str, Any] = {"lease.owner": None, "lease.until": None}


def taken(owner: str, claim: str, ttl: timedelta) -> list[dict[str, Any]]:
    """The update that gives a source to ``owner`` with the next token; ``claim`` names this act of claiming."""
    lease = {
        "owner": {"$literal": owner},
        "claim": {"$literal": claim},
        "token": {"$add": [{"$ifNull": ["$lease.token", 0]}, 1]},
        "until": until(ttl),
        "interrupted": {"$ne": [{"$ifNull": ["$lease.until", None]}, None]},
    }
    return [{"$set": {"lease": lease}}]


def held_by(lease: Lease) -> dict[str, Any]:
    """The filter that matches a source's document while this lease is the current one."""
    return {"_id": lease.source_id, "lease.owner": lease.owner, "lease.token": lease.token}
