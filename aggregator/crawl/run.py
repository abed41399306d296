"""The crawl, as a line of steps: each section of a source is read, the visit is concluded, its record kept.

1. What a source does never raises: it ends as an outcome on the record.
2. Articles are kept before the state that would let the next visit skip them, each write under the crawl's lease.
3. When the store is away or the lease is lost nothing is recorded: the lease runs out and the visit is done again.
"""

import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog

from aggregator.crawl.decide import overall, sightings_of
from aggregator.crawl.keep import Keeper
from aggregator.crawl.parts import Parts, SectionResult, Step, Tally, Watcher, unwatched
from aggregator.crawl.probing import probe_homepage
from aggregator.crawl.remember import drift_of_pages, hints_of, pages_after, rhythm_after, state_after
from aggregator.crawl.resting import resting, rests_after
from aggregator.crawl.visit import SectionVisit
from aggregator.model.crawl import Crawl, Failure, Lease, SourceState, Timing, Trigger
from aggregator.model.errors import LeaseLost, StoreError
from aggregator.model.failures import MEANINGS, Outcome, Weight
from aggregator.model.source import Source, SourceKind
from aggregator.schedule.cadence import LONGEST, NextVisit, default_interval, next_visit
from aggregator.schedule.network import HAS_A_SAY, HostSighting, is_own_network_down
from aggregator.store.writer import CrawlWrites
from aggregator.text.urls import host_of

log = structlog.get_logger("crawl")


