"""What a source taught at earlier visits decides how it is read: guids, rhythm, redirects, the usual fill."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from aggregator.model.crawl import Baseline, GuidCounts, RedirectRun, SourceState, Trigger
from aggregator.model.failures import Outcome
from aggregator.model.source import PagePolicy, Source, SourceKind, SourceSection
from aggregator.normalise.guids import ENOUGH
from aggregator.schedule.drift import ESTABLISHED_DOCUMENTS, rules_of
from aggregator.schedule.redirects import SIGHTINGS
from aggregator.schedule.rhythm import is_known
from aggregator.store.documents import SOURCE_STATE
from tests.crawl.conftest import Site, Visitor, feed_source, rss

ITEMS = tuple((f"/bai-{number}.html", f"Tin thứ {number} của làng nghề dệt thổ cẩm") for number in range(6))
Remember = Callable[..., Awaitable[None]]


@pytest.fixture
def remember(visitor: Visitor, mongo_uri: str, database: str) -> Remember:
    """Changes what is remembered of a source."""

    async def change(source: Source, **changes: Any) -> None:
        store = visitor.core.store
        await store.sources.sync((source,), now=visitor.core.parts.now())
        state = replace(await visitor.state(source), **changes)
        async with AsyncMongoClient[dict[str, Any]](mongo_uri) as client:
            row = {name: value for name, value in SOURCE_STATE.write(state).items() if name in changes}
            await client[database]["sources"].update_one({"_id": source.id}, {"$set": row})

    return change


def guided(site: Site, *items: tuple[str, str, str]) -> str:
    """A feed of (path, title, guid) items."""
    feed = rss(site, *((path, title) for path, title, _guid in items))
    for path, _title, guid in items:
        link = f"<link>{site.base}{path}</link>"
        feed = feed.replace(link, f"{link}<guid isPermaLink='false'>{guid}</guid>")
    return feed


async def test_an_article_that_moved_keeps_its_id_where_guids_are_trusted(
    site: Site, visitor: Visitor, remember: Remember
) -> None:
    source = feed_source(site, pages=PagePolicy.NEVER)
    items = [(path, title, f"post-{number}") for number, (path, title) in enumerate(ITEMS)]
    site.put("/rss", guided(site, *items), kind="application/rss+xml")
    await visitor.crawl(source)
    before = {member.title: member.article_id for member in await visitor.members()}
    await remember(source, guids=GuidCounts(steady=ENOUGH))
    items[2] = ("/muc-moi/bai-2.html", items[2][1], items[2][2])
    site.put("/rss", guided(site, *items), kind="application/rss+xml")
    crawl = await visitor.crawl(source)
    members = await visitor.members()
    assert crawl is not None
    assert crawl.counts.new == 0
    assert {member.title: member.article_id for member in members} == before
    assert f"{site.base}/muc-moi/bai-2.html" in {member.url for member in members}


async def test_a_trusted_guid_that_is_given_to_other_news_overwrites_nothing(
    site: Site, visitor: Visitor, remember: Remember
) -> None:
    source = feed_source(site, pages=PagePolicy.NEVER)
    items = [(path, title, f"post-{number}") for number, (path, title) in enumerate(ITEMS)]
    site.put("/rss", guided(site, *items), kind="application/rss+xml")
    await visitor.crawl(source)
    await remember(source, guids=GuidCounts(steady=ENOUGH))
    other = "Khánh thành cầu dân sinh qua suối Nậm Nơn"
    items[2] = ("/muc-moi/cau-dan-sinh.html", other, items[2][2])
    site.put("/rss", guided(site, *items), kind="application/rss+xml")
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert crawl.counts.new == 1
    assert await visitor.titles() == {title for _path, title in ITEMS} | {other}


async def test_guids_that_were_not_proven_yet_make_no_two_articles_one(site: Site, visitor: Visitor) -> None:
    source = feed_source(site, pages=PagePolicy.NEVER)
    site.put("/rss", guided(site, ("/a.html", "Khai mạc lễ hội đền Cuông", "muc-1")), kind="application/rss+xml")
    await visitor.crawl(source)
    site.put("/rss", guided(site, ("/b.html", "Bế mạc giải bóng chuyền nữ", "muc-1")), kind="application/rss+xml")
    await visitor.crawl(source)
    assert len(await visitor.titles()) == 2


async def test_trust_in_guids_grows_with_every_document_that_brings_news(site: Site, visitor: Visitor) -> None:
    source = feed_source(site, pages=PagePolicy.NEVER)
    items = [(path, title, f"post-{number}") for number, (path, title) in enumerate(ITEMS)]
    for shown in (4, 5, 6):
        site.put("/rss", guided(site, *items[:shown]), kind="application/rss+xml")
        await visitor.crawl(source)
    assert (await visitor.state(source)).guids == GuidCounts(steady=4 + 5)


async def test_the_rhythm_is_learnt_from_visits_that_ended_well(site: Site, visitor: Visitor) -> None:
    source = feed_source(site)
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    await visitor.crawl(source)
    learnt = (await visitor.state(source)).rhythm
    assert learnt is not None
    assert is_known(learnt)
    site.put("/rss", "", status=503)
    await visitor.crawl(source)
    assert (await visitor.state(source)).rhythm == learnt


async def test_a_publishers_ttl_is_kept_over_a_304(site: Site, visitor: Visitor) -> None:
    source = feed_source(site)
    feed = rss(site, *ITEMS).replace("<channel>", "<channel><ttl>240</ttl>")
    site.put("/rss", feed, kind="application/rss+xml", ETag='"1"')
    for status in (200, 304):
        crawl = await visitor.crawl(source)
        assert crawl is not None
        assert crawl.http_status == status
        assert crawl.next_visit_at - crawl.finished_at >= timedelta(hours=4)
        assert "ttl" in crawl.next_visit_why


async def test_a_permanent_redirect_is_counted_and_followed_at_once_when_proven(
    site: Site, visitor: Visitor, remember: Remember
) -> None:
    source = feed_source(site)
    site.put("/moi/rss", rss(site, *ITEMS), kind="application/rss+xml")
    site.put("/rss", "", status=301, Location=f"{site.base}/moi/rss")
    await visitor.crawl(source)
    await visitor.crawl(source)
    run = (await visitor.state(source)).redirects[f"{site.base}/rss"]
    assert (run.url, run.sightings) == (f"{site.base}/moi/rss", 2)
    proven = replace(run, sightings=SIGHTINGS, since=run.since - timedelta(days=4))
    await remember(source, redirects={f"{site.base}/rss": proven})
    site.visits.clear()
    await visitor.crawl(source)
    assert site.visits == ["/moi/rss"]
    site.put("/moi/rss", "", status=404)
    await visitor.crawl(source)
    assert (await visitor.state(source)).redirects == {}


async def test_a_failed_visit_neither_counts_nor_breaks_a_run_of_redirects(
    site: Site, visitor: Visitor, remember: Remember
) -> None:
    source = feed_source(site)
    run = RedirectRun(url=f"{site.base}/moi", since=visitor.core.parts.now(), sightings=7)
    await remember(source, redirects={f"{site.base}/rss": run})
    site.put("/rss", "", status=503)
    await visitor.crawl(source)
    assert (await visitor.state(source)).redirects[f"{site.base}/rss"].sightings == 7


def listing(*rows: str) -> str:
    return f"<html><body><div class='ds'>{''.join(rows)}</div></body></html>"


def established(source: Source, visitor: Visitor, *, entries: float) -> dict[str, Baseline]:
    now = visitor.core.parts.now()
    usual = Baseline(
        rules=rules_of(source),
        documents=ESTABLISHED_DOCUMENTS,
        since=now - timedelta(days=9),
        seen_at=now - timedelta(hours=1),
        least=entries,
        titled=1.0,
        dated=1.0,
        worded=1.0,
    )
    return {source.sections[0].url: usual}


async def drifted_list(site: Site, visitor: Visitor, remember: Remember) -> tuple[Source, SourceState]:
    """A listing whose dates vanished: half its links lead to an article, half to lists of a menu."""
    source = feed_source(site, kind=SourceKind.LISTING, pages=PagePolicy.ALWAYS)
    await remember(source, baselines=established(source, visitor, entries=6.0))
    rows = []
    for number in range(6):
        path, title = f"/tin-tuc/bai-viet-so-{number}-cua-lang-nghe.html", ITEMS[number][1]
        rows.append(f"<div class='tin'><h3><a href='{path}'>{title}</a></h3></div>")
        date = "<span class='date'>20/11/2026 08:00</span>" if number < 3 else ""
        words = "".join(f"<p>Đoạn {n} kể về {title} trong dịp lễ hội đầu xuân của bà con.</p>" for n in range(5))
        site.put(path, f"<html><body><article><h1>{title}</h1>{date}<div>{words}</div></article></body></html>")
    site.put("/rss", listing(*rows))
    await visitor.crawl(source)
    return source, await visitor.state(source)


async def test_of_a_list_that_lost_its_dates_only_dated_articles_are_kept_and_the_alarm_stands(
    site: Site, visitor: Visitor, remember: Remember
) -> None:
    source, state = await drifted_list(site, visitor, remember)
    assert state.last_failure is Outcome.LAYOUT_DRIFT
    assert "ngày đăng" in state.last_sentence
    assert await visitor.titles() == {title for _path, title in ITEMS[:3]}
    await visitor.crawl(source)
    again = await visitor.state(source)
    assert (again.last_failure, again.failing_since) == (Outcome.LAYOUT_DRIFT, state.failing_since)


async def test_a_page_about_something_else_lends_an_article_no_word(site: Site, visitor: Visitor) -> None:
    source = feed_source(site, pages=PagePolicy.ALWAYS)
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    words = "".join(f"<p>Chào mừng độc giả đến với trang nhà của chúng tôi, đoạn {n}.</p>" for n in range(6))
    for path, _title in ITEMS:
        site.put(path, f"<html><body><article><h1>Trang chủ chung</h1>{words}</article></body></html>")
    crawl = await visitor.crawl(source)
    assert crawl is not None
    assert crawl.outcome is Outcome.PARTIAL
    assert await visitor.titles() == {title for _path, title in ITEMS}
    articles = await visitor.core.store.articles.get_many([m.article_id for m in await visitor.members()])
    assert not any("Chào mừng" in article.text for article in articles)


async def test_a_redirect_to_something_unreadable_proves_nothing(site: Site, visitor: Visitor) -> None:
    source = feed_source(site)
    site.put("/bao-tri.html", "<html><body><p>Đang bảo trì</p></body></html>")
    site.put("/rss", "", status=301, Location=f"{site.base}/bao-tri.html")
    await visitor.crawl(source)
    assert (await visitor.state(source)).redirects == {}


async def test_a_stored_address_that_stops_giving_news_is_given_up(
    site: Site, visitor: Visitor, remember: Remember
) -> None:
    source = feed_source(site)
    since = visitor.core.parts.now() - timedelta(days=9)
    proven = RedirectRun(url=f"{site.base}/bao-tri.html", since=since, sightings=SIGHTINGS)
    await remember(source, redirects={f"{site.base}/rss": proven})
    site.put("/bao-tri.html", "<html><body><p>Đang bảo trì</p></body></html>")
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    await visitor.crawl(source)
    await visitor.crawl(source)
    assert len(await visitor.titles()) == len(ITEMS)


async def test_an_undated_entry_whose_page_never_reads_is_kept_as_the_list_tells_it(
    site: Site, visitor: Visitor
) -> None:
    source = feed_source(site, pages=PagePolicy.ALWAYS)
    site.put("/rss", rss(site, ITEMS[0], date=None), kind="application/rss+xml", ETag='"1"')
    site.put(ITEMS[0][0], "", status=500)
    for visit in range(1, 4):
        assert await visitor.titles() == set()
        await visitor.crawl(source)
        assert site.visits.count(ITEMS[0][0]) == visit
    assert await visitor.titles() == {ITEMS[0][1]}
    assert (await visitor.state(source)).page_tries == {}


async def test_an_undated_entry_whose_page_is_gone_is_never_published_nor_asked_for_again(
    site: Site, visitor: Visitor
) -> None:
    source = feed_source(site, pages=PagePolicy.ALWAYS)
    site.put("/rss", rss(site, ITEMS[0], date=None), kind="application/rss+xml")
    for number in range(3):
        site.put("/rss", rss(site, *ITEMS[: number + 1], date=None), kind="application/rss+xml")
        await visitor.crawl(source)
    assert await visitor.titles() == set()
    assert site.visits.count(ITEMS[0][0]) == 1


async def test_after_a_retry_after_no_other_section_of_the_host_is_asked(site: Site, visitor: Visitor) -> None:
    paths = ("/rss", "/rss2", "/rss3")
    sections = tuple(SourceSection(url=f"{site.base}{path}", section="thoi-su") for path in paths)
    source = feed_source(site, sections=sections)
    site.put("/rss", "", status=429, **{"Retry-After": "3600"})
    crawl = await visitor.crawl(source)
    assert site.visits == ["/rss"]
    assert crawl is not None
    assert crawl.outcome is Outcome.RATE_LIMITED
    assert crawl.next_visit_at - crawl.finished_at >= timedelta(hours=1)


async def test_a_dead_section_rests_while_the_others_are_read_and_goes_on_being_told(
    site: Site, visitor: Visitor
) -> None:
    sections = tuple(SourceSection(url=f"{site.base}{path}", section="thoi-su") for path in ("/rss", "/dead"))
    source = feed_source(site, sections=sections)
    site.put("/rss", rss(site, *ITEMS), kind="application/rss+xml")
    for _ in range(3):
        crawl = await visitor.crawl(source, trigger=Trigger.SCHEDULE)
        assert crawl is not None
        assert crawl.outcome is Outcome.PARTIAL
        assert crawl.failure is not None
        assert crawl.failure.outcome is Outcome.NOT_FOUND
    assert (site.visits.count("/rss"), site.visits.count("/dead")) == (3, 1)
    await visitor.crawl(source)  # by hand: everything is asked
    assert site.visits.count("/dead") == 2
