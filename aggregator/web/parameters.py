"""Query parameters: unknown and repeated ones are refused by name, wrong values are answered with their remedy."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from aiohttp import web
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic_core import PydanticCustomError

from aggregator.model.errors import BadCursor, Declined
from aggregator.model.failures import Outcome
from aggregator.model.source import ArticleKind
from aggregator.web.cursor import read_cursor

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
_SHOWN_VALUE = 100
_CURSOR_REMEDY = "Dùng nguyên giá trị next_cursor của trang trước, hoặc bỏ tham số này để đọc từ đầu."

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
CursorText = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=200)]


def _iso_8601(value: object) -> object:
    # Bare numbers, which pydantic takes for seconds since 1970, are refused.
    if not isinstance(value, str) or "-" not in value[1:]:
        raise PydanticCustomError("datetime_parsing", "not ISO 8601")
    # In a query string "+" means a space: "…07:00:00+07:00" arrives as "…07:00:00 07:00".
    return value.replace(" ", "+") if "T" in value else value


def _utc(value: datetime) -> datetime:
    try:
        return value.astimezone(UTC)
    except OverflowError as error:  # the first or last day of the calendar, seen from another zone
        raise PydanticCustomError("datetime_range", "outside the calendar") from error


# In UTC.
Since = Annotated[AwareDatetime, AfterValidator(_utc), BeforeValidator(_iso_8601)]


class NoParameters(BaseModel):
    """For routes that take none."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FeedParameters(NoParameters):
    """What the feed can be narrowed to."""

    section: Slug | None = Field(default=None, description="Chuyên mục (slug), xem /api/v1/sections")
    source: Slug | None = Field(default=None, description="Nguồn tin (id), xem /api/v1/sources")
    place: Slug | None = Field(default=None, description="Xã, phường (slug)")
    kind: ArticleKind | None = Field(default=None, description="Loại bài")
    since: Since | None = Field(default=None, description="Chỉ lấy tin từ thời điểm này, ISO 8601 có múi giờ")
    cursor: CursorText | None = Field(default=None, description="next_cursor của trang trước")
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, description="Số tin mỗi trang")


class CrawlParameters(NoParameters):
    """What the crawl log can be narrowed to."""

    source: Slug | None = None
    outcome: Outcome | None = None
    unchanged: Literal["1"] | None = None  # also the visits that found nothing new
    cursor: CursorText | None = None


ModelT = TypeVar("ModelT", bound=BaseModel)


def read_parameters(request: web.Request, model: type[ModelT]) -> ModelT:
    """The query as ``model``. Raises Declined (bad-parameter) that names every mistake at once."""
    query = request.rel_url.query
    known = list(model.model_fields)
    mistakes = [
        (name, " · ".join(query.getall(name))[:_SHOWN_VALUE], "Chỉ gửi tham số này một lần.")
        for name in dict.fromkeys(query)
        if len(query.getall(name)) > 1
    ]
    try:
        read = model.model_validate(dict(query))
    except ValidationError as error:
        raise bad_parameters(mistakes + [_mistake(item, known) for item in error.errors()]) from error
    if mistakes:
        raise bad_parameters(mistakes)
    return read


def bad_parameters(mistakes: Collection[tuple[str, str, str]]) -> Declined:
    """The refusal that lists these (parameter, value, remedy)."""
    said = "; ".join(f"“{field}” = “{value}”: {remedy}" for field, value, remedy in mistakes)
    return Declined("bad-parameter", said, tuple(mistakes))


def position(cursor: str | None) -> tuple[datetime, str] | None:
    """Where a list goes on. Raises Declined (bad-cursor)."""
    if cursor is None:
        return None
    try:
        return read_cursor(cursor)
    except BadCursor as error:
        said = f"“cursor” = “{cursor}”: {_CURSOR_REMEDY}"
        raise Declined("bad-cursor", said, (("cursor", cursor, _CURSOR_REMEDY),)) from error


def _mistake(item: Mapping[str, Any], known: list[str]) -> tuple[str, str, str]:
    field = str(item["loc"][0]) if item["loc"] else ""
    remedy = _CURSOR_REMEDY if field == "cursor" and field in known else _remedy(item, known)
    return field[:_SHOWN_VALUE], str(item["input"])[:_SHOWN_VALUE], remedy


def _remedy(item: Mapping[str, Any], known: list[str]) -> str:
    context: Mapping[str, Any] = item.get("ctx", {})
    kind: str = item["type"]
    if kind.startswith(("datetime", "timezone")):
        return "Viết theo ISO 8601 có múi giờ, ví dụ 2026-11-23T07:00:00+07:00."
    if kind == "extra_forbidden":
        return f"Không có tham số này. Dùng được: {', '.join(known)}." if known else "Địa chỉ này không nhận tham số."
    if kind in {"enum", "literal_error"}:
        choices = str(context["expected"]).replace(" or ", ", ").replace("'", "")  # "'news', 'event' or 'notice'"
        return f"Chọn một trong: {choices}."
    return _REMEDIES.get(kind, "Giá trị không hợp lệ.").format(**context)


_REMEDIES = {
    "int_parsing": "Viết một số nguyên.",
    "greater_than_equal": "Không nhỏ hơn {ge}.",
    "less_than_equal": "Không lớn hơn {le}.",
    "string_pattern_mismatch": "Chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối.",
    "string_too_long": "Không dài quá {max_length} ký tự.",
}
