"""Which stored variant a client can use: content codings (RFC 9110 §12.5.3) and entity tags (§13.1.2)."""

import re
from enum import StrEnum
from functools import lru_cache

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')
_MAX_HEADER = 4096


class Coding(StrEnum):
    """How a body travels."""

    IDENTITY = "identity"
    GZIP = "gzip"
    BR = "br"


# Preferred first when the client likes them equally.
_OFFERED = (Coding.BR, Coding.GZIP)


@lru_cache(maxsize=512)
def choose_coding(accept_encoding: str) -> Coding:
    """The best coding for an Accept-Encoding value; identity when nothing we have is wanted more."""
    weights: dict[str, float] = {}
    for part in accept_encoding[:_MAX_HEADER].lower().split(","):
        name, _, parameters = part.partition(";")
        weights[name.strip()] = _weight(parameters)
    default = weights.get("*", 0.0)
    identity = weights.get("identity", 0.001)
    best, best_weight = Coding.IDENTITY, 0.0
    for coding in _OFFERED:
        weight = weights.get(coding.value, default)
        if weight > best_weight and weight >= identity:
            best, best_weight = coding, weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def is_known_tag(if_none_match: str, etag: str) -> bool:
    """Whether If-None-Match says that the client already holds ``etag``: a list of tags or ``*``, compared weakly."""
    if if_none_match == etag:
        return True
    value = if_none_match[:_MAX_HEADER].strip()
    return value == "*" or etag in _TAG.findall(value)
