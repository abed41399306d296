"""Looking at an address nobody configured: what it offers to a crawler, and its first entries.

What a page names comes first (feeds, pages that list feeds, sitemaps), then what robots.txt names, then, while nothing
good was found, a few places where feeds often are. A host that asks to be left alone is left alone at once.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from aggregator.crawl.parts import Step, Watcher, unwatched
from aggregator.crawl.reader import Reader
from aggregator.fetch.gate import Gate
from aggregator.fetch.robot_rules import MAX_ROBOTS_BYTES, product_token, read_rules
from aggregator.model.crawl import Failure
from aggregator.model.entry import Entry
from aggregator.model.errors import ParseFailed, PoolError
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.model.fetch import Fetched, FetchFailed, FetchRequest
from aggregator.model.probe import (
    Endpoint,
    PageReading,
    Probed,
    ProbeReport,
    RobotsNote,
    SamplePage,
    Surroundings,
)
from aggregator.model.source import Platform, SourceKind
from aggregator.parse.probe import looks_like_feed
from aggregator.parse.propose import chosen
from aggregator.text.urls import absolute_url

_FORMATS = {"jsonfeed": SourceKind.JSONFEED, "sitemap": SourceKind.SITEMAP, "sitemapindex": SourceKind.SITEMAP}
_FEED_PLACES = ("/rss", "/feed", "/rss.xml", "/rss/home.rss", "/feed.xml", "/atom.xml")
_OWN_FEED_PLACES = {Platform.NUKEVIET: ("/vi/news/rss/", "/news/rss/")}
_SITEMAP_PLACES = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap.xml")
_API_PLACES = {Platform.VNPORTAL: "/api/public/articles"}
_GOOD = 5  # dated entries of a feed that needs no better
_CHILDREN = 2  # sitemaps of an index
_SITEMAP_LINE = re.compile(rb"^\s*sitemap\s*:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_NEWS_CHILD = re.compile(r"news|post|article|tin|bai", re.IGNORECASE)
_WITH_FILES = re.compile(r"văn bản|thông báo|lịch |kế hoạch|quyết định|danh sách|tài liệu|công văn", re.IGNORECASE)
# After one of these nothing more is asked of the host.
_TIRED = frozenset({
    Outcome.RATE_LIMITED, Outcome.BLOCKED, Outcome.CHALLENGE, Outcome.TIMEOUT, Outcome.CONNECT, Outcome.DNS,
    Outcome.TLS, Outcome.REFUSED_BY_POLICY,
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How many addresses of each sort are asked for at most."""

    feeds: int
    places: int  # where feeds and sitemaps often are
    lists: int
    pages: int


THOROUGH = Reach(feeds=16, places=11, lists=4, pages=3)
BRIEF = Reach(feeds=4, places=3, lists=1, pages=0)


