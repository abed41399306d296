"""An Atom 1.0 site (RFC 4287): whole text in the feed, both validators, articles under year and month."""

from aiohttp import web

from aggregator.demo.sites.frame import Layout, Site, channel_of, number_of
from aggregator.demo.templating import local


def _routes(site: Site) -> list[web.RouteDef]:
    async def feed(request: web.Request) -> web.Response:
        channel = channel_of(request, site)
        text = site.render("atom.xml", channel=channel, posts=site.listed(channel)[:30])
        return site.list_answer(request, text, "application/atom+xml")

    async def article(request: web.Request) -> web.Response:
        return site.article_answer(number_of(request), "article.html")

    return [
        web.get("/{channel}/atom.xml", feed),
        web.get("/{year:\\d{4}}/{month:\\d{2}}/{slug}-{number:\\d+}", article),
    ]


ATOM = Layout(
    channel_path=lambda channel: f"/{channel.slug}/atom.xml",
    article_path=lambda post: f"/{local(post.published_at, '%Y/%m')}/{post.slug}-{post.number}",
    routes=_routes,
    etag=True,
    last_modified=True,
)
