"""The web application: the route table bound to the parts it needs, opened and closed in order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from zoneinfo import ZoneInfo

import orjson
from aiohttp import web

from aggregator.model.people import MAX_NAME_LENGTH
from aggregator.web import words
from aggregator.web.answer_cache import AnswerCache
from aggregator.web.api.present import Presenter
from aggregator.web.edge import edge
from aggregator.web.frontend import Frontend, load_frontend
from aggregator.web.guards import Cors
from aggregator.web.health import HEALTH_LABELS
from aggregator.web.limits import Limiter
from aggregator.web.openapi import openapi_document
from aggregator.web.ops.sessions import Doorkeeper, enter
from aggregator.web.ops.throttle import LoginThrottle
from aggregator.web.pages.links import link_groups
from aggregator.web.route import Audience, Handler, Route
from aggregator.web.routes import ROUTES
from aggregator.web.state import STATE, WebDeps, WebState

__all__ = ["WebDeps", "build_app"]

_MAX_FORM_BYTES = 64 * 1024
_LOGINS_AT_ONCE = 2


def build_app(deps: WebDeps) -> web.Application:
    """The application; its parts open when the server starts. The caller runs ``deps.revision.follow``."""
    app = web.Application(middlewares=[edge], client_max_size=_MAX_FORM_BYTES)
    app.cleanup_ctx.append(_opened(deps))
    for route in ROUTES:
        handler = guarded(route) if route.audience is Audience.LOGIN else route.handler
        if route.method == "GET":
            app.router.add_get(route.path, handler, allow_head=True, expect_handler=_expected)
        else:
            app.router.add_route(route.method, route.path, handler, expect_handler=_expected)
    return app


async def _expected(request: web.Request) -> None:
    # The framework repeats an expectation that it does not know, and fails on bytes that are no text. RFC 9110
    # §10.1.1 lets a server pass over such a header.
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # not a part of the answer


def guarded(route: Route) -> Handler:
    """The route's handler behind the login and the role that the table asks for."""

    async def handler(request: web.Request) -> web.StreamResponse:
        turned_away = await enter(request, request.app[STATE].doorkeeper, route.least)
        return await route.handler(request) if turned_away is None else turned_away

    return handler


def _opened(deps: WebDeps) -> Callable[[web.Application], AsyncIterator[None]]:
    async def open_and_close(app: web.Application) -> AsyncIterator[None]:
        frontend = await asyncio.to_thread(_frontend, deps)
        async with asyncio.TaskGroup() as group:
            app[STATE] = _state(deps, frontend, group)
            yield

    return open_and_close


def _state(deps: WebDeps, frontend: Frontend, group: asyncio.TaskGroup) -> WebState:
    document = openapi_document(ROUTES, deps.catalogue.province, public_url=deps.settings.public_url)
    return WebState(
        deps=deps,
        presenter=Presenter(deps.catalogue),
        cache=AnswerCache(deps.revision, group),
        frontend=frontend,
        limiter=Limiter(deps.settings.trusted_proxies),
        cors=Cors(deps.settings.cors_origins),
        doorkeeper=Doorkeeper(deps.store, secure=deps.settings.secure_cookies),
        throttle=LoginThrottle(deps.store.users),
        login_turns=asyncio.Semaphore(_LOGINS_AT_ONCE),
        openapi=orjson.dumps(document),
    )


def _frontend(deps: WebDeps) -> Frontend:
    catalogue = deps.catalogue
    shared: dict[str, object] = {
        "province": catalogue.province,
        "sections": sorted(catalogue.sections, key=lambda section: section.position),
        "section_labels": {section.slug: section.label for section in catalogue.sections},
        "source_names": {source.id: source.name for source in catalogue.sources},
        "source_total": len(catalogue.sources),
        "link_groups": link_groups(catalogue),
        "public_url": (deps.settings.public_url or "").rstrip("/"),
        "kind_labels": words.KIND_LABELS,
        "authority_labels": words.AUTHORITY_LABELS,
        "outcome_labels": words.OUTCOME_LABELS,
        "trigger_labels": words.TRIGGER_LABELS,
        "weight_labels": words.WEIGHT_LABELS,
        "role_labels": words.ROLE_LABELS,
        "skip_labels": words.SKIP_LABELS,
        "health_labels": HEALTH_LABELS,
        "max_name_length": MAX_NAME_LENGTH,
    }
    zone = ZoneInfo(catalogue.province.timezone)
    return load_frontend(shared, now=deps.now, tz=zone, https=deps.settings.secure_cookies)
