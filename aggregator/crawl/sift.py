"""What of a document is news: which of its entries are new or changed, by all that is remembered of the source.

1. An entry is known by its identity keys; where the source's guids are trusted, one whose URL is new is known by its
   guid too (``normalise/guids.py``). Every document teaches how far they can be trusted.
2. What was kept once and purged since does not return, by its keys or by such a guid.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aggregator.crawl.decide import Candidate, Known, add, candidates, guids_of, is_unchanged, match, match_guids
from aggregator.crawl.parts import Parts, Step, Tally, Watcher
from aggregator.model.crawl import Counts
from aggregator.model.entry import ParsedDocument, Problem
from aggregator.model.source import Source, SourceSection
from aggregator.normalise.guids import contradicted, evidence, is_trusted, learnt
from aggregator.store.articles import KnownArticle

_MOST_PROBLEMS = 20  # kept on a crawl's record


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The entries that are to be kept, and whether nothing else was in the document."""

    waiting: tuple[Candidate, ...]
    all_new: bool


class Sifter:
    """Sifts the documents of one crawl of one source."""

    def __init__(self, parts: Parts, source: Source, tally: Tally, watch: Watcher) -> None:
        self._parts = parts
        self._source = source
        self._tally = tally
        self._watch = watch

    async def sift(self, document: ParsedDocument, section: SourceSection) -> Sifted:
        """What a document of ``section`` brings. Raises StoreUnavailable."""
        for problem in document.problems:
            self.note(problem)
        found, skipped = candidates(document.entries, self._source)
        for reason, how_many in skipped.items():
            self._tally.skip(reason, how_many)
        if document.found > len(document.entries):
            self._tally.skip("beyond_limit_or_broken", document.found - len(document.entries))
        matched, guids = await self._matched(found)
        kept = await self._without_purged(matched, guids)
        waiting = tuple(item for item in kept if not is_unchanged(item, section.section))
        detail = f"{document.format}: {document.found} found, {len(waiting)} new or changed"
        self._watch(Step(name="parsed", url=section.url, detail=detail))
        self._tally.counts = add(
            self._tally.counts,
            Counts(found=document.found, unchanged=len(kept) - len(waiting), skipped=document.found - len(kept)),
        )
        is_all_new = bool(waiting) and all(item.known is None for item in matched)
        return Sifted(waiting=waiting, all_new=is_all_new and len(kept) == len(matched))

    def note(self, problem: Problem) -> None:
        """Puts a problem on the crawl's record."""
        if len(self._tally.problems) < _MOST_PROBLEMS:
            self._tally.problems.append(problem)

    async def _matched(self, found: Sequence[Candidate]) -> tuple[list[Candidate], frozenset[str]]:
        """The candidates with what is known of them, and the guids of the strange ones that may be used."""
        keys = [key for candidate in found for key in candidate.keys]
        if not keys:
            return list(found), frozenset()
        started = time.perf_counter()
        by_key = match(found, _by_key(await self._parts.store.articles.find_known(keys)))
        document, before = guids_of(by_key)
        denied = contradicted(document, before)
        self._tally.guids = learnt(self._tally.guids, evidence(document, before))
        wanted = frozenset(item.guid for item in by_key if item.known is None and item.guid) - denied
        if not wanted or not is_trusted(self._tally.guids):
            self._tally.store_ms += (time.perf_counter() - started) * 1000
            return by_key, frozenset()
        rows = await self._parts.store.articles.find_by_guid(wanted)
        self._tally.store_ms += (time.perf_counter() - started) * 1000
        return match_guids(by_key, {row.guid: _known(row) for row in rows}), wanted

    async def _without_purged(self, matched: Sequence[Candidate], guids: frozenset[str]) -> list[Candidate]:
        strange = {key for item in matched if item.known is None for key in _names(item, guids)}
        buried = await self._parts.store.tombstones.buried(strange)
        kept = [item for item in matched if item.known is not None or buried.isdisjoint(_names(item, guids))]
        if len(kept) < len(matched):
            self._tally.skip("purged", len(matched) - len(kept))
        return kept


def _names(item: Candidate, guids: frozenset[str]) -> Collection[str]:
    return (*item.keys, item.guid) if item.guid in guids else item.keys


def _by_key(rows: Sequence[KnownArticle]) -> dict[str, Known]:
    return {key: known for row in rows for known in (_known(row),) for key in row.keys}


def _known(row: KnownArticle) -> Known:
    return Known(id=row.id, digest=row.digest, sections=row.sections, guid=row.guid, title=row.title)
