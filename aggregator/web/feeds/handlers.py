"""``/feeds/…`` and ``/sources.opml``."""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from aggregator.model.errors import Declined
from aggregator.web.answer import PUBLIC_CACHE, Answer
from aggregator.web.api.data import FEED_TTL_S, mark_stale
from aggregator.web.api.feed import feed_page
from aggregator.web.feeds.channel import Naming, channel_of
from aggregator.web.feeds.formats import FORMATS, Outline, opml
from aggregator.web.guards import headers_for
from aggregator.web.parameters import FeedParameters
from aggregator.web.state import STATE, WebState

_ITEMS = 50
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
_OPML_TTL_S = 3600.0


async def all_news(request: web.Request) -> web.Response:
    """Every story."""
    return await _feed(request, FeedParameters(limit=_ITEMS), name="", shown_at="/")


async def section_news(request: web.Request) -> web.Response:
    """The stories of one section."""
    section = request.app[STATE].presenter.sections.get(request.match_info["slug"])
    if section is None:
        raise Declined("not-found", "Không có chuyên mục này; xem /sources.opml.")
    shown_at = f"/chuyen-muc/{section.slug}"
    wanted = FeedParameters(section=section.slug, limit=_ITEMS)
    return await _feed(request, wanted, name=section.label, shown_at=shown_at)


async def source_news(request: web.Request) -> web.Response:
    """The stories that one source takes part in."""
    source = request.app[STATE].presenter.sources.get(request.match_info["slug"])
    if source is None:
        raise Declined("not-found", "Không có nguồn tin này; xem /sources.opml.")
    wanted = FeedParameters(source=source.id, limit=_ITEMS)
    return await _feed(request, wanted, name=source.name, shown_at=f"/nguon/{source.id}")


async def place_news(request: web.Request) -> web.Response:
    """The stories of one commune or ward."""
    slug = request.match_info["slug"]
    places = request.app[STATE].deps.places
    if places is not None and slug not in places:
        raise Declined("not-found", "Không có xã, phường này.")
    return await _feed(request, FeedParameters(place=slug, limit=_ITEMS), name=f"Xã, phường {slug}", shown_at="/")


async def sources_opml(request: web.Request) -> web.Response:
    """All our feeds, for feed readers to import."""

    async def write(state: WebState, origin: str) -> bytes:
        presenter = state.presenter
        sections = [
            Outline(
                title=section.label,
                url=f"{origin}/feeds/chuyen-muc/{section.slug}.rss",
                page=f"{origin}/chuyen-muc/{section.slug}",
            )
            for section in sorted(presenter.sections.values(), key=lambda section: section.position)
        ]
        sources = [
            Outline(title=source.name, url=f"{origin}/feeds/nguon/{source.id}.rss", page=source.homepage)
            for source in presenter.sources.values()
            if source.enabled
        ]
        everything = [Outline(title="Tất cả tin", url=f"{origin}/feeds/tin.rss", page=f"{origin}/")]
        title = state.deps.catalogue.province.title
        return opml(title, [("Tin", everything), ("Chuyên mục", sections), ("Nguồn tin", sources)])

    return await _answered(request, write, content_type="text/x-opml; charset=utf-8", ttl=_OPML_TTL_S)


async def _feed(request: web.Request, wanted: FeedParameters, *, name: str, shown_at: str) -> web.Response:
    form = FORMATS[request.match_info["form"]]

    async def write(state: WebState, origin: str) -> bytes:
        catalogue = state.deps.catalogue
        naming = Naming(
            province=catalogue.province,
            section_labels={section.slug: section.label for section in catalogue.sections},
            homepages={source.id: source.homepage for source in catalogue.sources},
        )
        page = await feed_page(state, wanted)
        channel = channel_of(
            page, naming, name=name, origin=origin, shown_at=shown_at, path=request.rel_url.raw_path,
            now=state.deps.now(),
        )  # fmt: skip
        return form.write(channel)

    return await _answered(request, write, content_type=form.content_type, ttl=FEED_TTL_S)


async def _answered(
    request: web.Request, write: Callable[[WebState, str], Awaitable[bytes]], *, content_type: str, ttl: float
) -> web.Response:
    """The document from memory or made once. Parameters are ignored: readers and proxies add their own."""
    state = request.app[STATE]
    origin = _origin(request)
    path = request.rel_url.raw_path

    async def make() -> Answer:
        headers = headers_for(path, https=state.deps.settings.secure_cookies) | {
            "Cache-Control": PUBLIC_CACHE,
            "Vary": "Accept-Encoding, Origin",
        }
        return Answer(await write(state, origin), content_type=content_type, headers=headers)

    answer, age_s = await state.cache.get(f"{origin}{path}", make, ttl=ttl)
    response = answer.respond(request)
    if age_s is not None:
        mark_stale(response, age_s)
    return response


def _origin(request: web.Request) -> str:
    """The configured public address; else what the client itself called us by, told to nobody but it."""
    configured = request.app[STATE].deps.settings.public_url
    if configured:
        return configured.rstrip("/")
    host = request.host
    return f"{request.scheme}://{host}" if _HOST.fullmatch(host) else ""
