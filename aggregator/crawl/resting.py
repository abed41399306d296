"""Sections that fail while others of their source are read: each rests longer and longer, and says so all the while.

When every section of a source fails the source itself is put off (``schedule/cadence.py``), and all are tried again.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from aggregator.crawl.parts import SectionResult
from aggregator.model.crawl import Failure, SectionRest, SourceState
from aggregator.model.failures import MEANINGS, WEIGHTS, Outcome
from aggregator.model.source import Source

_READ = frozenset({Outcome.OK, Outcome.UNCHANGED, Outcome.PARTIAL})


def resting(source: Source, state: SourceState, *, now: datetime) -> dict[str, SectionResult]:
    """The results of the sections that are not asked at this visit, by URL: how they ended when they were last."""
    rests = {section.url: state.rests[section.url] for section in source.sections if section.url in state.rests}
    due = [url for url, rest in rests.items() if rest.until <= now]
    if len(rests) == len(source.sections):
        return {}
    return {url: _as_before(url, rest, state) for url, rest in rests.items() if url not in due}


def rests_after(
    source: Source,
    state: SourceState,
    results: Sequence[SectionResult],
    *,
    interval: timedelta,
    longest: timedelta,
    now: datetime,
) -> dict[str, SectionRest]:
    """The sections that rest after a visit: interval × 2^n, n the weighted failures in a row, at most ``longest``."""
    rests = {}
    for section, result in zip(source.sections, results, strict=False):
        before = state.rests.get(section.url)
        if not result.asked:
            if before is not None:
                rests[section.url] = before
            continue
        if result.outcome not in _READ:
            failures = (before.failures if before else 0.0) + WEIGHTS[MEANINGS[result.outcome].weight]
            until = now + min(interval * 2 ** min(failures, 20.0), longest)
            rests[section.url] = SectionRest(failures=failures, until=until, outcome=result.outcome)
    return rests


def _as_before(url: str, rest: SectionRest, state: SourceState) -> SectionResult:
    failure = Failure(
        outcome=rest.outcome,
        sentence=MEANINGS[rest.outcome].sentence,
        cause=f"failed before, rests until {rest.until:%Y-%m-%d %H:%M} UTC",
        url=url,
    )
    return SectionResult(outcome=rest.outcome, failure=failure, redirect=state.redirects.get(url), asked=False)
