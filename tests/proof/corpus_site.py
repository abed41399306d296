"""The corpus as sites on loopback: its feeds byte for byte, its pages behind lists of our own, and their sources.

A feed document stands at its own id as path. A page stands at a numbered address, and its list calls it by its number
only: whatever title, date or body an article ends with, it is the page that told it.
"""

import base64
import gzip
import html
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from aggregator.model.source import (
    ArticleKind,
    Catalogue,
    PagePolicy,
    Province,
    Republish,
    Section,
    Selectors,
    Source,
    SourceKind,
    SourceSection,
)
from aggregator.text.urls import absolute_url, identity_of
from tests.parse.corpus_feeds import Document

HOME_PAGE = "https://dantri.com.vn"
_PLAIN_BASE = "http://example.org/feed.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedFeed:
    """A document, the id of the source that reads it and its path. ``judged``: its expectations are no one's policy."""

    document: Document
    source_id: str
    path: str
    judged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPage:
    """A page of the corpus: its path, its markup and what the corpus says of it."""

    path: str
    html: bytes
    record: dict[str, Any]


def read_feeds(folder: Path) -> list[ServedFeed]:
    """Every feed document of the corpus."""
    feeds: list[ServedFeed] = []
    for path in sorted((folder / "feeds").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            body = base64.b64decode(record["body_b64"]) if "body_b64" in record else record["body"].encode()
            json_like = record["id"].endswith(".json")
            document = Document(
                name=record["id"],
                body=body,
                url=record.get("base_url") or _PLAIN_BASE,
                content_type=record.get("content_type") or f"application/{'feed+json' if json_like else 'xml'}",
                expect=record["expect"],
            )
            feeds.append(
                ServedFeed(
                    document=document,
                    source_id=f"nguon-{len(feeds)}",
                    path=f"/{record['id']}",
                    judged=not record.get("policy"),
                )
            )
    return feeds


def read_pages(folder: Path, collection: str) -> list[ServedPage]:
    """The article pages of a collection."""
    place = folder / "pages" / collection
    records = map(json.loads, (place / "pages.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        ServedPage(
            path=f"/{collection}/trang-so-{number}.html",
            html=gzip.decompress((place / record["file"]).read_bytes()),
            record=record,
        )
        for number, record in enumerate(records, 1000)
    ]


def read_home_page(folder: Path) -> tuple[bytes, list[dict[str, Any]]]:
    """The markup of a real home page, whose links lead to ``HOME_PAGE``, and the items it shows (title, link)."""
    record = json.loads((folder / "pages/vi/listings.jsonl").read_text(encoding="utf-8").splitlines()[0])
    return gzip.decompress((folder / "pages/vi" / record["file"]).read_bytes()), record["items"]


def list_of(pages: list[ServedPage]) -> bytes:
    """Our own list page, which tells of its pages no more than the beginning of their title."""
    items = "\n".join(f'<li><a href="{page.path}">{html.escape(_cut(page))}</a></li>' for page in pages)
    return f"<!doctype html><html><head><title>Trang thử</title></head><body><ul>{items}</ul></body></html>".encode()


def _cut(page: ServedPage) -> str:
    title: str = page.record["title"]
    return f"{title[: len(title) * 7 // 10].strip()}…"


@asynccontextmanager
async def served(answers: dict[str, tuple[bytes, str]]) -> AsyncIterator[str]:
    """Serves each path's body with its content type while the block runs, 404 for all else; yields the base URL."""

    async def answer(request: web.Request) -> web.Response:
        if request.path not in answers:
            raise web.HTTPNotFound
        body, content_type = answers[request.path]
        return web.Response(body=body, headers={"Content-Type": content_type})

    application = web.Application()
    application.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def source(source_id: str, base: str, path: str, kind: SourceKind, **fields: Any) -> Source:
    """A source of one section whose bodies are kept."""
    return Source(
        id=source_id,
        name=source_id,
        homepage=base,
        kind=kind,
        sections=(SourceSection(url=base + path, section="thoi-su"),),
        republish=Republish.FULL,
        **fields,
    )


def feed_source(feed: ServedFeed, base: str) -> Source:
    """The source that reads one document, and nothing beyond it."""
    kind = SourceKind.JSONFEED if feed.path.endswith(".json") else SourceKind.FEED
    return source(feed.source_id, base, feed.path, kind, pages=PagePolicy.NEVER)


def list_source(collection: str, base: str) -> Source:
    """The source that reads a list and every page on it."""
    return source(
        collection,
        base,
        f"/{collection}/",
        SourceKind.LISTING,
        pages=PagePolicy.ALWAYS,
        selectors=Selectors(item=("li",), link=("a",)),
    )


def catalogue(sources: list[Source], timezone: str) -> Catalogue:
    """A catalogue of ``sources``; dates that name no zone are of ``timezone``."""
    province = Province(
        slug="mau",
        name="Mẫu",
        title="Mẫu",
        timezone=timezone,
        place_file="",
        contact="corpus@localhost",
        user_agent="corpus",
    )
    section = Section(slug="thoi-su", label="Thời sự", kind=ArticleKind.NEWS, position=0)
    return Catalogue(province=province, sections=(section,), sources=tuple(sources), links=())


def identities(link: str, feed: ServedFeed, base: str) -> set[str]:
    """What an expected link may be identified by: as it stands, or moved with its document to the loopback site."""
    here = base + feed.path
    found = {absolute_url(here, link)}
    own = urlsplit(feed.document.url)
    origin = f"{own.scheme}://{own.netloc}"
    if feed.document.url != _PLAIN_BASE and link.startswith(origin):
        relative = link.removeprefix(origin)
        found |= {absolute_url(here, relative), absolute_url(here, relative.lstrip("/"))}
    return {identity_of(url) for url in found if url is not None}
