"""YAML text as plain values with the place of each, read within bounds.

Only what the sources file needs is accepted: one document of mappings with text keys, lists, text, whole numbers,
true, false and null (YAML 1.2 core schema: ``no`` and ``12:30`` are text). Anchors, aliases, tags and directives are
refused, so that a small file cannot grow when read and every value stands where its line says. The tree is built from
the parser's events, not its constructors: no object of the file's choosing is ever made.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from aggregator.sources.mistake import Mistake

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 12
MAX_VALUES = 40_000  # a file of 300 sources holds about 5,000

Path = tuple[str | int, ...]
Scalar = str | int | float | bool | None
Value = Scalar | list["Value"] | dict[str, "Value"]

_REFUSED = "refused"  # context of our own refusals among the parser's errors
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?\d{1,18}", re.ASCII)
_FRACTION = re.compile(r"[-+]?(\d{1,18}\.\d{0,18}|\.\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a value stands, counted from 1."""

    line: int
    column: int


@dataclass(slots=True, kw_only=True)
class Tree:
    """A file's values and where each stands. ``keys`` holds the place of a mapping's key, ``values`` of its value:
    where the value begins on a later line, that of its key.
    """

    value: Value = None
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)
    repeats: list[tuple[Path, Position]] = field(default_factory=list)  # keys that stand there a second time
    mistakes: list[Mistake] = field(default_factory=list)  # of the YAML itself


def read_tree(text: str) -> Tree:
    """The values of ``text``. What is wrong with the YAML itself is in ``mistakes``; reading stops at the first
    mistake of syntax, while duplicate keys are all listed and the first of them counts.
    """
    tree = Tree()
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        tree.mistakes.append(_mistake(1, 1, "The file is larger than 1 MiB.", "Keep only what this province needs."))
        return tree
    try:
        _Builder(tree, _events(text)).build()
    except MarkedYAMLError as error:
        tree.mistakes.append(_marked(error))
    return tree


def _events(text: str) -> Iterator[Event]:
    mark = None
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            mark = event.start_mark
            yield event
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        place = StringMark("", error.position, line - 1, column - 1, text, error.position)
        raise _refusal(place, "A character here is not text.", "Delete it and type it again.") from error
    except MarkedYAMLError:
        raise
    except (YAMLError, ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        # The parser's own slips on broken text, e.g. an escape past the last code point, come as bare exceptions.
        raise MarkedYAMLError(problem=str(error), problem_mark=mark) from error


class _Builder:
    """Builds the values from events, one document, to a depth of ``MAX_DEPTH``."""

    def __init__(self, tree: Tree, events: Iterator[Event]) -> None:
        self._tree = tree
        self._events = events

    def build(self) -> None:
        documents = 0
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _refusal(
                        event.start_mark, "The file holds a second document.", "Remove the line --- before it."
                    )
                if event.version or event.tags:
                    raise _refusal(
                        event.start_mark, "The file begins with a % directive.", "Remove the line that begins with %."
                    )
            elif isinstance(event, NodeEvent):
                self._tree.value = self._node(event, ())

    def _node(self, event: Event, path: Path) -> Value:
        _check(event, path)
        if len(self._tree.values) >= MAX_VALUES:
            raise _refusal(
                event.start_mark, f"The file holds more than {MAX_VALUES} values.", "Keep only what is read."
            )
        self._tree.values[path] = _position(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        raise _refusal(event.start_mark, "This part of the file cannot be read.", "Write it as plain fields and lists.")

    def _mapping(self, path: Path) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            _check(event, path)
            if not isinstance(event, ScalarEvent):
                raise _refusal(event.start_mark, "The name of a field must be one word.", "Write name: value.")
            self._pair(event, path, values)
        return values

    def _pair(self, key_event: ScalarEvent, path: Path, values: dict[str, Value]) -> None:
        key = str(key_event.value)
        here = (*path, key)
        position = _position(key_event)
        if key not in values:
            self._tree.keys[here] = position
            values[key] = self._node(next(self._events), here)
            if self._tree.values[here].line != position.line:  # a list or group below its key, or nothing at all
                self._tree.values[here] = position
            return
        self._tree.repeats.append((here, position))
        spare = _Builder(Tree(), self._events)  # read past the second value without keeping it
        spare._node(next(self._events), here)

    def _sequence(self, path: Path) -> list[Value]:
        values: list[Value] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            values.append(self._node(event, (*path, len(values))))
        return values


def path_text(path: Path, names: dict[Path, str] | None = None) -> str:
    """``sources[2].interval`` for a path; with ``names`` an item is called by its own: ``sources[bao].interval``."""
    text = ""
    for at, step in enumerate(path, start=1):
        if isinstance(step, int):
            text += f"[{(names or {}).get(path[:at], step)}]"
        else:
            text += f".{step}" if text else step
    return "".join(character if character.isprintable() else "�" for character in text)[:200]


def _check(event: Event, path: Path) -> None:
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _refusal(
            event.start_mark,
            "The signs & and * at the start of a value are not allowed here.",
            "Put the text in quotes.",
        )
    if getattr(event, "tag", None) is not None:
        raise _refusal(
            event.start_mark, "The sign ! at the start of a value is not allowed here.", "Put the text in quotes."
        )
    if isinstance(event, CollectionStartEvent) and len(path) >= MAX_DEPTH:
        raise _refusal(event.start_mark, "The file is nested too deeply.", "See docs/adding-a-source.md for the shape.")


def _scalar(event: ScalarEvent) -> Scalar:
    text = str(event.value)
    if not event.implicit[0]:  # quoted, or a block of text
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) else text


def _position(event: Event) -> Position:
    mark = event.start_mark
    return Position(line=mark.line + 1, column=mark.column + 1)


def _refusal(mark: StreamMark, message: str, remedy: str) -> MarkedYAMLError:
    return MarkedYAMLError(context=_REFUSED, problem=message, problem_mark=mark, note=remedy)


def _marked(error: MarkedYAMLError) -> Mistake:
    mark = error.problem_mark or error.context_mark
    line, column = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
    if error.context == _REFUSED:
        return _mistake(line, column, str(error.problem), str(error.note))
    return _syntax(line, column, " ".join(str(part) for part in (error.context, error.problem) if part))


def _syntax(line: int, column: int, said: str) -> Mistake:
    words = "".join(character if character.isprintable() else " " for character in said)[:200].strip()
    message = f"The YAML cannot be read from here ({words})." if words else "The YAML cannot be read from here."
    remedy = (
        "Look at this line and the one above: a missing colon or quote, a tab, a different indent. "
        "Put text that holds : # or quotes between single quotes."
    )
    return _mistake(line, column, message, remedy)


def _mistake(line: int, column: int, message: str, remedy: str) -> Mistake:
    return Mistake(line=line, column=column, path="", value="", message=message, remedy=remedy)
