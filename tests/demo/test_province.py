import asyncio
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from aggregator.demo.breakage import Breakage
from aggregator.demo.province import DemoProvince, PublishedItem
from aggregator.demo.timeline import Act
from aggregator.model.source import Authority
from aggregator.sources.places import read_places
from aggregator.sources.read import read_catalogue


def list_url(demo: DemoProvince, item: PublishedItem) -> str:
    site = demo.site(item.source_id)
    channel = next(channel for channel in site.outlet.channels if channel.section == item.section)
    url = site.channel_url(channel)
    return url.replace("sitemap-index-", "news-")


async def read(client: aiohttp.ClientSession, url: str) -> tuple[int, str]:
    async with client.get(url, allow_redirects=False) as response:
        return response.status, await response.text()


async def test_the_sources_file_is_valid_and_its_places_exist(demo: DemoProvince, tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    await demo.write_sources(path)
    text = await asyncio.to_thread(path.read_text, encoding="utf-8")
    places = read_places(await asyncio.to_thread((tmp_path / "places.json").read_text, encoding="utf-8"))
    catalogue = read_catalogue(text, places={place.slug for place in places})
    assert {source.id for source in catalogue.sources} == set(demo.site_ids)
    assert len(catalogue.sections) == 9
    assert {section.section for source in catalogue.sources for section in source.sections} == {
        section.slug for section in catalogue.sections
    }
    assert {source.authority for source in catalogue.sources} == set(Authority)
    assert len(catalogue.links) >= 5


async def test_the_start_holds_more_than_sixty_articles_none_in_the_future(
    demo: DemoProvince, moment: list[datetime]
) -> None:
    truth = demo.truth()
    assert len(truth) >= 60
    assert len({item.section for item in truth}) == 9
    assert len({item.url for item in truth}) == len(truth)
    assert all(item.published_at <= moment[0] for item in truth)


async def test_what_is_published_edited_and_removed_shows_at_every_site(
    demo: DemoProvince, client: aiohttp.ClientSession, moment: list[datetime]
) -> None:
    for site_id in demo.site_ids:
        item = demo.publish(site_id)
        status, page = await read(client, item.url)
        assert status == 200
        listed = (await read(client, list_url(demo, item)))[1]
        path = item.url.removeprefix(demo.site(site_id).address)
        assert path in listed
        moment[0] += timedelta(minutes=2)
        edited = demo.edit(item)
        assert edited.url == item.url
        assert edited.edited
        assert edited.title != item.title
        changed = (await read(client, item.url))[1]
        assert changed != page
        assert "(cập nhật)" in (await read(client, list_url(demo, item)))[1]
        removed = demo.remove(edited)
        assert removed.removed
        assert (await read(client, item.url))[0] == 404
        assert path not in (await read(client, list_url(demo, item)))[1]
        assert removed in demo.truth()


async def test_a_written_correction_changes_title_and_figures(
    demo: DemoProvince, client: aiohttp.ClientSession
) -> None:
    item = next(item for item in demo.truth() if item.event == "phong-chong-bao" and item.source_id == "bao-song-lam")
    assert "2.860" in (await read(client, item.url))[1]
    edited = demo.edit(item)
    page = (await read(client, item.url))[1]
    assert "2.918 tàu thuyền" in edited.title
    assert "2.918 phương tiện" in page
    assert "Đính chính" in page


async def test_each_further_edit_gives_another_title(demo: DemoProvince) -> None:
    item = demo.publish("phu-nu-tinh")
    titles = [item.title]
    for _ in range(3):
        item = demo.edit(item)
        titles.append(item.title)
    assert len(set(titles)) == 4


async def test_an_echo_tells_the_same_event_in_other_words_and_a_repost_names_its_origin(
    demo: DemoProvince, client: aiohttp.ClientSession
) -> None:
    first = demo.publish("bao-song-lam", section="thoi-su")
    second = demo.echo("phat-thanh-xu-lam")
    third = demo.echo("tin-24h")
    assert first.event == second.event == third.event
    assert len({first.title, second.title, third.title}) == 3
    assert "Nguồn tin: Báo Sông Lam (mẫu)" in (await read(client, third.url))[1]


STATUSES = {Breakage.SERVER_ERROR: 503, Breakage.RATE_LIMITED: 429, Breakage.PRIVATE_REDIRECT: 302}


@pytest.mark.parametrize("how", list(Breakage))
async def test_a_broken_site_fails_its_own_way_keeps_robots_and_is_whole_when_mended(
    demo: DemoProvince, client: aiohttp.ClientSession, how: Breakage
) -> None:
    item = demo.publish("phu-nu-tinh")
    url = list_url(demo, item)
    whole = await read(client, url)
    demo.break_site("phu-nu-tinh", how)
    assert (await read(client, f"{demo.site('phu-nu-tinh').address}/robots.txt"))[0] == 200
    if how in {Breakage.HANG, Breakage.SLOW_DRIP}:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await read(client, url)
    elif how is Breakage.TRUNCATED:
        with pytest.raises(aiohttp.ClientPayloadError):
            await read(client, url)
    else:
        status, text = await read(client, url)
        assert status == STATUSES.get(how, 200)
        assert text != whole[1]
        assert item.url not in text or how is Breakage.MALFORMED
    demo.mend("phu-nu-tinh")
    assert await read(client, url) == whole


async def test_a_rate_limit_says_when_to_return_and_a_redirect_leads_into_a_private_network(
    demo: DemoProvince, client: aiohttp.ClientSession
) -> None:
    address = demo.site("tin-24h").address
    demo.break_site("tin-24h", Breakage.RATE_LIMITED)
    async with client.get(f"{address}/") as response:
        assert int(response.headers["Retry-After"]) > 0
    demo.break_site("tin-24h", Breakage.PRIVATE_REDIRECT)
    async with client.get(f"{address}/", allow_redirects=False) as response:
        assert response.headers["Location"].startswith("http://10.")


async def test_mending_lets_go_of_a_visitor_who_hangs(demo: DemoProvince, client: aiohttp.ClientSession) -> None:
    site = demo.site("tin-24h")
    demo.break_site("tin-24h", Breakage.HANG)
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(read(client, f"{site.address}/"))
        async with asyncio.timeout(5):
            await site.someone_waits.wait()
        demo.mend("tin-24h")
    assert waiting.result()[0] == 504


async def test_playing_publishes_edits_breaks_and_leaves_every_site_mended(demo: DemoProvince) -> None:
    stop = asyncio.Event()
    acts: list[Act] = []
    before = len(demo.truth())

    def hear(act: Act, _item: PublishedItem | None) -> None:
        acts.append(act)
        if len(acts) == 300:
            stop.set()

    async with asyncio.timeout(30):
        await demo.play(stop, pace=timedelta(milliseconds=1), told=hear)
    verbs = Counter(act.verb.value for act in acts)
    assert set(verbs) == {"publish", "echo", "edit", "remove", "break", "mend"}
    truth = demo.truth()
    assert len(truth) == before + verbs["publish"] + verbs["echo"]
    assert len({item.url for item in truth}) == len(truth)
    assert any(item.edited for item in truth)
    assert any(item.removed for item in truth)
    assert all(demo.site(site_id).breakage is None for site_id in demo.site_ids)


async def test_two_provinces_of_one_seed_publish_the_same(demo: DemoProvince, moment: list[datetime]) -> None:
    async with DemoProvince(now=lambda: moment[0], seed=7) as twin:
        ours = [demo.publish(site_id).title for site_id in demo.site_ids * 3]
        theirs = [twin.publish(site_id).title for site_id in twin.site_ids * 3]
    assert ours == theirs
