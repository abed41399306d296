from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.article import Article, Visibility
from aggregator.model.entry import Attachment, DateOrigin, Entry, FoundDate, Image, Precision
from aggregator.model.source import ArticleKind, Section, Source, SourceSection
from aggregator.normalise.article import Skipped, edit_article, merge_page, to_article
from aggregator.normalise.identity import guid_key, identity_keys
from tests.core.builders import NOW, article, entry, source

SECTIONS = (
    Section(slug="tin-dia-phuong", label="Tin địa phương", kind=ArticleKind.NEWS, position=0),
    Section(slug="thoi-su", label="Thời sự", kind=ArticleKind.NEWS, position=1),
    Section(slug="chi-dao", label="Văn bản chỉ đạo", kind=ArticleKind.DOCUMENT, position=2),
)
HOME = SourceSection(url="https://bao.example.vn/rss/home.rss", section="tin-dia-phuong")
CURRENT = SourceSection(url="https://bao.example.vn/rss/thoi-su", section="thoi-su", place="tam-hop")
ORDERS = SourceSection(url="https://bao.example.vn/van-ban", section="chi-dao")
PAPER = source(sections=(HOME, CURRENT, ORDERS))
LATER = NOW + timedelta(hours=2)
BODY = "<p>Sáng 20/11, cây cầu nối hai bờ suối được khánh thành.</p><p>Bà con hai bản đi lại thuận tiện.</p>"
TEXT = "Sáng 20/11, cây cầu nối hai bờ suối được khánh thành.\nBà con hai bản đi lại thuận tiện."
PDF = Attachment(url="https://bao.example.vn/tep/12.pdf", name="Kế hoạch.pdf")


def attempt(claim: Entry, *, section: SourceSection = CURRENT, by: Source = PAPER) -> Article | Skipped:
    return to_article(
        claim, by, section, SECTIONS,
        now=NOW, max_age=timedelta(days=548), article_id="a1",
        keys=identity_keys(claim, by), guid=guid_key(claim, by), fence=7,
    )  # fmt: skip


def made(claim: Entry, *, section: SourceSection = CURRENT, by: Source = PAPER) -> Article:
    result = attempt(claim, section=section, by=by)
    assert isinstance(result, Article)
    return result


def edited(known: Article, claim: Entry, *, section: SourceSection = CURRENT, now: datetime = LATER) -> Article | None:
    return edit_article(known, claim, PAPER, section, SECTIONS, now=now, fence=8)


def found(at: datetime, origin: DateOrigin = DateOrigin.FEED, precision: Precision = Precision.SECOND) -> FoundDate:
    return FoundDate(at=at, origin=origin, precision=precision)


# First sight


def test_an_entry_becomes_a_live_article() -> None:
    result = made(entry(body=BODY, text=TEXT))
    assert result.visibility is Visibility.LIVE
    assert result.url == "https://bao.example.vn/tin-1.html"
    assert (result.published_at, result.sort_at, result.first_seen_at) == (NOW, NOW, NOW)
    assert (result.sections, result.places, result.fence) == (("thoi-su",), ("tam-hop",), 7)
    assert (result.text, result.problems, result.updated_at) == (TEXT, (), None)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"url": " "}, "no_url"),
        ({"url": "javascript:alert(1)"}, "refused_url"),
        ({"url": "https://user:pw@bao.example.vn/x"}, "refused_url"),
        ({"title": "\u200b &#32; "}, "no_title"),
        ({"published": found(NOW - timedelta(days=549))}, "too_old"),
    ],
)
def test_what_becomes_no_article_says_why(fields: dict[str, Any], reason: str) -> None:
    assert attempt(entry(**fields)) == Skipped(reason=reason)


def test_a_title_escaped_twice_is_decoded() -> None:
    assert made(entry(title="Họp lúc 8&#x3A;30  &amp; phát động\u200b")).title == "Họp lúc 8:30 & phát động"


def test_an_unknown_date_stands_at_first_sight_and_is_named() -> None:
    result = made(entry(published=None))
    assert (result.published_at, result.published_origin, result.sort_at) == (None, DateOrigin.FIRST_SEEN, NOW)
    assert [problem.code for problem in result.problems] == ["no_date"]


