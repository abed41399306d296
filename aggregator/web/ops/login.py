"""Signing in and out, and choosing a password."""

import asyncio
import re
from math import ceil

import structlog
from aiohttp import web

from aggregator.model.people import MAX_NAME_LENGTH
from aggregator.web.ops.forms import read_form
from aggregator.web.ops.page import ops_page, render_ops
from aggregator.web.ops.passwords import MAX_LENGTH, hash_password, is_right_password, password_mistake
from aggregator.web.ops.sessions import VISITOR, check_form
from aggregator.web.state import STATE, WebState

_log = structlog.get_logger()
_AT_HOME = re.compile(r"/ops(?:[/?][A-Za-z0-9_\-./?=&%+]*)?")
_WRONG = "Tên đăng nhập hoặc mật khẩu không đúng."
_DEADLINE_S = 20.0


async def login_form(request: web.Request) -> web.Response:
    """The login page; who is signed in already goes on."""
    state = request.app[STATE]
    if await state.doorkeeper.visitor(request) is not None:
        return _see(_next(request.query.get("next", "")))
    return _form(request, state, status=200, said="", name="", following=request.query.get("next", ""))


async def login(request: web.Request) -> web.Response:
    """Checks name and password. The same words and the same work whether the name or the password is wrong."""
    state = request.app[STATE]
    await check_form(request, state.doorkeeper.form_token(request))
    sent = await read_form(request)
    # One letter too many stays, so that a longer name or password is never taken for what it begins with.
    name, password = sent.get("name", "")[: MAX_NAME_LENGTH + 1], sent.get("password", "")[: MAX_LENGTH + 1]
    following = sent.get("next", "")
    address = state.limiter.address(request)
    async with asyncio.timeout(_DEADLINE_S), state.login_turns:
        wait_s = state.throttle.wait_s(name, address)
        if wait_s > 0:
            said = f"Đã sai quá nhiều lần. Hãy thử lại sau {ceil(wait_s)} giây."
            response = _form(request, state, status=429, said=said, name=name, following=following)
            response.headers["Retry-After"] = str(ceil(wait_s))
            return response
        users = state.deps.store.users
        user = await users.get_user(name)
        usable = user is not None and not user.disabled
        is_right = await is_right_password(user.password_hash if user is not None and usable else None, password)
        if user is None or not is_right:
            await state.throttle.failed(name, address)
            _log.warning("login_failed", name=name, address=address)
            return _form(request, state, status=401, said=_WRONG, name=name, following=following)
        await state.throttle.succeeded(name, address)
        _log.info("login", name=user.name, address=address)
        response = _see("/ops/password" if user.must_change else _next(following))
        await state.doorkeeper.admit(request, response, user)
        return response


async def logout(request: web.Request) -> web.Response:
    """Ends the session."""
    response = _see("/ops/login")
    await request.app[STATE].doorkeeper.dismiss(request, response)
    return response


async def password_form(request: web.Request) -> web.Response:
    """The page to choose a password."""
    return ops_page(request, "ops/password.html", tab="password", said="")


async def change_password(request: web.Request) -> web.Response:
    """Replaces the password, ends every session of the account and opens a new one here."""
    state = request.app[STATE]
    user = request[VISITOR].user
    sent = await read_form(request)
    old, new, again = (sent.get(field, "")[: MAX_LENGTH + 1] for field in ("old", "new", "again"))
    address = state.limiter.address(request)
    async with asyncio.timeout(_DEADLINE_S), state.login_turns:
        said = ""
        if state.throttle.wait_s(user.name, address) > 0:
            said = "Đã sai quá nhiều lần. Hãy thử lại sau ít phút."
        elif not await is_right_password(user.password_hash, old):
            await state.throttle.failed(user.name, address)
            said = "Mật khẩu hiện tại không đúng."
        elif new != again:
            said = "Hai lần nhập mật khẩu mới không giống nhau."
        elif new == old:
            said = "Mật khẩu mới phải khác mật khẩu hiện tại."
        else:
            said = password_mistake(new, name=user.name)
        if said:
            return ops_page(request, "ops/password.html", tab="password", said=said, status=400)
        hashed = await asyncio.to_thread(hash_password, new)
        await state.deps.store.users.set_password(user.name, hashed, must_change=False)
        response = _see("/ops")
        await state.doorkeeper.admit(request, response, user)
        _log.info("password_changed", name=user.name, address=address)
        return response


def _form(request: web.Request, state: WebState, *, status: int, said: str, name: str, following: str) -> web.Response:
    token = state.doorkeeper.form_token(request)
    response = render_ops(
        state, "ops/login.html", status=status, tab="", visitor=None, csrf=token, said=said, name=name, next=following
    )
    state.doorkeeper.keep_form_token(response, token)
    return response


def _next(asked: str) -> str:
    # Only a path of the board: "//host", "/\\host" and other sites are not.
    return asked if _AT_HOME.fullmatch(asked) and "//" not in asked else "/ops"


def _see(location: str) -> web.Response:
    return web.Response(status=303, headers={"Location": location})
