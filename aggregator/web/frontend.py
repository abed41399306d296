"""Templates and static files: read once when the server starts; a file's address names its content."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from aggregator.web import words
from aggregator.web.answer import Answer
from aggregator.web.guards import headers_for

_HERE = Path(__file__).parent
_TEMPLATES = (_HERE / "pages" / "templates", _HERE / "ops" / "templates")
_ASSETS = _HERE / "assets"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_IMMUTABLE = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Times as a page shows them, all against one ``now``."""

    now: datetime
    tz: ZoneInfo

    def relative(self, at: datetime) -> str:
        """How long ago."""
        return words.relative_time(at, now=self.now, tz=self.tz)

    def until(self, at: datetime) -> str:
        """How long from now."""
        return words.until_time(at, now=self.now)

    def absolute(self, at: datetime) -> str:
        """The local day and hour."""
        return words.absolute_time(at, tz=self.tz)

    def clock(self, at: datetime) -> str:
        """The local day and second, for logs."""
        return words.clock_time(at, tz=self.tz)

    def iso(self, at: datetime) -> str:
        """For the machine, in a ``datetime`` attribute."""
        return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontend:
    """Renders pages and holds static files by path."""

    environment: Environment
    assets: Mapping[str, Answer]
    now: Callable[[], datetime]
    tz: ZoneInfo

    def render(self, template: str, **context: object) -> bytes:
        """A page as UTF-8. Everything is escaped but what the handler marked as sanitised markup."""
        when = When(now=self.now(), tz=self.tz)
        return self.environment.get_template(template).render(when=when, **context).encode("utf-8", "replace")


def load_frontend(shared: Mapping[str, object], *, now: Callable[[], datetime], tz: ZoneInfo, https: bool) -> Frontend:
    """Reads every template and asset. ``shared`` is what each template may use. Blocks: call it off the loop."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    addresses: dict[str, str] = {}
    assets: dict[str, Answer] = {}
    for path in sorted(_ASSETS.iterdir()):
        body = path.read_bytes()
        address = f"/assets/{path.stem}.{blake2b(body, digest_size=6).hexdigest()}{path.suffix}"
        addresses[path.name] = address
        headers = headers_for(address, https=https) | {"Cache-Control": _IMMUTABLE, "Vary": "Accept-Encoding"}
        assets[address] = Answer(body, content_type=_TYPES[path.suffix], headers=headers)
    environment.globals.update(shared, asset=addresses.__getitem__)
    environment.filters.update(
        file_size=words.file_size, number=words.number, milliseconds=words.milliseconds, field_label=words.field_label
    )
    for name in environment.list_templates():
        environment.get_template(name)
    return Frontend(environment=environment, assets=assets, now=now, tz=tz)
