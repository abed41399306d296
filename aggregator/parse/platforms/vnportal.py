"""VNPT vnPortal, the system of nghean.gov.vn and of most communes and departments (DOMAIN 1.1, 1.3.12, 1.3.24).

Pages carry no usable metadata: the date stands on a line of its own above the title, lines are broken inside sentences,
files are named ``…quantritintuc<YYYYM>/<file><18 digits>.<ext>``. No element names of it are public, so the selectors
are the usual ones of such portals, behind them the generic reader.
"""

import re

from aggregator.model.source import Selectors
from aggregator.parse.platforms.marks import HINT, SURE, Mark
from aggregator.parse.platforms.rules import PlatformRules

# The store of a portal: a host of its own, or a province's "datafiles" under its people's committee. The same host name
# at chinhphu.vn holds the government's legal documents, which pages of every kind link.
_STORE = r"//(?:(?:storage|files)-vnportal\.|datafiles\.[\w.-]+/[a-z]{3}-ubnd/)"
# Uploads of the news desk, by site and month, with or without the ticks at the end of the name.
_FILE = re.compile(r"/\d+/(?:file)?quantritintuc\d{0,6}/[^\s\"'<>]+")

RULES = PlatformRules(
    selectors=Selectors(
        item=(".list-news .item", ".news-item", ".article-item", "ul.list-news > li"),
        link=("h2 a", "h3 a", "h4 a", ".title a", "a"),
        title=("h2", "h3", "h4", ".title"),
        date=("time", ".date", ".time", ".news-date"),
        summary=(".summary", ".desc", ".description", "p"),
        image=("img",),
        next_page=("a[rel=next]", ".pagination .next a", ".pagination a.next"),
        page_title=(".article-title", ".title-detail", ".news-title", "h1"),
        page_date=(".article-date", ".date-detail", ".news-date", ".post-date", "time"),
        page_summary=(".article-summary", ".sapo", ".description-detail"),
        page_author=(".article-author", ".author"),
        page_body=(".article-content", ".content-detail", ".news-content", ".detail-content"),
        page_attachment=("a[href*='quantritintuc']", "a[href*='datafiles']", "a[href*='vnportal']"),
        page_drop=(".article-related", ".other-news", ".tin-lien-quan", ".article-tools"),
    ),
    marks=(
        Mark(
            weight=SURE, written=re.compile(rf"<(?:link|script)\b[^<>]{{0,400}}?{_STORE}(?![^\s\"'<>]*quantritintuc)")
        ),
        Mark(weight=SURE, written=_FILE, times=3),
        Mark(weight=HINT, written=re.compile(rf"{_STORE}|{_FILE.pattern}")),
        Mark(weight=HINT, written=re.compile(r"""alt\s?=\s?["']?anh-tin-bai""")),
    ),
    visible_date_first=True,
    origin=(".article-source", ".source"),
    joins_hard_breaks=True,
)
