"""A list or its article pages that suddenly give less than they always did."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from aggregator.model.crawl import Baseline, Fill
from aggregator.model.source import Selectors
from aggregator.schedule.drift import ESTABLISHED_DOCUMENTS, drifted, fill_of, learnt, rules_of, with_pages
from tests.core.builders import NOW, entry, source

HOUR = timedelta(hours=1)
RULES = "r1"
FULL = Fill(entries=20, titled=20, dated=20, worded=20, pictured=18)


def after(*fills: Fill, every: timedelta = 6 * HOUR, start: Baseline | None = None) -> Baseline:
    """A baseline after documents with ``fills``, the last at ``NOW``."""
    known = start
    for number, fill in enumerate(fills, 1):
        known = learnt(known, fill, rules=RULES, now=NOW - (len(fills) - number) * every)
    assert known is not None
    return known


def fell(baseline: Baseline | None, fill: Fill, *, rules: str = RULES, now: datetime = NOW) -> tuple[str, ...]:
    return drifted(baseline, fill, rules=rules, now=now)


def test_a_document_like_those_before_has_not_drifted() -> None:
    assert fell(after(*[FULL] * 10), FULL) == ()


@pytest.mark.parametrize(
    ("fill", "names"),
    [
        (replace(FULL, dated=0), ("dated",)),
        (replace(FULL, dated=9, pictured=0), ("dated", "pictured")),
        (replace(FULL, dated=10), ()),
        (Fill(entries=9, titled=9, dated=9, worded=9, pictured=9), ("entries",)),
        (Fill(entries=10, titled=10, dated=10, worded=10, pictured=9), ()),
        (Fill(entries=2, titled=2), ("entries",)),  # of two entries a share tells nothing
    ],
)
def test_what_fell_under_half_of_the_baseline_is_named(fill: Fill, names: tuple[str, ...]) -> None:
    assert fell(after(*[FULL] * 10), fill) == names


def test_nothing_is_suspected_before_the_baseline_is_established() -> None:
    empty = Fill(entries=20, titled=20)
    assert fell(None, empty) == ()
    assert fell(after(*[FULL] * (ESTABLISHED_DOCUMENTS - 1)), empty) == ()
    assert fell(after(*[FULL] * 10, every=timedelta(minutes=5)), empty) == ()  # within the first day


def test_other_rules_begin_anew() -> None:
    known = after(*[FULL] * 10)
    assert fell(known, Fill(entries=20, titled=20), rules="r2") == ()
    assert learnt(known, FULL, rules="r2", now=NOW) == Baseline(
        rules="r2", documents=1, since=NOW, seen_at=NOW, least=20.0, titled=1.0, dated=1.0, worded=1.0, pictured=0.9
    )
    assert rules_of(source()) == rules_of(source(note="khác"))
    assert rules_of(source()) != rules_of(source(selectors=Selectors(item=(".tin",))))


def test_a_list_that_was_lean_before_is_no_surprise() -> None:
    weekly = [FULL] * 5 + [Fill(entries=11, titled=11, dated=11, worded=11, pictured=11)] * 5
    assert fell(after(*weekly), Fill(entries=6, titled=6, dated=6, worded=6, pictured=6)) == ()


def test_what_stays_as_it_is_becomes_the_usual_within_weeks() -> None:
    undated = replace(FULL, dated=0)
    known = after(*[undated] * 4 * 10, start=after(*[FULL] * 10, every=HOUR * 24))
    assert fell(known, undated) == ("dated",)
    for _ in range(4 * 20):
        now = (known.seen_at or NOW) + 6 * HOUR
        known = learnt(known, undated, rules=RULES, now=now) or known
    assert fell(known, undated, now=known.seen_at or NOW) == ()


def test_an_empty_document_teaches_nothing() -> None:
    known = after(FULL)
    assert learnt(known, Fill(), rules=RULES, now=NOW + HOUR) is known
    assert learnt(None, Fill(), rules=RULES, now=NOW) is None


def test_pages_are_judged_by_fives_and_the_verdict_stands_until_the_next_five() -> None:
    good, bare = Fill(entries=1, titled=1, dated=1, worded=1, pictured=1), Fill(entries=1, titled=1)
    known: Baseline | None = None
    now = NOW - timedelta(days=9)
    for _ in range(5 * ESTABLISHED_DOCUMENTS):
        now += 4 * HOUR
        known = with_pages(known, good, rules=RULES, now=now)
    for number in range(1, 8):
        known = with_pages(known, bare, rules=RULES, now=now)
        assert known is not None
        assert known.fell == (() if number < 5 else ("dated", "worded", "pictured"))
    assert with_pages(known, Fill(), rules=RULES, now=now) is known
    known = with_pages(known, Fill(entries=5, titled=5, dated=5, worded=5, pictured=5), rules=RULES, now=now)
    assert known is not None
    assert known.fell == ()


def test_the_fill_counts_what_entries_have() -> None:
    bare = entry(title="", summary="", text="", published=None, images=())
    assert fill_of([entry(), bare]) == Fill(entries=2, titled=1, dated=1, worded=1, pictured=0)
