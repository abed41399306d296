"""Two services on one database for a quarter of an hour: no source is visited twice in its interval."""

import os
from pathlib import Path

import pytest

from tests.together import together

_SECONDS = float(os.environ.get("DRILL_TOGETHER_S", "900"))
_A_SHARE = 0.1  # of the visits: which process looks first is chance
_LITTLE_CPU = 0.25  # of a core, each


@pytest.mark.proof
@pytest.mark.timeout(_SECONDS + 300)
async def test_two_services_on_one_database_share_the_visits_and_repeat_none(
    mongo_uri: str, database: str, tmp_path: Path
) -> None:
    found = await together(tmp_path, mongo_uri, database, seconds=_SECONDS)
    print(f"\ntwo services for {_SECONDS:g} s: {found}")
    assert len({rate.source_id for rate in found.rates}) >= 10
    assert len({rate.kind for rate in found.rates}) >= 4
    for rate in found.rates:
        assert all(gap >= rate.least_s for gap in rate.gaps_s), rate
        assert rate.count <= _SECONDS / rate.least_s + 2, rate  # two while the services started
        assert rate.count >= 0.7 * _SECONDS / rate.longest_s, rate
    assert min(found.crawled) >= _A_SHARE * sum(found.crawled)
    assert found.visits is not None
    assert found.visits.concluded == sum(found.crawled)
    assert (found.visits.cut_short, found.visits.recorded_twice, found.visits.unaccounted) == (0, (), ())
    assert [*found.kept.lost, *found.kept.doubled] == []
    assert max(found.cpu_s) < _LITTLE_CPU * _SECONDS
