"""Short form of the kill drills; ``make proof`` runs them twenty times each."""

from pathlib import Path

import pytest

from aggregator.demo.province import DemoProvince
from tests.drills import Victim, drill


@pytest.mark.parametrize("victim", list(Victim))
async def test_a_kill_in_mid_crawl_loses_and_doubles_nothing(
    victim: Victim, province: DemoProvince, sources: Path, tmp_path: Path
) -> None:
    report = await drill(victim, province, sources, tmp_path / "data", rounds=2)
    assert [*report.lost, *report.doubled, *report.vanished] == [], report
