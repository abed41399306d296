"""How a reader's page comes about: from memory when it can, else rendered once and kept as bytes."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from aiohttp import web

from aggregator.web.answer import PUBLIC_CACHE, Answer
from aggregator.web.api.data import mark_stale
from aggregator.web.guards import headers_for
from aggregator.web.problems import PROBLEMS
from aggregator.web.state import STATE, WebState

HTML = "text/html; charset=utf-8"
# Pages tell how long ago something was: they are made anew at least this often.
PAGE_TTL_S = 30.0

# What a reader is told; the API's titles speak to programmers.
_READER_WORDS: dict[str, tuple[str, str]] = {
    "not-found": (
        "Không tìm thấy trang này",
        "Liên kết có thể đã cũ hoặc bị chép thiếu. Mời bạn xem các tin mới nhất.",
    ),
    "gone": (
        "Bài này không còn được hiển thị",
        "Bài đã được gỡ theo nguồn đăng hoặc theo quyết định của ban biên tập.",
    ),
    "store-away": (
        "Tạm thời chưa tải được tin",
        "Hệ thống đang được kết nối lại. Mời bạn thử lại sau ít phút; tin đã đọc vẫn được lưu.",
    ),
    "internal": ("Trang gặp trục trặc", "Lỗi đã được ghi lại. Mời bạn thử lại sau ít phút."),
    "bad-cursor": (
        "Trang tiếp theo không còn dùng được",
        "Liên kết đến trang này đã cũ hoặc bị chép thiếu. Mời bạn đọc lại từ tin mới nhất.",
    ),
    "too-many-requests": ("Bạn mở trang quá nhanh", "Mời bạn chờ vài giây rồi thử lại."),
    "forbidden": ("Bạn không có quyền xem trang này", "Hãy đăng nhập bằng tài khoản có quyền, hoặc tải lại trang."),
}


async def cached_page(
    request: web.Request, known: dict[str, str], render: Callable[[WebState], Awaitable[bytes]]
) -> web.Response:
    """The page at this path with the ``known`` parameters.

    Others (share links carry fbclid, utm_source…) are ignored and must not multiply what is kept.
    """
    state = request.app[STATE]
    key = f"{request.rel_url.raw_path}?{urlencode(known)}"
    answer = state.cache.fresh(key)
    if answer is not None:
        return answer.respond(request)

    async def make() -> Answer:
        return page_answer(state, request.rel_url.raw_path, await render(state))

    answer, age_s = await state.cache.get(key, make, ttl=PAGE_TTL_S)
    response = answer.respond(request)
    if age_s is not None:
        mark_stale(response, age_s)
    return response


def page_answer(state: WebState, path: str, body: bytes) -> Answer:
    """A cacheable page."""
    headers = headers_for(path, https=state.deps.settings.secure_cookies) | {
        "Cache-Control": PUBLIC_CACHE,
        "Vary": "Accept-Encoding",
    }
    return Answer(body, content_type=HTML, headers=headers)


def message_page(state: WebState, code: str, *, reference: str = "") -> web.Response:
    """A page that says what went wrong and where to go on. ``reference`` is an error's id."""
    kind = PROBLEMS[code]
    heading, text = _READER_WORDS.get(code, (kind.title, kind.remedy))
    body = state.frontend.render("message.html", tab="", heading=heading, text=text, reference=reference)
    return web.Response(body=body, status=kind.status, headers={"Content-Type": HTML, "Cache-Control": "no-store"})
