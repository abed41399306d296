"""CPU time and memory of process trees, from /proc."""

import os
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def tree(root: int, *, without: frozenset[int] = frozenset()) -> list[int]:
    """The process ids of ``root`` and all its descendants, less those in ``without`` and below them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            fields = _stat(int(entry.name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        if pid in without:
            continue
        found.append(pid)
        waiting += children.get(pid, [])
    return found


def named(name: str, *, below: int) -> list[int]:
    """The process ids of the programs called ``name`` among ``below`` and its descendants."""
    return [pid for pid in tree(below) if Path(f"/proc/{pid}/comm").read_text().strip() == name]


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of processes that run, and of their children that ended."""
    return sum(sum(map(int, fields[11:15])) * _TICK_S for pid in pids if (fields := _stat(pid)))


def resident_mb(pid: int) -> float:
    """Resident memory of one process in MB."""
    fields = _stat(pid)
    return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6 if fields else 0.0


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
