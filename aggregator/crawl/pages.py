"""An article's own page: fetched, parsed, checked to be that article's, and joined to what the list said."""

import time
from dataclasses import replace
from datetime import timedelta

from aggregator.crawl.decide import Candidate, add, digest_after_page, page_owed
from aggregator.crawl.parts import Parts, Step, Tally, Watcher, keep_raw, outcome_of
from aggregator.model.crawl import Counts
from aggregator.model.entry import Entry, Problem
from aggregator.model.errors import ParseFailed, PoolError
from aggregator.model.failures import Outcome
from aggregator.model.fetch import Fetched, FetchFailed, FetchRequest
from aggregator.model.source import Source
from aggregator.normalise.about import is_about
from aggregator.normalise.article import merge_page
from aggregator.parse.page import parse_page
from aggregator.schedule.drift import fill_of, sum_of

# After one of these the crawl asks for no further page: the others wait for the next visit.
_TIRED = frozenset({Outcome.RATE_LIMITED, Outcome.BLOCKED, Outcome.CHALLENGE, Outcome.TIMEOUT, Outcome.CONNECT})
_PAGE_TIMEOUT = timedelta(seconds=20)


class PageReader:
    """Reads the article pages of one crawl of one source."""

    def __init__(self, parts: Parts, source: Source, tally: Tally, watch: Watcher) -> None:
        self._parts = parts
        self._source = source
        self._tally = tally
        self._watch = watch
        self._host_tired = False

    async def read(self, item: Candidate) -> tuple[Entry, Outcome | None]:
        """The entry with what its page adds, or with a problem that says why the page was not read; how that ended.

        Once the host is tired no further page is asked for: the entry is marked for the next visit, its outcome None.
        """
        if self._host_tired:
            return replace(item.entry, digest=page_owed(item)), None
        result = await self._parts.gate.get(self._request(item))
        self._tally.fetches += 1
        self._tally.fetch_ms += result.elapsed_ms
        self._tally.counts = add(self._tally.counts, Counts(pages=1))
        outcome, detail = Outcome.OK, ""
        entry = item.entry
        if isinstance(result, Fetched):
            self._tally.bytes += result.wire_bytes
            keep_raw(self._parts, self._source, result)
            try:
                page = await self._parse(result)
            except ParseFailed as error:
                outcome, detail = error.outcome, error.detail
            except PoolError as error:
                outcome, detail = outcome_of(error), str(error)
            else:
                self._tally.pages = sum_of(self._tally.pages, fill_of((page,)))
                if is_about(entry, page, site_name=self._source.name):
                    entry = merge_page(entry, page)
                else:
                    outcome, detail = Outcome.EMPTY, "the page is about something else"
        elif isinstance(result, FetchFailed):
            outcome, detail = result.failure.outcome, result.failure.cause
            if outcome in _TIRED or result.failure.retry_after_s is not None:
                self._host_tired = True
            self._tally.wait_at_least(result.failure.retry_after_s)
        self._watch(Step(name="page", url=item.entry.url, detail=outcome if not detail else f"{outcome}: {detail}"))
        digest = digest_after_page(item, outcome)
        if outcome is Outcome.OK:
            return replace(entry, digest=digest), outcome
        problem = Problem(code="page_failed", field="body", detail=f"{outcome}: {detail}"[:300])
        return replace(entry, digest=digest, problems=(*entry.problems, problem)), outcome

    def _request(self, item: Candidate) -> FetchRequest:
        return FetchRequest(
            url=item.entry.url,
            accept="text/html, application/xhtml+xml, */*;q=0.5",
            max_bytes=self._parts.limits.max_body_bytes,
            total_timeout=min(self._parts.limits.fetch_timeout, _PAGE_TIMEOUT),
            min_gap=self._source.min_gap,
            ca_file=self._source.ca_file,
            follow_robots=self._source.robots_override is None,
        )

    async def _parse(self, fetched: Fetched) -> Entry:
        started = time.perf_counter()
        try:
            return await self._parts.pool.run(
                self._source.id,
                parse_page,
                fetched.body,
                url=fetched.url,
                content_type=fetched.content_type,
                platform=self._source.platform,
                selectors=self._source.selectors,
                now=self._parts.now(),
                timezone=self._parts.timezone.key,
            )
        finally:
            self._tally.parse_ms += (time.perf_counter() - started) * 1000
