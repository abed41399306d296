"""Requests that no browser sends: each is refused in words, none breaks the service."""

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from aggregator.model.errors import Declined
from aggregator.model.people import Role
from aggregator.web.parameters import CrawlParameters, FeedParameters
from aggregator.web.problems import problem_bytes
from aggregator.web.routes import ROUTES
from tests.web.test_ops import sign_in
from tests.web.wire import send
from tests.web.world import Client, World

FORM = b"Content-Type: application/x-www-form-urlencoded"
LOGIN = b"/ops/login"
JUNK = (
    b"%00",
    b"%ff%fe",
    b"\xff\xfe",
    b"\xe1\xba",
    b"..%2f..%2fetc%2fpasswd",
    b"%ED%A0%80",
    b"{$ne:1}",
    b"a" * 3000,
    b"%F0%9F%92%A9",
    b"-1",
    b"%0d%0aX:%20y",
    b"[]",
    b"%",
    b"%zz",
    b"9999-12-31T23:59:59-14:00",
    b"0001-01-01T00:00:00%2B14:00",
)


@pytest.mark.parametrize(
    "since",
    [
        "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59.999999-23:59",
        "1700000000",
        "-0.5",
    ],
)
async def test_an_instant_that_cannot_be_read_is_refused_by_name(client: Client, since: str) -> None:
    answer = await client.get(f"/api/v1/feed?since={since}")
    assert answer.status == 400
    (mistake,) = json.loads(await answer.read())["errors"]
    assert mistake["field"] == "since"
    assert mistake["value"].startswith(since[:10])
    assert "2026-11-23T07:00:00+07:00" in mistake["remedy"]


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_the_edges_of_the_calendar_can_be_asked_for(client: Client, since: str) -> None:
    assert (await client.get(f"/api/v1/feed?since={since}")).status == 200


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ((FORM + b"; charset=bogus",), b"name=lan&password=x", 403),
        ((FORM + b"; charset=utf-16",), b"name=lan", 403),
        ((FORM,), b"name=%ff%fe&csrf=%ed%a0%80", 403),
        ((FORM,), b"\xff\xfe\x00=&&&;=&%", 403),
        ((FORM,), b"a=b&" * 5000, 400),
        ((FORM,), b"x" * 200_000, 413),
        ((FORM, b"Content-Encoding: gzip"), b"not gzip", 400),
        ((FORM, b"Content-Encoding: gzip"), gzip.compress(b"x" * 9_000_000), 413),
        ((b"Content-Type: multipart/form-data",), b"junk", 400),
        ((b"Content-Type: multipart/form-data; boundary=b",), b"--b\r\njunk", 400),
        ((b"Content-Type: multipart/form-data; boundary=b",), b"--b\r\nContent-Disposition: x\r\n\r\n\r\n--b--", 400),
        ((b"Content-Type: multipart/form-data; boundary=",), b"--\r\n\r\n", 400),
        ((b"Content-Type: application/json",), b'{"name": "lan"}', 400),
        ((b"Content-Type: \xff\xfe",), b"name=lan", 400),
        ((), b"name=lan", 403),
        ((FORM, b"Cookie: login=\xff\xfe"), b"csrf=%ff%fe", 403),
        ((FORM, "Cookie: login=mật".encode()), "csrf=mật".encode(), 403),
        ((FORM, b"Cookie: login="), b"csrf=", 403),
        ((FORM, b"Cookie: login=" + b"x" * 5000), b"csrf=x", 403),
        ((FORM, b"Cookie: ;;=;=login;\x01"), b"csrf=x", 400),
    ],
)
async def test_a_malformed_login_is_refused_with_a_page(
    client: Client, headers: tuple[bytes, ...], body: bytes, status: int
) -> None:
    reply = await send(client, b"POST", LOGIN, *headers, body=body)
    assert reply.status == status
    if b"\x01" not in b"".join(headers):  # control bytes never reach a handler
        assert '<html lang="vi">' in reply.rest


async def test_a_login_form_without_a_cookie_of_ours_never_passes_its_check(client: Client, world: World) -> None:
    await world.person("lan", Role.OPERATOR)
    for chosen in (b"x", b"a" * 43):  # a cookie that another site could plant must not be one that can be guessed
        form = b"csrf=" + chosen + b"&name=lan&password=sai"
        reply = await send(client, b"POST", LOGIN, FORM, b"Cookie: login=" + chosen, body=form)
        assert reply.status in {401, 403}


