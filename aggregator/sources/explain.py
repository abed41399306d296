"""pydantic's findings in plain words, each with the field's path and a remedy."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aggregator.sources.mistake import nearest, shown
from aggregator.sources.tree import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong at ``path``; ``at_key`` when the name of the field is what is wrong, not its value."""

    path: Path
    message: str
    remedy: str
    at_key: bool = False


def find_shape_mistakes(model: type[BaseModel], value: object) -> Iterator[Finding]:
    """Everything in which ``value`` departs from the fields of ``model``."""
    try:
        model.model_validate(value)
    except ValidationError as error:
        for details in error.errors(include_url=False, include_input=True):
            yield _finding(model, details)


def _finding(model: type[BaseModel], details: ErrorDetails) -> Finding:
    path: Path = details["loc"]
    context = details.get("ctx", {})
    if details["type"] == "extra_forbidden":
        message, remedy = "There is no field of this name.", _other_names(model, path)
        return Finding(path=path, message=message, remedy=remedy, at_key=True)
    if details["type"] == "missing":
        message = f"The field {path[-1]} is missing."
        return Finding(path=path, message=message, remedy=f"Add it: {_description(model, path)}")
    if details["type"] == "said":
        return Finding(path=path, message=context["words"], remedy=context["remedy"])
    explain = _WORDS.get(details["type"])
    if explain is None:
        return Finding(path=path, message=f"{details['msg']}.", remedy=_description(model, path))
    message, remedy = explain(details["input"], context)
    return Finding(path=path, message=message, remedy=remedy)


def _not_text(value: object, _context: Mapping[str, Any]) -> tuple[str, str]:
    if isinstance(value, bool | int | float):
        return "Text is wanted here; YAML reads this as another kind of value.", f'Put it in quotes: "{shown(value)}".'
    if value is None:
        return "Nothing stands after the colon.", "Write the text on the same line, or remove the line."
    return "Text is wanted here.", "Write it on the same line, after the colon."


def _not_a_choice(value: object, context: Mapping[str, Any]) -> tuple[str, str]:
    allowed = [word.strip("'") for word in str(context["expected"]).replace(" or ", ", ").split(", ")]
    return "This value is not one of the choices.", f"Write one of: {', '.join(allowed)}.{nearest(str(value), allowed)}"


_WORDS: dict[str, Callable[[object, Mapping[str, Any]], tuple[str, str]]] = {
    "string_type": _not_text,
    "enum": _not_a_choice,
    "bool_type": lambda _value, _context: ("Yes or no is wanted here.", "Write true or false."),
    "tuple_type": lambda _value, _context: ("A list is wanted here.", "Begin each entry on its own line with a dash."),
    "model_type": lambda _value, _context: (
        "A group of fields is wanted here.",
        "Write the fields below it, each as name: value, two blanks further in.",
    ),
    "too_short": lambda _value, _context: ("The list is empty.", "Add at least one entry."),
    "string_too_long": lambda _value, context: (
        "The text is too long.",
        f"At most {context['max_length']} characters.",
    ),
}


def _other_names(model: type[BaseModel], path: Path) -> str:
    known = _model_at(model, path[:-1])
    names = list(known.model_fields) if known is not None else []
    near = nearest(str(path[-1]), names)
    return near.strip() or f"Remove it. The fields here are: {', '.join(names)}."


def _description(model: type[BaseModel], path: Path) -> str:
    owner = _model_at(model, path[:-1])
    field = owner.model_fields.get(str(path[-1])) if owner is not None else None
    if field is not None and field.description:
        return field.description
    below = _model_at(model, path)
    words = (below.__doc__ or "").strip() if below is not None else ""
    return words or "see docs/adding-a-source.md."


def _model_at(model: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The model that describes the value at ``path``, None where that is no group of fields."""
    current: type[BaseModel] | None = model
    for step in path:
        if current is None:
            return None
        if isinstance(step, str):
            field = current.model_fields.get(step)
            current = None if field is None else _model_in(field.annotation)
    return current


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)
