"""Lists of the platforms: selectors on both engines, dates in a platform's own form, further pages by address."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from lxml.html import document_fromstring

from aggregator.model.errors import ConfigError, ParseFailed
from aggregator.model.source import Platform, Selectors, Source
from aggregator.parse.downloads import page_attachments
from aggregator.parse.jsonpaths import texts_at
from aggregator.parse.listing import read_listing
from aggregator.parse.paging import DAYS, PAGES_A_DAY, is_day_page, next_by_address
from aggregator.parse.platforms import PLATFORMS
from aggregator.parse.platforms.dates import plain_date
from aggregator.parse.selectors import check_selector, select
from aggregator.parse.sitemap import read_sitemap
from aggregator.sources.read import read_catalogue

TODAY = date(2025, 10, 2)
BY_DAY = ("?bydate={day}&page={page}",)
LIST = "https://mt.example.vn/tin/"


@pytest.mark.parametrize("platform", list(Platform))
def test_every_platform_has_rules_whose_selectors_both_engines_take(platform: Platform) -> None:
    rules = PLATFORMS[platform]
    for name in Selectors.__slots__:
        if name not in {"fields", "further_pages", "false_zones"}:
            for selector in getattr(rules.selectors, name):
                assert check_selector(selector) is None, selector
    for selector in rules.origin:
        assert check_selector(selector) is None, selector


@pytest.mark.parametrize("selector", ["a::text", "div[", "p:nope", "li:nth-child(2 of .a)", "//div", "a:not(", ""])
def test_a_selector_that_one_engine_refuses_is_told(selector: str) -> None:
    assert check_selector(selector) is not None


def test_both_engines_find_the_same_elements_by_the_platforms_selectors() -> None:
    markup = (
        '<body><ul class="related"><li><em class="fa-clock-o"></em>1</li><li>2</li></ul>'
        '<span id="x_lblDate">1</span><a href="/Lists/a/Attachments/1/b.pdf">b</a>'
        '<div class="b-maincontent"><div class="entry">c</div></div><div data-role="content">d</div></body>'
    )
    tree, soup = document_fromstring(markup), BeautifulSoup(markup, "lxml")
    for rules in PLATFORMS.values():
        for selector in (*rules.selectors.item, *rules.selectors.date, *rules.selectors.page_body):
            assert len(select(tree, (selector,))) == len(soup.select(selector)), selector


def test_a_list_by_day_reads_all_pages_of_a_day_before_the_day_before() -> None:
    seen, url = [], LIST
    for has_items in (True, True, True, False, False):
        following = next_by_address(url, BY_DAY, today=TODAY, has_items=has_items)
        assert following is not None
        url = following
        seen.append(url.partition("?")[2])
    assert seen == [
        "bydate=02-10-2025&page=1",
        "bydate=02-10-2025&page=2",
        "bydate=02-10-2025&page=3",
        "bydate=01-10-2025&page=1",
        "bydate=30-09-2025&page=1",
    ]


def test_a_walk_back_by_days_ends() -> None:
    url: str | None = LIST
    pages = 0
    while url is not None:
        url = next_by_address(url, BY_DAY, today=TODAY, has_items=True)
        pages += 1
        assert pages <= DAYS * PAGES_A_DAY + 1
    assert pages == DAYS * PAGES_A_DAY + 1
    last = (TODAY - timedelta(days=DAYS - 1)).strftime("%d-%m-%Y")
    assert next_by_address(f"{LIST}?bydate={last}&page=1", BY_DAY, today=TODAY, has_items=False) is None


@pytest.mark.parametrize(
    ("url", "template", "expected"),
    [
        ("https://v.example.vn/thoi-su.htm", "{list}/trang-{page}.htm", "https://v.example.vn/thoi-su/trang-2.htm"),
        (
            "https://v.example.vn/thoi-su/trang-9.htm",
            "{list}/trang-{page}.htm",
            "https://v.example.vn/thoi-su/trang-10.htm",
        ),
        ("https://w.example.vn/muc/tin/", "{list}/page/{page}/", "https://w.example.vn/muc/tin/page/2/"),
        (
            "https://s.example.vn/tin.aspx?cat=3",
            "?cat=3&PageIndex={page}",
            "https://s.example.vn/tin.aspx?cat=3&PageIndex=2",
        ),
        ("https://d.example.vn/tin?ngay=01-10-2025", "?ngay={day}", "https://d.example.vn/tin?ngay=30-09-2025"),
    ],
)
def test_the_next_page_is_found_by_its_address(url: str, template: str, expected: str) -> None:
    assert next_by_address(url, (template,), today=TODAY, has_items=True) == expected


def test_a_day_that_is_no_day_ends_the_walk() -> None:
    assert next_by_address(f"{LIST}?bydate=99-99-2025&page=1", BY_DAY, today=TODAY, has_items=False) is None
    assert next_by_address(LIST, BY_DAY, today=None, has_items=True) is None
    assert not is_day_page(LIST, BY_DAY)


def test_an_empty_day_is_no_failure_and_an_empty_list_is_one() -> None:
    markup = '<html><body><div class="list-news"></div></body></html>'
    rules = Selectors(further_pages=BY_DAY)
    day = f"{LIST}?bydate=02-10-2025&page=4"
    document = read_listing(markup, url=day, platform=Platform.EPI, selectors=rules, today=TODAY)
    assert (document.entries, document.child_urls) == ((), (f"{LIST}?bydate=01-10-2025&page=1",))
    with pytest.raises(ParseFailed):
        read_listing(markup, url=LIST, platform=Platform.EPI, selectors=rules, today=TODAY)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("3/7/2025 9:05:11 AM", "2025-03-07 09:05:11"),
        ("12/1/2025 12:15 AM", "2025-12-01 00:15"),
        ("12/1/2025 12:15 PM", "2025-12-01 12:15"),
        ("Đăng lúc: 9/28/2025 4:20 PM", "Đăng lúc: 2025-09-28 16:20"),
        ("18/07/2025 10:30 AM", "18/07/2025 10:30 AM"),
        ("03/07/2025 2:30 CH", "03/07/2025 2:30 CH"),
        ("3/7/2025 14:30 PM", "3/7/2025 14:30 PM"),
    ],
)
def test_a_date_with_an_english_am_or_pm_has_its_month_first_where_the_platform_does(raw: str, plain: str) -> None:
    assert plain_date(raw, month_first=True, false_zones=()) == plain
    assert plain_date(raw, month_first=False, false_zones=()) == raw


def test_only_the_zone_that_is_named_false_is_taken_away() -> None:
    zones = ("+00:00", "+0000")
    assert plain_date("2025-10-02T09:40:00+00:00 ", month_first=False, false_zones=zones) == "2025-10-02T09:40:00"
    assert plain_date("2025-10-02T09:40:00+07:00", month_first=False, false_zones=zones) == "2025-10-02T09:40:00+07:00"


def test_the_first_sitemaps_of_an_index_are_those_of_articles() -> None:
    names = ("category-sitemap.xml", "wp-sitemap-users-1.xml", "post-sitemap.xml", "sitemap-2025-09.xml")
    locs = "".join(f"<sitemap><loc>https://w.example.vn/{name}</loc></sitemap>" for name in names)
    claims = read_sitemap(f"<sitemapindex>{locs}</sitemapindex>")
    assert claims.child_urls == ("https://w.example.vn/sitemap-2025-09.xml", "https://w.example.vn/post-sitemap.xml")


def test_files_are_known_by_the_name_in_their_address_and_sized_one_by_one() -> None:
    root = document_fromstring(
        "<body><p><a href='/documents/1/2/Ke+hoach+15.pdf/1a2b3c4d-5e6f-4a7b-8c9d-0e1f2a3b4c5d'> </a> (1,5 MB); "
        "<a href='/b.docx'>Báo cáo quý</a> (20 KB)</p>"
        "<iframe src='https://docs.example.com/viewer?url=https://t.example.vn/lich.xls&embedded=true'></iframe></body>"
    )
    found = page_attachments(root, "https://l.example.vn/", ("p a",), "")
    assert [(file.name, file.media_type.rpartition(".")[2], file.size_bytes) for file in found] == [
        ("Ke hoach 15.pdf", "application/pdf", 1572864),
        ("Báo cáo quý", "document", 20480),
        ("lich.xls", "ms-excel", None),
    ]


def test_an_address_that_is_none_in_a_viewer_costs_only_itself() -> None:
    root = document_fromstring(
        "<body><iframe src='/v?file=http://[x.pdf'></iframe><a href='/b.pdf?url=//a'>b</a></body>"
    )
    found = page_attachments(root, "https://l.example.vn/", ("a",), "")
    assert [file.url for file in found] == ["https://l.example.vn/b.pdf?url=//a"]


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("a.b", ("x",)),
        ("a.c.1", ("2",)),
        ("a.c", ("1", "2")),
        ("a.c.*", ("1", "2")),
        ("d.*.u", ("/1", "/2")),
        ("a.c.9", ()),
        ("b", ()),
        ("e", ()),
        ("/t/{a.b}-{a.c.0}.html", ("/t/x-1.html",)),
        ("/t/{a.b}-{nope}.html", ()),
        ("/t/{f}", ("/t/c%C3%A2u%20h%E1%BB%8Fi%3F",)),
    ],
)
def test_a_path_leads_to_the_texts_at_its_end(path: str, texts: tuple[str, ...]) -> None:
    value = {"a": {"b": " x ", "c": [1, 2]}, "d": [{"u": "/1"}, {"u": "/2"}], "e": True, "f": "câu hỏi?"}
    assert texts_at(value, (path,)) == texts


HEAD = """province: {slug: m, name: M, title: T, timezone: Asia/Ho_Chi_Minh, place_file: p.json, contact: a@b.vn,
  user_agent: 'X/1 (+{contact})'}
