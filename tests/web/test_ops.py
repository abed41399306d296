"""The operators' board: who comes in, what they see, what they may do."""

import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from aggregator.model.failures import Outcome
from aggregator.model.people import MAX_NAME_LENGTH, Role
from aggregator.settings import read_settings
from aggregator.web.ops.passwords import password_mistake
from aggregator.web.route import Audience, Route
from aggregator.web.routes import ROUTES
from tests.web.world import PASSWORD, ROBOTS_PERMISSION, AppOf, Client, World


def _token(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


async def sign_in(
    client: Client, name: str, password: str = PASSWORD, *, following: str = "", token: str | None = None
) -> ClientResponse:
    token = token or _token(await (await client.get("/ops/login")).text())
    form = {"csrf": token, "name": name, "password": password, "next": following}
    return await client.post("/ops/login", data=form, allow_redirects=False)


async def _board_token(client: Client) -> str:
    return _token(await (await client.get("/ops")).text())


async def test_the_board_sends_strangers_to_the_login_page_and_back_to_where_they_went(
    client: Client, world: World
) -> None:
    await world.person("lan", Role.OPERATOR)
    turned = await client.get("/ops/crawls?source=bao-tinh", allow_redirects=False)
    assert turned.status == 303
    location = URL(turned.headers["Location"])
    assert location.path == "/ops/login"
    assert location.query["next"] == "/ops/crawls?source=bao-tinh"
    signed = await sign_in(client, "lan", following=location.query["next"])
    assert (signed.status, signed.headers["Location"]) == (303, "/ops/crawls?source=bao-tinh")
    assert (await client.get("/ops")).status == 200


async def test_only_the_hash_of_the_token_is_stored_and_the_cookie_is_kept_from_scripts(
    client: Client, world: World
) -> None:
    await world.person("lan", Role.OPERATOR)
    signed = await sign_in(client, "lan")
    cookie = signed.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert await world.store.users.session(cookie.value) is None
    found = await world.store.users.session(sha256(cookie.value.encode()).hexdigest())
    assert found is not None
    assert signed.headers["Cache-Control"] == "no-store"


async def test_over_https_cookies_are_secure_and_bound_to_the_host(world: World, app_of: AppOf, tmp_path: Path) -> None:
    await world.person("lan", Role.OPERATOR)
    settings = read_settings({}, data_dir=tmp_path, secure_cookies=True)
    async with TestClient(TestServer(app_of(world, settings))) as client:
        page = await client.get("/ops/login")
        cookie = page.cookies["__Host-login"]
        assert cookie["secure"]
        headers = {"Cookie": f"__Host-login={cookie.value}"}
        form = {"csrf": cookie.value, "name": "lan", "password": PASSWORD}
        signed = await client.post("/ops/login", data=form, headers=headers, allow_redirects=False)
        assert signed.cookies["__Host-session"]["secure"]
        assert "Strict-Transport-Security" in signed.headers


async def test_a_wrong_name_and_a_wrong_password_get_the_same_words(client: Client, world: World) -> None:
    await world.person("lan", Role.OPERATOR)
    await world.person("binh", Role.OPERATOR, disabled=True)
    pages = []
    for name, password in (("lan", "sai"), ("khong-co", PASSWORD), ("binh", PASSWORD)):
        answer = await sign_in(client, name, password)
        assert answer.status == 401
        page = await answer.text()
        pages.append(re.sub(r'value="[^"]*"|<input[^>]*>', "", page))
        assert "session" not in answer.cookies
    assert len(set(pages)) == 1


async def test_after_five_failures_the_next_try_waits_also_for_names_that_do_not_exist(
    client: Client, world: World
) -> None:
    await world.person("lan", Role.OPERATOR)
    for name in ("lan", "khong-co"):
        token = _token(await (await client.get("/ops/login")).text())
        statuses = [(await sign_in(client, name, f"sai {number}", token=token)).status for number in range(7)]
        assert 429 in statuses, name
        refused = await sign_in(client, name, PASSWORD, token=token)
        if refused.status == 429:
            assert int(refused.headers["Retry-After"]) >= 1
    assert await world.store.users.failed_logins("name:lan") >= 1


@pytest.mark.parametrize("spelling", ["ádmin", "ＡＤＭＩＮ", " Admin ", "aDMi\u0301n"])
async def test_another_way_to_write_a_name_is_not_another_name_to_guess_at(
    client: Client, world: World, spelling: str
) -> None:
    await world.person("admin", Role.ADMIN)
    token = _token(await (await client.get("/ops/login")).text())
    for number in range(3):
        await sign_in(client, "admin", f"sai {number}", token=token)
        await sign_in(client, spelling, f"sai {number}", token=token)
    assert await world.store.users.failed_logins("name:admin") >= 5


async def test_a_network_of_ipv6_addresses_is_one_guesser(world: World, app_of: AppOf, tmp_path: Path) -> None:
    settings = read_settings({}, data_dir=tmp_path, trusted_proxies="127.0.0.0/8")
    async with TestClient(TestServer(app_of(world, settings))) as client:
        token = _token(await (await client.get("/ops/login")).text())
        statuses = []
        for number in range(8):
            form = {"csrf": token, "name": f"người {number}", "password": "sai"}
            from_address = {"X-Forwarded-For": f"2001:db8:7:7::{number:x}"}
            statuses.append((await client.post("/ops/login", data=form, headers=from_address)).status)
        assert statuses[:5] == [401] * 5
        assert 429 in statuses
        form = {"csrf": token, "name": "khác", "password": "sai"}
        neighbour = {"X-Forwarded-For": "2001:db8:7:8::1"}
        assert (await client.post("/ops/login", data=form, headers=neighbour)).status == 401


async def test_a_name_longer_than_any_account_is_nobody(client: Client, world: World) -> None:
    await world.person("n" * MAX_NAME_LENGTH, Role.ADMIN)
    assert (await sign_in(client, "n" * MAX_NAME_LENGTH + "n")).status == 401
    assert (await sign_in(client, "n" * MAX_NAME_LENGTH)).status == 303


async def test_a_login_form_of_another_site_is_refused(client: Client, world: World) -> None:
    await world.person("lan", Role.OPERATOR)
    form = {"name": "lan", "password": PASSWORD}
    assert (await client.post("/ops/login", data=form, allow_redirects=False)).status == 403
    token = _token(await (await client.get("/ops/login")).text())
    answer = await client.post(
        "/ops/login", data=form | {"csrf": token}, headers={"Sec-Fetch-Site": "cross-site"}, allow_redirects=False
    )
    assert answer.status == 403


@pytest.mark.parametrize(
    "following",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/ops//evil",
        "/opsevil",
        "javascript:alert(1)",
        "/ops\r\nX: y",
    ],
)
async def test_the_way_back_never_leaves_the_board(client: Client, world: World, following: str) -> None:
    await world.person("lan", Role.OPERATOR)
    assert (await sign_in(client, "lan", following=following)).headers["Location"] == "/ops"


