"""How a page of the board is rendered: never cached, always with the visitor's form token."""

from aiohttp import web

from aggregator.web.guards import headers_for
from aggregator.web.ops.sessions import VISITOR
from aggregator.web.state import STATE, WebState

_HTML = "text/html; charset=utf-8"


def ops_page(request: web.Request, template: str, *, status: int = 200, **context: object) -> web.Response:
    """A page for the visitor who passed the guard."""
    visitor = request[VISITOR]
    state = request.app[STATE]
    return render_ops(state, template, status=status, visitor=visitor, csrf=visitor.session.csrf, **context)


def render_ops(state: WebState, template: str, *, status: int, **context: object) -> web.Response:
    """A page for whoever asks."""
    headers = headers_for("/ops", https=state.deps.settings.secure_cookies) | {"Content-Type": _HTML}
    return web.Response(body=state.frontend.render(template, **context), status=status, headers=headers)
