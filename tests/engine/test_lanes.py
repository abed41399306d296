"""Whose document is parsed next: lanes, their spent time, and the worker kept free for quick ones."""

import pytest

from aggregator.engine.lanes import HALF_LIFE_S, SLOW_S, Lanes, Ticket


def taken(lanes: Lanes, now: float) -> Ticket:
    ticket = lanes.next(now)
    assert ticket is not None
    return ticket


def parsed(lanes: Lanes, name: str, seconds: float, now: float = 0.0, *, killed: bool = False) -> None:
    """One document of the lane came and went."""
    lanes.join(name)
    lanes.leave(taken(lanes, now), now + seconds, killed=killed)


def quick(lanes: Lanes, *names: str) -> None:
    for name in names:
        parsed(lanes, name, 0.0)


def test_lanes_take_turns_whatever_one_of_them_heaps_up() -> None:
    lanes = Lanes(workers=1)
    quick(lanes, "dai", "ngan")
    for _ in range(50):
        lanes.join("dai")
    lanes.join("ngan")
    first = taken(lanes, 10)
    assert first.lane == "dai"
    lanes.leave(first, 10.1)
    assert taken(lanes, 10.1).lane == "ngan"


def test_documents_of_one_lane_keep_their_order() -> None:
    lanes = Lanes(workers=1)
    tickets = [lanes.join("bao") for _ in range(3)]
    for ticket in tickets:
        assert taken(lanes, 0) is ticket
        lanes.leave(ticket, 0)


def test_a_free_worker_takes_from_the_lane_that_had_the_least_time() -> None:
    lanes = Lanes(workers=1)
    parsed(lanes, "nhieu", 0.2)
    parsed(lanes, "it", 0.1)
    lanes.join("nhieu")
    lanes.join("it")
    assert taken(lanes, 1).lane == "it"


def test_the_time_of_a_document_still_running_counts() -> None:
    lanes = Lanes(workers=2)
    quick(lanes, "dang-chay", "moi-den")
    lanes.join("dang-chay")
    taken(lanes, 0)
    lanes.join("dang-chay")
    lanes.join("moi-den")
    assert taken(lanes, 0.2).lane == "moi-den"


def test_time_spent_long_ago_weighs_less_than_time_spent_now() -> None:
    lanes = Lanes(workers=1)
    parsed(lanes, "xua", 0.2, now=0)
    parsed(lanes, "nay", 0.15, now=HALF_LIFE_S)
    lanes.join("nay")
    lanes.join("xua")
    assert taken(lanes, HALF_LIFE_S).lane == "xua"


def test_no_more_documents_run_than_there_are_workers() -> None:
    lanes = Lanes(workers=2)
    quick(lanes, "a", "b", "c")
    for name in "abc":
        lanes.join(name)
    first = taken(lanes, 0)
    taken(lanes, 0)
    assert lanes.next(0) is None
    lanes.leave(first, 0)
    assert taken(lanes, 0).lane == "c"


@pytest.mark.parametrize("workers", [2, 3, 8])
def test_slow_lanes_leave_one_worker_to_the_quick(workers: int) -> None:
    lanes = Lanes(workers=workers)
    for number in range(workers):
        parsed(lanes, f"cham-{number}", SLOW_S)
    quick(lanes, "nhanh")
    for number in range(workers):
        lanes.join(f"cham-{number}")
    running = [taken(lanes, 10) for _ in range(workers - 1)]
    assert lanes.next(10) is None
    lanes.join("nhanh")
    assert taken(lanes, 10).lane == "nhanh"
    lanes.leave(running[0], 10.1)
    assert taken(lanes, 10.1).lane == f"cham-{workers - 1}"


@pytest.mark.parametrize(
    ("seconds", "killed", "is_quick"), [(0.1, False, True), (SLOW_S, False, False), (0.1, True, False)]
)
def test_the_last_document_says_whether_a_lane_is_quick(*, seconds: float, killed: bool, is_quick: bool) -> None:
    lanes = Lanes(workers=2)
    parsed(lanes, "cham", 5.0)
    parsed(lanes, "bao", SLOW_S)
    parsed(lanes, "bao", seconds, killed=killed)
    lanes.join("cham")
    taken(lanes, 10)
    lanes.join("bao")
    assert (lanes.next(10) is not None) == is_quick


def test_unknown_lanes_never_have_all_workers() -> None:
    lanes = Lanes(workers=2)
    lanes.join("la-1")
    lanes.join("la-2")
    assert taken(lanes, 0).lane == "la-1"
    assert lanes.next(0) is None


def test_a_quick_lane_whose_document_goes_on_and_on_counts_as_slow() -> None:
    lanes = Lanes(workers=2)
    quick(lanes, "nhanh")
    lanes.join("nhanh")
    taken(lanes, 0)
    lanes.join("la")
    assert lanes.next(SLOW_S) is None


def test_a_lone_worker_serves_slow_lanes_too() -> None:
    lanes = Lanes(workers=1)
    parsed(lanes, "cham", 5.0)
    lanes.join("cham")
    assert taken(lanes, 10).lane == "cham"


def test_whoever_gives_up_waiting_leaves_the_line() -> None:
    lanes = Lanes(workers=1)
    gone, stays = lanes.join("bao"), lanes.join("bao")
    lanes.leave(gone, 0)
    assert taken(lanes, 0) is stays
    lanes.leave(stays, 0)
    assert lanes.next(0) is None


def test_a_document_that_waited_for_a_busy_processor_is_not_slow() -> None:
    lanes = Lanes(workers=2)
    ticket = lanes.join("nhanh")
    taken(lanes, 0)
    ticket.worked_s = 0.01
    lanes.leave(ticket, 3.0)
    lanes.join("moi")
    taken(lanes, 4)  # has its share of the workers
    lanes.join("nhanh")
    assert taken(lanes, 4).lane == "nhanh"
