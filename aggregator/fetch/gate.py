"""The one gate through which every outgoing request goes: feeds, pages, robots, probes, images.

1. Every URL is judged before it is asked for, every redirect again, and every address as it is connected to.
2. A request waits for its host's turn first; the time limit counts the exchanges, not the wait.
3. Nothing is kept of a site but what the caller gets: no cookies, no credentials.
4. What the network does is a value. Only cancellation and mistakes of ours are exceptions.
"""

import asyncio
import time
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag, urljoin

import aiohttp
import structlog

from aggregator.fetch.causes import ask_once
from aggregator.fetch.dial import GuardedResolver, TimedRequest, guarded_socket
from aggregator.fetch.exchange import MAX_HEADER_BYTES, MAX_HEADERS, Redirect, Trip, exchange
from aggregator.fetch.guard import Target, is_within, read_target, shown_url, target_refusal
from aggregator.fetch.robot_rules import MAX_ROBOTS_BYTES, product_token
from aggregator.fetch.robots import Robots
from aggregator.fetch.trust import Trust
from aggregator.fetch.turns import SharedHosts, Turn, Turns
from aggregator.model.crawl import Failure
from aggregator.model.errors import FetchStopped
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.model.fetch import Fetched, FetchFailed, FetchRequest, FetchResult, NotModified
from aggregator.settings import Settings

MAX_REDIRECTS = 5
# Seconds without a byte from a host that is connected.
IDLE_S = 10.0
_DNS_CACHE_S = 60

_log = structlog.get_logger()


