"""Layout drift: a list or article page that suddenly gives less than it always did.

1. Each list of a source, and its article pages together, have a baseline of about 30 days: how many entries the leanest
   document had, and which share of entries had a title, a date, words, a picture.
2. A document has drifted when a share, or the number of entries, fell under half of its baseline. Shares of few
   entries, fields that were rare before and lists that were always short tell nothing.
3. The baseline learns on, slowly: what stays as it is becomes the usual within weeks. With other rules (selectors,
   platform, kind) it begins anew at once.
4. Article pages come one by one, so they are judged by fives.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from aggregator.model.crawl import Baseline, Fill
from aggregator.model.entry import Entry
from aggregator.model.source import Source

SPAN = timedelta(days=30)
ESTABLISHED_DOCUMENTS = 8
ESTABLISHED_AFTER = timedelta(days=1)
PAGES_TOGETHER = 5
_FEWEST_ENTRIES = 3  # of which a share tells something
_SHORT_LIST = 4
_RARE = 0.4
_SHARES = ("titled", "dated", "worded", "pictured")


def rules_of(source: Source) -> str:
    """A mark of the rules by which the source is read."""
    rules = repr((source.kind, source.platform, source.selectors))
    return blake2b(rules.encode(), digest_size=8).hexdigest()


def fill_of(entries: Iterable[Entry]) -> Fill:
    """What the entries of a document have."""
    entries = tuple(entries)
    return Fill(
        entries=len(entries),
        titled=sum(bool(entry.title) for entry in entries),
        dated=sum(entry.published is not None for entry in entries),
        worded=sum(bool(entry.summary or entry.text) for entry in entries),
        pictured=sum(bool(entry.images) for entry in entries),
    )


def sum_of(one: Fill, other: Fill) -> Fill:
    """What two documents together have."""
    return Fill(
        entries=one.entries + other.entries,
        titled=one.titled + other.titled,
        dated=one.dated + other.dated,
        worded=one.worded + other.worded,
        pictured=one.pictured + other.pictured,
    )


def drifted(baseline: Baseline | None, fill: Fill, *, rules: str, now: datetime) -> tuple[str, ...]:
    """What fell under half of the baseline: names of ``Fill``'s fields, none while all is well."""
    if baseline is None or baseline.rules != rules or baseline.since is None:
        return ()
    if baseline.documents < ESTABLISHED_DOCUMENTS or now - baseline.since < ESTABLISHED_AFTER:
        return ()
    fell = ["entries"] if baseline.least >= _SHORT_LIST and fill.entries * 2 < baseline.least else []
    if fill.entries >= _FEWEST_ENTRIES:
        fell += [name for name in _SHARES if _has_fallen(getattr(baseline, name), getattr(fill, name) / fill.entries)]
    return tuple(fell)


def learnt(baseline: Baseline | None, fill: Fill, *, rules: str, now: datetime) -> Baseline | None:
    """The baseline after one more document; an empty one teaches nothing."""
    if not fill.entries:
        return baseline
    if baseline is None or baseline.rules != rules or baseline.since is None or baseline.seen_at is None:
        baseline = Baseline(rules=rules, since=now, seen_at=now, least=float(fill.entries))
    elapsed = min(max((now - (baseline.seen_at or now)) / SPAN, 0.0), 1.0)
    is_young = baseline.documents < ESTABLISHED_DOCUMENTS
    part = max(elapsed, 1 / (baseline.documents + 1)) if is_young else elapsed
    shares = {
        name: getattr(baseline, name) + part * (getattr(fill, name) / fill.entries - getattr(baseline, name))
        for name in _SHARES
    }
    if is_young or fill.entries < baseline.least <= fill.entries * 2:
        least = min(baseline.least, float(fill.entries))
    else:
        least = baseline.least + elapsed * (fill.entries - baseline.least)
    return replace(
        baseline,
        documents=min(baseline.documents + 1, ESTABLISHED_DOCUMENTS),
        seen_at=now,
        least=least,
        **shares,
    )


def with_pages(baseline: Baseline | None, pages: Fill, *, rules: str, now: datetime) -> Baseline | None:
    """The baseline of article pages after a visit that read ``pages``; ``fell`` stands until five more are judged."""
    if not pages.entries:
        return baseline
    if baseline is None or baseline.rules != rules:
        baseline = Baseline(rules=rules, since=now, seen_at=now, least=1.0)
    pool = sum_of(baseline.pool, pages)
    if pool.entries < PAGES_TOGETHER:
        return replace(baseline, pool=pool)
    fell = tuple(name for name in drifted(baseline, pool, rules=rules, now=now) if name != "entries")
    after = learnt(baseline, pool, rules=rules, now=now)
    return None if after is None else replace(after, pool=Fill(), fell=fell)


def _has_fallen(usual: float, share: float) -> bool:
    return usual >= _RARE and share * 2 < usual
