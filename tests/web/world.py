"""A province with news, made for a test through the store's own writer."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from aggregator.model.article import Article, Story, StoryMember, Visibility
from aggregator.model.crawl import Counts, Crawl, Failure, SourceState, Timing, Trigger
from aggregator.model.entry import DateOrigin, Precision, Problem
from aggregator.model.failures import Outcome
from aggregator.model.people import Role, User
from aggregator.model.source import (
    ArticleKind,
    Authority,
    Catalogue,
    Republish,
)
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.store.writer import CrawlWrites
from aggregator.web.ops.passwords import hash_password
from aggregator.web.revision import FeedRevision

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 15:00 in Nghệ An
PASSWORD = "một mật khẩu dài 2026"

SECTIONS = (
    ("tin-dia-phuong", "Tin địa phương", ArticleKind.NEWS),
    ("thoi-su", "Chính trị – Kinh tế – Xã hội", ArticleKind.NEWS),
    ("mat-tran", "Hoạt động Mặt trận", ArticleKind.NEWS),
    ("chinh-sach", "Chủ trương, chính sách", ArticleKind.NEWS),
    ("chi-dao", "Văn bản chỉ đạo, hướng dẫn", ArticleKind.DOCUMENT),
    ("thong-bao", "Thông báo quan trọng", ArticleKind.NOTICE),
    ("lich-tiep-xuc", "Lịch tiếp xúc cử tri", ArticleKind.EVENT),
    ("ban-tin", "Bản tin Mặt trận", ArticleKind.NEWS),
    ("cam-nang", "Cẩm nang Mặt trận", ArticleKind.HANDBOOK),
)
ROBOTS_PERMISSION = "Văn phòng cho phép bằng thư ngày 1/11/2026"
SOURCES = (
    ("cong-tinh", "Cổng thông tin điện tử tỉnh", Authority.OFFICIAL, Republish.FULL, "tin-dia-phuong"),
    ("mttq-tinh", "Mặt trận Tổ quốc tỉnh", Authority.ORGANISATION, Republish.FULL, "mat-tran"),
    ("bao-tinh", "Báo và phát thanh, truyền hình Nghệ An", Authority.PRESS, Republish.SUMMARY, "thoi-su"),
    ("tin-nhanh", "Tin nhanh 24 giờ", Authority.REPOST, Republish.LINK, "thoi-su"),
    ("so-y-te", "Sở Y tế", Authority.OFFICIAL, Republish.FULL, "thong-bao"),
)


Client = TestClient[web.Request, web.Application]
AppOf = Callable[..., web.Application]


@dataclass(slots=True)
class Clock:
    """The site's clock, moved by tests."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at