class Gate:
    """Fetches within the limits of the settings. Use as ``async with Gate(settings, user_agent) as gate``.

    ``shared`` is how the processes of a deployment take turns at a host, None for one that fetches alone.
    """

    def __init__(self, settings: Settings, user_agent: str, *, shared: SharedHosts | None = None) -> None:
        self._settings = settings
        self._ports = frozenset(settings.allow_ports)
        self._networks = settings.allow_cidrs
        self._user_agent = user_agent
        self._turns = Turns(settings.max_fetches, shared=shared)
        self._robots = Robots(product_token(user_agent))
        self._trust = Trust()
        self._resolver: GuardedResolver | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        settings = self._settings
        self._resolver = GuardedResolver(
            allow_ports=self._ports,
            allow_networks=self._networks,
            timeout_s=settings.connect_timeout_s,
            threads=settings.max_fetches,
        )
        connector = aiohttp.TCPConnector(
            limit=0,  # turns are the limit
            resolver=self._resolver,
            socket_factory=guarded_socket(self._ports, self._networks),
            ttl_dns_cache=_DNS_CACHE_S,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            request_class=TimedRequest,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate, br, zstd"},
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(
                total=None,
                sock_connect=settings.connect_timeout_s,
                sock_read=min(IDLE_S, settings.fetch_timeout_s),
            ),
            max_headers=MAX_HEADERS,
            max_field_size=MAX_HEADER_BYTES,
            middlewares=(ask_once,),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._session is not None
        assert self._resolver is not None
        await self._session.close()
        await self._resolver.close()

    async def get(self, request: FetchRequest) -> FetchResult:
        """How one GET ended. Never raises for what the network does; StoreUnavailable when turns are shared.

        ``elapsed_ms`` counts the exchanges without the wait for turns; the time limit is the shorter of the request's
        and the setting's.
        """
        limit_s = min(request.total_timeout.total_seconds(), self._settings.fetch_timeout_s)
        trip = Trip(request.url, limit_s)
        try:
            return _with_body(await self._follow(request, trip))
        except FetchStopped as stopped:
            return _failed(stopped, trip)

    async def _follow(self, request: FetchRequest, trip: Trip) -> Fetched | NotModified:
        """The first answer that is no redirect."""
        seen = {trip.url}
        permanent = True
        for _ in range(MAX_REDIRECTS + 1):
            trip.status = None
            target = self._judged(trip.url)
            gap_s = await self._gap(request, target, trip.url)
            async with self._turns.turn(target.key, gap_s) as turn:
                answer = await self._timed_exchange(request, trip, turn)
            if not isinstance(answer, Redirect):
                if len(seen) > 1 and permanent and isinstance(answer, Fetched):
                    return replace(answer, permanent_url=answer.url)
                return answer
            permanent = permanent and answer.permanent
            trip.url = _joined(trip.url, answer.location)
            if trip.url in seen:
                if answer.sets_cookie:
                    raise FetchStopped(Outcome.CHALLENGE, "redirects to itself until a cookie is sent back")
                raise FetchStopped(Outcome.BAD_RESPONSE, "the redirects form a loop")
            seen.add(trip.url)
        raise FetchStopped(Outcome.MOVED, f"more than {MAX_REDIRECTS} redirects")

    def _judged(self, url: str) -> Target:
        target = read_target(url)
        reason = target if isinstance(target, str) else target_refusal(target, self._ports, self._networks)
        if reason is not None:
            raise FetchStopped(Outcome.REFUSED_BY_POLICY, reason)
        assert isinstance(target, Target)
        return target

    async def _gap(self, request: FetchRequest, target: Target, url: str) -> float | None:
        """Seconds to keep from the fetch before, None where no pause is due. Raises FetchStopped by robots.txt."""
        delay_s = 0.0
        if request.follow_robots:
            rules = await self._robots.rules(target, lambda robots_url: self._robots_body(request, robots_url))
            if not rules.allows(url):
                raise FetchStopped(Outcome.ROBOTS, f"robots.txt disallows it for {rules.token}")
            delay_s = rules.delay_s
        if request.min_gap is not None:
            return max(request.min_gap.total_seconds(), delay_s)
        if target.host == "localhost" or (target.address is not None and is_within(target.address, self._networks)):
            return delay_s or None
        return max(self._settings.min_gap_s, delay_s)

    async def _robots_body(self, request: FetchRequest, url: str) -> bytes:
        asked = replace(
            request,
            url=url,
            etag=None,
            last_modified=None,
            accept="text/plain,*/*;q=0.5",
            max_bytes=MAX_ROBOTS_BYTES,
            follow_robots=False,
        )
        trip = Trip(url, self._settings.fetch_timeout_s)
        try:
            result = await self._follow(asked, trip)
        except FetchStopped as stopped:
            stopped.status = trip.status
            raise
        assert isinstance(result, Fetched)  # no validators were sent
        return result.body

    async def _timed_exchange(self, request: FetchRequest, trip: Trip, turn: Turn) -> Fetched | NotModified | Redirect:
        assert self._session is not None
        context = await self._trust.context(request.ca_file)
        trip.began_at = time.monotonic()
        try:
            async with asyncio.timeout(trip.limit_s - trip.spent_s):
                return await exchange(self._session, request, trip, turn, context)
        except TimeoutError as error:
            raise FetchStopped(Outcome.TIMEOUT, f"not done in {trip.limit_s:g} s") from error
        finally:
            trip.spent_s += time.monotonic() - trip.began_at
            trip.began_at = None


def _with_body(result: Fetched | NotModified) -> Fetched | NotModified:
    if isinstance(result, Fetched) and not result.body:
        raise FetchStopped(Outcome.EMPTY, f"HTTP {result.status} with an empty body")
    return result


def _joined(base: str, location: str) -> str:
    try:
        return urldefrag(urljoin(base, location)).url
    except ValueError as error:
        raise FetchStopped(Outcome.REFUSED_BY_POLICY, f"redirects to no URL: {error}") from error


def _failed(stopped: FetchStopped, trip: Trip) -> FetchFailed:
    url = shown_url(trip.url)
    if stopped.outcome is Outcome.REFUSED_BY_POLICY:
        _log.warning("fetch refused", url=url, rule=stopped.cause)
    failure = Failure(
        outcome=stopped.outcome,
        sentence=MEANINGS[stopped.outcome].sentence,
        cause=stopped.cause,
        url=url,
        status=trip.status,
        retry_after_s=stopped.retry_after_s,
    )
    return FetchFailed(failure=failure, elapsed_ms=trip.elapsed_ms)
