"""Sections, sources and links: what there is to read, and how its sources are doing."""

from aiohttp import web

from aggregator.model.errors import Declined
from aggregator.web.api.data import STATE_TTL_S, from_cache
from aggregator.web.api.views import LinkDirectory, SectionList, SourceList
from aggregator.web.parameters import NoParameters, read_parameters
from aggregator.web.state import STATE, WebState

_CATALOGUE_TTL_S = 3600.0


async def sections(request: web.Request) -> web.Response:
    """Every section of the feed."""

    async def shape(state: WebState) -> SectionList:
        read_parameters(request, NoParameters)
        return state.presenter.section_list()

    return await from_cache(request, shape, ttl=_CATALOGUE_TTL_S)


async def sources(request: web.Request) -> web.Response:
    """Every source with its state in words."""

    async def shape(state: WebState) -> SourceList:
        read_parameters(request, NoParameters)
        states = await state.deps.store.sources.states()
        return state.presenter.source_list(states, now=state.deps.now())

    return await from_cache(request, shape, ttl=STATE_TTL_S)


async def links(request: web.Request) -> web.Response:
    """The link directory."""

    async def shape(state: WebState) -> LinkDirectory:
        read_parameters(request, NoParameters)
        return state.presenter.link_directory()

    return await from_cache(request, shape, ttl=_CATALOGUE_TTL_S)


async def preflight(request: web.Request) -> web.Response:
    """The answer to a browser that asks before it calls. Raises Declined (origin-refused)."""
    cors = request.app[STATE].cors
    origin = request.headers.get("Origin")
    if origin is not None and not cors.allows(origin):
        raise Declined("origin-refused", "Nguồn gốc (Origin) của trang gọi không nằm trong danh sách được phép.")
    return web.Response(status=204, headers=cors.preflight(is_known=origin is not None))