@pytest.mark.parametrize(
    "at", [NOW + timedelta(hours=2), datetime(1999, 5, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)]
)
def test_a_date_that_cannot_be_is_dropped_and_named(at: datetime) -> None:
    result = made(entry(published=found(at)))
    assert (result.published_at, result.sort_at) == (None, NOW)
    assert [problem.code for problem in result.problems] == ["date_suspect"]


@given(st.timedeltas(timedelta(days=-50_000), timedelta(days=50_000)))
def test_no_article_stands_in_the_future(ahead: timedelta) -> None:
    result = attempt(entry(published=found(NOW + ahead)))
    assert isinstance(result, Skipped) or result.sort_at <= NOW


def test_long_fields_are_bounded() -> None:
    result = made(entry(title="chữ " * 400, summary="chữ " * 900, text="chữ " * 90_000))
    assert (len(result.title) <= 500, len(result.summary) <= 1000, len(result.text) <= 200_000) == (True, True, True)
    assert [problem.code for problem in result.problems] == ["text_cut"]


def test_a_summary_is_plain_and_made_of_the_text_where_there_is_none() -> None:
    assert made(entry(summary="<p>Cầu &amp; đường</p><script>x</script>")).summary == "Cầu & đường"
    assert made(entry(summary="", text=TEXT)).summary == TEXT.replace("\n", " ")


def test_the_page_s_own_address_is_taken_only_as_another_spelling() -> None:
    own = "https://www.bao.example.vn/tin-1.html"
    assert made(entry(canonical_url=own)).url == own
    for other in (
        "https://bao.example.vn/",
        "https://evil.example/tin-1.html",
        "https://bao.example.vn/savefile/tin-1.html",
    ):
        assert made(entry(canonical_url=other)).url == "https://bao.example.vn/tin-1.html"


def test_pictures_are_absolute_and_lasting() -> None:
    claim = entry(
        images=(
            Image(url="data:image/png;base64,xx"),
            Image(url="https://cdn.example.vn/a.jpg?md5=x&expires=1"),
            Image(url="//cdn.example.vn/b.jpg", caption="Cầu\nmới"),
        )
    )
    result = made(claim)
    assert result.images == (Image(url="https://cdn.example.vn/b.jpg", caption="Cầu mới"),)
    assert [problem.code for problem in result.problems] == ["image_expires"]


def test_the_picture_of_the_body_serves_where_the_entry_names_none() -> None:
    body = '<p>a</p><p><img src="https://cdn.example.vn/a.jpg?x=1&amp;y=2" alt="Cầu &amp; suối"></p>'
    assert made(entry(body=body)).images == (Image(url="https://cdn.example.vn/a.jpg?x=1&y=2", caption="Cầu & suối"),)


@pytest.mark.parametrize(
    ("section", "title", "attachments", "kind"),
    [
        (CURRENT, "Khánh thành cầu", (), ArticleKind.NEWS),
        (ORDERS, "Hội nghị bàn giao", (), ArticleKind.DOCUMENT),
        (CURRENT, "Kế hoạch số 12/KH-MTTQ về phát động", (PDF,), ArticleKind.DOCUMENT),
        (CURRENT, "Quyết định 12/2025/QĐ-UBND về đơn giá", (PDF,), ArticleKind.DOCUMENT),
        (CURRENT, "Quyết định 12/2025/QĐ-UBND có gì mới?", (), ArticleKind.NEWS),
        (CURRENT, "Thông báo lịch cắt điện", (), ArticleKind.NOTICE),
        (CURRENT, "Thông báo kết luận của Thường trực", (), ArticleKind.NEWS),
        (CURRENT, "Lịch tiếp xúc cử tri trước kỳ họp", (), ArticleKind.EVENT),
        (CURRENT, "Cử tri thông báo về con đường hỏng", (), ArticleKind.NEWS),
    ],
)
def test_the_kind_comes_from_the_section_and_modestly_from_the_title(
    section: SourceSection, title: str, attachments: tuple[Attachment, ...], kind: ArticleKind
) -> None:
    assert made(entry(title=title, attachments=attachments), section=section).kind is kind


# Edits


def test_the_same_claim_changes_nothing() -> None:
    claim = entry(body=BODY, text=TEXT)
    assert edited(made(claim), claim) is None