sections: [{slug: tin, label: Tin}]
"""


def _source(fields: str) -> Source:
    known = "id: m, name: M, homepage: https://m.vn/, sections: [{url: https://m.vn/l, section: tin}]"
    text = f"{HEAD}sources:\n  - {{{known}, {fields}}}\n"
    (source,) = read_catalogue(text, check_selector=check_selector).sources
    return source


def test_how_a_source_is_read_reaches_the_reader() -> None:
    api = _source("kind: api, fields: {items: data.rows, url: '/tin/{slug}-{id}', title: [ten.vi, ten]}, false_zone: Z")
    assert api.selectors == Selectors(
        fields=(("items", "data.rows"), ("url", "/tin/{slug}-{id}"), ("title", "ten.vi"), ("title", "ten")),
        false_zones=("Z",),
    )
    listing = _source("kind: listing, further_pages: '?bydate={day}&page={page}'")
    assert listing.selectors.further_pages == BY_DAY


def test_wordpress_keeps_the_parameter_that_tells_its_articles_apart() -> None:
    assert "p" in _source("kind: feed, platform: wordpress").identity_query
    assert _source("kind: feed, platform: wordpress, identity_query: [g, p]").identity_query[:2] == ("g", "p")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ("kind: feed, fields: {items: a}", "only kind api"),
        ("kind: feed, further_pages: '?page={page}'", "only kind listing"),
        ("kind: listing, further_pages: '?page={trang}'", "{list}, {page} and {day}"),
        ("kind: listing, further_pages: 'page'", "holds {page} or {day}"),
        ("kind: api, fields: {items: 'a b'}", "path of a field"),
        ("kind: api, fields: {url: '/tin/{slug'}", "path of a field"),
        ("kind: api, fields: {itms: a}", "items"),
        ("kind: feed, false_zone: VN", "no zone"),
        ("kind: listing, selectors: {item: 'a::text'}", "CSS selector"),
        ("kind: listing, selectors: {item: 'li:nth-child(2 of .a)'}", "CSS selector"),
    ],
)
def test_mistakes_in_how_a_source_is_read_are_told(fields: str, said: str) -> None:
    with pytest.raises(ConfigError) as told:
        _source(fields)
    assert said in str(told.value)
