"""A site without feeds: news sitemaps (sitemaps.org 0.9 with the news extension), the first behind an index.

Article addresses end in ``-<4 digits>.htm``; pages carry ISO dates with +07:00 in Open Graph and ``time``.
"""

from aiohttp import web

from aggregator.demo.outlets import Channel
from aggregator.demo.sites.frame import Layout, Site, channel_of, number_of


def _channel_path(channel: Channel) -> str:
    # One channel behind an index and the others plain, so that both ways are walked.
    return f"/sitemap-index-{channel.slug}.xml" if channel.section == "lich-tiep-xuc" else f"/news-{channel.slug}.xml"


def _routes(site: Site) -> list[web.RouteDef]:
    async def index(request: web.Request) -> web.Response:
        text = site.render("sitemapindex.xml", channel=channel_of(request, site))
        return site.list_answer(request, text, "application/xml")

    async def news(request: web.Request) -> web.Response:
        channel = channel_of(request, site)
        text = site.render("newsmap.xml", posts=site.listed(channel)[:100])
        return site.list_answer(request, text, "application/xml")

    async def article(request: web.Request) -> web.Response:
        return site.article_answer(number_of(request), "article.html")

    return [
        web.get("/sitemap-index-{channel}.xml", index),
        web.get("/news-{channel}.xml", news),
        web.get("/{slug}-{number:\\d+}.htm", article),
    ]


NEWSMAP = Layout(
    channel_path=_channel_path,
    article_path=lambda post: f"/{post.slug}-{post.number}.htm",
    routes=_routes,
    last_modified=True,
)
