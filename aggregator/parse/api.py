"""JSON answers that list articles or documents: by the paths a source names, else by the usual names of fields.

A path names the steps to a value: ``data.rows``, ``image.sizes.0.url``; ``*`` takes every element of a list and ``.``
the answer itself. Of several paths the first with a value counts. A url, a guid and the address of the next page may
also be templates: ``/tin/{slug}-{id}.html`` puts the values of the paths between braces into an address.

vnPortal answers ``/api/public/articles`` and ``/api/public/documents`` with objects that hold ArticleID, ImagePath,
CodeID and DateOfIssued (DOMAIN: sure that it exists, unsure where). Names are compared without case and separators, so
that one table serves the variants.
"""

import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.model.source import Selectors
from aggregator.parse.claims import Claims, DocumentClaims, FileClaim
from aggregator.parse.jsonpaths import text_at, texts_at, values_at
from aggregator.parse.platforms.dates import with_plain_dates

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
_NONE = Selectors()
# Names of a source's paths and the claims that they lead to.
_TEXTS = {
    "url": "url", "guid": "guid", "title": "title", "summary": "summary", "body": "content", "published": "published",
    "updated": "updated", "origin": "origin",
}  # fmt: skip
_LISTS = {"author": "authors", "category": "categories", "image": "images"}
_SEPARATORS = re.compile(r"[^a-z0-9]")
_NET_DATE = re.compile(r"/Date\((-?\d{9,14})(?:[+-]\d{4})?\)/")
_MIDNIGHT = re.compile(r"^\d{4}-\d\d-\d\d[T ]00:00:00(?:\.0+)?$")
_MAX_DEPTH = 6
_MILLISECONDS = 10**11  # a bare number above this counts milliseconds, not seconds


def read_api(value: Any, selectors: Selectors = _NONE) -> DocumentClaims:
    """The claims of the objects in a JSON answer: those at the source's path, else of the list with the most titles.

    Raises ParseFailed: blocked for an answer that is an error, empty for no objects, parse_failed for another shape.
    """
    if isinstance(value, dict) and _is_refusal(value):
        raise ParseFailed(Outcome.BLOCKED, f"the interface answers with an error: {str(value)[:120]}")
    paths: dict[str, list[str]] = {}
    for name, path in selectors.fields:
        paths.setdefault(name, []).append(path)
    items = _items_at(value, paths["items"]) if "items" in paths else _guessed_items(value)
    document = DocumentClaims(
        format="api",
        entries=tuple(_by_paths(item, paths, _claims(_folded(item))) for item in items),
        child_urls=tuple(url for url in (text_at(value, paths.get("next_page", ())),) if url),
    )
    return with_plain_dates(document, month_first=False, false_zones=selectors.false_zones)


def _items_at(value: Any, paths: list[str]) -> list[dict[str, Any]]:
    for path in paths:
        found = list(values_at(value, path))
        if len(found) == 1 and isinstance(found[0], list):
            found = found[0]
        if items := [item for item in found if isinstance(item, dict)]:
            return items
        if found == [] and list(values_at(value, path)) == [[]]:
            raise ParseFailed(Outcome.EMPTY, f"the list at {path} is empty")
    raise ParseFailed(Outcome.PARSE_FAILED, f"the JSON answer holds no objects at {', '.join(paths)}")


def _guessed_items(value: Any) -> list[dict[str, Any]]:
    """The objects of the list with the most titles."""
    lists: list[list[dict[str, Any]]] = list(_lists(value, 0))
    best = max(lists, key=len, default=None)
    if best is None:
        outcome = Outcome.EMPTY if _has_empty_list(value) else Outcome.PARSE_FAILED
        raise ParseFailed(outcome, "the JSON answer holds no list of titled objects")
    return best


def _by_paths(item: dict[str, Any], paths: dict[str, list[str]], guessed: Claims) -> Claims:
    """The guessed claims with those that the source's paths lead to in their place."""
    said: dict[str, Any] = {claim: text_at(item, paths[name]) for name, claim in _TEXTS.items() if name in paths}
    said |= {claim: texts_at(item, paths[name]) for name, claim in _LISTS.items() if name in paths}
    said |= {name: _date(said[name]) for name in ("published", "updated") if name in said}
    if "attachment" in paths:
        said["files"] = tuple(FileClaim(url=url) for url in texts_at(item, paths["attachment"]))
    return replace(guessed, **said)


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
