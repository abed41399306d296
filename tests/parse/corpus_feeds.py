"""Judges the feed reader on the feed corpus: a document is right when every stated expectation is met.

Expectations that are one project's own choice (``policy``) are left out. Markup in expected titles and summaries is
reduced to the plain text that an entry holds. ``python tests/parse/corpus_feeds.py`` prints the share that is right for
our reader, and every failure.
"""

import argparse
import base64
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that it also runs as a script

from aggregator.model.entry import Entry, ParsedDocument
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.charset import decode
from aggregator.parse.document import parse_document
from aggregator.parse.entries import plain
from aggregator.parse.feed import read_feed
from aggregator.parse.jsonfeed import read_json, read_jsonfeed
from aggregator.text.markup import plain_text
from aggregator.text.urls import absolute_url

NOW = datetime(2030, 1, 1, tzinfo=UTC)
BASE = "http://example.org/feed.xml"
Reader = Callable[[bytes, str, str], ParsedDocument]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of the corpus with what it should give."""

    name: str
    body: bytes
    url: str
    content_type: str
    expect: dict[str, Any]


def corpus_folder() -> Path | None:
    """The folder of the corpus, or None where it is absent."""
    folder = Path(os.environ.get("AGGREGATOR_CORPUS") or Path(__file__).parents[3] / "shared" / "data")
    return folder if (folder / "feeds").is_dir() else None


def read_documents(folder: Path) -> Iterator[Document]:
    """Every judged feed document."""
    for path in sorted((folder / "feeds").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record.get("policy"):
                continue
            body = base64.b64decode(record["body_b64"]) if "body_b64" in record else record["body"].encode()
            yield Document(
                name=record["id"],
                body=body,
                url=record.get("base_url") or BASE,
                content_type=record.get("content_type") or "",
                expect=record["expect"],
            )


def read_ours(body: bytes, url: str, content_type: str) -> ParsedDocument:
    """A document as the service reads it, zoneless dates taken as UTC like the corpus does."""
    return parse_document(
        body,
        url=url,
        content_type=content_type,
        kind=SourceKind.FEED,
        platform=Platform.GENERIC,
        selectors=Selectors(),
        now=NOW,
        timezone="UTC",
        max_entries=5000,
    )


def mistakes_in(document: Document, reader: Reader) -> list[str]:
    """What is wrong with the reading of a document; empty when all is right.

    A feed that has no entries is right when it is refused for that, and its title can be read nevertheless.
    """
    expect = document.expect
    try:
        parsed = reader(document.body, document.url, document.content_type)
    except ParseFailed as failure:
        if failure.outcome is Outcome.EMPTY and not expect.get("n_entries"):
            return _title_mistakes(expect, _title_alone(document))
        return [] if not expect.get("parse", True) else [f"refused: {failure}"]
    if not expect.get("parse", True):
        return ["read, though it is no feed"]
    wrong = []
    if "n_entries" in expect and parsed.found != expect["n_entries"]:
        wrong.append(f"entries: {parsed.found} for {expect['n_entries']}")
    wrong += _title_mistakes(expect, parsed.title)
    for entry in expect.get("entries") or []:
        if entry["i"] < len(parsed.entries):
            wrong += [f"entry {entry['i']}: {text}" for text in _entry_mistakes(entry, parsed, document.url)]
    return wrong


def _title_alone(document: Document) -> str:
    text = decode(document.body, document.content_type)
    claims = read_jsonfeed(read_json(text)) if text.lstrip()[:1] == "{" else read_feed(text, url=document.url)
    return plain(claims.title)


def _title_mistakes(expect: dict[str, Any], found: str) -> list[str]:
    title = expect.get("feed", {}).get("title")
    is_right = not title or words(found)[:480] in readings(title)
    return [] if is_right else [f"feed title: {found!r} for {title!r}"]


def _entry_mistakes(expect: dict[str, Any], parsed: ParsedDocument, url: str) -> list[str]:
    entry = parsed.entries[expect["i"]]
    wrong = []
    if "title" in expect and words(entry.title)[:480] not in readings(expect["title"] or ""):
        wrong.append(f"title {entry.title!r} for {expect['title']!r}")
    if expect.get("link") and (absolute_url(url, expect["link"]) or "") != entry.url:
        wrong.append(f"link {entry.url!r} for {expect['link']!r}")
    if expect.get("id") and expect["id"] not in {entry.guid, absolute_url(url, entry.guid or "")}:
        wrong.append(f"id {entry.guid!r} for {expect['id']!r}")
    for name in ("published", "updated"):
        found = entry.published if name == "published" else entry.updated
        if expect.get(name) and (found is None or found.at != instant(expect[name])):
            wrong.append(f"{name} {found and found.at} for {expect[name]}")
    if expect.get("author") and words(expect["author"]) not in {*entry.authors, ", ".join(entry.authors)}:
        wrong.append(f"author {entry.authors} for {expect['author']!r}")
    wrong += _text_mistakes(expect, entry)
    files = {attachment.url for attachment in entry.attachments} | {image.url for image in entry.images}
    wanted = [absolute_url(url, file["url"]) or file["url"] for file in expect.get("enclosures") or []]
    wrong += [f"enclosure {file} missing from {files}" for file in wanted if file not in files]
    if expect.get("tags") and list(entry.categories) != expect["tags"]:
        wrong.append(f"tags {entry.categories} for {expect['tags']}")
    return wrong


def _text_mistakes(expect: dict[str, Any], entry: Entry) -> list[str]:
    text = words(f"{entry.title} {entry.summary} {entry.text}")
    wrong = []
    for name in ("summary", "content", "any_text"):
        values = expect.get(name) or []
        for value in [values] if isinstance(values, str) else values:
            said = covers(text, words(plain_text(value))) or covers(text, words(value))
            if not said and not _shows(entry.images, value):
                wrong.append(f"{name} {text[:80]!r} for {value[:80]!r}")
    return wrong


def _shows(images: tuple[Any, ...], markup: str) -> bool:
    return any(f'src="{image.url}"' in markup for image in images)


def instant(text: str) -> datetime:
    """An expected instant; one without a zone is UTC."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def readings(text: str) -> set[str]:
    """What a title may read as: its markup taken away, or as it stands."""
    return {words(plain_text(text))[:480], words(text)[:480]}


def words(text: str) -> str:
    """``text`` with white space levelled and the mark of a cut removed."""
    return re.sub(r"\s+", " ", text).strip().rstrip("…")


def covers(text: str, wanted: str) -> bool:
    """Whether ``text`` says what is ``wanted``, white space apart, as far as a summary may go."""
    return re.sub(r"\s", "", wanted)[:700] in re.sub(r"\s", "", text)


def judge(folder: Path, reader: Reader) -> tuple[int, dict[str, list[str]]]:
    """How many documents there are, and the mistakes in each that is not fully right."""
    documents = list(read_documents(folder))
    judged = {document.name: mistakes_in(document, reader) for document in documents}
    return len(documents), {name: wrong for name, wrong in judged.items() if wrong}


def main() -> None:
    """Print the figures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    folder = corpus_folder()
    if folder is None:
        raise SystemExit("no corpus: set AGGREGATOR_CORPUS")
    started = time.perf_counter()
    total, wrong = judge(folder, read_ours)
    elapsed = time.perf_counter() - started
    for name, mistakes in wrong.items():
        print(f"{name}\n    " + "\n    ".join(mistakes[:4]))
    right = total - len(wrong)
    print(f"fully right: {right} of {total} ({right / total:.1%}) in {elapsed:.2f} s")


if __name__ == "__main__":
    main()
