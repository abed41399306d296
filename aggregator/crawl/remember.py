"""What a visit leaves behind: the source's state for the next one, and what was asked of us, as pure functions."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.crawl.parts import SectionResult, Tally
from aggregator.crawl.suspicion import drift_sentence
from aggregator.model.crawl import Baseline, Crawl, Failure, SectionRest, SourceState
from aggregator.model.failures import Outcome
from aggregator.model.rhythm import Rhythm
from aggregator.model.source import Source
from aggregator.schedule.cadence import Hints, NextVisit
from aggregator.schedule.drift import rules_of, with_pages
from aggregator.schedule.rhythm import observe

_READ = frozenset({Outcome.OK, Outcome.UNCHANGED, Outcome.PARTIAL})
_MOST_TRIED = 300
_PAGES = ""  # the key of the article pages' baseline


def hints_of(results: Sequence[SectionResult], retry_after_s: float | None) -> Hints:
    """What the sections of a visit asked. A time is skipped only when all of them skip it."""
    return Hints(
        ttl=min((result.ttl for result in results if result.ttl is not None), default=None),
        max_age=min((result.max_age for result in results if result.max_age is not None), default=None),
        retry_after=None if retry_after_s is None else timedelta(seconds=retry_after_s),
        skip_hours=frozenset.intersection(*(result.skip_hours for result in results)) if results else frozenset(),
        skip_days=frozenset.intersection(*(result.skip_days for result in results)) if results else frozenset(),
    )


def rhythm_after(
    state: SourceState, outcome: Outcome, tally: Tally, *, now: datetime, timezone: ZoneInfo
) -> Rhythm | None:
    """The source's rhythm after a visit; one that failed tells nothing of when it publishes."""
    if outcome not in _READ:
        return state.rhythm
    return observe(state.rhythm or Rhythm(), tally.appeared, now=now, timezone=timezone)


def pages_after(state: SourceState, source: Source, tally: Tally, *, now: datetime) -> Baseline | None:
    """The baseline of the source's article pages after a visit."""
    return with_pages(state.baselines.get(_PAGES), tally.pages, rules=rules_of(source), now=now)


def drift_of_pages(source: Source, pages: Baseline | None) -> Failure | None:
    """Why the source's article pages are suspicious; None while they give what they always did."""
    if pages is None or not pages.fell:
        return None
    return Failure(
        outcome=Outcome.LAYOUT_DRIFT,
        sentence=drift_sentence(pages.fell, pages=True),
        cause=f"article pages under half of their baseline: {', '.join(pages.fell)}",
        url=source.homepage,
    )


def state_after(
    state: SourceState,
    source: Source,
    results: Sequence[SectionResult],
    crawl: Crawl,
    due: NextVisit,
    tally: Tally,
    *,
    rhythm: Rhythm | None,
    pages: Baseline | None,
    rests: dict[str, SectionRest],
    interrupted: bool,
) -> SourceState:
    """What is remembered after a visit; ``interrupted`` tells that the one before never ended."""
    now = crawl.finished_at
    wanted = {section.url for section in source.sections}
    validators = {url: known for url, known in state.validators.items() if url in wanted}
    redirects = {url: run for url, run in state.redirects.items() if url in wanted}
    baselines = {url: known for url, known in state.baselines.items() if url in wanted}
    if pages is not None:
        baselines[_PAGES] = pages
    for section, result in zip(source.sections, results, strict=False):
        if result.validators is not None:
            validators[section.url] = result.validators
        elif result.failure is None or interrupted:
            validators.pop(section.url, None)  # the next visit reads as far as it can
        if result.baseline is not None:
            baselines[section.url] = result.baseline
        if result.redirect is not None:
            redirects[section.url] = result.redirect
        else:
            redirects.pop(section.url, None)
    healthy = crawl.failure is None
    return replace(
        state,
        next_visit_at=due.at,
        next_visit_why=due.why,
        validators=validators,
        failures=due.failures,
        last_outcome=crawl.outcome,
        last_failure=None if crawl.failure is None else crawl.failure.outcome,
        last_crawl_at=now,
        last_success_at=now if healthy or crawl.outcome is Outcome.PARTIAL else state.last_success_at,
        last_new_at=now if crawl.counts.new else state.last_new_at,
        failing_since=None if healthy else state.failing_since or crawl.started_at,
        last_sentence="" if crawl.failure is None else crawl.failure.sentence,
        last_duration_ms=crawl.timing.total_ms,
        verified_at=state.verified_at or (now if any(result.sane for result in results) else None),
        guids=tally.guids,
        page_tries=dict(list(tally.page_tries.items())[-_MOST_TRIED:]),
        rhythm=rhythm,
        redirects=redirects,
        rests=rests,
        baselines=baselines,
    )
