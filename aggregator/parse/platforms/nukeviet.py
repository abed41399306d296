"""NukeViet 4 and its eGov edition, the system of many agencies and communes (DOMAIN 1.3.20).

Bodies hold no ``<p>``: sanitising makes paragraphs of text between breaks. ``article:published_time`` is malformed on
every 4.x, so the date in the text comes first. Feeds of 4.3 to 4.5 print the month where the minutes belong.
"""

import re

from aggregator.model.source import Selectors
from aggregator.parse.platforms.marks import HINT, SURE, Mark
from aggregator.parse.platforms.rules import PlatformRules

RULES = PlatformRules(
    selectors=Selectors(
        item=(
            ".news_column .panel-body, ul.related > li",
            ".news_column",
            ".viewcat .item",
        ),
        link=("h2 a", "h3 a", "h4 a", "a.show", "a"),
        title=("h2 a", "h3 a", "h4 a", "h2", "h3"),
        date=("li:has(em.fa-clock-o)", ".text-muted li", ".text-muted", "time"),
        summary=(".hometext", "p.text-justify"),
        image=("img.img-thumbnail", ".imghome", "img"),
        next_page=("ul.pagination li.active + li a", "a[rel=next]"),
        page_title=("h1[itemprop=headline]", "h1.title", "h1"),
        page_date=("[itemprop=datePublished]", "span.h5", ".detail-time"),
        page_summary=(".hometext[itemprop=description]", ".hometext"),
        page_body=("#news-bodyhtml", ".bodytext", "[itemprop=articleBody]"),
        page_attachment=(".news-download-file a[href]", ".news-download a[href]"),
        page_drop=(".news-download-file", ".news-download", ".socialList", ".socialButton", "ul.related"),
    ),
    marks=(
        Mark(weight=SURE, written=re.compile(r"""id\s?=\s?["']?news-bodyhtml\b""")),
        Mark(weight=SURE, written=re.compile(r"nv_(?:base_siteurl|lang_data|my_domain)\s?=")),
        Mark(weight=HINT, names=("news_column",)),
        Mark(weight=HINT, names=("hometext",)),
        Mark(weight=HINT, written=re.compile(r"nukeviet")),
    ),
    generators=("nukeviet",),
    visible_date_first=True,
    origin=("p.h5.text-right", ".newsdetail-author", "#news-source", ".source"),
)

_BAD_MINUTES = re.compile(r"nukeviet\s*(?:v|egov)?\s*(?:4\.[345])\b|nukeviet\s*egov", re.IGNORECASE)


def has_bad_minutes(generator: str) -> bool:
    """Whether a feed's generator is an edition that prints the month as minutes."""
    return _BAD_MINUTES.search(generator) is not None
