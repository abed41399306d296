"""Golden cases: a saved answer, how it is read, and what comes out as JSON (see ``tests/cases/README.md``).

The tests and ``main.py accept`` run a case by the same code; both read its files themselves.
"""

import dataclasses
import json
from datetime import datetime
from enum import Enum
from typing import Any

from aggregator.model.errors import ParseFailed
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.document import parse_document
from aggregator.parse.page import parse_page
from aggregator.parse.probe import inspect

TIMEZONE = "Asia/Ho_Chi_Minh"
_UNSAID = frozenset({"origins"})  # where each value was read is the pages' own tests' concern


def run_case(case: dict[str, Any], body: bytes) -> Any:
    """What reading a case gives, as JSON: the result, or ``{"failure": {outcome, detail}}``.

    ``case`` is the content of its ``case.json``. Raises ValueError for a function or a choice that does not exist and
    KeyError for a field that is missing.
    """
    try:
        return plain_value(_read(case, body, _selectors(case.get("selectors", {}))))
    except ParseFailed as failure:
        return {"failure": {"outcome": str(failure.outcome), "detail": failure.detail}}


def written(value: Any) -> str:
    """The content of an ``expected.json`` that expects ``value``."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def plain_value(value: Any) -> Any:
    """A result as JSON values; fields at their defaults are left out, so that expectations stay readable."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain_value(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.name not in _UNSAID
            and (field.default is dataclasses.MISSING or getattr(value, field.name) != field.default)
        }
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain_value(item) for item in value]
    return value


def _selectors(said: dict[str, Any]) -> Selectors:
    lists = {name: tuple(values) for name, values in said.items() if name != "fields"}
    paths = {name: [path] if isinstance(path, str) else path for name, path in said.get("fields", {}).items()}
    return Selectors(fields=tuple((name, path) for name, several in paths.items() for path in several), **lists)


def _read(case: dict[str, Any], body: bytes, selectors: Selectors) -> Any:
    url, content_type = case["url"], case["content_type"]
    match case["function"]:
        case "document":
            return parse_document(
                body,
                url=url,
                content_type=content_type,
                kind=SourceKind(case["kind"]),
                platform=Platform(case["platform"]),
                selectors=selectors,
                now=datetime.fromisoformat(case["now"]),
                timezone=TIMEZONE,
                max_entries=case.get("max_entries", 500),
            )
        case "page":
            return parse_page(
                body,
                url=url,
                content_type=content_type,
                platform=Platform(case["platform"]),
                selectors=selectors,
                now=datetime.fromisoformat(case["now"]),
                timezone=TIMEZONE,
            )
        case "probe":
            return inspect(body, url=url, content_type=content_type)
        case other:
            raise ValueError(f"no such function: {other}")
