"""A list or its article pages that suddenly give less than they always did."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest

from aggregator.crawl.suspicion import drift_sentence
from aggregator.model.crawl import Baseline, Fill
from aggregator.model.source import Selectors
from aggregator.schedule.drift import (
    ESTABLISHED_DOCUMENTS,
    PAGES_TOGETHER,
    drifted,
    fill_of,
    learnt,
    rules_of,
    with_pages,
)
from tests.core.builders import NOW, entry, source

HOUR = timedelta(hours=1)
RULES = "r1"
FULL = Fill(entries=20, titled=20, dated=20, worded=20)


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
        (replace(FULL, dated=9, worded=0), ("dated", "worded")),
        (replace(FULL, dated=10), ()),
        (Fill(entries=9, titled=9, dated=9, worded=9), ("entries",)),
        (Fill(entries=10, titled=10, dated=10, worded=10), ()),
        (Fill(entries=2, titled=2), ("entries",)),  # of two entries both may lack a date by chance
    ],
)
def test_what_fell_under_half_of_the_baseline_is_named(fill: Fill, names: tuple[str, ...]) -> None:
    assert fell(after(*[FULL] * 10), fill) == names


def test_nothing_is_suspected_before_the_baseline_is_established() -> None:
    empty = Fill(entries=20, titled=20)
    assert fell(None, empty) == ()
    assert fell(after(*[FULL] * (ESTABLISHED_DOCUMENTS - 1)), empty) == ()
    assert fell(after(*[FULL] * 10, every=timedelta(minutes=5)), empty) == ()  # within the first day


@pytest.mark.parametrize(
    ("entries", "usual", "had", "names"),
    [
        (10, 0.7, 3, ()),  # one such list in a hundred
        (10, 0.7, 1, ()),  # one in 7,000: once a year at a visit an hour
        (10, 0.7, 0, ("dated",)),
        (10, 0.45, 0, ()),  # of few entries what is not usual tells nothing
        (30, 0.5, 3, ("dated",)),
        (3, 1.0, 1, ()),
        (3, 1.0, 0, ("dated",)),
        (5000, 0.7, 1700, ("dated",)),
        (5000, 0.7, 3400, ()),
    ],
)
def test_a_share_that_may_be_low_by_chance_raises_no_alarm(
    entries: int, usual: float, had: int, names: tuple[str, ...]
) -> None:
    known = replace(after(*[FULL] * 10), least=1.0, dated=usual)
    assert fell(known, Fill(entries=entries, titled=entries, dated=had, worded=entries)) == names


def test_a_list_of_ten_of_which_seven_are_dated_raises_no_alarm_in_a_year_of_hourly_visits() -> None:
    random = Random(7)
    known: Baseline | None = None
    for hour in range(365 * 24):
        fill = Fill(entries=10, titled=10, dated=sum(random.random() < 0.7 for _ in range(10)), worded=10)
        now = NOW + hour * HOUR
        assert drifted(known, fill, rules=RULES, now=now) == ()
        known = learnt(known, fill, rules=RULES, now=now)


def test_other_rules_begin_anew() -> None:
    known = after(*[FULL] * 10)
    assert fell(known, Fill(entries=20, titled=20), rules="r2") == ()
    assert learnt(known, FULL, rules="r2", now=NOW) == Baseline(
        rules="r2", documents=1, since=NOW, seen_at=NOW, least=20.0, titled=1.0, dated=1.0, worded=1.0
    )
    assert rules_of(source()) == rules_of(source(note="khác"))
    assert rules_of(source()) != rules_of(source(selectors=Selectors(item=(".tin",))))


def test_a_list_that_was_lean_before_is_no_surprise() -> None:
    weekly = [FULL] * 5 + [Fill(entries=11, titled=11, dated=11, worded=11)] * 5
    assert fell(after(*weekly), Fill(entries=6, titled=6, dated=6, worded=6)) == ()


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


def test_pages_are_judged_by_tens_and_the_verdict_stands_until_the_next_ten() -> None:
    good, bare = Fill(entries=1, titled=1, dated=1, worded=1), Fill(entries=1, titled=1)
    known: Baseline | None = None
    now = NOW - timedelta(days=9)
    for _ in range(PAGES_TOGETHER * ESTABLISHED_DOCUMENTS):
        now += 2 * HOUR
        known = with_pages(known, good, rules=RULES, now=now)
    for number in range(1, PAGES_TOGETHER + 3):
        known = with_pages(known, bare, rules=RULES, now=now)
        assert known is not None
        assert known.fell == (() if number < PAGES_TOGETHER else ("dated", "worded"))
    assert with_pages(known, Fill(), rules=RULES, now=now) is known
    known = with_pages(known, Fill(entries=10, titled=10, dated=10, worded=10), rules=RULES, now=now)
    assert known is not None
    assert known.fell == ()


def test_the_fill_counts_what_entries_have() -> None:
    bare = entry(title="", summary="", text="", published=None, images=())
    assert fill_of([entry(), bare]) == Fill(entries=2, titled=1, dated=1, worded=1)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("entries",), "bỗng ít mục hẳn so với"),
        (("titled", "dated"), "bỗng thiếu tiêu đề, ngày đăng so với"),
        (("entries", "dated"), "bỗng ít mục hẳn và thiếu ngày đăng so với"),
    ],
)
def test_the_operator_reads_what_became_few_and_what_is_missing(names: tuple[str, ...], words: str) -> None:
    assert words in drift_sentence(names)
