"""Bombs, floods, truncation and slowness."""

import asyncio
import gzip
import random
import socket
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from backports import zstd

from aggregator.fetch.body import _Reader
from aggregator.fetch.decode import MAX_LAYERS, PIECE_BYTES, decoder_for
from aggregator.model.failures import Outcome
from tests.fetch.sites import Asked, Fetch, Serve, Writer, answer, failure, fetched

TEXT = ("Ủy ban Mặt trận Tổ quốc tỉnh Nghệ An – " * 400).encode()


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"fetch_timeout_s": 3.0, "connect_timeout_s": 1.0}


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@pytest.mark.parametrize("name", ENCODINGS)
async def test_an_encoded_body_is_decoded(serve: Serve, fetch: Fetch, name: str) -> None:
    wire = ENCODINGS[name](TEXT)
    site = await serve(answer(wire, f"Content-Encoding: {name}"))
    result = fetched(await fetch(site.url()))
    assert result.body == TEXT
    assert result.wire_bytes == len(wire)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("name", [*ENCODINGS, "raw deflate"])
def test_a_body_decodes_the_same_however_it_is_cut(name: str, step: int) -> None:
    wire = raw_deflate(TEXT) if name == "raw deflate" else ENCODINGS[name](TEXT)
    decoder = decoder_for(name.removeprefix("raw "))
    assert decoder is not None
    parts = [piece for at in range(0, len(wire), step) for piece in decoder.pieces(wire[at : at + step])]
    decoder.finish()
    assert b"".join(parts) == TEXT


@pytest.mark.parametrize("name", ENCODINGS)
def test_pieces_stay_small_whatever_unfolds(name: str) -> None:
    decoder = decoder_for(name)
    assert decoder is not None
    sizes = [len(piece) for piece in decoder.pieces(ENCODINGS[name](bytes(20_000_000)))]
    assert sum(sizes) == 20_000_000
    assert max(sizes) <= 4 * PIECE_BYTES


def test_gzip_members_and_padding_are_read_as_one_body() -> None:
    for tail, whole in (
        (gzip.compress(b"two"), b"onetwo"),
        (b"\x00" * 9, b"one"),
        (b"junk", b"one"),
        (b"\x1f", b"one"),
    ):
        wire = gzip.compress(b"one") + tail
        for step in (1, 4, 100):
            decoder = decoder_for("gzip")
            assert decoder is not None
            parts = [piece for at in range(0, len(wire), step) for piece in decoder.pieces(wire[at : at + step])]
            decoder.finish()
            assert b"".join(parts) == whole


async def test_two_layers_are_undone_in_their_order(serve: Serve, fetch: Fetch) -> None:
    site = await serve(answer(gzip.compress(brotli.compress(TEXT)), "Content-Encoding: br, gzip"))
    assert fetched(await fetch(site.url())).body == TEXT


@pytest.mark.parametrize("value", ["identity", "none", "UTF-8", ""])
async def test_words_that_mean_no_encoding_leave_the_body(serve: Serve, fetch: Fetch, value: str) -> None:
    site = await serve(answer(b"plain", f"Content-Encoding: {value}"))
    assert fetched(await fetch(site.url())).body == b"plain"


@pytest.mark.parametrize("value", ["compress", "foo", "gzip, foo", ", ".join(["gzip"] * (MAX_LAYERS + 1))])
async def test_encodings_nobody_knows_or_nests_so_deep_are_refused(serve: Serve, fetch: Fetch, value: str) -> None:
    site = await serve(answer(gzip.compress(b"x"), f"Content-Encoding: {value}"))
    assert failure(await fetch(site.url())).outcome is Outcome.BAD_RESPONSE


@pytest.mark.parametrize("name", ENCODINGS)
async def test_a_body_that_is_not_in_its_encoding_is_no_success(serve: Serve, fetch: Fetch, name: str) -> None:
    site = await serve(answer(b"<html>this is plain text</html>" * 50, f"Content-Encoding: {name}"))
    assert failure(await fetch(site.url())).outcome in {Outcome.BAD_RESPONSE, Outcome.TRUNCATED}


