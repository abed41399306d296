"""The golden cases as files; ``aggregator.parse.cases`` runs them, ``main.py accept`` rewrites what they expect."""

import json
from pathlib import Path
from typing import Any

from aggregator.parse.cases import run_case

CASES = Path(__file__).parents[1] / "cases"


def case_folders() -> list[Path]:
    """Every case, by name."""
    return sorted(path.parent for path in CASES.glob("*/case.json"))


def described(path: Path) -> Any:
    """What ``case.json`` says of the case at ``path``."""
    return json.loads((path / "case.json").read_text(encoding="utf-8"))


def read_case(path: Path) -> Any:
    """What reading the case at ``path`` gives, as JSON."""
    return run_case(described(path), response(path))


def response(path: Path) -> bytes:
    """The answer of the case at ``path``, byte for byte."""
    return next(path.glob("response.*")).read_bytes()


def expected(path: Path) -> Any:
    """What the case at ``path`` should give."""
    return json.loads((path / "expected.json").read_text(encoding="utf-8"))
