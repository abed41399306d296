"""From candidates to kept articles: their pages where needed, the article made or edited, handed to the writer."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from aggregator.crawl.decide import PAGE_TRIES, Candidate, add, needs_page, page_owed
from aggregator.crawl.pages import PageReader
from aggregator.crawl.parts import Parts, Step, Tally, Watcher
from aggregator.engine.stint import Stint
from aggregator.model.article import Article
from aggregator.model.crawl import Counts, Lease
from aggregator.model.entry import Precision, Problem
from aggregator.model.failures import Outcome
from aggregator.model.source import Source, SourceSection
from aggregator.normalise.article import Skipped, edit_article, to_article
from aggregator.store.writer import CrawlWrites

_PAGES_AT_ONCE = 4  # hosts that are paced take them one by one anyway
_NO_PAGE = frozenset({Outcome.NOT_FOUND, Outcome.GONE})
_GONE = 99  # tries of a page that is not there


def _is_undated(item: Candidate) -> bool:
    """Whether an entry that is not kept yet says no date."""
    return item.known is None and item.entry.published is None


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
        self._pages = PageReader(parts, source, tally, watch)

    async def keep(self, section: SourceSection, waiting: Sequence[Candidate], *, only_dated: bool = False) -> bool:
        """Keeps new and changed entries; False when the next visit must look at some again.

        With ``only_dated`` new entries that have no date, their own or their page's, are left. Raises LeaseLost and
        StoreUnavailable. What needs no page is written first; the rest one by one as their
        pages are read, up to the crawl's share of pages. Beyond it, entries with a date are kept as the list tells
        them and their page is read next time; those without one wait, or old news would stand on top.
        """
        paged, plain, hopeless = self._sorted(waiting, only_dated=only_dated)
        for item in hopeless:
            self._leave(item, "page_gone" if self._tries(item) >= _GONE else "undated_in_a_changed_layout")
        now_paged, later = paged[: self._pages_left], paged[self._pages_left :]
        self._pages_left -= len(now_paged)
        for item in later:
            if item.entry.published is not None and item.known is None:
                plain.append(replace(item, entry=replace(item.entry, digest=page_owed(item))))
            else:
                self._leave(item, "waits_for_next_visit")
        await self._write(section, plain)
        unread = await self._keep_with_pages(section, now_paged, only_dated=only_dated)
        return not later and not unread

    def _sorted(
        self, waiting: Sequence[Candidate], *, only_dated: bool
    ) -> tuple[list[Candidate], list[Candidate], list[Candidate]]:
        """Entries whose page is to be read, those to be kept as the list tells them, and those not to be kept.

        An undated entry whose page was tried often enough in vain is kept without it, unless the page is gone.
        """
        paged: list[Candidate] = []
        plain: list[Candidate] = []
        hopeless: list[Candidate] = []
        for item in waiting:
            tries = self._tries(item)
            if tries < PAGE_TRIES and needs_page(self._source, item):
                paged.append(item)
            elif tries >= _GONE or (only_dated and _is_undated(item)):
                hopeless.append(item)
            else:
                plain.append(item)
        return paged, plain, hopeless

    def _tries(self, item: Candidate) -> int:
        return self._tally.page_tries.get(item.keys[0], 0) if _is_undated(item) else 0

    def _leave(self, item: Candidate, reason: str) -> None:
        self._tally.skip(reason)
        self._count(Counts(skipped=1))
        self.watch(Step(name="skipped", url=item.entry.url, detail=reason))

    async def _keep_with_pages(self, section: SourceSection, paged: Sequence[Candidate], *, only_dated: bool) -> int:
        """Reads pages and writes each article with its page; how many pages are to be tried again."""
        unread = 0

        async def one(item: Candidate) -> None:
            nonlocal unread
            async with self._pages_at_once:
                entry, outcome = await self._pages.read(item)
            failed = "~" in entry.digest
            if not _is_undated(replace(item, entry=entry)):
                unread += failed
                self._tally.page_tries.pop(item.keys[0], None)
                await self._write(section, [replace(item, entry=entry)])
                return
            tries = _GONE if outcome in _NO_PAGE else self._tries(item) + (outcome is not None)
            if tries < PAGE_TRIES and (failed or only_dated):
                unread += 1
                self._leave(item, "undated_and_page_unread" if failed else "undated_in_a_changed_layout")
            elif tries >= _GONE or only_dated:
                self._leave(item, "page_gone" if tries >= _GONE else "undated_in_a_changed_layout")
            else:
                await self._write(section, [replace(item, entry=replace(entry, digest=item.entry.digest))])
                self._tally.page_tries.pop(item.keys[0], None)
                return
            self._tally.page_tries[item.keys[0]] = tries

        try:
            async with asyncio.TaskGroup() as group:
                for item in paged:
                    group.create_task(one(item))
        except BaseExceptionGroup as group_error:
            raise group_error.exceptions[0] from group_error
        return unread

    async def _write(self, section: SourceSection, items: Sequence[Candidate]) -> None:
        if not items:
            return
        new, skipped = await self._made(section, [item for item in items if item.known is None])
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
                is_exact = article.published_precision is not Precision.DAY
                self._tally.appeared.append(article.published_at if is_exact else None)
                self.watch(Step(name="new", url=article.url, detail=article.title))
        for article in updated:
            self.watch(Step(name="updated", url=article.url, detail=article.title))

    async def _made(self, section: SourceSection, items: Sequence[Candidate]) -> tuple[list[Article], int]:
        made: list[Article] = []
        skipped = 0
        stint = Stint()
        for item in items:
            await stint.pause()
            article = to_article(
                item.entry,
                self._source,
                section,
                self._parts.sections,
                now=self._parts.now(),
                max_age=self._parts.limits.max_age,
                article_id=self._parts.new_id(),
                keys=item.keys,
                guid=item.guid,
                fence=self._lease.token,
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
                has_moved=item.has_moved,
            )
            if article is None:
                continue
            (updated if article.versions != known.versions else quiet).append(article)
        return updated, quiet

    def _count(self, counts: Counts) -> None:
        self._tally.counts = add(self._tally.counts, counts)
