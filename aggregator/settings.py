"""Settings from the environment: ``AGGREGATOR_*`` and ``MONGODB_URI``. Unknown names under the prefix are refused."""

import os
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from aggregator.model.errors import ConfigError

PREFIX = "AGGREGATOR_"
MINI_APP_ORIGINS = ("https://h5.zdn.vn", "zbrowser://h5.zdn.vn")


class Role(StrEnum):
    """A part of the service a process can play."""

    WEB = "web"
    CRAWLER = "crawler"


class Driver(StrEnum):
    """The MongoDB driver."""

    PYMONGO = "pymongo"
    MOTOR = "motor"


class LogLevel(StrEnum):
    """The least severe line that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """``console`` for people, ``json`` for machines."""

    CONSOLE = "console"
    JSON = "json"


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


class Settings(BaseModel):
    """Everything that can be set without changing ``sources.yaml``; lists are comma-separated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mongodb_uri: str | None = Field(
        default=None, repr=False, description="A replica set's URI. Without it the service runs its own MongoDB."
    )
    database: str = Field(default="aggregator", pattern=r"^[A-Za-z0-9_-]{1,38}$", description="Database name.")
    driver: Driver = Field(default=Driver.PYMONGO, description="MongoDB driver: pymongo or motor.")
    data_dir: Path = Field(default=Path(".data"), description="Directory of the embedded MongoDB and local files.")
    sources: Path = Field(default=Path("sources.yaml"), description="The sources file.")
    bind: str = Field(default="127.0.0.1", description="Address the web server listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port of the web server; 0 lets the system choose.")
    roles: tuple[Role, ...] = Field(
        default=(Role.WEB, Role.CRAWLER), description="Parts this process plays: web, crawler."
    )
    log_level: LogLevel = Field(default=LogLevel.INFO, description="debug, info, warning or error.")
    log_format: LogFormat = Field(default=LogFormat.CONSOLE, description="console or json.")
    cors_origins: tuple[str, ...] = Field(
        default=(), description="Origins allowed besides the Mini App's two, e.g. http://localhost:3000."
    )
    allow_cidrs: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="Private networks that may be fetched from (tests, intranets); never paced."
    )
    allow_ports: tuple[int, ...] = Field(
        default=(80, 443, 8080, 8443), description="Ports that may be fetched from; any on allow_cidrs."
    )
    max_fetches: int = Field(default=16, ge=1, le=256, description="Fetches at once, over all hosts.")
    min_gap_s: float = Field(default=1.0, ge=0, le=3600, description="Seconds between starts of fetches on one host.")
    fetch_timeout_s: float = Field(default=30.0, gt=0, le=300, description="Seconds a whole fetch may take.")
    connect_timeout_s: float = Field(default=5.0, gt=0, le=60, description="Seconds a connection may take.")
    max_body_bytes: int = Field(
        default=5 * 1024 * 1024, ge=1024, description="Bytes of a feed or page after decompression."
    )
    max_entries: int = Field(default=500, ge=1, le=5000, description="Newest entries read from one document.")
    max_pages_per_crawl: int = Field(default=60, ge=0, le=1000, description="Article pages fetched in one crawl.")
    max_age_days: int = Field(
        default=548, ge=1, description="News published longer ago is not taken in, and what is kept is purged."
    )
    keep_crawls_days: int = Field(default=30, ge=1, description="Days a crawl record is kept (failures six times).")
    keep_raw_days: int = Field(default=30, ge=1, description="Days that fetched pages are kept for replay.")
    max_raw_mb: int = Field(default=512, ge=0, description="Compressed fetched pages kept at most; 0 keeps none.")
    parse_workers: int = Field(default=2, ge=1, le=64, description="Worker processes that parse.")
    parse_timeout_s: float = Field(default=10.0, gt=0, le=120, description="Seconds one document may be parsed.")
    parse_memory_mb: int = Field(default=1024, ge=128, description="Memory one parsing worker may take.")
    crawl_concurrency: int = Field(default=64, ge=1, le=1024, description="Crawls at once in this process.")
    interval_scale: float = Field(
        default=1.0, gt=0, le=100, description="Multiplies every visit interval (tests and the demo use small values)."
    )
    min_interval_s: float = Field(default=180.0, gt=0, description="Shortest time between visits to a source.")
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        default=(), description="Proxies whose X-Forwarded-For is believed."
    )
    public_url: str | None = Field(default=None, description="Where readers see this service, for links in answers.")
    secure_cookies: bool = Field(
        default=False, description="Mark session cookies Secure: set it when served over https."
    )

    @field_validator("roles", "cors_origins", "allow_cidrs", "allow_ports", "trusted_proxies", mode="before")
    @classmethod
    def _comma_separated(cls, value: object) -> object:
        return _split(value)

    @field_validator("roles")
    @classmethod
    def _some_role(cls, value: tuple[Role, ...]) -> tuple[Role, ...]:
        if not value:
            raise ValueError("a process needs a role: web, crawler or both")
        return value

    @field_validator("cors_origins")
    @classmethod
    def _origins_are_whole(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            if "://" not in origin or origin.endswith("/") or origin == "*":
                message = f"{origin!r} is not an origin: write scheme://host[:port] without a path"
                raise ValueError(message)
        return value

    @property
    def min_gap(self) -> timedelta:
        """The pause between starts of fetches on one host."""
        return timedelta(seconds=self.min_gap_s)

    @property
    def max_age(self) -> timedelta:
        """How old an entry may be when it is first seen."""
        return timedelta(days=self.max_age_days)


def variable_name(field: str) -> str:
    """The environment variable of a settings field."""
    return "MONGODB_URI" if field == "mongodb_uri" else PREFIX + field.upper()


def read_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Settings from ``environ`` (default: the process's), then ``overrides``.

    A secret may come as a file: ``MONGODB_URI_FILE`` names a file whose content is the URI. Raises ConfigError
    that lists every wrong variable at once.
    """
    environ = os.environ if environ is None else environ
    names = {variable_name(field): field for field in Settings.model_fields}
    mistakes: list[str] = []
    values: dict[str, Any] = {}
    for name, value in environ.items():
        if name == "MONGODB_URI" and not value:
            continue  # how composed deployments leave a variable out
        if name in names:
            values[names[name]] = value
        elif name == "MONGODB_URI_FILE":
            try:
                values["mongodb_uri"] = Path(value).read_text(encoding="utf-8").strip()
            except OSError as error:
                mistakes.append(f"MONGODB_URI_FILE={value!r}: the file cannot be read ({error.strerror})")
        elif name.startswith(PREFIX) and name not in _FOREIGN:
            mistakes.append(f"{name}: no such setting{_nearest(name, names)}")
    values.update(overrides)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        mistakes += [
            f"{variable_name(str(item['loc'][0]))}={_shown(str(item['loc'][0]), values)}: {item['msg']}"
            for item in error.errors()
        ]
        raise ConfigError("\n".join(mistakes)) from error
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return settings


# Names under the prefix that belong to the tests and benchmarks.
_FOREIGN = frozenset({"AGGREGATOR_CORPUS", "AGGREGATOR_CHROMIUM"})


def _nearest(name: str, names: Mapping[str, str]) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

    near = get_close_matches(name, list(names), n=1)
    return f"; did you mean {near[0]}?" if near else "; see `main.py serve --help`"


def _shown(field: str, values: Mapping[str, Any]) -> str:
    return "(hidden)" if field == "mongodb_uri" else repr(values.get(field))
