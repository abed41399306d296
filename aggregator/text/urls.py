"""URLs: made absolute, made canonical, and reduced to what identifies an article.

Rules:

1. Only ``http`` and ``https`` with a host are URLs here. Credentials, backslashes and control characters are refused:
   browsers and libraries disagree on where such a URL leads. So are ports and hosts that do not parse, and anything
   over 2048 characters.
2. Canonical: scheme and host in lower case, host as IDNA (ASCII), no default port, no dot segments, percent-encoding in
   one form (RFC 3986 section 6.2.2), no fragment, no tracking parameters. Unknown parameters stay, in their order:
   ``?id=367&g=124`` or ``?p=113519`` may be all that names an article. A source that names its identity parameters
   keeps only those.
3. Identity goes further: http and https, ``www.``, ``m.`` and ``amp.`` hosts, a trailing slash and the print and
   save-file twins of a page (OneCMS ``/print/<id>.html``, NukeViet ``/savefile/…``) are all one article. In
   ``/<slug>-<id>.html`` at the root (OneCMS), the id alone counts, so that a title corrected in the slug and the print
   page, which has no slug, are the same. Identity is for comparing; it is not an address.
"""

import re
from functools import lru_cache
from urllib.parse import SplitResult, urljoin, urlsplit

_MAX_LENGTH = 2048
_MAX_PORT = 65535
_DEFAULT_PORTS = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\\ud800-\udfff]")
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_PLAIN = re.compile(r"https?://([a-z0-9.-]+)(?::([1-9]\d{3,4}))?/[A-Za-z0-9\-._~/]*")
_IPV6 = re.compile(r"\[[0-9a-f:.]+\]")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# What each part may hold besides unreserved characters and escapes (RFC 3986 section 3).
_NOT_IN_PATH = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/%]|%(?![0-9A-F]{2})")
_NOT_IN_QUERY = re.compile(r"[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]|%(?![0-9A-F]{2})")

_TRACKING = frozenset({
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "zarsrc",
    "zanpid", "_ga", "_gl", "ref_src", "ref_url", "fb_action_ids", "fb_action_types", "fb_source", "pageindex",
    "spm", "vero_id", "wickedid", "oly_anon_id", "oly_enc_id",
})  # fmt: skip
_TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "hsa_")
_TWIN_HOSTS = ("www.", "m.", "amp.")
_TWIN_SEGMENTS = frozenset({"print", "savefile", "amp"})
_ROOT_ARTICLE = re.compile(r"/[^/]+-((?:post)?\d{6,10})(\.html?)")
_DATE_LIKE = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def absolute_url(base: str, href: str) -> str | None:
    """``href`` as an absolute http(s) URL, resolved against ``base``; None when it is refused (rule 1).

    White space around it is dropped; spaces and Vietnamese letters inside are percent-encoded; the fragment is kept.
    """
    if _is_plain(href):
        return href
    href = href.strip()
    if not href or len(href) > _MAX_LENGTH or _FORBIDDEN.search(href):
        return None
    try:
        # With a scheme of its own it is whole: joining would lend "https:///x" the base's host.
        parts = urlsplit(href if _SCHEME.match(href) else urljoin(base, href))
        url = _compose(parts, path=_encode_path(parts.path) or "/", query=_encode(parts.query, _NOT_IN_QUERY))
    except ValueError:
        return None
    if parts.fragment:
        url += "#" + _encode(parts.fragment, _NOT_IN_QUERY)
    return url if len(url) <= _MAX_LENGTH else None


def canonical_url(url: str, *, keep_query: tuple[str, ...] = ()) -> str:
    """The one form of ``url`` that is stored (rule 2). Idempotent.

    With ``keep_query`` only the parameters it names are kept (names compared without case), else all but tracking ones.
    Raises ValueError when the URL is refused (rule 1).
    """
    if _is_plain(url):
        return url
    url = url.strip()
    if len(url) > _MAX_LENGTH or _FORBIDDEN.search(url):
        raise ValueError("control character, backslash or too long")
    parts = urlsplit(url)
    query = "&".join(_kept_parameters(_encode(parts.query, _NOT_IN_QUERY), keep_query))
    return _compose(parts, path=_encode_path(parts.path) or "/", query=query)


