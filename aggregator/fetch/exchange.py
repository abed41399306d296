"""One exchange: a request, its answer's headers judged, its body read."""

import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain

import aiohttp

from aggregator.fetch import answers
from aggregator.fetch.body import read_body
from aggregator.fetch.causes import stopped_by
from aggregator.fetch.dial import Attempt, attempt
from aggregator.fetch.turns import Turn
from aggregator.model.errors import FetchStopped
from aggregator.model.failures import Outcome
from aggregator.model.fetch import Fetched, FetchRequest, NotModified

MAX_HEADERS = 100
MAX_HEADER_BYTES = 64 * 1024
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Redirect:
    """An answer that leads on."""

    location: str
    permanent: bool
    sets_cookie: bool


@dataclass(slots=True)
class Trip:
    """Where one request is, and the seconds that its exchanges have taken."""

    url: str
    limit_s: float
    spent_s: float = 0.0
    began_at: float | None = None  # of the exchange under way, monotonic
    status: int | None = None

    @property
    def elapsed_ms(self) -> int:
        """Milliseconds that the exchanges have taken until now."""
        running_s = 0.0 if self.began_at is None else time.monotonic() - self.began_at
        return round((self.spent_s + running_s) * 1000)


async def exchange(
    session: aiohttp.ClientSession, request: FetchRequest, trip: Trip, turn: Turn, context: ssl.SSLContext | bool
) -> Fetched | NotModified | Redirect:
    """The answer of ``trip.url``. Raises FetchStopped for every failure; the caller sets the deadline."""
    attempt.set(Attempt(turn))
    try:
        async with session.get(trip.url, headers=_headers(request), allow_redirects=False, ssl=context) as response:
            trip.status = response.status
            return await _answer(response, request, trip)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise stopped_by(error) from error


async def _answer(
    response: aiohttp.ClientResponse, request: FetchRequest, trip: Trip
) -> Fetched | NotModified | Redirect:
    if sum(map(len, chain.from_iterable(response.raw_headers))) > MAX_HEADER_BYTES:
        raise FetchStopped(Outcome.BAD_RESPONSE, f"headers of more than {MAX_HEADER_BYTES} bytes")
    status, headers = response.status, response.headers
    if status == _NOT_MODIFIED:
        if request.etag is None and request.last_modified is None:
            raise FetchStopped(Outcome.BAD_RESPONSE, "HTTP 304 to a request without validators")
        url = _final_url(response, request, trip)
        return NotModified(url=url, elapsed_ms=trip.elapsed_ms, max_age_s=answers.max_age_s(headers))
    if status in answers.REDIRECTS:
        return _redirect(status, headers)
    outcome = answers.status_outcome(status, headers)
    if outcome is not None:
        raise FetchStopped(outcome, f"HTTP {status}", retry_after_s=_retry_after(outcome, headers))
    body, wire_bytes = await read_body(response, request.max_bytes)
    return Fetched(
        url=_final_url(response, request, trip),
        status=status,
        body=body,
        content_type=answers.content_type(headers),
        etag=answers.validator(headers, "ETag"),
        last_modified=answers.validator(headers, "Last-Modified"),
        max_age_s=answers.max_age_s(headers),
        wire_bytes=wire_bytes,
        elapsed_ms=trip.elapsed_ms,
    )


def _final_url(response: aiohttp.ClientResponse, request: FetchRequest, trip: Trip) -> str:
    """The URL that answered: as it was asked for, or percent-encoded where redirects led to it."""
    return request.url if trip.url == request.url else str(response.url)


def _headers(request: FetchRequest) -> dict[str, str]:
    headers = {"Accept": request.accept}
    if request.etag is not None:
        headers["If-None-Match"] = request.etag
    if request.last_modified is not None:
        headers["If-Modified-Since"] = request.last_modified
    return headers


def _redirect(status: int, headers: Mapping[str, str]) -> Redirect:
    location = answers.location(headers)
    if not location:
        raise FetchStopped(Outcome.BAD_RESPONSE, f"HTTP {status} without a Location")
    return Redirect(location, status in answers.PERMANENT_REDIRECTS, "Set-Cookie" in headers)


def _retry_after(outcome: Outcome, headers: Mapping[str, str]) -> float | None:
    if outcome is Outcome.RATE_LIMITED or outcome is Outcome.SERVER_ERROR:
        return answers.retry_after_s(headers, datetime.now(UTC))
    return None
