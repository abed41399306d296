"""kill -9 a hundred times at random points of crawls: of the service, of its MongoDB, of both."""

from pathlib import Path

import pytest

from aggregator.app import wall_clock
from aggregator.demo.province import DemoProvince
from tests.drills import CRAWLING_WITHIN_S, SERVING_WITHIN_S, Victim, drill

ROUNDS = {Victim.SERVICE: 60, Victim.MONGOD: 20, Victim.BOTH: 20}


@pytest.mark.proof
@pytest.mark.timeout(900)
@pytest.mark.parametrize("victim", list(Victim))
async def test_a_hundred_kills_lose_and_double_nothing_and_leave_no_lease_stuck(victim: Victim, tmp_path: Path) -> None:
    async with DemoProvince(now=wall_clock, seed=11) as province:
        sources = tmp_path / "sources.yaml"
        await province.write_sources(sources)
        report = await drill(victim, province, sources, tmp_path / "data", rounds=ROUNDS[victim])
    print(f"\nkill -9 of {victim}: {report}")
    assert [*report.lost, *report.doubled, *report.vanished, *report.stuck] == [], report
    assert max(report.recoveries_s) < SERVING_WITHIN_S
    assert max(report.resumptions_s) < CRAWLING_WITHIN_S
