"""The sample province and the real service over it, each test with its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from aggregator.app import wall_clock
from aggregator.demo.province import DemoProvince
from tests.service import Service, started


@pytest.fixture
async def province() -> AsyncIterator[DemoProvince]:
    """The sample sites, quiet until a test publishes."""
    async with DemoProvince(now=wall_clock, seed=7) as province:
        yield province


@pytest.fixture
async def sources(province: DemoProvince, tmp_path: Path) -> Path:
    """A sources file that points at the sample sites."""
    path = tmp_path / "sources.yaml"
    await province.write_sources(path)
    return path


@pytest.fixture
async def service(sources: Path, tmp_path: Path) -> AsyncIterator[Service]:
    """The service crawling the sample sites every second or two."""
    async with started(tmp_path / "data", sources, AGGREGATOR_INTERVAL_SCALE="0.002") as service:
        yield service
