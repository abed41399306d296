"""A body read as it arrives, counted on the wire and decompressed, and whole or a failure."""

import asyncio

from aiohttp import ClientConnectionError, ClientPayloadError, ClientResponse

from aggregator.fetch.decode import Decoder, decoder_for
from aggregator.fetch.robot_rules import MAX_ROBOTS_BYTES
from aggregator.model.errors import FetchStopped
from aggregator.model.failures import Outcome

MAX_RATIO = 100
RATIO_FROM_BYTES = 1024 * 1024
# A piece takes about 0.2 ms to decode: after this many the loop gets its turn.
_PIECES_BETWEEN_TURNS = 8


async def read_body(response: ClientResponse, max_bytes: int) -> tuple[bytes, int]:
    """The decompressed body and its length on the wire.

    Neither may pass ``max_bytes``, nor the first 100 times the second once over 1 MiB. Raises FetchStopped with
    TOO_LARGE, TRUNCATED or BAD_RESPONSE; its ``head`` is what was read until then: nothing of a body that declares to
    be too long, unless the limit is no higher than that of a robots.txt, whose beginning counts (RFC 9309, 2.5).
    """
    declared = response.content_length
    if declared is not None and declared > max_bytes > MAX_ROBOTS_BYTES:
        raise FetchStopped(Outcome.TOO_LARGE, f"Content-Length {declared} is over {max_bytes} bytes")
    encodings = response.headers.getall("Content-Encoding", ())
    reader = _Reader(decoder_for(",".join(encodings)) if encodings else None, max_bytes)
    protocol = response.connection.protocol if response.connection is not None else None
    content = response.content
    try:
        while data := await content.readany():
            reader.take_wire(len(data))
            if reader.decoder is None:
                reader.keep(data)
            else:
                await reader.decode(data)
        if declared is None and protocol is not None:
            _refuse_reset(protocol.exception())
        if reader.decoder is not None and reader.wire:
            reader.decoder.finish()
    except (ClientPayloadError, RuntimeError) as error:  # RuntimeError: aiohttp waits on a connection already lost
        raise FetchStopped(Outcome.TRUNCATED, f"the body ended early: {error}", head=reader.body()) from error
    except FetchStopped as stopped:
        stopped.head = reader.body()
        raise
    return reader.body(), reader.wire


def _refuse_reset(error: BaseException | None) -> None:
    """A body that ends with the connection is whole only if the connection was closed, not reset."""
    if isinstance(error, OSError) and isinstance(error, ClientConnectionError):
        raise FetchStopped(Outcome.TRUNCATED, f"the connection broke within the body: {error}")


class _Reader:
    def __init__(self, decoder: Decoder | None, max_bytes: int) -> None:
        self.decoder = decoder
        self.wire = 0
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._size = 0

    def take_wire(self, count: int) -> None:
        self.wire += count
        if self.wire > self._max_bytes and self.decoder is not None:
            raise FetchStopped(Outcome.TOO_LARGE, f"over {self._max_bytes} bytes on the wire")

    def keep(self, piece: bytes) -> None:
        size = self._size + len(piece)
        if size > self._max_bytes:
            self._parts.append(piece[: self._max_bytes - self._size])
            self._size = self._max_bytes
            raise FetchStopped(Outcome.TOO_LARGE, f"over {self._max_bytes} bytes after decompression")
        if size > RATIO_FROM_BYTES and size > MAX_RATIO * self.wire:
            raise FetchStopped(Outcome.TOO_LARGE, f"{self.wire} bytes unfold to more than {MAX_RATIO} times as many")
        self._parts.append(piece)
        self._size = size

    async def decode(self, data: bytes) -> None:
        assert self.decoder is not None
        for count, piece in enumerate(self.decoder.pieces(data), start=1):
            self.keep(piece)
            if count % _PIECES_BETWEEN_TURNS == 0:
                await asyncio.sleep(0)

    def body(self) -> bytes:
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
