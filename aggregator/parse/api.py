"""JSON answers that list articles or documents: vnPortal's public interface, and any list of objects with known fields.

vnPortal answers ``/api/public/articles`` and ``/api/public/documents`` with objects that hold ArticleID, ImagePath,
CodeID and DateOfIssued (DOMAIN: sure that it exists, unsure where). Names are compared without case and separators, so
that one table serves the variants.
"""

import html
import re
from datetime import UTC, datetime
from typing import Any

from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.parse.claims import Claims, DocumentClaims, FileClaim

_FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("title", "articletitle", "tieude", "subject", "headline", "tentin", "name", "ten"),
    "url": ("url", "link", "href", "articleurl", "detailurl", "permalink", "duongdan", "friendlyurl", "path"),
    "guid": ("articleid", "documentid", "id", "guid", "uuid", "newsid"),
    "summary": ("summary", "description", "sapo", "abstract", "lead", "trichyeu", "tomtat", "mota", "excerpt"),
    "content": ("content", "contenthtml", "body", "noidung", "articlecontent", "detail", "html"),
    "published": (
        "publishedat", "publisheddate", "publishdate", "publishedon", "publishtime", "datepublished", "datepublish",
        "ngaydang", "ngayxuatban", "dateofissued", "issueddate", "ngaybanhanh", "pubdate", "date", "createdat",
        "createddate", "datecreated", "ngaytao",
    ),
    "updated": ("updatedat", "modifieddate", "datemodified", "lastmodified", "ngaycapnhat"),
    "author": ("author", "authorname", "tacgia", "creator"),
    "image": ("imagepath", "image", "imageurl", "thumbnail", "thumb", "avatar", "anhdaidien", "picture", "cover"),
    "category": ("category", "categoryname", "chuyenmuc", "section"),
    "number": ("codeid", "sokyhieu", "documentnumber", "sohieu"),
    "files": ("attachments", "files", "filedinhkem", "attachfiles", "documents"),
    "file": ("filepath", "fileurl", "attachment", "attachmenturl"),
}  # fmt: skip
_SEPARATORS = re.compile(r"[^a-z0-9]")
_NET_DATE = re.compile(r"/Date\((-?\d{9,14})(?:[+-]\d{4})?\)/")
_MIDNIGHT = re.compile(r"^\d{4}-\d\d-\d\d[T ]00:00:00(?:\.0+)?$")
_MAX_DEPTH = 6
_MILLISECONDS = 10**11  # a bare number above this counts milliseconds, not seconds


def read_api(value: Any) -> DocumentClaims:
    """The claims of the list of objects in a JSON answer that has the most titles. Raises ParseFailed for none."""
    if isinstance(value, dict) and _is_refusal(value):
        raise ParseFailed(Outcome.BLOCKED, f"the interface answers with an error: {str(value)[:120]}")
    lists = list(_lists(value, 0))
    best = max(lists, key=len, default=None)
    if best is None:
        outcome = Outcome.EMPTY if _has_empty_list(value) else Outcome.PARSE_FAILED
        raise ParseFailed(outcome, "the JSON answer holds no list of titled objects")
    return DocumentClaims(format="api", entries=tuple(_claims(_folded(item)) for item in best))


def _is_refusal(value: dict[str, Any]) -> bool:
    folded = _folded(value)
    return folded.get("success") is False or (isinstance(folded.get("error"), str | dict) and len(folded) <= 3)  # noqa: PLR2004 - error answers are short


def _lists(value: Any, depth: int) -> Any:
    """Every list of objects with titles within ``value``."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        titled = [item for item in value if isinstance(item, dict) and _first(_folded(item), "title")]
        if titled:
            yield titled
            return
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        if isinstance(child, dict | list):
            yield from _lists(child, depth + 1)


def _has_empty_list(value: Any) -> bool:
    return value == [] or (isinstance(value, dict) and any(child == [] for child in value.values()))


def _claims(item: dict[str, Any]) -> Claims:
    number = _first(item, "number")
    title, summary = _first(item, "title"), _first(item, "summary")
    if number and number not in title:
        summary = f"Số, ký hiệu: {html.escape(number)}. {summary}".strip()
    files = _files(item)
    return Claims(
        url=_first(item, "url") or (files[0].url if number and files else ""),  # an official document is its file
        guid=_first(item, "guid"),
        title=title,
        summary=summary,
        content=_first(item, "content"),
        published=_date(_first(item, "published")),
        updated=_date(_first(item, "updated")),
        authors=tuple(name for name in (_first(item, "author"),) if name),
        categories=tuple(name for name in (_first(item, "category"),) if name),
        files=files,
        images=tuple(image for image in (_first(item, "image"),) if image),
    )


def _files(item: dict[str, Any]) -> tuple[FileClaim, ...]:
    found = [FileClaim(url=url) for url in (_first(item, "file"),) if url]
    for name in _FIELDS["files"]:
        listed = item.get(name)
        for file in listed if isinstance(listed, list) else ():
            if isinstance(file, str):
                found.append(FileClaim(url=file))
            elif isinstance(file, dict):
                folded = _folded(file)
                url = _first(folded, "url") or _first(folded, "file")
                found.append(FileClaim(url=url, name=_first(folded, "title"), length=_text(folded.get("size"))))
    return tuple(file for file in found if file.url)


def _folded(item: dict[str, Any]) -> dict[str, Any]:
    return {_SEPARATORS.sub("", str(name).lower()): value for name, value in item.items()}


def _first(item: dict[str, Any], field: str) -> str:
    for name in _FIELDS[field]:
        value = item.get(name)
        if isinstance(value, dict):
            folded = _folded(value)
            value = folded.get("rendered") or folded.get("name") or folded.get("url")  # WordPress and the like
        if text := _text(value):
            return text
    return ""


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _date(raw: str) -> str:
    """``raw`` in a form that the date grammar reads: .NET dates and epochs become ISO 8601."""
    if found := _NET_DATE.search(raw):
        raw = found[1]
    if _MIDNIGHT.search(raw):  # a date from a database column that has a time of day and does not use it
        return raw[:10]
    digits = raw.removeprefix("-").split(".")[0]
    if not (digits.isascii() and digits.isdigit() and 9 <= len(digits) <= 14):  # noqa: PLR2004 - digits of an epoch
        return raw
    seconds = int(digits) / 1000 if int(digits) > _MILLISECONDS else int(digits)
    return datetime.fromtimestamp(seconds, UTC).isoformat()
