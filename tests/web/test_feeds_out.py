"""The feeds that other programs read: each format says the same, and readers that we did not write understand it."""

import json
from calendar import timegm
from datetime import UTC, datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from aggregator.model.source import Platform, Republish, Selectors, SourceKind
from aggregator.parse.document import parse_document
from tests.web.world import Client, World

FORMS = ["rss", "atom", "json"]
TITLE = 'Khánh thành cầu "Nậm Mộ" & đường liên xã'


async def entries(client: Client, path: str) -> list[dict[str, str]]:
    """What our own reader finds in a feed."""
    answer = await client.get(path)
    assert answer.status == 200, await answer.text()
    document = parse_document(
        await answer.read(),
        url=str(answer.url),
        content_type=answer.headers["Content-Type"],
        kind=SourceKind.FEED,
        platform=Platform.GENERIC,
        selectors=Selectors(),
        now=datetime.now(UTC),
        timezone="Asia/Ho_Chi_Minh",
        max_entries=500,
    )
    return [{"url": entry.url, "title": entry.title, "summary": entry.summary} for entry in document.entries]


@pytest.mark.parametrize("form", FORMS)
async def test_every_story_stands_in_the_feed_by_its_lead(client: Client, world: World, form: str) -> None:
    lead = world.article(source="cong-tinh", minutes_ago=5, title=TITLE)
    await world.publish(lead, world.article(minutes_ago=9))
    other = world.article(minutes_ago=60)
    await world.publish(other)
    found = await entries(client, f"/feeds/tin.{form}")
    assert [entry["title"] for entry in found] == [TITLE, other.title]
    if form != "json":  # there the address is our page, and the source's stands beside it
        assert [entry["url"] for entry in found] == [lead.url, other.url]


async def test_feedparser_reads_rss_and_atom_without_complaint(client: Client, world: World) -> None:
    article = world.article(minutes_ago=5, title=TITLE)
    await world.publish(article)
    read = {}
    for form in ("rss", "atom"):
        answer = await client.get(f"/feeds/tin.{form}")
        read[form] = feedparser.parse(await answer.read())
        assert not read[form].bozo
        (entry,) = read[form].entries
        assert timegm(entry.published_parsed) == int(article.sort_at.timestamp())
    assert read["rss"].entries[0].id == read["atom"].entries[0].id
    assert read["rss"].feed.link.endswith("/")


async def test_a_json_feed_says_what_its_version_asks(client: Client, world: World) -> None:
    article = world.article(minutes_ago=5, title=TITLE)
    await world.publish(article)
    answer = await client.get("/feeds/tin.json")
    assert answer.headers["Content-Type"].startswith("application/feed+json")
    feed = json.loads(await answer.read())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"].endswith("/feeds/tin.json")
    (item,) = feed["items"]
    assert item["external_url"] == article.url
    assert item["url"].endswith(f"/bai/{article.id}")
    assert {"id", "content_text", "date_published", "authors"} <= item.keys()


@pytest.mark.parametrize("form", FORMS)
async def test_a_source_that_allows_only_its_link_lends_no_words(client: Client, world: World, form: str) -> None:
    secret = "Tóm tắt không được phép đăng lại"
    await world.publish(world.article(minutes_ago=5, republish=Republish.LINK, summary=secret))
    answer = await client.get(f"/feeds/tin.{form}")
    assert secret not in await answer.text()


async def test_a_feed_can_be_of_one_section_source_or_place(client: Client, world: World) -> None:
    here = world.article(minutes_ago=5, sections=("thoi-su",), places=("tam-hop",))
    await world.publish(here)
    await world.publish(world.article(source="cong-tinh", minutes_ago=6, sections=("mat-tran",)))
    for path in ("/feeds/chuyen-muc/thoi-su", f"/feeds/nguon/{here.source_id}", "/feeds/xa/tam-hop"):
        assert [entry["title"] for entry in await entries(client, f"{path}.rss")] == [here.title], path


@pytest.mark.parametrize("path", ["chuyen-muc/khong-co.rss", "nguon/khong-co.atom", "tin.xml"])
async def test_an_unknown_feed_is_not_found(client: Client, path: str) -> None:
    answer = await client.get(f"/feeds/{path}")
    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")


async def test_an_unchanged_feed_costs_a_304(client: Client, world: World) -> None:
    await world.publish(world.article(minutes_ago=5))
    first = await client.get("/feeds/tin.rss")
    again = await client.get("/feeds/tin.rss?utm_source=x", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304


async def test_the_list_of_feeds_names_every_section_and_source(client: Client) -> None:
    answer = await client.get("/sources.opml")
    root = etree.fromstring(await answer.read())
    addresses = [str(outline.get("xmlUrl")) for outline in root.iter("outline") if outline.get("xmlUrl")]
    assert len(addresses) > 3
    for address in addresses:
        assert (await client.get(urlsplit(address).path)).status == 200, address


async def test_a_strange_host_is_not_repeated(client: Client, world: World) -> None:
    await world.publish(world.article(minutes_ago=5))
    answer = await client.get("/feeds/tin.rss", headers={"Host": "a.example<script>"})
    assert b"a.example" not in await answer.read()
