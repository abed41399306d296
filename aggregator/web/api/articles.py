"""``GET /api/v1/articles/{id}``: one article, as far as its source allows."""

import re

from aiohttp import web

from aggregator.model.article import Visibility
from aggregator.model.errors import Declined
from aggregator.web.api.data import FEED_TTL_S, from_cache
from aggregator.web.api.views import ArticleDetail
from aggregator.web.parameters import NoParameters, read_parameters
from aggregator.web.state import WebState

_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


async def article(request: web.Request) -> web.Response:
    """An article with the other outlets of its story."""

    async def shape(state: WebState) -> ArticleDetail:
        read_parameters(request, NoParameters)
        return await article_detail(state, request.match_info["id"])

    return await from_cache(request, shape, ttl=FEED_TTL_S)


async def article_detail(state: WebState, article_id: str) -> ArticleDetail:
    """A live article. Raises Declined: not-found (unknown, or held until approved), gone (hidden or retracted)."""
    found = await state.deps.store.articles.get(article_id) if _ID.fullmatch(article_id) else None
    if found is None or found.visibility is Visibility.HELD:
        raise Declined("not-found", f"Không có bài “{article_id[:64]}”. Lấy id của bài từ /api/v1/feed.")
    if found.visibility is not Visibility.LIVE:
        raise Declined("gone", f"Bài “{article_id}” đã được gỡ và sẽ không trở lại.")
    stories = await state.deps.store.stories.by_articles([article_id])
    return state.presenter.article(found, stories.get(article_id))