def test_a_new_title_leaves_the_old_one_as_a_version_and_keeps_the_place() -> None:
    known = replace(made(entry(digest="1" * 32)), story_id="s1", visibility=Visibility.HIDDEN)
    after = edited(known, entry(title="Khánh thành hai cây cầu", digest="2" * 32))
    assert after is not None
    assert (after.title, after.digest, after.fence, after.updated_at) == ("Khánh thành hai cây cầu", "2" * 32, 8, LATER)
    (version,) = after.versions
    assert (version.title, version.digest, version.changed) == (known.title, "1" * 32, ("title",))
    same = ("id", "first_seen_at", "sort_at", "story_id", "visibility", "url", "keys", "published_at")
    assert [getattr(after, name) for name in same] == [getattr(known, name) for name in same]


@pytest.mark.parametrize(
    "fields",
    [
        {"body": BODY.replace("<p>", "<p>\n  "), "text": TEXT.replace(" ", "  ")},
        {"body": BODY.replace("p>", "blockquote>"), "text": TEXT},
        {"body": BODY + '<p><img src="https://cdn.example.vn/a.jpg?t=1"></p>', "text": TEXT},
        {"body": "", "text": ""},
        {"body": "<p>Sáng 20/11, cây cầu…</p>", "text": "Sáng 20/11, cây cầu…"},
        {"body": "<p>Cây cầu nối hai bờ suối.</p>", "text": "Cây cầu nối hai bờ suối."},
        {"body": BODY, "text": TEXT, "title": "Khánh thành cầu dân sinh..."},
        {"body": BODY, "text": TEXT, "summary": ""},
    ],
    ids=["white space", "markup", "picture token", "no body", "cut body", "summary as body", "cut title", "no summary"],
)
def test_what_no_reader_sees_leaves_only_a_digest(fields: dict[str, Any]) -> None:
    known = made(entry(body=BODY, text=TEXT))
    after = edited(known, entry(digest="2" * 32, **fields))
    assert after is not None
    assert (after.versions, after.updated_at, after.digest) == ((), None, "2" * 32)
    assert (after.title, after.summary, after.text.split()) == (known.title, known.summary, TEXT.split())
    assert after.body


def test_tracking_tokens_in_an_address_spelt_out_are_no_edit() -> None:
    known = made(entry(body="<p>x</p>", text="Xem https://x.example.vn/a?utm_source=1"))
    after = edited(known, entry(body="<p>x</p>", text="Xem https://x.example.vn/a?utm_source=2", digest="2" * 32))
    assert after is not None
    assert after.versions == ()


def test_new_files_and_a_corrected_body_are_edits() -> None:
    known = made(entry(body=BODY, text=TEXT))
    after = edited(known, entry(body=BODY + "<p>Đính chính.</p>", text=TEXT + "\nĐính chính.", attachments=(PDF,)))
    assert after is not None
    assert after.versions[0].changed == ("body", "attachments")
    assert "Đính chính" in after.body


def test_a_summary_made_of_the_text_follows_it() -> None:
    known = made(entry(summary="", body=BODY, text=TEXT))
    after = edited(known, entry(summary="", body="<p>Chiều 20/11.</p>", text="Chiều 20/11." * 9))
    assert after is not None
    assert after.summary.startswith("Chiều")


def test_the_source_s_own_time_of_the_edit_counts_when_it_can_be_true() -> None:
    known = made(entry())
    told = edited(known, entry(title="Khác hẳn", updated=found(NOW + timedelta(hours=1))))
    future = edited(known, entry(title="Khác hẳn", updated=found(NOW + timedelta(days=9))))
    assert told is not None
    assert future is not None
    assert (told.updated_at, future.updated_at) == (NOW + timedelta(hours=1), LATER)


def test_a_date_is_only_replaced_by_a_better_one() -> None:
    day = NOW.replace(hour=0)
    listed = made(entry(published=found(day, DateOrigin.LISTING, Precision.DAY)))
    exact = edited(listed, entry(published=found(NOW, DateOrigin.JSON_LD)))
    assert exact is not None
    assert (exact.published_at, exact.published_origin, exact.sort_at) == (NOW, DateOrigin.JSON_LD, day)
    assert edited(exact, entry(published=None)) is None
    for worse in (None, found(day, DateOrigin.FEED), found(day, DateOrigin.META, Precision.DAY)):
        after = edited(exact, entry(published=worse, digest="3" * 32))
        assert after is not None
        assert after.published_at == NOW


