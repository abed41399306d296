"""What strangers send never does more than cost its own document."""

import gzip
import json
import pickle
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.model.entry import Entry, ParsedDocument
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.probe import ProbeReport
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.document import parse_document
from aggregator.parse.page import parse_page
from aggregator.parse.probe import inspect
from aggregator.parse.sitemap import MAX_UNPACKED_BYTES
from tests.parse.golden import case_folders

NOW = datetime(2025, 10, 2, 3, tzinfo=UTC)
URL = "https://nguon.example.vn/rss"
BODIES = [next(folder.glob("response.*")).read_bytes() for folder in case_folders()]
WORDS = [
    b"<rss version='2.0'>",
    b"<item>",
    b"</item>",
    b"<title>",
    b"&#x41;",
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE a [",
    b"\x00",
]


def read(body: bytes, kind: SourceKind = SourceKind.FEED, content_type: str = "") -> ParsedDocument:
    return parse_document(
        body,
        url=URL,
        content_type=content_type,
        kind=kind,
        platform=Platform.GENERIC,
        selectors=Selectors(),
        now=NOW,
        timezone="Asia/Ho_Chi_Minh",
        max_entries=500,
    )


def read_page(body: bytes, platform: Platform = Platform.GENERIC) -> Entry:
    return parse_page(
        body,
        url="https://nguon.example.vn/bai-1.html",
        content_type="text/html",
        platform=platform,
        selectors=Selectors(),
        now=NOW,
        timezone="Asia/Ho_Chi_Minh",
    )


def all_readings(body: bytes, kind: SourceKind, platform: Platform) -> list[Any]:
    results: list[Any] = []
    for reading in (
        lambda: read(body, kind),
        lambda: read_page(body, platform),
        lambda: inspect(body, url=URL, content_type=""),
    ):
        try:
            results.append(reading())
        except ParseFailed as failure:
            results.append(failure.outcome)
    return results


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.one_of(
        st.binary(max_size=400),
        st.lists(st.sampled_from([*WORDS, b"<html>", b"<body>", b"{", b"[", b'"items":', b"<urlset>"])).map(b"".join),
    ),
    kind=st.sampled_from(SourceKind),
    platform=st.sampled_from(Platform),
)
def test_random_bytes_give_a_result_or_a_named_failure(body: bytes, kind: SourceKind, platform: Platform) -> None:
    for result in all_readings(body, kind, platform):
        assert isinstance(result, ParsedDocument | Entry | ProbeReport | Outcome)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    body=st.sampled_from(BODIES),
    share=st.floats(0, 1),
    inserted=st.sampled_from([b"", *WORDS, b"\xff\xfe", b"</html>", b"\xc3"]),
    kind=st.sampled_from(SourceKind),
    platform=st.sampled_from(Platform),
)
def test_cases_cut_and_spoilt_give_a_result_or_a_named_failure(
    body: bytes, share: float, inserted: bytes, kind: SourceKind, platform: Platform
) -> None:
    at = int(len(body) * share)
    for spoilt in (body[:at], body[:at] + inserted + body[at:]):
        for result in all_readings(spoilt, kind, platform):
            assert isinstance(result, ParsedDocument | Entry | ProbeReport | Outcome)


@pytest.mark.parametrize("folder", case_folders(), ids=lambda folder: folder.name)
def test_results_and_failures_travel_between_processes(folder: Path) -> None:
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    body = next(folder.glob("response.*")).read_bytes()
    kind = SourceKind(case.get("kind", "listing"))
    result: object = None
    try:
        result = read(body, kind)
    except ParseFailed as failure:
        result = failure
    copy = pickle.loads(pickle.dumps(result))
    assert repr(copy) == repr(result)


@pytest.mark.parametrize(
    "author",
    [
        "a" * 60_000,
        "<![CDATA[" + "a.b-c_d+" * 8_000 + "]]>",
        "<![CDATA[x</author>" + "a" * 60_000 + "]]>",
        "<b>" + "a" * 60_000 + "</b>",
    ],
)
@pytest.mark.parametrize("tag", ["author", "managingEditor", "x:creator"])
def test_a_long_author_field_costs_no_time(tag: str, author: str) -> None:
    feed = (
        "<?xml version='1.0'?><rss version='2.0' xmlns:x='http://purl.org/dc/elements/1.1/'><channel><title>T</title>"
        f"<item><title>Tin</title><link>https://a.example.vn/1</link><y/><{tag}>{author}</{tag}></item></channel></rss>"
    )
    started = time.perf_counter()
    parsed = read(feed.encode())
    assert time.perf_counter() - started < 2
    assert parsed.entries[0].title == "Tin"


def test_a_packed_sitemap_that_unpacks_too_far_is_too_large() -> None:
    bomb = gzip.compress(b"<urlset>" + b" " * (MAX_UNPACKED_BYTES + 1))
    with pytest.raises(ParseFailed) as caught:
        read(bomb, SourceKind.SITEMAP)
    assert caught.value.outcome is Outcome.TOO_LARGE


def test_a_packed_sitemap_that_ends_early_is_truncated() -> None:
    with pytest.raises(ParseFailed) as caught:
        read(gzip.compress(b"<urlset></urlset>" * 50)[:-12], SourceKind.SITEMAP)
    assert caught.value.outcome is Outcome.TRUNCATED


@pytest.mark.parametrize("kind", [SourceKind.SITEMAP, SourceKind.FEED])
def test_a_file_of_this_machine_is_never_read_into_a_document(tmp_path: Path, kind: SourceKind) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("bi-mat-cua-may-chu")
    root = (
        "rss version='2.0'><channel><item><title>&x;</title><link>https://a.example.vn/1</link></item></channel></rss"
    )
    if kind is SourceKind.SITEMAP:
        root = "urlset><url><loc>https://a.example.vn/&x;</loc></url></urlset"
    body = f"<!DOCTYPE r [<!ENTITY x SYSTEM '{secret.as_uri()}'>]><{root}>"
    shown = ""
    with suppress(ParseFailed):
        shown = repr(read(body.encode(), kind))
    assert "bi-mat" not in shown


def test_deep_nesting_ends_quickly() -> None:
    started = time.perf_counter()
    deep = b"<html><head><title>T</title></head><body>" + b"<div>" * 40_000 + b"Xin chao"
    all_readings(deep, SourceKind.LISTING, Platform.NUKEVIET)
    assert time.perf_counter() - started < 8


def test_scripts_in_every_field_are_gone() -> None:
    attack = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    link = "&lt;a href='javascript:alert(1)'&gt;x&lt;/a&gt;"
    feed = (
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>T</title><item>"
        f"<title>A {attack}</title><link>javascript:alert(1)</link><description>B {attack}</description>"
        f"<content:encoded>&lt;p&gt;C&lt;/p&gt;{attack}{link}</content:encoded>"
        "<author>D</author></item></channel></rss>"
    )
    entry = read(feed.encode()).entries[0]
    assert entry.url == ""
    assert (entry.title, entry.summary) == ("A", "B")
    assert "script" not in entry.body
    assert "onerror" not in entry.body
    assert "javascript" not in entry.body
