"""The crawl log: its pages, its filters, one crawl in full."""

import re

from yarl import URL

from aggregator.model.failures import Outcome
from aggregator.model.people import Role
from tests.web.test_ops import sign_in
from tests.web.world import Client, World


async def _walk_log(client: Client, address: str) -> list[str]:
    shown: list[str] = []
    while True:
        page = await (await client.get(URL(address, encoded=True))).text()
        shown += re.findall(r'href="/ops/crawls/(c\d+)"', page)
        older = re.search(r'href="(/ops/crawls\?[^"]*cursor=[^"]+)"', page)
        if older is None:
            return shown
        address = older[1].replace("&amp;", "&")


async def test_the_crawl_log_is_walked_by_cursor_and_narrowed(client: Client, world: World) -> None:
    await world.person("lan", Role.READER_OF_LOGS)
    made = [(await world.crawled("bao-tinh", Outcome.OK, minutes_ago=number)).id for number in range(1, 46)]
    failed = await world.crawled("cong-tinh", Outcome.SERVER_ERROR, minutes_ago=90)
    await sign_in(client, "lan")
    assert await _walk_log(client, "/ops/crawls?source=bao-tinh&outcome=") == made
    assert await _walk_log(client, "/ops/crawls?outcome=server_error") == [failed.id]
    assert (await client.get("/ops/crawls?outcome=nope")).status == 400


async def test_visits_that_found_nothing_new_are_left_out_of_the_log_until_asked_for(
    client: Client, world: World
) -> None:
    await world.person("lan", Role.READER_OF_LOGS)
    every: list[str] = []
    telling: list[str] = []
    silent: list[str] = []
    for number in range(1, 60):
        outcome = Outcome.UNCHANGED if number % 10 else Outcome.DNS
        crawl = await world.crawled("bao-tinh", outcome, minutes_ago=number)
        every.append(crawl.id)
        (silent if outcome is Outcome.UNCHANGED else telling).append(crawl.id)
    await sign_in(client, "lan")
    assert await _walk_log(client, "/ops/crawls") == telling
    assert await _walk_log(client, "/ops/crawls?source=bao-tinh") == telling
    assert await _walk_log(client, "/ops/crawls?outcome=unchanged") == silent
    page = await (await client.get("/ops/crawls?source=bao-tinh")).text()
    toggle = re.search(r'<a href="([^"]+)">Hiện cả lượt không có gì mới', page)
    assert toggle
    address = toggle[1].replace("&amp;", "&")
    assert address == "/ops/crawls?source=bao-tinh&unchanged=1"
    assert await _walk_log(client, address) == every
    shown = await (await client.get(address)).text()
    assert 'href="/ops/crawls?source=bao-tinh">Ẩn lượt không có gì mới' in shown
    assert '<input type="hidden" name="unchanged" value="1">' in shown  # the filter form keeps it
    assert (await client.get("/ops/crawls?unchanged=yes")).status == 400


async def test_the_shortened_log_reads_only_what_it_shows(world: World) -> None:
    for number in range(1, 40):
        await world.crawled("bao-tinh", Outcome.DNS if number % 13 == 0 else Outcome.UNCHANGED, minutes_ago=number)
    crawls = world.store._database["crawls"]
    wanted = {"outcome": {"$in": [str(item) for item in Outcome if item is not Outcome.UNCHANGED]}}
    query = crawls.find(wanted).sort([("started_at", -1), ("_id", -1)]).limit(21)
    figures = (await query.explain())["executionStats"]
    assert figures["nReturned"] == figures["totalDocsExamined"] == 3
    assert figures["totalKeysExamined"] < 3 + 2 * len(Outcome)


async def test_one_crawl_tells_counts_timing_skips_problems_and_the_cause_unharmed(
    client: Client, world: World
) -> None:
    await world.person("lan", Role.READER_OF_LOGS)
    crawl = await world.crawled("bao-tinh", Outcome.SERVER_ERROR)
    await sign_in(client, "lan")
    page = await (await client.get(f"/ops/crawls/{crawl.id}")).text()
    for part in ("850 ms", "đã quá cũ", "date_missing", "HTTP 503 &lt;script&gt;", "nhịp thường của nguồn", "503"):
        assert part in page, part
    assert "<script>alert" not in page
    assert (await client.get("/ops/crawls/c9999")).status == 404
