"""Documents spoilt in every way cost themselves: no exception escapes, nothing unsafe comes out, time is bounded."""

import gzip
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.model.entry import Entry, ParsedDocument
from aggregator.model.errors import ParseFailed
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.document import parse_document
from aggregator.parse.page import parse_page
from aggregator.parse.probe import inspect
from tests.parse.corpus_feeds import read_documents
from tests.parse.golden import case_folders, response
from tests.parse.mutations import faults_of, mutated

OWN = [response(folder) for folder in case_folders() if len(response(folder)) < 200_000]
NOW = datetime(2026, 11, 1, tzinfo=UTC)
URL = "https://nguon.example.vn/tin/bai-viet-1.html"
_BASE_S = 3.0  # of the processor, for any document
_PER_MEGABYTE_S = 8.0


def read(body: bytes, draw: Random) -> Entry | ParsedDocument | None:
    """The document read as something that a crawl may take it for."""
    platform = draw.choice(list(Platform))
    common: dict[str, Any] = {
        "url": URL,
        "content_type": draw.choice(
            ["", "text/html", "text/html; charset=utf-8", "application/xml", "text/xml; charset=x"]
        ),
    }
    rules: dict[str, Any] = {"platform": platform, "selectors": Selectors(), "now": NOW, "timezone": "Asia/Ho_Chi_Minh"}
    way = draw.randrange(6)
    try:
        if way == 0:
            inspect(body, **common)
            return None
        if way <= 2:
            kind = draw.choice(list(SourceKind))
            return parse_document(body, kind=kind, max_entries=500, **common, **rules)
        return parse_page(body, **common, **rules)
    except ParseFailed:
        return None


def check(body: bytes, draw: Random) -> None:
    """Spoils a document, reads it, and holds the reading to what must be."""
    spoilt = mutated(body, draw)
    began = time.process_time()
    result = read(spoilt, draw)
    spent = time.process_time() - began
    assert spent < _BASE_S + _PER_MEGABYTE_S * len(spoilt) / 1e6
    assert result is None or faults_of(result) == []


@given(number=st.integers(0, len(OWN) - 1), seed=st.integers(0, 2**32))
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_our_own_documents_spoilt(number: int, seed: int) -> None:
    check(OWN[number], Random(seed))


@pytest.mark.parametrize("seed", range(60))
def test_real_pages_spoilt(corpus: Path, seed: int) -> None:
    draw = Random(seed)
    page = draw.choice(sorted((corpus / "pages" / "publishers" / "html").glob("*.gz")))
    check(gzip.decompress(page.read_bytes()), draw)


@pytest.mark.parametrize("seed", range(100))
def test_real_feeds_spoilt(corpus: Path, seed: int) -> None:
    draw = Random(seed)
    check(draw.choice(documents(corpus)), draw)


@pytest.mark.proof
@pytest.mark.parametrize("make", ["pages", "feeds"])
def test_thousands_of_real_documents_spoilt(corpus: Path, make: str) -> None:
    bodies: Callable[[], list[bytes]] = {
        "pages": lambda: [
            gzip.decompress(path.read_bytes())
            for path in sorted((corpus / "pages" / "publishers" / "html").glob("*.gz"))
        ],
        "feeds": lambda: documents(corpus),
    }[make]
    for number, body in enumerate(bodies()):
        for round_ in range(6):
            check(body, Random(f"{number} {round_}"))


def documents(corpus: Path) -> list[bytes]:
    """The bodies of the corpus' feeds."""
    return [document.body for document in read_documents(corpus) if document.body]
