"""The visit to a source whose endpoint nobody knows: a short look at its homepage, noted for the board."""

from aggregator.crawl.parts import Parts, SectionResult, Step, Tally, Watcher
from aggregator.crawl.prober import BRIEF, Prober
from aggregator.crawl.reader import Reader
from aggregator.model.crawl import Failure
from aggregator.model.entry import Problem
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.model.probe import Endpoint, Probed
from aggregator.model.source import Source
from aggregator.parse.propose import chosen

_MOST_NOTES = 8  # endpoints noted on the crawl's record


async def probe_homepage(parts: Parts, source: Source, tally: Tally, watch: Watcher) -> SectionResult:
    """What was found, noted as problems of the crawl: the platform, each endpoint, and what to do about them.

    No page of an article is fetched, and few addresses are tried: such a visit comes every six hours.
    """
    watch(Step(name="probe", url=source.homepage))
    prober = Prober(
        gate=parts.gate,
        reader=Reader(
            pool=parts.pool,
            lane=source.id,
            timezone=parts.timezone,
            now=parts.now,
            max_entries=parts.limits.max_entries,
        ),
        reach=BRIEF,
        ca_file=source.ca_file,
        watch=watch,
    )
    found = await prober.probe(source.homepage)
    tally.fetches += found.fetches
    tally.problems += notes_of(found, parts)
    if found.failure is not None and not any(endpoint.entries for endpoint in found.endpoints):
        return SectionResult(outcome=found.failure.outcome, failure=found.failure, status=found.status)
    failure = Failure(
        outcome=Outcome.PROBED,
        sentence=MEANINGS[Outcome.PROBED].sentence,
        cause="no endpoint is configured; the homepage was probed",
        url=found.url,
        status=found.status,
    )
    return SectionResult(outcome=Outcome.PROBED, failure=failure, status=found.status)


def notes_of(found: Probed, parts: Parts) -> list[Problem]:
    """A look's findings as an operator reads them on the board."""
    notes = []
    if found.report is not None:
        notes.append(Problem(code="platform_found", detail=found.report.platform))
    named = [endpoint for endpoint in found.endpoints if endpoint.entries or not endpoint.guessed]
    for endpoint in named[:_MOST_NOTES]:
        code = "endpoint_found" if endpoint.entries else "endpoint_failed"
        notes.append(Problem(code=code, field=endpoint.url, detail=_said(endpoint, parts)))
    if best := chosen(found.endpoints, now=parts.now()):
        detail = f"read it as kind: {best[0].kind}; `main.py probe {found.url}` writes the entry for sources.yaml"
        notes.append(Problem(code="endpoint_proposed", field=best[0].url, detail=detail))
    return notes


def _said(endpoint: Endpoint, parts: Parts) -> str:
    if not endpoint.entries:
        return endpoint.failure or "it lists nothing"
    newest = f", the newest of {endpoint.newest.astimezone(parts.timezone):%d/%m/%Y}" if endpoint.newest else ""
    return f"{endpoint.format}: {len(endpoint.entries)} entries, {endpoint.dated} with a date{newest}"
