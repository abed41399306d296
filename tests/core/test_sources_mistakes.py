"""Every kind of mistake in the sources file is told with its line, field and remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.errors import ConfigError
from aggregator.sources.mistake import Mistake
from aggregator.sources.read import find_mistakes, read_catalogue
from aggregator.sources.tree import MAX_BYTES, MAX_VALUES

RIGHT = """\
province:
  slug: nghe-an
  name: Nghệ An
  title: Mặt trận số
  timezone: Asia/Ho_Chi_Minh
  place_file: places/nghe-an.json
  contact: someone@example.org
  user_agent: MatTranSo/1.0 (+{contact})
sections:
  - slug: thoi-su
    label: Thời sự
  - slug: thong-bao
    label: Thông báo
    kind: notice
sources:
  - id: bao
    name: Báo
    homepage: https://bao.vn/
    kind: feed
    sections:
      - url: https://bao.vn/rss
        section: thoi-su
        place: vinh
      - url: https://bao.vn/tb
        section: thong-bao
    interval: 10m
    min_gap: 2s
    identity_query: id
    selectors:
      item: [div.a, div.b]
    robots_override: Allowed by letter of 2026-11-02
    verified: 2026-11-02
  - id: cong
    name: Cổng
    homepage: https://cong.vn/
    kind: unknown
links:
  - group: Dịch vụ
    title: Cổng
    url: https://cong.vn/
