"""Model types as MongoDB documents and back: converted once, here.

1. Fields keep their names; ``id`` is ``_id``. Enums are stored by value, tuples as arrays, times as UTC to the
   millisecond, mappings as arrays of pairs (their keys may be URLs, which are no field names).
2. A field that a stored document lacks takes the type's default, so a new defaulted field needs no migration; a field
   the type does not have is ignored.
3. Text is made valid UTF-8 on the way in: a lone surrogate becomes U+FFFD.
4. A rhythm is packed (``rhythms.py``).
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from enum import StrEnum
from functools import partial
from operator import attrgetter
from typing import Any, ClassVar, Generic, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints

from aggregator.model.article import Article, Story
from aggregator.model.crawl import Crawl, SourceState
from aggregator.model.rhythm import Rhythm
from aggregator.store.rhythms import pack, unpack

Document = dict[str, Any]
_Convert = Callable[[Any], Any]


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


T = TypeVar("T", bound=_Dataclass)


class Shape(Generic[T]):
    """How one dataclass is stored; ``id_field`` names the field that is the document's ``_id``, if any."""

    def __init__(self, kind: type[T], *, id_field: str | None = None) -> None:
        hints = get_type_hints(kind)
        self._kind = kind
        self._names = {field.name: "_id" if field.name == id_field else field.name for field in fields(kind)}
        self._values = attrgetter(*self._names)
        writers = {name: _writer(hints[field]) for field, name in self._names.items()}
        self._writers = [(name, convert) for name, convert in writers.items() if convert is not None]
        self._readers = [
            (
                field.name,
                self._names[field.name],
                _reader(hints[field.name]),
                field.default is MISSING and field.default_factory is MISSING,
            )
            for field in fields(kind)
        ]

    def write(self, value: T) -> Document:
        """The document of ``value``. Raises ValueError for a time without a zone."""
        document = dict(zip(self._names.values(), self._values(value), strict=True))
        for name, convert in self._writers:
            document[name] = convert(document[name])
        return document

    def read(self, document: Mapping[str, Any]) -> T:
        """The value of a document. Raises KeyError naming a field that is missing and has no default."""
        values = {}
        for attribute, name, convert, required in self._readers:
            if name in document:
                stored = document[name]
                values[attribute] = stored if convert is None else convert(stored)
            elif required:
                raise KeyError(name)
        return self._kind(**values)


def _text(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def _instant(value: datetime) -> datetime:
    if value.tzinfo is None:
        message = f"{value!r} has no zone"
        raise ValueError(message)
    return value


def _each(convert: _Convert, values: Any) -> list[Any]:
    return [convert(value) for value in values]


def _tuple_of(convert: _Convert, values: Any) -> tuple[Any, ...]:
    return tuple([convert(value) for value in values])


def _pairs(convert: _Convert | None, values: Mapping[str, Any]) -> list[list[Any]]:
    return [[_text(key), value if convert is None else convert(value)] for key, value in values.items()]


def _mapping(convert: _Convert | None, pairs: Any) -> dict[str, Any]:
    return {key: value if convert is None else convert(value) for key, value in pairs}


def _or_none(convert: _Convert, value: Any) -> Any:
    return None if value is None else convert(value)


def _optional(hint: Any) -> Any | None:
    """The type beside None in a union of two, else None."""
    if get_origin(hint) in (Union, types.UnionType):
        rest = [part for part in get_args(hint) if part is not types.NoneType]
        if len(rest) == 1:
            return rest[0]
    return None


def _writer(hint: Any) -> _Convert | None:
    """What turns a value of this type into its stored form; None: stored as it is."""
    inner = _optional(hint)
    if inner is not None:
        convert = _writer(inner)
        return None if convert is None else partial(_or_none, convert)
    if get_origin(hint) is tuple:
        convert = _writer(get_args(hint)[0])
        return list if convert is None else partial(_each, convert)
    if get_origin(hint) is dict:
        return partial(_pairs, _writer(get_args(hint)[1]))
    if hint in _WRITERS:
        return _WRITERS[hint]
    if hint is Rhythm:
        return pack
    return str if _is_choice(hint) else Shape(hint).write


def _reader(hint: Any) -> _Convert | None:
    """What turns a stored form back into a value of this type; None: it is the value."""
    inner = _optional(hint)
    if inner is not None:
        convert = _reader(inner)
        return None if convert is None else partial(_or_none, convert)
    if get_origin(hint) is tuple:
        convert = _reader(get_args(hint)[0])
        return tuple if convert is None else partial(_tuple_of, convert)
    if get_origin(hint) is dict:
        return partial(_mapping, _reader(get_args(hint)[1]))
    if hint in _WRITERS:
        return None
    if hint is Rhythm:
        return unpack
    choice: _Convert = hint
    return choice if _is_choice(hint) else Shape(hint).read


def _is_choice(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, StrEnum)


_WRITERS: dict[Any, _Convert | None] = {int: None, float: None, bool: None, str: _text, datetime: _instant}

ARTICLE = Shape(Article, id_field="id")
STORY = Shape(Story, id_field="id")
CRAWL = Shape(Crawl, id_field="id")
SOURCE_STATE = Shape(SourceState, id_field="source_id")
