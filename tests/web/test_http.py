"""What every answer keeps to: problems, entity tags, codings, origins, headers, pace."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from aiohttp.test_utils import TestClient, TestServer

from aggregator.settings import read_settings
from aggregator.web.limits import Limiter
from aggregator.web.state import STATE
from tests.web.world import AppOf, Client, World

MINI_APP = ("https://h5.zdn.vn", "zbrowser://h5.zdn.vn")


@pytest.fixture
async def raw(world: World, app_of: AppOf) -> AsyncIterator[Client]:
    """A client that shows bodies as they travel."""
    async with TestClient(TestServer(app_of(world)), auto_decompress=False) as client:
        yield client


@pytest.mark.parametrize(
    ("query", "field", "remedy"),
    [
        ("limt=5", "limt", "Không có tham số này"),
        ("limit=0", "limit", "Không nhỏ hơn 1"),
        ("limit=101", "limit", "Không lớn hơn 100"),
        ("limit=ten", "limit", "số nguyên"),
        ("limit=1&limit=2", "limit", "một lần"),
        ("kind=video", "kind", "Chọn một trong: news, document, event, notice, handbook."),
        ("since=yesterday", "since", "ISO 8601"),
        ("since=2026-11-23T07:00:00", "since", "ISO 8601"),
        ("section=the-thao", "section", "/api/v1/sections"),
        ("source=khong-co", "source", "/api/v1/sources"),
        ("section=%27%7B%24ne%7D", "section", "chữ thường"),
        ("place[$ne]=x", "place[$ne]", "Không có tham số này"),
        ("cursor=AAAA", "cursor", "next_cursor"),
        ("cursor=" + "A" * 300, "cursor", "next_cursor"),
        ("cursor=%3Cb%3E", "cursor", "next_cursor"),
    ],
)
async def test_a_wrong_parameter_is_refused_by_name_with_its_remedy(
    client: Client, query: str, field: str, remedy: str
) -> None:
    answer = await client.get(f"/api/v1/feed?{query}")
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(await answer.read())
    assert problem["status"] == 400
    assert problem["type"] in {"/problems/bad-parameter", "/problems/bad-cursor"}
    assert [item["field"] for item in problem["errors"]] == [field]
    assert remedy in problem["errors"][0]["remedy"]
    assert field in problem["detail"]
    assert (await client.get(problem["type"])).status == 200


async def test_an_unknown_place_is_refused_where_the_places_are_known(world: World, app_of: AppOf) -> None:
    await world.publish(world.article(places=("xa-yen-thanh",)))
    async with TestClient(TestServer(app_of(world, places=frozenset({"xa-yen-thanh", "phuong-vinh"})))) as client:
        for place, count in (("xa-yen-thanh", 1), ("phuong-vinh", 0)):
            assert len((await (await client.get(f"/api/v1/feed?place={place}")).json())["items"]) == count
        answer = await client.get("/api/v1/feed?place=xa-khong-co")
        assert answer.status == 400
        (mistake,) = (await answer.json(content_type=None))["errors"]
        assert (mistake["field"], mistake["value"]) == ("place", "xa-khong-co")
    async with TestClient(TestServer(app_of(world))) as client:
        assert (await client.get("/api/v1/feed?place=xa-khong-co")).status == 200


async def test_every_mistake_is_told_at_once(client: Client) -> None:
    problem = json.loads(await (await client.get("/api/v1/feed?limit=0&kind=x&color=red")).read())
    assert {item["field"] for item in problem["errors"]} == {"limit", "kind", "color"}


async def test_unknown_paths_and_methods_are_problems_in_the_api_and_pages_elsewhere(client: Client) -> None:
    missing = await client.get("/api/v1/nothing")
    assert (missing.status, missing.content_type) == (404, "application/problem+json")
    wrong = await client.post("/api/v1/feed", data={"a": "b"})
    assert wrong.status == 405
    assert "GET" in wrong.headers["Allow"]
    page = await client.get("/khong-co-trang-nay")
    assert (page.status, page.content_type) == (404, "text/html")
    assert "Không tìm thấy trang này" in await page.text()


async def test_a_failure_is_logged_under_an_id_and_tells_nothing_else(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_args: object) -> None:
        message = "secret detail"
        raise RuntimeError(message)

    monkeypatch.setattr(world.store.stories, "feed", broken)
    for path in ("/api/v1/feed", "/"):
        answer = await client.get(path)
        assert answer.status == 500
        body = await answer.text()
        assert "secret" not in body
        assert "Traceback" not in body
    problem = json.loads(await (await client.get("/api/v1/feed")).read())
    assert problem["instance"] in capsys.readouterr().out


@pytest.mark.parametrize("path", ["/api/v1/feed", "/api/v1/sections", "/openapi.json", "/", "/nguon"])
@pytest.mark.usefixtures("newsday")
async def test_who_holds_the_bytes_gets_304(client: Client, path: str) -> None:
    first = await client.get(path)
    etag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "public, max-age=30, stale-while-revalidate=300"
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*", f' "a,b" , W/{etag} '):
        again = await client.get(path, headers={"If-None-Match": known})
        assert again.status == 304, known
        assert await again.read() == b""
        assert again.headers["ETag"] == etag
        assert "Accept-Encoding" in again.headers["Vary"]
        assert "Cache-Control" in again.headers
    for unknown in ('"other"', etag.strip('"'), "", '"'):
        assert (await client.get(path, headers={"If-None-Match": unknown})).status == 200, unknown


@pytest.mark.usefixtures("newsday")
async def test_each_coding_has_its_own_tag_and_the_same_content(raw: Client) -> None:
    seen: dict[str | None, tuple[str, bytes]] = {}
    for accept, coding in (
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br", "br"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("br;q=0.1, gzip", "gzip"),
        ("*", "br"),
        ("identity;q=1, gzip;q=0.2", None),
    ):
        answer = await raw.get("/api/v1/feed", headers={"Accept-Encoding": accept})
        assert answer.headers.get("Content-Encoding") == coding, accept
        assert answer.headers["Vary"] == "Accept-Encoding, Origin"
        seen[coding] = (answer.headers["ETag"], await answer.read())
    plain = seen[None][1]
    assert gzip.decompress(seen["gzip"][1]) == plain
    assert brotli.decompress(seen["br"][1]) == plain
    assert len(seen["br"][1]) < len(plain) / 4
    assert len({etag for etag, _ in seen.values()}) == 3


async def test_small_answers_are_not_compressed(raw: Client) -> None:
    answer = await raw.get("/api/v1/feed", headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.usefixtures("newsday")
async def test_head_answers_like_get_without_a_body(client: Client) -> None:
    for path in ("/api/v1/feed", "/", "/healthz", "/openapi.json"):
        full, head = await client.get(path), await client.head(path)
        assert head.status == 200
        assert await head.read() == b""
        assert head.headers["Content-Length"] == full.headers["Content-Length"]
        assert head.headers.get("ETag") == full.headers.get("ETag")


@pytest.mark.parametrize("origin", MINI_APP)
async def test_the_mini_app_may_read_the_api(client: Client, origin: str) -> None:
    answer = await client.get("/api/v1/sections", headers={"Origin": origin})
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Origin" in answer.headers["Vary"]
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    preflight = await client.options("/api/v1/feed", headers=asked)
    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == origin
    assert "GET" in preflight.headers["Access-Control-Allow-Methods"]
    assert int(preflight.headers["Access-Control-Max-Age"]) > 0
    refused = await client.get("/api/v1/feed?limit=0", headers={"Origin": origin})
    assert refused.headers["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://h5.zdn.vn.evil.example", "http://h5.zdn.vn", "null", "https://H5.zdn.vn/"],
)
async def test_other_origins_may_not(client: Client, origin: str) -> None:
    answer = await client.get("/api/v1/sections", headers={"Origin": origin})
    assert answer.status == 200
    assert "Access-Control-Allow-Origin" not in answer.headers
    preflight = await client.options("/api/v1/feed", headers={"Origin": origin})
    assert preflight.status == 403
    assert "Access-Control-Allow-Origin" not in preflight.headers


async def test_a_configured_origin_may(world: World, app_of: AppOf, tmp_path: Path) -> None:
    settings = read_settings({}, data_dir=tmp_path, cors_origins=("http://localhost:3000",))
    async with TestClient(TestServer(app_of(world, settings))) as client:
        answer = await client.get("/api/v1/sections", headers={"Origin": "http://localhost:3000"})
        assert answer.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"


@pytest.mark.usefixtures("newsday")
async def test_every_kind_of_answer_carries_the_security_headers(client: Client) -> None:
    for path in (
        "/",
        "/bai/a0001",
        "/api/v1/feed",
        "/healthz",
        "/ops/login",
        "/ops",
        "/khong-co",
        "/api/x",
        "/favicon.ico",
    ):
        headers = (await client.get(path, allow_redirects=False)).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Server"] == "aggregator", path
        framed = "https://h5.zdn.vn zbrowser://h5.zdn.vn" in policy
        assert framed == path.startswith(("/bai", "/khong", "/favicon")) or path == "/", path


async def test_bytes_that_are_no_text_in_path_and_headers_are_harmless(client: Client) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"GET /api/v1/\xff\xfe HTTP/1.1\r\nHost: a\r\nOrigin: \xff\xfe\r\nIf-None-Match: \xff\r\n\r\n")
    status_line = await asyncio.wait_for(reader.readline(), 10)
    assert int(status_line.split()[1]) in {400, 404}
    writer.close()
    await writer.wait_closed()


async def test_liveness_never_asks_the_store_and_readiness_says_what_is_away(client: Client, world: World) -> None:
    assert (await (await client.get("/readyz")).json())["status"] == "ready"
    await world.store.close()
    assert (await client.get("/healthz")).status == 200
    ready = await client.get("/readyz")
    assert ready.status == 503
    assert (await ready.json())["store"] == "away"


async def test_while_the_store_is_away_pages_already_read_are_given_with_their_age(
    client: Client, world: World
) -> None:
    await world.publish(world.article(title="Tin còn giữ"))
    fresh = await client.get("/api/v1/feed")
    assert "X-Served-Stale" not in fresh.headers
    await client.get("/")
    await world.store.close()
    world.revision.bump()
    stale = await client.get("/api/v1/feed")
    assert stale.status == 200
    assert await stale.read() == await fresh.read()
    assert int(stale.headers["X-Served-Stale"]) >= 0
    assert stale.headers["Cache-Control"] == "no-cache"
    assert "Tin còn giữ" in await (await client.get("/")).text()
    unread = await client.get("/api/v1/feed?limit=7")
    assert unread.status == 503
    assert unread.headers["Retry-After"]
    page = await client.get("/chuyen-muc/thoi-su")
    assert page.status == 503
    assert "Tạm thời chưa tải được tin" in await page.text()


@pytest.mark.usefixtures("newsday")
async def test_share_parameters_do_not_break_pages_or_multiply_them(client: Client) -> None:
    first = await client.get("/?fbclid=abc&utm_source=zalo")
    assert first.status == 200
    assert first.headers["ETag"] == (await client.get("/")).headers["ETag"]


async def test_a_fast_address_is_slowed_down_and_others_are_not(world: World, app_of: AppOf, tmp_path: Path) -> None:
    settings = read_settings({}, data_dir=tmp_path, trusted_proxies="127.0.0.0/8")
    app = app_of(world, settings)
    async with TestClient(TestServer(app)) as client:
        app[STATE].limiter._rate = 0.001  # no refill, however slow the machine
        flood = {"X-Forwarded-For": "198.51.100.1, 203.0.113.9"}
        statuses = [(await client.get("/api/v1/sections", headers=flood)).status for _ in range(201)]
        assert statuses == [200] * 200 + [429]
        refused = await client.get("/api/v1/sections", headers=flood)
        assert refused.content_type == "application/problem+json"
        assert int(refused.headers["Retry-After"]) >= 1
        other = {"X-Forwarded-For": "203.0.113.9, 198.51.100.77"}
        assert (await client.get("/api/v1/sections", headers=other)).status == 200
        assert (await client.get("/healthz", headers=flood)).status == 200


async def test_an_untrusted_peer_cannot_choose_its_address(client: Client) -> None:
    for number in range(300):
        answer = await client.get("/api/v1/sections", headers={"X-Forwarded-For": f"203.0.113.{number % 250}"})
        assert answer.status == 200  # loopback, whatever the header says


def test_the_table_of_addresses_is_bounded_and_ipv6_counts_by_network() -> None:
    limiter = Limiter((), rate_per_s=0.001, burst=2, max_addresses=3)
    assert [limiter.wait_s("2001:db8::1"), limiter.wait_s("2001:db8::2")] == [0.0, 0.0]
    assert limiter.wait_s("2001:db8::3") > 0
    assert limiter.wait_s("2001:db8:0:1::1") == 0.0
    for number in range(10):
        limiter.wait_s(f"198.51.100.{number}")
    assert len(limiter._buckets) == 3
    assert [limiter.wait_s("127.0.0.1") for _ in range(9)] == [0.0] * 9
    assert limiter.wait_s("::ffff:198.51.100.200") == 0.0
