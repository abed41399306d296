"""Feeds as publishers write them: what feedparser alone gets right we get right, and some that it does not."""

from datetime import UTC, datetime
from functools import partial

import pytest

from aggregator.model.entry import Entry, ParsedDocument
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.document import parse_document
from aggregator.parse.fastfeed import read_fast
from aggregator.parse.feed import read_feed, read_slow
from aggregator.parse.feedtext import recovered_title, safe_text
from tests.parse import corpus_feeds

URL = "https://nguon.example.vn/rss/tin.rss"


def read(text: str) -> ParsedDocument:
    return parse_document(
        text.encode(),
        url=URL,
        content_type="",
        kind=SourceKind.FEED,
        platform=Platform.GENERIC,
        selectors=Selectors(),
        now=datetime(2025, 10, 2, tzinfo=UTC),
        timezone="Asia/Ho_Chi_Minh",
        max_entries=500,
    )


def rss(inner: str, *, head: str = "") -> str:
    return (
        f'<rss version="2.0"><channel><title>Nguồn</title>{head}<item><title>Tin</title>{inner}</item></channel></rss>'
    )


def atom(inner: str, *, attributes: str = "") -> str:
    start = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>Nguồn</title>'
    return f"{start}<entry><title>Tin</title><id>tag:a.example.vn,2025:1</id>{inner}</entry></feed>"


def only_entry(text: str) -> Entry:
    (entry,) = read(text).entries
    return entry


@pytest.fixture(scope="module")
def documents() -> list[corpus_feeds.Document]:
    folder = corpus_feeds.corpus_folder()
    if folder is None:
        pytest.skip("no corpus: set AGGREGATOR_CORPUS")
    return list(corpus_feeds.read_documents(folder))


def test_at_least_99_of_100_documents_are_fully_right(documents: list[corpus_feeds.Document]) -> None:
    wrong = [document.name for document in documents if corpus_feeds.mistakes_in(document, corpus_feeds.read_ours)]
    assert len(wrong) <= 0.01 * len(documents), wrong


def test_no_document_is_read_worse_than_by_feedparser_alone(documents: list[corpus_feeds.Document]) -> None:
    readers = [partial(corpus_feeds.read_by_feedparser, plain_titles=plain) for plain in (True, False)]
    for document in documents:
        ours = corpus_feeds.checks_of(document, corpus_feeds.read_ours)
        if mistakes := [check.said for check in ours if check.said]:
            others = [corpus_feeds.checks_of(document, reader) for reader in readers]
            assert not any(corpus_feeds.is_worse(ours, other) for other in others), (document.name, mistakes)


@pytest.mark.parametrize("inner", ["", "<custom xmlns='x:y'>1</custom>"], ids=["fast", "slow"])
def test_a_guid_that_is_no_address_stays_as_it_is_written(inner: str) -> None:
    text = rss(f"<link>https://a.example.vn/1</link><guid isPermaLink='false'>news_1</guid>{inner}")
    assert (read_fast(text.encode()) is None) == bool(inner)
    assert only_entry(text).guid == "news_1"


def test_a_guid_that_is_no_address_makes_no_link() -> None:
    assert only_entry(rss("<guid>abc123</guid>")).url == ""


def test_a_guid_that_is_a_path_leads_to_the_article() -> None:
    entry = only_entry(rss("<guid>/tin/1.html</guid>"))
    assert (entry.guid, entry.url) == ("/tin/1.html", "https://nguon.example.vn/tin/1.html")


def test_tags_within_a_guid_are_its_text() -> None:
    two = rss("<guid isPermaLink='false'><p>1</p></guid></item><item><title>Hai</title><guid>2<br></guid>")
    assert [entry.guid for entry in read(two).entries] == ["<p>1</p>", "2<br>"]


def test_a_title_whose_end_tag_bears_another_name_is_read() -> None:
    text = atom("").replace("<title>Nguồn</title>", "<title>Nguồn</subtitle>").replace("<title>Tin", "<title>Tin lành")
    assert read_feed(text, url=URL).title == "Nguồn"


