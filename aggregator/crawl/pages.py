"""An article's own page: fetched, parsed, checked to be that article's, and joined to what the list said."""

import time
from dataclasses import dataclass, replace
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
from aggregator.parse.joined import join_pages
from aggregator.parse.page import parse_page
from aggregator.schedule.drift import fill_of, sum_of

# After one of these the crawl asks for no further page: the others wait for the next visit.
_TIRED = frozenset({Outcome.RATE_LIMITED, Outcome.BLOCKED, Outcome.CHALLENGE, Outcome.TIMEOUT, Outcome.CONNECT})
_PAGE_TIMEOUT = timedelta(seconds=20)
_MOST_FURTHER = 5  # pages of one article after its first


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unread:
    """A page that could not be read, and why."""

    outcome: Outcome
    detail: str


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
        entry, outcome, detail = item.entry, Outcome.OK, ""
        page = await self._page(entry.url)
        if isinstance(page, _Unread):
            outcome, detail = page.outcome, page.detail
        else:
            self._tally.pages = sum_of(self._tally.pages, fill_of((page,)))
            if is_about(entry, page, site_name=self._source.name):
                page, outcome, detail = await self._whole(page)
                entry = merge_page(entry, page)
            else:
                outcome, detail = Outcome.EMPTY, "the page is about something else"
        self._watch(Step(name="page", url=item.entry.url, detail=_told(outcome, detail, entry)))
        entry = replace(entry, digest=digest_after_page(item, outcome))
        if outcome is not Outcome.OK:
            problem = Problem(code="page_failed", field="body", detail=f"{outcome}: {detail}"[:300])
            entry = replace(entry, problems=(*entry.problems, problem))
        return entry, outcome

    async def _whole(self, first: Entry) -> tuple[Entry, Outcome, str]:
        """An article of several pages made whole; or as far as they could be read, and why no further."""
        rest: list[Entry] = []
        seen = {first.url}
        outcome, detail = Outcome.OK, ""
        following = first.continues_at
        while following is not None and following not in seen and len(rest) < _MOST_FURTHER:
            seen.add(following)
            page = await self._page(following)
            if isinstance(page, _Unread):
                outcome, detail = page.outcome, f"{following}: {page.detail}"
                break
            rest.append(page)
            following = page.continues_at
        if not rest:
            return first, outcome, detail
        try:
            return await self._parts.pool.run(self._source.id, join_pages, first, rest), outcome, detail
        except PoolError as error:
            return first, outcome_of(error), str(error)

    async def _page(self, url: str) -> Entry | _Unread:
        """What the page at ``url`` says, or why it could not be read."""
        result = await self._parts.gate.get(self._request(url))
        self._tally.fetches += 1
        self._tally.fetch_ms += result.elapsed_ms
        self._tally.counts = add(self._tally.counts, Counts(pages=1))
        if isinstance(result, Fetched):
            self._tally.bytes += result.wire_bytes
            keep_raw(self._parts, self._source, result)
            try:
                return await self._parse(result)
            except ParseFailed as error:
                return _Unread(outcome=error.outcome, detail=error.detail)
            except PoolError as error:
                return _Unread(outcome=outcome_of(error), detail=str(error))
        if not isinstance(result, FetchFailed):
            return _Unread(outcome=Outcome.EMPTY, detail="the host answered 304 to a first request")
        failure = result.failure
        if failure.outcome in _TIRED or failure.retry_after_s is not None:
            self._host_tired = True
        self._tally.wait_at_least(failure.retry_after_s)
        return _Unread(outcome=failure.outcome, detail=failure.cause)

    def _request(self, url: str) -> FetchRequest:
        return FetchRequest(
            url=url,
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


def _told(outcome: Outcome, detail: str, entry: Entry) -> str:
    """What a watcher reads of a page: how it ended, and where each field was found."""
    origins = ", ".join(f"{name} from {where}" for name, where in entry.origins)
    return ": ".join(filter(None, (str(outcome), detail or origins)))
