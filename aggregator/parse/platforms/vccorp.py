"""VCCorp's system, that of xaydungchinhsach.chinhphu.vn, nld.com.vn, suckhoedoisong.vn and others (DOMAIN 1.1, 1.4).

Elements say their role in ``data-role``; blocks in bodies are ``VCSortableInPreviewMode`` with their kind in ``type``.
Times in the head name no zone and are local.
"""

import re

from aggregator.model.source import Selectors
from aggregator.parse.platforms.marks import HINT, SURE, Mark
from aggregator.parse.platforms.rules import PlatformRules

RULES = PlatformRules(
    selectors=Selectors(
        item=(".box-category-item", ".box-stream-item", ".box-focus-item", "li.item-news"),
        link=(".box-category-link-title", ".box-title-text a", ".box-stream-link-title", "h2 a", "h3 a", "a"),
        title=(".box-category-link-title", ".box-title-text", ".box-stream-link-title", "h2", "h3"),
        date=(".box-category-time", ".time-ago", ".box-time", "[data-role=publishdate]", "time"),
        summary=(".box-category-sapo", ".box-stream-sapo", ".sapo"),
        image=(".box-category-avatar", ".box-category-link-with-avatar img", "img"),
        next_page=("a.next", "a[rel=next]"),
        page_title=("[data-role=title]", ".detail-title", "h1"),
        page_date=("[data-role=publishdate]", ".detail-time", ".pdate"),
        page_summary=("[data-role=sapo]", ".detail-sapo", "h2.sapo"),
        page_author=(".author-info [data-role=author]", "[data-role=author]", ".detail-author", ".author-info .name"),
        page_body=("[data-role=content]", ".detail-content.afcbc-body", ".afcbc-body"),
        page_attachment=(".afcbc-body a[href]", "[data-role=content] a[href]"),
        page_drop=(
            "[type=RelatedOneNews]",
            "[type=RelatedNews]",
            "[type=InsertRelatedNews]",
            "#listNewsInContent",
            ".link-content-footer",
            ".detail-author",
            ".detail-tag-bottom",
            ".audioplayer",
            ".kbwcs-fb",
            ".box-category",
            ".chisochungkhoan",
            "zone",
        ),
    ),
    marks=(
        Mark(weight=SURE, names=("afcbc-body", "vcsortableinpreviewmode")),
        Mark(weight=SURE, names=("box-category-link-title", "box-category-link-with-avatar")),
        Mark(weight=HINT, names=("detail-sapo", "detail-cmain", "detail-content")),
        Mark(weight=HINT, written=re.compile(r"""data-role\s?=\s?["'](?:publishdate|sapo)["']""")),
        Mark(weight=HINT, written=re.compile(r"//[\w.-]{0,60}\.mediacdn\.vn/")),
    ),
)
