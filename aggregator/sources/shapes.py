"""The single values of the sources file, with their rules and their JSON Schema."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.functional_validators import AfterValidator, BeforeValidator

from aggregator.sources import rules
from aggregator.sources.interval import PATTERN

Slug = Annotated[
    str, AfterValidator(rules.slug), WithJsonSchema({"type": "string", "pattern": rules.SLUG_PATTERN, "maxLength": 64})
]
Line = Annotated[
    str, AfterValidator(rules.line), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": rules.MAX_LINE})
]
Text = Annotated[str, Field(max_length=rules.MAX_TEXT)]
Url = Annotated[
    str,
    AfterValidator(rules.url),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://"}),
]
RelativePath = Annotated[str, AfterValidator(rules.relative_path)]
Day = Annotated[
    date,
    BeforeValidator(rules.day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}),
]
_WRITTEN_INTERVAL = WithJsonSchema(
    {"anyOf": [{"type": "string", "pattern": PATTERN}, {"type": "integer", "minimum": 0}]}
)
Interval = Annotated[timedelta, BeforeValidator(rules.interval), _WRITTEN_INTERVAL]
Gap = Annotated[timedelta, BeforeValidator(rules.gap), _WRITTEN_INTERVAL]
Texts = Annotated[
    tuple[Line, ...],
    BeforeValidator(rules.one_or_more),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "maxItems": rules.MAX_TEXTS}]}
    ),
]
Parameters = Annotated[Texts, AfterValidator(rules.parameters)]
Paths = Annotated[Texts, AfterValidator(rules.paths)]
Zones = Annotated[Texts, AfterValidator(rules.zones)]
Template = Annotated[
    str, AfterValidator(rules.template), WithJsonSchema({"type": "string", "pattern": rules.TEMPLATE_PATTERN})
]


class Written(BaseModel):
    """What a person writes: unknown names are refused, docstrings are what editors and messages show."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True)
