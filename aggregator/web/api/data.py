"""How an API answer comes about: from memory when it can, else made once, encoded and kept."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from aiohttp import web

from aggregator.web.answer import PUBLIC_CACHE, Answer
from aggregator.web.guards import headers_for
from aggregator.web.state import STATE, WebState

_JSON = "application/json; charset=utf-8"
_OPTIONS = orjson.OPT_UTC_Z
# A page lives as long as the feed's revision stands, and never longer than this: the net under a lost change stream.
FEED_TTL_S = 30.0
STATE_TTL_S = 10.0


def data_answer(state: WebState, path: str, shape: object) -> Answer:
    """A cacheable JSON answer from one of the shapes in ``views``."""
    headers = headers_for(path, https=state.deps.settings.secure_cookies) | {
        "Cache-Control": PUBLIC_CACHE,
        "Vary": "Accept-Encoding, Origin",
    }
    return Answer(orjson.dumps(shape, option=_OPTIONS), content_type=_JSON, headers=headers)


async def from_cache(request: web.Request, shape: Callable[[WebState], Awaitable[Any]], *, ttl: float) -> web.Response:
    """The answer to this exact target. The raw target is the key, so a hit costs no parsing at all."""
    state = request.app[STATE]
    key = request.raw_path
    answer = state.cache.fresh(key)
    if answer is not None:
        return answer.respond(request)

    async def make() -> Answer:
        return data_answer(state, key, await shape(state))

    answer, age_s = await state.cache.get(key, make, ttl=ttl)
    response = answer.respond(request)
    if age_s is not None:
        mark_stale(response, age_s)
    return response


def mark_stale(response: web.Response, age_s: int) -> None:
    """Says that the store is away and how old this answer is; shared caches must not keep it."""
    response.headers["X-Served-Stale"] = str(age_s)
    response.headers["Age"] = str(age_s)
    response.headers["Cache-Control"] = "no-cache"