@dataclass(slots=True)
class World:
    """What a test needs to make news."""

    store: Store
    catalogue: Catalogue
    settings: Settings
    clock: Clock
    revision: FeedRevision
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def article(self, *, source: str = "bao-tinh", minutes_ago: int = 30, **values: Any) -> Article:
        """An article of a source, published some minutes before the clock's now."""
        number = next(self.numbers)
        origin = next(item for item in self.catalogue.sources if item.id == source)
        at = self.clock.at - timedelta(minutes=minutes_ago)
        article = Article(
            id=f"a{number:04d}",
            source_id=source,
            url=f"https://{source}.example.vn/bai-{number}.html",
            keys=(f"{source}|u:{number:08x}",),
            digest=f"{number:032x}",
            title=f"Bài số {number}",
            summary=f"Tóm tắt của bài số {number}.",
            body=f"<p>Nội dung của bài số {number}.</p>",
            text=f"Nội dung của bài số {number}.",
            authors=(),
            origin_name=None,
            images=(),
            attachments=(),
            published_at=at,
            published_origin=DateOrigin.FEED,
            published_precision=Precision.SECOND,
            updated_at=None,
            first_seen_at=at,
            sort_at=at,
            sections=(origin.sections[0].section,),
            places=(),
            kind=ArticleKind.NEWS,
            authority=origin.authority,
            republish=origin.republish,
            visibility=Visibility.LIVE,
            story_id=None,
            versions=(),
            problems=(),
            parser_version=1,
            fence=1,
        )
        return replace(article, **values)

    async def publish(self, *articles: Article, visible: bool = True) -> Story:
        """Stores articles of one story; the first article leads."""
        (story,) = await self.publish_all([articles], visible=visible)
        return story

    async def publish_all(self, stories: list[tuple[Article, ...]], *, visible: bool = True) -> list[Story]:
        """Stores the articles of many stories through the store's own writer, then the stories."""
        by_source: dict[str, list[Article]] = {}
        for article in (article for articles in stories for article in articles):
            by_source.setdefault(article.source_id, []).append(article)
        for source_id, articles in by_source.items():
            claim = await self.store.sources.claim("tests", source_id, ttl=timedelta(seconds=30))
            assert claim is not None
            fenced = tuple(replace(article, fence=claim.lease.token) for article in articles)
            await self.store.writer.submit(CrawlWrites(lease=claim.lease, new=fenced))
            await self.store.sources.release([claim.lease])
        made = [replace(story_of(articles), visible=visible) for articles in stories]
        assert await self.store.stories.put_many(made) == {story.id for story in made}
        self.revision.bump()
        return made

    async def crawled(
        self, source_id: str, outcome: Outcome, *, minutes_ago: int = 10, crawl_id: str | None = None, **state: Any
    ) -> Crawl:
        """Stores a crawl's record and the state it left."""
        claim = await self.store.sources.claim("tests", source_id, ttl=timedelta(seconds=30))
        assert claim is not None
        at = self.clock.at - timedelta(minutes=minutes_ago)
        is_failure = outcome not in {Outcome.OK, Outcome.UNCHANGED, Outcome.PARTIAL}
        crawl = Crawl(
            id=crawl_id or f"c{next(self.numbers):04d}",
            source_id=source_id,
            trigger=Trigger.SCHEDULE,
            started_at=at,
            finished_at=at + timedelta(seconds=2),
            outcome=outcome,
            http_status=503 if is_failure else 200,
            bytes=48_213,
            fetches=3,
            counts=Counts(found=30, new=2, updated=1, unchanged=25, skipped=2, pages=2),
            timing=Timing(fetch_ms=850, parse_ms=120, store_ms=35, total_ms=1010),
            skipped={"too_old": 2},
            problems=(Problem(code="date_missing", field="published_at", detail="entry 7 has no date"),),
            failure=Failure(
                outcome=outcome,
                sentence="Máy chủ của nguồn đang gặp sự cố.",
                cause="HTTP 503 <script>alert('cause')</script>",
                url=f"https://{source_id}.example.vn/rss",
                status=503,
            )
            if is_failure
            else None,
            next_visit_at=self.clock.at + timedelta(minutes=12),
            next_visit_why="nhịp thường của nguồn",
            token=claim.lease.token,
        )
        left = SourceState(
            source_id=source_id,
            next_visit_at=crawl.next_visit_at,
            last_outcome=outcome,
            last_crawl_at=at,
            last_success_at=at - timedelta(hours=3) if is_failure else at,
            last_new_at=at - timedelta(hours=1),
            failing_since=at - timedelta(hours=2) if is_failure else None,
            failures=2.0 if is_failure else 0.0,
            last_sentence="Máy chủ của nguồn đang gặp sự cố." if is_failure else "",
            last_duration_ms=1010,
            next_visit_why=crawl.next_visit_why,
        )
        await self.store.writer.submit(CrawlWrites(lease=claim.lease, crawl=crawl, state=replace(left, **state)))
        return crawl

    async def person(self, name: str, role: Role, *, must_change: bool = False, disabled: bool = False) -> User:
        """An account whose password is PASSWORD."""
        hashed = await asyncio.to_thread(hash_password, PASSWORD)
        user = User(
            name=name,
            password_hash=hashed,
            role=role,
            created_at=self.clock.at,
            disabled=disabled,
            must_change=must_change,
        )
        assert await self.store.users.add_user(user)
        return user


def member_of(article: Article) -> StoryMember:
    """The article as its story shows it."""
    return StoryMember(
        article_id=article.id,
        source_id=article.source_id,
        url=article.url,
        title=article.title,
        summary=article.summary,
        image_url=article.images[0].url if article.images else None,
        published_at=article.published_at,
        sort_at=article.sort_at,
        updated_at=article.updated_at,
        sections=article.sections,
        places=article.places,
        kind=article.kind,
        authority=article.authority,
        republish=article.republish,
        body_length=len(article.text),
        attachment_count=len(article.attachments),
        corrected=bool(article.versions),
        repost=article.origin_name is not None,
    )


def story_of(articles: tuple[Article, ...]) -> Story:
    """The story that these articles make; the first one leads."""
    members = tuple(sorted(map(member_of, articles), key=lambda member: (member.sort_at, member.article_id)))
    return Story(
        id=f"s{articles[0].id[1:]}",
        sort_at=members[0].sort_at,
        lead=member_of(articles[0]),
        members=members,
        sections=tuple(dict.fromkeys(slug for item in articles for slug in item.sections)),
        places=tuple(dict.fromkeys(slug for item in articles for slug in item.places)),
        source_ids=tuple(dict.fromkeys(item.source_id for item in articles)),
        kinds=tuple(dict.fromkeys(item.kind for item in articles)),
        shingles=(),
        visible=True,
        revision=1,
    )
