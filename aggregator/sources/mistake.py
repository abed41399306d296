"""A mistake in something a person wrote, and how a list of them is shown."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

_SHOWN = 80  # characters of a wrong value
_MOST = 100  # mistakes shown in words; more are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing to mend. ``line`` and ``column`` count from 1; 0 where the file has no lines to speak of.

    ``path`` names the field, e.g. ``sources[bao-nghe-an].interval``; ``value`` is what stands there, shortened.
    """

    line: int
    column: int
    path: str
    value: str
    message: str
    remedy: str


def shown(value: object) -> str:
    """A wrong value as its writer would recognise it, on one line and short; lists and groups by name only."""
    match value:
        case dict():
            return "(a group of fields)"
        case list():
            return "(a list)"
        case None:
            return "(nothing)"
        case bool():
            return str(value).lower()
        case str():
            text = "".join(character if character.isprintable() else "�" for character in value[: _SHOWN + 1])
            return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…"'
        case _:
            return str(value)[:_SHOWN]


def nearest(word: str, words: Collection[str]) -> str:
    """`` Did you mean x?`` where one of ``words`` is close to ``word``, else an empty string."""
    near = get_close_matches(word[:_SHOWN], list(words), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def report(mistakes: Sequence[Mistake], *, file_name: str) -> str:
    """All mistakes in words, each beginning with ``file:line:column`` so that editors can jump to it."""
    count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
    lines = [f"{file_name}: {count}"]
    for mistake in mistakes[:_MOST]:
        place = f"{file_name}:{mistake.line}:{mistake.column}" if mistake.line else file_name
        what = ": ".join(part for part in (mistake.path, mistake.value) if part)
        lines += ["", f"{place}  {what}".rstrip(), f"    {mistake.message}", f"    → {mistake.remedy}"]
    if len(mistakes) > _MOST:
        lines += ["", f"… and {len(mistakes) - _MOST} more."]
    return "\n".join(lines)