def zeros(megabytes: int, name: str) -> bytes:
    """A bomb, made without unfolding it here."""
    block = bytes(1024 * 1024)
    if name == "br":
        stream = brotli.Compressor(quality=5)
        return b"".join([*(stream.process(block) for _ in range(megabytes)), stream.finish()])
    if name == "zstd":
        packer = zstd.ZstdCompressor()
        return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])
    deflate = zlib.compressobj(9, wbits=31 if name == "gzip" else 15)
    return b"".join([*(deflate.compress(block) for _ in range(megabytes)), deflate.flush()])


def resident_bytes() -> int:
    with open("/proc/self/status") as status:  # noqa: PTH123 - one line of /proc
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS"))


@pytest.fixture
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.parametrize("name", ENCODINGS)
async def test_a_bomb_is_too_large_and_takes_no_memory(serve: Serve, fetch: Fetch, name: str) -> None:
    wire = zeros(300, name)
    assert len(wire) < 1024 * 1024
    site = await serve(answer(wire, f"Content-Encoding: {name}"))
    before = await asyncio.to_thread(resident_bytes)
    failed = failure(await fetch(site.url()))
    assert failed.outcome is Outcome.TOO_LARGE
    assert await asyncio.to_thread(resident_bytes) - before < 30 * 1024 * 1024


@pytest.mark.usefixtures("traced")
async def test_a_bomb_within_a_bomb_is_too_large(serve: Serve, fetch: Fetch) -> None:
    site = await serve(answer(gzip.compress(zeros(300, "gzip")), "Content-Encoding: gzip, gzip"))
    assert failure(await fetch(site.url())).outcome is Outcome.TOO_LARGE
    assert tracemalloc.get_traced_memory()[1] < 30 * 1024 * 1024


async def test_more_than_a_hundredfold_is_refused_only_over_a_mebibyte(serve: Serve, fetch: Fetch) -> None:
    site = await serve(
        {
            "/small": answer(gzip.compress(bytes(1_000_000)), "Content-Encoding: gzip"),
            "/large": answer(gzip.compress(bytes(1_200_000)), "Content-Encoding: gzip"),
        }
    )
    assert len(fetched(await fetch(site.url("/small"))).body) == 1_000_000
    assert "100 times" in failure(await fetch(site.url("/large"))).cause


async def test_streams_chained_without_end_are_refused(serve: Serve, fetch: Fetch) -> None:
    for name, empty in (("gzip", gzip.compress(b"")), ("zstd", zstd.compress(b""))):
        site = await serve(answer(empty * 5000, f"Content-Encoding: {name}"))
        assert failure(await fetch(site.url())).outcome is Outcome.BAD_RESPONSE


async def test_a_zstd_window_over_8_mib_is_refused(serve: Serve, fetch: Fetch) -> None:
    packer = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    wire = packer.compress(TEXT, packer.FLUSH_BLOCK) + packer.flush()
    site = await serve(answer(wire, "Content-Encoding: zstd"))
    assert failure(await fetch(site.url())).outcome is Outcome.BAD_RESPONSE


