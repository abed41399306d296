"""An article's page: what its source allows to be shown, and the way to the original."""

from urllib.parse import unquote, urlsplit

from aiohttp import web
from markupsafe import Markup

from aggregator.text.fold import clean_text
from aggregator.web.api.articles import article_detail
from aggregator.web.api.views import AttachmentItem
from aggregator.web.pages.page import cached_page
from aggregator.web.state import WebState

_FILE_KINDS = {
    "pdf": "PDF",
    "doc": "Word",
    "docx": "Word",
    "xls": "Excel",
    "xlsx": "Excel",
    "ppt": "PowerPoint",
    "pptx": "PowerPoint",
    "zip": "ZIP",
    "rar": "RAR",
}


async def article_page(request: web.Request) -> web.Response:
    """An article with its history, files and the other outlets of its story."""

    async def render(state: WebState) -> bytes:
        article = await article_detail(state, request.match_info["id"])
        # Sanitised by the presenter a moment ago: the one piece of markup that is not escaped.
        body = Markup(article.body) if article.body else None  # noqa: S704 - see above
        return state.frontend.render(
            "article.html",
            tab="news",
            article=article,
            body=body,
            body_has_image=bool(article.body and "<img" in article.body),
            section=state.presenter.sections.get(article.sections[0]) if article.sections else None,
            file_kind=_file_kind,
            file_name=_file_name,
        )

    return await cached_page(request, {}, render)


def _file_kind(file: AttachmentItem) -> str:
    if file.is_pdf:
        return "PDF"
    path = urlsplit(file.url).path
    return _FILE_KINDS.get(path.rsplit(".", maxsplit=1)[-1].lower(), "Tệp")


def _file_name(file: AttachmentItem) -> str:
    # Where the page gave its link no words: the last part of the address, if it says anything.
    last = clean_text(unquote(urlsplit(file.url).path.rsplit("/", maxsplit=1)[-1], errors="replace"), limit=120)
    return last if "." in last else "Tệp đính kèm"
