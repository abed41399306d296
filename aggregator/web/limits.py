"""How fast one address may call: a token bucket each, generous because whole communes share one address.

The address is the peer's, or what a trusted proxy says in X-Forwarded-For (the right-most one that is not itself a
trusted proxy). IPv6 clients are counted by their /64. Loopback is exempt.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp import web

_RATE_PER_S = 50.0
_BURST = 200.0
_MAX_ADDRESSES = 10_000
_MAX_HOPS = 20
_IPV6_PREFIX = 64

Network = IPv4Network | IPv6Network


class Limiter:
    """The buckets of one process. ``admit`` takes a token; the table is bounded, the longest idle leaves first."""

    def __init__(
        self,
        trusted_proxies: Sequence[Network],
        *,
        rate_per_s: float = _RATE_PER_S,
        burst: float = _BURST,
        max_addresses: int = _MAX_ADDRESSES,
    ) -> None:
        self._trusted = tuple(trusted_proxies)
        self._rate = rate_per_s
        self._burst = burst
        self._max = max_addresses
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def address(self, request: web.Request) -> str:
        """Who is calling, as text: "" when the peer has no address (a local socket)."""
        peer = request.remote or ""
        if not self._trusted or not _within(peer, self._trusted):
            return peer
        hops = ",".join(request.headers.getall("X-Forwarded-For", [])).split(",")[-_MAX_HOPS:]
        for hop in reversed(hops):
            candidate = hop.strip()
            if _parsed(candidate) is None:
                break
            peer = candidate
            if not _within(candidate, self._trusted):
                break
        return peer

    def wait_s(self, address: str) -> float:
        """Seconds the address must wait; 0.0 when a token was there, which is then taken."""
        key = network_of(address)
        if key is None or _is_loopback(address):
            return 0.0
        now = time.monotonic()
        tokens, at = self._buckets.get(key, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._rate)
        if tokens < 1.0:
            return (1.0 - tokens) / self._rate
        self._buckets[key] = (tokens - 1.0, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._max:
            self._buckets.popitem(last=False)
        return 0.0


@lru_cache(maxsize=4096)
def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, IPv6Address) else parsed


@lru_cache(maxsize=4096)
def _is_loopback(address: str) -> bool:
    parsed = _parsed(address)
    return parsed is not None and parsed.is_loopback


@lru_cache(maxsize=4096)
def network_of(address: str) -> str | None:
    """What an address is counted as: itself, or its /64 in IPv6, of which one customer holds every address.

    None for what is no address.
    """
    parsed = _parsed(address)
    if parsed is None:
        return None
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, _IPV6_PREFIX), strict=False))
    return str(parsed)


def _within(address: str, networks: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)
