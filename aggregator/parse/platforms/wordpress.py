"""WordPress, the system of many associations, schools and small papers; its themes keep the names of the first one.

The address ``?p=<number>`` is an article's identity. Dates carry "+00:00", which on some sites is local time all the
same: the source's entry says so (``false_zone``), nothing on the page does. "Older posts" is the next page of a list.
"""

import re

from aggregator.model.source import Selectors
from aggregator.parse.platforms.marks import HINT, SURE, Mark
from aggregator.parse.platforms.rules import PlatformRules

RULES = PlatformRules(
    selectors=Selectors(
        item=("article.type-post", "article.post", ".hentry", ".td_module_wrap", ".post-item", ".wp-block-post"),
        link=(".entry-title a", ".post-title a", ".td-module-title a", ".wp-block-post-title a", "h2 a", "h3 a", "a"),
        title=(".entry-title", ".post-title", ".td-module-title", ".wp-block-post-title", "h2", "h3", "h5"),
        date=("time.published", "time.entry-date", ".entry-date", ".post-date", ".posted-on", "time"),
        summary=(
            ".entry-summary",
            ".td-excerpt",
            ".from_the_blog_excerpt",
            ".wp-block-post-excerpt",
            ".entry-content",
            ".excerpt",
        ),
        image=("img.wp-post-image", ".post-thumbnail img", ".entry-thumb", "img"),
        next_page=("a.next.page-numbers", ".nav-previous a", ".older-posts a", "a.wp-block-query-pagination-next"),
        page_title=("h1.entry-title", ".td-post-title h1", "h1.post-title", "h1.wp-block-post-title"),
        page_date=(
            "time.entry-date.published",
            "time.published",
            ".posted-on time",
            ".td-post-date time",
            ".entry-meta time",
            ".wp-block-post-date time",
            ".post-date",
        ),
        page_author=(
            ".entry-meta .author a",
            ".byline .author a",
            ".td-post-author-name a",
            ".entry-meta .author",
            ".byline .author",
            ".wp-block-post-author__name",
        ),
        page_body=(
            "article .entry-content",
            ".single .entry-content",
            ".entry-content",
            ".td-post-content",
            ".wp-block-post-content",
            ".elementor-widget-theme-post-content",
            ".post-content",
        ),
        page_attachment=(".wp-block-file > a[href]", ".entry-content a[href*='/wp-content/uploads/']"),
        page_drop=(
            ".sharedaddy",
            ".jp-relatedposts",
            ".yarpp-related",
            ".yarpp",
            ".addtoany_share_save_container",
            ".heateor_sss_sharing_container",
            ".blog-share",
            ".kk-star-ratings",
            "#ez-toc-container",
            ".lwptoc",
            ".code-block",
            ".wp-block-file__button",
            "[class*=related-post]",
            "[class*=inline-teaser]",
            "[class*=author-box]",
            "[class*=author-bio]",
            "[class*=author-footer]",
            ".saboxplugin-wrap",
            ".abh_box",
            ".wp-block-latest-posts",
            ".wp-block-query",
            ".crp_related",
            ".post-tags",
            ".entry-footer",
            ".post-navigation",
            ".td-a-rec",
            ".wpulike",
        ),
    ),
    marks=(
        Mark(
            weight=SURE,
            written=re.compile(r"<(?:link|script)\b[^<>]{0,400}?/wp-(?:content/(?:themes|plugins)|includes)/"),
        ),
        Mark(weight=SURE, written=re.compile(r"""rel\s?=\s?["']https://api\.w\.org/["']""")),
        Mark(weight=HINT, names=("wp-post-image", "wp-caption", "wp-block-")),
        Mark(weight=HINT, written=re.compile(r"/wp-content/uploads/")),
    ),
    generators=("wordpress",),
)
