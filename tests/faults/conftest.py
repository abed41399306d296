"""Groups of faults, each met once by a service process of its own; tests look at what was seen."""

import asyncio
from collections.abc import Callable

import pytest

from tests.faults.fault import Group
from tests.faults.run import GroupRun, run_group

RunOf = Callable[[Group], GroupRun]


@pytest.fixture(scope="session")
def run_of(mongo_uri: str, tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    """What was seen of a group: it is run when first asked for."""
    runs: dict[str, GroupRun] = {}
    failed: dict[str, BaseException] = {}

    def run(group: Group) -> GroupRun:
        if group.name in failed:
            pytest.fail(f"the run of this group failed: {failed[group.name]!r}"[:300], pytrace=False)
        if group.name not in runs:
            folder = tmp_path_factory.mktemp(group.name)
            try:
                with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
                    runs[group.name] = runner.run(run_group(group, mongo_uri, folder))
            except BaseException as error:
                failed[group.name] = error
                raise
        return runs[group.name]

    return run