async def test_signing_in_again_gives_a_new_session_and_ends_the_old_one(client: Client, world: World) -> None:
    await world.person("lan", Role.OPERATOR)
    token = _token(await (await client.get("/ops/login")).text())
    first = (await sign_in(client, "lan", token=token)).cookies["session"].value
    second = (await sign_in(client, "lan", token=token)).cookies["session"].value
    assert first != second
    assert await world.store.users.session(sha256(first.encode()).hexdigest()) is None


async def test_signing_out_ends_the_session_on_the_server(client: Client, world: World) -> None:
    await world.person("lan", Role.OPERATOR)
    cookie = (await sign_in(client, "lan")).cookies["session"].value
    token = await _board_token(client)
    assert (await client.post("/ops/logout", data={"csrf": "khác"}, allow_redirects=False)).status == 403
    out = await client.post("/ops/logout", data={"csrf": token}, allow_redirects=False)
    assert (out.status, out.headers["Location"]) == (303, "/ops/login")
    assert await world.store.users.session(sha256(cookie.encode()).hexdigest()) is None
    assert (await client.get("/ops", allow_redirects=False)).status == 303


def _path(route: Route) -> str:
    return re.sub(r"\{[^}]+\}", "bao-tinh", route.path)


@pytest.mark.parametrize("role", [None, *Role])
async def test_every_route_lets_in_exactly_whom_the_table_says(client: Client, world: World, role: Role | None) -> None:
    if role is not None:
        await world.person("lan", role)
        await sign_in(client, "lan")
    ladder = tuple(Role)
    for route in ROUTES:
        if route.path in {"/ops/logout", "/ops/login"}:
            continue
        is_login = route.audience is Audience.LOGIN
        form = None
        if route.method == "POST" and role is not None:
            form = {"csrf": await _board_token(client)}
        answer = await client.request(route.method, _path(route), data=form, allow_redirects=False)
        at_the_door = answer.headers.get("Location", "").startswith("/ops/login")
        allowed = not is_login or (role is not None and ladder.index(role) >= ladder.index(route.least))
        is_refused = at_the_door or answer.status == 403
        assert is_refused != allowed, (role, route.method, route.path, answer.status)


