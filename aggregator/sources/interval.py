"""Lengths of time as people write them: ``30s``, ``10m``, ``1h``, ``7d``, or a plain number of seconds."""

import re
from datetime import timedelta

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}  # seconds, longest first
_WRITTEN = re.compile(r"(\d{1,9})\s*([dhms])", re.ASCII)

PATTERN = r"^\d{1,9}\s*[dhms]$"  # the same rule for editors' JSON Schema


def read_interval(written: str | int) -> timedelta:
    """The length of time that ``written`` means. Raises ValueError where it means none."""
    if isinstance(written, int):
        if not 0 <= written < 10**9:
            raise ValueError(written)
        return timedelta(seconds=written)
    match = _WRITTEN.fullmatch(written.strip())
    if match is None:
        raise ValueError(written)
    try:
        return timedelta(seconds=int(match[1]) * _UNITS[match[2]])
    except OverflowError as error:
        raise ValueError(written) from error


def write_interval(length: timedelta) -> str:
    """The shortest spelling of a length of whole seconds; ``read_interval`` gives the same length back."""
    seconds = length // timedelta(seconds=1)
    for unit, size in _UNITS.items():
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
