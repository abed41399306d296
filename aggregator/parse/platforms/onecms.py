"""OneCMS, the system of baonghean.vn (since 12/2023), congly.vn and other Vietnamese papers (DOMAIN 1.3.21, 1.4).

Its JSON-LD strings are HTML-escaped and there is no ``article:published_time``; long-form articles carry their heading
inside the body.
"""

import re

from aggregator.model.source import Selectors
from aggregator.parse.platforms.marks import HINT, SURE, Mark
from aggregator.parse.platforms.rules import PlatformRules

RULES = PlatformRules(
    selectors=Selectors(
        item=(
            "ul.onecms__loading > li",
            "li.loadArticle",
            ".b-grid",
            ".c-template-list li",
        ),
        link=(".b-grid__title a", "h2 a", "h3 a", "h4 a", "a"),
        title=(".b-grid__title", "h2", "h3", "h4"),
        date=("time", ".b-grid__time", ".b-grid__date", ".need-get-timeago", ".timeago"),
        summary=(".b-grid__desc", ".b-grid__sapo", "p"),
        image=(".b-grid__img img", "img"),
        next_page=("a[rel=next]", ".c-more.onecms__loadmore a[href]", ".pagination a.next"),
        page_title=(".sc-longform-header-title", ".block-sc-title", ".c-detail-head__title", "h1"),
        page_date=(".sc-longform-header-date", ".block-sc-publish-time", ".c-detail-head__time", "time"),
        page_summary=(".sc-longform-header-sapo", ".block-sc-sapo", ".c-detail-head__desc"),
        page_author=(".sc-longform-header-author", ".block-sc-author", ".c-detail-head__author"),
        page_body=(".c-news-detail .b-maincontent > .entry", ".b-maincontent .entry", ".b-maincontent"),
        page_drop=(
            ".sc-longform-header",
            ".sc-longform-header-cate",
            ".sc-longform-header-title",
            ".sc-longform-header-title-sub",
            ".sc-longform-header-author",
            ".sc-longform-header-date",
            ".sc-longform-header-sapo",
            ".c-main-banner",
            ".c-widget-tags",
            ".c-template-list",
            ".c-news-topmore",
        ),
    ),
    marks=(
        Mark(weight=SURE, names=("onecms__", "sc-longform-header-", "block-sc-title", "block-sc-sapo")),
        Mark(weight=SURE, written=re.compile(r"<(?:link|script)\b[^<>]{0,400}?//[\w-]+\.1cdn\.vn/(?!thumbs/|\d{4}/)")),
        Mark(weight=HINT, names=("b-maincontent",)),
        Mark(weight=HINT, names=("c-news-detail", "c-detail-head", "c-template-list", "c-news-topmore")),
        Mark(weight=HINT, names=("b-grid__title", "b-grid__img", "b-grid__desc")),
        Mark(weight=HINT, written=re.compile(r"//[\w-]+\.1cdn\.vn/")),
    ),
)
