"""What a first look says of the sample sites: each is recognised by the marks of its platform and by nothing else."""

import aiohttp
import pytest

from aggregator.demo.outlets import OUTLET_BY_ID, Dialect
from aggregator.demo.province import DemoProvince
from aggregator.model.probe import ProbeReport
from aggregator.model.source import Platform
from aggregator.parse.probe import inspect

PLATFORM_OF = {
    "bao-song-lam": Platform.ONECMS,
    "mat-tran-tinh": Platform.EPI,
    "hanh-chinh-cong": Platform.NUKEVIET,
    "cong-tinh": Platform.VNPORTAL,
    "xa-do-luong": Platform.VNPORTAL,
    "phat-thanh-xu-lam": Platform.GENERIC,
    "phu-nu-tinh": Platform.GENERIC,
    "dai-bieu-dan-cu": Platform.GENERIC,
    "cam-nang-mat-tran": Platform.GENERIC,
    "tin-24h": Platform.GENERIC,
}
# vnPortal has no element names that are public: a page without a picture or file says nothing of its platform.
KNOWN_BY_FILES = {site_id for site_id, platform in PLATFORM_OF.items() if platform is Platform.VNPORTAL}
LIST_SITES = [site_id for site_id in PLATFORM_OF if OUTLET_BY_ID[site_id].dialect in {Dialect.EPI, Dialect.VNPORTAL}]


async def look(client: aiohttp.ClientSession, url: str) -> ProbeReport:
    async with client.get(url) as response:
        assert response.status == 200, url
        return inspect(await response.read(), url=url, content_type=response.headers["Content-Type"])


def test_the_outlets_are_those_judged_here() -> None:
    assert {site_id: outlet.platform for site_id, outlet in OUTLET_BY_ID.items()} == PLATFORM_OF


@pytest.mark.parametrize("site_id", PLATFORM_OF)
async def test_a_homepage_shows_its_platform(demo: DemoProvince, client: aiohttp.ClientSession, site_id: str) -> None:
    report = await look(client, f"{demo.site(site_id).address}/")
    assert report.platform == PLATFORM_OF[site_id]


@pytest.mark.parametrize("site_id", PLATFORM_OF)
async def test_article_pages_show_their_platform(
    demo: DemoProvince, client: aiohttp.ClientSession, site_id: str
) -> None:
    site = demo.site(site_id)
    posts = [post for post in site.listed() if post.draft.picture or site_id not in KNOWN_BY_FILES]
    assert posts
    for post in posts:
        report = await look(client, site.article_url(post))
        assert report.platform == PLATFORM_OF[site_id], post.title


@pytest.mark.parametrize("site_id", LIST_SITES)
async def test_list_pages_show_their_platform(demo: DemoProvince, client: aiohttp.ClientSession, site_id: str) -> None:
    site = demo.site(site_id)
    report = await look(client, site.channel_url(site.outlet.channels[0]))
    assert report.platform == PLATFORM_OF[site_id]
