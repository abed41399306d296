from datetime import timedelta

import pytest

from aggregator.model.crawl import RedirectRun
from aggregator.schedule.redirects import is_same_owner, redirect_to_store, seen_redirect
from tests.core.builders import NOW

OLD, NEW = "http://bao.example.vn/rss", "https://www.bao.example.vn/rss"
DAY = timedelta(days=1)


def run(sightings: int, days: float, url: str = NEW) -> RedirectRun | None:
    seen = None
    for number in range(sightings):
        seen = seen_redirect(seen, url, now=NOW + number * days * DAY / max(sightings - 1, 1))
    return seen


@pytest.mark.parametrize(
    ("sightings", "days", "stored"), [(20, 3, NEW), (25, 9, NEW), (19, 9, None), (200, 2.9, None), (1, 9, None)]
)
def test_a_permanent_redirect_is_stored_after_twenty_in_a_row_over_three_days(
    sightings: int, days: float, stored: str | None
) -> None:
    assert redirect_to_store(run(sightings, days), url=OLD, now=NOW + days * DAY) == stored


def test_a_visit_without_it_or_to_elsewhere_begins_anew() -> None:
    held = run(20, 4)
    assert seen_redirect(held, None, now=NOW) is None
    assert seen_redirect(held, "https://bao.example.vn/feed", now=NOW) == RedirectRun(
        url="https://bao.example.vn/feed", since=NOW
    )


def test_another_owners_address_is_never_stored() -> None:
    held = run(30, 9, "https://parking.example.com/rss")
    assert redirect_to_store(held, url=OLD, now=NOW + 9 * DAY) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://a.vn/", "https://www.a.vn/x", True),
        ("http://a.vn/", "https://rss.a.vn/x", True),
        ("http://mattran.nghean.gov.vn/", "https://nghean.gov.vn/mattran", True),
        ("http://a.gov.vn/", "https://b.gov.vn/", False),
        ("http://a.gov.vn/", "https://gov.vn/", False),
        ("http://bao.vn/", "https://xbao.vn/", False),
        ("http://a.vn/", "https://a.com/", False),
        ("", "", False),
    ],
)
def test_one_owner_is_one_host_or_one_under_the_other(one: str, other: str, *, same: bool) -> None:
    assert is_same_owner(one, other) is same
    assert is_same_owner(other, one) is same
