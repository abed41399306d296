"""A JSON Feed 1.1 site: handbook pages with attachments and their sizes, ETag; addresses end with a slash."""

import json

from aiohttp import web

from aggregator.demo.newsroom import Post
from aggregator.demo.outlets import Channel
from aggregator.demo.papers import print_paper
from aggregator.demo.sites.frame import Layout, Site, channel_of, number_of
from aggregator.demo.templating import iso


def _routes(site: Site) -> list[web.RouteDef]:
    async def feed(request: web.Request) -> web.Response:
        channel = channel_of(request, site)
        text = json.dumps(_feed(site, channel), ensure_ascii=False)
        return site.list_answer(request, text, "application/feed+json")

    async def article(request: web.Request) -> web.Response:
        return site.article_answer(number_of(request), "article.html")

    return [
        web.get("/{channel}/feed.json", feed),
        web.get("/{channel}/{slug}-{number:\\d+}/", article),
    ]


def _feed(site: Site, channel: Channel) -> dict[str, object]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"{channel.title} | {site.outlet.name}",
        "home_page_url": f"{site.address}/",
        "feed_url": site.channel_url(channel),
        "language": "vi",
        "items": [_item(site, post) for post in site.listed(channel)[:40]],
    }


def _item(site: Site, post: Post) -> dict[str, object]:
    item: dict[str, object] = {
        "id": f"{site.outlet.id}:{post.number}",
        "url": site.article_url(post),
        "title": post.title,
        "summary": post.lead,
        "content_html": site.render("body.html", post=post).strip(),
        "date_published": iso(post.published_at),
        "authors": [{"name": post.draft.author or site.outlet.name}],
        "tags": [post.channel.title],
        "attachments": [
            {
                "url": site.paper_url(post, paper),
                "mime_type": "application/pdf",
                "title": paper.name,
                "size_in_bytes": len(print_paper(paper.name, post.draft.title)),
            }
            for paper in post.papers
        ],
    }
    if post.updated_at:
        item["date_modified"] = iso(post.updated_at)
    if post.draft.picture:
        item["image"] = site.picture_url(post)
    return item


JSONFEED = Layout(
    channel_path=lambda channel: f"/{channel.slug}/feed.json",
    article_path=lambda post: f"/{post.channel.slug}/{post.slug}-{post.number}/",
    routes=_routes,
    etag=True,
)
