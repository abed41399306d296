"""What a document truly is, whatever was asked for and whatever its content type says.

A site that answers "please enable cookies" with status 200 where its feed should be has blocked us; it is not empty.
``shape_of`` names the form of a document, ``refusal_of`` the reason why a web page stands where none was expected.
"""

import html
import re
from enum import StrEnum

from aggregator.model.failures import Outcome


class Shape(StrEnum):
    """The form of a document."""

    FEED = "feed"  # RSS, RDF or Atom
    SITEMAP = "sitemap"  # a sitemap or an index of sitemaps
    JSON = "json"
    HTML = "html"
    XML = "xml"  # some other XML
    TEXT = "text"
    BINARY = "binary"
    EMPTY = "empty"


_HEAD_CHARACTERS = 8192
_PROLOGUE = re.compile(r"\s*+(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE(?:[^\[>]++|\[[^\]]*+\])*+>)", re.IGNORECASE | re.DOTALL)
_ROOT = re.compile(r"\s*<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_HTML_ROOTS = ("html", "head", "body", "div", "script", "meta", "title", "center", "p", "table", "style", "h1")
_SHAPES: dict[str, Shape] = {
    **dict.fromkeys(("rss", "feed", "rdf"), Shape.FEED),
    **dict.fromkeys(("urlset", "sitemapindex"), Shape.SITEMAP),
    **dict.fromkeys(_HTML_ROOTS, Shape.HTML),
}
_STRAY_FEED = re.compile(r"<(?:rss|rdf:RDF|feed\s[^<>]*xmlns)[\s>]", re.IGNORECASE)
_MAGIC = (b"%PDF-", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"wOFF")


def shape_of(text: str, body: bytes = b"") -> Shape:
    """The form of a decoded document; ``body`` lets binary files be told from text."""
    head = text[:_HEAD_CHARACTERS].lstrip("\ufeff \t\r\n")
    if body.startswith(_MAGIC):
        return Shape.BINARY
    if not head:
        return Shape.EMPTY
    if head[0] in "{[":
        return Shape.JSON
    return _shape_of_markup(head)


def _shape_of_markup(head: str) -> Shape:
    position = 0
    while found := _PROLOGUE.match(head, position):
        if "<!doctype html" in found[0][:200].lower():
            return Shape.HTML
        position = found.end()
    root = _ROOT.match(head, position)
    known = _SHAPES.get(root[2].lower()) if root else None
    if known is None and _STRAY_FEED.search(head):  # a warning of the server's script stands before the feed
        known = Shape.FEED
    if known is None and ("<html" in head.lower() or "<body" in head.lower()):
        known = Shape.HTML
    return known or (Shape.XML if root else Shape.TEXT)


_SCRIPT = re.compile(r"<(script|style|noscript|template)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TAGS = re.compile(r"<[^>]*>")
_TITLE = re.compile(r"<title[^>]*>(.*?)(?:</title|\Z)", re.IGNORECASE | re.DOTALL)
_PASSWORD = re.compile(r"<input\b[^<>]*\btype\s*=\s*[\"']?password", re.IGNORECASE)
_COOKIE = re.compile(r"document\.cookie\s*=", re.IGNORECASE)
_RELOAD = re.compile(
    r"location\s*(?:\.\s*(?:reload|replace|assign|href)|=)|http-equiv\s*=\s*[\"']?refresh", re.IGNORECASE
)
_CHALLENGE_MARKS = (
    "cf-browser-verification", "cf_chl_", "/cdn-cgi/challenge-platform", "_incapsula_resource", "ddos-guard",
    "slowaes", "testcookie", "awswafcookie", "aws-waf-token", "sucuri_cloudproxy", "px-captcha",
    "geo.captcha-delivery",
    "checking your browser", "just a moment...", "verify you are human", "xác minh bạn là con người",
    "bạn không phải là robot", "bạn không phải là người máy",
)  # fmt: skip
_CAPTCHA_MARKS = ("g-recaptcha", "h-captcha", "hcaptcha", "cf-turnstile", "captcha")
_BLOCKED = re.compile(
    r"access denied|403 forbidden|request (?:blocked|rejected)|you have been blocked|attention required! \||"
    r"the requested url was rejected|truy cập (?:của bạn )?(?:đã )?bị (?:từ chối|chặn)|không có quyền truy cập|"
    r"^forbidden$",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"đăng nhập|log ?in|sign ?in|dang nhap", re.IGNORECASE)
_MISSING = re.compile(
    r"^\W*(?:lỗi |error |http )?404\b(?:\W|$)|(?:page|file|url) (?:was )?not found|\b404 not found|"
    r"không tìm thấy (?:trang|bài viết|nội dung|tin)|(?:trang|bài viết|đường dẫn)[^.]{0,40} không tồn tại|"
    r"trang (?:bạn )?yêu cầu|bài viết[^.]{0,20} đã bị x(?:óa|oá)",
    re.IGNORECASE,
)
_SHORT_CHARACTERS = 1200  # of visible text: a page that carries nothing of its own
_LOOKED_AT = 400_000


def refusal_of(text: str) -> tuple[Outcome, str] | None:
    """Why a web page is no content: the outcome and an English detail, or None when it looks like an ordinary page."""
    text = _closed(text[:_LOOKED_AT])
    found = _TITLE.search(text)
    title = " ".join(html.unescape(found[1]).split())[:200] if found else ""
    seen = visible_text(text)
    short = seen if len(seen) < _SHORT_CHARACTERS else ""
    if len(seen) < _SHORT_CHARACTERS and (challenge := _challenge_in(text)):
        return Outcome.CHALLENGE, challenge
    if _PASSWORD.search(text) and (_LOGIN.search(title) or _LOGIN.search(short)):
        return Outcome.LOGIN, f"the page is a login form: {title}"
    if _BLOCKED.search(title) or _BLOCKED.search(short):
        return Outcome.BLOCKED, f"the page refuses access: {title or seen[:100]}"
    if _MISSING.search(title) or _MISSING.search(short):
        return Outcome.NOT_FOUND, f"the page says that nothing is here: {title or seen[:100]}"
    return None


def _challenge_in(text: str) -> str | None:
    """What shows that a page with little text checks for robots."""
    lower = text.lower()
    if mark := next((mark for mark in _CHALLENGE_MARKS if mark in lower), None):
        return f"the page checks for robots ({mark})"
    if _COOKIE.search(text) and _RELOAD.search(text):
        return "the page sets a cookie by script and reloads"
    mark = next((mark for mark in _CAPTCHA_MARKS if mark in lower), None)
    return f"the page asks for a captcha ({mark})" if mark and not _PASSWORD.search(text) else None


def visible_text(text: str) -> str:
    """Roughly what a reader sees of a page, on one line; for judging, not for showing."""
    return " ".join(html.unescape(_TAGS.sub(" ", _SCRIPT.sub(" ", _closed(text)))).split())


def _closed(text: str) -> str:
    """``text`` with its last tag ended, so that no pattern looks for an end that never comes from each "<" anew."""
    return f"{text}>" if text.rfind("<") > text.rfind(">") else text
