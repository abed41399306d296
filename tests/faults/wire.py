"""Answers of sources: well-formed ones, and those that only a raw socket can give."""

import asyncio
import socket
import struct
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import blake2b
from html import escape

from tests.faults.fault import Place, Scripts
from tests.fetch.sites import Asked, Script, Writer, answer

NOW = datetime.now(UTC).replace(microsecond=0)
RSS = "application/rss+xml; charset=utf-8"
HTML = "text/html; charset=utf-8"
_HANG_S = 60.0
_WORDS = (
    "ngư", "dân", "đồng", "ruộng", "mùa", "gặt", "cầu", "đường", "trường", "học", "thủy", "lợi", "rừng", "phòng",
    "hộ", "chợ", "quê", "làng", "nghề", "bến", "cảng", "cửa", "biển", "hội", "thi", "đập", "nước", "vườn", "cam",
    "đồi", "chè", "trạm", "y", "tế", "nhà", "văn", "hóa", "lễ", "hội", "đua", "thuyền",
)  # fmt: skip


def headline(case: str, number: int = 1) -> str:
    """The invented title of an article of a case: the same each time, unlike every other."""
    drawn = blake2b(f"{case} {number}".encode(), digest_size=8).digest()
    return f"Tin {number} về " + " ".join(_WORDS[byte % len(_WORDS)] for byte in drawn)


def headlines(case: str, count: int = 3) -> tuple[str, ...]:
    """The titles of a case's feed."""
    return tuple(headline(case, number) for number in range(1, count + 1))


def ago(hours: float) -> str:
    """An RSS date some hours ago."""
    return format_datetime(NOW - timedelta(hours=hours))


def item(title: str, link: str, *, date: str | None = None, more: str = "", summary: str = "Tóm tắt của bài.") -> str:
    """An RSS item; ``title`` and ``summary`` are markup, ``date`` "" for none."""
    dated = ago(3) if date is None else date
    when = f"<pubDate>{dated}</pubDate>" if dated else ""
    return (
        f"<item><title>{title}</title><link>{escape(link)}</link>{when}"
        f"<description>{summary}</description>{more}</item>"
    )


def rss(*items: str, head: str = "") -> str:
    """An RSS document."""
    names = 'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return (
        f'<?xml version="1.0"?><rss version="2.0" {names}>'
        f"<channel><title>Nguồn</title>{head}{''.join(items)}</channel></rss>"
    )


def news(case: str, base: str, count: int = 3) -> str:
    """A sound feed of a case."""
    return rss(*(item(headline(case, n), f"{base}/bai-{n}.html") for n in range(1, count + 1)))


def page(title: str, body: str, *, head: str = "") -> str:
    """An HTML page."""
    return f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"


def article_page(title: str, body: str, *, hours: float = 3, head: str = "") -> str:
    """An article's page with its metadata."""
    at = (NOW - timedelta(hours=hours)).isoformat()
    meta = f'<meta property="og:type" content="article"><meta property="article:published_time" content="{at}">{head}'
    return page(escape(title), f"<article><h1>{escape(title)}</h1>{body}</article>", head=meta)


def listing(case: str, base: str, count: int = 6) -> str:
    """A sound list page of a case."""
    day = (NOW - timedelta(days=1)).strftime("%d/%m/%Y")
    blocks = "".join(
        f'<div class="tin"><h3><a href="{base}/tin-bai-so-{100200 + n}.html">{headline(case, n)}</a></h3>'
        f"<span>{day}</span><p>Đoạn mở đầu của bài viết số {n}, nói rõ chuyện gì xảy ra ở đâu và vì sao.</p></div>"
        for n in range(1, count + 1)
    )
    return page("Tin tức", f"<main>{blocks}</main>")


def ok(body: str | bytes, *headers: str, kind: str = RSS, status: str = "200 OK") -> bytes:
    """A well-formed answer of a type."""
    data = body.encode() if isinstance(body, str) else body
    return answer(data, f"Content-Type: {kind}", *headers, status=status)


def with_rest(scripts: Scripts) -> Scripts:
    """``scripts`` with 404 for every other path."""
    return {"*": ok(page("404 Not Found", "404"), kind=HTML, status="404 Not Found")} | scripts


def feed(script: Script) -> Callable[[Place], Scripts]:
    """A source whose feed is answered by ``script``."""
    return lambda _: {"/rss": script}


def sound(case: str, count: int = 3, *headers: str) -> Callable[[Place], Scripts]:
    """A source with a sound feed, sent with some more headers."""
    return lambda place: {"/rss": ok(news(case, place.base, count), *headers)}


def document(make: Callable[[str], str | bytes], kind: str = RSS) -> Callable[[Place], Scripts]:
    """A source whose feed is made from its base address."""
    return lambda place: {"/rss": ok(make(place.base), kind=kind)}


def moved(location: str, *headers: str, status: str = "302 Found") -> bytes:
    """A redirect."""
    return answer(b"", f"Location: {location}", *headers, status=status)


def turns(*scripts: Script) -> Script:
    """Each answer once, in order; the last for ever."""
    left = list(scripts)

    async def one(asked: Asked, writer: Writer) -> None:
        await play(left.pop(0) if len(left) > 1 else left[0], asked, writer)

    return one


async def play(script: Script, asked: Asked, writer: Writer) -> None:
    """One answer, after which the connection is closed."""
    if isinstance(script, bytes):
        writer.write(script)
        await writer.drain()
    else:
        await script(asked, writer)


def validated(body: str, *, etag: str | None = None, modified: str | None = None) -> Script:
    """A feed that answers 304 to a request that brings its validators."""

    async def one(asked: Asked, writer: Writer) -> None:
        known = {asked.headers.get("if-none-match"), asked.headers.get("if-modified-since")} - {None}
        headers = [f"ETag: {etag}"] if etag else []
        headers += [f"Last-Modified: {modified}"] if modified else []
        if known & {etag, modified}:
            await play(answer(b"", *headers, status="304 Not Modified"), asked, writer)
        else:
            await play(ok(body, *headers), asked, writer)

    return one


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"


def hanging(start: bytes) -> Script:
    """Sends ``start``, then nothing for a minute."""

    async def one(_: Asked, writer: Writer) -> None:
        writer.write(start)
        await writer.drain()
        await asyncio.sleep(_HANG_S)

    return one


def dripping(start: bytes, piece: bytes, gap_s: float = 0.2) -> Script:
    """Sends ``start``, then ``piece`` again and again with a pause between."""

    async def one(_: Asked, writer: Writer) -> None:
        writer.write(start)
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(gap_s)

    return one


def endless(start: bytes, piece: bytes) -> Script:
    """Sends ``start``, then ``piece`` as fast as the visitor takes it."""
    return dripping(start, piece, 0)


def resetting(start: bytes) -> Script:
    """Sends ``start``, then breaks the connection with a reset."""

    async def one(_: Asked, writer: Writer) -> None:
        writer.write(start)
        await writer.drain()
        connection: socket.socket = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return one
