"""Wrong documents: something else than news stands where the news was, with an honest face."""

import json

from aggregator.model.failures import Outcome
from aggregator.model.source import SourceKind
from tests.faults.fault import Fault, Place, Scripts, Seen
from tests.faults.wire import (
    HTML,
    article_page,
    document,
    feed,
    headline,
    headlines,
    item,
    listing,
    moved,
    news,
    ok,
    page,
    rss,
)

_MENU = "".join(f'<li><a href="/muc-{n}">Mục {n}</a></li>' for n in range(12))
_HOME = page("Cổng thông tin", f"<ul>{_MENU}</ul><p>Chào mừng bạn đến với cổng thông tin của chúng tôi.</p>")
_LOGIN_PAGE = page("Đăng nhập", "<form><input name=u><input type=password name=p><button>Đăng nhập</button></form>")
_CAPTCHA = page("Kiểm tra", '<p>Xác minh bạn là con người</p><div class="g-recaptcha"></div>')
_COOKIE = "<html><script>document.cookie='a=1';location.reload();</script></html>"
_CLOUDFLARE = page("Just a moment...", '<div id="cf_chl_opt">Checking your browser before accessing</div>')
_MISSING = page("404 - Không tìm thấy trang", "<p>Trang bạn yêu cầu không tồn tại.</p>")
_REPAIR = page("Bảo trì", "<p>Hệ thống đang bảo trì, vui lòng quay lại sau ít phút.</p>")
_DENIED = page("Access Denied", "<p>Truy cập của bạn bị từ chối.</p>")

# In the place of a feed.
_FEEDS = (
    ("cloudflare-page", _CLOUDFLARE, Outcome.CHALLENGE),
    ("captcha-page", _CAPTCHA, Outcome.CHALLENGE),
    ("cookie-and-reload", _COOKIE, Outcome.CHALLENGE),
    ("login-page", _LOGIN_PAGE, Outcome.LOGIN),
    ("soft-404", _MISSING, Outcome.NOT_FOUND),
    ("access-denied", _DENIED, Outcome.BLOCKED),
    ("maintenance-page", _REPAIR, Outcome.NOT_A_FEED),
    ("home-page", _HOME, Outcome.NOT_A_FEED),
    ("list-of-feeds", page("RSS", '<ul><li><a href="/rss/a.rss">Tin</a></li></ul>'), Outcome.NOT_A_FEED),
    ("blank", " \r\n\t ", Outcome.NOT_A_FEED),
    ("plain-words", "Xin chào các bạn", Outcome.NOT_A_FEED),
    ("database-error", "Warning: mysqli_connect(): Access denied for user", frozenset({
        Outcome.NOT_A_FEED, Outcome.BLOCKED})),
    ("json-error", '{"error": "not found", "code": 404}', Outcome.NOT_A_FEED),
    ("json-null", "null", Outcome.NOT_A_FEED),
    ("soap-fault", "<?xml version='1.0'?><soap><fault>Không được</fault></soap>", Outcome.NOT_A_FEED),
    ("sitemap-for-feed", "<urlset><url><loc>http://bao.example.vn/1</loc></url></urlset>", Outcome.NOT_A_FEED),
)  # fmt: skip
# In the place of a list page.
_LISTS = (
    ("list-is-captcha", _CAPTCHA, Outcome.CHALLENGE),
    ("list-is-cloudflare", _CLOUDFLARE, Outcome.CHALLENGE),
    ("list-is-cookie-and-reload", _COOKIE, Outcome.CHALLENGE),
    ("list-is-login", _LOGIN_PAGE, Outcome.LOGIN),
    ("list-is-soft-404", _MISSING, Outcome.NOT_FOUND),
    ("list-is-denied", _DENIED, Outcome.BLOCKED),
    ("list-is-maintenance", _REPAIR, Outcome.EMPTY),
    ("list-is-menu-only", _HOME, Outcome.EMPTY),
    ("list-is-blank", " ", Outcome.EMPTY),
)
_BINARIES = (
    ("pdf-for-feed", b"%PDF-1.7\n" + b"\x00" * 500),
    ("png-for-feed", b"\x89PNG\r\n\x1a\n" + b"\x00" * 500),
    ("zip-for-feed", b"PK\x03\x04" + b"\x00" * 500),
    ("random-bytes", bytes(range(128, 256)) * 20),
)


def _same_page_everywhere(case: str, body: str) -> Fault:
    """Article pages that all answer with one and the same other page."""

    def serve(place: Place) -> Scripts:
        pages: Scripts = {f"/bai-{n}.html": ok(body, kind=HTML) for n in range(1, 4)}
        return pages | {"/rss": ok(news(case, place.base))}

    return Fault(
        id=case,
        serve=serve,
        fields={"pages": "always"},
        outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL}),),
        titles=headlines(case),
        never=("Trang chủ chung", "Chào mừng độc giả"),
    )


def _is_partial_without_pages(seen: Seen) -> None:
    assert all("page_failed" in repr(article.problems) for article in seen.articles)


_SHARED = article_page(
    "Trang chủ chung của báo",
    "".join(f"<p>Chào mừng độc giả đến với trang nhà của báo, nơi có nhiều chuyên mục bổ ích, đoạn {n}.</p>"
            for n in range(6)),
)  # fmt: skip
_WRONG_PAGE = page("Trang chủ chung", f"<ul>{_MENU}</ul>")

