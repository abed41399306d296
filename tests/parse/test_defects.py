"""Defects of feeds that cost no more than the place they stand in, and hostile declarations that are refused."""

from datetime import UTC, datetime

import pytest

from aggregator.model.entry import Entry, ParsedDocument
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.document import parse_document
from aggregator.parse.fastfeed import read_fast
from aggregator.parse.feed import read_slow
from aggregator.parse.feedtext import safe_text
from aggregator.parse.rhythm import skipped_days, skipped_hours

URL = "https://a.example.vn/rss"
ITEM = "<item><title>Tin {0}</title><link>https://a.example.vn/{0}</link></item>"


def rss(*items: str, head: str = "", doctype: str = "") -> str:
    channel = f"<channel><title>T</title>{head}{''.join(items)}</channel>"
    return f'<?xml version="1.0"?>{doctype}<rss version="2.0">{channel}</rss>'


def json_feed(item: str) -> str:
    sound = '{"id": "1", "url": "https://a.example.vn/1", "title": "Tin lành"}'
    return f'{{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{sound}, {item}]}}'


def read(text: str, kind: SourceKind = SourceKind.FEED, selectors: Selectors | None = None) -> ParsedDocument:
    return parse_document(
        text.encode(),
        url=URL,
        content_type="",
        kind=kind,
        platform=Platform.GENERIC,
        selectors=selectors or Selectors(),
        now=datetime(2025, 10, 2, tzinfo=UTC),
        timezone="Asia/Ho_Chi_Minh",
        max_entries=500,
    )


def titles(text: str) -> list[str]:
    return [entry.title for entry in read(text).entries]


@pytest.mark.parametrize(
    "subset",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">',
        "<!ENTITY a 'ha'><!ENTITY b '>&a;&a;'>",
        '<!ENTITY a "ha"><!ENTITY b "&#38;a;">',
        '<!ENTITY a "ha"><!ENTITY b "&#x26;a;">',
        '<!ENTITY a "&b;"><!ENTITY b "&a;">',
        '<!ENTITY % p "x"><!ENTITY a "%p;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        f'<!ENTITY a "{"x" * 300}">',
        "".join(f'<!ENTITY e{number} "x">' for number in range(100)),
    ],
)
def test_entities_that_name_others_read_files_or_are_too_many_are_refused(subset: str) -> None:
    with pytest.raises(ParseFailed) as caught:
        read(rss("<item><title>&b;</title></item>", doctype=f"<!DOCTYPE r [{subset}]>"))
    assert caught.value.outcome is Outcome.PARSE_FAILED
    assert "entities" in caught.value.detail


def test_an_entity_named_too_often_is_refused() -> None:
    doctype = f'<!DOCTYPE r [<!ENTITY a "{"x" * 150}">]>'
    assert titles(rss("<item><title>&a;</title></item>", doctype=doctype)) == ["x" * 150]
    with pytest.raises(ParseFailed, match="entities"):
        read(rss(f"<item><title>{'&a;' * 10_000}</title></item>", doctype=doctype))


@pytest.mark.parametrize(
    "subset",
    ['<!ENTITY nbsp "&#160;">', '<!ENTITY lt "&#38;#60;"><!ENTITY amp "&#38;#38;">', '<!ENTITY toa "Tòa &amp; soạn">'],
)
def test_entities_that_name_characters_are_honest(subset: str) -> None:
    assert safe_text(rss(doctype=f"<!DOCTYPE r [{subset}]>"))


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ("&#xD800;", "Có nửa chữ"),
        ("&#55296;", "Có nửa chữ"),
        ("&#xDFFF;&#xD800;", "Có nửa chữ"),
        ("&#x110000;", "Có nửa chữ"),
        (f"&#{'9' * 5000};", "Có nửa chữ"),
        ("&#xD83D;&#xDE00;", "Có 😀 nửa chữ"),
        ("&#7863;&#xD800;", "Có ặ nửa chữ"),
    ],
)
def test_a_reference_to_no_character_costs_itself(reference: str, shown: str) -> None:
    broken = f"<item><title>Có {reference} nửa chữ</title><link>https://a.example.vn/x</link></item>"
    assert titles(rss(ITEM.format(1), broken, ITEM.format(2))) == ["Tin 1", shown, "Tin 2"]


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ('{"id": "2", "url": "https://a.example.vn/2", "title": "nửa \\ud800 chữ"}', "nửa chữ"),
        ('{"id": "2", "url": "https://a.example.vn/2", "title": "mặt \\ud83d\\ude00"}', "mặt 😀"),
        ('{"id": "2", "url": "https://a.example.vn/2", "title": "Số mũ", "size": 1e999}', "Số mũ"),
        ('{"id": "2", "url": "https://a.example.vn/2", "title": "Không số", "size": NaN}', "Không số"),
        ('{"id": "2", "url": "https://a.example.vn/2", "title": "Hai\ndòng"}', "Hai dòng"),
        (f'{{"id": "2", "url": "https://a.example.vn/2", "title": "Dài", "size": {"9" * 5000}}}', "Dài"),
    ],
)
def test_a_defect_in_one_item_of_a_json_feed_costs_no_more_than_itself(item: str, title: str) -> None:
    document = read(json_feed(item), SourceKind.JSONFEED)
    assert [entry.title for entry in document.entries] == ["Tin lành", title]


