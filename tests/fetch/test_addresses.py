"""No connection goes where the guard does not allow, whatever the URL calls it."""

import socket
from ipaddress import ip_network
from typing import Any

import pytest
from structlog.testing import capture_logs

from aggregator.fetch.dial import Attempt, GuardedResolver, attempt, guarded_socket
from aggregator.fetch.gate import Gate
from aggregator.fetch.turns import Turn
from aggregator.model.errors import AddressRefused
from aggregator.model.failures import Outcome
from aggregator.model.fetch import FetchRequest
from aggregator.settings import read_settings
from tests.fetch.sites import USER_AGENT, Fetch, Serve, answer, failure, fetched


async def test_an_address_outside_the_allowed_networks_is_not_connected_to(serve: Serve, fetch: Fetch) -> None:
    inner = await serve(answer(b"secret"), host="127.0.0.2")
    for host in ("127.0.0.2", "[::ffff:127.0.0.2]"):
        failed = failure(await fetch(f"http://{host}:{inner.port}/"))
        assert failed.outcome is Outcome.REFUSED_BY_POLICY
        assert "127.0.0.2" in failed.cause
    assert inner.connections == 0


async def test_a_refusal_is_logged_with_its_rule_and_without_credentials(fetch: Fetch) -> None:
    with capture_logs() as logs:
        failure(await fetch("http://user:pw@10.0.0.1/"))
    assert logs == [
        {
            "event": "fetch refused",
            "log_level": "warning",
            "url": "http://(hidden)@10.0.0.1/",
            "rule": "the URL holds credentials",
        }
    ]


@pytest.mark.parametrize("url", ["http://localhost/", "http://localhost:8080/", "http://LOCALHOST/"])
async def test_a_name_that_resolves_inside_is_refused(url: str) -> None:
    async with Gate(read_settings({}), USER_AGENT) as gate:
        failed = failure(await gate.get(FetchRequest(url=url)))
    assert failed.outcome is Outcome.REFUSED_BY_POLICY
    assert "is loopback" in failed.cause


async def test_a_name_on_an_allowed_network_may_have_any_port(serve: Serve) -> None:
    site = await serve(answer(b"x"))
    async with Gate(read_settings({}, allow_cidrs="127.0.0.0/8,::1/128"), USER_AGENT) as gate:
        fetched(await gate.get(FetchRequest(url=f"http://localhost:{site.port}/")))


@pytest.mark.allow_hosts(["127.0.0.1", "::ffff:7f00:1", "::ffff:127.0.0.1"])
async def test_ipv4_within_ipv6_is_allowed_where_the_ipv4_is(serve: Serve, fetch: Fetch) -> None:
    site = await serve(answer(b"x"))
    result = await fetch(f"http://[::ffff:127.0.0.1]:{site.port}/")
    assert site.connections == 1 or failure(result).outcome is Outcome.CONNECT  # a machine may have no IPv6


async def test_the_resolver_refuses_a_name_with_any_refused_address() -> None:
    def resolver(networks: Any) -> GuardedResolver:
        return GuardedResolver(allow_ports={80}, allow_networks=networks, timeout_s=5, threads=1)

    closed, opened = resolver(()), resolver((ip_network("127.0.0.0/8"), ip_network("::1/128")))
    with pytest.raises(AddressRefused):
        await closed.resolve("localhost", 80)
    assert {result["host"] for result in await opened.resolve("localhost", 80)} <= {"127.0.0.1", "::1"}
    await closed.close()
    await opened.close()


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fe80::1"])
def test_the_socket_maker_judges_the_very_address(address: str) -> None:
    attempt.set(Attempt(Turn()))
    make = guarded_socket({80}, (ip_network("127.0.0.1/32"),))
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with pytest.raises(AddressRefused):
        make((family, socket.SOCK_STREAM, 0, "", (address, 80)))
    make((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", 9))).close()


def test_the_socket_maker_judges_the_port() -> None:
    attempt.set(Attempt(Turn()))
    with pytest.raises(AddressRefused):
        guarded_socket({80}, ())((socket.AF_INET, socket.SOCK_STREAM, 0, "", ("8.8.8.8", 25)))
