"""VNPT vnPortal sites, after communes and departments of the province (DOMAIN §1.1, §1.3.12, 24).

Lists put ``dd/mm/yyyy`` on its own line above the title and link with ``?pageindex=0``, which is no part of the
identity; file and picture names end in 18 digits, the .NET ticks of the upload. One variant is read through its JSON
interface ``/api/public/articles``.
"""

import json
from datetime import UTC, datetime, timedelta

from aiohttp import web

from aggregator.demo.newsroom import Paper, Post
from aggregator.demo.outlets import Channel
from aggregator.demo.sites.frame import Layout, Site, channel_of, number_of
from aggregator.demo.templating import iso, local

_PAGE_LENGTH = 15
_API_LENGTH = 30
_TICKS_EPOCH = datetime(1, 1, 1, tzinfo=UTC)


def ticks(at: datetime) -> int:
    """The .NET ticks of an instant: 100 ns since the year 1, 18 digits in our time."""
    return (at - _TICKS_EPOCH) // timedelta(microseconds=1) * 10


def _routes(site: Site) -> list[web.RouteDef]:
    async def listing(request: web.Request) -> web.Response:
        channel = channel_of(request, site)
        text = site.render("vnportal-list.html", channel=channel, posts=site.listed(channel)[:_PAGE_LENGTH])
        return site.list_answer(request, text, "text/html")

    async def articles(request: web.Request) -> web.Response:
        posts = [post for post in site.listed() if post.channel.slug == request.query.get("categoryId", "")]
        answer = {
            "success": True,
            "totalRecords": len(posts),
            "data": [_item(site, post) for post in posts[:_API_LENGTH]],
        }
        return site.list_answer(request, json.dumps(answer, ensure_ascii=False), "application/json")

    async def article(request: web.Request) -> web.Response:
        return site.article_answer(number_of(request), "vnportal.html")

    return [
        web.get("/api/public/articles", articles),
        web.get("/{channel}", listing),
        web.get("/{channel}/{slug}-{number:\\d{6}}", article),
    ]


def _item(site: Site, post: Post) -> dict[str, object]:
    return {
        "ArticleID": post.number,
        "Title": post.title,
        "Summary": post.lead,
        "Url": f"{site.article_url(post)}?pageindex=0",
        "ImagePath": site.picture_url(post) if post.draft.picture else "",
        "Author": post.draft.author,
        "CategoryName": post.channel.title,
        "PublishedDate": iso(post.published_at),
    }


def _file_folder(post: Post) -> str:
    moment = post.published_at
    return f"/nan-mau/1/quantritintuc{local(moment, '%Y')}{moment.month}"


def _article_path(post: Post) -> str:
    return f"/{post.channel.slug}/{post.slug}-{post.number}"


def _picture_path(post: Post, index: int) -> str:
    return f"{_file_folder(post)}/Anh-{index}{ticks(post.published_at)}.png"


def _paper_path(post: Post, paper: Paper) -> str:
    return f"{_file_folder(post)}/{paper.slug}{ticks(post.published_at)}.pdf"


def _api_path(channel: Channel) -> str:
    return f"/api/public/articles?languageId=vi-VN&categoryId={channel.slug}&pageSize={_API_LENGTH}"


VNPORTAL = Layout(
    channel_path=lambda channel: f"/{channel.slug}",
    article_path=_article_path,
    routes=_routes,
    picture_path=_picture_path,
    paper_path=_paper_path,
)

VNPORTAL_API = Layout(
    channel_path=_api_path,
    article_path=_article_path,
    routes=_routes,
    picture_path=_picture_path,
    paper_path=_paper_path,
)
