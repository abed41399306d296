"""What is asked of the network and how it ends."""

from dataclasses import dataclass
from datetime import timedelta

from aggregator.model.crawl import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """One GET. ``follow_robots`` is set for pages and lists, not for feeds; the caps are bytes after decompression."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"
    max_bytes: int = 5 * 1024 * 1024
    total_timeout: timedelta = timedelta(seconds=30)
    min_gap: timedelta | None = None
    ca_file: str | None = None
    follow_robots: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A whole 2xx body, decompressed. ``url`` is the final one, ``permanent_url`` where a 301/308 chain led."""

    url: str
    status: int
    body: bytes
    content_type: str  # the header's value, "" when absent
    etag: str | None = None
    last_modified: str | None = None
    max_age_s: int | None = None  # Cache-Control max-age
    wire_bytes: int = 0
    elapsed_ms: int = 0
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304: what we have is current."""

    url: str
    elapsed_ms: int = 0
    max_age_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFailed:
    """No usable body."""

    failure: Failure
    elapsed_ms: int = 0


FetchResult = Fetched | NotModified | FetchFailed
