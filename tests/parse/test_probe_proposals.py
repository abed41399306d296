"""What is proposed of what was found: names that stay, lists and pages by comparison, the best endpoint, the block."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model.entry import DateOrigin, Entry, FoundDate, ParsedDocument
from aggregator.model.errors import ParseFailed
from aggregator.model.probe import Endpoint, PageReading, Probed, ProbeReport, RobotsNote, SamplePage, Surroundings
from aggregator.model.source import ArticleKind, Authority, Platform, Republish, Section, Selectors, SourceKind
from aggregator.parse.probe import look_around
from aggregator.parse.propose import MOST_SECTIONS, Surface, chosen, propose, section_of
from aggregator.parse.propose_block import block_of, scalar
from aggregator.parse.propose_list import ListPage, read_list
from aggregator.parse.propose_names import is_stable
from aggregator.parse.propose_page import read_pages
from aggregator.sources.read import find_mistakes
from aggregator.sources.tree import read_tree
from tests.unseen_site import UnseenSite, bulletin, office, village

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
HOME = "https://nguon.example.vn/"
SECTIONS = tuple(
    Section(slug=slug, label=label, kind=kind, position=position)
    for position, (slug, label, kind) in enumerate(
        [
            ("tin-dia-phuong", "Tin địa phương", ArticleKind.NEWS),
            ("thoi-su", "Chính trị – Kinh tế – Xã hội", ArticleKind.NEWS),
            ("mat-tran", "Hoạt động Mặt trận", ArticleKind.NEWS),
            ("chi-dao", "Văn bản chỉ đạo, hướng dẫn", ArticleKind.DOCUMENT),
            ("thong-bao", "Thông báo quan trọng", ArticleKind.NOTICE),
            ("lich-tiep-xuc", "Lịch tiếp xúc cử tri", ArticleKind.EVENT),
        ]
    )
)
SURFACE = Surface(sections=SECTIONS, taken_ids=frozenset(), now=NOW)


def entry(number: int, *, days: int | None = 1, prefix: str = "a", title: str = "Tin của làng nghề dệt") -> Entry:
    at = None if days is None else FoundDate(at=NOW - timedelta(days=days), origin=DateOrigin.FEED)
    return Entry(url=f"{HOME}{prefix}-{number}.html", title=f"{title} số {number}", published=at)


def endpoint(path: str, entries: Sequence[Entry], form: str = "rss", name: str = "") -> Endpoint:
    kinds = {"listing": SourceKind.LISTING, "sitemap": SourceKind.SITEMAP, "api": SourceKind.API}
    document = ParsedDocument(entries=tuple(entries), found=len(entries), format=form)
    return Endpoint(url=HOME + path, kind=kinds.get(form, SourceKind.FEED), name=name, document=document)


def probed(*endpoints: Endpoint, title: str = "Báo Mẫu", url: str = HOME, **fields: object) -> Probed:
    report = ProbeReport(title=title, platform="generic", generator="", feeds=())
    return Probed(url=url, status=200, report=report, endpoints=endpoints, **fields)  # type: ignore[arg-type]


def feed(path: str, prefix: str, *, how_many: int = 8, days: int = 1, name: str = "") -> Endpoint:
    return endpoint(path, [entry(number, days=days, prefix=prefix) for number in range(how_many)], name=name)


def list_page(body: str) -> ListPage:
    return ListPage(
        body=body.encode(),
        url=HOME,
        content_type="text/html; charset=utf-8",
        platform=Platform.GENERIC,
        now=datetime.now(UTC),
        timezone="Asia/Ho_Chi_Minh",
        max_entries=500,
    )


# ---- names


@pytest.mark.parametrize("name", ["ten-bai", "article__title", "lblTitle", "story__heading", "tdNoiDung", "box-news"])
def test_words_that_people_chose_are_stable(name: str) -> None:
    assert is_stable(name)


@pytest.mark.parametrize(
    "name",
    ["css-1x2y3z", "k7f3a9", "col-md-6", "row", "active", "jsx-2871293", "ctl00_lblTitle", "dXyZqWpRk", "mt-auto"],
)
def test_what_tools_and_moments_name_is_not(name: str) -> None:
    assert not is_stable(name)


# ---- the endpoint


def test_a_feed_of_dated_news_comes_before_a_sitemap_and_that_before_a_list() -> None:
    rss, news = feed("rss", "a"), endpoint("news.xml", [entry(n) for n in range(6)], "sitemap")
    listed = endpoint("", [entry(n) for n in range(20)], "listing")
    bare = endpoint("all.xml", [entry(n, title="") for n in range(9)], "sitemap")
    bare = endpoint(
        "all.xml", [Entry(url=each.url, title="", published=each.published) for each in bare.entries], "sitemap"
    )
    assert chosen([listed, bare, news, rss], now=NOW) == (rss,)
    assert chosen([listed, bare, news], now=NOW) == (news,)
    assert chosen([bare, listed], now=NOW) == (listed,)
    assert chosen([bare], now=NOW) == (bare,)
    assert chosen([endpoint("rss", [])], now=NOW) == ()


def test_sections_feeds_stand_in_place_of_the_feed_of_everything() -> None:
    one, two = feed("rss/kinh-te", "a"), feed("rss/van-hoa", "b")
    everything = endpoint("rss", [*one.entries[:4], *two.entries[:4]], name="Trang chủ")
    assert chosen([everything, one, two], now=NOW) == (one, two)
    assert chosen([everything], now=NOW) == (everything,)


def test_the_feed_of_everything_stays_where_it_tells_what_no_section_does() -> None:
    one, everything = feed("rss/kinh-te", "a"), feed("rss", "z", name="Trang chủ")
    assert chosen([everything, one], now=NOW) == (everything, one)


def test_twins_of_a_feed_comments_and_feeds_beyond_the_bound_are_left_out() -> None:
    rss, comments = feed("feed", "a"), feed("comments/feed", "c", name="Bình luận cho Báo Mẫu")
    atom = endpoint("atom.xml", rss.entries, "atom")
    assert chosen([rss, atom, comments], now=NOW) == (rss,)
    many = [feed(f"rss/muc-{number}", f"m{number}") for number in range(MOST_SECTIONS + 3)]
    assert chosen(many, now=NOW) == tuple(many[:MOST_SECTIONS])


def test_a_feed_that_fell_silent_gives_way_to_the_list_that_goes_on() -> None:
    silent, listed = feed("rss", "a", days=400), endpoint("", [entry(n) for n in range(9)], "listing")
    assert chosen([listed, silent], now=NOW) == (listed,)
    assert chosen([listed, feed("rss", "a", days=100)], now=NOW) == (listed,)
    assert chosen([listed, feed("rss", "a", days=20)], now=NOW) != (listed,)


def test_lists_of_the_menu_are_taken_together_only_where_they_read_by_the_same_rules() -> None:
    empty = Endpoint(url=HOME, kind=SourceKind.LISTING, failure="the list page has no items")
    one, two = (endpoint(path, [entry(n, prefix=path) for n in range(6)], "listing") for path in ("tin", "bai"))
    odd = Endpoint(
        url=HOME + "vb", kind=SourceKind.LISTING, document=one.document, selectors=Selectors(item=("div.x",))
    )
    assert chosen([empty, one, odd, two], now=NOW) == (one, two)


# ---- section, name, authority


@pytest.mark.parametrize(
    ("name", "path", "slug"),
    [
        ("Kinh tế", "rss/kinh-te.rss", "thoi-su"),
        ("Công tác Mặt trận", "rss/12", "mat-tran"),
        ("Văn bản mới", "rss/van-ban", "chi-dao"),
        ("Thông báo", "rss/thong-bao", "thong-bao"),
        ("Lịch tiếp công dân", "lich", "lich-tiep-xuc"),
        ("Đất và người", "rss/dat-va-nguoi", "tin-dia-phuong"),
        ("Trang chủ", "", "tin-dia-phuong"),
        ("Môn thể thao", "rss/the-thao", "tin-dia-phuong"),
    ],
)
def test_the_section_is_guessed_by_words_of_two_syllables(name: str, path: str, slug: str) -> None:
    assert section_of(Endpoint(url=HOME + path, kind=SourceKind.FEED, name=name), SECTIONS) == slug


@pytest.mark.parametrize(
    ("title", "url", "authority"),
    [
        ("Cổng thông tin điện tử xã Mẫu", HOME, Authority.OFFICIAL),
        ("Trang chủ", "https://mau.nghean.gov.vn/", Authority.OFFICIAL),
        ("Hội Liên hiệp Phụ nữ tỉnh Mẫu", "https://lhpn.mau.gov.vn/", Authority.ORGANISATION),
        ("Ủy ban MTTQ Việt Nam tỉnh Mẫu", HOME, Authority.ORGANISATION),
        ("Hội Làm vườn tỉnh Mẫu", HOME, Authority.ORGANISATION),
        ("Hội đồng nhân dân tỉnh Mẫu", HOME, Authority.OFFICIAL),
        ("Trang tin kinh tế xã hội Mẫu", HOME, Authority.PRESS),
        ("Báo Mẫu điện tử", HOME, Authority.PRESS),
        ("Mau24h", HOME, Authority.PRESS),
    ],
)
def test_authority_is_guessed_by_name_and_host_and_decides_how_much_is_shown(
    title: str, url: str, authority: Authority
) -> None:
    proposal = propose(probed(feed("rss", "a"), title=title, url=url), SURFACE)
    assert proposal.source.authority is authority
    full = authority in {Authority.OFFICIAL, Authority.ORGANISATION}
    assert proposal.source.republish is (Republish.FULL if full else Republish.SUMMARY)
    assert "guess" in proposal.remark("authority")


def test_a_site_whose_articles_name_another_origin_is_a_repost() -> None:
    pages = PageReading(entries=(Entry(url=HOME, title="a", origin_name="Báo Mẫu"), None))
    copied = PageReading(entries=tuple(Entry(url=HOME, title="a", origin_name="Báo Mẫu") for _ in range(2)))
    assert propose(probed(feed("rss", "a"), pages=pages), SURFACE).source.authority is Authority.PRESS
    assert propose(probed(feed("rss", "a"), pages=copied), SURFACE).source.authority is Authority.REPOST


def test_the_pause_that_robots_asks_for_and_the_certificate_go_into_the_entry() -> None:
    robots = RobotsNote(allowed=True, delay_s=4)
    surface = Surface(sections=SECTIONS, taken_ids=frozenset({"nguon"}), now=NOW, ca_file="certs/nguon.pem")
    source = propose(probed(feed("rss", "a"), robots=robots), surface).source
    assert source.min_gap == timedelta(seconds=4)
    assert source.ca_file == "certs/nguon.pem"
    assert source.id == "nguon-example"


def test_an_id_that_is_taken_is_numbered() -> None:
    surface = Surface(sections=SECTIONS, taken_ids=frozenset({"nguon-example", "nguon-example-2"}), now=NOW)
    assert propose(probed(feed("rss", "a")), surface).source.id == "nguon-example-3"


# ---- the block

FRAME = """province:
  slug: mau
  name: Mẫu
  title: Mẫu
  timezone: Asia/Ho_Chi_Minh
  place_file: mau.json
  contact: a@mau.vn
  user_agent: x (+{contact})
