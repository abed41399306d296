"""What the HTTP client's exceptions mean, as outcomes with a cause in one line."""

import ssl
from collections.abc import Callable
from typing import Any

import aiohttp

from aggregator.fetch.dial import attempt
from aggregator.model.errors import AddressRefused, FetchStopped
from aggregator.model.failures import Outcome

_MAX_CAUSE_CHARACTERS = 300


def stopped_by(error: Exception) -> FetchStopped:
    """The failure that an exception of aiohttp, ssl or a socket means."""
    outcome, cause = _meaning(error)
    return FetchStopped(outcome, " ".join(cause.split())[:_MAX_CAUSE_CHARACTERS])


async def ask_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """A middleware: aiohttp asks again when the peer hangs up, which is right only for a connection kept alive.

    On a connection just opened it would be a second request without a pause.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if attempt.get().dialled:
            raise stopped_by(error) from error
        raise


def _meaning(error: Exception) -> tuple[Outcome, str]:
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, AddressRefused):
        return Outcome.REFUSED_BY_POLICY, str(error.os_error)
    if isinstance(error, aiohttp.ServerDisconnectedError) and not isinstance(error.message, str):
        return Outcome.TRUNCATED, "the answer's headers ended early"
    for kind, outcome, cause in _MEANINGS:
        if isinstance(error, kind):
            return outcome, cause(error)
    return Outcome.BAD_RESPONSE, f"{type(error).__name__}: {error}"


def _connection_cause(error: aiohttp.ClientConnectorError) -> str:
    return f"{error.host}:{error.port}: {error.os_error.strerror or error.os_error}"


def _socket_cause(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__


# The first that fits holds: the narrow ones stand before those they derive from.
_MEANINGS: tuple[tuple[type[Exception], Outcome, Callable[[Any], str]], ...] = (
    (aiohttp.ClientConnectorDNSError, Outcome.DNS, _connection_cause),
    (aiohttp.ClientConnectorCertificateError, Outcome.TLS, lambda error: str(error.certificate_error)),
    (aiohttp.ClientSSLError, Outcome.TLS, _connection_cause),
    (ssl.SSLError, Outcome.TLS, str),
    (aiohttp.ConnectionTimeoutError, Outcome.TIMEOUT, lambda _: "no connection in time"),
    (TimeoutError, Outcome.TIMEOUT, lambda _: "nothing came for too long"),
    (aiohttp.ClientConnectorError, Outcome.CONNECT, _connection_cause),
    (aiohttp.ServerDisconnectedError, Outcome.CONNECT, lambda _: "the server hung up without an answer"),
    (aiohttp.ClientPayloadError, Outcome.TRUNCATED, lambda error: f"the body ended early: {error}"),
    (aiohttp.ClientResponseError, Outcome.BAD_RESPONSE, lambda error: f"not HTTP: {error.message}"),
    (ValueError, Outcome.REFUSED_BY_POLICY, lambda error: f"the URL cannot be asked for: {error}"),
    (OSError, Outcome.CONNECT, _socket_cause),
)
