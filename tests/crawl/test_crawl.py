"""Visits to real loopback sites, kept in a real database."""

import asyncio
from datetime import timedelta

import pytest

from aggregator.crawl.parts import Step
from aggregator.model.failures import Outcome
from aggregator.model.source import PagePolicy, Selectors, SourceKind, SourceSection
from aggregator.schedule.network import HostSighting
from tests.crawl.conftest import Site, Visitor, feed_source, rss

ITEMS = tuple((f"/bai-{number}.html", f"Tin thứ {number} của làng nghề dệt thổ cẩm") for number in range(6))


async def test_a_304_leaves_articles_and_moves_the_next_visit(site: Site, visitor: Visitor) -> None:
    source = feed_source(site)
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml", ETag='"1"')
    first = await visitor.crawl(source)
    second = await visitor.crawl(source)
    after = await visitor.state(source)
    assert first is not None
    assert second is not None
    assert (first.outcome, first.counts.new) == (Outcome.OK, 6)
    assert (second.outcome, second.http_status, second.counts.found) == (Outcome.UNCHANGED, 304, 0)
    assert second.next_visit_at > second.finished_at
    assert abs(after.next_visit_at - second.next_visit_at) < timedelta(milliseconds=1)
    assert after.articles_total == 6


async def test_the_same_body_without_a_validator_is_not_parsed_again(site: Site, visitor: Visitor) -> None:
    source = feed_source(site)
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    await visitor.crawl(source)
    again = await visitor.crawl(source)
    assert again is not None
    assert (again.outcome, again.timing.parse_ms) == (Outcome.UNCHANGED, 0)


async def test_five_dated_entries_verify_a_source_and_a_failure_does_not_take_it_back(
    site: Site, visitor: Visitor
) -> None:
    source = feed_source(site)
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    await visitor.crawl(source)
    verified = (await visitor.state(source)).verified_at
    assert verified is not None
    site.put("/rss", "", status=503)
    await visitor.crawl(source)
    state = await visitor.state(source)
    assert state.verified_at == verified
    assert state.last_sentence
    assert state.failing_since is not None


async def test_a_failed_section_leaves_the_others_news(site: Site, visitor: Visitor) -> None:
    source = feed_source(
        site,
        sections=(
            SourceSection(url=f"{site.base}/rss", section="thoi-su"),
            SourceSection(url=f"{site.base}/hong", section="thong-bao"),
        ),
    )
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert (crawl.outcome, crawl.counts.new) == (Outcome.PARTIAL, 6)
    assert crawl.failure is not None
    assert crawl.failure.outcome is Outcome.NOT_FOUND


async def test_a_page_of_markup_where_a_feed_was_is_a_failure_that_clears_nothing(site: Site, visitor: Visitor) -> None:
    source = feed_source(site)
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    await visitor.crawl(source)
    site.put("/rss", "<html><body><h1>Bảo trì</h1></body></html>")
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert crawl.outcome is Outcome.NOT_A_FEED
    assert len(await visitor.titles()) == 6


async def test_an_undated_entry_waits_for_its_page(site: Site, visitor: Visitor) -> None:
    source = feed_source(site)
    site.put("/rss", rss(site, ITEMS[0], date=None), kind="application/rss+xml")
    site.put("/bai-0.html", "", status=503)
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert crawl.skipped == {"undated_and_page_unread": 1}
    assert await visitor.titles() == set()
    page = (
        '<html><head><meta property="article:published_time" content="2026-11-20T08:00:00+07:00">'
        f"<title>{ITEMS[0][1]}</title></head><body><h1>{ITEMS[0][1]}</h1>"
        "<article><p>Làng nghề có thêm đơn hàng mới trong tháng này, bà con phấn khởi.</p></article></body></html>"
    )
    site.put("/bai-0.html", page)
    await visitor.crawl(source)
    assert await visitor.titles() == {ITEMS[0][1]}


async def test_a_page_that_failed_is_read_at_the_next_visit(site: Site, visitor: Visitor) -> None:
    source = feed_source(site, pages=PagePolicy.ALWAYS)
    site.put("/rss", rss(site, ITEMS[0]), kind="application/rss+xml", ETag='"1"')
    site.put("/bai-0.html", "", status=503)
    await visitor.crawl(source)
    assert await visitor.titles() == {ITEMS[0][1]}
    site.visits.clear()
    await visitor.crawl(source)
    assert "/bai-0.html" in site.visits


async def test_a_host_that_asks_for_a_pause_is_asked_for_no_further_page(site: Site, visitor: Visitor) -> None:
    source = feed_source(site, pages=PagePolicy.ALWAYS)
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    for path, _title in ITEMS:
        site.put(path, "", status=429, **{"Retry-After": "7200"})
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert sum(visit.startswith("/bai-") for visit in site.visits) <= 4  # those under way at the first refusal
    assert crawl.next_visit_at - crawl.finished_at >= timedelta(seconds=7199)
    assert len(await visitor.titles()) == 6


def listing(site: Site, first: int, last: int, following: str | None) -> str:
    rows = "".join(
        f'<li class="item"><a href="/tin-{number}.html">Tin số {number} về mùa gặt ở bản Phảy</a>'
        f"<time>{20 - number // 10}/11/2026 08:{number:02}</time><p>Tóm tắt số {number}.</p></li>"
        for number in range(first, last)
    )
    more = f'<a class="next" href="{site.base}{following}">Trang sau</a>' if following else ""
    return f"<html><head><title>Tin</title></head><body><ul>{rows}</ul>{more}</body></html>"


