"""kill -9 of the service, of its MongoDB, of both, twenty times each at random points of crawls."""

from pathlib import Path

import pytest

from aggregator.app import wall_clock
from aggregator.demo.province import DemoProvince
from tests.drills import SERVING_WITHIN_S, Victim, drill

ROUNDS = 20


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("victim", list(Victim))
async def test_twenty_kills_lose_and_double_nothing(victim: Victim, tmp_path: Path) -> None:
    async with DemoProvince(now=wall_clock, seed=11) as province:
        sources = tmp_path / "sources.yaml"
        await province.write_sources(sources)
        report = await drill(victim, province, sources, tmp_path / "data", rounds=ROUNDS)
    print(f"\nkill -9 of {victim}: {report}")
    assert [*report.lost, *report.doubled, *report.vanished] == [], report
    assert max(report.recoveries_s) < SERVING_WITHIN_S
