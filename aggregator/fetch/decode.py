"""Content-Encoding undone piece by piece, so that whoever counts can stop a bomb before it unfolds.

Every decoder yields pieces of about ``PIECE_BYTES`` and knows whether its stream came to its end.
"""

import sys
import zlib
from collections.abc import Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # it ships no types

from aggregator.model.errors import FetchStopped
from aggregator.model.failures import Outcome

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PIECE_BYTES = 64 * 1024
MAX_LAYERS = 2
# gzip and zstd streams may be chained; each start costs, so an honest body has few.
_MAX_MEMBERS = 256
# RFC 9659: a zstd window over HTTP is at most 8 MiB.
_ZSTD_WINDOW_LOG = 23
# Not encodings, but what some servers write there for a plain body.
_PLAIN = frozenset({"", "identity", "none", "utf-8"})


class Decoder(Protocol):
    """One layer of encoding being undone."""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """What ``data`` decodes to, in bounded pieces. Raises FetchStopped when it is not in this encoding."""
        ...

    def finish(self) -> None:
        """Raises FetchStopped when the stream has not come to its end."""
        ...


def decoder_for(content_encoding: str) -> Decoder | None:
    """The decoder of a Content-Encoding header, None when the body is plain. Raises FetchStopped for unknown ones."""
    names = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name not in _PLAIN]
    if not names:
        return None
    if len(names) > MAX_LAYERS:
        raise FetchStopped(Outcome.BAD_RESPONSE, f"{len(names)} layers of Content-Encoding")
    layers = [_layer(name) for name in reversed(names)]  # applied in the order listed
    return layers[0] if len(layers) == 1 else _Nested(*layers)


def _layer(name: str) -> Decoder:
    match name:
        case "gzip" | "x-gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
        case "br":
            return _Brotli()
        case "zstd":
            return _Zstd()
        case _:
            raise FetchStopped(Outcome.BAD_RESPONSE, f"unknown Content-Encoding {name[:40]!r}")


class _Nested:
    def __init__(self, outer: Decoder, inner: Decoder) -> None:
        self._outer = outer
        self._inner = inner

    def pieces(self, data: bytes) -> Iterator[bytes]:
        for piece in self._outer.pieces(data):
            yield from self._inner.pieces(piece)

    def finish(self) -> None:
        self._outer.finish()
        self._inner.finish()


class _Gzip:
    """RFC 1952: members one after the other; what follows that is no member is padding, and ignored."""

    _name = "gzip"

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(wbits=31)
        self._members = 0
        self._rest = b""  # less than a magic number, left after a member
        self._padding = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        while data and not self._padding:
            if self._stream.eof:
                data = self._rest + data
                if len(data) < 2:  # noqa: PLR2004 - the length of the magic number
                    self._rest = data
                    return
                self._rest = b""
                self._padding = not data.startswith(b"\x1f\x8b")
                if self._padding:
                    return
                self._members = _counted(self._members, self._name)
                self._stream = zlib.decompressobj(wbits=31)
            yield from _inflated(self._stream, data, self._name)
            data = self._stream.unused_data

    def finish(self) -> None:
        if not self._stream.eof:
            raise FetchStopped(Outcome.TRUNCATED, "the gzip stream has no end")


class _Deflate:
    """RFC 9110 says zlib, some servers send it raw: the two bytes of a zlib header tell."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._start = b""

    def pieces(self, data: bytes) -> Iterator[bytes]:
        if self._stream is None:
            data = self._start + data
            if len(data) < 2:  # noqa: PLR2004 - the length of the header
                self._start = data
                return
            wrapped = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0  # noqa: PLR2004 - RFC 1950
            self._stream = zlib.decompressobj(wbits=15 if wrapped else -15)
        if not self._stream.eof:
            yield from _inflated(self._stream, data, "deflate")

    def finish(self) -> None:
        if self._stream is None or not self._stream.eof:
            raise FetchStopped(Outcome.TRUNCATED, "the deflate stream has no end")


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def pieces(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._stream.is_finished():
                piece = self._stream.process(data, output_buffer_limit=PIECE_BYTES)
                data = b""
                if piece:
                    yield piece
                elif self._stream.can_accept_more_data():
                    return
        except brotli.error as error:
            raise FetchStopped(Outcome.BAD_RESPONSE, f"not brotli: {error}") from error

    def finish(self) -> None:
        if not self._stream.is_finished():
            raise FetchStopped(Outcome.TRUNCATED, "the brotli stream has no end")


class _Zstd:
    def __init__(self) -> None:
        self._stream = self._frame()
        self._frames = 0
        self._started = False

    def pieces(self, data: bytes) -> Iterator[bytes]:
        self._started = self._started or bool(data)
        try:
            while data:
                if self._stream.eof:
                    self._frames = _counted(self._frames, "zstd")
                    self._stream = self._frame()
                yield from self._frame_pieces(data)
                data = self._stream.unused_data if self._stream.eof else b""
        except zstd.ZstdError as error:
            raise FetchStopped(Outcome.BAD_RESPONSE, f"not zstd: {error}") from error

    def finish(self) -> None:
        if self._started and not self._stream.eof:
            raise FetchStopped(Outcome.TRUNCATED, "the zstd stream has no end")

    def _frame_pieces(self, data: bytes) -> Iterator[bytes]:
        piece = self._stream.decompress(data, max_length=PIECE_BYTES)
        while True:
            if piece:
                yield piece
            if self._stream.eof or self._stream.needs_input:
                return
            piece = self._stream.decompress(b"", max_length=PIECE_BYTES)

    @staticmethod
    def _frame() -> "zstd.ZstdDecompressor":
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})


def _inflated(stream: "zlib._Decompress", data: bytes, name: str) -> Iterator[bytes]:
    try:
        piece = stream.decompress(data, PIECE_BYTES)
        while piece or stream.unconsumed_tail:
            if piece:
                yield piece
            if stream.eof:
                return
            piece = stream.decompress(stream.unconsumed_tail, PIECE_BYTES)
    except zlib.error as error:
        raise FetchStopped(Outcome.BAD_RESPONSE, f"not {name}: {error}") from error


def _counted(members: int, name: str) -> int:
    if members == _MAX_MEMBERS:
        raise FetchStopped(Outcome.BAD_RESPONSE, f"more than {_MAX_MEMBERS} {name} streams in one body")
    return members + 1
