"""What a first look at an address finds, and the source that is proposed from it."""

from dataclasses import dataclass, field
from datetime import datetime

from aggregator.model.crawl import Failure
from aggregator.model.entry import Entry, ParsedDocument
from aggregator.model.source import Selectors, Source, SourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeReport:
    """What one page offers to a crawler."""

    title: str
    platform: str  # a Platform value
    generator: str
    feeds: tuple[tuple[str, str], ...]  # (absolute URL, title)
    sitemaps: tuple[str, ...] = ()
    format: str = "html"  # html, or the ParsedDocument format when the URL is itself a feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a page says of its site: its name, the platform's marks it shows, the lists that its menu leads to."""

    site_name: str = ""
    title: str = ""
    platform: str = "generic"  # a Platform value
    marks: tuple[str, ...] = ()  # in English
    lists: tuple[tuple[str, str], ...] = ()  # (absolute URL, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One address that was read: what it holds, or ``failure``, an English sentence why it could not be read.

    ``selectors`` are those under which a list reads better than without any.
    """

    url: str
    kind: SourceKind
    name: str = ""  # by its own title or the link that led to it
    document: ParsedDocument | None = None
    selectors: Selectors = field(default_factory=Selectors)
    failure: str = ""
    guessed: bool = False  # nothing named it: it is a place where feeds often are

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What it lists."""
        return self.document.entries if self.document is not None else ()

    @property
    def format(self) -> str:
        """What it turned out to be."""
        return self.document.format if self.document is not None else self.kind.value

    @property
    def dated(self) -> int:
        """How many of its entries say when they were published."""
        return sum(entry.published is not None for entry in self.entries)

    @property
    def newest(self) -> datetime | None:
        """When the newest of its entries was published."""
        return max((entry.published.at for entry in self.entries if entry.published is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListReading:
    """A list page as it reads best, and the selectors that it takes: none where it reads as well without."""

    document: ParsedDocument
    selectors: Selectors = field(default_factory=Selectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePage:
    """An article's page as it was fetched, beside what the list says of the article."""

    entry: Entry
    body: bytes
    url: str
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """Sample pages as they read best (None: not at all), and the selectors that it takes."""

    entries: tuple[Entry | None, ...] = ()
    selectors: Selectors = field(default_factory=Selectors)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsNote:
    """What robots.txt says: whether the address may be read (None: nobody can tell now), pause asked for, sitemaps."""

    allowed: bool | None
    delay_s: float = 0.0
    sitemaps: tuple[str, ...] = ()
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What one address turned out to be. ``failure`` is that of the address itself; others are the endpoints'."""

    url: str
    status: int | None
    failure: Failure | None = None
    report: ProbeReport | None = None
    surroundings: Surroundings = field(default_factory=Surroundings)
    robots: RobotsNote | None = None
    endpoints: tuple[Endpoint, ...] = ()
    pages: PageReading = field(default_factory=PageReading)
    fetches: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A source ready for the sources file. ``remarks`` are (field, English comment) for whoever reads it."""

    source: Source
    remarks: tuple[tuple[str, str], ...] = ()

    def remark(self, field: str) -> str:
        """The comment on a field, "" for none."""
        return dict(self.remarks).get(field, "")
