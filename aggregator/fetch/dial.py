"""Connections: a name is resolved once and all its addresses judged, then judged again as each is connected to.

The second look is the one that holds: it sees literal addresses, redirects and names that changed in between.
"""

import asyncio
import socket
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from aiohttp import ClientRequest, ClientResponse
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection

from aggregator.fetch.guard import Network, endpoint_refusal
from aggregator.fetch.turns import Turn
from aggregator.model.errors import AddressRefused

AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]


@dataclass(slots=True)
class Attempt:
    """The exchange under way: its turn, and whether it opened a connection or was given one kept alive."""

    turn: Turn
    dialled: bool = False


attempt: ContextVar[Attempt] = ContextVar("attempt")


class TimedRequest(ClientRequest):
    """A request that tells its turn when it is sent."""

    async def send(self, conn: Connection) -> ClientResponse:
        """Sends the request; the answer is not read yet."""
        attempt.get().turn.start()
        return await super().send(conn)


class GuardedResolver(AbstractResolver):
    """The system's resolver, which answers with nothing when any address of a name is refused.

    Lookups have threads of their own: a name server that hangs holds up names, never the rest of the process.
    """

    def __init__(
        self, *, allow_ports: Collection[int], allow_networks: Sequence[Network], timeout_s: float, threads: int
    ) -> None:
        self._allow_ports = allow_ports
        self._allow_networks = allow_networks
        self._timeout_s = timeout_s
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses of a name. Raises AddressRefused, or OSError when the name has none in time."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await loop.run_in_executor(self._threads, _look_up, host, port, family)
        except TimeoutError as error:
            message = f"{host} was not resolved within {self._timeout_s:g} s"
            raise socket.gaierror(socket.EAI_AGAIN, message) from error
        except UnicodeError as error:
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is not a name") from error
        results: list[ResolveResult] = []
        for address_family, _, proto, _, sockaddr in found:
            address = str(sockaddr[0])
            _refuse(address, port, self._allow_ports, self._allow_networks)
            results.append(
                ResolveResult(
                    hostname=host,
                    host=address,
                    port=port,
                    family=address_family,
                    proto=proto,
                    flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
                )
            )
        return results

    async def close(self) -> None:
        """Lets the threads go without waiting for lookups still under way."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def guarded_socket(
    allow_ports: Collection[int], allow_networks: Sequence[Network]
) -> Callable[[AddressInfo], socket.socket]:
    """A maker of sockets that raises AddressRefused for an address that may not be connected to."""

    def open_socket(info: AddressInfo) -> socket.socket:
        family, kind, proto, _, sockaddr = info
        attempt.get().dialled = True
        _refuse(str(sockaddr[0]), int(sockaddr[1]), allow_ports, allow_networks)
        return socket.socket(family, kind, proto)

    return open_socket


def _look_up(host: str, port: int, family: socket.AddressFamily) -> list[Any]:
    return list(socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG))


def _refuse(text: str, port: int, allow_ports: Collection[int], allow_networks: Sequence[Network]) -> None:
    reason = endpoint_refusal(ip_address(text), port, allow_ports, allow_networks)
    if reason is not None:
        raise AddressRefused(reason)
