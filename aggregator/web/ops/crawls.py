"""``/ops/crawls``: the crawl log, newest first, and one crawl in full."""

import re
from urllib.parse import urlencode

from aiohttp import web

from aggregator.model.errors import Declined
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.web.cursor import write_cursor
from aggregator.web.ops.page import ops_page
from aggregator.web.parameters import CrawlParameters, position, read_parameters
from aggregator.web.state import STATE

_PAGE = 20
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


async def crawls(request: web.Request) -> web.Response:
    """A page of the log; ``source`` and ``outcome`` narrow it. Empty values of the filter form mean all.

    Most visits find nothing new and would bury the rest: they are shown when ``unchanged=1`` or the filter asks.
    """
    kept = {name: value for name, value in request.query.items() if value}
    if len(kept) < len(request.query):
        return web.Response(
            status=303, headers={"Location": f"/ops/crawls?{urlencode(kept)}" if kept else "/ops/crawls"}
        )
    parameters = read_parameters(request, CrawlParameters)
    found = await request.app[STATE].deps.store.crawls.recent(
        source_id=parameters.source,
        outcome=parameters.outcome,
        left_out=() if parameters.unchanged else (Outcome.UNCHANGED,),
        before=position(parameters.cursor),
        limit=_PAGE + 1,
    )
    shown = found[:_PAGE]
    narrowed = {name: value for name, value in kept.items() if name != "cursor"}
    older = ""
    if len(found) > _PAGE:
        older = urlencode(narrowed | {"cursor": write_cursor(shown[-1].started_at, shown[-1].id)})
    return ops_page(
        request,
        "ops/crawls.html",
        tab="crawls",
        crawls=shown,
        older=older,
        source=parameters.source or "",
        outcome=parameters.outcome,
        outcomes=list(Outcome),
        shows_unchanged=parameters.unchanged is not None,
        toggle=_toggled(narrowed) if parameters.outcome is None else "",
        is_first=parameters.cursor is None,
    )


def _toggled(narrowed: dict[str, str]) -> str:
    other = {name: value for name, value in narrowed.items() if name != "unchanged"}
    if len(other) == len(narrowed):
        other["unchanged"] = "1"
    return f"/ops/crawls?{urlencode(other)}" if other else "/ops/crawls"


async def crawl(request: web.Request) -> web.Response:
    """One crawl: counts, timing, what was skipped and why, problems, the failure with its cause."""
    crawl_id = request.match_info["id"]
    found = await request.app[STATE].deps.store.crawls.get(crawl_id) if _ID.fullmatch(crawl_id) else None
    if found is None:
        raise Declined("not-found", "Không có lượt thu thập này, hoặc đã quá hạn lưu.")
    return ops_page(request, "ops/crawl.html", tab="crawls", crawl=found, meaning=MEANINGS[found.outcome])
