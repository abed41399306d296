"""What every sample site does: listening on loopback, robots.txt, pictures and papers, validators, being broken.

A platform file gives a ``Dialect``-shaped ``Layout``: how its addresses look and what its routes answer.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from types import TracebackType
from typing import Self

import jinja2
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from aggregator.demo.breakage import CAPTCHA_PAGE, PRIVATE_ADDRESS, RETRY_AFTER_S, Breakage
from aggregator.demo.newsroom import Newsroom, Paper, Post
from aggregator.demo.outlets import Channel, Outlet
from aggregator.demo.papers import print_paper
from aggregator.demo.pictures import draw_picture

_LOG_LENGTH = 20_000
_HANG_S = 120.0
_DRIP_BYTES = 24
_DRIP_GAP_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A line of a site's access log. ``status`` 0: the visitor left before an answer."""

    at: datetime
    path: str  # with the query
    status: int
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a platform lays its site out. Paths begin with a slash; ``routes`` excludes what the frame serves."""

    channel_path: Callable[[Channel], str]
    article_path: Callable[[Post], str]
    routes: Callable[["Site"], list[web.RouteDef]]
    picture_path: Callable[[Post, int], str] = lambda post, index: f"/uploads/{post.number}-{index}.png"
    paper_path: Callable[[Post, Paper], str] = lambda post, paper: f"/uploads/{post.number}/{paper.slug}.pdf"
    etag: bool = False
    last_modified: bool = False


class Site:
    """One outlet's site on its own port. Enter it as an async context manager to have it listen."""

    def __init__(
        self, outlet: Outlet, layout: Layout, *, templates: jinja2.Environment, now: Callable[[], datetime]
    ) -> None:
        self.outlet = outlet
        self.newsroom = Newsroom(outlet)
        self.visits: deque[Visit] = deque(maxlen=_LOG_LENGTH)
        self.breakage: Breakage | None = None
        self.now = now
        self._layout = layout
        self._templates = templates
        self.someone_waits = asyncio.Event()  # a visitor is kept waiting by the present breakage
        self._mended = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._address = ""

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._door()])
        app.router.add_get("/robots.txt", self._robots)
        app.router.add_get("/{path:.+\\.png}", self._picture)
        app.router.add_get("/{path:.+\\.pdf}", self._paper)
        app.add_routes(self._layout.routes(self))
        app.router.add_get("/", self._home)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=1.0)
        await self._runner.setup()
        listener = web.TCPSite(self._runner, "127.0.0.1", 0)
        await listener.start()
        port = self._runner.addresses[0][1]
        self._address = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.mend()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def address(self) -> str:
        """Scheme, host and port, without a slash at the end."""
        return self._address

    def channel_url(self, channel: Channel) -> str:
        """The address a crawler visits for that channel."""
        return self._address + self._layout.channel_path(channel)

    def article_url(self, post: Post) -> str:
        """The article's canonical address."""
        return self._address + self._layout.article_path(post)

    def picture_url(self, post: Post, index: int = 0) -> str:
        """The address of the article's picture of that index; 0 is the leading one."""
        return self._address + self._layout.picture_path(post, index)

    def paper_url(self, post: Post, paper: Paper) -> str:
        """The address of a PDF of the article."""
        return self._address + self._layout.paper_path(post, paper)

    def break_down(self, how: Breakage) -> None:
        """The site fails that way from now on, until it is mended."""
        self.breakage = how
        self._mended.clear()
        self.someone_waits.clear()

    def mend(self) -> None:
        """The site answers well again; what hangs or drips is let go."""
        self.breakage = None
        self._mended.set()

    def listed(self, channel: Channel | None = None) -> list[Post]:
        """What the site's lists show: the live posts, newest first."""
        return [] if self.breakage is Breakage.EMPTY_LIST else self.newsroom.live(channel)

    def render(self, template: str, **values: object) -> str:
        """A template of ``templates/`` with this site and ``values``."""
        return self._templates.get_template(template).render(site=self, outlet=self.outlet, now=self.now(), **values)

    def list_answer(self, request: web.Request, text: str, content_type: str) -> web.Response:
        """A feed or list, with the validators this platform sends; 304 where the visitor's are current."""
        if self.breakage is Breakage.MALFORMED:
            text = f"{text[: len(text) * 2 // 3]}</wrong><<&nbsp;"
        body = text.encode()
        response = web.Response(body=body, headers={"Content-Type": f"{content_type}; charset=utf-8"})
        changed_at = self.newsroom.changed_at
        if self._layout.etag:
            response.headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
        if self._layout.last_modified and changed_at is not None:
            response.headers["Last-Modified"] = format_datetime(changed_at.astimezone(UTC), usegmt=True)
        return _unless_current(request, response, changed_at)

    def page_answer(self, text: str, *, status: int = 200) -> web.Response:
        """A page of HTML."""
        return web.Response(text=text, status=status, content_type="text/html", charset="utf-8")

    def article_answer(self, number: int, template: str) -> web.Response:
        """The page of the article of that number; 404 for what was never there or was removed."""
        post = self.newsroom.get(number)
        if post is None or post.removed:
            return self.page_answer(self.render("missing.html"), status=404)
        return self.page_answer(self.render(template, post=post))

    def _door(self) -> Middleware:
        @web.middleware
        async def door(request: web.Request, handler: Handler) -> web.StreamResponse:
            status = 0
            try:
                response = await self._answer(request, handler)
                status = response.status
            except web.HTTPException as error:
                status = error.status
                raise
            else:
                return response
            finally:
                agent = request.headers.get("User-Agent", "")
                self.visits.append(Visit(at=self.now(), path=request.path_qs, status=status, agent=agent))

        return door

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:  # noqa: PLR0911 - one for each way of failing
        if request.path == "/robots.txt":
            return await handler(request)
        match self.breakage:
            case Breakage.SERVER_ERROR:
                return self.page_answer("<h1>503 Service Unavailable</h1>", status=503)
            case Breakage.RATE_LIMITED:
                return web.Response(status=429, headers={"Retry-After": str(RETRY_AFTER_S)}, text="Too Many Requests")
            case Breakage.CAPTCHA:
                return self.page_answer(CAPTCHA_PAGE)
            case Breakage.PRIVATE_REDIRECT:
                return web.Response(status=302, headers={"Location": PRIVATE_ADDRESS})
            case Breakage.HANG:
                await self._mended_within(_HANG_S)
                return web.Response(status=504, text="Gateway Timeout")
            case Breakage.TRUNCATED:
                return await self._cut(request, await handler(request))
            case Breakage.SLOW_DRIP:
                return await self._drip(request, await handler(request))
            case Breakage.MALFORMED | Breakage.EMPTY_LIST | None:
                return await handler(request)

    async def _mended_within(self, seconds: float) -> bool:
        self.someone_waits.set()
        try:
            await asyncio.wait_for(self._mended.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def _cut(self, request: web.Request, whole: web.StreamResponse) -> web.StreamResponse:
        """Half of the body under the length of the whole one, then a closed connection."""
        body = _body(whole)
        cut = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.headers["Content-Type"]})
        cut.content_length = len(body)
        await cut.prepare(request)
        await cut.write(body[: len(body) // 2])
        if request.transport is not None:
            request.transport.close()
        return cut

    async def _drip(self, request: web.Request, whole: web.StreamResponse) -> web.StreamResponse:
        """The body some bytes at a time; the rest at once when the site is mended."""
        body = _body(whole)
        slow = web.StreamResponse(status=whole.status, headers={"Content-Type": whole.headers["Content-Type"]})
        slow.content_length = len(body)
        await slow.prepare(request)
        sent = 0
        while sent < len(body):
            step = len(body) if await self._mended_within(_DRIP_GAP_S) else _DRIP_BYTES
            await slow.write(body[sent : sent + step])
            sent += step
        return slow

    async def _robots(self, _request: web.Request) -> web.Response:
        return web.Response(text="User-agent: *\nDisallow: /quan-tri/\nDisallow: /tim-kiem\n")

    async def _home(self, _request: web.Request) -> web.Response:
        return self.page_answer(self.render("home.html", posts=self.listed()[:30]))

    async def _picture(self, request: web.Request) -> web.Response:
        seed = f"{self.outlet.id}{request.path}"
        body = await asyncio.to_thread(draw_picture, seed)
        return web.Response(body=body, content_type="image/png", headers={"Cache-Control": "max-age=86400"})

    async def _paper(self, request: web.Request) -> web.Response:
        for post in self.newsroom.live():
            for paper in post.papers:
                if self._layout.paper_path(post, paper) == request.path:
                    body = print_paper(paper.name, post.draft.title)
                    return web.Response(body=body, content_type="application/pdf")
        raise web.HTTPNotFound


def number_of(request: web.Request) -> int:
    """The article number in a request's path."""
    return int(request.match_info["number"])


def channel_of(request: web.Request, site: Site) -> Channel:
    """The channel that a request's path names. Raises HTTPNotFound."""
    slug = request.match_info["channel"]
    for channel in site.outlet.channels:
        if channel.slug == slug:
            return channel
    raise web.HTTPNotFound


def _body(response: web.StreamResponse) -> bytes:
    content = response.body if isinstance(response, web.Response) else b""
    return content if isinstance(content, bytes) else b""


def _unless_current(request: web.Request, response: web.Response, changed_at: datetime | None) -> web.Response:
    """The response, or 304 by RFC 9110 §13.2.2: If-None-Match decides where it is sent, If-Modified-Since else."""
    asked, etag = request.headers.get("If-None-Match"), response.headers.get("ETag")
    since = request.headers.get("If-Modified-Since")
    if asked is not None:
        current = etag is not None and etag in {tag.strip().removeprefix("W/") for tag in asked.split(",")}
    elif since is not None and changed_at is not None and "Last-Modified" in response.headers:
        current = changed_at <= _instant(since)
    else:
        current = False
    if not current:
        return response
    kept = {name: response.headers[name] for name in ("ETag", "Last-Modified") if name in response.headers}
    return web.Response(status=304, headers=kept)


def _instant(header: str) -> datetime:
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
