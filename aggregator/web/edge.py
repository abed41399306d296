"""The one middleware: pace, refusals and failures in the right form, and the headers every answer carries."""

from secrets import token_hex

import structlog
from aiohttp import web

from aggregator.model.errors import Declined, StoreUnavailable
from aggregator.web.guards import headers_for, is_api
from aggregator.web.pages.page import message_page
from aggregator.web.problems import BY_STATUS, PROBLEM_TYPE, problem_bytes
from aggregator.web.route import Handler
from aggregator.web.state import STATE, WebState

_log = structlog.get_logger()
_RETRY_S = 5
_NEVER_LIMITED = ("/healthz", "/readyz", "/assets/")


@web.middleware
async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every request passes here. Cached answers bring their headers along, so a hit costs little."""
    state = request.app[STATE]
    path = request.raw_path
    limiter = state.limiter
    wait_s = 0.0 if path.startswith(_NEVER_LIMITED) else limiter.wait_s(limiter.address(request))
    if wait_s > 0:
        declined = Declined("too-many-requests", f"Địa chỉ này gọi quá nhanh; chờ {int(wait_s) + 1} giây.")
        response: web.StreamResponse = _refuse(state, request, declined, retry_s=int(wait_s) + 1)
    else:
        response = await _handled(state, request, handler)
    headers = response.headers
    if "Content-Security-Policy" not in headers:
        for name, value in headers_for(path, https=state.deps.settings.secure_cookies).items():
            headers.setdefault(name, value)
    if is_api(path):
        origin = request.headers.get("Origin")
        if origin is not None:
            state.cors.mark(origin, headers)
        if "Vary" not in headers:
            headers["Vary"] = "Origin"
    return response


async def _handled(state: WebState, request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Declined as declined:
        return _refuse(state, request, declined)
    except (StoreUnavailable, TimeoutError):
        away = Declined("store-away", f"Thử lại sau {_RETRY_S} giây.")
        return _refuse(state, request, away, retry_s=_RETRY_S)
    except web.HTTPException as error:
        return _http_refusal(state, request, error)
    except Exception:  # noqa: BLE001 - the edge of a request: logged with an id, one must not stop others
        reference = token_hex(6)
        _log.exception("request_failed", reference=reference, method=request.method, path=_text(request.raw_path))
        return _refuse(state, request, Declined("internal", f"Mã lỗi {reference}."), reference=reference)


def _http_refusal(state: WebState, request: web.Request, error: web.HTTPException) -> web.StreamResponse:
    # What the framework decides by itself (no such route, method, too large a body) and redirects of our own.
    code = BY_STATUS.get(error.status)
    if code is None:
        return web.Response(status=error.status, text=error.text, headers=_passed_on(error))
    detail = {
        "not-found": f"Không có địa chỉ {_text(request.raw_path)[:200]}.",
        "method-not-allowed": f"{request.method} không dùng được ở đây; dùng {error.headers.get('Allow', 'GET')}.",
    }.get(code, "Yêu cầu không đọc được.")
    response = _refuse(state, request, Declined(code, detail))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _passed_on(error: web.HTTPException) -> dict[str, str]:
    return {name: value for name, value in error.headers.items() if name in {"Location", "Allow"}}


def _refuse(
    state: WebState, request: web.Request, declined: Declined, *, reference: str = "", retry_s: int | None = None
) -> web.Response:
    if is_api(request.raw_path):
        status, body = problem_bytes(declined, instance=reference or _text(request.raw_path))
        response = web.Response(
            body=body, status=status, headers={"Content-Type": PROBLEM_TYPE, "Cache-Control": "no-store"}
        )
    else:
        response = message_page(state, declined.code, reference=reference)
    if retry_s is not None:
        response.headers["Retry-After"] = str(retry_s)
    return response


def _text(raw: str) -> str:
    # Bytes of a request line that are no UTF-8 arrive as lone surrogates, which JSON cannot carry.
    return raw.encode("utf-8", "replace").decode()
