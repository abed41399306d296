"""Every route of the service, on one page: who may call it, what it takes and what it answers with."""

from aggregator.model.people import Role
from aggregator.web.api import articles, directory, feed, service, views
from aggregator.web.feeds import handlers as feeds
from aggregator.web.ops import actions, board, crawls, login
from aggregator.web.pages import article, lists
from aggregator.web.pages import directory as pages
from aggregator.web.parameters import CrawlParameters, FeedParameters, NoParameters
from aggregator.web.route import Audience, Route

_READ = ("bad-parameter", "too-many-requests", "internal", "store-away")

API: tuple[Route, ...] = (
    Route(
        method="GET",
        path="/api/v1/feed",
        handler=feed.feed,
        summary="Dòng tin: các sự kiện, mới nhất trước, đọc tiếp bằng con trỏ",
        query=FeedParameters,
        answer=views.FeedPage,
        problems=("bad-cursor", *_READ),
    ),
    Route(
        method="GET",
        path="/api/v1/articles/{id}",
        handler=articles.article,
        summary="Một bài, trong phạm vi nguồn cho phép",
        query=NoParameters,
        answer=views.ArticleDetail,
        problems=("not-found", "gone", *_READ),
    ),
    Route(
        method="GET",
        path="/api/v1/sections",
        handler=directory.sections,
        summary="Các chuyên mục",
        query=NoParameters,
        answer=views.SectionList,
        problems=_READ,
    ),
    Route(
        method="GET",
        path="/api/v1/sources",
        handler=directory.sources,
        summary="Các nguồn tin và tình trạng",
        query=NoParameters,
        answer=views.SourceList,
        problems=_READ,
    ),
    Route(
        method="GET",
        path="/api/v1/links",
        handler=directory.links,
        summary="Danh bạ liên kết",
        query=NoParameters,
        answer=views.LinkDirectory,
        problems=_READ,
    ),
    Route(method="GET", path="/openapi.json", handler=service.openapi, summary="Mô tả API (OpenAPI 3.1)"),
    Route(
        method="GET",
        path="/healthz",
        handler=service.healthz,
        summary="Tiến trình còn chạy",
        audience=Audience.HEALTH,
        answer=views.Liveness,
    ),
    Route(
        method="GET",
        path="/readyz",
        handler=service.readyz,
        summary="Sẵn sàng phục vụ",
        audience=Audience.HEALTH,
        answer=views.Readiness,
    ),
)

PREFLIGHTS: tuple[Route, ...] = tuple(
    Route(
        method="OPTIONS",
        path=route.path,
        handler=directory.preflight,
        summary="Trình duyệt hỏi trước khi gọi từ trang khác",
        problems=("origin-refused",),
    )
    for route in API
    if route.audience is Audience.PUBLIC
)

_FORM = "{form:rss|atom|json}"
_SLUG = "{slug:[a-z0-9-]{1,80}}"

FEEDS: tuple[Route, ...] = (
    Route(method="GET", path=f"/feeds/tin.{_FORM}", handler=feeds.all_news, summary="Tất cả tin"),
    Route(
        method="GET",
        path=f"/feeds/chuyen-muc/{_SLUG}.{_FORM}",
        handler=feeds.section_news,
        summary="Tin của một chuyên mục",
    ),
    Route(method="GET", path=f"/feeds/nguon/{_SLUG}.{_FORM}", handler=feeds.source_news, summary="Tin của một nguồn"),
    Route(method="GET", path=f"/feeds/xa/{_SLUG}.{_FORM}", handler=feeds.place_news, summary="Tin của một xã, phường"),
    Route(method="GET", path="/sources.opml", handler=feeds.sources_opml, summary="Danh sách các nguồn cấp (OPML)"),
)

PAGES: tuple[Route, ...] = (
    Route(method="GET", path="/", handler=lists.home, summary="Tin mới"),
    Route(method="GET", path="/chuyen-muc/{slug}", handler=lists.section_page, summary="Tin của một chuyên mục"),
    Route(method="GET", path="/nguon", handler=pages.sources_page, summary="Các nguồn tin"),
    Route(method="GET", path="/nguon/{id}", handler=lists.source_page, summary="Tin của một nguồn"),
    Route(method="GET", path="/bai/{id}", handler=article.article_page, summary="Một bài"),
    Route(method="GET", path="/lien-ket", handler=pages.links_page, summary="Danh bạ liên kết"),
    Route(method="GET", path="/problems/{code}", handler=pages.problem_page, summary="Giải thích một loại lỗi"),
    Route(method="GET", path="/assets/{name}", handler=pages.asset, summary="Tệp tĩnh"),
    Route(method="GET", path="/favicon.ico", handler=pages.favicon, summary="Biểu tượng"),
)

_LOGIN = Audience.LOGIN

OPS: tuple[Route, ...] = (
    Route(method="GET", path="/ops/login", handler=login.login_form, summary="Trang đăng nhập"),
    Route(method="POST", path="/ops/login", handler=login.login, summary="Đăng nhập"),
    Route(method="POST", path="/ops/logout", handler=login.logout, summary="Đăng xuất", audience=_LOGIN),
    Route(method="GET", path="/ops/password", handler=login.password_form, summary="Đổi mật khẩu", audience=_LOGIN),
    Route(method="POST", path="/ops/password", handler=login.change_password, summary="Đổi", audience=_LOGIN),
    Route(method="GET", path="/ops", handler=board.board, summary="Bảng vận hành", audience=_LOGIN),
    Route(
        method="GET",
        path="/ops/crawls",
        handler=crawls.crawls,
        summary="Nhật ký thu thập",
        audience=_LOGIN,
        query=CrawlParameters,
    ),
    Route(method="GET", path="/ops/crawls/{id}", handler=crawls.crawl, summary="Một lượt thu thập", audience=_LOGIN),
    Route(
        method="POST",
        path="/ops/sources/{id}/crawl",
        handler=actions.crawl_now,
        summary="Thu thập ngay",
        audience=_LOGIN,
        least=Role.OPERATOR,
    ),
)

ROUTES: tuple[Route, ...] = (*API, *PREFLIGHTS, *FEEDS, *PAGES, *OPS)
