"""What on a page is not its article: elements that are hidden, or named for something else."""

import re
from functools import lru_cache
from typing import Final

from lxml import etree

from aggregator.text.videos import video_address

# Never words of an article. Forms, side columns and footers are judged by how much of the page they hold: ASP.NET
# portals wrap the whole page in a form, and themes have been seen that put the article into an ``aside``.
NEVER: Final = frozenset({
    "script", "style", "noscript", "template", "select", "textarea", "button", "svg", "nav", "audio", "object", "input",
    "canvas", "dialog", "menu", "link", "meta", "math",
})  # fmt: skip
SELDOM: Final = frozenset({"form", "footer", "aside", "label"})

_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|(?:left|right|top|text-indent)\s*:\s*-\d{4}", re.IGNORECASE
)
_EDGE = r"(?:^|[\s_-])"
_END = r"(?:$|[\s_-])"
_OTHER_THINGS = re.compile(
    _EDGE + r"(?:share|sharing|socials?|sharedaddy|follow|feedback|rating|vote|like-box|fb-like|"
    r"relate\w*|recommend\w*|recirc\w*|teasers?|more-?stories|most-?read|trending|read-?more|jp-relatedposts|"
    r"lien-?quan|tin-?lien-?quan|xem-?them|doc-?them|(?:tin-?)?cung-?(?:chuyen-?muc|loai)|tin-?(?:khac|moi|cu)|"
    r"other-?news|bai-?viet-?khac|embed\w*|"
    r"ads?|adv|advert\w*|qc|quang-?cao|banner|sponsor\w*|promo|promos|promotion\w*|affiliate|commerce|products?|"
    r"outbrain|taboola|inread|donat\w+|fundraising|"
    r"newsletters?|subscri\w+|sign-?up|login|register|paywall|piano|gdpr|cookies?|consent|disclaimer|notification|"
    r"audio|player|tts|video-player|breadcrumbs?|comments?|disqus\w*|kommentare?|binh-?luan|tags?|tagged|topics|"
    r"by-?lines?|authors?|author-\w+|timestamp|date-?line|published|pub-?date|copyright|credits?|footnote|"
    r"print|toolbar|menu|nav|navigation|navbar|pagination|toc|links|sidebar|infobox|widget|popup|modal|carousel|"
    r"hidden|hide|sr-only|screen-?reader|screen-reader-text|visually-?hidden)" + _END,
    re.IGNORECASE,
)
_NEVER_PROSE = re.compile(
    _EDGE + r"(?:comments?|comment-\w+|disqus\w*|kommentare?|binh-?luan|hidden|sr-only|visually-?hidden|modal|popup|"
    r"cookies?|consent|gdpr)" + _END,
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_MAX_NAMES = 300  # characters of an element's names that are looked at


def is_hidden(element: etree._Element) -> bool:
    """Whether an element's own attributes hide it from readers."""
    attributes = element.attrib
    if not attributes:
        return False
    style = attributes.get("style")
    if style and _HIDDEN_STYLE.search(style):
        return True
    return "hidden" in attributes or attributes.get("aria-hidden") == "true"


def names_of(element: etree._Element) -> str:
    """The names that a page's makers gave an element, camelCase taken apart."""
    attributes = element.attrib
    if not attributes:
        return ""
    names = f"{attributes.get('class', '')} {attributes.get('id', '')} {attributes.get('data-testid', '')}"
    return names[:_MAX_NAMES]


@lru_cache(maxsize=8192)
def names_other_things(names: str) -> bool:
    """Whether names say share bar, related links, advertisement, byline, comment or the like.

    "overflow-hidden" and the like of utility classes say nothing about what an element holds.
    """
    return _OTHER_THINGS.search(_CAMEL.sub("-", names.replace("overflow-hidden", ""))) is not None


@lru_cache(maxsize=8192)
def names_comments(names: str) -> bool:
    """Whether names say readers' comments or hidden text: those may be long and are still not the article."""
    return _NEVER_PROSE.search(_CAMEL.sub("-", names.replace("overflow-hidden", ""))) is not None


def is_player(element: etree._Element) -> bool:
    """Whether a frame or video element shows no video that can be linked."""
    return video_address(element.tag, {name: element.get(name, "") for name in ("src", "data-src")}) is None