@dataclass(slots=True)
class _Look:
    """One look under way: what was found so far."""

    base: str
    platform: Platform = Platform.GENERIC
    endpoints: list[Endpoint] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    fetches: int = 0
    tired: Failure | None = None  # by which the host asked to be left alone, or could not be reached

    def has_good(self) -> bool:
        """Whether a feed or a news sitemap was found that needs no better."""
        return any(
            endpoint.kind is not SourceKind.LISTING
            and sum(bool(entry.title) and entry.published is not None for entry in endpoint.entries) >= _GOOD
            for endpoint in self.endpoints
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """Looks at addresses through the same gate and pool as a crawl; keeps nothing."""

    gate: Gate
    reader: Reader
    reach: Reach = THOROUGH
    user_agent: str = ""  # what robots.txt is read for
    ca_file: str | None = None
    watch: Watcher = unwatched

    async def probe(self, url: str) -> Probed:
        """What ``url`` is, what it names, and the first entries of each."""
        look = _Look(base=url)
        robots = await self._robots(look, url)
        result = await self._get(look, url, is_page=not looks_like_feed(url))
        if isinstance(result, Failure):
            await self._try_places(look, robots, report=None)
            return self._probed(look, url, robots, failure=result)
        try:
            report = await self.reader.report(result)
        except (ParseFailed, PoolError) as error:
            return self._probed(look, result.url, robots, failure=_unreadable(url, error), status=result.status)
        look.base, look.platform = result.url, Platform(report.platform)
        around = Surroundings()
        if report.format == "html":
            around = await self.reader.around(result)
            await self._read_page(look, result, report, robots, around)
        else:
            await self._sample(look, result, _FORMATS.get(report.format, SourceKind.FEED), report.title)
            home = await self._get(look, absolute_url(result.url, "/") or result.url, is_page=True)
            around = await self.reader.around(home) if isinstance(home, Fetched) else around
        pages = await self._pages(look)
        found = self._probed(look, result.url, robots, status=result.status)
        return replace(found, report=report, surroundings=around, pages=pages)

    def _probed(
        self, look: _Look, url: str, robots: RobotsNote, *, failure: Failure | None = None, status: int | None = None
    ) -> Probed:
        return Probed(
            url=url,
            status=failure.status if failure is not None and status is None else status,
            failure=failure,
            robots=robots,
            endpoints=tuple(look.endpoints),
            fetches=look.fetches,
        )

    async def _read_page(
        self, look: _Look, page: Fetched, report: ProbeReport, robots: RobotsNote, around: Surroundings
    ) -> None:
        await self._sample(look, page, SourceKind.LISTING, "")
        for url, name in report.feeds:
            await self._feed(look, url, name)
        if not look.has_good():
            await self._try_places(look, robots, report)
        lists = [endpoint for endpoint in look.endpoints if endpoint.kind is SourceKind.LISTING]
        if not look.has_good() and len(lists[0].entries) < _GOOD:
            for url, name in around.lists[: self.reach.lists]:
                await self._list(look, url, name)

    async def _try_places(self, look: _Look, robots: RobotsNote, report: ProbeReport | None) -> None:
        """Asks where feeds, then sitemaps, often are, until something good is found."""
        if look.platform in _API_PLACES and (url := absolute_url(look.base, _API_PLACES[look.platform])):
            await self._endpoint(look, url, SourceKind.API, guessed=True)
        left = self.reach.places
        for place in (*_OWN_FEED_PLACES.get(look.platform, ()), *_FEED_PLACES):
            if left <= len(_SITEMAP_PLACES) // 2 or look.has_good():
                break
            left -= await self._feed(look, absolute_url(look.base, place) or look.base, "", guessed=True)
        named = (*robots.sitemaps, *(report.sitemaps if report is not None else ()))
        for url in named[: self.reach.places]:
            if not look.has_good():
                await self._endpoint(look, url, SourceKind.SITEMAP)
        if not any(endpoint.kind is SourceKind.SITEMAP and endpoint.entries for endpoint in look.endpoints):
            for place in _SITEMAP_PLACES[-max(1, left) :]:
                if not look.has_good():
                    url = absolute_url(look.base, place) or look.base
                    await self._endpoint(look, url, SourceKind.SITEMAP, guessed=True)

    async def _feed(self, look: _Look, url: str, name: str, *, guessed: bool = False) -> int:
        """Reads a feed, or the feeds that a page at its address lists; 1 when it was asked for, else 0."""
        if url in look.asked or self._is_full(look) or look.tired is not None:
            return 0
        result = await self._get(look, url)
        if isinstance(result, Failure):
            look.endpoints.append(_failed(url, SourceKind.FEED, name, result, guessed=guessed))
            return 1
        further = await self.reader.feeds_of(result)
        if further is None:
            await self._sample(look, result, SourceKind.FEED, name, guessed=guessed)
        for feed, title in further or ():
            if feed not in look.asked and not self._is_full(look):
                await self._endpoint(look, feed, SourceKind.FEED, title)
        return 1

    def _is_full(self, look: _Look) -> bool:
        feeds = [each for each in look.endpoints if each.kind is SourceKind.FEED and not each.guessed]
        return len(feeds) >= self.reach.feeds

    async def _list(self, look: _Look, url: str, name: str) -> None:
        result = None if url in look.asked else await self._get(look, url, is_page=True)
        if isinstance(result, Fetched):
            await self._sample(look, result, SourceKind.LISTING, name)

    async def _endpoint(
        self, look: _Look, url: str, kind: SourceKind, name: str = "", *, guessed: bool = False
    ) -> None:
        if url in look.asked or look.tired is not None:
            return
        result = await self._get(look, url)
        if isinstance(result, Failure):
            look.endpoints.append(_failed(url, kind, name, result, guessed=guessed))
        else:
            await self._sample(look, result, kind, name, guessed=guessed)

    async def _sample(
        self, look: _Look, fetched: Fetched, kind: SourceKind, name: str, *, guessed: bool = False
    ) -> None:
        """Adds what a fetched document holds to the endpoints."""
        endpoint = await self.reader.endpoint(fetched, kind, look.platform)
        said = endpoint.document.title if endpoint.document is not None and kind is not SourceKind.LISTING else ""
        endpoint = replace(endpoint, name=name or said, guessed=guessed)
        look.endpoints.append(await self._child(look, endpoint) if endpoint.format == "sitemapindex" else endpoint)

    async def _child(self, look: _Look, index: Endpoint) -> Endpoint:
        """An index with what its newest sitemap of news lists; that sitemap itself where its name will stay."""
        assert index.document is not None
        urls = sorted(index.document.child_urls[:20], key=lambda url: not _NEWS_CHILD.search(urlsplit(url).path))
        for url in urls[:_CHILDREN]:
            result = await self._get(look, url)
            if isinstance(result, Failure):
                continue
            child = await self.reader.endpoint(result, SourceKind.SITEMAP, look.platform)
            if child.entries:
                will_stay = not any(map(str.isdigit, urlsplit(url).path))
                return replace(index, url=url if will_stay else index.url, document=child.document)
        return replace(index, document=None, failure="none of its newest sitemaps could be read")

    async def _pages(self, look: _Look) -> PageReading:
        """The first articles' own pages, as they read best."""
        best = chosen(look.endpoints, now=self.reader.now())
        wanted = _telling(best[0].entries if best else (), self.reach.pages)
        samples = []
        for entry in wanted:
            result = await self._get(look, entry.url, is_page=True)
            if isinstance(result, Fetched):
                sample = SamplePage(entry=entry, body=result.body, url=result.url, content_type=result.content_type)
                samples.append(sample)
        return await self.reader.pages(samples, look.platform)

    async def _get(self, look: _Look, url: str, *, is_page: bool = False) -> Fetched | Failure:
        if look.tired is not None:
            return replace(look.tired, url=url)
        look.asked.add(url)
        look.fetches += 1
        self.watch(Step(name="fetch", url=url))
        request = FetchRequest(url=url, ca_file=self.ca_file, follow_robots=is_page)
        result = await self.gate.get(request)
        if isinstance(result, Fetched):
            look.asked.add(result.url)
            return result
        if not isinstance(result, FetchFailed):
            return _failure(Outcome.BAD_RESPONSE, url, "the host answered 304 to a first request")
        own_host = urlsplit(url).netloc == urlsplit(look.base).netloc
        if own_host and (result.failure.outcome in _TIRED or result.failure.retry_after_s is not None):
            look.tired = result.failure
        return result.failure

    async def _robots(self, look: _Look, url: str) -> RobotsNote:
        address = absolute_url(url, "/robots.txt")
        if address is None:
            return RobotsNote(allowed=None, detail="the address is none")
        look.fetches += 1
        self.watch(Step(name="fetch", url=address))
        request = FetchRequest(url=address, ca_file=self.ca_file, max_bytes=MAX_ROBOTS_BYTES)
        result = await self.gate.get(request)
        if isinstance(result, FetchFailed):
            status = result.failure.status
            is_absent = status is not None and 400 <= status < 500 and status != 429  # noqa: PLR2004 - RFC 9309, 2.3.1.3
            detail = "there is none" if is_absent else f"cannot be read now: {result.failure.cause}"
            if not is_absent and result.failure.outcome in _TIRED:
                look.tired = result.failure
            return RobotsNote(allowed=True if is_absent else None, detail=detail)
        assert isinstance(result, Fetched)
        rules = await asyncio.to_thread(read_rules, result.body, product_token(self.user_agent))
        lines = (found[1].decode("utf-8", "replace") for found in _SITEMAP_LINE.finditer(result.body))
        sitemaps = tuple(dict.fromkeys(found for line in lines if (found := absolute_url(address, line))))
        return RobotsNote(allowed=rules.allows(url), delay_s=rules.delay_s, sitemaps=sitemaps[:20])


def _telling(entries: Sequence[Entry], most: int) -> list[Entry]:
    """The articles worth a look: the first, those that may come with files, the next ones."""
    likely = [entry for entry in entries[:20] if _WITH_FILES.search(entry.title)]
    ordered = [*entries[:1], *likely[:1], *entries[1:]]
    return list({entry.url: entry for entry in ordered}.values())[:most]


def _failed(url: str, kind: SourceKind, name: str, failure: Failure, *, guessed: bool) -> Endpoint:
    return Endpoint(url=url, kind=kind, name=name, failure=f"{failure.outcome}: {failure.cause}", guessed=guessed)


def _failure(outcome: Outcome, url: str, cause: str) -> Failure:
    return Failure(outcome=outcome, sentence=MEANINGS[outcome].sentence, cause=cause, url=url)


def _unreadable(url: str, error: Exception) -> Failure:
    outcome = error.outcome if isinstance(error, ParseFailed) else Outcome.PARSE_FAILED
    return _failure(outcome, url, error.detail if isinstance(error, ParseFailed) else str(error))
