"""Values of a JSON answer by the paths that a source names (see ``api.py``)."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

_MAX_VALUES = 2000
_HOLE = re.compile(r"\{([^{}]*)\}")


def values_at(value: Any, path: str) -> Iterator[Any]:
    """What stands at the end of ``path``: nothing, one value, or one for each element where the path says ``*``."""
    found = [value]
    for step in [] if path == "." else path.split("."):
        below: list[Any] = []
        for current in found[:_MAX_VALUES]:
            if step == "*":
                children = (
                    current if isinstance(current, list) else current.values() if isinstance(current, dict) else ()
                )
                below += children
            elif isinstance(current, dict) and step in current:
                below.append(current[step])
            elif isinstance(current, list) and step.isdecimal() and int(step) < len(current):
                below.append(current[int(step)])
        found = below
    yield from found


def text_at(value: Any, paths: Iterable[str]) -> str:
    """The first text or number that one of ``paths`` leads to, or the first template whose every path has one."""
    return next((text for path in paths for text in _texts(value, path)), "")


def texts_at(value: Any, paths: Iterable[str]) -> tuple[str, ...]:
    """All texts that the first of ``paths`` with any leads to."""
    return next((texts for path in paths if (texts := tuple(_texts(value, path)))), ())


def _texts(value: Any, path: str) -> Iterator[str]:
    if "{" in path:
        parts = {hole: text_at(value, (hole,)) for hole in _HOLE.findall(path)}
        if all(parts.values()):
            yield _HOLE.sub(lambda hole: quote(parts[hole[1]], safe="/-._~"), path)
        return
    for found in values_at(value, path):
        for leaf in found if isinstance(found, list) else (found,):
            if isinstance(leaf, str) and leaf.strip():
                yield leaf.strip()
            elif isinstance(leaf, int | float) and not isinstance(leaf, bool):
                yield str(leaf)
