"""The small parts: sniffing, selectors, digests, names, files, encodings."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from aggregator.model.entry import DateOrigin
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform
from aggregator.parse.body import cut_body, finish
from aggregator.parse.charset import decode
from aggregator.parse.claims import Claims, FileClaim
from aggregator.parse.digest import digest_of
from aggregator.parse.entries import Reading, build_entry, plain
from aggregator.parse.files import attachment_of, size_of
from aggregator.parse.people import person_names
from aggregator.parse.platforms import PLATFORMS, guess_platform, marks_unreliable_minutes
from aggregator.parse.rhythm import ttl_of
from aggregator.parse.selectors import check_selector
from aggregator.parse.signature import read_signature
from aggregator.parse.sniff import Shape, refusal_of, shape_of
from aggregator.parse.tree import html_tree
from aggregator.text.markup import plain_text

READING = Reading(
    url="https://a.example.vn/rss",
    now=datetime(2025, 10, 2, tzinfo=UTC),
    tz=ZoneInfo("Asia/Ho_Chi_Minh"),
    origin=DateOrigin.FEED,
    max_entries=500,
)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("<?xml version='1.0'?><!-- ghi chú --><rss version='2.0'>", Shape.FEED),
        ("\n\n<feed xmlns='http://www.w3.org/2005/Atom'>", Shape.FEED),
        ("<rdf:RDF xmlns='http://purl.org/rss/1.0/'>", Shape.FEED),
        ("Warning: mysqli() in /var/www<br />\n<rss version='2.0'><channel>", Shape.FEED),
        ("<sitemapindex xmlns='x'>", Shape.SITEMAP),
        ("<!DOCTYPE html><html>", Shape.HTML),
        ("<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'><html>", Shape.HTML),
        ("<script>document.cookie='a'</script>", Shape.HTML),
        ('{"version": "https://jsonfeed.org/version/1"}', Shape.JSON),
        ("<opml version='2.0'>", Shape.XML),
        ("Không có gì", Shape.TEXT),
        ("  ", Shape.EMPTY),
    ],
)
def test_the_form_of_a_document_is_seen_from_its_beginning(text: str, shape: Shape) -> None:
    assert shape_of(text) is shape


def test_a_pdf_is_binary() -> None:
    assert shape_of("%PDF-1.7", b"%PDF-1.7") is Shape.BINARY


ARTICLE = "<p>" + "Bài viết dài về đời sống của bà con miền núi. " * 60 + "</p>"


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        ("<title>Attention Required! | Cloudflare</title>Sorry, you have been blocked", Outcome.BLOCKED),
        ("<title>x</title><script>slowAES.decrypt()</script>", Outcome.CHALLENGE),
        ("<title>Sign in</title><input type='password'>", Outcome.LOGIN),
        (f"<title>Đăng nhập</title><input type='password'>{ARTICLE}", Outcome.LOGIN),
        ("<title>Lỗi 404</title>", Outcome.NOT_FOUND),
        ("<h1>Page not found</h1>", Outcome.NOT_FOUND),
        (f"<title>Thu hồi 404 sổ đỏ cấp sai</title>{ARTICLE}", None),
        (f"<title>Tin</title><form><input type=password> Đăng nhập</form>{ARTICLE}", None),
        (f"<title>Sông bị chặn dòng, dân kêu cứu</title>{ARTICLE}", None),
        (f"<title>Tin</title>{ARTICLE}<script>document.cookie='a=1';if(x)location.reload()</script>", None),
    ],
)
def test_a_refusing_page_is_told_from_an_article(page: str, outcome: Outcome | None) -> None:
    refusal = refusal_of(f"<html><body>{page}</body></html>")
    assert (refusal[0] if refusal else None) is outcome


@pytest.mark.parametrize("selector", [".a > h2 a[href*='x']", "li:nth-child(2)", "a, b", "li:has(em.fa-clock-o)"])
def test_a_good_selector_has_nothing_wrong(selector: str) -> None:
    assert check_selector(selector) is None


@pytest.mark.parametrize("selector", ["", "div >", "a[href=", "p::before", ":nosuch(a)", "x" * 501, "li:contains('a'"])
def test_a_bad_selector_is_explained_in_a_sentence(selector: str) -> None:
    sentence = check_selector(selector)
    assert sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("platform", list(Platform))
def test_every_selector_of_every_platform_is_accepted(platform: Platform) -> None:
    rules = PLATFORMS[platform]
    selectors = rules.selectors
    for name in selectors.__slots__:
        for selector in getattr(selectors, name):
            assert check_selector(selector) is None, selector
    for selector in rules.origin:
        assert check_selector(selector) is None, selector


DIGEST = {
    "url": "https://a.example.vn/1",
    "guid": "1",
    "title": "Tin",
    "summary": "S",
    "text": "Một hai",
    "date": "01/10/2025",
}


@pytest.mark.parametrize(
    "change",
    [
        {"url": "https://a.example.vn/1?utm_source=rss&utm_medium=feed"},
        {"url": "https://a.example.vn/1?fbclid=abc#dau-trang"},
        {"text": "Một\n  hai"},
        {"title": " Tin "},
    ],
)
def test_a_digest_ignores_white_space_and_tracking(change: dict[str, str]) -> None:
    assert digest_of(**{**DIGEST, **change}) == digest_of(**DIGEST)


@pytest.mark.parametrize(
    "change",
    [{"text": "Một ba"}, {"title": "Tin khác"}, {"url": "https://a.example.vn/1?id=2"}, {"date": "02/10/2025"}],
)
def test_a_digest_changes_with_what_a_reader_sees(change: dict[str, str]) -> None:
    assert digest_of(**{**DIGEST, **change}) != digest_of(**DIGEST)


def test_a_digest_has_32_hex_digits_and_forgets_relative_dates() -> None:
    now, later = (digest_of(**{**DIGEST, "date": text}) for text in ("5 phút trước", "20 phút trước"))
    assert now == later
    assert len(now) == 32
    assert int(now, 16) >= 0


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("phong.vien@bao.example.vn (Trần Văn Nam)", ("Trần Văn Nam",)),
        ("Trần Văn Nam <nam@bao.example.vn>", ("Trần Văn Nam",)),
        ("toasoan@bao.example.vn", ()),
        ("Tác giả: Lê Thị Hoa", ("Lê Thị Hoa",)),
        ("Thanh Quỳnh - Hải Đăng", ("Thanh Quỳnh", "Hải Đăng")),
        ("<b>Minh An</b>", ("Minh An",)),
        ("https://facebook.com/a", ()),
    ],
)
def test_author_fields_give_names(field: str, names: tuple[str, ...]) -> None:
    assert person_names((field,)) == names


@pytest.mark.parametrize(
    ("said", "size"),
    [("12345", 12345), ("1,5 MB", 1572864), ("(215.4 KB)", 220570), ("lớn", None), ("0", None), ("-5", None)],
)
def test_sizes_are_read_as_people_write_them(said: str, size: int | None) -> None:
    assert size_of(said) == size


def test_an_attachment_without_a_telling_name_is_named_by_its_file() -> None:
    url = "https://a.example.vn/tep/K%E1%BA%BF%20ho%E1%BA%A1ch.docx"
    attachment = attachment_of(url, FileClaim(url=url, name="Tải về"))
    assert attachment.name == "Kế hoạch.docx"
    assert attachment.media_type.endswith("wordprocessingml.document")


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("Đường về bản".encode(), "text/html; charset=iso-8859-1", "Đường về bản"),
        ("Đường về bản".encode("utf-16"), "", "Đường về bản"),
        ("<a>Đường</a>".encode("utf-16-be"), "text/xml; charset=utf-8", "<a>Đường</a>"),
        ("\ufeffĐường về bản".encode(), "", "Đường về bản"),
        ("Àâé".encode("windows-1252"), "", "Àâé"),
        ("Àâé".encode("windows-1252"), "text/html; charset=windows-1252", "Àâé"),
        ('<meta charset="koi8-r">Слово'.encode("koi8-r"), "", '<meta charset="koi8-r">Слово'),
        (b"a\x00b\x0bc", "text/html; charset=zip", "abc"),
    ],
)
def test_text_is_read_whatever_the_labels_say(body: bytes, content_type: str, text: str) -> None:
    assert decode(body, content_type) == text


def test_a_character_cut_in_two_costs_itself_only() -> None:
    before, after = "Tóm tắt bị c", "… rồi văn bản vẫn còn tiếp một đoạn nữa"
    assert decode(f"{before}ắ".encode()[:-1] + after.encode()) == before + after


@pytest.mark.parametrize(
    ("text", "authors", "origin"),
    [
        ("Đoạn cuối.\nTác giả: Hải Đăng\nNguồn tin: congly.vn", ("Hải Đăng",), "congly.vn"),
        ("Đoạn cuối.\nTheo Báo Nghệ An", (), "Báo Nghệ An"),
        ("Đoạn cuối.\n(Theo TTXVN)", (), "TTXVN"),
        ("Đoạn cuối.\n(Nguồn: Thông tấn Mẫu)", (), "Thông tấn Mẫu"),
        ("Theo ông Lê Hồng Vinh, việc này giúp dân đỡ đi lại.", (), ""),
        ("Tác giả: A B Nguồn tin: Báo Tuổi trẻ", ("A B",), "Báo Tuổi trẻ"),
    ],
)
def test_the_closing_lines_name_author_and_origin(text: str, authors: tuple[str, ...], origin: str) -> None:
    signature = read_signature(text)
    assert (signature.authors, signature.origin) == (authors, origin)


@pytest.mark.parametrize(
    ("generator", "platform", "bad"),
    [
        ("NukeViet v4.5", Platform.GENERIC, True),
        ("NukeViet v4.3", Platform.NUKEVIET, True),
        ("NukeViet v4.6", Platform.NUKEVIET, False),
        ("", Platform.NUKEVIET, True),
        ("WordPress 6.5", Platform.GENERIC, False),
    ],
)
def test_only_the_nukeviet_editions_with_the_fault_are_doubted(
    generator: str, platform: Platform, *, bad: bool
) -> None:
    assert marks_unreliable_minutes(platform, generator) is bad


def test_one_mark_alone_names_no_platform() -> None:
    assert guess_platform("<div class='article__body'>", "") is Platform.GENERIC
    assert guess_platform("<div class='article__body cms-body'>", "") is Platform.EPI


@pytest.mark.parametrize(
    ("said", "minutes"),
    [(("15",), 15), (("0",), None), (("x",), None), (("", "hourly", "2"), 30), (("99999999",), 10080)],
)
def test_a_feed_says_how_often_it_changes(said: tuple[str, ...], minutes: int | None) -> None:
    assert ttl_of(*said) == minutes


@pytest.mark.parametrize(
    "markup",
    [
        "<a href='/x'><img src='a.jpg'></a></br>Tóm tắt &amp; hơn",
        "Giá <b>tăng</b> 5% &lt; 6%",
        "A<br>B<p>C</p>",
        "x < y và <b>z</b>",
        "<script>a</script>b",
        "<table><tr><td>a</td><td>b</td></tr></table>",
    ],
)
def test_the_quick_way_to_plain_text_says_what_the_parser_says(markup: str) -> None:
    assert plain(markup) == " ".join(plain_text(markup).split())


def test_a_bad_date_costs_the_date_and_is_named() -> None:
    entry = build_entry(Claims(url="/1", title="Tin", published="ngày mai"), READING)
    assert entry.published is None
    assert [(problem.code, problem.field) for problem in entry.problems] == [("bad_date", "published")]


def test_an_entry_without_url_or_title_says_so() -> None:
    entry = build_entry(Claims(summary="Chỉ có tóm tắt"), READING)
    assert [problem.code for problem in entry.problems] == ["no_url", "no_title"]


def test_addresses_of_an_entry_resolve_against_its_own_base() -> None:
    claims = Claims(url="bai-1", base="https://b.example.vn/muc/", title="Tin")
    assert build_entry(claims, READING).url == "https://b.example.vn/muc/bai-1"
    assert build_entry(replace(claims, base=""), READING).url == "https://a.example.vn/bai-1"


@pytest.mark.parametrize(
    "markup",
    [
        "Một<br>hai<p>ba &lt;b&gt; &amp;amp; bốn</p><ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>",
        "<table><caption>T</caption><tr><th>1</th><td rowspan=2>2 &nbsp; x</td></tr><tr><td><p>3</p></td></tr></table>",
        "<table><tr><td><p>a</p></td><td><p>b</p><p>c</p></td></tr><tr><th></th><td><ul><li>d</ul></td></tr></table>",
        "<pre>a\n  b\n</pre><blockquote>c<cite>d</cite></blockquote><hr><h1>e</h1>",
        "<figure><img src=/a.jpg alt='x > y'><figcaption>f</figcaption></figure>",
        "<p>H<sub>2</sub>O, <a href='/x' title='1 > 0'>liên kết</a>, <b>đậm</b><em>nghiêng</em></p>",
    ],
)
def test_the_quick_text_of_a_body_is_the_parsers(markup: str) -> None:
    body, text = finish(markup, base_url="https://a.example.vn/")
    assert text == plain_text(body)


def test_the_cells_of_a_row_stand_on_one_line_though_they_hold_paragraphs() -> None:
    row = "<tr><td><p>12/3/2026</p></td><td><p>7h30</p></td><td><p>Nhà văn hóa</p></td></tr>"
    assert finish(f"<table>{row}{row}</table>", base_url="https://a.example.vn/")[1].split("\n") == [
        "12/3/2026 7h30 Nhà văn hóa",
        "12/3/2026 7h30 Nhà văn hóa",
    ]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Bà con hiến<br>1.200 m2 đất</p>", "Bà con hiến 1.200 m2 đất"),
        ("<p>Bà con hiến<br>đất</p>", "Bà con hiến đất"),
        ("<p>Các việc<br>1. Làm đường</p>", "Các việc\n1. Làm đường"),
        ("<p>Bà con hiến<br>Ủy ban nhận</p>", "Bà con hiến\nỦy ban nhận"),
        ("<div><p>Tin</p><div style='position:absolute;left:-9999px'><p>nhà cái</p></div></div>", "Tin"),
        ("<div><p>Tin</p><p><span style='display: none'>nhà cái</span></p></div>", "Tin"),
        ("<div><p>Tin</p><p>0:00 / 3:12 Nữ miền Bắc</p></div>", "Tin"),
    ],
)
def test_a_body_cut_out_by_rules_is_cleaned(markup: str, text: str) -> None:
    body = cut_body(html_tree(f"<html><body><div class='b'>{markup}</div></body></html>"), ".b", (), joins=True)
    assert finish(body, base_url="https://a.example.vn/")[1] == text


def test_a_video_in_a_body_cut_out_by_rules_becomes_a_link() -> None:
    page = "<div class='b'><p>Tin</p><iframe src='https://www.youtube.com/embed/abcdefghijk'></iframe></div>"
    body = cut_body(html_tree(page), ".b", (), joins=False)
    assert "watch?v=abcdefghijk" in finish(body, base_url="https://a.example.vn/")[0]
