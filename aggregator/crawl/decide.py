"""What a visit means, as pure decisions: which entries are new, which need their page, how the visit ended.

An entry is known by its identity keys. Its digest tells whether the source changed what it says. An article whose
page could not be read is kept with a digest marked ``~1``, ``~2`` …, so that the next visits try the page again, up
to ``PAGE_TRIES`` times.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from aggregator.model.crawl import Counts, Failure
from aggregator.model.entry import Entry
from aggregator.model.failures import MEANINGS, Outcome, Weight
from aggregator.model.source import PagePolicy, Republish, Source
from aggregator.normalise.guids import same_news
from aggregator.normalise.identity import guid_key, identity_keys
from aggregator.schedule.network import HostSighting

PAGE_TRIES = 3
_ENOUGH_TEXT = 400  # characters: with fewer, a feed's body is a teaser
_SANE_ENTRIES = 5
_UNREACHED = frozenset({Outcome.CONNECT, Outcome.DNS})
_NO_NEWS = frozenset({Outcome.OK, Outcome.UNCHANGED})
# A page that failed for one of these reasons may read well at the next visit.
_PASSING = frozenset(code for code, meaning in MEANINGS.items() if meaning.weight is Weight.PASSING) | {Outcome.EMPTY}


class Met(Protocol):
    """What came of one section URL, as far as its host is concerned."""

    @property
    def outcome(self) -> Outcome:
        """How it ended."""

    @property
    def status(self) -> int | None:
        """The HTTP status, None when no answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store says of an entry's article."""

    id: str
    digest: str
    sections: tuple[str, ...]
    guid: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry of the document with its identity and what is known of it (None: new)."""

    entry: Entry
    keys: tuple[str, ...]
    guid: str = ""  # its key, "" for none
    known: Known | None = None
    has_moved: bool = False  # known by its guid alone

    @property
    def tries(self) -> int:
        """How often its page was tried in vain."""
        if self.known is None:
            return 0
        digest, mark, tries = self.known.digest.partition("~")
        return int(tries) if mark and digest == self.entry.digest else 0


def candidates(entries: Sequence[Entry], source: Source) -> tuple[list[Candidate], dict[str, int]]:
    """The document's entries with their identity keys, and how many were left out by reason.

    An entry without address and title names nothing; twins within the document are met once.
    """
    seen: set[str] = set()
    found = []
    skipped: Counter[str] = Counter()
    for entry in entries:
        keys = identity_keys(entry, source)
        if not keys or seen.intersection(keys):
            skipped["twin_in_document" if keys else "no_identity"] += 1
            continue
        seen.update(keys)
        found.append(Candidate(entry=entry, keys=keys, guid=guid_key(entry, source)))
    return found, dict(skipped)


def match(found: Iterable[Candidate], known: Mapping[str, Known]) -> list[Candidate]:
    """Each candidate with the article it is, by its keys (``known`` maps keys)."""
    return [
        replace(candidate, known=next((known[key] for key in candidate.keys if key in known), None))
        for candidate in found
    ]


def match_guids(found: Iterable[Candidate], known: Mapping[str, Known]) -> list[Candidate]:
    """The candidates, those that no key made known with the article that their guid names (``known`` maps guids).

    An article that another candidate of the document is, or that two would be, has not moved, nor has one of another
    headline: the source gave its guid to other news.
    """
    found = list(found)
    taken = Counter(candidate.known.id for candidate in found if candidate.known is not None)
    taken.update(known[candidate.guid].id for candidate in found if candidate.known is None and candidate.guid in known)
    return [
        replace(candidate, known=known[candidate.guid], has_moved=True)
        if candidate.known is None
        and candidate.guid in known
        and taken[known[candidate.guid].id] == 1
        and same_news(candidate.entry.title, known[candidate.guid].title)
        else candidate
        for candidate in found
    ]


def guids_of(found: Iterable[Candidate]) -> tuple[dict[str, str], dict[str, str]]:
    """A document's guids by URL key, and those its known articles had before: what ``guids.py`` learns from."""
    found = list(found)
    document = {candidate.keys[0]: candidate.guid for candidate in found}
    before = {candidate.keys[0]: candidate.known.guid for candidate in found if candidate.known is not None}
    return document, before


