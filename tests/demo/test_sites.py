import json
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import feedparser
import pytest
from lxml import etree, html

from aggregator.demo.province import DemoProvince

FEEDS = ("bao-song-lam", "hanh-chinh-cong", "phat-thanh-xu-lam", "phu-nu-tinh", "tin-24h")
LISTS = {"mat-tran-tinh": ".list-news article.story .story__heading a", "xa-do-luong": ".list-news .news-item h3 a"}
BODIES = {
    "bao-song-lam": ".c-news-detail .b-maincontent > .entry",
    "cong-tinh": ".article-content",
    "mat-tran-tinh": ".article__body.zce-content-body",
    "hanh-chinh-cong": "#news-bodyhtml.bodytext",
    "phat-thanh-xu-lam": "[itemprop=articleBody]",
    "xa-do-luong": ".article-content",
    "phu-nu-tinh": "[itemprop=articleBody]",
    "dai-bieu-dan-cu": "[itemprop=articleBody]",
    "cam-nang-mat-tran": "[itemprop=articleBody]",
    "tin-24h": "[itemprop=articleBody]",
}


def page_of(text: str, url: str = "") -> Any:
    return html.fromstring(text, base_url=url)


def section_urls(demo: DemoProvince, site_id: str) -> list[str]:
    site = demo.site(site_id)
    return [site.channel_url(channel) for channel in site.outlet.channels]


async def read(client: aiohttp.ClientSession, url: str) -> str:
    async with client.get(url) as response:
        assert response.status == 200, url
        return await response.text()


@pytest.mark.parametrize("site_id", FEEDS)
async def test_feeds_are_well_formed_and_hold_everything_published(
    demo: DemoProvince, client: aiohttp.ClientSession, site_id: str
) -> None:
    links = set()
    for url in section_urls(demo, site_id):
        text = await read(client, url)
        etree.fromstring(text.encode())  # strict
        feed = feedparser.parse(text)
        assert not feed.bozo
        assert all(entry.title and entry.published for entry in feed.entries)
        links |= {entry.link for entry in feed.entries}
    assert links == {item.url for item in demo.truth() if item.source_id == site_id}


async def test_the_json_feed_gives_bodies_and_the_true_sizes_of_its_files(
    demo: DemoProvince, client: aiohttp.ClientSession
) -> None:
    (url,) = section_urls(demo, "cam-nang-mat-tran")
    feed = json.loads(await read(client, url))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) >= 5
    assert all("<p>" in item["content_html"] for item in feed["items"])
    file = next(file for item in feed["items"] for file in item["attachments"])
    async with client.get(file["url"]) as response:
        body = await response.read()
    assert body.startswith(b"%PDF-")
    assert len(body) == file["size_in_bytes"]


@pytest.mark.parametrize("site_id", LISTS)
async def test_lists_show_their_articles_under_the_selectors_of_the_platform(
    demo: DemoProvince, client: aiohttp.ClientSession, site_id: str
) -> None:
    found = set()
    for url in section_urls(demo, site_id):
        page = page_of(await read(client, url), url)
        page.make_links_absolute()
        found |= {link.get("href").removesuffix("?pageindex=0") for link in page.cssselect(LISTS[site_id])}
    assert found == {item.url for item in demo.truth() if item.source_id == site_id}


async def test_a_list_dates_recent_articles_relatively_and_leads_to_its_next_page(
    demo: DemoProvince, client: aiohttp.ClientSession, moment: list[datetime]
) -> None:
    for _ in range(14):
        moment[0] += timedelta(minutes=5)
        demo.publish("mat-tran-tinh", section="mat-tran")
    url = section_urls(demo, "mat-tran-tinh")[0]
    page = page_of(await read(client, url), url)
    times = [time.text for time in page.cssselect(".story__time")]
    assert times[:2] == ["1 phút trước", "5 phút trước"]
    page.make_links_absolute()
    following = page.cssselect(".pagination__pages a.next")[0].get("href")
    rest = page_of(await read(client, following))
    assert rest.cssselect("article.story")


async def test_the_portal_answers_its_articles_as_json(demo: DemoProvince, client: aiohttp.ClientSession) -> None:
    urls = set()
    for url in section_urls(demo, "cong-tinh"):
        answer = json.loads(await read(client, url))
        urls |= {item["Url"].removesuffix("?pageindex=0") for item in answer["data"]}
    assert urls == {item.url for item in demo.truth() if item.source_id == "cong-tinh"}


async def test_the_sitemap_index_leads_to_the_news_sitemap(demo: DemoProvince, client: aiohttp.ClientSession) -> None:
    spaces = {
        "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
        "n": "http://www.google.com/schemas/sitemap-news/0.9",
    }
    index = etree.fromstring((await read(client, section_urls(demo, "dai-bieu-dan-cu")[0])).encode())
    (child,) = index.findall("s:sitemap/s:loc", spaces)
    news = etree.fromstring((await read(client, child.text or "")).encode())
    titles = {element.text for element in news.findall("s:url/n:news/n:title", spaces)}
    told = {item.title for item in demo.truth() if item.section == "lich-tiep-xuc"}
    assert titles == told


