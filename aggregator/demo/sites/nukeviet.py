"""A NukeViet 4.5 site with its known flaws (DOMAIN §1.3.6, 11, 20).

RSS dates hold the month where minutes belong; titles hold entities as text; bodies have no ``<p>``; each article has a
``/savefile/`` twin whose og:url is its own.
"""

from aiohttp import web

from aggregator.demo.sites.frame import Layout, Site, channel_of, number_of


def _routes(site: Site) -> list[web.RouteDef]:
    async def feed(request: web.Request) -> web.Response:
        channel = channel_of(request, site)
        text = site.render("nukeviet.xml", channel=channel, posts=site.listed(channel)[:30])
        return site.list_answer(request, text, "text/xml")

    async def listing(request: web.Request) -> web.Response:
        channel = channel_of(request, site)
        text = site.render("nukeviet-list.html", channel=channel, posts=site.listed(channel)[:20])
        return site.list_answer(request, text, "text/html")

    async def article(request: web.Request) -> web.Response:
        return site.article_answer(number_of(request), "nukeviet.html")

    return [
        web.get("/vi/news/rss/{channel}/", feed),
        web.get("/{channel}/", listing),
        web.get("/{channel}/{slug}-{number:\\d+}.html", article),
        web.get("/savefile/{channel}/{slug}-{number:\\d+}.html", article),
    ]


NUKEVIET = Layout(
    channel_path=lambda channel: f"/vi/news/rss/{channel.slug}/",
    article_path=lambda post: f"/{post.channel.slug}/{post.slug}-{post.number}.html",
    routes=_routes,
    picture_path=lambda post, index: f"/uploads/news/2026/11/{post.slug[:40]}-{post.number}-{index}.png",
    paper_path=lambda post, paper: f"/uploads/news/2026/11/{post.number}-{paper.slug}.pdf",
    last_modified=True,
)
