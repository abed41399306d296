"""``/ops``: which source is sick, since when, why, and what to do now."""

from collections import Counter
from dataclasses import dataclass

from aiohttp import web

from aggregator.model.crawl import SourceState
from aggregator.model.people import Role
from aggregator.model.source import Source
from aggregator.web.health import HEALTH_LABELS, HEALTH_ORDER, Health, SourceHealth, source_health
from aggregator.web.ops.page import ops_page
from aggregator.web.ops.sessions import VISITOR
from aggregator.web.state import STATE, WebState

_LONGEST_SEARCH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A source as the board shows it."""

    source: Source
    state: SourceState | None
    verdict: SourceHealth


async def board(request: web.Request) -> web.Response:
    """Every source, the sick ones first; ``tinh-trang`` and ``tim`` narrow the table."""
    state = request.app[STATE]
    rows = await _rows(state)
    counts = Counter(row.verdict.health for row in rows)
    wanted = request.query.get("tinh-trang", "")
    search = request.query.get("tim", "").strip()[:_LONGEST_SEARCH]
    needle = search.casefold()
    shown = [
        row
        for row in rows
        if wanted in {"", row.verdict.health.value}
        and (needle in row.source.name.casefold() or needle in row.source.id)
    ]
    return ops_page(
        request,
        "ops/board.html",
        tab="board",
        rows=shown,
        total=len(rows),
        counts=[(health, HEALTH_LABELS[health], counts[health]) for health in Health],
        wanted=wanted,
        search=search,
        articles_total=sum(row.state.articles_total for row in rows if row.state),
        following=state.deps.revision.following,
        may_act=request[VISITOR].may(Role.OPERATOR),
        asked=next(
            (source.name for source in state.deps.catalogue.sources if source.id == request.query.get("da")), ""
        ),
    )


async def _rows(state: WebState) -> list[BoardRow]:
    by_id = {item.source_id: item for item in await state.deps.store.sources.states()}
    now = state.deps.now()
    rows = []
    for source in state.deps.catalogue.sources:
        known = by_id.get(source.id)
        rows.append(BoardRow(source=source, state=known, verdict=source_health(source, known, now=now)))
    return sorted(rows, key=_sickest_first)


def _sickest_first(row: BoardRow) -> tuple[int, float, str]:
    since = row.state.failing_since if row.state else None
    return HEALTH_ORDER[row.verdict.health], since.timestamp() if since else 0.0, row.source.name