async def test_a_declared_length_over_the_limit_is_refused_unread(serve: Serve, fetch: Fetch) -> None:
    site = await serve(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
    assert failure(await fetch(site.url())).outcome is Outcome.TOO_LARGE


@pytest.mark.parametrize("chunked", [True, False])
async def test_an_endless_body_is_cut_off_at_the_limit(serve: Serve, fetch: Fetch, chunked: bool) -> None:
    sent = 0

    async def flood(_: Asked, writer: Writer) -> None:
        nonlocal sent
        head = b"Transfer-Encoding: chunked\r\n" if chunked else b"Connection: close\r\n"
        writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
        block = b"x" * 65536
        while True:
            writer.write(b"10000\r\n" + block + b"\r\n" if chunked else block)
            await writer.drain()
            sent += len(block)

    site = await serve(flood)
    failed = failure(await fetch(site.url(), max_bytes=1_000_000))
    assert failed.outcome is Outcome.TOO_LARGE
    assert sent < 20_000_000


async def test_a_body_of_exactly_the_limit_passes(serve: Serve, fetch: Fetch) -> None:
    site = await serve({"/fits": answer(b"x" * 5000), "/over": b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 5001})
    assert len(fetched(await fetch(site.url("/fits"), max_bytes=5000)).body) == 5000
    assert failure(await fetch(site.url("/over"), max_bytes=5000)).outcome is Outcome.TOO_LARGE


async def test_the_wire_is_counted_as_well(serve: Serve, fetch: Fetch) -> None:
    padding = gzip.compress(b"x") + b"\x00" * 100_000
    site = await serve(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + padding)
    assert failure(await fetch(site.url(), max_bytes=50_000)).outcome is Outcome.TOO_LARGE


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("name", ENCODINGS)
async def test_a_truncated_stream_is_truncated(serve: Serve, fetch: Fetch, name: str, keep: float) -> None:
    wire = ENCODINGS[name](TEXT)
    site = await serve(answer(wire[: int(len(wire) * keep)], f"Content-Encoding: {name}"))
    assert failure(await fetch(site.url())).outcome is Outcome.TRUNCATED


async def test_a_gzip_body_without_its_check_sum_is_truncated(serve: Serve, fetch: Fetch) -> None:
    site = await serve(answer(gzip.compress(TEXT)[:-8], "Content-Encoding: gzip"))
    assert failure(await fetch(site.url())).outcome is Outcome.TRUNCATED


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Cut: he",
    ],
)
async def test_an_answer_that_ends_early_is_truncated(serve: Serve, fetch: Fetch, raw: bytes) -> None:
    async def cut(_: Asked, writer: Writer) -> None:
        writer.write(raw)
        await writer.drain()

    site = await serve(cut)
    assert failure(await fetch(site.url())).outcome is Outcome.TRUNCATED


async def test_a_body_that_ends_by_closing_is_whole_and_by_reset_is_not(serve: Serve, fetch: Fetch) -> None:
    async def reset(_: Asked, writer: Writer) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nhalf of it")
        await writer.drain()
        await asyncio.sleep(0.1)  # the body is to arrive before the reset does
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets
        writer.transport.abort()

    site = await serve({"/close": b"HTTP/1.1 200 OK\r\n\r\nall of it", "/reset": reset})
    assert fetched(await fetch(site.url("/close"))).body == b"all of it"
    assert failure(await fetch(site.url("/reset"))).outcome is Outcome.TRUNCATED


async def drip(data: bytes, writer: Writer) -> None:
    for byte in data:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("where", ["headers", "body", "many 1xx"])
async def test_a_drip_ends_at_the_total_deadline(serve: Serve, fetch: Fetch, where: str) -> None:
    async def slow(_: Asked, writer: Writer) -> None:
        if where == "many 1xx":
            while True:
                writer.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
                await writer.drain()
                await asyncio.sleep(0.01)
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"
        if where == "body":
            writer.write(head)
            head = b""
        await drip(head + b"x" * 500, writer)

    site = await serve(slow)
    started = time.monotonic()
    failed = failure(await fetch(site.url(), total_timeout=timedelta(seconds=0.5)))
    assert failed.outcome is Outcome.TIMEOUT
    assert time.monotonic() - started < 2


async def test_the_setting_bounds_a_request_that_asks_for_longer(serve: Serve, fetch: Fetch) -> None:
    async def silent(_: Asked, __: Writer) -> None:
        await asyncio.Event().wait()

    site = await serve(silent)
    started = time.monotonic()
    assert failure(await fetch(site.url(), total_timeout=timedelta(seconds=60))).outcome is Outcome.TIMEOUT
    assert time.monotonic() - started < 5


async def test_a_tls_handshake_that_never_comes_times_out(serve: Serve, fetch: Fetch) -> None:
    async def silent(_: Asked, __: Writer) -> None:
        await asyncio.Event().wait()

    site = await serve(silent)
    failed = failure(await fetch(f"https://127.0.0.1:{site.port}/"))
    assert failed.outcome is Outcome.TIMEOUT


async def test_a_chunk_that_unfolds_lets_the_loop_turn() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    decoder = decoder_for("gzip")
    reader = _Reader(decoder, 5_000_000)
    wire = gzip.compress(random.Random(1).randbytes(50_000) * 80)
    reader.take_wire(len(wire))
    async with asyncio.TaskGroup() as group:
        counting = group.create_task(count())
        await reader.decode(wire)
        counting.cancel()
    assert len(reader.body()) == 4_000_000
    assert turns >= 4_000_000 // PIECE_BYTES // 8