class Claim(Protocol):
    """The right to one visit, and the state the source was left in."""

    @property
    def lease(self) -> Lease:
        """The lease all writes of the crawl go under."""

    @property
    def state(self) -> SourceState:
        """What is remembered from earlier visits."""

    @property
    def interrupted(self) -> bool:
        """Whether the visit before ended without a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """A crawl under way."""

    source: Source
    claim: Claim
    trigger: Trigger
    started_at: datetime
    started: float
    tally: Tally
    watch: Watcher


class Crawler:
    """Visits sources with the parts it was given."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def crawl(
        self, source: Source, claim: Claim, trigger: Trigger = Trigger.SCHEDULE, watch: Watcher = unwatched
    ) -> Crawl | None:
        """One visit to ``source`` under ``claim``; its record, or None when it could not be kept."""
        visit = _Visit(
            source=source,
            claim=claim,
            trigger=trigger,
            started_at=self._parts.now(),
            started=time.perf_counter(),
            tally=Tally(guids=claim.state.guids, page_tries=dict(claim.state.page_tries)),
            watch=watch,
        )
        try:
            results = await self._read(visit)
            try:
                return await self._conclude(visit, results)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - what cannot be recorded is recorded as that, once
                return await self._conclude(visit, [_broken(source.homepage, error)])
        except StoreError as error:
            outcome = Outcome.LEASE_LOST if isinstance(error, LeaseLost) else Outcome.STORE_UNAVAILABLE
            log.warning("crawl_not_kept", source=source.id, outcome=outcome, error=str(error))
            watch(Step(name=outcome, detail=str(error)))
            return None

    async def _read(self, visit: _Visit) -> list[SectionResult]:
        """The result of each section; whatever breaks in one is that section's failure."""
        source, state = visit.source, visit.claim.state
        if source.kind is SourceKind.UNKNOWN:
            return [await self._guarded(visit, source.homepage)]
        keeper = Keeper(self._parts, source, visit.claim.lease, visit.tally, visit.watch)
        results: list[SectionResult] = []
        rests = resting(source, state, now=visit.started_at) if visit.trigger is Trigger.SCHEDULE else {}
        for section in source.sections:
            unasked = rests.get(section.url) or _told_to_wait(section.url, results)
            if unasked is not None:
                results.append(unasked)
                continue
            reader = SectionVisit(self._parts, source, section, keeper, visit.tally)
            try:
                results.append(await reader.read(state, is_deep=visit.claim.interrupted))
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - the edge of a crawl: one source must never stop another
                results.append(_broken(section.url, error))
        return results

    async def _guarded(self, visit: _Visit, url: str) -> SectionResult:
        try:
            return await probe_homepage(self._parts, visit.source, visit.tally, visit.watch)
        except Exception as error:  # noqa: BLE001 - the edge of a crawl: one source must never stop another
            return _broken(url, error)

    async def _conclude(self, visit: _Visit, results: Sequence[SectionResult]) -> Crawl:
        now = self._parts.now()
        state, tally = visit.claim.state, visit.tally
        pages = pages_after(state, visit.source, tally, now=now)
        failures = [result.failure for result in results if result.failure is not None]
        outcome, failure = overall(
            [result.outcome for result in results], failures, drift_of_pages(visit.source, pages)
        )
        rhythm = rhythm_after(state, outcome, tally, now=now, timezone=self._parts.timezone)
        met = [result if result.asked else SectionResult(outcome=Outcome.UNCHANGED) for result in results]
        sightings = sightings_of(visit.source, met, now)
        await self._parts.store.hosts.note(sightings)
        due = next_visit(
            state,
            visit.source,
            outcome,
            hints_of(results, tally.retry_after_s),
            kinds=self._parts.kinds,
            pace=self._parts.pace,
            now=now,
            timezone=self._parts.timezone,
            jitter=self._parts.draw(),
            rhythm=rhythm,
            own_network_down=await self._is_own_network_down(sightings, now),
        )
        crawl = self._record(visit, results, outcome, failure, due, now)
        after = state_after(
            state,
            visit.source,
            results,
            crawl,
            due,
            tally,
            rhythm=rhythm,
            pages=pages,
            rests=rests_after(
                visit.source,
                state,
                results,
                interval=default_interval(visit.source, self._parts.kinds) * self._parts.pace.scale,
                longest=LONGEST * self._parts.pace.scale,
                now=now,
            ),
            interrupted=visit.claim.interrupted,
        )
        await self._parts.store.writer.submit(CrawlWrites(lease=visit.claim.lease, crawl=crawl, state=after))
        self._log(crawl)
        visit.watch(Step(name="done", detail=f"{outcome}, next visit {due.at:%H:%M:%S} UTC"))
        return crawl

    async def _is_own_network_down(self, sightings: Sequence[HostSighting], now: datetime) -> bool:
        """Whether many hosts fail together; asked only when this visit met one that failed."""
        if all(sighting.failed_at is None for sighting in sightings):
            return False
        return is_own_network_down(await self._parts.store.hosts.recent(since=now - HAS_A_SAY), now)

    def _record(
        self,
        visit: _Visit,
        results: Sequence[SectionResult],
        outcome: Outcome,
        failure: Failure | None,
        due: NextVisit,
        now: datetime,
    ) -> Crawl:
        tally = visit.tally
        return Crawl(
            id=self._parts.new_id(),
            source_id=visit.source.id,
            trigger=visit.trigger,
            started_at=visit.started_at,
            finished_at=now,
            outcome=outcome,
            http_status=results[0].status if results else None,
            bytes=tally.bytes,
            fetches=tally.fetches,
            counts=tally.counts,
            timing=Timing(
                fetch_ms=round(tally.fetch_ms),
                parse_ms=round(tally.parse_ms),
                store_ms=round(tally.store_ms),
                total_ms=round((time.perf_counter() - visit.started) * 1000),
            ),
            skipped=dict(tally.skipped),
            problems=tuple(tally.problems),
            failure=failure,
            next_visit_at=due.at,
            next_visit_why=due.why,
            token=visit.claim.lease.token,
        )

    def _log(self, crawl: Crawl) -> None:
        counts = crawl.counts
        quiet = crawl.outcome in {Outcome.OK, Outcome.UNCHANGED} and counts.new == counts.updated == 0
        emit = log.debug if quiet else log.info if MEANINGS[crawl.outcome].weight is Weight.NONE else log.warning
        emit(
            "crawled",
            source=crawl.source_id,
            outcome=crawl.outcome.value,
            new=counts.new,
            updated=counts.updated,
            ms=crawl.timing.total_ms,
            cause=crawl.failure.cause if crawl.failure else None,
        )


def _told_to_wait(url: str, results: Sequence[SectionResult]) -> SectionResult | None:
    """The answer for a section on a host that has just told us to wait: the same, unasked. None where none has."""
    for result in results:
        failure = result.failure
        if (
            result.asked
            and failure is not None
            and failure.retry_after_s is not None
            and host_of(failure.url) == host_of(url)
        ):
            return SectionResult(outcome=failure.outcome, failure=replace(failure, url=url), asked=False)
    return None


def _broken(url: str, error: Exception) -> SectionResult:
    cause = "".join(traceback.format_exception(error))[-2000:]
    log.error("crawl_broke", url=url, error=repr(error))
    failure = Failure(outcome=Outcome.INTERNAL, sentence=MEANINGS[Outcome.INTERNAL].sentence, cause=cause, url=url)
    return SectionResult(outcome=Outcome.INTERNAL, failure=failure)
