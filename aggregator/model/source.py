"""Where news comes from: the province, its feed sections, its sources and its directory of links."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class SourceKind(StrEnum):
    """What a section's URL answers with. ``unknown``: no endpoint is known; the visit is a probe of the homepage."""

    FEED = "feed"
    JSONFEED = "jsonfeed"
    LISTING = "listing"
    SITEMAP = "sitemap"
    API = "api"
    UNKNOWN = "unknown"


class Platform(StrEnum):
    """The content management system behind a source: it decides the rules by which pages are read."""

    GENERIC = "generic"
    ONECMS = "onecms"
    EPI = "epi"
    NUKEVIET = "nukeviet"
    VNPORTAL = "vnportal"
    WORDPRESS = "wordpress"
    LIFERAY = "liferay"
    SHAREPOINT = "sharepoint"
    VCCORP = "vccorp"


# Query parameters that tell a platform's articles apart, besides those that a source names: WordPress without pretty
# addresses (``?p=113519``), the item forms of SharePoint.
IDENTITY_QUERIES: dict[Platform, tuple[str, ...]] = {
    Platform.WORDPRESS: ("p", "page_id"),
    Platform.SHAREPOINT: ("ItemID", "ItemId", "itemid", "NewsID", "List", "ID"),
}


class Authority(StrEnum):
    """Who speaks, highest first: the story's lead is chosen in this order."""

    OFFICIAL = "official"
    ORGANISATION = "organisation"
    PRESS = "press"
    REPOST = "repost"


class Republish(StrEnum):
    """How much of an article the public answers may give."""

    FULL = "full"
    SUMMARY = "summary"
    LINK = "link"


class PagePolicy(StrEnum):
    """Whether an entry's own page is fetched: always, when the entry lacks body or date, or never."""

    ALWAYS = "always"
    WHEN_NEEDED = "when_needed"
    NEVER = "never"


class ArticleKind(StrEnum):
    """The structure an article has beyond prose."""

    NEWS = "news"
    DOCUMENT = "document"
    EVENT = "event"
    NOTICE = "notice"
    HANDBOOK = "handbook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Province:
    """The deployment's province. ``place_file`` is relative to the sources file."""

    slug: str
    name: str
    title: str  # what the reader's page is called
    timezone: str  # IANA name, e.g. Asia/Ho_Chi_Minh
    place_file: str
    contact: str  # address a webmaster can write to, part of the User-Agent
    user_agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the merged feed: one function of the Mini App. ``position`` orders the chips, from 0."""

    slug: str
    label: str  # Vietnamese
    kind: ArticleKind
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSection:
    """One URL of a source and where its articles go. ``url`` is its key within the source."""

    url: str
    section: str  # slug of a Section
    place: str | None = None  # slug of a place every article of this URL belongs to


@dataclass(frozen=True, slots=True, kw_only=True)
class Selectors:
    """Where things stand in a source's answers; each tuple holds alternatives tried in order.

    CSS selectors of a listing and its article pages (empty tuples fall back to the platform's rules, then to the
    generic ones), the paths of a JSON answer, the addresses of further pages, the zones that dates name falsely.
    """

    item: tuple[str, ...] = ()
    link: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    image: tuple[str, ...] = ()
    next_page: tuple[str, ...] = ()
    page_title: tuple[str, ...] = ()
    page_date: tuple[str, ...] = ()
    page_summary: tuple[str, ...] = ()
    page_author: tuple[str, ...] = ()
    page_body: tuple[str, ...] = ()
    page_attachment: tuple[str, ...] = ()
    page_drop: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()  # JSON answers: (field, path); see ``parse.api``
    further_pages: tuple[str, ...] = ()  # e.g. "?bydate={day}&page={page}"; see ``parse.paging``
    false_zones: tuple[str, ...] = ()  # e.g. "+00:00" at the end of dates that are local


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A place we read (nguồn tin)."""

    id: str  # slug, [a-z0-9-]
    name: str
    homepage: str
    kind: SourceKind
    platform: Platform = Platform.GENERIC
    sections: tuple[SourceSection, ...] = ()
    authority: Authority = Authority.PRESS
    republish: Republish = Republish.SUMMARY
    pages: PagePolicy = PagePolicy.WHEN_NEEDED
    language: str = "vi"
    interval: timedelta | None = None  # None: the schedule's default for its sections
    min_gap: timedelta | None = None  # between starts of fetches on one host; None: the setting
    identity_query: tuple[str, ...] = ()  # query parameters that are part of an article's identity
    selectors: Selectors = Selectors()
    ca_file: str | None = None  # PEM with the certificate the host forgets to send
    robots_override: str | None = None  # the reason robots.txt is not followed, shown to operators
    enabled: bool = True
    owner: str = ""
    verified: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryLink:
    """One entry of the link directory (public services, papers, member organisations…)."""

    group: str  # Vietnamese heading
    title: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Everything ``sources.yaml`` says. ``places`` are the slugs of its place file, None when they were not read."""

    province: Province
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    links: tuple[DirectoryLink, ...]
    places: frozenset[str] | None = None
