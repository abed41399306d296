"""Rhythms as they are stored: 336 numbers in 1.3 KB instead of as many fields, which cost more than the visit."""

from collections.abc import Mapping
from dataclasses import fields
from struct import Struct
from typing import Any

from aggregator.model.rhythm import HOURS_OF_WEEK, Rhythm

_SLOTS = Struct(f"<{2 * HOURS_OF_WEEK}f")  # counts, then hours; four bytes are exact to seven digits
_PACKED = frozenset({"counts", "hours"})
_PLAIN = tuple(field.name for field in fields(Rhythm) if field.name not in _PACKED)


def pack(rhythm: Rhythm) -> dict[str, Any]:
    """The stored form of a rhythm."""
    plain = {name: getattr(rhythm, name) for name in _PLAIN}
    return {"slots": _SLOTS.pack(*rhythm.counts, *rhythm.hours), **plain}


def unpack(stored: Mapping[str, Any]) -> Rhythm:
    """The rhythm of a stored form."""
    numbers = _SLOTS.unpack(stored["slots"])
    plain = {name: stored[name] for name in _PLAIN if name in stored}
    return Rhythm(counts=numbers[:HOURS_OF_WEEK], hours=numbers[HOURS_OF_WEEK:], **plain)
