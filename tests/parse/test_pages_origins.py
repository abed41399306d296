"""Every value that an article page gives remembers where it was read."""

from datetime import UTC, datetime

import pytest

from aggregator.model.entry import DateOrigin, Entry, FieldOrigin
from aggregator.model.source import Platform, Selectors
from aggregator.parse.metadata import read_metadata
from aggregator.parse.page import parse_page
from aggregator.parse.tree import html_tree

WORDS = "Bà con trong xã cùng nhau làm đường mới, mỗi nhà góp một ngày công trong tuần này. " * 5
BODY = f"<div class='noi-dung'><p>{WORDS}</p><p>{WORDS} Hết.</p></div>"
LD = """<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Làm đường &amp; cầu mới",
"description": "Tóm tắt", "author": {"name": "Lê Hoa"}, "image": "/a.jpg", "datePublished": "%s"}</script>"""


def read(head: str, body: str = BODY, selectors: Selectors | None = None) -> Entry:
    return parse_page(
        f"<html><head>{head}</head><body>{body}</body></html>".encode(),
        url="https://xa.example.vn/tin/lam-duong.html",
        content_type="",
        platform=Platform.GENERIC,
        selectors=selectors or Selectors(),
        now=datetime(2026, 3, 2, tzinfo=UTC),
        timezone="Asia/Ho_Chi_Minh",
    )


def test_values_of_json_ld_are_unescaped_and_say_so() -> None:
    entry = read(LD % "2026-03-01T08:00:00+07:00")
    assert entry.title == "Làm đường & cầu mới"
    origins = dict(entry.origins)
    assert {origins[name] for name in ("title", "summary", "authors", "images")} == {FieldOrigin.JSON_LD}
    assert origins["body"] is FieldOrigin.EXTRACTOR
    assert entry.published is not None
    assert entry.published.origin is DateOrigin.JSON_LD


def test_values_of_meta_elements_and_headings_say_so() -> None:
    head = "<meta property='og:description' content='Tóm &amp; tắt'><link rel='canonical' href='/tin/lam-duong.html'>"
    entry = read(head, f"<h1>Làm đường mới</h1>{BODY}")
    assert (entry.title, entry.summary) == ("Làm đường mới", "Tóm & tắt")
    assert dict(entry.origins) == {
        "title": FieldOrigin.HEADING,
        "summary": FieldOrigin.META,
        "body": FieldOrigin.EXTRACTOR,
        "canonical_url": FieldOrigin.META,
    }


def test_values_of_microdata_say_so() -> None:
    byline = "<span itemprop='author' itemscope><b itemprop='name'>Lê Hoa</b></span>"
    entry = read("<title>Làm đường mới</title>", f"{byline}{BODY}")
    assert entry.authors == ("Lê Hoa",)
    assert dict(entry.origins)["authors"] is FieldOrigin.MICRODATA


def test_a_signature_is_words_of_the_article() -> None:
    entry = read("<title>Làm đường mới</title>", f"<div>{BODY}<p>Tác giả: Lê Hoa</p><p>Nguồn tin: Báo mẫu</p></div>")
    origins = dict(entry.origins)
    assert (entry.authors, entry.origin_name) == (("Lê Hoa",), "Báo mẫu")
    assert (origins["authors"], origins["origin_name"]) == (FieldOrigin.TEXT, FieldOrigin.TEXT)


@pytest.mark.parametrize(
    ("claimed", "last", "authors"),
    [
        ("Báo Mẫu", "Lê Phương", ("Lê Phương",)),
        ("Báo Mẫu", "Hải Đăng - Nguyễn Minh An", ("Hải Đăng", "Nguyễn Minh An")),
        ("Báo Mẫu", "Xã Mường Xén", ("Báo Mẫu",)),
        ("Báo Mẫu", "Lê Phương cho biết", ("Báo Mẫu",)),
        ("Trần Văn Nam", "Lê Phương", ("Trần Văn Nam",)),
        ("", "Lê Phương", ("Lê Phương",)),
    ],
)
def test_the_name_that_closes_an_article_comes_before_the_sites_own(
    claimed: str, last: str, authors: tuple[str, ...]
) -> None:
    head = f"<meta property='og:site_name' content='Báo Mẫu'><meta name='author' content='{claimed}'>"
    assert (
        read(head, f"<h1>Làm đường mới</h1><div><p>{WORDS}</p><p>{WORDS}</p><p><b>{last}</b></p></div>").authors
        == authors
    )


def test_what_a_sources_own_selector_finds_says_so() -> None:
    own = Selectors(page_title=(".t",), page_body=(".noi-dung",), page_summary=(".s",), page_author=(".a",))
    body = f"<p class='t'>Làm đường mới</p><p class='s'>Tóm tắt</p><p class='a'>Lê Hoa</p>{BODY}"
    origins = dict(read("", body, own).origins)
    assert {origins[name] for name in ("title", "summary", "authors", "body")} == {FieldOrigin.SOURCE_RULE}


def test_what_a_platforms_rule_finds_says_so() -> None:
    body = f"<h1 class='article__title'>Làm đường</h1><div class='article__body cms-body zce-content-body'>{BODY}</div>"
    entry = parse_page(
        f"<html><body>{body}</body></html>".encode(),
        url="https://xa.example.vn/tin/lam-duong.html",
        content_type="",
        platform=Platform.EPI,
        selectors=Selectors(page_title=(".khong-co",)),
        now=datetime(2026, 3, 2, tzinfo=UTC),
        timezone="Asia/Ho_Chi_Minh",
    )
    origins = dict(entry.origins)
    assert (origins["title"], origins["body"]) == (FieldOrigin.PLATFORM_RULE, FieldOrigin.PLATFORM_RULE)


def test_fields_without_a_value_have_no_origin() -> None:
    assert "authors" not in dict(read("<title>Làm đường mới</title>").origins)


@pytest.mark.parametrize(
    ("ld", "meta", "first"),
    [
        ("2026-03-01T08:00:18+07:00", "2026-03-01T08:00+0700", "2026-03-01T08:00+0700"),
        ("2026-03-01T08:00:18.751+0700", "2026-03-01T08:00:00+07:00", "2026-03-01T08:00:00+07:00"),
        ("2026-03-01T08:00:18+07:00", "2026-03-01T08:00:18+07:00", "2026-03-01T08:00:18+07:00"),
        ("2026-03-01T08:00:18+07:00", "2026-03-01T08:05:00+07:00", "2026-03-01T08:00:18+07:00"),
        ("2026-03-01T08:00:18+07:00", "2026-03-01T08:00:00Z", "2026-03-01T08:00:18+07:00"),
        ("2026-03-01T08:00:18+07:00", "2026-03-01T08:00", "2026-03-01T08:00:18+07:00"),
    ],
)
def test_the_minute_that_is_shown_comes_before_a_programs_seconds(ld: str, meta: str, first: str) -> None:
    head = f"{LD % ld}<meta property='article:published_time' content='{meta}'>"
    claims = read_metadata(html_tree(f"<html><head>{head}</head><body></body></html>"))
    assert claims.published[0][0] == first
    assert len(claims.published) == 2
