"""Bodies of a megabyte that unfold to gigabytes, sent after a first sound visit, so that memory is warm."""

import gzip
import zlib

import brotli  # type: ignore[import-untyped]  # it ships no types
from backports import zstd

from aggregator.model.failures import Outcome
from tests.faults.fault import Fault, Seen
from tests.faults.wire import HTML, feed, headline, headlines, item, ok, rss, sound

MEGABYTE = 1024 * 1024
_ZEROS = bytes(4 * MEGABYTE)


def gzip_bomb(name: str = "gzip") -> bytes:
    """A gzip (or zlib) stream of a megabyte: the same flushed block over and over."""
    stream = zlib.compressobj(9, wbits=31 if name == "gzip" else 15)
    start = stream.compress(_ZEROS) + stream.flush(zlib.Z_FULL_FLUSH)
    block = stream.compress(_ZEROS) + stream.flush(zlib.Z_FULL_FLUSH)
    return start + block * ((MEGABYTE - len(start)) // len(block))


def brotli_bomb() -> bytes:
    """The same in brotli, a meta-block repeated."""
    stream = brotli.Compressor(quality=5)
    start = stream.process(_ZEROS) + stream.flush()
    block = stream.process(_ZEROS) + stream.flush()
    return bytes(start + block * ((MEGABYTE - len(start)) // len(block)))


def zstd_bomb() -> bytes:
    """A zstd frame of run-length blocks: four bytes for 128 KiB each (RFC 8878, 3.1.1.2)."""
    header = b"\x28\xb5\x2f\xfd" + b"\x00\x58"  # no size, no checksum; a window of 2 MiB
    run = (1 << 1 | (128 * 1024) << 3).to_bytes(3, "little") + b"\x00"
    return header + run * ((MEGABYTE - len(header)) // len(run))


GZIP, BROTLI, ZSTD = gzip_bomb(), brotli_bomb(), zstd_bomb()
_NESTED = {
    "bomb-deflate": (gzip_bomb("deflate"), "deflate"),
    "bomb-gzip-in-gzip": (gzip.compress(GZIP), "gzip, gzip"),
    "bomb-brotli-in-gzip": (gzip.compress(BROTLI), "br, gzip"),
    "bomb-zstd-in-gzip": (gzip.compress(ZSTD), "zstd, gzip"),
    "bomb-gzip-in-brotli": (brotli.compress(GZIP, quality=1), "gzip, br"),
    "bomb-of-zstd-in-zstd": (zstd.compress(ZSTD), "zstd, zstd"),
}


def _bomb(case: str, body: bytes, *headers: str, outcome: Outcome = Outcome.TOO_LARGE) -> Fault:
    return Fault(
        id=case,
        serve=sound(case),
        then=feed(ok(body, *headers)),
        outcomes=(Outcome.OK, outcome),
        titles=headlines(case),
    )


def _page_bomb(seen: Seen) -> None:
    assert "too_large" in str(seen.article(headline("bomb-in-page", 9)).problems)


BOMBS = (
    _bomb("bomb-gzip", GZIP, "Content-Encoding: gzip"),
    _bomb("bomb-brotli", BROTLI, "Content-Encoding: br"),
    _bomb("bomb-zstd", ZSTD, "Content-Encoding: zstd"),
)
MORE_BOMBS = (
        *(_bomb(case, body, f"Content-Encoding: {encoding}") for case, (body, encoding) in _NESTED.items()),
        _bomb("bomb-under-limit-by-ratio", gzip.compress(bytes(3 * MEGABYTE)), "Content-Encoding: gzip"),
        _bomb(
            "bomb-of-gzip-members",
            gzip.compress(b"") * 40_000,
            "Content-Encoding: gzip",
            outcome=Outcome.BAD_RESPONSE,
        ),
        _bomb("bomb-of-zstd-frames", zstd.compress(b"") * 40_000, "Content-Encoding: zstd",
              outcome=Outcome.BAD_RESPONSE),
        _bomb("bomb-as-gzip-file", GZIP),
        _bomb("bomb-as-gzip-file-in-brotli", brotli.compress(GZIP, quality=1), "Content-Encoding: br"),
        _bomb("bomb-of-plain-bytes", b"<rss>" + b" " * (6 * MEGABYTE)),
        Fault(
            id="bomb-in-page",
            serve=sound("bomb-in-page"),
            then=lambda place: {
                "/rss": ok(rss(item(headline("bomb-in-page", 9), f"{place.base}/bai-9.html"))),
                "/bai-9.html": ok(GZIP, "Content-Encoding: gzip", kind=HTML),
            },
            outcomes=(Outcome.OK, Outcome.OK),
            fields={"pages": "always"},
            titles=(*headlines("bomb-in-page"), headline("bomb-in-page", 9)),
            check=_page_bomb,
        ),
)  # fmt: skip
