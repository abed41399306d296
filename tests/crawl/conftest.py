"""A crawler over a real store and real loopback sites that each test scripts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from aggregator.app import Core, open_core
from aggregator.crawl.parts import Watcher, unwatched
from aggregator.model.article import StoryMember
from aggregator.model.crawl import Crawl, SourceState, Trigger
from aggregator.model.source import (
    ArticleKind,
    Catalogue,
    Province,
    Section,
    Source,
    SourceKind,
    SourceSection,
)
from aggregator.settings import Settings
from aggregator.store.stories import FeedQuery

SHORT_LEASE = timedelta(seconds=3)
PROVINCE = Province(
    slug="mau",
    name="Mẫu",
    title="Mẫu",
    timezone="Asia/Ho_Chi_Minh",
    place_file="",
    contact="test@localhost",
    user_agent="test",
)
SECTIONS = (
    Section(slug="thoi-su", label="Thời sự", kind=ArticleKind.NEWS, position=0),
    Section(slug="thong-bao", label="Thông báo", kind=ArticleKind.NOTICE, position=1),
)


@dataclass(slots=True)
class Site:
    """A site whose answers a test sets by path: (status, content type, body, headers)."""

    base: str = ""
    pages: dict[str, tuple[int, str, str, dict[str, str]]] = field(default_factory=dict)
    visits: list[str] = field(default_factory=list)

    def put(self, path: str, body: str, *, kind: str = "text/html", status: int = 200, **headers: str) -> None:
        """Sets the answer of a path."""
        self.pages[path] = (status, f"{kind}; charset=utf-8", body, headers)

    async def answer(self, request: web.Request) -> web.Response:
        """The handler of every path."""
        path = request.path_qs
        self.visits.append(path)
        if path not in self.pages:
            return web.Response(status=404)
        status, kind, body, headers = self.pages[path]
        if headers.get("ETag") and request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        return web.Response(status=status, body=body.encode(), headers={"Content-Type": kind, **headers})


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    """A site on a free port."""
    site = Site()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield site
    await runner.cleanup()


@dataclass(slots=True)
class Visitor:
    """Crawls a source once, whether due or not, and tells what is kept."""

    core: Core

    async def crawl(
        self, source: Source, watch: Watcher = unwatched, trigger: Trigger = Trigger.MANUAL
    ) -> Crawl | None:
        """The record of a visit; waits for a lease that an earlier visit left behind."""
        store = self.core.store
        self.core.sources[source.id] = source
        await store.sources.sync((source,), now=self.core.parts.now())
        claim = None
        while claim is None:
            claim = await store.sources.claim(self.core.owner, source.id, ttl=SHORT_LEASE)
        result = await self.core.crawl(claim, trigger, watch)
        await self.core.merger.drain()
        return result

    async def state(self, source: Source) -> SourceState:
        """What is remembered of a source."""
        state = await self.core.store.sources.state(source.id)
        assert state is not None
        return state

    async def members(self) -> list[StoryMember]:
        """All articles in the feed."""
        stories = await self.core.store.stories.feed(FeedQuery(limit=1000))
        return [member for story in stories for member in story.members]

    async def titles(self) -> set[str]:
        """The titles of all articles in the feed."""
        return {member.title for member in await self.members()}


@pytest.fixture
async def visitor(settings: Settings, mongo_uri: str, database: str) -> AsyncIterator[Visitor]:
    """A crawler with a store of its own."""
    wide = settings.model_copy(update={"mongodb_uri": mongo_uri, "database": database, "min_gap_s": 0.0})
    catalogue = Catalogue(province=PROVINCE, sections=SECTIONS, sources=(), links=())
    async with open_core(wide, catalogue) as core:
        yield Visitor(core)


def feed_source(site: Site, **fields: Any) -> Source:
    """A press feed at ``/rss``."""
    defaults: dict[str, Any] = {
        "id": "bao",
        "name": "Báo",
        "homepage": f"{site.base}/",
        "kind": SourceKind.FEED,
        "sections": (SourceSection(url=f"{site.base}/rss", section="thoi-su"),),
    }
    return Source(**(defaults | fields))


def rss(site: Site, *items: tuple[str, str], date: str | None = "Fri, 20 Nov 2026 08:00:00 +0700") -> str:
    """A feed of (path, title) items."""
    dated = f"<pubDate>{date}</pubDate>" if date else ""
    body = "".join(
        f"<item><title>{title}</title><link>{site.base}{path}</link>{dated}"
        f"<description>Tóm tắt của {title}.</description></item>"
        for path, title in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Báo</title>{body}</channel></rss>'
