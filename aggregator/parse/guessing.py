"""Which links of a list page lead to its articles, when nobody has told.

1. A candidate link is on the same site, has a headline's text (its own, its heading's or its title's) and does not
   stand in a menu, header or footer.
2. Addresses have a shape: host, id or words or a single word, extension. Articles of one site share a shape.
3. The shape with the most words in its headlines wins, when it has at least three links; menu entries have few words.
4. The block of an article is the largest element around its link that holds no other article's link.
"""

import re
from collections import defaultdict
from urllib.parse import urlsplit

from lxml import etree

from aggregator.parse.tree import text_of
from aggregator.text.urls import absolute_url

_MIN_LINKS = 3
_MIN_HEADLINE = 18  # characters
_MIN_MEAN_WORDS = 4.5
_MAX_LINKS = 2000
_SKIPPED_TAGS = frozenset({"nav", "header", "footer", "form"})
_SKIPPED_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|header|breadcrumb|login|search|pagination|paging)", re.IGNORECASE
)
_ID = re.compile(r"\d{3,}")
_SLUG_DASHES = 3


def article_blocks(root: etree._Element, base: str) -> list[tuple[etree._Element, etree._Element]]:
    """Blocks of the page's articles with the link of each, in page order."""
    by_shape: dict[str, list[tuple[str, etree._Element, str]]] = defaultdict(list)
    for link in list(root.iter("a"))[:_MAX_LINKS]:
        url = absolute_url(base, link.get("href") or "")
        if url is None or not is_same_site(url, base):
            continue
        headline = text_of(link) or (link.get("title") or "").strip()
        if len(headline) >= _MIN_HEADLINE and not in_menu(link):
            by_shape[_shape(url)].append((url.split("#")[0], link, headline))
    best = max(by_shape.values(), key=_weight, default=[])
    if _weight(best) == 0:
        return []
    chosen: dict[str, etree._Element] = {}
    for url, link, _ in best:
        chosen.setdefault(url, link)
    return [(_block(link, url, set(chosen), base), link) for url, link in chosen.items()]


def _weight(links: list[tuple[str, etree._Element, str]]) -> float:
    """Words in the headlines of one shape; 0 when they are too few to be a list of articles."""
    words = {url: len(headline.split()) for url, _, headline in links}
    if len(words) < _MIN_LINKS or sum(words.values()) / len(words) < _MIN_MEAN_WORDS:
        return 0.0
    return float(sum(min(count, 20) for count in words.values()))


def _shape(url: str) -> str:
    """The address with its particulars levelled: host, whether its last part holds an id or words, its extension."""
    parts = urlsplit(url)
    stem, _, suffix = parts.path.rstrip("/").rpartition("/")[2].partition(".")
    words = "slug" if stem.count("-") >= _SLUG_DASHES else "word"
    kind = "id" if _ID.search(stem) else words
    query = "&".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&")))
    return f"{parts.netloc}|{kind}|{suffix}|{query}"


def is_same_site(url: str, base: str) -> bool:
    """Whether ``url`` is a page of the site of ``base``, or of a host above or below it; its front page is none."""
    host, own = urlsplit(url).netloc.removeprefix("www."), urlsplit(base).netloc.removeprefix("www.")
    if not urlsplit(url).path.strip("/") and not urlsplit(url).query:
        return False
    return host == own or host.endswith("." + own) or own.endswith("." + host)


def in_menu(link: etree._Element) -> bool:
    """Whether a link stands in a menu, header or footer by its tags or names."""
    for ancestor in link.iterancestors():
        if ancestor.tag in _SKIPPED_TAGS:
            return not any(above.tag in {"article", "main"} for above in ancestor.iterancestors())
        if ancestor.tag in {"body", "main", "article"}:
            return False
        names = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"
        if names.strip() and _SKIPPED_NAMES.search(names):
            return True
    return False


def _block(link: etree._Element, url: str, articles: set[str], base: str) -> etree._Element:
    block = link
    for ancestor in link.iterancestors():
        if ancestor.tag in {"body", "html", "main"}:
            break
        others = (absolute_url(base, other.get("href") or "") for other in ancestor.iter("a"))
        if any(other and (bare := other.split("#")[0]) != url and bare in articles for other in others):
            break
        block = ancestor
    return block