def identity_of(url: str, keep_query: tuple[str, ...] = ()) -> str:
    """What identifies the article behind ``url`` within its source (rule 3): ``host/path?parameters``, no scheme.

    Raises ValueError when the URL is refused (rule 1).
    """
    url = canonical_url(url, keep_query=keep_query)
    host, slash, rest = url.partition("://")[2].partition("/")
    path, _, query = (slash + rest).partition("?")
    while host.startswith(_TWIN_HOSTS) and "." in host.partition(".")[2]:
        host = host.partition(".")[2]
    segments = [segment for segment in path.split("/") if segment]
    plain = [segment for segment in segments if segment.lower() not in _TWIN_SEGMENTS]
    path = "/" + "/".join(plain or segments)
    article = _ROOT_ARTICLE.fullmatch(path)
    if article and not _DATE_LIKE.fullmatch(article[1]):
        path = f"/{article[1]}{article[2]}"
    query = "&".join(sorted(query.split("&"))) if query else ""
    return f"{host}{path}?{query}" if query else f"{host}{path}"


def _is_plain(url: str) -> bool:
    """Whether an address is in canonical form beyond doubt, as most are: a host, and a path of unreserved letters."""
    plain = _PLAIN.fullmatch(url)
    if plain is None or len(url) > _MAX_LENGTH or "/." in url:
        return False
    return int(plain[2] or 0) <= _MAX_PORT and _is_host(plain[1])


@lru_cache(maxsize=1024)
def _is_host(host: str) -> bool:
    return _HOST.fullmatch(host) is not None


def host_of(url: str) -> str:
    """The host of ``url`` in lower case ASCII without its port; "" when there is none."""
    try:
        return _host(urlsplit(url.strip()).hostname or "")
    except ValueError:
        return ""


def _compose(parts: SplitResult, *, path: str, query: str) -> str:
    """Scheme, host, port, path and query put together; raises ValueError where rule 1 refuses."""
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS:
        raise ValueError(f"not http or https: {scheme!r}")
    if "@" in parts.netloc:
        raise ValueError("credentials in the URL")
    host = _host(parts.hostname or "")
    if parts.port is not None and parts.port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{parts.port}"
    return f"{scheme}://{host}{path}?{query}" if query else f"{scheme}://{host}{path}"


def _host(host: str) -> str:
    host = host.lower().rstrip(".")
    if ":" in host:
        host = f"[{host}]"
        if not _IPV6.fullmatch(host):
            raise ValueError("no such IPv6 address")
        return host
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower().rstrip(".")
        except UnicodeError as error:
            raise ValueError("no such host name") from error
    if not _HOST.fullmatch(host):
        raise ValueError("no such host name")
    return host


def _encode_path(path: str) -> str:
    return _without_dots(_encode(path, _NOT_IN_PATH))


def _encode(part: str, forbidden: re.Pattern[str]) -> str:
    if "%" in part:
        part = _ESCAPE.sub(_plain_or_upper, part)
    return forbidden.sub(_quoted, part)


def _plain_or_upper(escape: re.Match[str]) -> str:
    letter = chr(int(escape[1], 16))
    return letter if letter in _UNRESERVED else escape[0].upper()


def _quoted(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode())


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    if "/." not in path:
        return path if path.startswith("/") or not path else "/" + path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    joined = "/".join(kept)
    return joined if joined.startswith("/") else "/" + joined


def _kept_parameters(query: str, keep: tuple[str, ...]) -> list[str]:
    wanted = {name.lower() for name in keep}
    kept = []
    for parameter in query.split("&"):
        name = parameter.partition("=")[0].lower()
        if not parameter or parameter == "=":
            continue
        if name in wanted if wanted else not (name in _TRACKING or name.startswith(_TRACKING_PREFIXES)):
            kept.append(parameter)
    return kept
