"""Scrapy, as its users keep feeds: a spider over the URLs, the RFC 2616 cache, a pipeline that knows entries by guid.

A crawl needs a process of its own; it is forked after the imports, so that their second is not counted (the start of
Scrapy's engine, 0.3 s, is). What the cache answers after a 304 is not parsed again, and the pipeline commits once, at
the end: both are in Scrapy's favour.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import scrapy  # type: ignore[import-not-found] # installed apart from the service's packages
from scrapy.crawler import CrawlerProcess  # type: ignore[import-not-found] # as above

from bench.rivals.rounds import AT_ONCE, directory_given, ended_seconds, serve, urls_of

_FIELDS = ("guid", "link", "title", "published", "summary")


class Feeds(scrapy.Spider):  # type: ignore[misc] # without its package it has no type
    """Reads RSS items."""

    name = "feeds"

    def parse(self, response: Any) -> Iterator[dict[str, str | None]]:
        """The items of a feed that changed."""
        if "cached" in response.flags:  # answered 304
            return
        for item in response.xpath("//item"):
            yield {
                "guid": item.xpath("guid/text()").get(),
                "link": item.xpath("link/text()").get(),
                "title": item.xpath("title/text()").get(),
                "published": item.xpath("pubDate/text()").get(),
                "summary": item.xpath("description/text()").get(),
            }


class Keep:
    """Keeps items that are not known by their guid."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """A pipeline onto the crawl's database."""
        return cls(crawler.settings["KEPT_IN"])

    def open_spider(self) -> None:
        """Opens the database."""
        self._database = sqlite3.connect(self._path)
        self._database.execute(f"CREATE TABLE IF NOT EXISTS entries ({', '.join(_FIELDS)}, PRIMARY KEY (guid))")

    def process_item(self, item: dict[str, str | None]) -> dict[str, str | None]:
        """Keeps one item, once."""
        assert self._database is not None
        row = [item[field] for field in _FIELDS]
        self._database.execute(f"INSERT OR IGNORE INTO entries VALUES ({', '.join('?' * len(_FIELDS))})", row)
        return item

    def close_spider(self) -> None:
        """Commits."""
        assert self._database is not None
        self._database.commit()
        self._database.close()


def main() -> None:
    """Serves refreshes in the given directory."""
    directory = directory_given()
    serve(lambda: _crawl(directory), entries=lambda: _entries(directory), seconds=ended_seconds)


def _crawl(directory: Path) -> None:
    child = os.fork()
    if not child:
        try:
            _crawl_here(directory)
            os._exit(0)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"the crawl ended with status {status}")


def _crawl_here(directory: Path) -> None:
    process = CrawlerProcess(
        settings={
            "CONCURRENT_REQUESTS": AT_ONCE,
            "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE,
            "DOWNLOAD_DELAY": 0,
            "HTTPCACHE_ENABLED": True,
            "HTTPCACHE_POLICY": "scrapy.extensions.httpcache.RFC2616Policy",
            "HTTPCACHE_DIR": str(directory / "cache"),
            "ITEM_PIPELINES": {Keep: 300},
            "KEPT_IN": str(directory / "entries.sqlite"),
            "LOG_LEVEL": "ERROR",
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    process.crawl(Feeds, start_urls=urls_of(directory))
    process.start()


def _entries(directory: Path) -> int:
    with closing(sqlite3.connect(directory / "entries.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM entries").fetchone()[0])


if __name__ == "__main__":
    main()
