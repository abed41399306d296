"""Liveness, readiness and the API's own description."""

import asyncio
from dataclasses import asdict

import orjson
from aiohttp import web

from aggregator.model.errors import StoreUnavailable
from aggregator.web.answer import PUBLIC_CACHE, Answer
from aggregator.web.api.views import Liveness, Readiness
from aggregator.web.guards import headers_for
from aggregator.web.state import STATE

_READY_DEADLINE_S = 1.0
_JSON = "application/json"
_ALIVE = orjson.dumps(Liveness(status="ok"))


async def healthz(_request: web.Request) -> web.Response:
    """200 while the process answers at all; never touches the database."""
    return web.Response(body=_ALIVE, content_type=_JSON, headers={"Cache-Control": "no-store"})


async def readyz(request: web.Request) -> web.Response:
    """200 when the store answers within a second, else 503; the parts say why."""
    deps = request.app[STATE].deps
    try:
        async with asyncio.timeout(_READY_DEADLINE_S):
            await deps.store.ping()
        is_up = True
    except (StoreUnavailable, TimeoutError):
        is_up = False
    parts = Readiness(
        status="ready" if is_up else "degraded",
        store="ok" if is_up else "away",
        feed_stream="open" if deps.revision.following else "closed",
        revision=deps.revision.value,
        revision_age_s=int(deps.revision.age_s),
    )
    body = orjson.dumps(asdict(parts))
    return web.Response(
        body=body, status=200 if is_up else 503, content_type=_JSON, headers={"Cache-Control": "no-store"}
    )


async def openapi(request: web.Request) -> web.Response:
    """The OpenAPI 3.1 document of this API."""
    state = request.app[STATE]
    key = "openapi"
    answer = state.cache.fresh(key)
    if answer is None:

        async def make() -> Answer:
            headers = headers_for(request.raw_path, https=state.deps.settings.secure_cookies)
            headers |= {"Cache-Control": PUBLIC_CACHE, "Vary": "Accept-Encoding, Origin"}
            return Answer(state.openapi, content_type=_JSON, headers=headers)

        answer, _ = await state.cache.get(key, make, ttl=3600.0)
    return answer.respond(request)
