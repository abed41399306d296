"""What a URL in the sources file must be: absolute, http or https, without credentials, fragment or blanks."""

from urllib.parse import SplitResult, urlsplit

MAX_LENGTH = 2000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_WHOLE = "Write the whole address, for example https://example.vn/rss."


def fault_of(url: str) -> tuple[str, str] | None:
    """What is wrong with ``url`` and what to write instead, in English; None where nothing is."""
    parts = _split(url)
    if parts is None:
        return "This is not an address that can be opened.", "Copy the address from the browser's address bar."
    faults = (
        (not url, "The address is empty.", _WHOLE),
        (len(url) > MAX_LENGTH, f"The address is longer than {MAX_LENGTH} characters.", "Write the plain address."),
        (
            _has_blank(url),
            "The address holds a blank or an invisible character.",
            "Remove it, or write %20 for a blank.",
        ),
        (parts.scheme not in _DEFAULT_PORTS, "Only http and https addresses can be read.", _WHOLE),
        ("\\" in url or not _is_host(parts.hostname or ""), "The address names no host.", _WHOLE),
        ("@" in parts.netloc, "The address holds a user name or password.", "Remove what stands between // and @."),
        ("#" in url, "The part after # is never sent to a site.", f"Write {url.partition('#')[0]} instead."),
    )
    return next(((message, remedy) for is_wrong, message, remedy in faults if is_wrong), None)


def same_address(url: str) -> str:
    """A key under which two spellings of one address are equal: scheme, letter case of the host, default port."""
    parts = _split(url)
    if parts is None:
        return url
    port = parts.port
    host = (parts.hostname or "").lower()
    shown_port = "" if port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{host}{shown_port}{parts.path or '/'}{query}"


def _has_blank(url: str) -> bool:
    return any(character.isspace() or not character.isprintable() for character in url)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number in range
    except ValueError:
        return None
    return parts


def _is_host(host: str) -> bool:
    if ":" in host:  # an IPv6 address, already checked by urlsplit
        return True
    labels = host.removesuffix(".").split(".")
    return all(label and label.replace("-", "").replace("_", "").isalnum() for label in labels)