async def test_the_board_says_where_robots_txt_is_not_followed_and_why(client: Client, world: World) -> None:
    await world.person("lan", Role.READER_OF_LOGS)
    await sign_in(client, "lan")
    page = await (await client.get("/ops")).text()
    assert page.count(f"<b>Không theo robots.txt:</b> {ROBOTS_PERMISSION}") == 2


async def test_the_board_shows_the_sick_first_with_the_reason_and_what_to_do(client: Client, newsday: World) -> None:
    await newsday.person("lan", Role.READER_OF_LOGS)
    await sign_in(client, "lan")
    page = await (await client.get("/ops")).text()
    order = [page.index(f'href="/ops/crawls?source={name}"') for name in ("tin-nhanh", "bao-tinh", "cong-tinh")]
    assert order == sorted(order)
    assert "Máy chủ của nguồn đang gặp sự cố." in page
    assert "Sẽ tự thử lại; nếu kéo dài, báo quản trị nguồn." in page
    assert "nhịp thường của nguồn" in page
    assert "Thu thập ngay" not in page  # a reader of logs does not act
    failing = await (await client.get("/ops?tinh-trang=failing")).text()
    assert "bao-tinh" in failing
    assert 'href="/ops/crawls?source=cong-tinh"' not in failing
    assert "Không có nguồn nào khớp" in await (await client.get("/ops?tim=zzz")).text()


async def test_crawl_now_makes_a_source_due(client: Client, world: World) -> None:
    await world.person("lan", Role.OPERATOR)
    await world.crawled("bao-tinh", Outcome.OK, next_visit_at=world.clock.at + timedelta(days=400))
    await sign_in(client, "lan")
    token = await _board_token(client)
    assert (await client.post("/ops/sources/bao-tinh/crawl", data={"csrf": "x"})).status == 403
    before = await world.store.sources.state("bao-tinh")
    assert before is not None
    answer = await client.post("/ops/sources/bao-tinh/crawl", data={"csrf": token}, allow_redirects=False)
    assert (answer.status, answer.headers["Location"]) == (303, "/ops?da=bao-tinh")
    after = await world.store.sources.state("bao-tinh")
    assert after is not None
    assert after.next_visit_at < before.next_visit_at
    assert "bao-tinh" in {
        claim.source_id for claim in await world.store.sources.claim_due("w", limit=9, ttl=timedelta(seconds=5))
    }
    assert (await client.post("/ops/sources/la/crawl", data={"csrf": token})).status == 404


async def test_a_given_password_must_be_replaced_before_anything_else(client: Client, world: World) -> None:
    await world.person("lan", Role.ADMIN, must_change=True)
    assert (await sign_in(client, "lan")).headers["Location"] == "/ops/password"
    assert (await client.get("/ops", allow_redirects=False)).headers["Location"] == "/ops/password"
    token = _token(await (await client.get("/ops/password")).text())
    new = "Đồng lúa chín vàng 7"
    for old, first, again in (
        (PASSWORD, "ngắn", "ngắn"),
        ("sai", new, new),
        (PASSWORD, new, "khác"),
        (PASSWORD, PASSWORD, PASSWORD),
    ):
        form = {"csrf": token, "old": old, "new": first, "again": again}
        assert (await client.post("/ops/password", data=form, allow_redirects=False)).status == 400
    form = {"csrf": token, "old": PASSWORD, "new": new, "again": new}
    assert (await client.post("/ops/password", data=form, allow_redirects=False)).headers["Location"] == "/ops"
    assert (await client.get("/ops", allow_redirects=False)).status == 200
    client.session.cookie_jar.clear()
    assert (await sign_in(client, "lan", new)).status == 303


def test_new_passwords_are_long_varied_and_not_the_name() -> None:
    assert password_mistake("ngắn", name="lan")
    assert password_mistake("a" * 20, name="lan")
    assert password_mistake("tôi là lan đây nhé", name="Lan")
    assert password_mistake("x" * 300, name="lan")
    assert password_mistake("Đồng lúa chín vàng 7", name="lan") == ""


async def test_a_huge_form_is_refused(client: Client) -> None:
    answer = await client.post("/ops/login", data={"name": "x" * 200_000})
    assert answer.status == 413