def test_relative_dates_of_a_list_do_not_drift() -> None:
    known = made(entry(published=found(NOW, DateOrigin.LISTING, Precision.MINUTE)))
    later = found(NOW + timedelta(minutes=40), DateOrigin.LISTING, Precision.MINUTE)
    assert edited(known, entry(published=later)) is None


def test_the_specific_section_comes_before_the_home_page() -> None:
    known = made(entry(), section=HOME)
    after = edited(known, entry(), section=CURRENT)
    assert after is not None
    assert (after.sections, after.places) == (("thoi-su", "tin-dia-phuong"), ("tam-hop",))
    assert edited(after, entry(), section=HOME) is None


def test_the_address_stays_and_new_keys_are_added() -> None:
    known = made(entry(guid="news_171"))
    moved = edited(known, entry(guid="news_171", url="https://bao.example.vn/muc/tin-1.html"))
    assert moved is not None
    assert moved.url == known.url
    assert moved.keys[: len(known.keys)] == known.keys
    assert len(moved.keys) == len(known.keys) + 1


def test_at_most_twenty_versions_are_kept() -> None:
    current = made(entry())
    for number in range(25):
        after = edited(current, entry(title=f"Tiêu đề thứ {number}"), now=LATER + timedelta(minutes=number))
        assert after is not None
        current = after
    assert len(current.versions) == 20
    assert current.versions[-1].title == "Tiêu đề thứ 23"


def test_an_article_of_the_store_without_a_body_takes_one() -> None:
    after = edited(article(), entry(body=BODY, text=TEXT))
    assert after is not None
    assert (after.body, after.text) == (BODY, TEXT)


# The page of an entry


def test_the_page_adds_what_the_list_lacks_and_the_list_s_claim_stays() -> None:
    listed = entry(summary="Cây cầu…", guid="news_171", digest="1" * 32)
    page = entry(
        url="https://bao.example.vn/x", title="Tiêu đề đủ", summary="Cây cầu nối hai bờ.", body=BODY, text=TEXT,
        authors=("A",), origin_name="Báo khác", attachments=(PDF,), digest="2" * 32, canonical_url="https://x.vn/",
    )  # fmt: skip
    merged = merge_page(listed, page)
    assert (merged.url, merged.guid, merged.digest) == (listed.url, "news_171", "1" * 32)
    assert (merged.title, merged.summary, merged.body, merged.text) == ("Tiêu đề đủ", "Cây cầu nối hai bờ.", BODY, TEXT)
    assert (merged.authors, merged.origin_name, merged.attachments) == (("A",), "Báo khác", (PDF,))


def test_a_silent_page_leaves_the_list_s_words() -> None:
    listed = entry(body=BODY, text=TEXT, images=(Image(url="https://x.vn/a.jpg"),))
    assert merge_page(listed, Entry(url="https://x.vn/", title=" ")) == listed


def test_a_page_that_was_not_understood_does_not_replace_a_whole_body() -> None:
    listed = entry(body=BODY * 9, text=TEXT * 9)
    assert merge_page(listed, entry(body="<p>Bình luận</p>", text="Bình luận")).text == TEXT * 9


@pytest.mark.parametrize(
    ("listed", "paged", "winner"),
    [
        (found(NOW), found(NOW + timedelta(minutes=23), DateOrigin.TEXT, Precision.MINUTE), "page"),
        (found(NOW), found(NOW - timedelta(hours=3), DateOrigin.META, Precision.DAY), "list"),
        (found(NOW), found(NOW - timedelta(days=3), DateOrigin.JSON_LD), "page"),
        (found(NOW), found(NOW - timedelta(days=3), DateOrigin.TEXT), "list"),
        (found(NOW, DateOrigin.LISTING, Precision.DAY), found(NOW, DateOrigin.TEXT, Precision.MINUTE), "page"),
        (None, found(NOW), "page"),
        (found(NOW), None, "list"),
    ],
)
def test_which_date_wins(listed: FoundDate | None, paged: FoundDate | None, winner: str) -> None:
    merged = merge_page(entry(published=listed), entry(published=paged))
    assert merged.published == (paged if winner == "page" else listed)
