"""A OneCMS site, after the family of the provincial paper (DOMAIN §1.1, §1.3.21).

RSS holds a summary with a picture; pages keep the body in ``.c-news-detail .b-maincontent > .entry`` between a tag
list and related links, name no article:published_time, and write JSON-LD with HTML entities within its strings.
"""

from aiohttp import web

from aggregator.demo.sites.frame import Layout, Site, channel_of, number_of
from aggregator.demo.templating import local


def _routes(site: Site) -> list[web.RouteDef]:
    async def feed(request: web.Request) -> web.Response:
        channel = channel_of(request, site)
        text = site.render("onecms.xml", channel=channel, posts=site.listed(channel)[:40])
        return site.list_answer(request, text, "text/xml")

    async def article(request: web.Request) -> web.Response:
        return site.article_answer(number_of(request), "onecms.html")

    return [
        web.get("/rss/{channel}.rss", feed),
        web.get("/{slug}-{number:\\d{8}}.html", article),
        web.get("/print/{number:\\d{8}}.html", article),
    ]


ONECMS = Layout(
    channel_path=lambda channel: f"/rss/{channel.slug}.rss",
    article_path=lambda post: f"/{post.slug}-{post.number}.html",
    routes=_routes,
    picture_path=lambda post, index: f"/{local(post.published_at, '%Y/%m/%d')}/{post.slug[:60]}-{index}.png",
    last_modified=True,
)
