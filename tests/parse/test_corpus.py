"""The readers on real feeds and pages; skipped where the corpus is absent."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aggregator.model.entry import DateOrigin
from aggregator.model.errors import ParseFailed
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.charset import decode
from aggregator.parse.document import parse_document
from aggregator.parse.entries import Reading, build_entry
from aggregator.parse.fastfeed import read_fast
from aggregator.parse.feed import read_slow
from aggregator.parse.machinedates import read_machine_date
from aggregator.text.dates import parse_date
from aggregator.text.markup import plain_text
from tests.parse import corpus_feeds, corpus_pages

NOW = datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder() -> Path:
    found = corpus_feeds.corpus_folder()
    if found is None:
        pytest.skip("no corpus: set AGGREGATOR_CORPUS")
    return found


def test_at_least_97_of_100_feed_documents_are_fully_right(folder: Path) -> None:
    total, wrong = corpus_feeds.judge(folder, corpus_feeds.read_ours)
    assert (total - len(wrong)) / total >= 0.97, wrong


def test_the_fast_reader_agrees_with_feedparser_on_every_feed_it_accepts(folder: Path) -> None:
    accepted = 0
    for document in corpus_feeds.read_documents(folder):
        text = decode(document.body, document.content_type)
        fast = read_fast(text.lstrip().encode())
        if fast is None:
            continue
        accepted += 1
        slow = read_slow(text, url=document.url)
        assert _essence(fast, document.url) == _essence(slow, document.url), document.name
    assert accepted >= 30


def _essence(claims: Any, url: str) -> Any:
    reading = Reading(url=url, now=NOW, tz=ZoneInfo("UTC"), origin=DateOrigin.FEED, max_entries=5000)
    entries = []
    for claim in claims.entries:
        entry = build_entry(claim, reading)
        # feedparser resolves a guid that is no URL against the document; the guid as written is the stable one.
        guid = entry.guid if entry.guid and entry.guid.startswith("http") else None
        files = [(file.url, file.size_bytes) for file in entry.attachments]
        names = (entry.authors, entry.categories, entry.origin_name)
        dates = (entry.published, entry.updated)
        entries.append((entry.url, guid, entry.title, entry.summary, entry.text, names, dates, files, entry.images))
    said = (claims.ttl_minutes, claims.skip_hours, claims.skip_days)
    return claims.format, claims.title.strip(), said, entries


def test_machine_dates_agree_with_the_grammar_over_the_corpus(folder: Path) -> None:
    read = 0
    for document in corpus_feeds.read_documents(folder):
        fast = read_fast(decode(document.body).lstrip().encode())
        for claim in fast.entries if fast else ():
            for raw in (claim.published, claim.updated):
                found = read_machine_date(raw, now=NOW, origin=DateOrigin.FEED)
                if found is not None:
                    read += 1
                    assert parse_date(raw, now=NOW, tz=ZoneInfo("Asia/Ho_Chi_Minh"), origin=DateOrigin.FEED) == found
    assert read >= 100


def test_bodies_titles_and_instants_of_publishers_pages_are_mostly_right(folder: Path) -> None:
    verdicts = corpus_pages.judge(folder, limit=40)
    assert sum(verdict.f1 for verdict in verdicts) / len(verdicts) >= 0.955
    assert all(verdict.about for verdict in verdicts)
    instants = [verdict.instant for verdict in verdicts if verdict.instant is not None]
    assert all(instants)


def test_vietnamese_pages_give_their_body_and_instant(folder: Path) -> None:
    for verdict in corpus_pages.judge(folder, "vi"):
        assert verdict.f1 >= 0.75, verdict
        assert verdict.instant in {None, True}, verdict


def test_the_generic_list_reader_finds_the_items_of_a_real_home_page(folder: Path) -> None:
    record = json.loads((folder / "pages/vi/listings.jsonl").read_text(encoding="utf-8").splitlines()[0])
    body = gzip.decompress((folder / "pages/vi" / record["file"]).read_bytes())
    parsed = parse_document(
        body,
        url=record["url"],
        content_type="text/html",
        kind=SourceKind.LISTING,
        platform=Platform.GENERIC,
        selectors=Selectors(),
        now=NOW,
        timezone="Asia/Ho_Chi_Minh",
        max_entries=500,
    )
    found = {entry.url for entry in parsed.entries}
    wanted = [item["link"] for item in record["items"]]
    assert sum(link in found for link in wanted) / len(wanted) >= 0.9


def test_the_quick_text_of_a_body_is_the_parsers_over_the_corpus(folder: Path) -> None:
    for document in corpus_feeds.read_documents(folder):
        try:
            parsed = corpus_feeds.read_ours(document.body, document.url, document.content_type)
        except ParseFailed:
            continue
        for entry in parsed.entries:
            assert entry.text == plain_text(entry.body)


def test_no_feed_of_the_corpus_raises_anything_but_a_named_failure(folder: Path) -> None:
    for document in corpus_feeds.read_documents(folder):
        for cut in (len(document.body) // 3, len(document.body) * 9 // 10):
            try:
                corpus_feeds.read_ours(document.body[:cut], document.url, document.content_type)
            except ParseFailed:
                continue