sections:
"""
FRAME += "".join(f"  - slug: {section.slug}\n    label: {section.label}\n" for section in SECTIONS) + "sources:\n"


@settings(max_examples=40)
@given(
    title=st.text(min_size=1, max_size=60),
    named=st.text(max_size=40),
    selector=st.sampled_from(["div.tin > h3 a", "td[itemprop=x]", "a[href*='/doc/']", "#noi-dung", "li:first-child"]),
)
def test_whatever_a_site_calls_itself_the_block_is_right(title: str, named: str, selector: str) -> None:
    listed = Endpoint(
        url=HOME, kind=SourceKind.LISTING, document=endpoint("", [entry(n) for n in range(6)], "listing").document,
        selectors=Selectors(item=(selector,), date=(".a", ".b")),
    )  # fmt: skip
    found = probed(listed, title=title, surroundings=Surroundings(site_name=named))
    assert find_mistakes(FRAME + block_of(propose(found, SURFACE))) == []


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x1EF9, exclude_categories=("Cc", "Cf", "Cs"))))
def test_a_value_is_read_back_as_it_was(text: str) -> None:
    tree = read_tree(f"a: {scalar(text)}\n")
    assert isinstance(tree.value, dict)
    assert tree.value["a"] == " ".join(text.split())


def test_nothing_found_gives_an_entry_of_kind_unknown() -> None:
    proposal = propose(probed(), SURFACE)
    assert proposal.source.kind is SourceKind.UNKNOWN
    assert not proposal.source.sections
    assert find_mistakes(FRAME + block_of(proposal)) == []


# ---- lists and pages


def test_no_selectors_are_proposed_for_a_list_that_reads_well_without() -> None:
    rows = "".join(
        f'<div class="tin"><h3><a href="/tin-tuc-{n}00123.html">Xã vận động bà con ra quân làm đường số {n}</a></h3>'
        f'<span class="ngay">{n + 10}/10/2026</span><p>{"Bà con các thôn bản góp công, góp của. " * 3}</p></div>'
        for n in range(8)
    )
    reading = read_list(list_page(f"<html><body>{rows}</body></html>"))
    assert len(reading.document.entries) == 8
    assert reading.selectors == Selectors()


def test_a_menu_is_no_list() -> None:
    menu = "".join(f'<li class="muc"><a href="/muc-{n}">Nông nghiệp, thủy sản</a></li>' for n in range(20))
    with pytest.raises(ParseFailed, match="empty"):
        read_list(list_page(f"<html><body><ul>{menu}</ul></body></html>"))


def test_headlines_that_are_no_links_are_found_with_their_dates_and_the_next_page() -> None:
    site = UnseenSite(base=HOME.rstrip("/"))
    village(site)
    reading = read_list(list_page(site.answers["/"][1]))
    assert [entry.title for entry in reading.document.entries] == [item.title for item in site.items[:7]]
    assert reading.document.child_urls == (f"{HOME}?p=2",)
    last = read_list(list_page(site.answers["/?p=2"][1]))
    assert last.selectors.item == reading.selectors.item


def samples(site: UnseenSite, *, titled: bool = True) -> tuple[SamplePage, ...]:
    return tuple(
        SamplePage(
            entry=Entry(
                url=site.base + item.path,
                title=item.title if titled else "",
                published=FoundDate(at=item.published.replace(hour=0, minute=0), origin=DateOrigin.LISTING),
            ),
            body=site.answers[item.path][1].encode(),
            url=site.base + item.path,
            content_type="text/html; charset=utf-8",
        )
        for item in site.items[:3]
    )


@pytest.mark.parametrize("build", [village, bulletin, office])
def test_sample_pages_read_as_their_site_wrote_them(build: object) -> None:
    site = UnseenSite(base=HOME.rstrip("/"))
    assert callable(build)
    build(site)
    reading = read_pages(samples(site), platform=Platform.GENERIC, now=datetime.now(UTC), timezone="Asia/Ho_Chi_Minh")
    for item, read in zip(site.items, reading.entries, strict=False):
        assert read is not None
        assert read.title == item.title
        assert read.published is not None
        assert read.published.at == item.published
        assert all(paragraph in read.text for paragraph in item.paragraphs)
        assert not any(other.title in read.text for other in site.items)
        assert [file.url for file in read.attachments] == [site.base + path for path, _name in item.files]


def test_no_selectors_are_proposed_for_pages_that_read_well_without() -> None:
    site = UnseenSite(base=HOME.rstrip("/"))
    bulletin(site)
    for item in site.items:
        words = [f"<p>{paragraph}</p>" for paragraph in item.paragraphs]
        related = "".join(f'<li><a href="{other.path}">{other.title}</a></li>' for other in site.items[3:6])
        rows = "".join(f"<tr><td>{n}</td><td>{n + 7}h30</td><td>Nhà văn hóa thôn {n}</td></tr>" for n in range(1, 4))
        site.page(
            item.path,
            f'<html><head><title>{item.title}</title><meta property="article:published_time" '
            f'content="{item.published.isoformat()}"></head><body><article><h1>{item.title}</h1>'
            f'<div class="nd_9xK2 content">{words[0]}<div class="rel__z1"><p>Đọc thêm</p><ul>{related}</ul></div>'
            f"{words[1]}<table>{rows}</table>{''.join(words[2:])}</div></article></body></html>",
        )
    reading = read_pages(samples(site), platform=Platform.GENERIC, now=datetime.now(UTC), timezone="Asia/Ho_Chi_Minh")
    assert reading.selectors.page_body == ()
    assert all(read is not None and "8h30" in read.text for read in reading.entries)


def test_one_page_alone_proves_nothing() -> None:
    site = UnseenSite(base=HOME.rstrip("/"))
    village(site)
    reading = read_pages(
        samples(site)[:1], platform=Platform.GENERIC, now=datetime.now(UTC), timezone="Asia/Ho_Chi_Minh"
    )
    assert reading.selectors == Selectors()


def test_the_menu_tells_the_lists_of_a_site_and_marks_tell_its_platform() -> None:
    page = (
        '<html><head><meta name="generator" content="NukeViet v4.5"><meta property="og:site_name" content="Xã Mẫu">'
        '</head><body><nav><a href="/tin-tuc/">Tin tức</a><a href="/gioi-thieu/">Giới thiệu</a>'
        '<a href="https://khac.example.org/">Nơi khác</a><a href="/tep.pdf">Tệp hướng dẫn</a></nav></body></html>'
    )
    around = look_around(page.encode(), url=HOME, content_type="text/html; charset=utf-8")
    assert around.lists == ((f"{HOME}tin-tuc/", "Tin tức"),)
    assert around.site_name == "Xã Mẫu"
    assert around.marks[0] == 'generator "NukeViet v4.5"'


@pytest.mark.parametrize(
    "markup",
    [
        "<div class=a>" * 1000,
        "<li class=x><a href=/a>" * 3000,
        '<div class="q"><a href="/x-1.html">một hai ba bốn</a></div>' * 1500,
        "<p>23/11/2026 " * 4000,
        "<table>" + "<tr><td><a href=/n1>bốn năm sáu bảy tám 23/11/2026</a></td></tr>" * 1500,
    ],
    ids=["nested", "unclosed", "same-link", "dates", "rows"],
)
def test_hostile_pages_end_in_seconds(markup: str) -> None:
    began = time.process_time()
    sample = SamplePage(entry=entry(1), body=markup.encode(), url=HOME + "a", content_type="text/html")
    for read in (
        lambda: read_list(list_page(markup)),
        lambda: read_pages((sample,) * 3, platform=Platform.GENERIC, now=NOW, timezone="Asia/Ho_Chi_Minh"),
        lambda: look_around(markup.encode(), url=HOME, content_type="text/html"),
    ):
        try:
            read()
        except ParseFailed:
            continue
    assert time.process_time() - began < 8
