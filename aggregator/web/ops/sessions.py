"""Who is at the door of the board: cookies, sessions, and the guard around every route that needs a login.

Only the SHA-256 of a session's token is stored; the cookie is HttpOnly, SameSite=Lax, for the whole host, Secure (with
the ``__Host-`` prefix) when the service is served over https.
"""

import asyncio
import re
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from urllib.parse import quote

from aiohttp import web

from aggregator.model.errors import Declined
from aggregator.model.people import Role, Session, User
from aggregator.store.store import Store
from aggregator.store.users import SESSION_LENGTH
from aggregator.web.ops.forms import read_form

_TOKEN_BYTES = 32
_DEADLINE_S = 15.0
_OURS = re.compile(r"[A-Za-z0-9_-]{43}")  # what token_urlsafe(32) makes
_LADDER = tuple(Role)
_CHANGE_PASSWORD = "/ops/password"  # noqa: S105 - a path
_OPEN_TO_GIVEN_PASSWORDS = (_CHANGE_PASSWORD, "/ops/logout")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person with a running session."""

    session: Session
    user: User

    def may(self, least: Role) -> bool:
        """Whether the account's role is ``least`` or higher."""
        return _LADDER.index(self.user.role) >= _LADDER.index(least)


VISITOR: web.RequestKey[Visitor] = web.RequestKey("visitor", Visitor)


class Doorkeeper:
    """Opens, recognises and ends sessions."""

    def __init__(self, store: Store, *, secure: bool) -> None:
        self._users = store.users
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self._session_cookie = f"{prefix}session"
        self._form_cookie = f"{prefix}login"

    async def visitor(self, request: web.Request) -> Visitor | None:
        """Who the request's cookie stands for; None when it stands for nobody (any more)."""
        token = request.cookies.get(self._session_cookie)
        if not token or not _OURS.fullmatch(token):
            return None
        found = await self._users.session(_digest(token))
        return None if found is None else Visitor(session=found[0], user=found[1])

    async def admit(self, request: web.Request, response: web.Response, user: User) -> None:
        """A new session for ``user``; the one this browser had ends."""
        await self.dismiss(request, response)
        token = token_urlsafe(_TOKEN_BYTES)
        await self._users.open_session(_digest(token), user=user.name, csrf=token_urlsafe(_TOKEN_BYTES))
        self._set(response, self._session_cookie, token, int(SESSION_LENGTH.total_seconds()))

    async def dismiss(self, request: web.Request, response: web.Response) -> None:
        """Ends this browser's session."""
        token = request.cookies.get(self._session_cookie)
        if token:
            await self._users.close_session(_digest(token))
        response.del_cookie(self._session_cookie, path="/", secure=self._secure, httponly=True, samesite="Lax")

    def form_token(self, request: web.Request) -> str:
        """The login form's token: there is no session yet, so a cookie of its own holds it (double submit)."""
        held = request.cookies.get(self._form_cookie, "")
        return held if _OURS.fullmatch(held) else token_urlsafe(_TOKEN_BYTES)

    def keep_form_token(self, response: web.Response, token: str) -> None:
        """Lets the browser hold the login form's token."""
        self._set(response, self._form_cookie, token, None)

    def _set(self, response: web.Response, name: str, value: str, max_age_s: int | None) -> None:
        response.set_cookie(
            name, value, path="/", httponly=True, samesite="Lax", secure=self._secure, max_age=max_age_s
        )


async def enter(request: web.Request, doorkeeper: Doorkeeper, least: Role) -> web.Response | None:
    """Lets a visitor of at least this role pass (None), or sends them to the login page.

    A POST must carry the session's CSRF token. Who was given a password by somebody else first has to choose one.
    Raises Declined (forbidden).
    """
    async with asyncio.timeout(_DEADLINE_S):
        visitor = await doorkeeper.visitor(request)
        if visitor is None:
            if request.method == "POST":
                raise Declined("forbidden", "Phiên đăng nhập đã hết. Hãy đăng nhập lại.")
            return _see(f"/ops/login?next={quote(request.raw_path, safe='/', errors='replace')}")
        if not visitor.may(least):
            raise Declined("forbidden", "Tài khoản này không có quyền làm việc đó.")
        if request.method == "POST":
            await check_form(request, visitor.session.csrf)
        if visitor.user.must_change and request.path not in _OPEN_TO_GIVEN_PASSWORDS:
            return _see(_CHANGE_PASSWORD)
    request[VISITOR] = visitor
    return None


async def check_form(request: web.Request, expected: str) -> None:
    """Raises Declined (forbidden) for a form that another site sent or that lacks our token."""
    sent = (await read_form(request)).get("csrf", "")
    is_foreign = request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site"
    if is_foreign or not compare_digest(sent.encode(), expected.encode()):
        raise Declined("forbidden", "Biểu mẫu đã cũ. Hãy tải lại trang rồi làm lại.")


def _see(location: str) -> web.Response:
    return web.Response(status=303, headers={"Location": location})


def _digest(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