def test_relative_links_of_an_atom_feed_are_resolved_against_its_relative_base() -> None:
    text = atom(
        '<link href="1.html"/><link rel="enclosure" type="application/pdf" href="a.pdf"/>'
        '<content type="html">&lt;p&gt;&lt;a href="2.html"&gt;Hai&lt;/a&gt;&lt;/p&gt;</content>',
        attributes='xml:base="/bai/"',
    )
    entry = only_entry(text)
    assert entry.url == "https://nguon.example.vn/bai/1.html"
    assert [file.url for file in entry.attachments] == ["https://nguon.example.vn/bai/a.pdf"]
    assert 'href="https://nguon.example.vn/bai/2.html"' in entry.body


def test_atom_content_of_another_type_is_shown_as_it_is_written() -> None:
    entry = only_entry(atom('<content type="application/json">{"a": "&lt;b&gt;"}</content>'))
    assert entry.text == '{"a": "<b>"}'


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("<author>nam@bao.example.vn</author>", ("nam@bao.example.vn",)),
        ("<author>nam@bao.example.vn (Trần Văn Nam)</author>", ("Trần Văn Nam",)),
        ("<author>noreply@bao.example.vn</author>", ()),
        ("<author>webmaster@bao.example.vn</author>", ()),
    ],
)
@pytest.mark.parametrize("inner", ["", "<custom xmlns='x:y'>1</custom>"], ids=["fast", "slow"])
def test_a_person_known_by_a_mail_address_alone_is_named_by_it(said: str, names: tuple[str, ...], inner: str) -> None:
    assert only_entry(rss(said + inner)).authors == names


@pytest.mark.parametrize(
    "said",
    [
        "Mon, 01 Jan 0001 00:00:00 +0700",
        "0001-01-01T00:00:00+07:00",
        "1/1/0001 12:00:00 AM",
        "9999-12-31T23:59:59-07:00",
    ],
)
def test_an_empty_date_of_dot_net_costs_the_date_and_not_the_entry(said: str) -> None:
    entry = only_entry(rss(f"<link>https://a.example.vn/1</link><pubDate>{said}</pubDate>"))
    assert entry.published is None
    assert [(problem.code, problem.field) for problem in entry.problems] == [("bad_date", "published")]


def test_a_long_description_is_body_and_summary_in_the_same_words() -> None:
    words = "Bà con bản xa khánh thành cầu dân sinh. " * 30
    entry = only_entry(rss(f"<description><![CDATA[<p>{words}</p><p>Hai</p>]]></description>"))
    assert entry.text == f"{words.strip()}\nHai"
    assert entry.body == f"<p>{words.strip()}</p><p>Hai</p>"
    assert entry.summary.startswith("Bà con bản xa")
    assert entry.summary.endswith("…")


def test_both_readers_give_the_same_entry_for_what_publishers_mostly_write() -> None:
    text = rss(
        "<link>/1.html</link><guid isPermaLink='false'>news_1</guid><pubDate>Thu, 02 Oct 2025 03:00:00 +0700</pubDate>"
        "<description><![CDATA[<a href='/1.html'><img src='/a.jpg'></a></br>Một &amp;#x3A; hai]]></description>"
        "<category>Thời sự</category><author>nam@bao.example.vn</author>"
        "<enclosure url='/a.pdf' type='application/pdf' length='10'/>"
    )
    assert read_fast(text.encode()) is not None
    quick, slow = read_feed(text, url=URL), read_slow(text, url=URL)
    assert (quick.title, quick.entries[0].summary) == (slow.title, slow.entries[0].summary)
    entry = only_entry(text)
    assert entry.url == "https://nguon.example.vn/1.html"
    assert entry.summary == "Một : hai"
    assert [file.url for file in entry.attachments] == ["https://nguon.example.vn/a.pdf"]
    assert [image.url for image in entry.images] == ["https://nguon.example.vn/a.jpg"]


VIDEO = '<media:content url="https://a.example.vn/a.mp4" type="video/mp4" fileSize="9"/>'
NUKEVIET = "<pubDate>Tue, 30 Sep 2025 {0:02}:09:{0:02} GMT</pubDate><link>https://a.example.vn/{0}</link>"