def is_unchanged(candidate: Candidate, section: str) -> bool:
    """The source says what it said before, in a section we know of."""
    known = candidate.known
    return known is not None and known.digest == candidate.entry.digest and section in known.sections


def needs_page(source: Source, candidate: Candidate) -> bool:
    """Whether an entry's own page is worth a fetch: never more than the policy and our rights need."""
    entry = candidate.entry
    if candidate.known is not None and candidate.known.digest == entry.digest:
        return False  # only a section is new
    match source.pages:
        case PagePolicy.ALWAYS:
            return True
        case PagePolicy.NEVER:
            return False
        case PagePolicy.WHEN_NEEDED:
            teaser = source.republish is Republish.FULL and len(entry.text) < _ENOUGH_TEXT
            return teaser or entry.published is None or not entry.summary


def digest_after_page(candidate: Candidate, page_outcome: Outcome) -> str:
    """The digest to remember: marked for another try when the page may read well next time."""
    digest = candidate.entry.digest
    tries = candidate.tries + 1
    if page_outcome is Outcome.OK or page_outcome not in _PASSING or tries >= PAGE_TRIES:
        return digest
    return f"{digest}~{tries}"


def page_owed(candidate: Candidate) -> str:
    """The digest of an entry kept before its page was read: the next visit reads it."""
    return f"{candidate.entry.digest}~0"


def add(first: Counts, second: Counts) -> Counts:
    """The counts of two sections together."""
    return Counts(
        found=first.found + second.found,
        new=first.new + second.new,
        updated=first.updated + second.updated,
        unchanged=first.unchanged + second.unchanged,
        skipped=first.skipped + second.skipped,
        pages=first.pages + second.pages,
    )


def overall(
    outcomes: Sequence[Outcome], failures: Sequence[Failure], drift: Failure | None = None
) -> tuple[Outcome, Failure | None]:
    """How a visit of several sections ended: ok when any read something new and none failed, partial when some failed.

    With every section failed the worst failure speaks for the visit. ``drift`` is what article pages are suspected of:
    it makes an otherwise good visit partial.
    """
    if not failures:
        if drift is not None:
            return Outcome.PARTIAL, drift
        if Outcome.PARTIAL in outcomes:
            return Outcome.PARTIAL, None
        return (Outcome.OK if Outcome.OK in outcomes else Outcome.UNCHANGED), None
    worst = max(failures, key=lambda failure: _severity(failure.outcome))
    if any(outcome in _NO_NEWS or outcome is Outcome.PARTIAL for outcome in outcomes):
        return Outcome.PARTIAL, worst
    return worst.outcome, worst


def _severity(outcome: Outcome) -> int:
    return list(Weight).index(MEANINGS[outcome].weight)


def sightings_of(source: Source, results: Sequence[Met], now: datetime) -> list[HostSighting]:
    """Which of the source's hosts answered and which could not be reached; a timeout tells neither."""
    seen = []
    for section, result in zip(source.sections, results, strict=False):
        host = urlsplit(section.url).netloc
        if result.outcome in _UNREACHED:
            seen.append(HostSighting(host=host, failed_at=now))
        elif result.status is not None:
            seen.append(HostSighting(host=host, answered_at=now))
    return seen


def reads_sanely(entries: Sequence[Entry]) -> bool:
    """The first visit that verifies a source: at least 5 entries with title and link, most with a date."""
    whole = [entry for entry in entries if entry.title and entry.url]
    dated = [entry for entry in whole if entry.published is not None]
    return len(whole) >= _SANE_ENTRIES and len(dated) * 2 > len(whole)
