"""Judges the page reader on the publishers' pages of the corpus: body F1 on 4-gram shingles, exact instants, titles.

``python tests/parse/corpus_pages.py`` prints the figures; ``--wrong`` also prints the titles and instants that differ.
"""

import argparse
import gzip
import json
import re
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that it also runs as a script

from aggregator.model.entry import Entry
from aggregator.model.errors import ParseFailed
from aggregator.model.source import Platform, Selectors
from aggregator.normalise.about import is_about
from aggregator.parse.page import parse_page
from tests.parse.corpus_feeds import corpus_folder, instant

NOW = datetime(2030, 1, 1, tzinfo=UTC)
_SHINGLE = 4  # words


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How one page was read. ``instant`` and ``title`` are None where the corpus states none."""

    name: str
    f1: float
    instant: bool | None
    title: bool | None
    about: bool  # recognised as the page of the article with the stated title
    elapsed_ms: float
    detail: str


def read_pages(folder: Path, collection: str) -> list[dict[str, Any]]:
    """The records of a collection of pages."""
    lines = (folder / "pages" / collection / "pages.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def judge(folder: Path, collection: str = "publishers", limit: int | None = None) -> list[Verdict]:
    """A verdict for each article page that states a body."""
    records = [record for record in read_pages(folder, collection) if record.get("body")]
    return [_judge_page(folder / "pages" / collection, record) for record in records[:limit]]


def _judge_page(folder: Path, record: dict[str, Any]) -> Verdict:
    body = gzip.decompress((folder / record["file"]).read_bytes())
    started = time.perf_counter()
    entry: Entry | None = None
    detail = ""
    try:
        entry = parse_page(
            body,
            url=record["url"],
            content_type="text/html",
            platform=Platform.GENERIC,
            selectors=Selectors(),
            now=NOW,
            timezone="UTC",
        )
    except ParseFailed as failure:
        detail = str(failure)
    elapsed = (time.perf_counter() - started) * 1000
    same_instant = same_title = None
    if record.get("published"):
        wanted = instant(record["published"]).replace(microsecond=0)
        found = entry.published.at.replace(microsecond=0) if entry and entry.published else None
        same_instant = found == wanted
        detail += "" if same_instant else f" instant {found} for {wanted}"
    if record.get("title"):
        same_title = entry is not None and level(entry.title) == level(record["title"])
        detail += "" if same_title else f" title {entry and entry.title!r} for {record['title']!r}"
    f1 = shingle_f1(entry.text if entry else "", record["body"])
    announced = Entry(url=record["url"], title=record.get("title") or "")
    about = entry is not None and is_about(announced, entry)
    detail += "" if about else " taken for another page"
    return Verdict(
        name=record["id"],
        f1=f1,
        instant=same_instant,
        title=same_title,
        about=about,
        elapsed_ms=elapsed,
        detail=detail,
    )


def shingle_f1(found: str, wanted: str) -> float:
    """F1 over the 4-word shingles of two texts."""
    left, right = _shingles(found), _shingles(wanted)
    if not left or not right:
        return 1.0 if left == right else 0.0
    shared = len(left & right)
    return 2 * shared / (len(left) + len(right))


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower().replace("\u00ad", ""))  # a soft hyphen is no part of a word
    if len(words) < _SHINGLE:
        return {tuple(words)} if words else set()
    return {tuple(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}


def level(text: str) -> str:
    """A title for comparing: its words, case and soft hyphens aside."""
    return re.sub(r"\W+", " ", text.replace("\u00ad", "")).strip().lower()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true", help="print what differs")
    parser.add_argument("--collection", default="publishers")
    chosen = parser.parse_args()
    folder = corpus_folder()
    if folder is None:
        raise SystemExit("no corpus: set AGGREGATOR_CORPUS")
    verdicts = judge(folder, chosen.collection)
    if chosen.wrong:
        for verdict in verdicts:
            if verdict.detail or verdict.f1 < 0.8:
                print(f"{verdict.name} F1 {verdict.f1:.2f}{verdict.detail[:300]}")
    instants = [verdict.instant for verdict in verdicts if verdict.instant is not None]
    titles = [verdict.title for verdict in verdicts if verdict.title is not None]
    mean = sum(verdict.f1 for verdict in verdicts) / len(verdicts)
    times = sorted(verdict.elapsed_ms for verdict in verdicts)
    print(
        f"{len(verdicts)} pages: body F1 {mean:.3f}; instants {sum(instants)} of {len(instants)}; "
        f"titles {sum(titles)} of {len(titles)}; "
        f"taken for another page {sum(not verdict.about for verdict in verdicts)}; "
        f"{sum(times) / len(times):.0f} ms mean, {times[len(times) // 2]:.0f} ms median"
    )


if __name__ == "__main__":
    main()
