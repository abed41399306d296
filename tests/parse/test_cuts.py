"""Documents without entries and documents that end early: never read as if all were well."""

import json
from datetime import UTC, datetime

import pytest

from aggregator.model.entry import ParsedDocument
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.document import parse_document
from aggregator.parse.feed import read_slow

HEAD = '<?xml version="1.0"?>\n'
ITEM = "<item><title>Tin {0}</title><link>https://a.example.vn/{0}</link><description>Chuyện {0}</description></item>"
ITEMS = "\n".join(ITEM.format(number) for number in range(4))
RSS = f'{HEAD}<rss version="2.0"><channel><title>Nguồn</title>{ITEMS}</channel></rss>'
RDF = (
    f'{HEAD}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    f'<channel rdf:about="https://a.example.vn/"><title>Nguồn</title></channel>{ITEMS}</rdf:RDF>'
)
ATOM = (
    f'{HEAD}<feed xmlns="http://www.w3.org/2005/Atom"><title>Nguồn</title>'
    + "".join(
        f'<entry><title>Tin {n}</title><id>https://a.example.vn/{n}</id><link href="https://a.example.vn/{n}"/></entry>'
        for n in range(4)
    )
    + "</feed>"
)
FEEDS = {"rss": RSS, "rdf": RDF, "atom": ATOM}
PAGE = "<url><loc>https://a.example.vn/{0}</loc><lastmod>2025-10-01</lastmod></url>"
SITEMAP = f"{HEAD}<urlset>{''.join(PAGE.format(number) for number in range(10, 14))}</urlset>"
GARBAGE = "</wrong><<&nbsp;"


def read(text: str, kind: SourceKind = SourceKind.FEED) -> ParsedDocument:
    return parse_document(
        text.encode(),
        url="https://a.example.vn/rss",
        content_type="",
        kind=kind,
        platform=Platform.GENERIC,
        selectors=Selectors(),
        now=datetime(2025, 10, 2, tzinfo=UTC),
        timezone="Asia/Ho_Chi_Minh",
        max_entries=500,
    )


def codes(document: ParsedDocument) -> list[str]:
    return [problem.code for problem in document.problems]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('<rss version="2.0"><channel><title>T</title></channel></rss>', SourceKind.FEED),
        ('<!DOCTYPE rss><rss version="2.0"><channel><title>T</title></channel></rss>', SourceKind.FEED),
        ("<rss><rác><khác/></rác></rss>", SourceKind.FEED),
        ("<rss>" + "<a>" * 10_000, SourceKind.FEED),
        ('<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title></feed>', SourceKind.FEED),
        ('{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}', SourceKind.JSONFEED),
        ("<urlset></urlset>", SourceKind.SITEMAP),
        ("<urlset><url/></urlset>", SourceKind.SITEMAP),
        ("<urlset />", SourceKind.SITEMAP),
        ("<sitemapindex></sitemapindex>", SourceKind.SITEMAP),
        ('{"data": []}', SourceKind.API),
    ],
)
def test_a_document_without_entries_is_empty(text: str, kind: SourceKind) -> None:
    with pytest.raises(ParseFailed) as caught:
        read(text, kind)
    assert caught.value.outcome is Outcome.EMPTY


def test_an_index_of_sitemaps_has_no_entries_and_is_no_failure() -> None:
    index = "<sitemapindex><sitemap><loc>https://a.example.vn/1.xml</loc></sitemap></sitemapindex>"
    assert read(index, SourceKind.SITEMAP).child_urls == ("https://a.example.vn/1.xml",)


@pytest.mark.parametrize("tail", ["", GARBAGE], ids=["bare", "garbage"])
@pytest.mark.parametrize("form", FEEDS)
def test_a_feed_cut_anywhere_gives_whole_entries_and_says_that_it_was_cut(form: str, tail: str) -> None:
    text = FEEDS[form]
    whole = read_slow(text, url="https://a.example.vn/rss").entries
    end = max(text.rfind(mark) for mark in ("</item>", "</entry>")) + len("</item>")
    for at in range(text.index("<title>"), end):
        cut = read_slow(text[:at] + tail, url="https://a.example.vn/rss")
        assert [problem.code for problem in cut.problems] == ["truncated_document"], text[:at][-40:]
        assert cut.entries == whole[: len(cut.entries)], text[:at][-40:]
        assert len(cut.entries) >= max(text[:at].count("</item>"), text[:at].count("</entry>")), text[:at][-40:]


@pytest.mark.parametrize("text", [RSS, ATOM, RDF])
def test_a_feed_cut_before_its_first_entry_is_truncated(text: str) -> None:
    first = min(at for mark in ("<item>", "<entry>") if (at := text.find(mark)) >= 0)
    for at in (text.index("</title>"), first, first + 3):
        with pytest.raises(ParseFailed) as caught:
            read(text[:at] + GARBAGE)
        assert caught.value.outcome in {Outcome.TRUNCATED, Outcome.EMPTY}
    with pytest.raises(ParseFailed) as caught:
        read(text[: text.index("</title>")])
    assert caught.value.outcome is Outcome.TRUNCATED


@pytest.mark.parametrize(
    "broken",
    [
        RSS.replace("Tin 1", "Tin & 1 <b>"),
        RSS.replace("Chuyện 3", "<p>Chuyện <br> 3"),
        RSS + "\n<!-- 0.2 giây -->" + "rác " * 300,
        RSS.replace("</rss>", ""),
        ATOM.replace("Tin 3", "Tin &nbsp; 3"),
        RDF.replace("</channel>", "&x;</channel>"),
    ],
)
def test_markup_broken_within_a_feed_that_ends_with_its_root_is_no_cut(broken: str) -> None:
    document = read(broken)
    assert len(document.entries) == 4
    assert codes(document) == []


def test_a_sitemap_cut_anywhere_keeps_its_whole_addresses_and_says_so() -> None:
    whole = [entry.url for entry in read(SITEMAP, SourceKind.SITEMAP).entries]
    for at in range(SITEMAP.index("</url>") + len("</url>"), SITEMAP.index("</urlset>") + len("</urlset>") - 1):
        document = read(SITEMAP[:at], SourceKind.SITEMAP)
        assert codes(document) == ["truncated_document"]
        assert [entry.url for entry in document.entries] == whole[: SITEMAP[:at].count("</url>")]


def test_a_sitemap_broken_in_one_address_is_no_cut_and_says_so() -> None:
    document = read(SITEMAP.replace("vn/11", "vn/11?a=1&b=2"), SourceKind.SITEMAP)
    assert codes(document) == ["broken_markup"]
    assert len(document.entries) == 4


def test_a_sitemap_cut_before_its_first_address_is_truncated() -> None:
    with pytest.raises(ParseFailed) as caught:
        read(SITEMAP[: SITEMAP.index("</loc>")], SourceKind.SITEMAP)
    assert caught.value.outcome is Outcome.TRUNCATED


def test_a_json_feed_that_is_cut_is_a_failure() -> None:
    items = [{"id": str(n), "url": f"https://a.example.vn/{n}", "title": f"Tin {n}"} for n in range(4)]
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    for at in range(2, len(text), 7):
        with pytest.raises(ParseFailed) as caught:
            read(text[:at], SourceKind.JSONFEED)
        assert caught.value.outcome is Outcome.PARSE_FAILED
