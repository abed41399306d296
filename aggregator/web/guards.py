"""Headers that keep browsers honest: content security policy, framing, and cross-origin reading of the API."""

from collections.abc import Sequence

from multidict import CIMultiDict

from aggregator.settings import MINI_APP_ORIGINS

# Our pages hold no inline script or style; pictures come from the sources' own hosts, some of them http only.
_PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors "
)
_SHARED = {
    "Server": "aggregator",
    "X-Content-Type-Options": "nosniff",
    # Sources do not learn what is read here; the link to the original sends its own referrer.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}

DATA_HEADERS = _SHARED | {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}
# The Mini App may show reader pages in a frame of its own.
READER_HEADERS = _SHARED | {"Content-Security-Policy": f"{_PAGE}'self' {' '.join(MINI_APP_ORIGINS)}"}
OPS_HEADERS = _SHARED | {
    "Content-Security-Policy": f"{_PAGE}'none'",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}

_ALLOWED_METHODS = "GET, HEAD, OPTIONS"
_ALLOWED_HEADERS = "Accept, Content-Type, If-None-Match"
_EXPOSED = "ETag, Retry-After, X-Served-Stale"
_PREFLIGHT_MAX_AGE_S = "7200"


def headers_for(path: str, *, https: bool) -> dict[str, str]:
    """The headers of an answer at a raw path, for answers that did not bring their own."""
    if path.startswith("/ops"):
        headers = OPS_HEADERS
    elif is_api(path):
        headers = DATA_HEADERS
    else:
        headers = READER_HEADERS
    return headers | _HTTPS_ONLY if https else headers


def is_api(path: str) -> bool:
    """Whether a raw path is answered with data, and its failures with problems."""
    return path.startswith(("/api", "/feeds/", "/sources.opml", "/openapi.json", "/healthz", "/readyz"))


class Cors:
    """Which origins may read the API from a browser: the Mini App's two and the configured ones, compared exactly."""

    def __init__(self, configured: Sequence[str]) -> None:
        self._origins = frozenset((*MINI_APP_ORIGINS, *configured))

    def allows(self, origin: str) -> bool:
        """Whether a page of this origin may read answers. ``zbrowser://h5.zdn.vn`` is compared as text like any."""
        return origin in self._origins

    def mark(self, origin: str, headers: CIMultiDict[str]) -> None:
        """Lets a page of this origin read the answer with these headers, if it may."""
        if origin in self._origins:
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Expose-Headers"] = _EXPOSED

    def preflight(self, *, is_known: bool) -> dict[str, str]:
        """The headers that answer an OPTIONS; what a browser wants to hear only for an origin we know."""
        headers = {"Vary": "Origin", "Allow": _ALLOWED_METHODS}
        if is_known:
            headers |= {
                "Access-Control-Allow-Methods": _ALLOWED_METHODS,
                "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
                "Access-Control-Max-Age": _PREFLIGHT_MAX_AGE_S,
            }
        return headers
