"""Date strings read by us, dateparser, dateutil and feedparser, judged and timed: ``python -m bench.quality.dates``.

Strings and instants are those of the corpus folder (``AGGREGATOR_CORPUS``). Each library is set as kindly as it can be:
dateparser knows the languages, the order of the day, the zone and the time now, dateutil the order and the zone; what
lies in the future or before 2000 counts as rejected for all, as our callers would do.
"""

import json
import time
from calendar import timegm
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from statistics import mean, median
from zoneinfo import ZoneInfo

import dateparser
from feedparser.datetimes import _parse_date as feedparser_date

from aggregator.model.entry import DateOrigin, Precision
from aggregator.text.dates import accept_instant, parse_date
from tests.parse.corpus_feeds import corpus_folder

_ROUNDS = 5
_dateutil = import_module("dateutil.parser")  # it comes with dateparser and carries no types


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A string with the instant it names, None where it must give nothing. ``now`` and ``tz`` anchor it."""

    text: str
    now: datetime
    tz: ZoneInfo
    group: str
    expected: datetime | None
    precision: str


Reader = Callable[[Case], datetime | None]


def read_cases() -> list[Case]:
    """The cases of the corpus, none where it is absent."""
    folder = corpus_folder()
    path = folder / "dates.jsonl" if folder else Path()
    if not path.is_file():
        return []
    return [_case(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _case(record: dict[str, str]) -> Case:
    return Case(
        text=record["text"],
        now=datetime.fromisoformat(record["now"]),
        tz=ZoneInfo(record["tz"]),
        group=record["group"],
        expected=datetime.fromisoformat(record["expect"]) if record["expect"] else None,
        precision=record["precision"] or "",
    )


def by_us(case: Case) -> datetime | None:
    """The instant by our grammar and what stands behind it."""
    found = parse_date(case.text, now=case.now, tz=case.tz, origin=DateOrigin.TEXT)
    return found.at if found else None


def by_dateparser(case: Case) -> datetime | None:
    """The instant by dateparser, Vietnamese and English, day first."""
    settings = {
        "DATE_ORDER": "DMY",
        "TIMEZONE": case.tz.key,
        "RETURN_AS_TIMEZONE_AWARE": True,
        "RELATIVE_BASE": case.now.astimezone(case.tz).replace(tzinfo=None),
    }
    return dateparser.parse(case.text, languages=["vi", "en"], settings=settings)  # type: ignore[no-any-return]


def by_dateutil(case: Case) -> datetime | None:
    """The instant by dateutil, day first."""
    at: datetime = _dateutil.parse(
        case.text, dayfirst=True, default=case.now.replace(hour=0, minute=0, second=0, tzinfo=None)
    )
    return at if at.tzinfo else at.replace(tzinfo=case.tz)


def by_feedparser(case: Case) -> datetime | None:
    """The instant by feedparser, which takes UTC where no zone is written."""
    told = feedparser_date(case.text)
    return datetime.fromtimestamp(timegm(told), UTC) if told else None


READERS: dict[str, Reader] = {
    "ours": by_us, "dateparser": by_dateparser, "dateutil": by_dateutil, "feedparser": by_feedparser,
}  # fmt: skip


def report() -> str:
    """The tables as text; a sentence where the corpus is absent."""
    cases = read_cases()
    if not cases:
        return "dates: no corpus; set AGGREGATOR_CORPUS to a folder that holds dates.jsonl"
    wanted = sum(case.expected is not None for case in cases)
    lines = [
        f"{wanted} strings that name an instant, {len(cases) - wanted} that must give nothing",
        f"{'':12}{'right':>14}{'unread':>8}{'wrong':>8}{'rejected':>10}{'median':>12}{'mean':>12}",
    ]
    lines += [_row(name, reader, cases, wanted) for name, reader in READERS.items()]
    lines.append("by group, right: " + ", ".join(_groups(cases)))
    lines.append(_precision(cases))
    return "\n".join(
        lines + [f"ours, not right: {case.text!r}" for case in cases if _read(by_us, case) != case.expected]
    )


def _row(name: str, reader: Reader, cases: list[Case], wanted: int) -> str:
    right = unread = wrong = rejected = 0
    for case in cases:
        found = _read(reader, case)
        if case.expected is None:
            rejected += found is None
            wrong += found is not None
        else:
            right += found == case.expected
            unread += found is None
            wrong += found is not None and found != case.expected
    times = [_microseconds(reader, case) for case in cases]
    share = f"{right} {right / wanted:.1%}"
    rejects = f"{rejected}/{len(cases) - wanted}"
    return f"{name:12}{share:>14}{unread:>8}{wrong:>8}{rejects:>10}{median(times):>9.1f} µs{mean(times):>9.1f} µs"


def _groups(cases: list[Case]) -> list[str]:
    shown = []
    for group in dict.fromkeys(case.group for case in cases):
        within = [case for case in cases if case.group == group]
        shown.append(f"{group} {sum(_read(by_us, case) == case.expected for case in within)}/{len(within)}")
    return shown


def _precision(cases: list[Case]) -> str:
    """How often ours says exactly, or less than, what is known; hours have no precision of their own here."""
    known = (Precision.DAY.value, "hour", Precision.MINUTE.value, Precision.SECOND.value)
    same = over = read = 0
    for case in cases:
        found = parse_date(case.text, now=case.now, tz=case.tz, origin=DateOrigin.TEXT)
        if found and case.precision:
            read += 1
            same += found.precision == case.precision
            over += known.index(found.precision) > known.index(case.precision)
    return f"precision as stated: {same}/{read}; finer than stated (hours told as minutes, written seconds): {over}"


def _read(reader: Reader, case: Case) -> datetime | None:
    with suppress(ValueError, OverflowError, TypeError, AttributeError, KeyError, IndexError):
        found = reader(case)
        if found is not None and accept_instant(found, now=case.now):
            return found.astimezone(UTC).replace(microsecond=0)
    return None


def _microseconds(reader: Reader, case: Case) -> float:
    """The best of a few readings, after one that warms caches."""
    best = float("inf")
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        _read(reader, case)
        best = min(best, time.perf_counter() - started)
    return best * 1_000_000


if __name__ == "__main__":
    print(report())
