"""ePi CMS, the system of mattran.org.vn, baohatinh.vn, tienphong.vn and others (DOMAIN 1.1, 1.4)."""

import re

from aggregator.model.source import Selectors
from aggregator.parse.platforms.marks import HINT, SURE, Mark
from aggregator.parse.platforms.rules import PlatformRules

RULES = PlatformRules(
    selectors=Selectors(
        item=(".list-news article.story", ".timeline article.story", "article.story", ".story"),
        link=(".story__heading a", ".story__title a", "h2 a", "h3 a", "a"),
        title=(".story__heading", ".story__title", "h2", "h3"),
        date=(".story__time", "time", ".time"),
        summary=(".story__summary", ".summary"),
        image=(".story__thumb img", "img"),
        next_page=(".pagination__pages a.next", ".pagination a.next", "a[rel=next]"),
        page_title=(".article__title", "h1.cms-title", "h1"),
        page_date=(".article__meta time", ".article__time", "time.time", "time"),
        page_summary=(".article__sapo", ".cms-desc"),
        page_author=(".article__author", ".author.cms-author", ".cms-author"),
        page_body=(".article__body", ".zce-content-body", ".cms-body"),
        page_attachment=(".article__body a[href]", ".article__attach a[href]"),
        page_drop=(
            ".article__tag",
            ".article__related",
            ".article__story",
            ".related-news",
            ".cms-relate",
            ".inner-article",
            ".article__audio",
            ".article__social",
        ),
    ),
    marks=(
        Mark(weight=SURE, names=("story__heading", "zce-content-body")),
        Mark(weight=SURE, written=re.compile(r"//static-cms-[\w-]+\.(?:epicdn\.me|zadn\.vn)/")),
        Mark(weight=HINT, names=("cms-title", "cms-desc", "cms-body", "cms-author", "cms-photo", "cms-link")),
        # Others use these of themselves: newspapers abroad, and the aggregator baomoi.com.
        Mark(weight=HINT, names=("article__body",)),
        # The rest of zadn.vn serves Zalo and Zing, whose widgets stand on pages of every kind.
        Mark(weight=HINT, written=re.compile(r"//[\w-]+\.epicdn\.me/|//photo-cms-[\w-]+\.zadn\.vn/")),
    ),
)
