"""What crawls submit is kept in order, fenced, once, and one bad article costs one article."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.article import Article, Version, Visibility
from aggregator.model.crawl import Crawl, SourceState, Validators
from aggregator.model.errors import LeaseLost, StoreUnavailable
from aggregator.model.failures import Outcome
from aggregator.model.source import Source
from aggregator.settings import Driver
from aggregator.store.sources import Claim
from aggregator.store.store import Store
from aggregator.store.writer import CrawlWrites, WriteResult

TTL = timedelta(seconds=8)


async def waiting(store: Store) -> list[Article]:
    """The articles that are not yet in their stories."""
    return await store.articles.get_many(await store.unmerged.ids())


async def test_new_articles_are_kept_and_wait_to_be_merged(
    store: Store, claimed: Claim, an_article: Callable[..., Article]
) -> None:
    articles = (an_article(), an_article())
    result = await store.writer.submit(CrawlWrites(lease=claimed.lease, new=articles))
    assert result == WriteResult(inserted=frozenset(article.id for article in articles))
    assert await waiting(store) == list(articles)


async def test_an_article_that_is_known_by_a_key_is_a_duplicate_and_not_kept_twice(
    store: Store, claimed: Claim, an_article: Callable[..., Article]
) -> None:
    first = an_article(keys=("bao|u:x", "bao|g:y"))
    again = an_article(keys=("bao|g:y",))
    other = an_article()
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(first,)))
    result = await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(again, other)))
    assert result.duplicates == {again.id}
    assert result.inserted == {other.id}
    assert await store.articles.get(again.id) is None


async def test_the_same_writes_twice_change_nothing_the_second_time(
    store: Store,
    claimed: Claim,
    an_article: Callable[..., Article],
    a_crawl: Callable[..., Crawl],
    concluded: Callable[..., SourceState],
) -> None:
    writes = CrawlWrites(lease=claimed.lease, new=(an_article(),), crawl=a_crawl(), state=concluded(claimed))
    await store.writer.submit(writes)
    with pytest.raises(LeaseLost):
        await store.writer.submit(writes)
    state = await store.sources.state("bao")
    assert state is not None
    assert state.articles_total == 1
    assert len(await store.crawls.recent(source_id="bao", limit=10)) == 1


async def test_an_edit_keeps_story_visibility_and_first_sight_and_is_merged_again(
    store: Store, claimed: Claim, an_article: Callable[..., Article]
) -> None:
    article = an_article()
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(article,)))
    await store.articles.note_stories({article.id: "story"})
    await store.unmerged.merged(store.unmerged.take_written(10))
    assert await waiting(store) == []
    now = datetime(2027, 1, 1, tzinfo=UTC)
    edit = replace(
        article,
        title="Tiêu đề mới",
        digest="f" * 32,
        visibility=Visibility.HIDDEN,
        first_seen_at=now,
        sort_at=now,
        versions=(Version(seen_at=now, title=article.title, digest=article.digest, changed=("title",)),),
    )
    await store.writer.submit(CrawlWrites(lease=claimed.lease, updated=(edit,)))
    expected = replace(article, title="Tiêu đề mới", digest="f" * 32, versions=edit.versions, story_id="story")
    assert await waiting(store) == [expected]


async def test_an_edit_whose_new_key_another_article_holds_is_kept_without_that_key(
    store: Store, claimed: Claim, an_article: Callable[..., Article]
) -> None:
    lease = claimed.lease
    first, second = an_article(), an_article()
    await store.writer.submit(CrawlWrites(lease=lease, new=(first, second)))
    edited = replace(second, title="Tiêu đề đã sửa", digest="f" * 32, keys=(*second.keys, *first.keys))
    result = await store.writer.submit(CrawlWrites(lease=lease, updated=(edited,)))
    assert result == WriteResult()
    kept = await store.articles.get(second.id)
    assert kept is not None
    assert (kept.title, kept.digest, kept.keys) == (edited.title, edited.digest, second.keys)


async def test_a_merge_that_read_an_older_state_leaves_the_article_waiting(
    store: Store, claimed: Claim, an_article: Callable[..., Article]
) -> None:
    article = an_article()
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(article,)))
    seen = store.unmerged.take_written(10)
    also_listed = replace(article, sections=("thoi-su", "mat-tran"))  # the digest is the same
    await store.writer.submit(CrawlWrites(lease=claimed.lease, updated=(also_listed,)))
    await store.unmerged.merged(seen)
    assert await waiting(store) == [also_listed]


async def test_concluding_writes_state_and_record_and_frees_the_source(
    store: Store,
    claimed: Claim,
    an_article: Callable[..., Article],
    a_crawl: Callable[..., Crawl],
    concluded: Callable[..., SourceState],
) -> None:
    crawl = a_crawl(skipped={"too_old": 3})
    state = concluded(claimed, validators={"https://a.example/rss?x=1.2": Validators(etag='"1"')}, articles_total=77)
    await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(an_article(),), crawl=crawl, state=state))
    assert await store.crawls.get(crawl.id) == crawl
    assert await store.sources.state("bao") == replace(state, articles_total=1)
    next_claim = await store.sources.claim("two", "bao", ttl=TTL)
    assert next_claim is not None
    assert next_claim.lease.token == claimed.lease.token + 1


async def test_a_verified_source_stays_verified(
    store: Store, claimed: Claim, concluded: Callable[..., SourceState]
) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    await store.writer.submit(CrawlWrites(lease=claimed.lease, state=concluded(claimed, verified_at=at)))
    again = await store.sources.claim("two", "bao", ttl=TTL)
    assert again is not None
    await store.writer.submit(CrawlWrites(lease=again.lease, state=concluded(again, verified_at=None)))
    state = await store.sources.state("bao")
    assert state is not None
    assert state.verified_at == at


async def test_a_late_writer_with_an_old_token_changes_nothing(
    store: Store,
    an_article: Callable[..., Article],
    a_crawl: Callable[..., Crawl],
    sources_named: Callable[..., tuple[Source, ...]],
    concluded: Callable[..., SourceState],
) -> None:
    await store.sources.sync(sources_named("bao"), now=datetime(2026, 1, 1, tzinfo=UTC))
    late = await store.sources.claim("late", "bao", ttl=timedelta(0))
    current = await store.sources.claim("current", "bao", ttl=TTL)
    assert late is not None
    assert current is not None
    article = an_article(fence=current.lease.token)
    await store.writer.submit(CrawlWrites(lease=current.lease, new=(article,)))
    before = await store.sources.state("bao")
    crawl = a_crawl()
    for writes in (
        CrawlWrites(lease=late.lease, new=(an_article(),)),
        CrawlWrites(lease=late.lease, updated=(replace(article, title="cũ", fence=late.lease.token),)),
        CrawlWrites(lease=late.lease, crawl=crawl, state=concluded(late)),
    ):
        with pytest.raises(LeaseLost):
            await store.writer.submit(writes)
    assert await waiting(store) == [article]
    assert await store.sources.state("bao") == before
    assert await store.crawls.get(crawl.id) is None
    assert await store.sources.renew("current", ["bao"], ttl=TTL) == {"bao"}


async def test_a_lost_lease_in_a_batch_costs_only_its_own_crawl(
    store: Store,
    a_crawl: Callable[..., Crawl],
    sources_named: Callable[..., tuple[Source, ...]],
    concluded: Callable[..., SourceState],
) -> None:
    names = [f"s{number}" for number in range(10)]
    await store.sources.sync(sources_named(*names), now=datetime(2026, 1, 1, tzinfo=UTC))
    claims = await store.sources.claim_due("one", limit=10, ttl=TTL)
    stale = replace(claims[3], lease=replace(claims[3].lease, token=0))
    lost: list[str] = []

    async def conclude(claim: Claim) -> None:
        crawl = a_crawl(source_id=claim.source_id)
        try:
            await store.writer.submit(CrawlWrites(lease=claim.lease, crawl=crawl, state=concluded(claim)))
        except LeaseLost:
            lost.append(claim.source_id)

    async with asyncio.TaskGroup() as group:
        for claim in (*claims[:3], stale, *claims[4:]):
            group.create_task(conclude(claim))
    assert lost == [stale.source_id]
    assert {crawl.source_id for crawl in await store.crawls.recent(limit=100)} == set(names) - {stale.source_id}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"versions": ("not a version",)}, "cannot be encoded"),
        ({"published_at": datetime(2026, 1, 1)}, "has no zone"),  # noqa: DTZ001 - the poison
        ({"parser_version": 2**70}, "cannot be encoded"),
        ({"title": "x" * 2_000_000}, "bytes"),
    ],
    ids=["type", "zone", "integer", "size"],
)
async def test_a_poison_article_is_rejected_and_the_others_are_kept(
    store: Store, claimed: Claim, an_article: Callable[..., Article], changes: dict[str, object], reason: str
) -> None:
    good, poison, also_good = an_article(), an_article(**changes), an_article()
    result = await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(good, poison, also_good)))
    assert result.inserted == {good.id, also_good.id}
    assert list(result.rejected) == [poison.id]
    assert reason in result.rejected[poison.id]


async def test_an_article_over_one_mebibyte_is_kept_without_its_body(
    store: Store, claimed: Claim, an_article: Callable[..., Article]
) -> None:
    huge = an_article(body="<p>" + "x" * 1_100_000 + "</p>", text="x" * 1_100_000)
    result = await store.writer.submit(CrawlWrites(lease=claimed.lease, new=(huge,)))
    assert result.inserted == {huge.id}
    kept = await store.articles.get(huge.id)
    assert kept is not None
    assert kept.body == ""
    assert kept.text == "x" * 200_000
    assert [problem.code for problem in kept.problems] == ["too_large"]


async def test_a_state_that_cannot_be_encoded_fails_alone(
    store: Store, sources_named: Callable[..., tuple[Source, ...]], concluded: Callable[..., SourceState]
) -> None:
    await store.sources.sync(sources_named("bad", "good"), now=datetime(2026, 1, 1, tzinfo=UTC))
    claims = {claim.source_id: claim for claim in await store.sources.claim_due("one", limit=2, ttl=TTL)}
    async with asyncio.TaskGroup() as group:
        bad = group.create_task(_outcome(store, claims["bad"], concluded(claims["bad"], last_duration_ms=2**70)))
        good = group.create_task(_outcome(store, claims["good"], concluded(claims["good"])))
    assert bad.result() == "StoreError"
    assert good.result() == "kept"


async def _outcome(store: Store, claim: Claim, state: SourceState) -> str:
    try:
        await store.writer.submit(CrawlWrites(lease=claim.lease, state=state))
    except Exception as error:  # noqa: BLE001 - its name is what is compared
        return type(error).__name__
    return "kept"


async def test_failures_are_kept_six_times_as_long(
    store: Store, claimed: Claim, a_crawl: Callable[..., Crawl], concluded: Callable[..., SourceState]
) -> None:
    crawl = a_crawl(outcome=Outcome.TIMEOUT)
    await store.writer.submit(CrawlWrites(lease=claimed.lease, crawl=crawl, state=concluded(claimed)))
    row = await store._database["crawls"].find_one({"_id": crawl.id})
    assert row is not None
    assert row["expire_at"] - crawl.finished_at == timedelta(days=180)


async def test_closing_writes_what_is_queued_and_takes_nothing_more(
    mongo_uri: str, database: str, driver: Driver, an_article: Callable[..., Article], claimed: Claim
) -> None:
    store = await Store.open(mongo_uri, driver=driver, database=database, keep_crawls=timedelta(days=30))
    article = an_article()
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(store.writer.submit(CrawlWrites(lease=claimed.lease, new=(article,))))
        await asyncio.sleep(0)  # the submission is queued, nothing runs yet
        await store.writer.close()
        await store.writer.run()
    assert waiting.result().inserted == {article.id}
    with pytest.raises(StoreUnavailable):
        await store.writer.submit(CrawlWrites(lease=claimed.lease))
    await store.close()


async def test_a_cancelled_writer_leaves_nobody_waiting(
    mongo_uri: str, database: str, driver: Driver, an_article: Callable[..., Article], claimed: Claim
) -> None:
    store = await Store.open(mongo_uri, driver=driver, database=database, keep_crawls=timedelta(days=30))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(store.writer.run())
        waiting = group.create_task(_outcome_of_articles(store, claimed, an_article()))
        await asyncio.sleep(0)
        running.cancel()
    assert waiting.result() == "StoreUnavailable"
    await store.close()


async def _outcome_of_articles(store: Store, claim: Claim, article: Article) -> str:
    try:
        await store.writer.submit(CrawlWrites(lease=claim.lease, new=(article,)))
    except StoreUnavailable as error:
        return type(error).__name__
    return "kept"
