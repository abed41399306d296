"""What a right sources file becomes, and that the project's own is right."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.errors import ConfigError
from aggregator.model.place import PlaceType
from aggregator.model.source import (
    ArticleKind,
    Authority,
    Catalogue,
    PagePolicy,
    Platform,
    Republish,
    Selectors,
    Source,
    SourceKind,
    SourceSection,
)
from aggregator.sources.address import fault_of, same_address
from aggregator.sources.interval import read_interval, write_interval
from aggregator.sources.jsonschema import json_schema, json_schema_text
from aggregator.sources.places import read_places
from aggregator.sources.read import find_cautions, read_catalogue
from aggregator.sources.tree import read_tree

ROOT = Path(__file__).resolve().parents[2]

HEAD = """\
province: {slug: a, name: A, title: B, timezone: Asia/Ho_Chi_Minh, place_file: p.json, contact: a@b.vn,
           user_agent: "X/1 (+{contact})"}
sections: [{slug: thoi-su, label: Thời sự}, {slug: lich, label: Lịch, kind: event}]
"""


@pytest.fixture(scope="module")
def own() -> Catalogue:
    places = read_places((ROOT / "places/nghe-an.json").read_text(encoding="utf-8"))
    return read_catalogue((ROOT / "sources.yaml").read_text(encoding="utf-8"), places={place.slug for place in places})


def _one_source(fields: str) -> Source:
    (source,) = read_catalogue(
        f"{HEAD}sources:\n  - {{id: bao, name: Báo, homepage: https://b.vn/, {fields}}}\n"
    ).sources
    return source


def test_every_field_of_a_source_reaches_the_model() -> None:
    source = _one_source(
        "kind: listing, platform: epi, sections: [{url: https://b.vn/l, section: lich, place: vinh}], "
        "authority: official, republish: full, pages: always, language: en, interval: 1h, min_gap: 90, "
        "identity_query: [id, g], selectors: {item: li, page_body: [.a, .b]}, ca_file: ca/b.pem, "
        "robots_override: The editor allowed it, enabled: false, owner: Lan, verified: 2026-11-02, note: Sure"
    )

    assert source == Source(
        id="bao",
        name="Báo",
        homepage="https://b.vn/",
        kind=SourceKind.LISTING,
        platform=Platform.EPI,
        sections=(SourceSection(url="https://b.vn/l", section="lich", place="vinh"),),
        authority=Authority.OFFICIAL,
        republish=Republish.FULL,
        pages=PagePolicy.ALWAYS,
        language="en",
        interval=timedelta(hours=1),
        min_gap=timedelta(seconds=90),
        identity_query=("id", "g"),
        selectors=Selectors(item=("li",), page_body=(".a", ".b")),
        ca_file="ca/b.pem",
        robots_override="The editor allowed it",
        enabled=False,
        owner="Lan",
        verified=datetime(2026, 11, 1, 17, tzinfo=UTC),  # midnight in Vietnam
        note="Sure",
    )


def test_a_source_of_unknown_kind_needs_only_its_homepage() -> None:
    assert _one_source("kind: unknown") == Source(
        id="bao", name="Báo", homepage="https://b.vn/", kind=SourceKind.UNKNOWN
    )


def test_a_null_means_the_same_as_leaving_the_field_out() -> None:
    empty = "interval: null, min_gap: null, identity_query: null, ca_file: null, robots_override: null, verified: null"

    assert _one_source(f"kind: unknown, sections: null, {empty}") == _one_source("kind: unknown")


def test_sections_keep_the_order_of_the_file() -> None:
    catalogue = read_catalogue(f"{HEAD}sources: []\n")

    assert [(section.slug, section.position, section.kind) for section in catalogue.sections] == [
        ("thoi-su", 0, ArticleKind.NEWS),
        ("lich", 1, ArticleKind.EVENT),
    ]


def test_the_contact_goes_into_the_user_agent() -> None:
    assert read_catalogue(f"{HEAD}sources: []\n").province.user_agent == "X/1 (+a@b.vn)"


def test_words_that_older_yaml_takes_for_switches_and_times_are_text() -> None:
    tree = read_tree("a: no\nb: 12:30\nc: 0o17\nd: 2026-11-02\ne: '1'\nf: 1\ng: true\nh: ~\ni: 1.5\n")

    assert tree.value == {
        "a": "no", "b": "12:30", "c": "0o17", "d": "2026-11-02", "e": "1", "f": 1, "g": True, "h": None, "i": 1.5,
    }  # fmt: skip


@given(st.integers(min_value=0, max_value=10**9 - 1))
def test_an_interval_that_was_written_reads_as_the_same(seconds: int) -> None:
    length = timedelta(seconds=seconds)

    assert read_interval(write_interval(length)) == length
    assert read_interval(seconds) == length


@pytest.mark.parametrize(
    ("written", "seconds"), [("30s", 30), ("10m", 600), ("1h", 3600), ("7d", 604_800), (" 10 m ", 600), (300, 300)]
)
def test_an_interval_as_people_write_it(written: str | int, seconds: int) -> None:
    assert read_interval(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["", "m", "10", "1.5h", "-1m", "10mm", "1h30m", "१m", "9999999999s", -1, 10**9])
def test_what_is_no_interval_is_refused(written: str | int) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(str(written))}$"):
        read_interval(written)


@given(st.text(), st.sampled_from(["", "https://", "http://a.vn/", "https://["]))
def test_any_text_can_be_judged_as_an_address(text: str, start: str) -> None:
    fault_of(start + text)
    same_address(start + text)


@pytest.mark.parametrize(
    "url",
    ["https://a.vn", "http://a.vn:8080/x?y=%20#"[:-1], "http://[::1]/x", "https://báo.vn/tin-tức", "http://1.2.3.4/"],
)
def test_an_ordinary_address_is_taken(url: str) -> None:
    assert fault_of(url) is None


def test_the_projects_own_file_names_every_known_host(own: Catalogue) -> None:
    written = {source.homepage for source in own.sources} | {link.url for link in own.links}
    written |= {section.url for source in own.sources for section in source.sections}
    hosts = {url.split("/")[2] for url in written}

    assert hosts >= {
        "baonghean.vn", "truyenhinhnghean.vn", "nghean.gov.vn", "hcc.nghean.gov.vn", "nghean.dcs.vn",
        "mattrannghean.org.vn", "mattran.org.vn", "m.mattran.org.vn", "tapchimattran.vn", "daidoanket.vn",
        "nghean24h.vn", "dbndnghean.vn", "kyhop.dbndnghean.vn", "lhpn.nghean.gov.vn", "dulich.nghean.gov.vn",
        "naict.tttt.nghean.gov.vn", "nghiloc.nghean.gov.vn", "quangchau.nghean.gov.vn",
        "hoathanh.yenthanh.nghean.gov.vn", "hoinhabaonghean.vn", "nghean.edu.vn", "xaydungchinhsach.chinhphu.vn",
        "baochinhphu.vn", "chinhphu.vn", "vanban.chinhphu.vn", "daibieunhandan.vn", "nchmf.gov.vn",
        "luquetsatlo.nchmf.gov.vn", "dichvucong.gov.vn",
    }  # fmt: skip


def test_the_projects_own_sources_say_how_sure_they_are_and_claim_no_check(own: Catalogue) -> None:
    assert all(re.match(r"[HML]\b", source.note) for source in own.sources)
    assert all(source.verified is None for source in own.sources)


def test_the_projects_own_file_shows_press_and_reposts_in_short_only(own: Catalogue) -> None:
    press = [source for source in own.sources if source.authority in {Authority.PRESS, Authority.REPOST}]

    assert press
    assert all(source.republish is not Republish.FULL for source in press)


def test_the_projects_own_file_has_the_sections_of_the_mini_app(own: Catalogue) -> None:
    assert [section.slug for section in own.sections] == [
        "tin-dia-phuong", "thoi-su", "mat-tran", "chinh-sach", "chi-dao", "thong-bao", "lich-tiep-xuc", "ban-tin",
        "cam-nang",
    ]  # fmt: skip


def test_a_placeholder_contact_and_unfilled_sections_are_worth_a_second_look(own: Catalogue) -> None:
    contact, sections = find_cautions(own)

    assert "matranso-nghean@example.org" in contact
    assert "lich-tiep-xuc" in sections
    assert "tin-dia-phuong" not in sections


def test_a_contact_of_ones_own_needs_no_second_look() -> None:
    text = f"{HEAD}sources:\n  - {{id: b, name: B, homepage: https://b.vn/, kind: feed, sections: ["
    text += "{url: https://b.vn/1, section: thoi-su}, {url: https://b.vn/2, section: lich}]}\n"

    assert find_cautions(read_catalogue(text)) == ()


def test_the_committed_json_schema_is_the_generated_one() -> None:
    assert (ROOT / "sources.schema.json").read_text(encoding="utf-8") == json_schema_text()


def test_the_json_schema_accepts_the_projects_own_file_and_refuses_an_unknown_field() -> None:
    text = (ROOT / "sources.yaml").read_text(encoding="utf-8")
    validator = jsonschema.Draft202012Validator(json_schema())
    validator.check_schema(json_schema())

    validator.validate(read_tree(text).value)
    assert not validator.is_valid(read_tree(text.replace("    interval: 15m", "    intervall: 15m")).value)
    assert text.startswith("# yaml-language-server: $schema=sources.schema.json\n")


def test_the_place_file_holds_the_130_communes_and_wards() -> None:
    places = read_places((ROOT / "places/nghe-an.json").read_text(encoding="utf-8"))

    assert len(places) == 130
    assert sum(place.type is PlaceType.PHUONG for place in places) == 11
    assert sum(len(place.merged_from) for place in places) == 412
    assert [place.code for place in places] == sorted(place.code for place in places)
    assert all(place.former_districts and place.merged_from for place in places)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"slug": "Vinh"}, 'places[Vinh].slug: "Vinh"'),
        ({"type": "huyen"}, "Write one of: xa, phuong, dac-khu."),
        ({"population": 1}, "There is no field of this name."),
        ({"lat": 91}, "places[vinh].lat"),
        ({"merged_from": [{"name": "A", "type": "xa", "district": "B"}]}, "places[vinh].merged_from[0].code"),
    ],
)
def test_a_mistake_in_the_place_file_is_told_with_its_field(change: dict[str, object], told: str) -> None:
    right = {
        "slug": "vinh", "name": "Vinh", "full_name": "Phường Vinh", "type": "phuong", "code": "1",
        "former_districts": [], "merged_from": [],
    }  # fmt: skip
    assert len(read_places(json.dumps([right]))) == 1

    with pytest.raises(ConfigError, match=re.escape(told)):
        read_places(json.dumps([right | change]), file_name="vinh.json")


@pytest.mark.parametrize("text", ["", "{", "null", "[]", "[1]", '{"places": []}', "[" * 100_000, "[NaN]"])
def test_a_broken_place_file_is_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError, match=r"vinh\.json"):
        read_places(text, file_name="vinh.json")


def test_a_place_named_twice_is_told() -> None:
    text = (ROOT / "places/nghe-an.json").read_text(encoding="utf-8")
    twice = json.dumps([*json.loads(text), json.loads(text)[0]])

    with pytest.raises(ConfigError, match="This slug is already taken"):
        read_places(twice)


def test_the_documented_entry_and_place_are_right_and_the_documented_mistakes_are_told_so() -> None:
    guide = (ROOT / "docs/adding-a-source.md").read_text(encoding="utf-8")
    entry = re.search(r"```yaml\n(.*?)```", guide, re.DOTALL)
    place = re.search(r"```json\n(.*?)```", (ROOT / "docs/adopting.md").read_text(encoding="utf-8"), re.DOTALL)
    assert entry is not None
    assert place is not None
    text = (ROOT / "sources.yaml").read_text(encoding="utf-8").replace("\nsources:\n", f"\nsources:\n{entry[1]}")
    places = {found.slug for found in read_places(f"[{place[1]}]")}

    assert read_catalogue(text, places=places).sources[0].id == "bao-vi-du"
    with pytest.raises(ConfigError) as caught:
        read_catalogue(text.replace("kind: feed", "kind: rss", 1).replace("section: thoi-su #", "section: thoi-xu #"))
    told = re.findall(r"^ {4}(\S.*)$", str(caught.value), re.MULTILINE)
    assert len(told) == 4
    assert all(words.strip().removeprefix("→ ")[:30] in guide for words in told)
