"""The reader's lists: all news, one section, one source."""

import re
from dataclasses import replace
from typing import Any

from aiohttp import web

from aggregator.model.errors import Declined
from aggregator.web.api.feed import feed_page
from aggregator.web.api.views import FeedPage
from aggregator.web.pages.page import cached_page
from aggregator.web.parameters import CursorText, FeedParameters
from aggregator.web.state import STATE, WebState

_ITEMS = 20


async def home(request: web.Request) -> web.Response:
    """Every story, newest first."""
    return await _list(request, "/", {}, heading="Tin mới", plain=True)


async def section_page(request: web.Request) -> web.Response:
    """The stories of one section."""
    section = request.app[STATE].presenter.sections.get(request.match_info["slug"])
    if section is None:
        raise Declined("not-found", "Không có chuyên mục này.")
    path = f"/chuyen-muc/{section.slug}"
    return await _list(request, path, {"section": section.slug}, heading=section.label, section=section.slug)


async def source_page(request: web.Request) -> web.Response:
    """The stories that one source takes part in."""
    source = request.app[STATE].presenter.sources.get(request.match_info["id"])
    if source is None:
        raise Declined("not-found", "Không có nguồn tin này.")
    return await _list(
        request,
        f"/nguon/{source.id}",
        {"source": source.id},
        heading=source.name,
        section=None,
        tab="sources",
        note="Trang của nguồn:",
        note_url=source.homepage,
    )


async def _list(request: web.Request, path: str, narrowed: dict[str, Any], **words: Any) -> web.Response:
    cursor = request.rel_url.query.get("cursor")

    async def render(state: WebState) -> bytes:
        parameters = FeedParameters(**narrowed, cursor=_cursor(cursor), limit=_ITEMS)
        shown = {"plain": False, "section": "", "tab": "news", "note": "", "note_url": ""} | words
        asked = "&".join([*(f"{name}={value}" for name, value in narrowed.items()), "limit=1"])
        return state.frontend.render(
            "list.html",
            path=path,
            page=_led_by(parameters.source, await feed_page(state, parameters)),
            is_first=cursor is None,
            poll=f"/api/v1/feed?{asked}",
            **shown,
        )

    return await cached_page(request, {} if cursor is None else {"cursor": cursor[:_LONGEST]}, render)


# Longer ones cannot be ours; what is cut off does not matter to the answer, which is a refusal.
_LONGEST = 201


def _cursor(text: str | None) -> CursorText | None:
    if text is None or re.fullmatch(r"[A-Za-z0-9_-]{1,200}", text):
        return text
    raise Declined("bad-cursor", "Con trỏ trang không hợp lệ.")


def _led_by(source_id: str | None, page: FeedPage) -> FeedPage:
    # A source's own page shows what the source itself wrote about each event.
    if source_id is None:
        return page
    items = []
    for item in page.items:
        own = next((card for card in item.articles if card.source.id == source_id), item.lead)
        items.append(replace(item, lead=own))
    return replace(page, items=tuple(items))
