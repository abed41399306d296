"""SharePoint with its publishing pages, the system of some ministries and departments.

Dates follow the server's language: with an English "AM" or "PM" the month comes first. Texts are full of zero-width
blanks; controls are named by the end of their id, since the beginning is the place on the page.
"""

import re

from aggregator.model.source import Selectors
from aggregator.parse.platforms.marks import HINT, SURE, Mark
from aggregator.parse.platforms.rules import PlatformRules

RULES = PlatformRules(
    selectors=Selectors(
        item=(".dfwp-item", ".cbs-Item", ".cbq-layout-main li", ".news-item", ".ms-listviewtable tr.ms-itmhover"),
        link=(".link-item a", ".ms-srch-item-title a", "h2 a", "h3 a", "h4 a", ".title a", ".ms-vb2 a", "a"),
        title=(".link-item a", ".ms-srch-item-title", "h2", "h3", "h4", ".title"),
        date=(".date", ".news-date", ".date-line", "[id$=lblDate]", "time"),
        summary=(".description", ".summary", ".ms-srch-item-summary"),
        image=(".image-area-left img", ".image img", "img"),
        next_page=("[id$=lnkNext]", "a[id$=NextPage]", ".ms-paging a.next", "a[rel=next]"),
        page_title=(
            "[id$=lblTitle]",
            ".article-title",
            ".news-title",
            ".title-detail",
            "#DeltaPlaceHolderMain h1",
            "h1",
        ),
        page_date=(
            ".article-header .date-line",
            "[id$=lblDate]",
            "[id$=lblPublishDate]",
            ".date-line",
            ".article-date",
            ".news-date",
            ".date",
        ),
        page_summary=("[id$=lblSapo]", ".article-sapo", ".news-sapo", ".sapo"),
        page_author=(".article-header .byline", "[id$=lblAuthor]", ".byline", ".news-author"),
        page_body=(
            ".article-content .ms-rtestate-field",
            ".article-content",
            "[id$=lblContent]",
            "[id$=__ControlWrapper_RichHtmlField]",
            ".ms-rtestate-field",
            "#ctl00_PlaceHolderMain_Content",
        ),
        page_attachment=(
            "a[href*='/Attachments/']",
            ".article-content a[href*='/Documents/']",
            "a[href*='/_layouts/15/download.aspx']",
        ),
        page_drop=(".ms-hide", ".ms-formfieldlabelcontainer", ".ms-rtetoolbarmenu", ".news-other", ".article-other"),
    ),
    marks=(
        Mark(weight=SURE, written=re.compile(r"""content\s?=\s?["']microsoft sharepoint""")),
        Mark(weight=SURE, written=re.compile(r"_sppagecontextinfo\s?=|_spbodyonloadwrapper")),
        Mark(weight=SURE, written=re.compile(r"<(?:link|script)\b[^<>]{0,400}?/_layouts/(?:15|16|14)/")),
        Mark(weight=SURE, names=("ms-rtestate-field", "ms-webpart-zone")),
        Mark(weight=HINT, names=("dfwp-item", "cbs-item", "ms-rteelement-", "ms-rtethemeforecolor-")),
        Mark(weight=HINT, written=re.compile(r"""id\s?=\s?["']?ctl00_placeholdermain""")),
        Mark(weight=HINT, written=re.compile(r"/publishingimages/|/siteassets/")),
    ),
    generators=("microsoft sharepoint",),
    visible_date_first=True,
    month_first=True,
    origin=("[id$=lblSource]", ".news-source", ".article-source"),
)
