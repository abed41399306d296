"""What is published at a source is served here: the real process, the real database, real sockets."""

from typing import Any

import pytest

from aggregator.demo.breakage import Breakage
from aggregator.demo.province import DemoProvince, PublishedItem
from tests.service import Service, until

KINDS_OF_SITES = (
    "bao-song-lam",
    "cong-tinh",
    "mat-tran-tinh",
    "hanh-chinh-cong",
    "phat-thanh-xu-lam",
    "dai-bieu-dan-cu",
)


async def card_of(service: Service, item: PublishedItem) -> dict[str, Any] | None:
    for card in await service.articles():
        if card["url"] == item.url:
            return card
    return None


async def test_everything_the_sites_hold_is_served_once(province: DemoProvince, service: Service) -> None:
    truth = {item.url for item in province.truth()}

    async def everything() -> list[str] | None:
        urls = [card["url"] for card in await service.articles()]
        return urls if truth <= set(urls) else None

    urls = await until("all sample articles are served", everything)
    assert len(urls) == len(set(urls))
    assert set(urls) == truth


@pytest.mark.parametrize("site", KINDS_OF_SITES)
async def test_an_article_appears_within_one_poll_and_its_edit_does_not_move_it(
    province: DemoProvince, service: Service, site: str
) -> None:
    item = province.publish(site)
    card = await until("the new article is served", lambda: card_of(service, item))
    edited = province.edit(item)

    async def changed() -> dict[str, Any] | None:
        found = await card_of(service, edited)
        return found if found and found["title"] == edited.title and found["corrected"] else None

    assert edited.title != item.title
    after = await until("the edited title is served", changed)
    assert (after["id"], after["sort_at"]) == (card["id"], card["sort_at"])


async def test_what_a_source_removes_is_kept_here(province: DemoProvince, service: Service) -> None:
    item = province.publish("bao-song-lam")
    card = await until("the new article is served", lambda: card_of(service, item))
    province.remove(item)
    later = province.publish("bao-song-lam")
    await until("a later article is served", lambda: card_of(service, later))
    article = await service.json(f"/api/v1/articles/{card['id']}")
    assert article["title"] == item.title


async def test_a_broken_source_stops_no_other_and_comes_back(province: DemoProvince, service: Service) -> None:
    province.break_site("cong-tinh", Breakage.HANG)
    province.break_site("phu-nu-tinh", Breakage.MALFORMED)
    held_back = province.publish("phu-nu-tinh")
    healthy = province.publish("bao-song-lam")
    await until("a healthy source's article is served", lambda: card_of(service, healthy))

    async def says_why() -> bool:
        states = {source["id"]: source for source in (await service.json("/api/v1/sources"))["items"]}
        return bool(states["phu-nu-tinh"]["state"] == "failing")

    await until("the broken source is shown as failing", says_why, timeout_s=60)
    province.mend("cong-tinh")
    province.mend("phu-nu-tinh")
    await until("what waited behind the failure is served", lambda: card_of(service, held_back), timeout_s=40)
