"""Judges the feed reader on the feed corpus: a document is right when every stated expectation is met.

Expectations that are one project's own choice (``policy``) are left out. Markup in expected titles and summaries is
reduced to the plain text that an entry holds. ``python tests/parse/corpus_feeds.py`` prints the share that is right for
our reader, and every failure. ``read_by_feedparser`` is the reference that is judged beside it.
"""

import argparse
import base64
import json
import os
import re
import sys
import time
from calendar import timegm
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that it also runs as a script

from aggregator.model.entry import DateOrigin, Entry, FoundDate, Image, ParsedDocument
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One stated expectation and how a reader met it; ``said`` is the mistake in words, "" where it is right."""

    field: str
    said: str = ""


def read_by_feedparser(body: bytes, url: str, content_type: str, *, plain_titles: bool = True) -> ParsedDocument:
    """A document as feedparser alone reads it, its fields taken over as they are.

    Titles are its markup or, with ``plain_titles``, their plain text: the judge takes the better of both for it.
    """
    headers = {"content-location": url} | ({"content-type": content_type} if content_type else {})
    parsed = feedparser.parse(body, response_headers=headers)
    if not parsed.get("version") and not parsed.entries:
        raise ParseFailed(Outcome.NOT_A_FEED, "feedparser names no version")
    said = plain_text if plain_titles else str
    return ParsedDocument(
        entries=tuple(_as_entry(entry, url, said) for entry in parsed.entries),
        found=len(parsed.entries),
        title=said(parsed.feed.get("title", "")),
    )


def _as_entry(entry: Any, url: str, said: Callable[[str], str]) -> Entry:
    contents = " ".join(content.get("value", "") for content in entry.get("content", []))
    links = [link.get("href", "") for link in entry.get("links", []) if link.get("rel") == "enclosure"]
    shown = [*entry.get("media_content", []), *entry.get("media_thumbnail", []), *_PICTURE.findall(contents)]
    pictures = [item if isinstance(item, str) else item.get("url", "") for item in shown]
    authors = [person.get("name", "") for person in entry.get("authors", [])]
    published, updated = (_at(dict.get(entry, f"{name}_parsed")) for name in ("published", "updated"))
    return Entry(
        url=absolute_url(url, entry.get("link", "")) or "",
        title=said(entry.get("title", "")),
        guid=entry.get("id"),
        summary=plain_text(entry.get("summary", "")),
        text=plain_text(contents) if said is plain_text else contents,
        authors=tuple(dict.fromkeys([*authors, entry.get("author", "")])),
        images=tuple(Image(url=address) for address in [*links, *pictures]),
        published=published or updated,
        updated=updated,
        categories=tuple(tag.get("label") or tag.get("term") or "" for tag in entry.get("tags", [])),
    )


def _at(told: Any) -> FoundDate | None:
    return FoundDate(at=datetime.fromtimestamp(timegm(told), UTC), origin=DateOrigin.FEED) if told else None


_PICTURE = re.compile(r'<img[^>]*? src="([^"]+)"')


def mistakes_in(document: Document, reader: Reader) -> list[str]:
    """What is wrong with the reading of a document; empty when all is right."""
    return [check.said for check in checks_of(document, reader) if check.said]


def checks_of(document: Document, reader: Reader) -> list[Check]:
    """Every expectation of a document beside the reading.

    A feed that has no entries is right when it is refused for that, and its title can be read nevertheless.
    """
    expect = document.expect
    try:
        parsed = reader(document.body, document.url, document.content_type)
    except ParseFailed as failure:
        if failure.outcome is Outcome.EMPTY and not expect.get("n_entries"):
            asked = ["parse", "entries"] if "n_entries" in expect else ["parse"]
            return [*(Check(field=field) for field in asked), *_title_checks(expect, _title_alone(document))]
        return [Check(field="parse", said="" if not expect.get("parse", True) else f"refused: {failure}")]
    if not expect.get("parse", True):
        return [Check(field="parse", said="read, though it is no feed")]
    checks = [Check(field="parse")]
    if "n_entries" in expect:
        wanted = expect["n_entries"]
        checks.append(_check("entries", f"entries: {parsed.found} for {wanted}", right=parsed.found == wanted))
    checks += _title_checks(expect, parsed.title)
    for entry in expect.get("entries") or []:
        if entry["i"] < len(parsed.entries):
            checks += [
                replace(check, said=f"entry {entry['i']}: {check.said}") if check.said else check
                for check in _entry_checks(entry, parsed.entries[entry["i"]], document.url)
            ]
    return checks


def is_worse(ours: list[Check], others: list[Check]) -> bool:
    """Whether another reading of the same document gets anything right that ours gets wrong."""
    if len(ours) != len(others):
        return len(ours) < len(others) and any(check.said for check in ours)
    return any(mine.said and not other.said for mine, other in zip(ours, others, strict=True))


def _check(field: str, said: str, *, right: bool) -> Check:
    return Check(field=field, said="" if right else said)


def _title_alone(document: Document) -> str:
    text = decode(document.body, document.content_type)
    claims = read_jsonfeed(read_json(text)) if text.lstrip()[:1] == "{" else read_feed(text, url=document.url)
    return plain(claims.title)


def _title_checks(expect: dict[str, Any], found: str) -> list[Check]:
    title = expect.get("feed", {}).get("title")
    if not title:
        return []
    return [_check("feed title", f"feed title: {found!r} for {title!r}", right=words(found)[:480] in readings(title))]


def _entry_checks(expect: dict[str, Any], entry: Entry, url: str) -> Iterator[Check]:
    if "title" in expect:
        is_right = words(entry.title)[:480] in readings(expect["title"] or "")
        yield _check("title", f"title {entry.title!r} for {expect['title']!r}", right=is_right)
    if expect.get("link"):
        is_right = (absolute_url(url, expect["link"]) or "") == entry.url
        yield _check("link", f"link {entry.url!r} for {expect['link']!r}", right=is_right)
    if expect.get("id"):
        is_right = expect["id"] in {entry.guid, absolute_url(url, entry.guid or "")}
        yield _check("id", f"id {entry.guid!r} for {expect['id']!r}", right=is_right)
    for name in ("published", "updated"):
        found = entry.published if name == "published" else entry.updated
        if expect.get(name):
            is_right = found is not None and found.at == instant(expect[name])
            yield _check(name, f"{name} {found and found.at} for {expect[name]}", right=is_right)
    if expect.get("author"):
        is_right = words(expect["author"]) in {*entry.authors, ", ".join(entry.authors)}
        yield _check("author", f"author {entry.authors} for {expect['author']!r}", right=is_right)
    yield from _text_checks(expect, entry)
    files = {attachment.url for attachment in entry.attachments} | {image.url for image in entry.images}
    for file in expect.get("enclosures") or []:
        wanted = absolute_url(url, file["url"]) or file["url"]
        yield _check("enclosures", f"enclosure {wanted} missing from {files}", right=wanted in files)
    if expect.get("tags"):
        is_right = list(entry.categories) == expect["tags"]
        yield _check("tags", f"tags {entry.categories} for {expect['tags']}", right=is_right)


def _text_checks(expect: dict[str, Any], entry: Entry) -> Iterator[Check]:
    text = words(f"{entry.title} {entry.summary} {entry.text}")
    for name in ("summary", "content", "any_text"):
        values = expect.get(name) or []
        for value in [values] if isinstance(values, str) else values:
            said = covers(text, words(plain_text(value))) or covers(text, words(value))
            is_right = said or _shows(entry.images, value)
            yield _check(name, f"{name} {text[:80]!r} for {value[:80]!r}", right=is_right)


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
