"""One section URL of a source: fetch, compare, parse, sift out what is new, keep it.

Articles are written before the validators that would let the next visit skip them: whatever ends a crawl early, the
next one reads the same body again and finds what is already kept.
"""

import time
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from aggregator.crawl.decide import reads_sanely
from aggregator.crawl.keep import Keeper
from aggregator.crawl.parts import Parts, SectionResult, Step, Tally, Watcher, keep_raw, outcome_of
from aggregator.crawl.sift import Sifter
from aggregator.crawl.suspicion import Suspicion, suspicion_of
from aggregator.model.crawl import Failure, SourceState, Validators
from aggregator.model.entry import ParsedDocument, Problem
from aggregator.model.errors import ParseFailed, PoolError
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.model.fetch import Fetched, FetchFailed, FetchRequest, FetchResult, NotModified
from aggregator.model.source import Source, SourceKind, SourceSection
from aggregator.parse.document import parse_document
from aggregator.schedule.drift import fill_of, learnt, rules_of
from aggregator.schedule.redirects import redirect_to_store, seen_redirect

FULL_FETCH_EVERY = timedelta(hours=12)
_MOST_CHILDREN = 3  # sitemaps of an index, further pages of a list
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
        self._sifter = Sifter(parts, source, tally, keeper.watch)

    async def read(self, state: SourceState, *, is_deep: bool) -> SectionResult:
        """What came of the visit. Raises LeaseLost and StoreUnavailable, nothing else.

        Further pages are read too, however much of them is known, when ``is_deep`` and whenever the visit before left
        something undone.
        """
        now = self._parts.now()
        url = self._section.url
        validators = None if is_deep else state.validators.get(url)
        run = state.redirects.get(url)
        moved_to = redirect_to_store(run, url=url, now=now)
        known = validators if _may_skip(validators, now) else None
        result = await self._fetch(moved_to or url, known)
        match result:
            case NotModified():
                self._watch(Step(name="not_modified", url=result.url))
                asked = _asked(validators)
                max_age = _seconds(result.max_age_s)
                return replace(
                    asked, status=304, validators=validators, max_age=max_age, redirect=run,
                    baseline=state.baselines.get(url),
                )  # fmt: skip
            case FetchFailed():
                self._tally.wait_at_least(result.failure.retry_after_s)
                return SectionResult(
                    outcome=result.failure.outcome,
                    failure=result.failure,
                    status=result.failure.status,
                    redirect=None if moved_to else run,  # the next visit asks the address of the file
                    baseline=state.baselines.get(url),
                )
            case Fetched():
                read = await self._read_body(result, state, known, now, is_deep=validators is None)
                if read.failure is not None:  # what stands there now proves nothing, and a stored address is given up
                    return replace(read, redirect=None if moved_to else run)
                return replace(read, redirect=run if moved_to else seen_redirect(run, result.permanent_url, now=now))

    async def _read_body(
        self, fetched: Fetched, state: SourceState, known: Validators | None, now: datetime, *, is_deep: bool
    ) -> SectionResult:
        baseline = state.baselines.get(self._section.url)
        body_hash = blake2b(fetched.body, digest_size=16).hexdigest()
        validators = Validators(
            etag=fetched.etag, last_modified=fetched.last_modified, body_hash=body_hash, full_at=now
        )
        max_age = _seconds(fetched.max_age_s)
        if known is not None and known.body_hash == body_hash:
            self._watch(Step(name="same_body", url=fetched.url))
            same = replace(known, etag=fetched.etag, last_modified=fetched.last_modified)
            return replace(_asked(known), status=fetched.status, validators=same, max_age=max_age, baseline=baseline)
        keep_raw(self._parts, self._source, fetched)
        try:
            document = await self._parse(fetched)
        except ParseFailed as error:
            return replace(self._failed(error.outcome, error.detail, fetched), baseline=baseline)
        except PoolError as error:
            return replace(self._failed(outcome_of(error), str(error), fetched), baseline=baseline)
        fill = fill_of(() if _is_cut(document) else document.entries)
        suspicion = suspicion_of(
            document, self._source, baseline, fill, max_entries=self._parts.limits.max_entries, now=now
        )
        whole = await self._keep_entries(document, suspicion, deep=is_deep)
        validators = replace(
            validators,
            ttl_minutes=document.ttl_minutes,
            skip_hours=document.skip_hours,
            skip_days=document.skip_days,
        )
        failure = None
        if suspicion.outcome is not None:
            failure = self._failure(suspicion.outcome, suspicion.detail, fetched, sentence=suspicion.sentence)
        return replace(
            _asked(validators),
            outcome=Outcome.OK if whole and not suspicion.is_partial else Outcome.PARTIAL,
            failure=failure,
            status=fetched.status,
            validators=validators if whole and failure is None else None,
            max_age=max_age,
            baseline=learnt(baseline, fill, rules=rules_of(self._source), now=now),
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
                self._source.id,
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

    async def _keep_entries(self, document: ParsedDocument, suspicion: Suspicion, *, deep: bool) -> bool:
        """Keeps the document's news and that of its further pages; whether every entry was dealt with.

        Further pages are read while everything on the page before was new, or in any case when ``deep``, and kept
        oldest first.
        """
        is_index = document.format == "sitemapindex"
        sifted = await self._sifter.sift(document, self._section)
        pages = [sifted.waiting]
        whole = True
        children = list(document.child_urls)[:_MOST_CHILDREN]
        for _ in range(_MOST_CHILDREN):
            if not children or not (sifted.all_new or deep or is_index):
                break
            child = await self._read_child(children.pop(0))
            if child is Outcome.EMPTY and not is_index:
                break  # past the last page of the list, or a day without news
            if isinstance(child, Outcome):
                whole = False  # the next visit tries again
                continue
            sifted = await self._sifter.sift(child, self._section)
            pages.append(sifted.waiting)
            if not is_index:
                children = list(child.child_urls)[:1]
        for waiting in reversed(pages):
            whole = await self._keeper.keep(self._section, waiting, only_dated=suspicion.only_dated) and whole
        return whole

    async def _read_child(self, url: str) -> ParsedDocument | Outcome:
        """A further page of the list, a sitemap of the index; or how reading it failed, which is noted."""
        result = await self._fetch(url, None)
        outcome, detail = Outcome.UNCHANGED, ""
        if isinstance(result, Fetched):
            keep_raw(self._parts, self._source, result)
            try:
                return await self._parse(result)
            except ParseFailed as error:
                outcome, detail = error.outcome, str(error)
            except PoolError as error:
                outcome, detail = outcome_of(error), str(error)
        elif isinstance(result, FetchFailed):
            outcome, detail = result.failure.outcome, f"{result.failure.outcome}: {result.failure.cause}"
        if outcome is not Outcome.EMPTY:
            self._sifter.note(Problem(code="child_failed", field=url, detail=detail))
        return outcome

    def _failed(self, outcome: Outcome, detail: str, fetched: Fetched) -> SectionResult:
        failure = self._failure(outcome, detail, fetched, sentence=MEANINGS[outcome].sentence)
        return SectionResult(outcome=outcome, failure=failure, status=fetched.status)

    def _failure(self, outcome: Outcome, detail: str, fetched: Fetched, *, sentence: str) -> Failure:
        return Failure(outcome=outcome, sentence=sentence, cause=detail[:500], url=fetched.url, status=fetched.status)


def _is_cut(document: ParsedDocument) -> bool:
    return any(problem.code == "truncated_document" for problem in document.problems)


def _may_skip(validators: Validators | None, now: datetime) -> bool:
    return validators is not None and validators.full_at is not None and now - validators.full_at < FULL_FETCH_EVERY


def _asked(validators: Validators | None) -> SectionResult:
    """An unchanged section, with what its document asked when it was last read."""
    if validators is None:
        return SectionResult(outcome=Outcome.UNCHANGED)
    return SectionResult(
        outcome=Outcome.UNCHANGED,
        ttl=timedelta(minutes=validators.ttl_minutes) if validators.ttl_minutes else None,
        skip_hours=frozenset(validators.skip_hours),
        skip_days=frozenset(validators.skip_days),
    )


def _seconds(number: int | None) -> timedelta | None:
    return timedelta(seconds=number) if number else None
