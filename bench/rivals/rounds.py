"""The lines between the benchmark and a reader's process: one line asks for a refresh, one JSON line tells of it.

The process gets a directory, in which ``urls`` lists the feeds, says that it is ready, and ends with its input. Only
the standard library is used here: the readers have other packages installed.
"""

import json
import re
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

READY = "ready"
URLS = "urls"
AT_ONCE = 16  # fetches, as the service's own ``max_fetches``
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One refresh of all feeds: processor's seconds by part, seconds by the wall, entries kept since the beginning."""

    cpu_s: Mapping[str, float]
    wall_s: float
    entries: int
    peak_mb: float  # most memory the reader's main process ever had resident; 0 where that is not looked at


def urls_of(directory: Path) -> list[str]:
    """The feeds to read."""
    return (directory / URLS).read_text().split()


def directory_given() -> Path:
    """The directory named on the command line, for the reader's own files."""
    return Path(sys.argv[1])


def own_seconds() -> float:
    """User and system time of this process and all its threads."""
    return _seconds(resource.RUSAGE_SELF)


def ended_seconds() -> float:
    """User and system time of the processes that this one started and that ended, with theirs."""
    return _seconds(resource.RUSAGE_CHILDREN)


def peak_mb() -> float:
    """The most memory this process ever had resident; unlike ``ru_maxrss`` it does not know the parent's."""
    found = _PEAK.search(Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def ready() -> None:
    """Tells that refreshes can be asked for."""
    print(READY, flush=True)


def tell(told: Round) -> None:
    """Tells of a refresh."""
    print(json.dumps(asdict(told)), flush=True)


def heard(line: str) -> Round:
    """What ``tell`` told."""
    return Round(**json.loads(line))


def serve(refresh: Callable[[], None], *, entries: Callable[[], int], seconds: Callable[[], float]) -> None:
    """Refreshes at every line of the input; ``seconds`` reads the clock of the reader's processor time."""
    ready()
    for _line in sys.stdin:
        cpu, wall = seconds(), time.perf_counter()
        refresh()
        spent = {"all": seconds() - cpu}
        tell(Round(cpu_s=spent, wall_s=time.perf_counter() - wall, entries=entries(), peak_mb=peak_mb()))


def _seconds(whose: int) -> float:
    usage = resource.getrusage(whose)
    return usage.ru_utime + usage.ru_stime
