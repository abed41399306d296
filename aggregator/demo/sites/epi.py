"""An ePi CMS site, after the Front's national site (DOMAIN §1.1): lists without feeds, relative dates, next pages."""

from aiohttp import web

from aggregator.demo.sites.frame import Layout, Site, channel_of, number_of

_PAGE_LENGTH = 12


def _routes(site: Site) -> list[web.RouteDef]:
    async def listing(request: web.Request) -> web.Response:
        channel = channel_of(request, site)
        asked = request.query.get("page", "1")
        page = int(asked) if asked.isascii() and asked.isdigit() and 1 <= len(asked) <= 3 else 1  # noqa: PLR2004 - digits
        posts = site.listed(channel)
        shown = posts[(page - 1) * _PAGE_LENGTH : page * _PAGE_LENGTH]
        more = len(posts) > page * _PAGE_LENGTH
        text = site.render("epi-list.html", channel=channel, posts=shown, next_page=page + 1 if more else None)
        return site.list_answer(request, text, "text/html")

    async def article(request: web.Request) -> web.Response:
        return site.article_answer(number_of(request), "epi.html")

    return [
        web.get("/{channel}/", listing),
        web.get("/{channel}/{slug}-{number:\\d+}.html", article),
    ]


EPI = Layout(
    channel_path=lambda channel: f"/{channel.slug}/",
    article_path=lambda post: f"/{post.channel.slug}/{post.slug}-{post.number}.html",
    routes=_routes,
    picture_path=lambda post, index: f"/w607/Uploaded/2026/{post.slug[:50]}-{post.number}-{index}.png",
    paper_path=lambda post, paper: f"/files/{post.number}/{paper.slug}.pdf",
)
