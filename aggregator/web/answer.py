"""Answers kept as bytes: encoded once, compressed once per coding, given many times.

Compressing per request takes an aiohttp server from 25,000 to 1,500 answers a second; so an answer is compressed when
its first client asks for that coding, and kept. Each coding has a strong ETag of its own (RFC 9110 §8.8.3.3).
"""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import brotli  # type: ignore[import-untyped]  # it ships no types
from aiohttp import web
from multidict import CIMultiDict

from aggregator.web.conditional import Coding, choose_coding, is_known_tag

PUBLIC_CACHE = "public, max-age=30, stale-while-revalidate=300"
# Under this a compressed body saves less than one packet.
_MIN_COMPRESSED = 1000
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6
_NOT_IN_304 = ("Content-Type", "Content-Encoding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The bytes of one content coding with the headers of its 200 and of its 304."""

    body: bytes
    etag: str
    headers: CIMultiDict[str]
    unchanged_headers: CIMultiDict[str]


class Answer:
    """A 200 for one URL. ``headers`` go with every variant; Content-Type, ETag and Content-Encoding are added here."""

    __slots__ = ("_body", "_etag", "_grown", "_headers", "_variants")

    def __init__(self, body: bytes, *, content_type: str, headers: Mapping[str, str]) -> None:
        self._body = body
        self._etag = blake2b(body, digest_size=12).hexdigest()
        self._headers: CIMultiDict[str] = CIMultiDict(headers)
        self._headers["Content-Type"] = content_type
        self._variants: dict[Coding, Variant] = {}
        self._grown: Callable[[int], None] | None = None

    @property
    def size(self) -> int:
        """Bytes held: the body, and its compressed forms as far as they were asked for."""
        made = {id(variant.body): len(variant.body) for variant in self._variants.values()}
        return sum((made | {id(self._body): len(self._body)}).values())

    def watch(self, grown: Callable[[int], None] | None) -> None:
        """Tells ``grown`` how many bytes each compressed form adds when it is made; None: nobody any more."""
        self._grown = grown

    def respond(self, request: web.Request) -> web.Response:
        """A fresh response for this request: 304 when the client holds the same bytes, else 200."""
        asked = request.headers
        accept = asked.get("Accept-Encoding")
        coding = Coding.IDENTITY if accept is None else choose_coding(accept)
        variant = self._variants.get(coding) or self.variant(coding)
        known = asked.get("If-None-Match")
        if known is not None and is_known_tag(known, variant.etag):
            return web.Response(status=304, headers=variant.unchanged_headers)
        return web.Response(body=variant.body, headers=variant.headers)

    def variant(self, coding: Coding) -> Variant:
        """The bytes and headers of a coding, made on first use; small bodies stay as they are."""
        made = self._variants.get(coding)
        if made is None:
            made = self._variants[coding] = self._make(coding)
            if made.body is not self._body and self._grown is not None:
                self._grown(len(made.body))
        return made

    def _make(self, coding: Coding) -> Variant:
        if coding is not Coding.IDENTITY and len(self._body) < _MIN_COMPRESSED:
            return self.variant(Coding.IDENTITY)
        headers = self._headers.copy()
        body, etag = self._body, f'"{self._etag}"'
        if coding is Coding.BR:
            body, etag = brotli.compress(self._body, quality=_BROTLI_QUALITY), f'"{self._etag}-br"'
        elif coding is Coding.GZIP:
            body, etag = gzip.compress(self._body, _GZIP_LEVEL, mtime=0), f'"{self._etag}-gz"'
        if coding is not Coding.IDENTITY:
            headers["Content-Encoding"] = coding.value
        headers["ETag"] = etag
        unchanged = headers.copy()
        for name in _NOT_IN_304:
            unchanged.pop(name, None)
        return Variant(body=body, etag=etag, headers=headers, unchanged_headers=unchanged)
