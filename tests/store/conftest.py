"""The store's tests run with each driver; builders of what is stored."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from aggregator.model.article import Article, Story, StoryMember, Visibility
from aggregator.model.crawl import Counts, Crawl, Lease, SourceState, Timing, Trigger
from aggregator.model.entry import DateOrigin, Precision
from aggregator.model.failures import Outcome
from aggregator.model.source import ArticleKind, Authority, Republish, Source, SourceKind
from aggregator.settings import Driver
from aggregator.store.sources import Claim
from aggregator.store.store import Store

MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TTL = timedelta(seconds=8)


@pytest.fixture(params=list(Driver), ids=str)
def driver(request: pytest.FixtureRequest) -> Driver:
    chosen: Driver = request.param
    return chosen


@pytest.fixture
def numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def an_article(numbers: Iterator[int]) -> Callable[..., Article]:
    """Builds an article; each call makes another identity."""

    def build(**changes: Any) -> Article:
        number = next(numbers)
        url = f"https://baonghean.example/{number}.html"
        article = Article(
            id=f"a{number:06}",
            source_id="bao",
            url=url,
            keys=(f"bao|u:{number}",),
            guid=f"bao|g:{number}",
            digest=f"{number:032x}",
            title=f"Tiếp xúc cử tri số {number}",
            summary="Tóm tắt",
            body="<p>Nội dung</p>",
            text="Nội dung",
            authors=(),
            origin_name=None,
            images=(),
            attachments=(),
            published_at=MORNING,
            published_origin=DateOrigin.FEED,
            published_precision=Precision.SECOND,
            updated_at=None,
            first_seen_at=MORNING,
            sort_at=MORNING + timedelta(seconds=number),
            sections=("thoi-su",),
            places=(),
            kind=ArticleKind.NEWS,
            authority=Authority.PRESS,
            republish=Republish.SUMMARY,
            visibility=Visibility.LIVE,
            story_id=None,
            versions=(),
            problems=(),
            parser_version=1,
            fence=1,
        )
        return replace(article, **changes)

    return build


@pytest.fixture
def a_story(an_article: Callable[..., Article]) -> Callable[..., Story]:
    """Builds a story of one article."""

    def build(**changes: Any) -> Story:
        article = an_article()
        member = StoryMember(
            article_id=article.id,
            source_id=article.source_id,
            url=article.url,
            title=article.title,
            summary=article.summary,
            image_url=None,
            published_at=article.published_at,
            sort_at=article.sort_at,
            updated_at=None,
            sections=article.sections,
            places=article.places,
            kind=article.kind,
            authority=article.authority,
            republish=article.republish,
            body_length=8,
            attachment_count=0,
            corrected=False,
            repost=False,
        )
        story = Story(
            id=article.id,
            sort_at=article.sort_at,
            lead=member,
            members=(member,),
            sections=article.sections,
            places=("vinh",),
            source_ids=("bao",),
            kinds=(ArticleKind.NEWS,),
            shingles=(1, 2, 3),
            visible=True,
            revision=1,
        )
        return replace(story, **changes)

    return build


@pytest.fixture
def a_crawl(numbers: Iterator[int]) -> Callable[..., Crawl]:
    """Builds the record of a visit."""

    def build(**changes: Any) -> Crawl:
        number = next(numbers)
        crawl = Crawl(
            id=f"c{number:06}",
            source_id="bao",
            trigger=Trigger.SCHEDULE,
            started_at=MORNING + timedelta(seconds=number),
            finished_at=MORNING + timedelta(seconds=number + 1),
            outcome=Outcome.UNCHANGED,
            http_status=304,
            bytes=0,
            fetches=1,
            counts=Counts(),
            timing=Timing(),
            skipped={},
            problems=(),
            failure=None,
            next_visit_at=MORNING + timedelta(minutes=10),
            next_visit_why="nhịp thường",
            token=1,
        )
        return replace(crawl, **changes)

    return build


@pytest.fixture
def sources_named() -> Callable[..., tuple[Source, ...]]:
    """Builds sources by id."""

    def build(*ids: str, **changes: Any) -> tuple[Source, ...]:
        return tuple(
            replace(
                Source(id=source_id, name=source_id, homepage=f"https://{source_id}.example/", kind=SourceKind.FEED),
                **changes,
            )
            for source_id in ids
        )

    return build


@pytest.fixture
async def claimed(store: Store, sources_named: Callable[..., tuple[Source, ...]]) -> Claim:
    """The source "bao", known and claimed by "one"."""
    await store.sources.sync(sources_named("bao"), now=MORNING)
    claim = await store.sources.claim("one", "bao", ttl=TTL)
    assert claim is not None
    return claim


@pytest.fixture
def concluded() -> Callable[..., SourceState]:
    """Builds the state a visit leaves: the next visit far away."""

    def build(claim: Claim, **changes: Any) -> SourceState:
        later = datetime(2100, 1, 1, tzinfo=UTC)
        return replace(claim.state, next_visit_at=later, last_outcome=Outcome.OK, **changes)

    return build


@pytest.fixture
def a_lease() -> Callable[..., Lease]:
    """Builds a lease that nobody gave."""

    def build(**changes: Any) -> Lease:
        return replace(Lease(source_id="bao", owner="one", token=1), **changes)

    return build