"""


def _refuses_brackets(selector: str) -> str | None:
    return "a bracket is open" if selector.endswith("[") else None


def _mistakes(text: str) -> list[Mistake]:
    return find_mistakes(text, check_selector=_refuses_brackets, places={"vinh", "cua-lo"})


def _changed(old: str, new: str) -> str:
    assert RIGHT.count(old) == 1, old
    return RIGHT.replace(old, new)


def test_the_file_these_cases_depart_from_is_right() -> None:
    assert _mistakes(RIGHT) == []


# What stands in the file, what is written instead, then the line, path and a part of the remedy that are told.
ONE_MISTAKE = {
    "unknown field": ("    interval:", "    intervall:", 26, "sources[bao].intervall", "Did you mean interval?"),
    "unknown field like none": ("    interval:", "    xyz:", 26, "sources[bao].xyz", "The fields here are: id, name"),
    "unknown field of the file": ("links:", "linx:", 37, "linx", "Did you mean links?"),
    "unknown selector": ("      item:", "      itm:", 30, "sources[bao].selectors.itm", "Did you mean item?"),
    "missing name": ("    name: Báo\n", "", 16, "sources[bao].name", "What readers and operators see"),
    "missing contact": ("  contact: someone@example.org\n", "", 1, "province.contact", "E-mail or web address"),
    "number for text": ("label: Thời sự", "label: 2026", 11, "sections[thoi-su].label", 'in quotes: "2026"'),
    "nothing for text": ("name: Báo", "name:", 17, "sources[bao].name", "or remove the line"),
    "list for text": ("name: Báo", "name: [a]", 17, "sources[bao].name", "after the colon"),
    "empty text": ("name: Báo", 'name: ""', 17, "sources[bao].name", "Write something"),
    "line break in a name": ("name: Báo", 'name: "a\\nb"', 17, "sources[bao].name", "on one line"),
    "unknown kind": ("kind: feed", "kind: feeed", 19, "sources[bao].kind", "Did you mean feed?"),
    "choices of a kind": ("kind: feed", "kind: rss", 19, "sources[bao].kind", "feed, jsonfeed, listing, sitemap, api"),
    "text for a group": (
        "    selectors:\n      item: [div.a, div.b]",
        "    selectors: div",
        29,
        "sources[bao].selectors",
        "Write the fields below it",
    ),
    "yes for true": ("interval: 10m", "enabled: yes", 26, "sources[bao].enabled", "Write true or false"),
    "same id": ("id: cong", "id: bao", 33, "sources[bao].id", "Choose another"),
    "same section slug": (
        "    kind: notice\n",
        "  - {slug: thong-bao, label: b}\n",
        14,
        "sections[thong-bao].slug",
        "Choose another",
    ),
    "bad slug": ("id: cong", "id: Cổng Tỉnh", 33, "sources[Cổng Tỉnh].id", "For example cong-tinh."),
    "same address": ("https://bao.vn/tb", "http://BAO.vn:80/rss", 24, "sources[bao].sections[1].url", "named once"),
    "section nobody has": (
        "section: thoi-su",
        "section: thoi-xu",
        22,
        "sources[bao].sections[0].section",
        "Did you mean thoi-su?",
    ),
    "place nobody has": ("place: vinh", "place: vih", 23, "sources[bao].sections[0].place", "Did you mean vinh?"),
    "address without scheme": ("https://bao.vn/tb", "bao.vn/tb", 24, "sources[bao].sections[1].url", "https://"),
    "address by ftp": ("https://bao.vn/tb", "ftp://bao.vn/", 24, "sources[bao].sections[1].url", "https://"),
    "address with password": ("https://bao.vn/tb", "https://a:b@bao.vn/", 24, "sources[bao].sections[1].url", "//"),
    "address with fragment": (
        "https://bao.vn/tb",
        "https://bao.vn/tb#x",
        24,
        "sources[bao].sections[1].url",
        "Write https://bao.vn/tb instead",
    ),
    "address with blank": ("https://bao.vn/tb", "https://bao.vn/t b", 24, "sources[bao].sections[1].url", "%20"),
    "address without host": ("https://bao.vn/tb", "https:///tb", 24, "sources[bao].sections[1].url", "https://"),
    "address with bad port": (
        "https://bao.vn/tb",
        "https://bao.vn:99999/",
        24,
        "sources[bao].sections[1].url",
        "address bar",
    ),
    "interval too short": ("interval: 10m", "interval: 59", 26, "sources[bao].interval", "10m, 1h or 1d"),
    "interval too long": ("interval: 10m", "interval: 8d", 26, "sources[bao].interval", "10m, 1h or 1d"),
    "interval unreadable": ("interval: 10m", "interval: 10 phút", 26, "sources[bao].interval", "10m, 1h or 300s"),
    "gap too long": ("min_gap: 2s", "min_gap: 2h", 27, "sources[bao].min_gap", "2s"),
    "bad parameter": ("identity_query: id", "identity_query: ?id=1", 28, "sources[bao].identity_query", "before ="),
    "bad selector": ("[div.a, div.b]", "[div.a, 'div[']", 30, "sources[bao].selectors.item[1]", "div.news > h3 a"),
    "no sections": ("kind: unknown", "kind: sitemap", 33, "sources[cong].sections", "kind: unknown"),
    "sections of unknown": ("kind: feed", "kind: unknown", 20, "sources[bao].sections", "Name the kind"),
    "override without reason": (
        "Allowed by letter of 2026-11-02",
        "true",
        31,
        "sources[bao].robots_override",
        "Write the reason",
    ),
    "day that is none": ("verified: 2026-11-02", "verified: 2026-02-30", 32, "sources[bao].verified", "year-month-day"),
    "day by number": ("verified: 2026-11-02", "verified: 2026", 32, "sources[bao].verified", "year-month-day"),
    "bad time zone": ("Asia/Ho_Chi_Minh", "Asia/Hanoi", 5, "province.timezone", "Asia/Ho_Chi_Minh"),
    "time zone by path": ("Asia/Ho_Chi_Minh", "../../etc/passwd", 5, "province.timezone", "Asia/Ho_Chi_Minh"),
    "agent without contact": ("(+{contact})", "", 8, "province.user_agent", "{contact}"),
    "agent not plain": ("MatTranSo/1.0", "Mặt trận", 8, "province.user_agent", "{contact}"),
    "contact unreachable": ("someone@example.org", "someone", 7, "province.contact", "webmaster@example.org"),
    "place file outside": ("places/nghe-an.json", "../nghe-an.json", 6, "province.place_file", "places/nghe-an.json"),
    "field twice": ("    min_gap: 2s\n", "    interval: 20m\n", 27, "sources[bao].interval", "Remove one of the two"),
    "bad language": ("interval: 10m", "language: Vietnamese", 26, "sources[bao].language", "vi for Vietnamese"),
    "link twice": (
        "    url: https://cong.vn/\n",
        "    url: https://cong.vn/\n  - {group: a, title: b, url: https://cong.vn}\n",
        41,
        "links[1].url",
        "named once",
    ),
}


@pytest.mark.parametrize("case", ONE_MISTAKE.values(), ids=ONE_MISTAKE.keys())
def test_a_mistake_is_told_with_its_line_field_and_remedy(case: tuple[str, str, int, str, str]) -> None:
    old, new, line, path, remedy = case

    mistakes = _mistakes(_changed(old, new))

    assert [(mistake.line, mistake.path) for mistake in mistakes] == [(line, path)]
    assert remedy in mistakes[0].remedy
    assert mistakes[0].message
    assert mistakes[0].column > 0


BROKEN_YAML = {
    "empty": ("", 1, "Begin with province:"),
    "a list": ("- a\n", 1, "Begin with province:"),
    "a tab": ("province:\n\tslug: a\n", 2, "a tab"),
    "open bracket": ("a:\n  b: [c\n", 3, "quote"),
    "two colons": ("a: b: c\n", 1, "quote"),
    "anchor": ("a: 1\nb: &x 2\n", 2, "in quotes"),
    "alias": ("a: 1\nb: *x\n", 2, "in quotes"),
    "tag": ("a: 1\nb: !!python/name:os.system x\n", 2, "in quotes"),
    "directive": ("%YAML 1.1\n---\na: 1\n", 2, "begins with %"),
    "control character": ("a: 1\nb: \x00\n", 2, "Delete it"),
    "field that is a list": ("? [a]\n: b\n", 1, "name: value"),
    "nested": ("[" * 50, 1, "docs/adding-a-source.md"),
    "too many values": ("a: [" + "b," * MAX_VALUES + "]", 1, "what is read"),
    "too large": ("#" * (MAX_BYTES + 1), 1, "province needs"),
    "too large in bytes": ("#" + "ế" * (MAX_BYTES // 2), 1, "province needs"),
    "escape past the last character": ('a: 1\nb: "\\UFFFFFFFF"\n', 2, "quote"),
}


@pytest.mark.parametrize("case", BROKEN_YAML.values(), ids=BROKEN_YAML.keys())
def test_broken_yaml_is_told_with_its_line_and_remedy(case: tuple[str, int, str]) -> None:
    text, line, remedy = case

    (mistake,) = find_mistakes(text)

    assert mistake.line == line
    assert remedy in mistake.remedy


def test_a_second_document_is_told_beside_the_mistakes_of_the_first() -> None:
    mistakes = find_mistakes(RIGHT + "---\na: 1\n")

    assert [(mistake.line, "---" in mistake.remedy) for mistake in mistakes] == [(41, True)]


def test_an_alias_bomb_is_refused_at_its_first_anchor() -> None:
    bomb = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{f'*a{n - 1},' * 9}]\n" for n in range(1, 20))

    (mistake,) = find_mistakes(bomb)

    assert (mistake.line, mistake.column) == (1, 5)


def test_all_mistakes_are_reported_at_once_in_the_order_of_their_lines() -> None:
    text = RIGHT
    for old, new in (
        ("Asia/Ho_Chi_Minh", "Asia/Hanoi"),
        ("slug: thong-bao", "slug: thoi-su"),
        ("kind: feed", "kind: rss"),
        ("place: vinh", "place: vih"),
        ("interval: 10m", "intervall: 10m"),
        ("    min_gap: 2s\n", "    min_gap: 2s\n    min_gap: 3s\n"),
        ("[div.a, div.b]", "'div['"),
        ("id: cong", "id: bao"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)

    with pytest.raises(ConfigError) as caught:
        read_catalogue(text, file_name="my.yaml", check_selector=_refuses_brackets, places={"vinh"})

    report = str(caught.value)
    lines = [line for line in report.splitlines() if line.startswith("my.yaml:")]
    assert lines[0] == "my.yaml: 9 mistakes"
    assert [line.split(":")[1] for line in lines[1:]] == ["5", "12", "19", "23", "25", "26", "28", "31", "34"]
    assert 'my.yaml:19:11  sources[bao].kind: "rss"' in report
    assert "    → Write one of: feed, jsonfeed, listing, sitemap, api, unknown." in report


def test_a_long_value_is_shortened_and_an_invisible_one_shown() -> None:
    (mistake,) = _mistakes(_changed("name: Báo", f'name: "\\x07{"a" * 400}"'))

    assert mistake.value.startswith('"�aaa')
    assert len(mistake.value) < 100


def test_hundreds_of_mistakes_are_counted_and_a_hundred_shown() -> None:
    text = RIGHT.replace("links:\n", "links:\n" + "  - {}\n" * 200)

    with pytest.raises(ConfigError) as caught:
        read_catalogue(text)

    assert str(caught.value).startswith("sources.yaml: 600 mistakes")
    assert str(caught.value).endswith("… and 500 more.")


_PIECES = st.sampled_from(
    [
        *(
            "province:",
            "sources:",
            "- ",
            "  ",
            "\n",
            "id",
            ": ",
            "[",
            "]",
            "{",
            "}",
            "&a",
            "*a",
            "!!int",
            "'",
            '"',
            "|",
        ),
        "\t",
        "?",
        "%YAML 1.3\n",
        "---",
        "...",
        "#",
        "\\U",
        "null",
        "1e5",
        "~",
        ",",
        "\ufeff",
        "\u2028",
        "kind: feed",
        "đ",
    ]
)


@given(st.one_of(st.text(), st.lists(_PIECES).map("".join)))
def test_no_text_raises_anything_but_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError):
        read_catalogue(text)


_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(alphabet="a0:/.-@é \t", max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["id", "slug", "kind", "url", "sections", "selectors", "verified"]), inner),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["province", "sections", "sources", "links"]), _VALUES, min_size=1))
def test_no_shape_of_values_raises_anything_but_a_config_error(values: dict[str, object]) -> None:
    import json  # noqa: PLC0415 - JSON is YAML

    with pytest.raises(ConfigError):
        read_catalogue(json.dumps(values, ensure_ascii=False), places={"vinh"}, check_selector=lambda _selector: None)
