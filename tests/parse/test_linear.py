"""Half-written markup without end costs time in proportion to its length: a megabyte would else take minutes."""

from contextlib import suppress

import pytest

from aggregator.model.errors import ParseFailed
from aggregator.model.source import Platform, SourceKind
from aggregator.parse.feedtext import is_cut, safe_text
from aggregator.parse.sniff import refusal_of, shape_of
from aggregator.text.markup import sanitise
from tests.parse.test_hostile import read, read_page

# Each megabyte takes up to a second on a slow machine; what was quadratic took from ten seconds to ten minutes.
pytestmark = pytest.mark.timeout(30)

MEGABYTE = 1_000_000
PIECES = [
    "<!--", "<![CDATA[", "<?", "<?x ", "<!DOCTYPE", "<!", "<", "</", "<a ", '<a href="', "<a b='x", "<img ",
    "<img src=x ", "<script", "<script ", "<script>", "<style", "<title ", "<title>", "<input ", "<input type=",
    "<meta name=a ", "&", "&#", "&amp;x ",
]  # fmt: skip


def repeated(piece: str, size: int = MEGABYTE) -> str:
    return piece * (size // len(piece))


@pytest.mark.parametrize("wrapped", [True, False], ids=["page", "bare"])
@pytest.mark.parametrize("piece", PIECES)
def test_a_page_of_markup_without_end_is_read_or_refused(piece: str, *, wrapped: bool) -> None:
    text = repeated(piece)
    page = f"<!DOCTYPE html><html><head><title>Tin</title></head><body>{text}</body></html>" if wrapped else text
    with suppress(ParseFailed):
        read_page(page.encode(), Platform.GENERIC)
    with suppress(ParseFailed):
        read(page.encode(), SourceKind.LISTING)


@pytest.mark.parametrize("piece", [*PIECES, "<img src='", "&#xD800;"])
def test_a_description_of_markup_without_end_costs_itself(piece: str) -> None:
    described = f"<item><title>Tin</title><description><![CDATA[{repeated(piece)}]]></description></item>"
    feed = f'<rss version="2.0"><channel><title>T</title>{described}</channel></rss>'
    with suppress(ParseFailed):
        assert read(feed.encode()).entries[0].title == "Tin"


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE " + "[]" * 2000,
        "<!DOCTYPE " + "[" * 2000 + "]" * 2000,
        "<!DOCTYPE a" + "[x]]" * 1500,
        "<feed" + " " * 8000,
        "<feed " * 1300,
        "<!--" * 2000,
        " " * 8000,
    ],
)
def test_the_form_of_a_document_is_seen_at_once(text: str) -> None:
    for _ in range(20):
        shape_of(text)


@pytest.mark.parametrize("piece", PIECES)
def test_a_page_without_end_is_judged_at_once(piece: str) -> None:
    for _ in range(3):
        refusal_of(repeated(piece))


@pytest.mark.parametrize(
    "text",
    [
        "<?xml version='1.0'?><!DOCTYPE rss>" + "\n" * MEGABYTE + "<rss><channel>",
        "<rss>" + repeated("<author "),
        "<rss>" + repeated("<author>"),
        "<rss>" + repeated("<item "),
        "<rss>" + repeated("</item"),
        "<rss>" + repeated("&#xD800;"),
        "<rss>" + repeated("&#55296"),
        "<rss>" + repeated("&#9", 2) + "9" * MEGABYTE,
        *("<rss>" + repeated(piece) for piece in ("<!ENTITY ", '<!ENTITY a "', "<!ENTITY a '>")),
    ],
)
def test_a_feed_is_made_safe_at_once(text: str) -> None:
    with suppress(ParseFailed):
        assert len(safe_text(text)) <= len(text)
    assert isinstance(is_cut(text), bool)


@pytest.mark.parametrize("words", ["&", "a & b ", "<i>&</i>"])
def test_a_paragraph_of_references_is_sanitised_and_stays_as_it_is(words: str) -> None:
    body = sanitise(f"<p>{repeated(words)}</p>", base_url="https://a.example.vn/")
    assert body
    assert sanitise(body, base_url="https://a.example.vn/") == body
