"""Looking at an address nobody configured: what it offers to a crawler, and its first entries."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator.crawl.parts import Parts, SectionResult, Step, Tally, Watcher
from aggregator.engine.pool import ParsePool
from aggregator.fetch.gate import Gate
from aggregator.model.crawl import Failure
from aggregator.model.entry import Entry, ProbeReport, Problem
from aggregator.model.errors import ParseFailed, PoolError
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.model.fetch import Fetched, FetchFailed, FetchRequest
from aggregator.model.source import Platform, Selectors, Source, SourceKind
from aggregator.parse.document import parse_document
from aggregator.parse.probe import inspect

_MOST_FEEDS = 5
_FORMATS = {"jsonfeed": SourceKind.JSONFEED, "sitemap": SourceKind.SITEMAP, "sitemapindex": SourceKind.SITEMAP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The first entries of something found: its URL, what it is, or why it could not be read."""

    url: str
    format: str
    entries: tuple[Entry, ...] = ()
    found: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What one address turned out to be."""

    url: str
    status: int | None
    failure: Failure | None = None
    report: ProbeReport | None = None
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """Looks at addresses through the same gate and pool as a crawl; keeps nothing."""

    gate: Gate
    pool: ParsePool
    timezone: ZoneInfo
    now: Callable[[], datetime]
    max_entries: int
    lane: str  # of the pool

    async def probe(self, url: str) -> Probed:
        """What ``url`` is, and the first entries of it and of the feeds it names."""
        result = await self.gate.get(FetchRequest(url=url))
        if isinstance(result, FetchFailed):
            return Probed(url=url, status=result.failure.status, failure=result.failure)
        if not isinstance(result, Fetched):
            return Probed(url=url, status=304)
        try:
            report = await self.pool.run(
                self.lane, inspect, result.body, url=result.url, content_type=result.content_type
            )
        except (ParseFailed, PoolError) as error:
            return Probed(url=url, status=result.status, failure=_unreadable(url, error))
        platform = Platform(report.platform)
        if report.format == "html":
            samples = [await self._sample(result, SourceKind.LISTING, platform)]
            samples += [await self._sample_feed(feed, platform) for feed, _title in report.feeds[:_MOST_FEEDS]]
        else:
            samples = [await self._sample(result, _FORMATS.get(report.format, SourceKind.FEED), platform)]
        return Probed(url=result.url, status=result.status, report=report, samples=tuple(samples))

    async def _sample_feed(self, url: str, platform: Platform) -> Sample:
        result = await self.gate.get(FetchRequest(url=url))
        if isinstance(result, FetchFailed):
            return Sample(url=url, format="feed", failure=f"{result.failure.outcome}: {result.failure.cause}")
        if not isinstance(result, Fetched):
            return Sample(url=url, format="feed", failure="the host answered 304 to a first request")
        return await self._sample(result, SourceKind.FEED, platform)

    async def _sample(self, fetched: Fetched, kind: SourceKind, platform: Platform) -> Sample:
        try:
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
        except (ParseFailed, PoolError) as error:
            return Sample(url=fetched.url, format=kind.value, failure=str(error))
        return Sample(url=fetched.url, format=document.format, entries=document.entries[:3], found=document.found)


async def probe_homepage(parts: Parts, source: Source, tally: Tally, watch: Watcher) -> SectionResult:
    """The visit to a source whose endpoint nobody knows: what was found is noted as problems of the crawl."""
    watch(Step(name="probe", url=source.homepage))
    prober = Prober(
        gate=parts.gate,
        pool=parts.pool,
        timezone=parts.timezone,
        now=parts.now,
        max_entries=parts.limits.max_entries,
        lane=source.id,
    )
    found = await prober.probe(source.homepage)
    tally.fetches += 1 + len(found.samples)
    if found.failure is not None:
        return SectionResult(outcome=found.failure.outcome, failure=found.failure, status=found.status)
    report = found.report
    if report is not None:
        tally.problems.append(Problem(code="platform_found", detail=report.platform))
    for sample in found.samples:
        detail = sample.failure or f"{sample.format}: {sample.found} entries"
        tally.problems.append(Problem(code="endpoint_found", field=sample.url, detail=detail))
    failure = Failure(
        outcome=Outcome.PROBED,
        sentence=MEANINGS[Outcome.PROBED].sentence,
        cause="no endpoint is configured; the homepage was probed",
        url=found.url,
        status=found.status,
    )
    return SectionResult(outcome=Outcome.PROBED, failure=failure, status=found.status)


def _unreadable(url: str, error: Exception) -> Failure:
    outcome = error.outcome if isinstance(error, ParseFailed) else Outcome.PARSE_FAILED
    return Failure(outcome=outcome, sentence=MEANINGS[outcome].sentence, cause=str(error), url=url)
