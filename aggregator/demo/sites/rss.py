"""A plain RSS 2.0 site: feeds with the whole text in content:encoded, ETag, and pages with Open Graph metadata."""

from aiohttp import web

from aggregator.demo.sites.frame import Layout, Site, channel_of, number_of


def _routes(site: Site) -> list[web.RouteDef]:
    async def feed(request: web.Request) -> web.Response:
        channel = channel_of(request, site)
        text = site.render("rss.xml", channel=channel, posts=site.listed(channel)[:30])
        return site.list_answer(request, text, "application/rss+xml")

    async def article(request: web.Request) -> web.Response:
        return site.article_answer(number_of(request), "article.html")

    return [
        web.get("/rss/{channel}.xml", feed),
        web.get("/{slug}-a{number:\\d+}.html", article),
    ]


RSS = Layout(
    channel_path=lambda channel: f"/rss/{channel.slug}.xml",
    article_path=lambda post: f"/{post.slug}-a{post.number}.html",
    routes=_routes,
    etag=True,
)