@pytest.mark.parametrize("nested", ["[" * 100_000, "[" * 100_000 + "]" * 100_000, '{"a":' * 50_000])
def test_endless_nesting_of_json_is_a_failure(nested: str) -> None:
    with pytest.raises(ParseFailed) as caught:
        read(json_feed(nested), SourceKind.JSONFEED)
    assert caught.value.outcome is Outcome.PARSE_FAILED


SKIPS = "<skipHours><hour>0</hour><hour> 23 </hour><hour>x</hour></skipHours><skipDays><day>Sunday</day></skipDays>"


def test_skipped_hours_and_days_are_read_by_both_readers() -> None:
    text = rss(ITEM.format(1), head=SKIPS)
    fast, slow = read_fast(text.encode()), read_slow(text, url=URL)
    assert fast is not None
    assert (fast.skip_hours, fast.skip_days) == ((0, 23), (6,))
    assert (slow.skip_hours, slow.skip_days) == ((0, 23), (6,))
    document = read(text)
    assert (document.skip_hours, document.skip_days) == ((0, 23), (6,))


def test_what_an_entry_says_of_skipping_is_no_wish_of_the_channel() -> None:
    said = f"<item><title>Tin</title><description><![CDATA[{SKIPS}]]></description></item>"
    claims = read_slow(rss(said), url=URL)
    assert (claims.skip_hours, claims.skip_days) == ((), ())


@pytest.mark.parametrize(
    ("said", "hours"),
    [
        (["1", "1", "02"], (1, 2)),
        (["24"], (0,)),
        (["25", "-1", "", "hai", "99999999999"], ()),
        ([str(hour) for hour in range(24)], ()),
        ([str(hour) for hour in range(1, 24)], tuple(range(1, 24))),
    ],
)
def test_skipped_hours_are_hours_and_never_all(said: list[str], hours: tuple[int, ...]) -> None:
    assert skipped_hours(said) == hours


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ([" saturday ", "SUNDAY"], (5, 6)),
        (["Thứ hai", "Mon", ""], ()),
        (["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"], ()),
    ],
)
def test_skipped_days_are_days_and_never_all(said: list[str], days: tuple[int, ...]) -> None:
    assert skipped_days(said) == days


def only_entry(text: str) -> Entry:
    (entry,) = read(text).entries
    return entry


def test_two_stray_control_characters_leave_a_feed_readable() -> None:
    item = "<item><title>Lịch\u0085 tiếp\u0090 xúc cử tri</title><link>https://a.example.vn/1</link></item>"
    assert only_entry(rss(item)).title == "Lịch tiếp xúc cử tri"


SIDEBAR = "".join(
    f"<li><h3><a href='/tin-tuc/ba-con-lang-nghe-vao-vu-moi-{n}.html'>Bà con làng nghề vào vụ mới đợt {n}</a></h3></li>"
    for n in range(12)
)
WORDS = "<p>" + "Cổng thông tin của bà con trong xã, chào mừng quý vị. " * 40 + "</p>"
LOGIN_BOX = "<form><h1>Đăng nhập</h1><input type='password'></form>"


def list_page(title: str, heading: str = "") -> str:
    return f"<html><head><title>{title}</title></head><body>{heading}{WORDS}<ul>{SIDEBAR}</ul></body></html>"


@pytest.mark.parametrize(
    ("page", "outcome"),
    [
        (list_page("Không tìm thấy trang - Cổng xã"), Outcome.NOT_FOUND),
        (list_page("Cổng xã", "<h1><a href='/'>Cổng xã</a></h1><h1>404 - Trang không tồn tại</h1>"), Outcome.NOT_FOUND),
        (list_page("Cổng xã", "<form id='aspnetForm'><h1>Không tìm thấy trang</h1></form>"), Outcome.NOT_FOUND),
        (list_page("Đăng nhập", "<form><input type='password'></form>"), Outcome.LOGIN),
        (list_page("Just a moment..."), Outcome.CHALLENGE),
    ],
)
def test_links_beside_a_refusal_are_no_list(page: str, outcome: Outcome) -> None:
    with pytest.raises(ParseFailed) as failure:
        read(page, SourceKind.LISTING)
    assert failure.value.outcome is outcome


@pytest.mark.parametrize(
    "page",
    [
        list_page("Tin tức - Sự kiện", LOGIN_BOX),
        list_page("Thông báo tìm chủ nhân xe máy không tìm thấy giấy tờ"),
        list_page("Tin tức", "<h1><a href='/canh-bao.html'>Cảnh báo trang web không tồn tại</a></h1>"),
        list_page("Tin tức", "<h1>Tin tức</h1><h1>Cảnh báo trang web không tồn tại</h1>"),
        list_page("Tin tức", "<noscript><h1>Không tìm thấy trang</h1></noscript>"),
    ],
    ids=["login-box", "far-fetched-title", "lead-story", "two-headings", "unseen"],
)
def test_a_list_is_read_whatever_stands_in_its_header(page: str) -> None:
    assert len(read(page, SourceKind.LISTING).entries) >= 12


def test_what_the_sources_own_selectors_find_is_its_list_under_any_title() -> None:
    page = list_page("Không tìm thấy trang")
    assert len(read(page, SourceKind.LISTING, Selectors(item=("li",))).entries) == 12
