"""Golden cases: a saved answer, how it is read, and what should come out (see ``tests/cases/README.md``).

``python tests/parse/golden.py accept <name>…`` rewrites the expected files of cases; their diff is read like code.
"""

import argparse
import dataclasses
import json
import sys
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))  # so that it also runs as a script

from aggregator.model.errors import ParseFailed
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.document import parse_document
from aggregator.parse.page import parse_page
from aggregator.parse.probe import inspect

CASES = Path(__file__).parents[1] / "cases"
TIMEZONE = "Asia/Ho_Chi_Minh"
_EXPECTED = "expected.json"


def case_folders() -> list[Path]:
    """Every case, by name."""
    return sorted(path.parent for path in CASES.glob("*/case.json"))


def read_case(path: Path) -> Any:
    """What reading the case at ``path`` gives, as JSON: the result, or ``{"failure": {outcome, detail}}``."""
    case = json.loads((path / "case.json").read_text(encoding="utf-8"))
    body = next(path.glob("response.*")).read_bytes()
    selectors = Selectors(**{name: tuple(values) for name, values in case.get("selectors", {}).items()})
    try:
        return plain_value(_read(case, body, selectors))
    except ParseFailed as failure:
        return {"failure": {"outcome": str(failure.outcome), "detail": failure.detail}}


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


def expected(path: Path) -> Any:
    """What the case at ``path`` should give."""
    return json.loads((path / _EXPECTED).read_text(encoding="utf-8"))


def accept_case(path: Path) -> None:
    """Make what the case gives now its expectation."""
    text = json.dumps(read_case(path), ensure_ascii=False, indent=2)
    (path / _EXPECTED).write_text(text + "\n", encoding="utf-8")


def plain_value(value: Any) -> Any:
    """A result as JSON values; fields at their defaults are left out, so that expectations stay readable."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain_value(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.default is dataclasses.MISSING or getattr(value, field.name) != field.default
        }
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [plain_value(item) for item in value]
    return value


def main() -> None:
    """Accept the named cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=["accept", "show"])
    parser.add_argument("names", nargs="+", help="case folders under tests/cases, or 'all'")
    chosen = parser.parse_args()
    folders = case_folders() if chosen.names == ["all"] else [CASES / name for name in chosen.names]
    for folder in folders:
        if chosen.act == "accept":
            accept_case(folder)
        else:
            print(json.dumps(read_case(folder), ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
