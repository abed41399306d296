import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from aggregator.demo.province import DemoProvince

START = datetime(2026, 11, 23, 3, 30, 45, 250_000, tzinfo=UTC)


@pytest.fixture
def moment() -> list[datetime]:
    """The one instant the province's clock shows; tests replace it."""
    return [START]


@pytest.fixture
async def demo(moment: list[datetime]) -> AsyncIterator[DemoProvince]:
    async with asyncio.timeout(60), DemoProvince(now=lambda: moment[0], seed=7) as province:
        yield province


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session