def _targets(junk: bytes) -> list[tuple[bytes, bytes]]:
    targets = []
    for route in ROUTES:
        path = route.path.encode()
        if b"{" in path:
            targets.append((route.method.encode(), path[: path.index(b"{")] + junk + path[path.index(b"}") + 1 :]))
        names = route.query.model_fields if route.query else {"next", "tim", "tinh-trang", "da", "cursor", "x"}
        for name in names:
            filled = path.replace(b"{id}", b"a0001").replace(b"{slug}", b"thoi-su").replace(b"{code}", b"gone")
            targets.append((route.method.encode(), filled.replace(b"{name}", b"x") + b"?%s=%s" % (name.encode(), junk)))
    return targets


@pytest.mark.usefixtures("newsday")
async def test_junk_in_paths_queries_and_cookies_is_never_a_failure_of_ours(client: Client, world: World) -> None:
    await world.person("lan", Role.ADMIN)
    session = (await sign_in(client, "lan")).cookies["session"].value.encode()
    failures = []
    for junk in JUNK:
        for method, target in _targets(junk):
            body = b"" if method == b"POST" else None
            # A signed-in POST without its token is refused before anything else; tests/web/test_ops.py has those.
            inside = target.startswith(b"/ops") and method == b"GET"
            cookies = (b"session=" + junk, b"session=" + session) if inside else (b"session=" + junk,)
            for cookie in cookies:
                reply = await send(client, method, target, b"Cookie: " + cookie, body=body)
                if reply.status >= 500:
                    failures.append((method, target, reply.status))
    assert failures == []


HEADERS = (
    b"Accept-Encoding",
    b"If-None-Match",
    b"Origin",
    b"Cookie",
    b"X-Forwarded-For",
    b"Sec-Fetch-Site",
    b"Content-Type",
    b"Content-Encoding",
    b"Range",
    b"Expect",
    b"User-Agent",
    b"Access-Control-Request-Method",
)


async def test_junk_in_headers_is_never_a_failure_of_ours(client: Client) -> None:
    failures = []
    for junk in JUNK:
        for name in HEADERS:
            for method, target, body in (
                (b"GET", b"/", None),
                (b"HEAD", b"/api/v1/feed", None),
                (b"OPTIONS", b"/api/v1/feed", None),
                (b"GET", b"/ops", None),
                (b"POST", LOGIN, b"csrf=" + junk),
            ):
                reply = await send(client, method, target, name + b": " + junk, body=body)
                if reply.status >= 500:
                    failures.append((name, junk, method, target, reply.status))
    assert failures == []


@pytest.mark.parametrize("method", [b"PUT", b"DELETE", b"PATCH", b"TRACE", b"PROPFIND", b"get", b"CONNECT"])
async def test_other_methods_are_refused_on_every_path(client: Client, method: bytes) -> None:
    for path in sorted({route.path for route in ROUTES}):
        reply = await send(client, method, path.encode(), body=b"")
        assert reply.status in {400, 404, 405}, (method, path)


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(sorted({*FeedParameters.model_fields, *CrawlParameters.model_fields})),
    value=st.one_of(st.text(max_size=60), st.datetimes().map(str), st.integers().map(str), st.floats().map(str)),
)
def test_no_value_of_a_parameter_breaks_its_reading(name: str, value: str) -> None:
    for model in (FeedParameters, CrawlParameters):
        try:
            model.model_validate({name: value})
        except ValidationError:
            continue  # refused by name; anything else would be an answer of 500


def test_a_problem_carries_text_that_json_cannot() -> None:
    lone = b"\xff".decode("utf-8", "surrogateescape")
    status, body = problem_bytes(Declined("bad-parameter", lone, ((lone, lone, "Sửa."),)), instance="/")
    assert status == 400
    assert json.loads(body)["errors"] == [{"field": "?", "value": "?", "remedy": "Sửa."}]


async def test_who_waits_for_leave_to_send_a_form_gets_it(client: Client) -> None:
    reply = await send(client, b"POST", LOGIN, FORM, b"Expect: 100-continue", body=b"csrf=x")
    assert reply.status == 100
    assert "HTTP/1.1 403" in reply.rest
