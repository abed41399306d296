"""Bytes become text by the encoding that makes them readable, or are refused."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aggregator.model.entry import Entry, ParsedDocument
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.charset import decode
from aggregator.parse.document import parse_document
from aggregator.parse.page import parse_page
from aggregator.parse.probe import inspect
from aggregator.text.legacy import bytes_of
from tests.core.vietnamese import SENTENCES, WRITTEN, encoded_twice, without_tone_capitals

NOW = datetime(2025, 10, 2, 3, tzinfo=UTC)
URL = "https://a.example.vn/rss"
_LOST = "Thá»? vá»? Ä‘iá»?u nÃ y"
_LABELS = ("", "text/html", "text/html; charset=utf-8", "text/html; charset=windows-1252", "text/html; charset=gb2312")


def _page(text: str, head: str = "") -> str:
    return f"<html><head>{head}<title>{text}</title></head><body><p class='tin'>{text}</p></body></html>"


def _bytes(latin: str) -> bytes:
    body = bytes_of(latin)
    assert body is not None
    return body


def _feed(*titles: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://a.example.vn/{number}</link></item>"
        for number, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>Tin</title>{items}</channel></rss>'.encode()


def _read(body: bytes, content_type: str = "text/xml; charset=utf-8") -> ParsedDocument:
    return parse_document(
        body,
        url=URL,
        content_type=content_type,
        kind=SourceKind.FEED,
        platform=Platform.GENERIC,
        selectors=Selectors(),
        now=NOW,
        timezone="Asia/Ho_Chi_Minh",
        max_entries=500,
    )


def _read_page(body: bytes, content_type: str = "text/html") -> Entry:
    return parse_page(
        body,
        url="https://a.example.vn/bai.html",
        content_type=content_type,
        platform=Platform.GENERIC,
        selectors=Selectors(),
        now=NOW,
        timezone="Asia/Ho_Chi_Minh",
    )


@pytest.mark.parametrize("content_type", _LABELS)
@pytest.mark.parametrize("name", WRITTEN)
@pytest.mark.parametrize("text", SENTENCES)
def test_an_old_page_is_read_whatever_its_label_says(name: str, text: str, content_type: str) -> None:
    body = _bytes(_page(WRITTEN[name](text)))
    assert decode(body, content_type) == _page(without_tone_capitals(text) if name == "tcvn3" else text)


@pytest.mark.parametrize("label", ["TCVN-5712", "x-viet-vni", "VISCII", "windows-1258"])
def test_a_declared_old_encoding_is_believed_for_a_single_word(label: str) -> None:
    name = {"TCVN-5712": "tcvn3", "x-viet-vni": "vni", "VISCII": "viscii", "windows-1258": "cp1258"}[label]
    assert decode(_bytes(WRITTEN[name]("<p>Báo điện tử</p>")), f"text/html; charset={label}") == "<p>Báo điện tử</p>"


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-8-sig", "utf-16"])
def test_wide_text_is_read_with_and_without_its_mark(name: str) -> None:
    page = _page(SENTENCES[0])
    assert decode(page.encode(name), "text/html; charset=utf-8") == page


@pytest.mark.parametrize("times", [1, 2])
def test_a_page_encoded_twice_or_thrice_is_read(times: int) -> None:
    spoilt = SENTENCES[2]
    for _ in range(times):
        spoilt = encoded_twice(spoilt)
    assert decode(_page(spoilt).encode()) == _page(SENTENCES[2])


def test_a_few_broken_bytes_outweigh_a_wrong_label() -> None:
    body = _page(SENTENCES[2]).encode().replace("ế".encode(), "ế".encode()[:2], 1)
    assert decode(body, "text/html; charset=iso-8859-1") == _page(SENTENCES[2]).replace("ế", "", 1)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<p>À l’été, le café était déjà fermé à côté du théâtre</p>", "windows-1252"),
        ("<p>Müller grüßt die Größe der Straße über die Brücke</p>", "iso-8859-1"),
        ("<p>O São João é só à noite, não há ninguém lá na praça</p>", "iso-8859-1"),
        ("<p>Příliš žluťoučký kůň úpěl ďábelské ódy</p>", "windows-1250"),
        ("<p>Съешь же ещё этих мягких французских булок</p>", "windows-1251"),
        ("<p>Съешь же ещё этих мягких французских булок</p>", "koi8-r"),
        ("<p>今日は天気がいいから散歩しましょう</p>", "shift_jis"),
        ("<p>今日は天気がいいから散歩しましょう</p>", "euc-jp"),
        ("<p>人人生而自由,在尊严和权利上一律平等</p>", "gb2312"),
        ("<p>สวัสดีชาวโลก ยินดีต้อนรับ</p>", "tis-620"),
    ],
)
def test_other_languages_in_their_declared_encoding_are_unharmed(text: str, name: str) -> None:
    assert decode(text.encode(name), f"text/html; charset={name}") == text


def test_western_text_without_a_label_is_read_as_browsers_do() -> None:
    text = "<p>À l’été, le café était déjà fermé à côté du théâtre</p>"
    assert decode(text.encode("windows-1252")) == text


def test_a_page_torn_by_every_encoding_is_refused() -> None:
    body = b"<html><p>" + b" ".join(b"T\x81in \x8d\x81c t\x90\x81c V\x9d\xbft" for _ in range(9)) + b"</p></html>"
    with pytest.raises(ParseFailed) as refused:
        decode(body)
    assert refused.value.outcome is Outcome.BAD_ENCODING


def test_a_page_whose_letters_were_lost_is_refused() -> None:
    with pytest.raises(ParseFailed) as refused:
        _read_page(_page(_LOST).encode())
    assert refused.value.outcome is Outcome.BAD_ENCODING


def test_titles_in_an_old_font_within_a_faultless_feed_are_mended() -> None:
    feed = _feed("Đường về bản", WRITTEN["vni"](SENTENCES[0]), WRITTEN["tcvn3"](SENTENCES[1]))
    assert [entry.title for entry in _read(feed).entries] == ["Đường về bản", SENTENCES[0], SENTENCES[1]]


def test_titles_escaped_in_json_are_mended() -> None:
    items = [{"id": "1", "url": "https://a.example.vn/1", "title": encoded_twice(SENTENCES[0]), "content_html": "<p/>"}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Tin", "items": items}
    assert _read(json.dumps(feed).encode(), "application/json").entries[0].title == SENTENCES[0]


def test_a_body_in_entities_of_an_old_font_is_mended() -> None:
    words = WRITTEN["tcvn3"](SENTENCES[1]).encode("ascii", "xmlcharrefreplace").decode()
    item = f"<![CDATA[<p>{words}</p>]]>"
    feed = _feed("Đường về bản").replace(b"</item>", f"<description>{item}</description></item>".encode())
    assert _read(feed).entries[0].summary == SENTENCES[1]


def test_an_entry_that_nobody_can_read_is_left_out_and_named() -> None:
    parsed = _read(_feed("Đường về bản", _LOST, "Lúa đã gặt xong ở các bản vùng cao"))
    assert [entry.title for entry in parsed.entries] == ["Đường về bản", "Lúa đã gặt xong ở các bản vùng cao"]
    assert parsed.found == 3
    assert [problem.code for problem in parsed.problems] == ["bad_encoding"]


def test_a_feed_of_which_nothing_can_be_read_is_refused() -> None:
    with pytest.raises(ParseFailed) as refused:
        _read(_feed("H?i ngh? t?ng k?t", "M?t tr?n t? qu?c"))
    assert refused.value.outcome is Outcome.BAD_ENCODING


@settings(deadline=None)
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=200).map(lambda junk: b"<html><p>" + junk)))
@example(b"<\xff\xfe")
@example(b"%PDF-1.4 \x81\x90")
def test_random_bytes_are_read_or_refused(body: bytes) -> None:
    for read in (
        lambda: decode(body),
        lambda: _read(body, ""),
        lambda: _read_page(body),
        lambda: inspect(body, url=URL, content_type=""),
    ):
        try:
            read()
        except ParseFailed:
            continue


@settings(deadline=None)
@given(st.sampled_from(SENTENCES), st.sampled_from(sorted(WRITTEN)), st.binary(max_size=12), st.integers(0, 90))
def test_old_text_with_random_damage_raises_nothing_else(text: str, name: str, junk: bytes, at: int) -> None:
    body = _bytes(_page(WRITTEN[name](text)))
    assert _outcome(body[:at] + junk + body[at:]) in {None, Outcome.BAD_ENCODING}


def _outcome(body: bytes) -> Outcome | None:
    try:
        decode(body)
    except ParseFailed as failure:
        return failure.outcome
    return None
