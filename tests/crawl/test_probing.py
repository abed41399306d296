"""Looks at loopback sites through the real gate and pool: what is asked for, in what order, and when it stops."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from aggregator.app import wall_clock
from aggregator.crawl.prober import BRIEF, THOROUGH, Prober, Reach
from aggregator.crawl.reader import Reader
from aggregator.model.failures import Outcome
from aggregator.model.probe import Probed
from aggregator.model.source import Platform, SourceKind
from aggregator.parse.propose import chosen
from tests.crawl.conftest import Site, Visitor, feed_source, rss

TODAY = wall_clock().strftime("%a, %d %b %Y 00:00:00 +0000")
ITEMS = [(f"/bai-{number}.html", f"Tin thứ {number} của làng nghề dệt thổ cẩm") for number in range(6)]
LINKS = "".join(f'<div><h3><a href="{path}">{title}</a></h3></div>' for path, title in ITEMS)


@pytest.fixture
def look(visitor: Visitor, site: Site) -> Callable[..., Any]:
    """A look at an address of the site, as the command does it."""
    parts = visitor.core.parts

    async def look(path: str = "/", reach: Reach = THOROUGH) -> Probed:
        reader = Reader(
            pool=parts.pool, lane="look", timezone=ZoneInfo("Asia/Ho_Chi_Minh"), now=wall_clock, max_entries=500
        )
        return await Prober(gate=parts.gate, reader=reader, reach=reach, user_agent="test").probe(site.base + path)

    return look


def page(*parts: str, head: str = "") -> str:
    return f"<html><head><title>Báo Mẫu</title>{head}</head><body>{''.join(parts)}</body></html>"


async def test_a_good_feed_that_the_page_names_ends_the_search(site: Site, look: Callable[..., Any]) -> None:
    site.put("/", page(LINKS, head='<link rel="alternate" type="application/rss+xml" href="/tin.xml">'))
    site.put("/tin.xml", rss(site, *ITEMS, date=TODAY), kind="application/rss+xml")
    found = await look()
    assert chosen(found.endpoints, now=wall_clock())[0].url == f"{site.base}/tin.xml"
    assert not {"/rss", "/feed", "/sitemap.xml"} & set(site.visits)
    assert found.robots.allowed is True


async def test_feeds_are_looked_for_where_they_often_are_and_the_search_ends_with_the_first(
    site: Site, look: Callable[..., Any]
) -> None:
    site.put("/", page(LINKS))
    site.put("/rss.xml", rss(site, *ITEMS, date=TODAY), kind="application/rss+xml")
    found = await look()
    assert chosen(found.endpoints, now=wall_clock())[0].url == f"{site.base}/rss.xml"
    assert "/feed.xml" not in site.visits
    assert [each.guessed for each in found.endpoints if each.url.endswith("/rss")] == [True]


async def test_sitemaps_that_robots_names_are_read_when_there_is_no_feed(site: Site, look: Callable[..., Any]) -> None:
    site.put("/", page("<div id=app></div>"))
    site.put("/robots.txt", f"User-agent: *\nCrawl-delay: 1\nSitemap: {site.base}/news.xml\n", kind="text/plain")
    urls = "".join(f"<url><loc>{site.base}{path}</loc><lastmod>2026-11-20</lastmod></url>" for path, _title in ITEMS)
    site.put("/news.xml", f"<urlset>{urls}</urlset>", kind="application/xml")
    found = await look(reach=replace(THOROUGH, pages=0))
    assert found.robots.sitemaps == (f"{site.base}/news.xml",)
    assert found.robots.delay_s == 1
    assert chosen(found.endpoints, now=wall_clock())[0].kind is SourceKind.SITEMAP


async def test_a_page_that_robots_forbids_is_not_fetched_and_its_feeds_still_are(
    site: Site, look: Callable[..., Any]
) -> None:
    site.put("/", page(LINKS))
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n", kind="text/plain")
    site.put("/rss", rss(site, *ITEMS, date=TODAY), kind="application/rss+xml")
    found = await look()
    assert found.failure.outcome is Outcome.ROBOTS
    assert found.robots.allowed is False
    assert "/" not in site.visits
    assert chosen(found.endpoints, now=wall_clock())[0].url == f"{site.base}/rss"


async def test_a_host_that_asks_to_be_left_alone_is_left_alone(site: Site, look: Callable[..., Any]) -> None:
    site.put("/", page(LINKS))
    site.put("/rss", "zu viel", status=429)
    found = await look()
    assert site.visits[-1] == "/rss"
    assert chosen(found.endpoints, now=wall_clock())[0].kind is SourceKind.LISTING
    assert found.pages.entries == ()


async def test_lists_of_the_menu_are_read_where_the_page_itself_lists_nothing(
    site: Site, look: Callable[..., Any]
) -> None:
    site.put("/", page('<nav><a href="/tin-tuc">Tin tức</a><a href="/lien-he">Liên hệ</a></nav>'))
    site.put("/tin-tuc", page(LINKS))
    found = await look()
    best = chosen(found.endpoints, now=wall_clock())
    assert [(each.url, each.name) for each in best] == [(f"{site.base}/tin-tuc", "Tin tức")]
    assert "/lien-he" not in site.visits


async def test_the_newest_sitemap_of_an_index_is_read_and_the_index_stays_where_its_name_will_not(
    site: Site, look: Callable[..., Any]
) -> None:
    site.put("/sitemap.xml", f"<sitemapindex><sitemap><loc>{site.base}/tin-2026-11.xml</loc></sitemap></sitemapindex>")
    urls = "".join(f"<url><loc>{site.base}{path}</loc><lastmod>2026-11-20</lastmod></url>" for path, _title in ITEMS)
    site.put("/tin-2026-11.xml", f"<urlset>{urls}</urlset>", kind="application/xml")
    found = await look("/sitemap.xml", reach=replace(THOROUGH, pages=0))
    assert [(each.url, len(each.entries)) for each in found.endpoints] == [(f"{site.base}/sitemap.xml", 6)]


async def test_a_feed_itself_is_what_is_found_and_the_front_page_says_whose_it_is(
    site: Site, look: Callable[..., Any]
) -> None:
    site.put("/", page(LINKS))
    site.put("/rss", rss(site, *ITEMS, date=TODAY), kind="application/rss+xml")
    found = await look("/rss")
    assert found.surroundings.title == "Báo Mẫu"
    assert found.report.format == "rss"
    assert [each.url for each in chosen(found.endpoints, now=wall_clock())] == [f"{site.base}/rss"]


async def test_the_interface_of_a_portal_is_asked_before_anything_is_guessed(
    site: Site, look: Callable[..., Any]
) -> None:
    sign = '<link rel="icon" href="https://storage-vnportal.vnpt.vn/gov-hni/6749/logo.png">'
    site.put("/", page(head=sign))
    await look()
    assert site.visits.index("/api/public/articles") < site.visits.index("/rss")


async def test_the_visit_to_a_source_of_unknown_kind_asks_for_little_and_its_notes_can_be_read(
    site: Site, visitor: Visitor
) -> None:
    source = feed_source(site, kind=SourceKind.UNKNOWN, sections=(), platform=Platform.GENERIC)
    feeds = "".join(f'<a href="/rss/muc-{number}">Mục {number}</a>' for number in range(30))
    menu = "".join(f'<a href="/muc/{number}">Chuyên mục {number}</a>' for number in range(30))
    site.put("/", page(feeds, f"<nav>{menu}</nav>", LINKS))
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert crawl.outcome is Outcome.PROBED
    most = 3 + BRIEF.feeds + BRIEF.places + BRIEF.lists  # robots.txt twice and the page
    assert len(site.visits) <= most
    notes = {problem.code: problem for problem in crawl.problems}
    assert notes["platform_found"].detail == "generic"
    assert "not_found" in notes["endpoint_failed"].detail
    assert notes["endpoint_found"].detail == "listing: 6 entries, 0 with a date"
    assert "main.py probe" in notes["endpoint_proposed"].detail
    assert crawl.next_visit_at - crawl.finished_at > timedelta(hours=5)


async def test_a_source_of_unknown_kind_that_cannot_be_reached_fails_as_that(visitor: Visitor, site: Site) -> None:
    source = feed_source(site, kind=SourceKind.UNKNOWN, sections=(), homepage="http://127.0.0.1:1/")
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert crawl.outcome is Outcome.CONNECT
