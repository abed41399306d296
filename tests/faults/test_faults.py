"""Every fault is met by the real service process over real sockets, and leaves what its line in the table says."""

import pytest
from _pytest.mark.structures import ParameterSet

from tests.faults.clean import assert_clean
from tests.faults.conftest import RunOf
from tests.faults.fault import Fault, Group
from tests.faults.groups import GROUPS
from tests.faults.run import HEALTHY
from tests.faults.wire import headlines

# A group's service process runs once, by the first test that asks for it: give it time, and one worker per group.
pytestmark = pytest.mark.timeout(240)

_LOG_BYTES_PER_CRAWL = 4096


def case(group: Group, fault: Fault) -> ParameterSet:
    return pytest.param(group, fault, id=f"{group.name}-{fault.id}", marks=pytest.mark.xdist_group(group.name))


def group_case(group: Group) -> ParameterSet:
    return pytest.param(group, id=group.name, marks=pytest.mark.xdist_group(group.name))


@pytest.mark.parametrize(("group", "fault"), [case(group, fault) for group in GROUPS for fault in group.faults])
def test_a_fault_ends_as_expected(group: Group, fault: Fault, run_of: RunOf) -> None:
    seen = run_of(group).seen[fault.id]
    crawls = seen.crawls[: len(fault.outcomes)]
    causes = [crawl.failure.cause if crawl.failure else "" for crawl in crawls]
    assert len(crawls) == len(fault.outcomes), "not visited in time"
    for crawl, expected in zip(crawls, fault.outcomes, strict=True):
        allowed = expected if isinstance(expected, frozenset) else {expected}
        assert crawl.outcome in allowed, (crawl.outcome, causes, crawl.problems)
        assert crawl.timing.total_ms <= (fault.max_seconds or group.max_seconds) * 1000
    assert fault.says in causes[0]
    if fault.titles is not None:
        assert seen.titles == set(fault.titles)
        assert {article.title for article in seen.articles} == set(fault.titles)
    for word in fault.never:
        assert word not in seen.stored
        assert word not in repr((seen.cards, seen.details))
        assert not any(word in page for page in seen.pages)
    assert_clean(seen)
    if fault.check is not None:
        fault.check(seen)


@pytest.mark.parametrize("group", [group_case(group) for group in GROUPS])
def test_a_healthy_source_among_faults_is_read_and_the_process_stays_sound(group: Group, run_of: RunOf) -> None:
    run = run_of(group)
    healthy = run.seen[HEALTHY]
    assert healthy.titles == set(headlines(HEALTHY, 5))
    assert run.growth_mb < group.growth_mb
    assert run.inner_connections == 0
    assert "Traceback" not in run.log
    crawls = sum(len(seen.crawls) for seen in run.seen.values())
    assert len(run.log) < _LOG_BYTES_PER_CRAWL * crawls


def test_the_table_names_every_fault_once_and_holds_enough_of_them() -> None:
    names = [fault.id for group in GROUPS for fault in group.faults]
    assert len(names) == len(set(names))
    assert len(names) >= 150
