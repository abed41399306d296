"""The page templates of the sample sites, read once, with Vietnamese dates as filters."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import jinja2

from aggregator.demo.newsroom import ZONE

_FOLDER = Path(__file__).parent / "templates"
_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


def read_templates() -> jinja2.Environment:
    """All templates of the sample sites. Reads files: call it in a thread."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted(_FOLDER.iterdir())}
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(texts), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters |= {
        "local": local,
        "iso": iso,
        "rfc822": rfc822,
        "weekday": weekday,
        "ago": ago,
        "entities": entities,
        "nukeviet_title": nukeviet_title,
        "nukeviet_date": nukeviet_date,
    }
    return environment


def local(at: datetime, form: str) -> str:
    """The instant in the province's time, by a strftime form."""
    return at.astimezone(ZONE).strftime(form)


def iso(at: datetime) -> str:
    """ISO 8601 with the zone's offset: 2025-10-01T15:58:00+07:00."""
    return at.astimezone(ZONE).isoformat(timespec="seconds")


def rfc822(at: datetime) -> str:
    """The date of RSS 2.0: Wed, 01 Oct 2025 15:58:00 +0700."""
    return format_datetime(at.astimezone(ZONE))


def weekday(at: datetime) -> str:
    """The Vietnamese name of the day of the week."""
    return _WEEKDAYS[at.astimezone(ZONE).weekday()]


def ago(at: datetime, now: datetime) -> str:
    """How ePi lists date their articles: "5 phút trước", "3 giờ trước", later "HH:MM dd/mm/yyyy"."""
    passed = now - at
    if passed < timedelta(hours=1):
        return f"{max(1, passed // timedelta(minutes=1))} phút trước"
    if passed < timedelta(days=1):
        return f"{passed // timedelta(hours=1)} giờ trước"
    return local(at, "%H:%M %d/%m/%Y")


def entities(text: str) -> str:
    """The text with every letter beyond ASCII as a numeric entity, as OneCMS writes its JSON-LD (``B&#236;nh``)."""
    return "".join(letter if letter.isascii() else f"&#{ord(letter)};" for letter in text).replace('"', "&quot;")


def nukeviet_title(text: str) -> str:
    """The text with the signs that NukeViet turns into entities before it fills its RSS (``&#x3A;``, ``&#x002F;``)."""
    return text.replace(":", "&#x3A;").replace("/", "&#x002F;").replace("“", "&quot;").replace("”", "&quot;")


def nukeviet_date(at: datetime) -> str:
    """The RSS date of NukeViet 4.3 to 4.5, with its flaw: GMT hours, the month where minutes belong, seconds."""
    moment = at.astimezone(UTC)
    return format_datetime(moment.replace(minute=moment.month), usegmt=True)
