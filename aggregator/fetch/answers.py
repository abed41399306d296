"""What an answer's status and headers mean: pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from aggregator.model.failures import Outcome

REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
PERMANENT_REDIRECTS = frozenset({301, 308})
RETRY_AFTER_LEAST_S = 60.0
RETRY_AFTER_MOST_S = 24 * 3600.0

_OUTCOMES = {
    206: Outcome.TRUNCATED,  # a part that nobody asked for
    401: Outcome.LOGIN,
    402: Outcome.BLOCKED,
    403: Outcome.BLOCKED,
    404: Outcome.NOT_FOUND,
    407: Outcome.LOGIN,
    408: Outcome.TIMEOUT,
    410: Outcome.GONE,
    429: Outcome.RATE_LIMITED,
    451: Outcome.BLOCKED,
}
_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?([0-9]{1,9})', re.IGNORECASE)
_MAX_VALIDATOR_CHARACTERS = 512


def status_outcome(status: int, headers: Mapping[str, str]) -> Outcome | None:
    """The failure that a status means; None for a 2xx whose body is to be read."""
    if headers.get("cf-mitigated") == "challenge":  # Cloudflare's mark on a page that checks for people
        return Outcome.CHALLENGE
    if status in _OUTCOMES:
        return _OUTCOMES[status]
    if 200 <= status < 300:  # noqa: PLR2004 - the class of success
        return None
    return Outcome.SERVER_ERROR if 500 <= status < 600 else Outcome.BAD_RESPONSE  # noqa: PLR2004 - the server's class


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds that Retry-After asks for, between a minute and a day; None when it is absent or unreadable.

    A date is counted from the answer's own Date, so that a server's wrong clock does no harm (RFC 9110, 10.2.3).
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        seconds = float(value[:10])
    else:
        until = _instant(value)
        if until is None:
            return None
        seconds = (until - (_instant(headers.get("Date", "")) or now)).total_seconds()
    return min(max(seconds, RETRY_AFTER_LEAST_S), RETRY_AFTER_MOST_S)


def max_age_s(headers: Mapping[str, str]) -> int | None:
    """Cache-Control's max-age in seconds."""
    value = headers.get("Cache-Control")
    found = _MAX_AGE.search(value) if value else None
    return int(found[1]) if found else None


def validator(headers: Mapping[str, str], name: str) -> str | None:
    """An ETag or Last-Modified that can be stored and sent back, else None."""
    value = headers.get(name)
    if not value or len(value) > _MAX_VALIDATOR_CHARACTERS or not value.isprintable():
        return None
    return value


def content_type(headers: Mapping[str, str]) -> str:
    """The Content-Type header as storable text, at most 200 characters, "" when absent."""
    value = headers.get("Content-Type", "")
    return value if value.isascii() and len(value) <= 200 else value.encode("ascii", "replace").decode()[:200]  # noqa: PLR2004 - enough for a log


def location(headers: Mapping[str, str]) -> str:
    """Where a redirect leads, as text that a URL can be joined with; "" when it does not say.

    Servers send raw spaces and letters in any charset: bytes that are no UTF-8 arrive as surrogates and are quoted.
    """
    value = headers.get("Location", "").strip(" \t")
    if not value.isascii():
        raw = value.encode("utf-8", "surrogateescape")
        try:
            value = raw.decode("utf-8")
        except UnicodeDecodeError:
            value = "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in raw)  # noqa: PLR2004 - ASCII
    return value.replace(" ", "%20")


def _instant(value: str) -> datetime | None:
    if not value:
        return None
    try:
        found = parsedate_to_datetime(value)
    except (ValueError, IndexError, OverflowError, TypeError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
