"""JSON Feed 1.0 and 1.1 (jsonfeed.org): tolerant of wrong types, because publishers are."""

import html
import json
import math
from typing import Any

import orjson

from aggregator.model.entry import Problem
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.parse.claims import Claims, DocumentClaims, FileClaim

_MAX_DIGITS = 300  # more do not fit a float


def read_json(text: str) -> Any:
    """The value that a JSON document holds. Raises ParseFailed when it holds none.

    What RFC 8259 leaves open or forbids and publishers write nevertheless costs no more than itself: halves of
    surrogate pairs, numbers beyond floats, NaN, control characters within strings.
    """
    text = text.strip()
    try:
        return orjson.loads(text.encode("utf-8", "replace"))
    except orjson.JSONDecodeError as error:
        strict = error
    try:
        return orjson.loads(_tolerated(text))
    except (ValueError, RecursionError) as error:
        raise ParseFailed(Outcome.PARSE_FAILED, f"not JSON: {strict}"[:200]) from error


def _tolerated(text: str) -> bytes:
    """``text`` as strict JSON. Raises ValueError or RecursionError (deep nesting) where it is none."""
    value = json.loads(text, strict=False, parse_float=_finite, parse_int=_whole, parse_constant=_nothing)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "ignore")  # lone surrogates go, pairs were joined


def _finite(written: str) -> float | None:
    number = float(written)
    return number if math.isfinite(number) else None


def _whole(written: str) -> int | None:
    return int(written) if len(written) <= _MAX_DIGITS else None


def _nothing(_constant: str) -> None:
    return None


def is_json_feed(value: Any) -> bool:
    """Whether a JSON value says that it is a JSON Feed."""
    return isinstance(value, dict) and "jsonfeed.org" in str(value.get("version", ""))


def read_jsonfeed(value: Any) -> DocumentClaims:
    """The claims of a JSON Feed. Items that are no objects are named as problems."""
    items = value.get("items")
    items = items if isinstance(items, list) else []
    objects = [item for item in items if isinstance(item, dict)]
    lost = len(items) - len(objects)
    return DocumentClaims(
        format="jsonfeed",
        entries=tuple(_claims(item, _authors(value)) for item in objects),
        title=_escaped(value.get("title")),
        problems=(Problem(code="bad_entry", detail=f"{lost} items are not objects"),) if lost else (),
    )


def _claims(item: dict[str, Any], authors_of_all: tuple[str, ...]) -> Claims:
    content = _string(item.get("content_html")) or _paragraphs(_string(item.get("content_text")))
    return Claims(
        url=_string(item.get("url")) or _string(item.get("external_url")) or _as_link(_string(item.get("id"))),
        guid=_string(item.get("id")),
        title=_escaped(item.get("title")),
        summary=_escaped(item.get("summary")),
        content=content,
        published=_string(item.get("date_published")),
        updated=_string(item.get("date_modified")),
        authors=_authors(item) or authors_of_all,  # version 1.1, "authors"
        categories=tuple(tag for tag in _list(item.get("tags")) if isinstance(tag, str)),
        files=_files(item),
        images=tuple(image for name in ("image", "banner_image") if (image := _string(item.get(name)))),
    )


def _authors(item: dict[str, Any]) -> tuple[str, ...]:
    people = [*_list(item.get("authors")), item.get("author")]
    return tuple(name for person in people if isinstance(person, dict) and (name := _string(person.get("name"))))


def _files(item: dict[str, Any]) -> tuple[FileClaim, ...]:
    found: list[FileClaim] = []
    for file in _list(item.get("attachments")):
        if isinstance(file, dict) and (url := _string(file.get("url"))):
            size = file.get("size_in_bytes")
            length = str(int(size)) if isinstance(size, int | float) and 0 < size < 1 << 40 else ""
            media_type, name = _string(file.get("mime_type")), _string(file.get("title"))
            found.append(FileClaim(url=url, media_type=media_type, length=length, name=name))
    return tuple(found)


def _string(value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _escaped(value: Any) -> str:
    """Plain text as HTML: JSON Feed titles and summaries are plain by definition."""
    return html.escape(_string(value), quote=False)


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in text.split("\n") if part.strip())


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _as_link(guid: str) -> str:
    return guid if guid.startswith(("http:", "https:")) else ""
