"""What must hold of everything that is served, whatever a source sent."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.faults.fault import Seen

_TAGS = frozenset({
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "figure", "figcaption", "table",
    "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "a", "strong", "em", "b", "i", "u", "s", "sub", "sup",
    "code", "small", "mark", "del", "ins", "br", "hr", "img",
})  # fmt: skip
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffd]")
_LINKS = frozenset({"href", "src", "action", "formaction", "data", "poster", "background", "srcset", "xlink:href"})
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class _Markup(HTMLParser):
    """The start tags of a document, with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def assert_clean(seen: Seen) -> None:
    """Fails where anything served of a source could harm its reader, or anything stored is not plain text."""
    for article in seen.articles:
        assert all(key.startswith(f"{article.source_id}|") for key in article.keys)
        for text in (article.title, article.summary, article.text, *article.authors):
            assert unicodedata.is_normalized("NFC", text), text
            assert not _UNSEEN.search(text), repr(text[:200])
        assert 0 < len(article.title) <= 500
        assert len(article.body) + len(article.text) < 1_300_000
        assert article.sort_at <= article.first_seen_at
        if article.published_at is not None:
            assert _EARLIEST <= article.published_at <= article.first_seen_at + timedelta(hours=1)
    for detail in seen.details:
        _assert_body(detail["body"] or "")
        links = [detail["url"], detail["image"], *(part["url"] for part in detail["images"] + detail["attachments"])]
        for link in links:
            assert link is None or urlsplit(link).scheme in {"http", "https"}, link
            assert link is None or "@" not in urlsplit(link).netloc, link
    for page in seen.pages:
        _assert_page(page)


def _assert_body(body: str) -> None:
    for tag, attributes in _Markup(body).found:
        assert tag in _TAGS, (tag, attributes)
        for name, value in attributes.items():
            assert name not in {"style", "id", "srcdoc", "class"}, (tag, attributes)
            assert not name.startswith("on"), (tag, attributes)
            assert name not in _LINKS or value.startswith(("http://", "https://")), (tag, attributes)


def _assert_page(page: str) -> None:
    for tag, attributes in _Markup(page).found:
        assert tag not in {"iframe", "object", "embed", "base", "math", "frame"}, (tag, attributes)
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        for name, value in attributes.items():
            if name in _LINKS:
                address = re.sub(r"[\s\x00-\x1f]", "", value).lower()
                assert not address.startswith(("javascript:", "vbscript:", "file:")), (tag, attributes)
        if tag == "script":
            assert attributes.get("src", "").startswith("/assets/") or "json" in attributes.get("type", ""), attributes