DOCUMENTS = (
    *(
        Fault(
            id=case,
            serve=feed(ok(body, kind=HTML)),
            outcomes=(outcome,),
            never=("Cổng thông tin", "Xác minh", "Mục 1"),
        )
        for case, body, outcome in _FEEDS
    ),
    *(
        Fault(
            id=case,
            serve=feed(ok(body, kind=HTML)),
            outcomes=(outcome,),
            kind=SourceKind.LISTING,
            never=("Cổng thông tin", "Mục 1"),
        )
        for case, body, outcome in _LISTS
    ),
    *(
        Fault(id=case, serve=feed(ok(body, kind="application/octet-stream")), outcomes=(Outcome.NOT_A_FEED,))
        for case, body in _BINARIES
    ),
    Fault(id="maintenance-503", serve=feed(ok(_REPAIR, kind=HTML, status="503 Service Unavailable")),
          outcomes=(Outcome.SERVER_ERROR,)),
    Fault(id="captcha-403", serve=feed(ok(_CAPTCHA, kind=HTML, status="403 Forbidden")),
          outcomes=(frozenset({Outcome.BLOCKED, Outcome.CHALLENGE}),)),
    Fault(id="feed-redirects-home", serve=lambda _: {"/rss": moved("/"), "/": ok(_HOME, kind=HTML)},
          outcomes=(Outcome.NOT_A_FEED,)),
    Fault(id="list-redirects-to-404-page", kind=SourceKind.LISTING, outcomes=(Outcome.NOT_FOUND,),
          serve=lambda _: {"/rss": moved("/404.html"), "/404.html": ok(_MISSING, kind=HTML)}),
    Fault(id="feed-without-items", serve=document(lambda _: rss()), outcomes=(Outcome.EMPTY,)),
    Fault(id="json-feed-without-items", kind=SourceKind.JSONFEED, outcomes=(Outcome.EMPTY,),
          serve=feed(ok('{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": []}'))),
    Fault(id="sitemap-without-pages", kind=SourceKind.SITEMAP, serve=feed(ok("<urlset></urlset>")),
          outcomes=(Outcome.EMPTY,)),
    Fault(id="api-that-refuses", kind=SourceKind.API, outcomes=(frozenset({
              Outcome.NOT_A_FEED, Outcome.EMPTY, Outcome.PARSE_FAILED, Outcome.BLOCKED, Outcome.LOGIN}),),
          serve=feed(ok(json.dumps({"success": False, "message": "Token không hợp lệ"}), kind="application/json"))),
    Fault(id="selectors-drifted", kind=SourceKind.LISTING, outcomes=(frozenset({
              Outcome.EMPTY, Outcome.LAYOUT_DRIFT}),),
          fields={"selectors": {"item": ".khong-con", "link": "a"}},
          serve=lambda place: {"/rss": ok(listing("selectors-drifted", place.base), kind=HTML)}),
    _same_page_everywhere("pages-are-captcha", _CAPTCHA),
    _same_page_everywhere("pages-are-login", _LOGIN_PAGE),
    _same_page_everywhere("pages-are-soft-404", _MISSING),
    _same_page_everywhere("pages-are-a-menu", _WRONG_PAGE),
    _same_page_everywhere("pages-are-one-article", _SHARED),
    Fault(id="page-is-a-pdf", fields={"pages": "always"}, outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL}),),
          titles=headlines("page-is-a-pdf", 1), check=_is_partial_without_pages,
          serve=lambda place: {"/rss": ok(news("page-is-a-pdf", place.base, 1)),
                               "/bai-1.html": ok(b"%PDF-1.7\n", kind="application/pdf")}),
    Fault(id="page-redirects-home", fields={"pages": "always"}, titles=headlines("page-redirects-home", 1),
          outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL}),), never=("Cổng thông tin",),
          serve=lambda place: {"/rss": ok(news("page-redirects-home", place.base, 1)),
                               "/bai-1.html": moved("/"), "/": ok(_HOME, kind=HTML)}),
    Fault(id="pages-lead-inside", fields={"pages": "always"}, outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL}),),
          never=("bi-mat-noi-bo",), titles=headlines("pages-lead-inside", 1),
          serve=lambda place: {"/rss": ok(news("pages-lead-inside", place.base, 1)),
                               "/bai-1.html": moved(place.inner)}),
    Fault(id="links-lead-inside", fields={"pages": "always"}, outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL}),),
          never=("bi-mat-noi-bo",), titles=None,
          serve=lambda place: {"/rss": ok(rss(item(headline("links-lead-inside"), place.inner)))}),
    Fault(id="sitemap-children-lead-inside", kind=SourceKind.SITEMAP,
          outcomes=(frozenset({Outcome.PARTIAL, Outcome.REFUSED_BY_POLICY, Outcome.EMPTY}),),
          serve=lambda place: {"/rss": ok(
              f"<sitemapindex><sitemap><loc>{place.inner}</loc></sitemap></sitemapindex>")}),
    Fault(id="php-warning-before-feed", outcomes=(Outcome.OK,), titles=headlines("php-warning-before-feed"),
          serve=document(lambda base: "Warning: Undefined index in /var/www/a.php on line 3\n"
                         + news("php-warning-before-feed", base))),
    Fault(id="feed-as-html-type", outcomes=(Outcome.OK,), titles=headlines("feed-as-html-type"),
          serve=document(lambda base: news("feed-as-html-type", base), HTML)),
    Fault(id="sound-list", kind=SourceKind.LISTING, outcomes=(Outcome.OK,), titles=headlines("sound-list", 6),
          serve=lambda place: {"/rss": ok(listing("sound-list", place.base), kind=HTML)}),
)  # fmt: skip
