"""Layout drift: a list or article page that suddenly gives less than it always did.

1. Each list of a source, and its article pages together, have a baseline of about 30 days: how many entries the leanest
   document had, and which share of entries had a title, a date, words. Pictures come and go and tell nothing.
2. A document has drifted when the number of entries fell under half of its baseline, or a share did and chance hardly
   ever brings so few. Fields that were rare before and lists that were always short tell nothing.
   Even of a field that was never missing one entry in fifty may lack it.
3. The baseline learns on, slowly: what stays as it is becomes the usual within weeks. With other rules (selectors,
   platform, kind) it begins anew at once.
4. Article pages come one by one, so they are judged by tens.
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
PAGES_TOGETHER = 10
_SHORT_LIST = 4
_RARE = 0.4
_SUREST = 0.98
# A list is read some 10,000 times a year: rarer than this is less than one false alarm in ten years.
_CHANCE = 1e-5
_SHARES = ("titled", "dated", "worded")


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
    )


def sum_of(one: Fill, other: Fill) -> Fill:
    """What two documents together have."""
    return Fill(
        entries=one.entries + other.entries,
        titled=one.titled + other.titled,
        dated=one.dated + other.dated,
        worded=one.worded + other.worded,
    )


def drifted(baseline: Baseline | None, fill: Fill, *, rules: str, now: datetime) -> tuple[str, ...]:
    """What fell under half of the baseline: names of ``Fill``'s fields, none while all is well."""
    if baseline is None or baseline.rules != rules or baseline.since is None:
        return ()
    if baseline.documents < ESTABLISHED_DOCUMENTS or now - baseline.since < ESTABLISHED_AFTER:
        return ()
    fell = ["entries"] if baseline.least >= _SHORT_LIST and fill.entries * 2 < baseline.least else []
    fell += [name for name in _SHARES if _has_fallen(getattr(baseline, name), getattr(fill, name), fill.entries)]
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
    """The baseline of article pages after a visit that read ``pages``; ``fell`` stands until ten more are judged."""
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


def _has_fallen(usual: float, had: int, entries: int) -> bool:
    is_low = usual >= _RARE and had * 2 < usual * entries
    return is_low and _chance_of(had, entries, min(usual, _SUREST)) < _CHANCE


def _chance_of(most: int, entries: int, share: float) -> float:
    """The probability that at most ``most`` of ``entries`` have what ``share`` of all have: the binomial tail.

    Each term is made of the one before, which no number of entries overflows.
    """
    term = (1 - share) ** entries
    chance = term
    for had in range(most):
        term *= (entries - had) / (had + 1) * share / (1 - share)
        chance += term
    return chance
