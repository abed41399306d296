"""An ordinary MongoDB stopped, unreachable without a word, or far away for a minute, while sources publish."""

import os
from pathlib import Path

import pytest

from tests.outages import NEW, OutageReport, outage, scene, slowest_s

pytestmark = [pytest.mark.proof, pytest.mark.timeout(400)]

_AWAY_S = float(os.environ.get("DRILL_AWAY_S", "60"))
_NOTICED_WITHIN_S = 15.0
_RESUMES_WITHIN_S = 15.0
_ANSWERS_WITHIN_S = 6.0  # an answer that nobody has yet: the cache gives its maker five seconds
_FAR_S = 0.3


async def test_a_mongodb_stopped_for_a_minute_pauses_crawling_and_loses_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:

        async def begin() -> None:
            await at.mongod.stop()
            await at.proxy.refuse()

        async def end() -> None:
            await at.proxy.accept()
            await at.mongod.start()

        report = await outage(at, seconds=_AWAY_S, begin=begin, end=end)
    print(f"\nMongoDB stopped for {_AWAY_S:g} s: {report}")
    _was_away(report)


async def test_a_mongodb_silent_for_a_minute_pauses_crawling_and_loses_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:

        async def begin() -> None:
            at.proxy.silence()

        async def end() -> None:
            at.proxy.speak()

        report = await outage(at, seconds=_AWAY_S, begin=begin, end=end)
    print(f"\nMongoDB silent for {_AWAY_S:g} s: {report}")
    _was_away(report)


async def test_a_mongodb_300_ms_away_slows_crawling_and_loses_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path) as at:

        async def begin() -> None:
            at.proxy.delay_s = _FAR_S

        async def end() -> None:
            at.proxy.delay_s = 0.0

        report = await outage(at, seconds=_AWAY_S, begin=begin, end=end)
    print(f"\nMongoDB {_FAR_S:g} s away each way for {_AWAY_S:g} s: {report}")
    _nothing_is_lost(report)
    # a new connection takes two ways there and back, more than the second that readiness gives
    assert {got.status for got in report.answers if got.path != "/readyz"} == {200}
    assert report.served_meanwhile > 0, "it goes on crawling"
    assert max(report.visits_s) > _AWAY_S - _NOTICED_WITHIN_S, "to the end"


def _was_away(report: OutageReport) -> None:
    _nothing_is_lost(report)
    assert max(report.visits_s, default=0.0) < _NOTICED_WITHIN_S, "what cannot be kept is not fetched"
    assert report.resumed_s < _RESUMES_WITHIN_S
    for path in ("/api/v1/feed?limit=20", "/", "/healthz"):
        assert {got.status for got in report.of(path)} == {200}, path
    assert {got.status for got in report.of(NEW)} <= {200, 503}


def _nothing_is_lost(report: OutageReport) -> None:
    assert [*report.kept.lost, *report.kept.doubled, *report.kept.vanished] == [], report
    assert max(slowest_s(report.answers).values()) < _ANSWERS_WITHIN_S
    assert "Traceback" not in report.log
