"""What each answer of a site becomes."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from aggregator.fetch.answers import max_age_s, retry_after_s
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.model.fetch import NotModified
from tests.fetch.sites import USER_AGENT, Asked, Fetch, Serve, Writer, answer, failure, fetched

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_a_body_comes_with_what_the_headers_say(serve: Serve, fetch: Fetch) -> None:
    site = await serve(
        answer(
            b"<rss/>",
            "Content-Type: application/rss+xml; charset=utf-8",
            'ETag: W/"a1"',
            "Last-Modified: Mon, 23 Nov 2026 00:00:00 GMT",
            "Cache-Control: public, max-age=600",
        )
    )
    result = fetched(await fetch(site.url("/rss")))
    assert result.body == b"<rss/>"
    assert (result.url, result.status, result.wire_bytes) == (site.url("/rss"), 200, 6)
    assert result.content_type == "application/rss+xml; charset=utf-8"
    assert (result.etag, result.last_modified) == ('W/"a1"', "Mon, 23 Nov 2026 00:00:00 GMT")
    assert (result.max_age_s, result.permanent_url) == (600, None)


async def test_a_request_says_who_asks_and_carries_no_cookie_or_credentials(serve: Serve, fetch: Fetch) -> None:
    site = await serve(answer(b"x", "Set-Cookie: a=1; Path=/"))
    fetched(await fetch(site.url(), accept="text/html"))
    fetched(await fetch(site.url()))
    first, second = (asked.headers for asked in site.asked)
    assert first["user-agent"] == USER_AGENT
    assert first["accept"] == "text/html"
    assert first["accept-encoding"] == "gzip, deflate, br, zstd"
    assert not {"cookie", "authorization", "referer", "if-none-match"} & (first.keys() | second.keys())


async def test_validators_are_sent_and_a_304_is_not_modified(serve: Serve, fetch: Fetch) -> None:
    site = await serve(b"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=60\r\n\r\n")
    result = await fetch(site.url(), etag='"a"', last_modified="Mon, 23 Nov 2026 00:00:00 GMT")
    assert isinstance(result, NotModified)
    assert (result.url, result.max_age_s) == (site.url(), 60)
    assert site.asked[0].headers["if-none-match"] == '"a"'
    assert site.asked[0].headers["if-modified-since"] == "Mon, 23 Nov 2026 00:00:00 GMT"


async def test_a_304_that_nobody_asked_for_is_a_bad_response(serve: Serve, fetch: Fetch) -> None:
    site = await serve(b"HTTP/1.1 304 Not Modified\r\n\r\n")
    assert failure(await fetch(site.url())).outcome is Outcome.BAD_RESPONSE


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (206, Outcome.TRUNCATED),
        (400, Outcome.BAD_RESPONSE),
        (401, Outcome.LOGIN),
        (402, Outcome.BLOCKED),
        (403, Outcome.BLOCKED),
        (404, Outcome.NOT_FOUND),
        (407, Outcome.LOGIN),
        (408, Outcome.TIMEOUT),
        (410, Outcome.GONE),
        (418, Outcome.BAD_RESPONSE),
        (429, Outcome.RATE_LIMITED),
        (451, Outcome.BLOCKED),
        (500, Outcome.SERVER_ERROR),
        (503, Outcome.SERVER_ERROR),
        (599, Outcome.SERVER_ERROR),
        (600, Outcome.BAD_RESPONSE),
        (305, Outcome.BAD_RESPONSE),
    ],
)
async def test_a_status_means_its_outcome(serve: Serve, fetch: Fetch, status: int, outcome: Outcome) -> None:
    site = await serve(answer(b"<html>", status=f"{status} X"))
    failed = failure(await fetch(site.url("/p")))
    assert failed.outcome is outcome
    assert (failed.status, failed.url) == (status, site.url("/p"))
    assert failed.sentence == MEANINGS[outcome].sentence
    assert failed.retry_after_s is None


async def test_a_page_that_checks_for_people_is_a_challenge(serve: Serve, fetch: Fetch) -> None:
    site = await serve(answer(b"<html>", "cf-mitigated: challenge", status="403 Forbidden"))
    assert failure(await fetch(site.url())).outcome is Outcome.CHALLENGE


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "201 Created"])
async def test_an_empty_body_is_no_news(serve: Serve, fetch: Fetch, status: str) -> None:
    body = b"" if status.startswith("204") else b"Content-Length: 0\r\n"
    site = await serve(b"HTTP/1.1 " + status.encode() + b"\r\n" + body + b"\r\n")
    assert failure(await fetch(site.url())).outcome is Outcome.EMPTY


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02\x03garbage\r\n\r\n",
        b"<html>HTTP/0.9 was like this</html>",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nA: b\x00c\r\nContent-Length: 1\r\n\r\nx",
    ],
)
async def test_what_is_not_http_is_a_bad_response(serve: Serve, fetch: Fetch, raw: bytes) -> None:
    site = await serve(raw)
    failed = failure(await fetch(site.url()))
    assert failed.outcome is Outcome.BAD_RESPONSE
    assert "\n" not in failed.cause
    assert site.connections == 1


async def test_a_broken_chunk_is_no_success(serve: Serve, fetch: Fetch) -> None:
    site = await serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZZ\r\nx\r\n0\r\n\r\n")
    assert failure(await fetch(site.url())).outcome in {Outcome.BAD_RESPONSE, Outcome.TRUNCATED}


async def test_a_hundred_headers_pass_and_one_more_does_not(serve: Serve, fetch: Fetch) -> None:
    site = await serve(
        {
            "/ok": answer(b"x", *(f"X-{n}: y" for n in range(99))),
            "/many": answer(b"x", *(f"X-{n}: y" for n in range(100))),
        }
    )
    fetched(await fetch(site.url("/ok")))
    assert failure(await fetch(site.url("/many"))).outcome is Outcome.BAD_RESPONSE


async def test_headers_of_60_kib_pass_and_of_70_do_not(serve: Serve, fetch: Fetch) -> None:
    site = await serve(
        {
            "/long": answer(b"x", "Content-Security-Policy: " + "a" * 60_000),
            "/sum": answer(b"x", *(f"X-{n}: " + "y" * 7000 for n in range(10))),
            "/one": answer(b"x", "X: " + "y" * 70_000),
        }
    )
    fetched(await fetch(site.url("/long")))
    assert failure(await fetch(site.url("/sum"))).outcome is Outcome.BAD_RESPONSE
    assert failure(await fetch(site.url("/one"))).outcome is Outcome.BAD_RESPONSE


async def test_validators_that_cannot_be_stored_are_dropped(serve: Serve, fetch: Fetch) -> None:
    site = await serve(
        {
            "/bytes": b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nETag: "\xff\xfe"\r\nContent-Type: text/\xff\r\n\r\nx',
            "/long": answer(b"x", f'ETag: "{"a" * 600}"'),
        }
    )
    result = fetched(await fetch(site.url("/bytes")))
    assert result.etag is None
    assert result.content_type.encode()
    assert fetched(await fetch(site.url("/long"))).etag is None


async def test_hanging_up_without_an_answer_is_a_failed_connection_asked_once(serve: Serve, fetch: Fetch) -> None:
    site = await serve(b"")
    assert failure(await fetch(site.url())).outcome is Outcome.CONNECT
    assert len(site.asked) == 1


async def test_a_connection_kept_alive_that_died_is_replaced(serve: Serve, fetch: Fetch) -> None:
    async def once(_: Asked, writer: Writer) -> None:
        writer.write(answer(b"x"))  # promises to keep the connection, then hangs up
        await writer.drain()

    site = await serve(once)
    fetched(await fetch(site.url()))
    fetched(await fetch(site.url()))
    assert site.connections == 2


async def test_a_connection_is_kept_alive_between_fetches(serve: Serve, fetch: Fetch) -> None:
    site = await serve(answer(b"x"))
    for _ in range(3):
        fetched(await fetch(site.url()))
    assert site.connections == 1


async def test_a_port_nobody_listens_on_is_a_failed_connection(fetch: Fetch) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    assert failure(await fetch(f"http://127.0.0.1:{port}/")).outcome is Outcome.CONNECT


async def test_a_name_that_does_not_exist_is_a_dns_failure(fetch: Fetch) -> None:
    assert failure(await fetch("http://no-such-host.invalid/")).outcome is Outcome.DNS


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("1", 60.0),
        ("0", 60.0),
        ("999999999999", 86400.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (format_datetime(NOW + timedelta(minutes=10), usegmt=True), 600.0),
        (format_datetime(NOW - timedelta(minutes=10), usegmt=True), 60.0),
        (format_datetime(NOW + timedelta(days=10), usegmt=True), 86400.0),
        ("Mon, 99 Nov 2026 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_within_a_minute_and_a_day(value: str, seconds: float | None) -> None:
    assert retry_after_s({"Retry-After": value}, NOW) == seconds


def test_a_retry_after_date_is_counted_from_the_answers_own_date() -> None:
    wrong = NOW - timedelta(days=400)
    headers = {
        "Retry-After": format_datetime(wrong + timedelta(minutes=5), usegmt=True),
        "Date": format_datetime(wrong, usegmt=True),
    }
    assert retry_after_s(headers, NOW) == 300.0


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
async def test_retry_after_reaches_the_caller(serve: Serve, fetch: Fetch, status: str) -> None:
    site = await serve(answer(b"", "Retry-After: 300", status=status))
    assert failure(await fetch(site.url())).retry_after_s == 300.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("max-age=60", 60), ('private,MAX-AGE="5"', 5), ("s-maxage=9", None), ("no-store", None), ("max-age=x", None)],
)
def test_max_age_is_read_from_cache_control(value: str, seconds: int | None) -> None:
    assert max_age_s({"Cache-Control": value}) == seconds
