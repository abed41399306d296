"""From candidates to kept articles: their pages where needed, the article made or edited, handed to the writer."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from aggregator.crawl.decide import Candidate, add, digest_after_page, needs_page, page_owed
from aggregator.crawl.parts import Parts, Step, Tally, Watcher
from aggregator.model.article import Article
from aggregator.model.crawl import Counts, Lease
from aggregator.model.entry import Entry, Problem
from aggregator.model.errors import ParseFailed, PoolError
from aggregator.model.failures import Outcome
from aggregator.model.fetch import Fetched, FetchFailed, FetchRequest
from aggregator.model.source import Source, SourceSection
from aggregator.normalise.article import Skipped, edit_article, merge_page, to_article
from aggregator.parse.page import parse_page
from aggregator.store.writer import CrawlWrites

_PAGES_AT_ONCE = 4  # hosts that are paced take them one by one anyway
# After one of these the crawl asks for no further page: the others wait for the next visit.
_TIRED = frozenset({Outcome.RATE_LIMITED, Outcome.BLOCKED, Outcome.CHALLENGE, Outcome.TIMEOUT, Outcome.CONNECT})
_PAGE_TIMEOUT = timedelta(seconds=20)


class Keeper:
    """Keeps the news of one crawl of one source, under its lease."""

    def __init__(self, parts: Parts, source: Source, lease: Lease, tally: Tally, watch: Watcher) -> None:
        self._parts = parts
        self._source = source
        self._lease = lease
        self._tally = tally
        self.watch = watch
        self._pages_left = parts.limits.max_pages
        self._pages_at_once = asyncio.Semaphore(_PAGES_AT_ONCE)
        self._host_tired = False

    async def keep(self, section: SourceSection, waiting: Sequence[Candidate]) -> bool:
        """Keeps new and changed entries; False when the next visit must look at some again.

        Raises LeaseLost and StoreUnavailable. What needs no page is written first; the rest one by one as their
        pages are read, up to the crawl's share of pages. Beyond it, entries with a date are kept as the list tells
        them and their page is read next time; those without one wait, or old news would stand on top.
        """
        paged = [item for item in waiting if needs_page(self._source, item)]
        wanted = {id(item) for item in paged}
        plain = [item for item in waiting if id(item) not in wanted]
        now_paged, later = paged[: self._pages_left], paged[self._pages_left :]
        self._pages_left -= len(now_paged)
        for item in later:
            if item.entry.published is not None and item.known is None:
                plain.append(replace(item, entry=replace(item.entry, digest=page_owed(item))))
            else:
                self._leave(item, "waits_for_next_visit")
        await self._write(section, plain)
        unread = await self._keep_with_pages(section, now_paged)
        return not later and not unread

    def remember(self, fetched: Fetched) -> None:
        """Keeps a fetched body for some weeks, so that it can be read again by better rules."""
        self._parts.store.raw_pages.keep(
            fetched.url,
            source_id=self._source.id,
            body=fetched.body,
            content_type=fetched.content_type,
            fetched_at=self._parts.now(),
        )

    def _leave(self, item: Candidate, reason: str) -> None:
        self._tally.skip(reason)
        self._count(Counts(skipped=1))
        self.watch(Step(name="skipped", url=item.entry.url, detail=reason))

    async def _keep_with_pages(self, section: SourceSection, paged: Sequence[Candidate]) -> int:
        """Reads pages and writes each article with its page; how many pages are to be tried again."""
        unread = 0

        async def one(item: Candidate) -> None:
            nonlocal unread
            async with self._pages_at_once:
                owed = replace(item.entry, digest=page_owed(item))
                entry = owed if self._host_tired else await self._with_page(item)
            failed = "~" in entry.digest
            unread += failed
            if failed and entry.published is None and item.known is None:
                self._leave(item, "undated_and_page_unread")
            else:
                await self._write(section, [replace(item, entry=entry)])

        try:
            async with asyncio.TaskGroup() as group:
                for item in paged:
                    group.create_task(one(item))
        except BaseExceptionGroup as group_error:
            raise group_error.exceptions[0] from group_error
        return unread

    async def _with_page(self, item: Candidate) -> Entry:
        """The entry with what its page adds, or with a problem that says why the page was not read."""
        request = FetchRequest(
            url=item.entry.url,
            accept="text/html, application/xhtml+xml, */*;q=0.5",
            max_bytes=self._parts.limits.max_body_bytes,
            total_timeout=min(self._parts.limits.fetch_timeout, _PAGE_TIMEOUT),
            min_gap=self._source.min_gap,
            ca_file=self._source.ca_file,
            follow_robots=self._source.robots_override is None,
        )
        result = await self._parts.gate.get(request)
        self._tally.fetches += 1
        self._tally.fetch_ms += result.elapsed_ms
        self._count(Counts(pages=1))
        outcome, detail = Outcome.OK, ""
        entry = item.entry
        if isinstance(result, Fetched):
            self._tally.bytes += result.wire_bytes
            self.remember(result)
            try:
                entry = merge_page(entry, await self._parse(result))
            except ParseFailed as error:
                outcome, detail = error.outcome, error.detail
            except PoolError as error:
                outcome, detail = Outcome.PARSE_FAILED, str(error)
        elif isinstance(result, FetchFailed):
            outcome, detail = result.failure.outcome, result.failure.cause
            self._host_tired = self._host_tired or outcome in _TIRED
            self._tally.wait_at_least(result.failure.retry_after_s)
        self.watch(Step(name="page", url=request.url, detail=outcome if not detail else f"{outcome}: {detail}"))
        digest = digest_after_page(item, outcome)
        if outcome is Outcome.OK:
            return replace(entry, digest=digest)
        problem = Problem(code="page_failed", field="body", detail=f"{outcome}: {detail}"[:300])
        return replace(entry, digest=digest, problems=(*entry.problems, problem))

    async def _parse(self, fetched: Fetched) -> Entry:
        started = time.perf_counter()
        try:
            return await self._parts.pool.run(
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

    async def _write(self, section: SourceSection, items: Sequence[Candidate]) -> None:
        if not items:
            return
        new, skipped = self._made(section, [item for item in items if item.known is None])
        updated, quiet = await self._edited(section, [item for item in items if item.known is not None])
        started = time.perf_counter()
        result = await self._parts.store.writer.submit(
            CrawlWrites(lease=self._lease, new=tuple(new), updated=(*updated, *quiet))
        )
        self._tally.store_ms += (time.perf_counter() - started) * 1000
        for reason in result.rejected.values():
            self._tally.skip("rejected_by_store")
            self._tally.problems.append(Problem(code="rejected_by_store", detail=reason))
        if result.buried:
            self._tally.skip("purged", len(result.buried))
        twins = len(result.duplicates)
        rejected = len(result.rejected) + len(result.buried)
        self._count(
            Counts(
                new=len(result.inserted),
                updated=len(updated),
                unchanged=len(quiet) + twins,
                skipped=skipped + rejected,
            )
        )
        for article in new:
            if article.id in result.inserted:
                self.watch(Step(name="new", url=article.url, detail=article.title))
        for article in updated:
            self.watch(Step(name="updated", url=article.url, detail=article.title))

    def _made(self, section: SourceSection, items: Sequence[Candidate]) -> tuple[list[Article], int]:
        made: list[Article] = []
        skipped = 0
        for item in items:
            article = to_article(
                item.entry,
                self._source,
                section,
                self._parts.sections,
                now=self._parts.now(),
                max_age=self._parts.limits.max_age,
                article_id=self._parts.new_id(),
                fence=self._lease.token,
                unique_guid=item.unique_guid,
            )
            if isinstance(article, Skipped):
                skipped += 1
                self._tally.skip(article.reason)
                self.watch(Step(name="skipped", url=item.entry.url, detail=article.reason))
            else:
                made.append(article)
        return made, skipped

    async def _edited(self, section: SourceSection, items: Sequence[Candidate]) -> tuple[list[Article], list[Article]]:
        """Articles a reader sees changed, and those where only what we remember did."""
        if not items:
            return [], []
        ids = [item.known.id for item in items if item.known is not None]
        stored = {article.id: article for article in await self._parts.store.articles.get_many(ids)}
        updated: list[Article] = []
        quiet: list[Article] = []
        for item in items:
            known = stored.get(item.known.id) if item.known is not None else None
            if known is None:
                continue
            article = edit_article(
                known,
                item.entry,
                self._source,
                section,
                self._parts.sections,
                now=self._parts.now(),
                fence=self._lease.token,
                unique_guid=item.unique_guid,
            )
            if article is None:
                continue
            (updated if article.versions != known.versions else quiet).append(article)
        return updated, quiet

    def _count(self, counts: Counts) -> None:
        self._tally.counts = add(self._tally.counts, counts)
