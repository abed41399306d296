"""Short form of the kill drills; ``make proof`` runs them a hundred times, for each victim."""

from pathlib import Path

from aggregator.demo.province import DemoProvince
from tests.drills import Victim, drill


async def test_kills_of_service_and_database_in_mid_crawl_lose_and_double_nothing(
    province: DemoProvince, sources: Path, tmp_path: Path
) -> None:
    report = await drill(Victim.BOTH, province, sources, tmp_path / "data", rounds=2)
    assert [*report.lost, *report.doubled, *report.vanished, *report.stuck] == [], report
