"""``GET /api/v1/feed``: stories, newest first, by keyset cursor."""

from aiohttp import web

from aggregator.store.stories import FeedQuery
from aggregator.web.api.data import FEED_TTL_S, from_cache
from aggregator.web.api.views import FeedPage
from aggregator.web.cursor import write_cursor
from aggregator.web.parameters import FeedParameters, bad_parameters, position, read_parameters
from aggregator.web.state import WebState


async def feed(request: web.Request) -> web.Response:
    """A page of the feed. A walk by cursor meets each story once, also while new ones arrive."""

    async def shape(state: WebState) -> FeedPage:
        parameters = read_parameters(request, FeedParameters)
        _known_names(state, parameters)
        return await feed_page(state, parameters)

    return await from_cache(request, shape, ttl=FEED_TTL_S)


async def feed_page(state: WebState, parameters: FeedParameters) -> FeedPage:
    """The stories after the cursor, and the cursor of the next page if there is one."""
    query = FeedQuery(
        section=parameters.section,
        source=parameters.source,
        place=parameters.place,
        kind=parameters.kind,
        since=parameters.since,
        after=position(parameters.cursor),
        limit=parameters.limit + 1,  # one more says whether there is a next page
    )
    stories = await state.deps.store.stories.feed(query)
    shown = stories[: parameters.limit]
    is_last = len(stories) <= parameters.limit
    return FeedPage(
        items=tuple(state.presenter.story(story) for story in shown),
        next_cursor=None if is_last else write_cursor(shown[-1].sort_at, shown[-1].id),
    )


def _known_names(state: WebState, parameters: FeedParameters) -> None:
    mistakes = []
    if parameters.section is not None and parameters.section not in state.presenter.sections:
        mistakes.append(("section", parameters.section, "Không có chuyên mục này; xem /api/v1/sections."))
    if parameters.source is not None and parameters.source not in state.presenter.sources:
        mistakes.append(("source", parameters.source, "Không có nguồn tin này; xem /api/v1/sources."))
    places = state.deps.places
    if parameters.place is not None and places is not None and parameters.place not in places:
        remedy = "Không có xã, phường này; viết như trong trường “places” của các bài."
        mistakes.append(("place", parameters.place, remedy))
    if mistakes:
        raise bad_parameters(mistakes)
