"""What a single value of the sources file must be. Each rule gives the value back or raises with words and a remedy.

The errors are pydantic's own type: ``message`` says what is wrong, ``ctx["remedy"]`` what to write instead.
"""

import re
import unicodedata
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pydantic_core import PydanticCustomError

from aggregator.sources.address import fault_of
from aggregator.sources.interval import read_interval

MAX_LINE = 300  # characters
MAX_TEXT = 4000  # characters
MAX_TEXTS = 50
SLUG_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
TEMPLATE_PATTERN = r"^(\?|/|\{list\}).*\{(page|day)\}"
SHORTEST_VISIT = timedelta(minutes=1)
LONGEST_VISIT = timedelta(days=7)
LONGEST_GAP = timedelta(hours=1)

_SLUG = re.compile(SLUG_PATTERN.removeprefix("^").removesuffix("$"))
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PARAMETER = re.compile(r"[A-Za-z0-9_.\[\]-]{1,64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ZONE = re.compile(r"Z|UTC|GMT|ICT|[+-]\d\d:?\d\d")
_HOLE = re.compile(r"\{([^{}]*)\}")
_PATH = re.compile(r"\.|(?:[^.{}\s]{1,80})(?:\.[^.{}\s]{1,80}){0,7}")
_HOLES = ("list", "page", "day")
_SHORTEST_REASON = 10  # characters


def wrong(message: str, remedy: str) -> PydanticCustomError:
    """An error whose words are meant for whoever wrote the file."""
    # The words go in as context: pydantic reads the template's braces as placeholders.
    return PydanticCustomError("said", "{words}", {"words": message, "remedy": remedy})


def slug(value: str) -> str:
    """A short name for addresses."""
    if _SLUG.fullmatch(value) and len(value) <= 64:  # noqa: PLR2004 - the length itself, said in the remedy
        return value
    near = _as_slug(value)
    example = f"For example {near}." if near else "For example bao-nghe-an."
    raise wrong(
        "This is not a short name.",
        f"Write up to 64 lower-case letters without accents, digits and single dashes between them. {example}",
    )


def line(value: str) -> str:
    """Text on one line, without blanks around it."""
    text = unicodedata.normalize("NFC", value).strip()
    if not text:
        raise wrong("The text is empty.", "Write something, or remove the line.")
    if len(text) > MAX_LINE:
        raise wrong(f"The text has {len(text)} characters.", f"Write at most {MAX_LINE}.")
    if not text.isprintable():
        raise wrong("The text holds a line break or an invisible character.", "Write it on one line, or retype it.")
    return text


def url(value: str) -> str:
    """An address that can be fetched."""
    fault = fault_of(value)
    if fault is not None:
        raise wrong(*fault)
    return value


def relative_path(value: str) -> str:
    """A file beside the sources file or below it."""
    steps = value.split("/")
    if not line(value) or value.startswith("/") or "\\" in value or ".." in steps or ":" in value:
        raise wrong(
            "The file must lie beside the sources file or in a folder below it.",
            "Write its path from there with /, for example places/nghe-an.json.",
        )
    return value


def timezone(value: str) -> str:
    """A time zone this system knows."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise wrong("No time zone has this name.", "Vietnam's is Asia/Ho_Chi_Minh.") from error
    return value


def contact(value: str) -> str:
    """An e-mail or web address of whoever runs the service."""
    is_web = value.startswith(("http://", "https://")) and fault_of(value) is None
    if value.isascii() and (is_web or _EMAIL.fullmatch(value)):
        return value
    raise wrong(
        "This is neither an e-mail address nor a web address.",
        "Write an address that a webmaster can reach you at, for example webmaster@example.org.",
    )


def user_agent(value: str) -> str:
    """A header value: printable ASCII. That it names the contact is judged beside the contact."""
    if value.strip() and value.isascii() and value.isprintable() and len(value) <= MAX_LINE:
        return value.strip()
    raise wrong(
        f"A User-Agent is at most {MAX_LINE} plain letters, digits and signs, without Vietnamese letters.",
        "For example MatTranSo/1.0 (+{contact}).",
    )


def language(value: str) -> str:
    """A language tag."""
    if _LANGUAGE.fullmatch(value):
        return value
    raise wrong("This is not a language code.", "Write two letters: vi for Vietnamese, en for English.")


def reason(value: object) -> str | None:
    """Why a rule of the source is set aside: a sentence. None: it is not."""
    if value is None:
        return None
    if isinstance(value, str) and len(value.strip()) >= _SHORTEST_REASON:
        return line(value)
    raise wrong(
        "robots.txt may be set aside only with a reason, which operators are shown.",
        'Write the reason as a sentence, for example "The editor allowed it by letter of 2026-11-02", or remove it.',
    )


def interval(value: object) -> timedelta:
    """The time between two visits."""
    length = _length(value, "10m, 1h or 300s")
    if SHORTEST_VISIT <= length <= LONGEST_VISIT:
        return length
    raise wrong("The time between visits must lie between 1 minute and 7 days.", "Write for example 10m, 1h or 1d.")


def gap(value: object) -> timedelta:
    """The pause between two fetches on one host."""
    length = _length(value, "2s or 1m")
    if length <= LONGEST_GAP:
        return length
    raise wrong("The pause between fetches must not be longer than 1 hour.", "Write for example 2s.")


def day(value: object) -> date:
    """A day of the calendar."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise wrong("This is not a day.", "Write year-month-day, for example 2026-11-23, or null.")


def one_or_more(value: object) -> object:
    """A list; a single text is a list of one."""
    if value is None or isinstance(value, str):
        return () if value is None else (value,)
    return _bounded(value) if isinstance(value, list) else value


def as_tuple(value: object) -> object:
    """A list that was opened and left empty (``sources:`` with nothing below) holds nothing."""
    return () if value is None else value


def parameters(value: tuple[str, ...]) -> tuple[str, ...]:
    """Names of query parameters."""
    for name in value:
        if not _PARAMETER.fullmatch(name):
            raise wrong(f"{name!r} is not the name of a query parameter.", "Write only what stands before =, like id.")
    return value


def zones(value: tuple[str, ...]) -> tuple[str, ...]:
    """Endings of dates that name a zone."""
    for zone in value:
        if not _ZONE.fullmatch(zone):
            raise wrong(f"{zone!r} is no zone at the end of a date.", 'Write it as the site does: "+00:00", Z or GMT.')
    return value


def template(value: str) -> str:
    """The address of a list's further pages, with holes for their number or day."""
    holes = _HOLE.findall(value)
    odd = [hole for hole in holes if hole not in _HOLES]
    if odd or len(set(holes)) != len(holes) or "}{" in value:
        raise wrong(
            "The braces hold something else than {list}, {page} and {day}, each once and apart from the others.",
            "Write for example ?bydate={day}&page={page} or {list}/trang-{page}.htm.",
        )
    if not re.match(TEMPLATE_PATTERN, line(value)):
        raise wrong(
            "This is not the address of further pages: it begins with ?, / or {list} and holds {page} or {day}.",
            "Write for example ?page={page}, ?bydate={day}&page={page} or {list}/trang-{page}.htm.",
        )
    return value


def paths(value: tuple[str, ...]) -> tuple[str, ...]:
    """Paths of fields in a JSON answer, or templates that hold some between braces."""
    for written in value:
        outside = _HOLE.sub("", written)
        inner = _HOLE.findall(written) or [written]
        if "{" in outside or "}" in outside or not all(_PATH.fullmatch(path) for path in inner):
            raise wrong(
                f"{written!r} is not the path of a field.",
                "Write names with dots between them, like data.rows or image.0.url; * stands for every element.",
            )
    return value


def _bounded(value: list[object]) -> tuple[object, ...]:
    if len(value) > MAX_TEXTS:
        raise wrong(f"The list has {len(value)} entries.", f"Write at most {MAX_TEXTS}.")
    return tuple(value)


def _length(value: object, example: str) -> timedelta:
    if isinstance(value, str | int) and not isinstance(value, bool):
        try:
            return read_interval(value)
        except ValueError:
            pass
    raise wrong("This is not a length of time.", f"Write a whole number and s, m, h or d: {example}.")


def _as_slug(value: str) -> str:
    plain = unicodedata.normalize("NFD", value.lower().replace("đ", "d"))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:64].strip("-")
