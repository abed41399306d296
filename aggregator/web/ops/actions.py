"""What operators may do to a source."""

import structlog
from aiohttp import web

from aggregator.model.errors import Declined
from aggregator.web.ops.sessions import VISITOR
from aggregator.web.state import STATE

_log = structlog.get_logger()


async def crawl_now(request: web.Request) -> web.Response:
    """Makes a source due at once; the scheduler takes it at its next look."""
    state = request.app[STATE]
    source_id = request.match_info["id"]
    if source_id not in state.presenter.sources:
        raise Declined("not-found", "Không có nguồn tin này.")
    is_due = await state.deps.store.sources.visit_now(source_id)
    _log.info("crawl_asked", source=source_id, by=request[VISITOR].user.name, due=is_due)
    return web.Response(status=303, headers={"Location": f"/ops?da={source_id}"})
