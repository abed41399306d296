"""The list of sources, the link directory, the pages that explain problems, and static files."""

from aiohttp import web

from aggregator.model.errors import Declined
from aggregator.web.pages.page import cached_page, message_page
from aggregator.web.problems import PROBLEMS
from aggregator.web.state import STATE, WebState


async def sources_page(request: web.Request) -> web.Response:
    """Every source by authority, with its state."""

    async def render(state: WebState) -> bytes:
        states = await state.deps.store.sources.states()
        listing = state.presenter.source_list(states, now=state.deps.now()).items
        return state.frontend.render("sources.html", tab="sources", listing=listing)

    return await cached_page(request, {}, render)


async def links_page(request: web.Request) -> web.Response:
    """The link directory."""

    async def render(state: WebState) -> bytes:
        return state.frontend.render("links.html", tab="links")

    return await cached_page(request, {}, render)


async def problem_page(request: web.Request) -> web.Response:
    """What a problem's ``type`` leads to: what it means and what to do."""
    kind = PROBLEMS.get(request.match_info["code"])
    if kind is None:
        raise Declined("not-found", "Không có loại lỗi này.")

    async def render(state: WebState) -> bytes:
        return state.frontend.render("message.html", tab="", heading=kind.title, text=kind.remedy, reference="")

    return await cached_page(request, {}, render)


async def asset(request: web.Request) -> web.Response:
    """A static file by its content-named address."""
    state = request.app[STATE]
    found = state.frontend.assets.get(request.path)
    if found is None:
        return message_page(state, "not-found")
    return found.respond(request)


async def favicon(request: web.Request) -> web.Response:
    """Where browsers that ignore the page's icon link look."""
    state = request.app[STATE]
    address = next(path for path in state.frontend.assets if path.startswith("/assets/mark."))
    return state.frontend.assets[address].respond(request)
