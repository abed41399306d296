"""One section URL of a source: fetch, compare, parse, sort out what is new, keep it.

Articles are written before the validators that would let the next visit skip them: whatever ends a crawl early, the
next one reads the same body again and finds what is already kept.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from aggregator.crawl.decide import Candidate, Known, add, candidates, is_unchanged, match, reads_sanely
from aggregator.crawl.keep import Keeper
from aggregator.crawl.parts import Parts, SectionResult, Step, Tally, Watcher
from aggregator.model.crawl import Counts, Failure, Validators
from aggregator.model.entry import ParsedDocument, Problem
from aggregator.model.errors import ParseFailed, PoolError
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.model.fetch import Fetched, FetchFailed, FetchRequest, FetchResult, NotModified
from aggregator.model.source import Source, SourceKind, SourceSection
from aggregator.parse.document import parse_document

FULL_FETCH_EVERY = timedelta(hours=12)
_MOST_CHILDREN = 3  # sitemaps of an index, further pages of a list
_MOST_PROBLEMS = 20  # kept on a crawl's record
_ACCEPT = {
    SourceKind.FEED: "application/rss+xml, application/atom+xml, application/feed+json, text/xml;q=0.9, */*;q=0.5",
    SourceKind.JSONFEED: "application/feed+json, application/json, */*;q=0.5",
    SourceKind.API: "application/json, */*;q=0.5",
    SourceKind.SITEMAP: "application/xml, text/xml, */*;q=0.5",
    SourceKind.LISTING: "text/html, application/xhtml+xml, */*;q=0.5",
    SourceKind.UNKNOWN: "text/html, */*;q=0.5",
}


class SectionVisit:
    """A visit to one section URL; ``read`` does it."""

    def __init__(self, parts: Parts, source: Source, section: SourceSection, keeper: Keeper, tally: Tally) -> None:
        self._parts = parts
        self._source = source
        self._section = section
        self._keeper = keeper
        self._tally = tally
        self._watch: Watcher = keeper.watch

    async def read(self, validators: Validators | None) -> SectionResult:
        """What came of the visit. Raises LeaseLost and StoreUnavailable, nothing else.

        ``validators`` are None at the first visit and whenever the one before left something undone: then further
        pages are read too, however much of them is known.
        """
        now = self._parts.now()
        known = validators if _may_skip(validators, now) else None
        result = await self._fetch(self._section.url, known)
        match result:
            case NotModified():
                self._watch(Step(name="not_modified", url=result.url))
                return SectionResult(
                    outcome=Outcome.UNCHANGED, status=304, validators=validators, max_age=_seconds(result.max_age_s)
                )
            case FetchFailed():
                self._tally.wait_at_least(result.failure.retry_after_s)
                return SectionResult(
                    outcome=result.failure.outcome, failure=result.failure, status=result.failure.status
                )
            case Fetched():
                return await self._read_body(result, known, now, is_deep=validators is None)

    async def _read_body(
        self, fetched: Fetched, known: Validators | None, now: datetime, *, is_deep: bool
    ) -> SectionResult:
        body_hash = blake2b(fetched.body, digest_size=16).hexdigest()
        validators = Validators(
            etag=fetched.etag, last_modified=fetched.last_modified, body_hash=body_hash, full_at=now
        )
        max_age = _seconds(fetched.max_age_s)
        if known is not None and known.body_hash == body_hash:
            self._watch(Step(name="same_body", url=fetched.url))
            return SectionResult(
                outcome=Outcome.UNCHANGED,
                status=fetched.status,
                validators=replace(validators, full_at=known.full_at),
                max_age=max_age,
            )
        self._keeper.remember(fetched)
        try:
            document = await self._parse(fetched)
        except ParseFailed as error:
            return self._failed(error.outcome, error.detail, fetched)
        except PoolError as error:
            return self._failed(Outcome.PARSE_FAILED, str(error), fetched)
        whole = await self._keep_entries(document, deep=is_deep)
        cut = next((problem for problem in document.problems if problem.code == "truncated_document"), None)
        is_beyond_limit = document.found > self._parts.limits.max_entries
        return SectionResult(
            outcome=Outcome.OK if whole and cut is None and not is_beyond_limit else Outcome.PARTIAL,
            failure=None if cut is None else self._failure(Outcome.TRUNCATED, cut.detail, fetched),
            status=fetched.status,
            validators=validators if whole and cut is None else None,
            ttl=timedelta(minutes=document.ttl_minutes) if document.ttl_minutes else None,
            max_age=max_age,
            sane=reads_sanely(document.entries),
        )

    async def _fetch(self, url: str, known: Validators | None) -> FetchResult:
        limits = self._parts.limits
        request = FetchRequest(
            url=url,
            etag=known.etag if known else None,
            last_modified=known.last_modified if known else None,
            accept=_ACCEPT[self._source.kind],
            max_bytes=limits.max_body_bytes,
            total_timeout=limits.fetch_timeout,
            min_gap=self._source.min_gap,
            ca_file=self._source.ca_file,
            follow_robots=self._source.kind is SourceKind.LISTING and self._source.robots_override is None,
        )
        self._watch(Step(name="fetch", url=url))
        result = await self._parts.gate.get(request)
        self._tally.fetches += 1
        self._tally.fetch_ms += result.elapsed_ms
        if isinstance(result, Fetched):
            self._tally.bytes += result.wire_bytes
            self._watch(Step(name="fetched", url=result.url, detail=f"{result.status}, {len(result.body)} bytes"))
        return result

    async def _parse(self, fetched: Fetched) -> ParsedDocument:
        started = time.perf_counter()
        try:
            return await self._parts.pool.run(
                parse_document,
                fetched.body,
                url=fetched.url,
                content_type=fetched.content_type,
                kind=self._source.kind,
                platform=self._source.platform,
                selectors=self._source.selectors,
                now=self._parts.now(),
                timezone=self._parts.timezone.key,
                max_entries=self._parts.limits.max_entries,
            )
        finally:
            self._tally.parse_ms += (time.perf_counter() - started) * 1000

    async def _keep_entries(self, document: ParsedDocument, *, deep: bool) -> bool:
        """Keeps the document's news and that of its further pages; whether every entry was dealt with.

        Further pages are read while everything on the page before was new, or in any case when ``deep``, and kept
        oldest first.
        """
        is_index = document.format == "sitemapindex"
        waiting, fresh = await self._sort_out(document)
        pages = [waiting]
        whole = True
        children = list(document.child_urls)[:_MOST_CHILDREN]
        for _ in range(_MOST_CHILDREN):
            if not children or not (fresh or deep or is_index):
                break
            child = await self._read_child(children.pop(0))
            if child is None:
                whole = False  # the next visit tries again
                continue
            waiting, fresh = await self._sort_out(child)
            pages.append(waiting)
            if not is_index:
                children = list(child.child_urls)[:1]
        for waiting in reversed(pages):
            whole = await self._keeper.keep(self._section, waiting) and whole
        return whole

    async def _read_child(self, url: str) -> ParsedDocument | None:
        result = await self._fetch(url, None)
        detail = ""
        if isinstance(result, Fetched):
            self._keeper.remember(result)
            try:
                return await self._parse(result)
            except (ParseFailed, PoolError) as error:
                detail = str(error)
        elif isinstance(result, FetchFailed):
            detail = f"{result.failure.outcome}: {result.failure.cause}"
        self._note(Problem(code="child_failed", field=url, detail=detail))
        return None

    async def _sort_out(self, document: ParsedDocument) -> tuple[list[Candidate], bool]:
        """The entries that are new or changed, and whether nothing else was on the page."""
        for problem in document.problems:
            self._note(problem)
        found, skipped = candidates(document.entries, self._source)
        for reason, how_many in skipped.items():
            self._tally.skip(reason, how_many)
        if document.found > len(document.entries):
            self._tally.skip("beyond_limit_or_broken", document.found - len(document.entries))
        matched = match(found, await self._known(found))
        sorted_out = await self._without_purged(matched)
        waiting = [item for item in sorted_out if not is_unchanged(item, self._section.section)]
        self._watch(
            Step(
                name="parsed",
                url=self._section.url,
                detail=f"{document.format}: {document.found} found, {len(waiting)} new or changed",
            )
        )
        unchanged = len(sorted_out) - len(waiting)
        self._tally.counts = add(
            self._tally.counts,
            Counts(found=document.found, unchanged=unchanged, skipped=document.found - len(sorted_out)),
        )
        is_all_new = bool(waiting) and all(item.known is None for item in matched)
        return waiting, is_all_new and len(sorted_out) == len(matched)

    async def _without_purged(self, matched: Sequence[Candidate]) -> list[Candidate]:
        """The candidates less those that were kept once and purged since: they do not return."""
        strange = {key for item in matched if item.known is None for key in item.keys}
        buried = await self._parts.store.tombstones.buried(strange)
        kept = [item for item in matched if item.known is not None or buried.isdisjoint(item.keys)]
        if len(kept) < len(matched):
            self._tally.skip("purged", len(matched) - len(kept))
        return kept

    async def _known(self, found: Sequence[Candidate]) -> dict[str, Known]:
        keys = [key for candidate in found for key in candidate.keys]
        if not keys:
            return {}
        started = time.perf_counter()
        rows = await self._parts.store.articles.find_known(keys)
        self._tally.store_ms += (time.perf_counter() - started) * 1000
        return {key: Known(id=row.id, digest=row.digest, sections=row.sections) for row in rows for key in row.keys}

    def _failed(self, outcome: Outcome, detail: str, fetched: Fetched) -> SectionResult:
        return SectionResult(outcome=outcome, failure=self._failure(outcome, detail, fetched), status=fetched.status)

    def _failure(self, outcome: Outcome, detail: str, fetched: Fetched) -> Failure:
        return Failure(
            outcome=outcome,
            sentence=MEANINGS[outcome].sentence,
            cause=detail[:500],
            url=fetched.url,
            status=fetched.status,
        )

    def _note(self, problem: Problem) -> None:
        if len(self._tally.problems) < _MOST_PROBLEMS:
            self._tally.problems.append(problem)


def _may_skip(validators: Validators | None, now: datetime) -> bool:
    return validators is not None and validators.full_at is not None and now - validators.full_at < FULL_FETCH_EVERY


def _seconds(number: int | None) -> timedelta | None:
    return timedelta(seconds=number) if number else None
