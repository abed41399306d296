"""Sites of raw bytes on loopback, and the gate that fetches from them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest
from blockbuster import blockbuster_ctx

from aggregator.fetch.gate import Gate
from aggregator.model.fetch import FetchRequest, FetchResult
from aggregator.settings import Settings, read_settings
from tests.fetch.sites import USER_AGENT, Fetch, Script, Serve, Site


@pytest.fixture(autouse=True)
def _no_blocking() -> Iterator[None]:
    with blockbuster_ctx("aggregator"):
        yield


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts sites that live as long as the test."""
    async with AsyncExitStack() as stack:

        async def start(scripts: dict[str, Script] | Script, host: str = "127.0.0.1", ssl: Any = None) -> Site:
            site = Site(0, host, scripts if isinstance(scripts, dict) else {"*": scripts})
            server = await asyncio.start_server(site.serve, host, 0, ssl=ssl)
            stack.callback(server.close)
            site.port = server.sockets[0].getsockname()[1]
            return site

        yield start


@pytest.fixture
def limits() -> dict[str, Any]:
    """Settings of the gate under test; a test module overrides this fixture for others."""
    return {}


@pytest.fixture
def gate_settings(limits: dict[str, Any]) -> Settings:
    return read_settings({}, **{"allow_cidrs": "127.0.0.1/32", **limits})


@pytest.fixture
async def gate(gate_settings: Settings) -> AsyncIterator[Gate]:
    async with Gate(gate_settings, USER_AGENT) as gate:
        yield gate


@pytest.fixture
def fetch(gate: Gate) -> Fetch:
    """One GET through the gate, by the fields of a FetchRequest."""

    async def get(url: str, **fields: Any) -> FetchResult:
        fields.setdefault("total_timeout", timedelta(seconds=20))
        return await gate.get(FetchRequest(url=url, **fields))

    return get
