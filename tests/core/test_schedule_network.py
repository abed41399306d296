from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.schedule.network import HostSighting, is_own_network_down
from tests.core.builders import NOW

MINUTE = timedelta(minutes=1)
unhurried = settings(deadline=None)  # the machine may be busy with other tests


def failing(number: int, *, minutes: int = 5) -> HostSighting:
    return HostSighting(host=f"f{number}.vn", answered_at=NOW - timedelta(hours=2), failed_at=NOW - minutes * MINUTE)


def answering(number: int) -> HostSighting:
    return HostSighting(host=f"a{number}.vn", answered_at=NOW - MINUTE, failed_at=NOW - 5 * MINUTE)


def test_a_third_of_the_hosts_failing_at_once_is_our_own_network() -> None:
    assert is_own_network_down([*map(failing, range(3)), *map(answering, range(7))], NOW)
    assert not is_own_network_down([*map(failing, range(3)), *map(answering, range(8))], NOW)


def test_two_hosts_are_no_proof() -> None:
    assert not is_own_network_down(map(failing, range(2)), NOW)


def test_hosts_that_never_answered_have_no_say() -> None:
    never = [HostSighting(host=f"n{number}.vn", failed_at=NOW) for number in range(100)]
    assert not is_own_network_down(never, NOW)
    assert is_own_network_down([*never, *map(failing, range(3))], NOW)


def test_a_host_silent_for_days_has_no_say() -> None:
    old = [
        HostSighting(host=f"o{number}.vn", answered_at=NOW - timedelta(days=2), failed_at=NOW) for number in range(9)
    ]
    assert not is_own_network_down(old, NOW)


def test_failures_long_apart_are_the_hosts_own() -> None:
    assert not is_own_network_down([failing(number, minutes=11 + number) for number in range(9)], NOW)


@unhurried
@given(fail=st.integers(0, 60), answer=st.integers(0, 60))
def test_the_share_decides(fail: int, answer: int) -> None:
    hosts = [*map(failing, range(fail)), *map(answering, range(answer))]
    assert is_own_network_down(hosts, NOW) == (fail >= 3 and 10 * fail >= 3 * (fail + answer))
