import re
from dataclasses import replace

import pytest

from aggregator.model.entry import DateOrigin, Entry, FoundDate
from aggregator.model.source import SourceSection
from aggregator.normalise.identity import guid_key, identity_keys
from tests.core.builders import NOW, entry, source

PAPER = source(id="bao-mau")


def keys(claim: Entry) -> tuple[str, ...]:
    return tuple(filter(None, (*identity_keys(claim, PAPER), guid_key(claim, PAPER))))


def kinds(claim: Entry) -> str:
    return "".join(key.partition("|")[2][0] for key in keys(claim))


def test_keys_carry_their_source_and_a_hash_strongest_first() -> None:
    found = keys(entry(guid="news_171"))
    assert [re.fullmatch(r"bao-mau\|([ugc]):[0-9a-f]{32}", key)[1] for key in found] == ["u", "g"]  # type: ignore[index]


def test_twins_of_an_address_have_the_same_key() -> None:
    twin = entry(url="http://www.bao.example.vn/tin-1.html?utm_source=zalo#x")
    assert keys(twin) == keys(entry())


def test_the_same_address_at_two_sources_gives_different_keys() -> None:
    other = replace(PAPER, id="bao-khac")
    assert not set(keys(entry())) & set(identity_keys(entry(), other))


@pytest.mark.parametrize(
    "guid", ["", "1", "367", "12345", "một câu có dấu cách", "https://bao.example.vn/", "x" * 501, "abc", "http://["]
)
def test_what_cannot_name_one_article_is_no_guid(guid: str) -> None:
    assert kinds(entry(guid=guid)) == "u"


@pytest.mark.parametrize("guid", ["news_171", "10307251", "https://bao.example.vn/?p=113519", "tag:bao,2026:171"])
def test_a_plausible_guid_is_used(guid: str) -> None:
    assert kinds(entry(guid=guid)) == "ug"


def test_a_guid_that_repeats_the_address_adds_nothing() -> None:
    assert kinds(entry(guid="http://www.bao.example.vn/tin-1.html")) == "u"


def test_an_article_that_moved_is_known_by_its_guid() -> None:
    moved = entry(url="https://bao.example.vn/muc-moi/tin-1.html", guid="news_171")
    assert set(keys(moved)) & set(keys(entry(guid="news_171")))


@pytest.mark.parametrize(
    "url", ["", "https://bao.example.vn", "http://www.bao.example.vn/?utm_source=x", "https://bao.example.vn/rss"]
)
def test_an_entry_without_an_address_of_its_own_is_known_by_title_and_day(url: str) -> None:
    claim = entry(url=url)
    assert kinds(claim) == "c"
    assert keys(claim) == keys(replace(claim, title=claim.title.upper(), summary="khác"))
    assert keys(claim) != keys(replace(claim, published=FoundDate(at=NOW.replace(day=1), origin=DateOrigin.FEED)))


def test_parameters_are_identity_only_where_the_source_says_so() -> None:
    school = source(identity_query=("id", "g"), sections=(SourceSection(url="https://bao.example.vn/x", section="a"),))
    one = entry(url="https://bao.example.vn/x?id=367&g=124&sort=1")
    other = entry(url="https://bao.example.vn/x?id=368&g=124&sort=1")
    again = entry(url="https://bao.example.vn/x?sort=2&g=124&id=367")
    assert identity_keys(one, school) != identity_keys(other, school)
    assert identity_keys(one, school) == identity_keys(again, school)