SELECTORS = Selectors(item=("li.item",), link=("a",), date=("time",), summary=("p",), next_page=("a.next",))


@pytest.mark.parametrize("cut_after", [1, 3, 8])
async def test_a_crawl_cut_short_between_pages_of_a_list_loses_none(
    site: Site, visitor: Visitor, cut_after: int
) -> None:
    source = feed_source(
        site,
        kind=SourceKind.LISTING,
        sections=(SourceSection(url=f"{site.base}/tin", section="thoi-su"),),
        selectors=SELECTORS,
        pages=PagePolicy.NEVER,
    )
    site.put("/tin", listing(site, 0, 5, "/tin?trang=2"))
    site.put("/tin?trang=2", listing(site, 5, 10, "/tin?trang=3"))
    site.put("/tin?trang=3", listing(site, 10, 15, None))
    seen = 0

    def cut(step: Step) -> None:
        nonlocal seen
        seen += step.name == "new"
        if seen == cut_after:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await visitor.crawl(source, cut)
    await visitor.crawl(source)
    assert len(await visitor.titles()) == 15


async def test_after_an_interrupted_visit_further_pages_are_read_though_the_first_is_known(
    site: Site, visitor: Visitor
) -> None:
    source = feed_source(
        site,
        kind=SourceKind.LISTING,
        sections=(SourceSection(url=f"{site.base}/tin", section="thoi-su"),),
        selectors=SELECTORS,
        pages=PagePolicy.NEVER,
    )
    site.put("/tin", listing(site, 0, 5, None))
    await visitor.crawl(source)

    def cut(_step: Step) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await visitor.crawl(source, cut)
    # What the interrupted visit missed has meanwhile moved behind a page of known entries.
    site.put("/tin", listing(site, 0, 5, "/tin?trang=2"))
    site.put("/tin?trang=2", listing(site, 5, 10, None))
    await visitor.crawl(source)
    assert len(await visitor.titles()) == 10


async def test_a_source_without_an_endpoint_is_probed_and_says_what_it_found(site: Site, visitor: Visitor) -> None:
    source = feed_source(site, kind=SourceKind.UNKNOWN, sections=())
    site.put(
        "/", '<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head><body></body></html>'
    )
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert crawl.outcome is Outcome.PROBED
    assert any(problem.field.endswith("/rss") and "6 entries" in problem.detail for problem in crawl.problems)
    assert crawl.next_visit_at - crawl.finished_at > timedelta(hours=5)


async def test_an_edit_keeps_id_and_place_and_is_remembered(site: Site, visitor: Visitor) -> None:
    source = feed_source(site)
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    await visitor.crawl(source)
    before = {member.url: member for member in await visitor.members()}
    corrected = (ITEMS[0][0], "Đính chính: tin thứ không của làng nghề dệt thổ cẩm")
    site.put("/rss", rss(site, corrected, *ITEMS[1:]), kind="application/rss+xml")
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert (crawl.counts.new, crawl.counts.updated, crawl.counts.unchanged) == (0, 1, 5)
    after = {member.url: member for member in await visitor.members()}
    url = f"{site.base}{ITEMS[0][0]}"
    assert after[url].title == corrected[1]
    assert after[url].corrected
    assert (after[url].article_id, after[url].sort_at) == (before[url].article_id, before[url].sort_at)


async def test_while_our_own_network_is_down_no_source_is_blamed(site: Site, visitor: Visitor) -> None:
    down = feed_source(site, sections=(SourceSection(url="http://127.0.0.1:1/rss", section="thoi-su"),))
    blamed = await visitor.crawl(down)
    assert blamed is not None
    assert blamed.outcome is Outcome.CONNECT
    failures = (await visitor.state(down)).failures
    assert failures > 0
    now = visitor.core.parts.now()
    hosts = [f"may-chu-{number}.example.vn" for number in range(4)]
    earlier = now - timedelta(minutes=20)
    await visitor.core.store.hosts.note(HostSighting(host=host, answered_at=earlier) for host in hosts)
    await visitor.core.store.hosts.note(HostSighting(host=host, failed_at=now) for host in hosts)
    await visitor.crawl(down)
    state = await visitor.state(down)
    assert state.failures == failures
    assert "mạng của hệ thống" in state.next_visit_why
    assert state.last_sentence


async def test_a_feed_cut_off_keeps_what_came_and_is_read_again(site: Site, visitor: Visitor) -> None:
    source = feed_source(site)
    whole = rss(site, *ITEMS)
    site.put("/rss", whole[: whole.index("</item>", len(whole) // 2)], kind="application/rss+xml", ETag='"1"')
    first = await visitor.crawl(source)
    again = await visitor.crawl(source)
    state = await visitor.state(source)
    for crawl in (first, again):
        assert crawl is not None
        assert crawl.outcome is Outcome.PARTIAL
        assert crawl.http_status == 200
        assert crawl.failure is not None
        assert crawl.failure.outcome is Outcome.TRUNCATED
    assert state.failing_since is not None
    assert await visitor.titles() < {title for _path, title in ITEMS}
    site.put("/rss", whole, kind="application/rss+xml", ETag='"1"')
    await visitor.crawl(source)
    assert await visitor.titles() == {title for _path, title in ITEMS}