@pytest.mark.parametrize("site_id", BODIES)
async def test_every_article_page_has_its_body_where_the_platform_puts_it(
    demo: DemoProvince, client: aiohttp.ClientSession, site_id: str
) -> None:
    items = [item for item in demo.truth() if item.source_id == site_id]
    assert items
    for item in items:
        page = page_of(await read(client, item.url))
        (body,) = page.cssselect(BODIES[site_id])
        assert len(body.text_content().strip()) > 200
        assert page.cssselect("h1")[0].text_content() == item.title
        for source in page.xpath("//main//img/@src"):
            async with client.head(source) as response:
                assert response.content_type == "image/png"


async def test_nukeviet_prints_the_month_where_minutes_belong_and_bodies_without_paragraphs(
    demo: DemoProvince, client: aiohttp.ClientSession, moment: list[datetime]
) -> None:
    item = demo.publish("hanh-chinh-cong", section="thong-bao")
    text = await read(client, section_urls(demo, "hanh-chinh-cong")[0])
    feed = feedparser.parse(text)
    printed = parsedate_to_datetime(feed.entries[0].published)
    assert (printed.hour, printed.minute, printed.second) == (moment[0].hour, 11, moment[0].second)
    assert "&amp;#x002F;" in text
    page = page_of(await read(client, item.url))
    assert not page.cssselect("#news-bodyhtml > p")
    assert page.cssselect("#news-bodyhtml > br")


async def test_the_schedule_keeps_its_row_spans(demo: DemoProvince, client: aiohttp.ClientSession) -> None:
    item = next(item for item in demo.truth() if item.event == "tx-to-1")
    page = page_of(await read(client, item.url))
    assert [cell.text for cell in page.cssselect("td[rowspan='2']")][:2] == ["Tổ số 1", "Tổ số 2"]


async def test_a_document_has_its_pdf(demo: DemoProvince, client: aiohttp.ClientSession) -> None:
    item = next(item for item in demo.truth() if item.event == "hd-41-ngay-hoi")
    page = page_of(await read(client, item.url))
    files = [href for href in page.xpath("//a/@href") if href.endswith(".pdf")]
    assert len(files) == 2
    async with client.get(files[0]) as response:
        assert response.content_type == "application/pdf"
        assert (await response.read()).startswith(b"%PDF-")


async def test_a_file_nobody_published_is_missing(demo: DemoProvince, client: aiohttp.ClientSession) -> None:
    async with client.get(f"{demo.site('cong-tinh').address}/uploads/khong-co.pdf") as response:
        assert response.status == 404


@pytest.mark.parametrize("site_id", ["phat-thanh-xu-lam", "phu-nu-tinh", "tin-24h", "cam-nang-mat-tran"])
async def test_an_etag_is_answered_with_304_until_something_is_published(
    demo: DemoProvince, client: aiohttp.ClientSession, site_id: str
) -> None:
    site = demo.site(site_id)
    channel = site.outlet.channels[0]
    url = site.channel_url(channel)
    async with client.get(url) as response:
        etag = response.headers["ETag"]
    async with client.get(url, headers={"If-None-Match": etag}) as response:
        assert response.status == 304
        assert response.headers["ETag"] == etag
        assert await response.read() == b""
    demo.publish(site_id, section=channel.section)
    async with client.get(url, headers={"If-None-Match": etag}) as response:
        assert response.status == 200


@pytest.mark.parametrize("site_id", ["phat-thanh-xu-lam", "bao-song-lam", "hanh-chinh-cong", "dai-bieu-dan-cu"])
async def test_last_modified_tells_two_changes_of_one_second_apart(
    demo: DemoProvince, client: aiohttp.ClientSession, site_id: str
) -> None:
    url = section_urls(demo, site_id)[0]
    demo.publish(site_id)
    async with client.get(url) as response:
        since = response.headers["Last-Modified"]
    async with client.get(url, headers={"If-Modified-Since": since}) as response:
        assert response.status == 304
    demo.publish(site_id)  # the clock stands still
    async with client.get(url, headers={"If-Modified-Since": since}) as response:
        assert response.status == 200


async def test_every_site_has_its_own_port_robots_and_an_access_log(
    demo: DemoProvince, client: aiohttp.ClientSession
) -> None:
    ports = {urlsplit(demo.site(site_id).address).port for site_id in demo.site_ids}
    assert len(ports) == len(demo.site_ids) == 10
    for site_id in demo.site_ids:
        address = demo.site(site_id).address
        assert "User-agent: *" in await read(client, f"{address}/robots.txt")
        assert "Dữ liệu mẫu" in await read(client, f"{address}/")
        async with client.get(f"{address}/khong-co-trang/nay-dau/ca/") as response:
            assert response.status == 404
        log = [(visit.path, visit.status) for visit in demo.visits(site_id)]
        assert log == [("/robots.txt", 200), ("/", 200), ("/khong-co-trang/nay-dau/ca/", 404)]
