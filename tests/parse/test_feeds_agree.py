"""Where the fast reader answers, feedparser understands the same: over generated feeds."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.model.entry import DateOrigin
from aggregator.parse.claims import DocumentClaims
from aggregator.parse.entries import Reading, build_entry
from aggregator.parse.fastfeed import read_fast
from aggregator.parse.feed import read_slow

URL = "https://nguon.example.vn/rss/tin.rss"
READING = Reading(
    url=URL,
    now=datetime(2025, 10, 2, tzinfo=UTC),
    tz=ZoneInfo("Asia/Ho_Chi_Minh"),
    origin=DateOrigin.FEED,
    max_entries=500,
)
TEXTS = st.sampled_from([
    "", "Tin", " Khánh thành  cầu ", "&lt;b&gt;Đậm&lt;/b&gt;", "A &amp; B", "&amp;#x3A;",
    "<![CDATA[<p>Một</p><p>Hai</p>]]>", "<![CDATA[A & B]]>", "&amp;nbsp;", "x<b>y</b>", "<![CDATA[]]>", "&#7843;",
    "1 &lt; 2", "\n Tin \n", "<![CDATA[ a ]]> b",
])  # fmt: skip
ADDRESSES = st.sampled_from([
    "https://a.example.vn/1.html", "/2.html", "", "tin?a=1&amp;b=2", " https://a.example.vn/x y ", "news_1", "#1",
    "<![CDATA[https://a.example.vn/3.html]]>", "mailto:a@b.vn", "https://a.example.vn/ảnh.jpg", "tag:a,2025:1",
    "a/b.jpg",
])  # fmt: skip
DATES = st.sampled_from([
    "Wed, 01 Oct 2025 10:00:00 +0700", "01/10/2025 10:00", "2025-10-01T10:00:00Z", "", "x", "Wed, 01 Oct 2025 10:00:00",
])  # fmt: skip
KINDS = st.sampled_from(
    ["", "image/jpeg", "video/mp4", "application/pdf", "text/html", "application/x-shockwave-flash"]
)


def element(names: list[str], inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda name, text: f"<{name}>{text}</{name.split()[0]}>", st.sampled_from(names), inner)


MEDIA = st.one_of(
    st.builds(lambda name, to: f'<media:{name} url="{to}"/>', st.sampled_from(["content", "thumbnail"]), ADDRESSES),
    st.builds(lambda to, kind: f'<media:content url="{to}" type="{kind}" fileSize="9"/>', ADDRESSES, KINDS),
    st.builds(lambda to: f'<media:group><media:content medium="image" url="{to}"/></media:group>', ADDRESSES),
    element(["media:title", "media:description", "media:credit", "media:keywords"], TEXTS),
).filter(lambda text: "<![CDATA[https" not in text)
ITEM_PARTS = st.one_of(
    element(
        ["title", "description", "content:encoded", "category", "source", "dc:creator", "author", "dc:subject"], TEXTS
    ),
    element(["link", "guid", "guid isPermaLink='false'", "comments", "image", "dc:identifier", "atom:id"], ADDRESSES),
    element(["pubDate", "dc:date", "atom:updated", "atom:published"], DATES),
    st.builds(lambda to, kind: f'<enclosure url="{to}" type="{kind}" length="5"/>', ADDRESSES, KINDS),
    element(
        ["author", "dc:creator"],
        st.sampled_from(["a@b.vn", "a@b.vn (Trần Nam)", "Nam; Lan", "Nam, Lan", "noreply@b.vn"]),
    ),
    MEDIA,
)
ENTRY_PARTS = st.one_of(
    element(["title", "title type='html'", "summary", "summary type='html'", "content type='html'", "content"], TEXTS),
    element(["id"], ADDRESSES),
    element(["published", "updated"], DATES),
    st.builds(
        lambda rel, to, kind: f'<link rel="{rel}" href="{to}" type="{kind}"/>',
        st.sampled_from(["alternate", "enclosure", "self", "related", "via"]),
        ADDRESSES,
        KINDS,
    ).filter(lambda text: "<![" not in text),
    element(["name", "email", "uri"], st.sampled_from(["Nam", "a@b.vn", "https://a.vn"])).map(
        lambda inner: f"<author>{inner}</author>"
    ),
    st.builds(lambda term: f'<category term="{term}"/>', st.sampled_from(["Thời sự", "", "a, b"])),
    MEDIA,
)
NAMES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
)


def essence(claims: DocumentClaims) -> Any:
    said = []
    for claim in claims.entries:
        entry = build_entry(claim, READING)
        files = [(file.url, file.media_type, file.size_bytes) for file in entry.attachments]
        texts = (entry.title, entry.summary, entry.text, entry.body, entry.origin_name)
        said.append((
            entry.url, entry.guid, texts, entry.authors, entry.categories, files, entry.images, entry.published,
            entry.updated,
        ))  # fmt: skip
    return claims.format, claims.title.strip(), said


def assert_agreement(text: str) -> None:
    fast = read_fast(text.encode())
    if fast is not None:
        assert essence(fast) == essence(read_slow(text, url=URL))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(st.lists(ITEM_PARTS, max_size=7).map("".join), min_size=1, max_size=2))
def test_both_readers_agree_on_generated_rss(items: list[str]) -> None:
    inner = "".join(f"<item>{item}</item>" for item in items)
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    assert_agreement(f'<rss version="2.0" {NAMES}{atom}><channel><title>T</title>{inner}</channel></rss>')


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.lists(st.lists(ENTRY_PARTS, max_size=7).map("".join), min_size=1, max_size=2))
def test_both_readers_agree_on_generated_atom(entries: list[str]) -> None:
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    assert_agreement(f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMES}><title>T</title>{inner}</feed>')
