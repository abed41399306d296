"""What a fault is: what its source answers, what the crawl log must say of it, what readers may and may not see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aggregator.model.article import Article
from aggregator.model.crawl import Crawl
from aggregator.model.failures import Outcome
from aggregator.model.source import SourceKind
from tests.fetch.sites import Asked, Script

Scripts = dict[str, Script]
Expected = Outcome | frozenset[Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a source of a run stands: its own address, and that of a site it must not lead us to."""

    base: str
    inner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of one source from outside once its visits were over, as plain data."""

    crawls: list[Crawl]  # oldest first
    articles: list[Article]
    cards: list[dict[str, Any]]
    details: list[dict[str, Any]]  # of the first articles
    pages: list[str]  # their HTML
    stored: str  # everything the database keeps of its articles and stories
    asked: list[Asked]
    most_active: int  # requests it served at once

    @property
    def titles(self) -> set[str]:
        """What readers see of it."""
        return {card["title"] for card in self.cards}

    def article(self, title: str) -> Article:
        """The one article of that title."""
        (found,) = [article for article in self.articles if article.title == title]
        return found

    def detail(self, title: str) -> dict[str, Any]:
        """The API's answer for that article."""
        (found,) = [detail for detail in self.details if detail["title"] == title]
        return found

    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [asked.path for asked in self.asked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way in which a source misbehaves (or looks as if it did), and all that must come of it.

    ``outcomes`` are those of its first visits in order (with ``then``: the first, and those after the change);
    ``titles`` is what readers see of the source afterwards, None where ``check`` looks closer.
    """

    id: str
    serve: Callable[[Place], Scripts]
    outcomes: tuple[Expected, ...]
    titles: tuple[str, ...] | None = ()
    kind: SourceKind = SourceKind.FEED
    url: str = "/rss"  # of the section, absolute or on the site
    never: tuple[str, ...] = ()  # in the database, the API or the pages
    tls: bool = False  # its site speaks TLS with a certificate nobody vouches for
    says: str = ""  # part of the first visit's cause
    max_seconds: float | None = None  # of any visit; None: the group's
    fields: Mapping[str, Any] = field(default_factory=dict)  # of the source's entry in sources.yaml
    check: Callable[[Seen], None] | None = None
    then: Callable[[Place], Scripts] | None = None  # what it answers after the first visit of all


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Faults that one service process meets together.

    Groups that ``revisit`` see each source every second or two.
    """

    name: str
    faults: tuple[Fault, ...]
    revisit: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    growth_mb: float = 200.0  # of the main process
    is_stopped: bool = False  # it ends by SIGTERM in the middle of its visits; by kill -9 otherwise
    max_seconds: float = 8.0  # of a visit, the wait for the parsing workers included
