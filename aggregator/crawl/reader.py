"""What a fetched document turns out to be, asked of the parse pool: for looks at addresses nobody configured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator.engine.pool import ParsePool
from aggregator.model.errors import ParseFailed, PoolError
from aggregator.model.fetch import Fetched
from aggregator.model.probe import Endpoint, PageReading, ProbeReport, SamplePage, Surroundings
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.document import parse_document
from aggregator.parse.probe import inspect, look_around
from aggregator.parse.propose_list import ListPage, read_list
from aggregator.parse.propose_page import read_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads documents in the pool's workers, in the lane ``lane``."""

    pool: ParsePool
    lane: str
    timezone: ZoneInfo
    now: Callable[[], datetime]
    max_entries: int

    async def report(self, fetched: Fetched) -> ProbeReport:
        """What a document offers. Raises ParseFailed for what is nothing to read, and PoolError."""
        return await self.pool.run(self.lane, inspect, fetched.body, url=fetched.url, content_type=fetched.content_type)

    async def feeds_of(self, fetched: Fetched) -> tuple[tuple[str, str], ...] | None:
        """The feeds that a page names; None for what is no page."""
        try:
            report = await self.report(fetched)
        except (ParseFailed, PoolError):
            return None
        return report.feeds if report.format == "html" else None

    async def around(self, fetched: Fetched) -> Surroundings:
        """What a page says of its site; nothing where it cannot be read."""
        try:
            return await self.pool.run(
                self.lane, look_around, fetched.body, url=fetched.url, content_type=fetched.content_type
            )
        except (ParseFailed, PoolError):
            return Surroundings()

    async def endpoint(self, fetched: Fetched, kind: SourceKind, platform: Platform) -> Endpoint:
        """What a document lists, or why it cannot be read as ``kind``."""
        endpoint = Endpoint(url=fetched.url, kind=kind)
        try:
            if kind is SourceKind.LISTING:
                reading = await self.pool.run(self.lane, read_list, self._list_page(fetched, platform))
                return replace(endpoint, document=reading.document, selectors=reading.selectors)
            document = await self.pool.run(
                self.lane,
                parse_document,
                fetched.body,
                url=fetched.url,
                content_type=fetched.content_type,
                kind=kind,
                platform=platform,
                selectors=Selectors(),
                now=self.now(),
                timezone=self.timezone.key,
                max_entries=self.max_entries,
            )
        except ParseFailed as error:
            return replace(endpoint, failure=error.detail)
        except PoolError as error:
            return replace(endpoint, failure=str(error))
        return replace(endpoint, document=document)

    async def pages(self, samples: Sequence[SamplePage], platform: Platform) -> PageReading:
        """Sample pages as they read best; unread ones where the pool gave up on them."""
        try:
            return await self.pool.run(
                self.lane,
                read_pages,
                tuple(samples),
                platform=platform,
                now=self.now(),
                timezone=self.timezone.key,
            )
        except (ParseFailed, PoolError):
            return PageReading(entries=(None,) * len(samples))

    def _list_page(self, fetched: Fetched, platform: Platform) -> ListPage:
        return ListPage(
            body=fetched.body,
            url=fetched.url,
            content_type=fetched.content_type,
            platform=platform,
            now=self.now(),
            timezone=self.timezone.key,
            max_entries=self.max_entries,
        )
