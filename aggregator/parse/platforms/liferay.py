"""Liferay Portal, the system of older portals of ministries and provinces: an "asset publisher" shows articles.

Dates are printed in words ("07 Tháng Mười Hai 2025"); files live at ``/documents/<group>/<folder>/<name>/<uuid>``, so
that the name is not the last part of the address. Links of lists carry ``redirect`` and ``inheritRedirect``, which say
nothing.
"""

import re

from aggregator.model.source import Selectors
from aggregator.parse.platforms.marks import HINT, SURE, Mark
from aggregator.parse.platforms.rules import PlatformRules

RULES = PlatformRules(
    selectors=Selectors(
        item=(".asset-abstract", ".portlet-asset-publisher .asset-entry", ".portlet-asset-publisher li", ".title-list"),
        link=(".asset-title a", ".title-list a", "h2 a", "h3 a", "h4 a", ".asset-more a", "a"),
        title=(".asset-title", "h2", "h3", "h4"),
        date=(".metadata-publish-date", ".metadata-display-date", ".asset-metadata", ".date", "time"),
        summary=(".asset-summary", ".asset-description", "p"),
        image=(".asset-small-image img", ".asset-summary img", "img"),
        next_page=(
            ".lfr-pagination-buttons .next a",
            ".taglib-page-iterator a.next",
            ".pagination li.next a",
            "a.next",
        ),
        page_title=(".asset-full-content .asset-title", ".header-title", ".asset-title", ".component-title", "h1"),
        page_date=(
            ".asset-full-content .metadata-publish-date",
            ".metadata-publish-date",
            ".metadata-display-date",
            ".journal-content-article .date",
            ".asset-metadata",
        ),
        page_summary=(".asset-full-content .asset-description", ".journal-content-article .sapo"),
        page_author=(".metadata-author", ".asset-author .name", ".journal-content-article .author"),
        page_body=(
            ".asset-full-content .journal-content-article",
            ".asset-full-content .asset-content",
            ".journal-content-article",
        ),
        page_attachment=(
            ".journal-content-article a[href*='/documents/']",
            ".asset-content a[href*='/documents/']",
            ".asset-links a[href*='/documents/']",
        ),
        page_drop=(
            ".sapo",
            ".author",
            ".source",
            ".date",
            ".asset-metadata",
            ".asset-description",
            ".asset-user-actions",
            ".asset-actions",
            ".asset-ratings",
            ".asset-links",
            ".asset-related-assets",
            ".asset-discussion",
            ".asset-more",
            ".asset-view-count",
            ".lfr-meta-actions",
            ".lfr-discussion",
            ".taglib-ratings",
            ".taglib-social-bookmarks",
            ".social-bookmarks",
            ".taglib-header",
        ),
    ),
    marks=(
        Mark(weight=SURE, names=("portlet-asset-publisher", "portlet-journal-content")),
        Mark(weight=SURE, written=re.compile(r"liferay\.(?:currenturl|authtoken|themedisplay)\s?=")),
        Mark(weight=SURE, written=re.compile(r"""id\s?=\s?["']?p_p_id_\w""")),
        Mark(weight=HINT, names=("journal-content-article", "asset-full-content", "asset-abstract")),
        Mark(weight=HINT, names=("portlet-boundary", "portlet-dropzone", "portlet-layout")),
        Mark(weight=HINT, written=re.compile(r"/-/asset_publisher/|/documents/\d+/\d+/")),
    ),
    generators=("liferay",),
    visible_date_first=True,
    origin=(".journal-content-article .source", ".asset-source"),
)
