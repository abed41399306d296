"""How well article pages are read, beside trafilatura: ``python -m bench.quality.pages``.

Measured on the publishers' pages of the corpus (``AGGREGATOR_CORPUS``), all readers in one run on the same bytes and
judged alike: the mean F1 of bodies over 4-word shingles; the share of titles that are the stated one (words only, case
aside), and of those that are at least one of the headlines the page gives in JSON-LD, for sharing or as its ``h1``
(where these differ the corpus states now one, now another: no weighting of them finds more than 146 of 166); the share
of exact instants, to the second, of the pages that state one; processor time a page. trafilatura dates pages by the
day; that counts as no instant.
``--misses`` also lists what ours got wrong, ``--halves`` the figures of the two halves by the hash of the file's name:
rules were made on the first, so the second shows what they are worth.
"""

import argparse
import gzip
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Any

from trafilatura import bare_extraction
from trafilatura.settings import Document

from aggregator.model.errors import ParseFailed
from aggregator.model.source import Platform, Selectors
from aggregator.parse.charset import decode
from aggregator.parse.metadata import read_metadata
from aggregator.parse.page import parse_page
from aggregator.parse.tree import html_tree
from tests.parse.corpus_feeds import corpus_folder, instant
from tests.parse.corpus_pages import NOW, level, read_pages, shingle_f1

_LOW = 0.9  # F1 under which a body is listed as a miss


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one reader made of one page: its text, title and instant (ISO 8601 to the second, "" for none)."""

    text: str = ""
    title: str = ""
    instant: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of the corpus: its record (the truth), its bytes, the headlines that it gives itself."""

    record: dict[str, Any]
    body: bytes
    headlines: frozenset[str]

    @property
    def half(self) -> int:
        """0 or 1 by the hash of the page's file name."""
        return sha1(self.record["id"].encode(), usedforsecurity=False).digest()[0] % 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One reader over all pages."""

    name: str
    readings: list[Reading]
    ms_a_page: float


def read_ours(page: Page) -> Reading:
    """By our page reader, with no platform given."""
    try:
        entry = parse_page(
            page.body,
            url=page.record["url"],
            content_type="text/html",
            platform=Platform.GENERIC,
            selectors=Selectors(),
            now=NOW,
            timezone="UTC",
        )
    except ParseFailed:
        return Reading()
    at = entry.published.at.replace(microsecond=0).isoformat() if entry.published else ""
    return Reading(text=entry.text, title=entry.title, instant=at)


def read_by_trafilatura(*, precise: bool = False, recall: bool = False) -> Callable[[Page], Reading]:
    """By trafilatura in one of its modes, title included."""

    def read(page: Page) -> Reading:
        found = bare_extraction(
            page.body,
            url=page.record["url"],
            favor_precision=precise,
            favor_recall=recall,
            include_comments=False,
            include_tables=True,
            with_metadata=True,
        )
        return Reading(text=found.text or "", title=found.title or "") if isinstance(found, Document) else Reading()

    return read


def report(*, misses: bool = False, halves: bool = False) -> str:
    """The table for people; says so where the corpus is absent."""
    folder = corpus_folder()
    if folder is None:
        return "no corpus: set AGGREGATOR_CORPUS"
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    pages = list(_pages(folder))
    results = [
        _run("ours", read_ours, pages),
        _run("trafilatura precise", read_by_trafilatura(precise=True), pages),
        _run("trafilatura default", read_by_trafilatura(), pages),
        _run("trafilatura recall", read_by_trafilatura(recall=True), pages),
    ]
    lines = [f"{len(pages)} publishers' pages", _HEAD, *(_line(result, pages) for result in results)]
    if halves:
        for half in (0, 1):
            chosen = [number for number, page in enumerate(pages) if page.half == half]
            lines += [f"half {half}: {len(chosen)} pages", *(_line(result, pages, chosen) for result in results)]
    if misses:
        lines += _misses(results[0], pages)
    return "\n".join(lines)


def _pages(folder: Path) -> Iterable[Page]:
    for record in read_pages(folder, "publishers"):
        if record.get("body"):
            body = gzip.decompress((folder / "pages" / "publishers" / record["file"]).read_bytes())
            root = html_tree(decode(body, "text/html"))
            claims = read_metadata(root)
            stated = [title for title, _ in claims.titles]
            if claims.has_title_element:  # it often ends with the site's name
                stated.pop()
            stated += [" ".join(map(str, heading.itertext())) for heading in root.iter("h1")]
            yield Page(record=record, body=body, headlines=frozenset(map(level, stated)))


def _run(name: str, read: Callable[[Page], Reading], pages: list[Page]) -> Result:
    read(pages[0])  # imports and first uses are not a page's cost
    started = time.process_time()
    readings = [read(page) for page in pages]
    return Result(name=name, readings=readings, ms_a_page=(time.process_time() - started) * 1000 / len(pages))


_HEAD = f"{'':22}{'body F1':>9}{'title':>9}{'headline':>10}{'instant':>9}{'ms a page':>11}"


def _line(result: Result, pages: list[Page], chosen: list[int] | None = None) -> str:
    pairs = [(result.readings[number], pages[number]) for number in chosen or range(len(pages))]
    f1 = sum(shingle_f1(reading.text, page.record["body"]) for reading, page in pairs) / len(pairs)
    title = _share(_is_title(reading, page) for reading, page in pairs)
    headline = _share(level(reading.title) in page.headlines or _is_title(reading, page) for reading, page in pairs)
    dated = [(reading, page) for reading, page in pairs if page.record.get("published")]
    exact = _share(reading.instant == _instant(page) for reading, page in dated)
    return f"{result.name:22}{f1:>9.4f}{title:>9.1%}{headline:>10.1%}{exact:>9.1%}{result.ms_a_page:>11.1f}"


def _share(verdicts: Iterable[bool]) -> float:
    all_of_them = list(verdicts)
    return sum(all_of_them) / len(all_of_them)


def _is_title(reading: Reading, page: Page) -> bool:
    return level(reading.title) == level(page.record["title"])


def _instant(page: Page) -> str:
    return instant(page.record["published"]).replace(microsecond=0).isoformat()


def _misses(result: Result, pages: list[Page]) -> list[str]:
    lines = []
    for reading, page in zip(result.readings, pages, strict=True):
        name = page.record["id"]
        f1 = shingle_f1(reading.text, page.record["body"])
        if f1 < _LOW:
            lines.append(f"{name}: body F1 {f1:.2f}")
        if not _is_title(reading, page):
            lines.append(f"{name}: title {reading.title!r} for {page.record['title']!r}")
        if page.record.get("published") and reading.instant != _instant(page):
            lines.append(f"{name}: instant {reading.instant or 'none'} for {_instant(page)}")
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="How well article pages are read, beside trafilatura.")
    parser.add_argument("--misses", action="store_true", help="list what ours got wrong")
    parser.add_argument("--halves", action="store_true", help="also the figures of both halves of the pages")
    chosen = parser.parse_args()
    print(report(misses=chosen.misses, halves=chosen.halves))


if __name__ == "__main__":
    main()
