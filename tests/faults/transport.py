"""Faults of the connection, of HTTP and of its encodings."""

import gzip
import zlib

import brotli  # type: ignore[import-untyped]  # it ships no types
from backports import zstd

from aggregator.model.failures import Outcome
from tests.faults.fault import Fault, Place, Scripts
from tests.faults.wire import (
    HEAD,
    HTML,
    RSS,
    dripping,
    endless,
    feed,
    hanging,
    headlines,
    moved,
    news,
    ok,
    page,
    resetting,
    rss,
    sound,
    turns,
)
from tests.fetch.sites import answer

FEED = rss("<item><title>Cắt ngang</title><link>http://bao.example.vn/1</link></item>").encode()
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = {
    "gzip": gzip.compress(FEED * 40),
    "deflate": zlib.compress(FEED * 40),
    "br": brotli.compress(FEED * 40),
    "zstd": zstd.compress(FEED * 40),
}


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


_SLOW = (
    ("hang-before-answer", hanging(b"")),
    ("hang-in-status-line", hanging(b"HTTP/1.1 20")),
    ("hang-after-headers", hanging(HEAD + b"Content-Length: 5000\r\n\r\n")),
    ("hang-in-body", hanging(HEAD + b"Content-Length: 5000\r\n\r\n" + FEED)),
    ("hang-between-chunks", hanging(CHUNKED + chunk(FEED))),
    ("drip-body", dripping(HEAD + b"Content-Length: 5000\r\n\r\n", b"<")),
    ("drip-headers", dripping(b"HTTP/1.1 200 OK\r\n", b"X-Cham: 1\r\n")),
    ("drip-chunks", dripping(CHUNKED, b"1\r\n<\r\n")),
    ("drip-gzip", dripping(HEAD + b"Content-Encoding: gzip\r\n\r\n" + PACKED["gzip"][:20], b"\x00")),
    ("endless-interim-answers", dripping(b"", b"HTTP/1.1 102 Processing\r\n\r\n")),
)
_CUT = (
    ("short-of-content-length", HEAD + b"Content-Length: 99999\r\n\r\n" + FEED),
    ("cut-in-chunk", CHUNKED + b"fff\r\n" + FEED),
    ("cut-between-chunks", CHUNKED + chunk(FEED)),
    ("cut-gzip", ok(PACKED["gzip"][:-9], "Content-Encoding: gzip")),
    ("cut-deflate", ok(PACKED["deflate"][:-9], "Content-Encoding: deflate")),
    ("cut-brotli", ok(PACKED["br"][:-9], "Content-Encoding: br")),
    ("cut-zstd", ok(PACKED["zstd"][:-9], "Content-Encoding: zstd")),
    ("cut-in-headers", b"HTTP/1.1 200 OK\r\nContent-Type: text"),
    ("partial-content", ok(FEED, "Content-Range: bytes 0-9/999", status="206 Partial Content")),
)
_NOT_HTTP = (
    ("garbage", b"\x00\xff\x01\x02 rac rac rac\r\n\r\n"),
    ("http-09", b"<html>HTTP/0.9</html>"),
    ("ssh-banner", b"SSH-2.0-OpenSSH_9.2\r\n"),
    ("status-without-number", b"HTTP/1.1 abc OK\r\n\r\n"),
    ("two-lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"),
    ("negative-length", b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello"),
    ("length-and-chunks", HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("header-without-colon", b"HTTP/1.1 200 OK\r\nkhong hai cham\r\n\r\nx"),
    ("nul-in-header", b"HTTP/1.1 200 OK\r\nA: b\x00c\r\nContent-Length: 1\r\n\r\nx"),
    ("too-many-headers", ok(FEED, *(f"X-{number}: 1" for number in range(120)))),
    ("one-huge-header", ok(FEED, "X: " + "y" * 70_000)),
    ("headers-too-large-together", ok(FEED, *(f"X-{number}: " + "y" * 7000 for number in range(10)))),
    ("endless-headers", endless(b"HTTP/1.1 200 OK\r\n", b"X-Lu: " + b"y" * 900 + b"\r\n")),
    ("unasked-304", b"HTTP/1.1 304 Not Modified\r\n\r\n"),
    ("gzip-that-is-plain", ok(FEED, "Content-Encoding: gzip")),
    ("zstd-that-is-plain", ok(FEED, "Content-Encoding: zstd")),
    ("unknown-encoding", ok(FEED, "Content-Encoding: bi-mat")),
    ("three-layers", ok(gzip.compress(PACKED["gzip"]), "Content-Encoding: gzip, gzip, gzip")),
    ("redirect-without-location", ok("", status="302 Found")),
    ("redirect-to-itself", moved("/rss")),
)
_STATUS = (
    ("status-400", "400 Bad Request", Outcome.BAD_RESPONSE),
    ("status-401", "401 Unauthorized", Outcome.LOGIN),
    ("status-403", "403 Forbidden", Outcome.BLOCKED),
    ("status-404", "404 Not Found", Outcome.NOT_FOUND),
    ("status-407", "407 Proxy Authentication Required", Outcome.LOGIN),
    ("status-408", "408 Request Timeout", Outcome.TIMEOUT),
    ("status-451", "451 Unavailable For Legal Reasons", Outcome.BLOCKED),
    ("status-500", "500 Internal Server Error", Outcome.SERVER_ERROR),
    ("status-502", "502 Bad Gateway", Outcome.SERVER_ERROR),
    ("status-522", "522 Origin Down", Outcome.SERVER_ERROR),
    ("status-600", "600 Nonsense", Outcome.BAD_RESPONSE),
)
_LED_INSIDE = (
    ("to-loopback", lambda place: place.inner),
    ("to-private-10", lambda _: "http://10.0.0.1/"),
    ("to-private-192", lambda _: "http://192.168.1.1/admin"),
    ("to-metadata", lambda _: "http://169.254.169.254/latest/meta-data/"),
    ("to-cgnat", lambda _: "http://100.64.0.1/"),
    ("to-any-address", lambda _: "http://0.0.0.0:80/"),
    ("to-ipv6-loopback", lambda _: "http://[::1]/"),
    ("to-mapped-ipv6", lambda _: "http://[::ffff:10.0.0.1]/"),
    ("to-6to4", lambda _: "http://[2002:0a00:0001::]/"),
    ("to-nat64", lambda _: "http://[64:ff9b::a00:1]/"),
    ("to-unique-local", lambda _: "http://[fd00::1]/"),
    ("to-decimal-host", lambda _: "http://2130706434/"),
    ("to-octal-host", lambda _: "http://0177.0.0.2/"),
    ("to-hex-host", lambda _: "http://0x7f.0.0.2/"),
    ("to-short-host", lambda _: "http://127.2/"),
    ("to-full-width-host", lambda _: "http://１２７.０.０.２/"),
    ("to-odd-port", lambda _: "http://93.184.216.34:22/"),
    ("to-file", lambda _: "file:///etc/passwd"),
    ("to-ftp", lambda _: "ftp://example.com/rss"),
    ("to-gopher", lambda _: "gopher://127.0.0.1:6379/_INFO"),
    ("to-javascript", lambda _: "javascript:alert(1)"),
    ("to-data", lambda _: "data:text/xml,<rss/>"),
    ("to-credentials", lambda place: place.base.replace("//", "//ten:mat-khau@") + "/khac"),
    ("to-backslash-host", lambda _: "http://127.0.0.1\\@10.0.0.1/"),
)


def _redirect(location: str) -> Scripts:
    head = f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n"
    return {"/rss": head.encode()}


def _hops(case: str, count: int) -> Fault:
    def serve(place: Place) -> Scripts:
        scripts: Scripts = {"/rss": moved("/1")}
        scripts |= {f"/{number}": moved(f"/{number + 1}") for number in range(1, count)}
        return scripts | {f"/{count}": ok(news(case, place.base))}

    fine = count <= 5
    return Fault(
        id=case,
        serve=serve,
        outcomes=(Outcome.OK if fine else Outcome.MOVED,),
        titles=headlines(case) if fine else (),
    )


def _encoded(case: str, name: str, pack: object) -> Fault:
    assert callable(pack)
    return Fault(
        id=case,
        serve=lambda place: {"/rss": ok(pack(news(case, place.base).encode()), f"Content-Encoding: {name}")},
        outcomes=(Outcome.OK,),
        titles=headlines(case),
    )


def _chunked(case: str) -> Fault:
    def serve(place: Place) -> Scripts:
        body = news(case, place.base).encode()
        parts = b"".join(chunk(body[at : at + 7]) for at in range(0, len(body), 7))
        return {"/rss": CHUNKED + parts + b"0\r\n\r\n"}

    return Fault(id=case, serve=serve, outcomes=(Outcome.OK,), titles=headlines(case))


TRANSPORT = (
    *(
        Fault(id=case, serve=feed(script), outcomes=(Outcome.TIMEOUT,), max_seconds=4.5, never=("Cắt ngang",))
        for case, script in _SLOW
    ),
    *(
        Fault(id=case, serve=feed(turns(raw)), outcomes=(Outcome.TRUNCATED,), never=("Cắt ngang",), max_seconds=4)
        for case, raw in _CUT
    ),
    *(
        Fault(
            id=case,
            serve=feed(raw),
            outcomes=(frozenset({Outcome.BAD_RESPONSE}),),
            never=("Cắt ngang", "hello"),
            max_seconds=4.5,
        )
        for case, raw in _NOT_HTTP
    ),
    *(
        Fault(id=case, serve=feed(ok(page(status, status), kind=HTML, status=status)), outcomes=(outcome,))
        for case, status, outcome in _STATUS
    ),
    *(
        Fault(
            id=f"redirect-{case}",
            serve=lambda place, where=where: _redirect(where(place)),  # type: ignore[misc]  # bound as a default
            outcomes=(Outcome.REFUSED_BY_POLICY,),
            never=("bi-mat-noi-bo", "root:"),
        )
        for case, where in _LED_INSIDE
    ),
    Fault(id="broken-chunk-size", serve=feed(CHUNKED + b"5\r\nhello\r\nZZZ\r\nx\r\n0\r\n\r\n"),
          outcomes=(frozenset({Outcome.BAD_RESPONSE, Outcome.TRUNCATED}),)),
    Fault(id="brotli-that-is-plain", serve=feed(ok(FEED, "Content-Encoding: br")),
          outcomes=(frozenset({Outcome.BAD_RESPONSE, Outcome.TRUNCATED}),)),
    Fault(id="hangs-up", serve=feed(b""), outcomes=(Outcome.CONNECT,)),
    Fault(id="reset-at-once", serve=feed(resetting(b"")), outcomes=(Outcome.CONNECT,)),
    Fault(id="reset-in-body", serve=feed(resetting(HEAD + b"\r\n" + FEED)), outcomes=(Outcome.TRUNCATED,)),
    Fault(id="nobody-listens", serve=lambda _: {}, url="http://127.0.0.1:1/rss", outcomes=(Outcome.CONNECT,)),
    Fault(id="no-such-name", serve=lambda _: {}, url="http://khong-co-may-chu.invalid/rss",
          outcomes=(Outcome.DNS,)),
    Fault(id="name-of-loopback-range", serve=lambda _: {}, url="http://127.0.0.2/rss",
          outcomes=(Outcome.REFUSED_BY_POLICY,)),
    Fault(id="handshake-never-comes", serve=lambda _: {}, url="https://127.0.0.1:{port}/rss",
          outcomes=(Outcome.TIMEOUT,)),
    Fault(id="self-signed-certificate", serve=feed(ok(FEED)), url="https://127.0.0.1:{port}/rss", tls=True,
          outcomes=(Outcome.TLS,)),
    Fault(id="declared-too-long", serve=feed(HEAD + b"Content-Length: 99999999999\r\n\r\n"),
          outcomes=(Outcome.TOO_LARGE,)),
    Fault(id="endless-body", serve=feed(endless(HEAD + b"\r\n", b"x" * 65536)), outcomes=(Outcome.TOO_LARGE,)),
    Fault(id="endless-chunks", serve=feed(endless(CHUNKED, chunk(b"x" * 65536))), outcomes=(Outcome.TOO_LARGE,)),
    Fault(id="no-content", serve=feed(b"HTTP/1.1 204 No Content\r\n\r\n"), outcomes=(Outcome.EMPTY,)),
    Fault(id="empty-body", serve=feed(ok("")), outcomes=(Outcome.EMPTY,)),
    Fault(id="cookie-loop", serve=feed(moved("/rss", "Set-Cookie: da-xem=1")), outcomes=(Outcome.CHALLENGE,)),
    Fault(id="cloudflare-mark", serve=feed(ok("<html>", "cf-mitigated: challenge", status="403 Forbidden")),
          outcomes=(Outcome.CHALLENGE,)),
    Fault(id="redirects-in-a-ring", serve=lambda _: {"/rss": moved("/a"), "/a": moved("/b"), "/b": moved("/a")},
          outcomes=(Outcome.BAD_RESPONSE,)),
    _hops("five-redirects", 5),
    _hops("six-redirects", 6),
    _encoded("sound-gzip", "gzip", gzip.compress),
    _encoded("sound-two-gzip-members", "x-gzip", lambda data: gzip.compress(data[:99]) + gzip.compress(data[99:])),
    _encoded("sound-deflate", "deflate", zlib.compress),
    _encoded("sound-raw-deflate", "deflate", raw_deflate),
    _encoded("sound-brotli", "br", brotli.compress),
    _encoded("sound-zstd", "zstd", zstd.compress),
    _encoded("sound-br-in-gzip", "br, gzip", lambda data: gzip.compress(brotli.compress(data))),
    _chunked("sound-small-chunks"),
    Fault(id="sound-until-close", titles=headlines("sound-until-close"), outcomes=(Outcome.OK,),
          serve=lambda place: {"/rss": HEAD + b"\r\n" + news("sound-until-close", place.base).encode()}),
    Fault(id="sound-http-10", titles=headlines("sound-http-10"), outcomes=(Outcome.OK,),
          serve=lambda place: {"/rss": f"HTTP/1.0 200 OK\r\nContent-Type: {RSS}\r\n\r\n".encode()
                               + news("sound-http-10", place.base).encode()}),
    Fault(id="sound-with-interim-answer", titles=headlines("sound-with-interim-answer"), outcomes=(Outcome.OK,),
          serve=lambda place: {"/rss": b"HTTP/1.1 103 Early Hints\r\n\r\n"
                               + answer(news("sound-with-interim-answer", place.base).encode(),
                                        f"Content-Type: {RSS}")}),
    Fault(id="sound-content-type-lies", titles=headlines("sound-content-type-lies"), outcomes=(Outcome.OK,),
          serve=lambda place: {"/rss": ok(news("sound-content-type-lies", place.base), kind="image/png")}),
    Fault(id="sound-with-cookie", titles=headlines("sound-with-cookie"), outcomes=(Outcome.OK,),
          serve=sound("sound-with-cookie", 3, "Set-Cookie: theo-doi=1")),
)  # fmt: skip