@pytest.mark.parametrize(("count", "is_marked"), [(8, True), (3, False)])
def test_minutes_that_are_the_month_in_every_date_are_marked_as_unreliable(count: int, *, is_marked: bool) -> None:
    inner = "</item><item><title>Tin</title>".join(NUKEVIET.format(number) for number in range(count))
    codes = {problem.code for entry in read(rss(inner)).entries for problem in entry.problems}
    assert codes == ({"feed_minutes_unreliable"} if is_marked else set())


def test_minutes_that_differ_from_the_month_in_one_date_are_believed() -> None:
    inner = "</item><item><title>Tin</title>".join(NUKEVIET.format(number) for number in range(8))
    entries = read(rss(inner.replace("07:09:07", "07:10:07"))).entries
    assert not any(entry.problems for entry in entries)


@pytest.mark.parametrize("other", ["", "<custom xmlns='x:y'>1</custom>"], ids=["fast", "slow"])
@pytest.mark.parametrize(
    ("inner", "pictures", "files"),
    [
        ('<media:content url="https://a.example.vn/a.jpg"/>', ["a.jpg"], []),
        ('<media:content url="https://a.example.vn/a" medium="image"/>', ["a"], []),
        (
            f"<media:group>{VIDEO}<media:thumbnail url='https://a.example.vn/t.jpg'/></media:group>",
            ["t.jpg"],
            [("a.mp4", "video/mp4", 9)],
        ),
        ('<media:content url="https://a.example.vn/a.swf" type="application/x-shockwave-flash"/>', [], []),
        ("<image>https://a.example.vn/a.jpg</image>", ["a.jpg"], []),
        ("<image><url>https://a.example.vn/a.jpg</url></image>", ["a.jpg"], []),
        ("<thumb>https://a.example.vn/a.jpg</thumb>", ["a.jpg"], []),
        ('<itunes:image href="https://a.example.vn/a.jpg"/>', ["a.jpg"], []),
    ],
)
def test_pictures_and_recordings_are_found_where_feeds_put_them(
    inner: str, pictures: list[str], files: list[tuple[str, str, int]], other: str
) -> None:
    entry = only_entry(rss(inner + other))
    assert [image.url.removeprefix("https://a.example.vn/") for image in entry.images] == pictures
    named = [
        (file.url.removeprefix("https://a.example.vn/"), file.media_type, file.size_bytes) for file in entry.attachments
    ]
    assert named == files


@pytest.mark.parametrize("other", ["", "<custom xmlns='x:y'>1</custom>"], ids=["fast", "slow"])
@pytest.mark.parametrize(
    ("said", "summary"), [("<description>Tin chính</description>", "Tin chính"), ("", "Chú thích")]
)
def test_words_about_a_picture_stand_for_the_summary_only_where_there_is_none(
    said: str, summary: str, other: str
) -> None:
    about = "<media:title>Ảnh</media:title><media:description>Chú thích</media:description>"
    picture = f'<media:content url="https://a.example.vn/a.jpg">{about}</media:content>'
    entry = only_entry(rss(picture + said + other))
    assert (entry.title, entry.summary, entry.text) == ("Tin", summary, "")


def test_an_item_of_a_json_feed_without_authors_has_those_of_the_feed() -> None:
    items = '[{"id": "1", "title": "Tin"}, {"id": "2", "title": "Hai", "authors": [{"name": "Lan"}]}]'
    version = "https://jsonfeed.org/version/1.1"
    document = read(f'{{"version": "{version}", "authors": [{{"name": "Nam"}}], "items": {items}}}')
    assert [entry.authors for entry in document.entries] == [("Nam",), ("Lan",)]


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "piece",
    [
        "<guid>",
        "<guid ",
        "<guid><",
        "<guid><b>",
        "</guid>",
        "<image>",
        "<image> ",
        " ",
        "<image><![CDATA[ ",
        "<media:title",
    ],
)
def test_half_written_fields_are_made_safe_in_a_time_that_grows_with_their_length(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert safe_text(f"<rss><channel><item><guid><image>{text}")
    assert safe_text(f"<rss>{text}</image></guid></item>")
    assert recovered_title(f"<feed><title>{text}") is not None
