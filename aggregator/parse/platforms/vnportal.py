"""VNPT vnPortal, the system of nghean.gov.vn and of most communes and departments (DOMAIN 1.1, 1.3.12, 1.3.24).

Pages carry no usable metadata: the date stands on a line of its own above the title, lines are broken inside sentences,
files are named ``…quantritintuc<YYYYM>/<file><18 digits>.<ext>``. No element names of it are public, so the selectors
are the usual ones of such portals, behind them the generic reader.
"""

from aggregator.model.source import Selectors
from aggregator.parse.platforms.rules import PlatformRules

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
    marks=("quantritintuc", "vnportal", "anh-tin-bai", "datafiles.", "/nan-ubnd/", "vnpt"),
    visible_date_first=True,
    origin=(".article-source", ".source"),
    joins_hard_breaks=True,
)
