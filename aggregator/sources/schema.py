"""The shape of ``sources.yaml``, as people write it, and its one conversion to a Catalogue.

Field names are those of ``aggregator.model.source``. Each model refuses keys that it does not know. A validator
here judges one field alone; what concerns several fields or entries (duplicates, references) is in ``checks.py``,
so that one wrong field never hides another mistake. The shape in short::

    province: {slug, name, title, timezone, place_file, contact, user_agent}
    sections: [{slug, label, kind?}]                          # kind: news unless said; order is the order shown
    sources:  [{id, name, homepage, kind, sections: [{url, section, place?}], platform?, authority?, republish?,
                pages?, language?, interval?, min_gap?, identity_query?, selectors?, fields?, further_pages?,
                false_zone?, ca_file?, robots_override?, enabled?, owner?, verified?, note?}]
    links:    [{group, title, url}]
"""

from datetime import UTC, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field
from pydantic.functional_validators import AfterValidator, BeforeValidator

from aggregator.model.source import (
    IDENTITY_QUERIES,
    ArticleKind,
    Authority,
    Catalogue,
    DirectoryLink,
    PagePolicy,
    Platform,
    Province,
    Republish,
    Section,
    Source,
    SourceKind,
    SourceSection,
)
from aggregator.sources import rules
from aggregator.sources.reading import FieldsEntry, SelectorsEntry, to_selectors
from aggregator.sources.shapes import (
    Day,
    Gap,
    Interval,
    Line,
    Parameters,
    RelativePath,
    Slug,
    Template,
    Text,
    Url,
    Written,
    Zones,
)

CONTACT_MARK = "{contact}"  # in user_agent: stands for the contact address


class ProvinceEntry(Written):
    """The province this deployment serves, and how it introduces itself to the sites it reads."""

    slug: Slug
    """Short name in addresses: lower-case letters, digits and dashes, for example nghe-an."""
    name: Line
    """The province's name, for example Nghệ An."""
    title: Line
    """What the reader's page is called."""
    timezone: Annotated[str, AfterValidator(rules.timezone)]
    """Time zone by its IANA name, for example Asia/Ho_Chi_Minh."""
    place_file: RelativePath
    """JSON file of the communes and wards, relative to this file."""
    contact: Annotated[str, AfterValidator(rules.contact)]
    """E-mail or web address where a webmaster reaches whoever runs this service."""
    user_agent: Annotated[str, AfterValidator(rules.user_agent)]
    """How the crawler introduces itself. It must hold the contact address: write {contact} where it goes."""

    def to_model(self) -> Province:
        """The province, with the contact address put into its User-Agent."""
        return Province(
            slug=self.slug,
            name=self.name,
            title=self.title,
            timezone=self.timezone,
            place_file=self.place_file,
            contact=self.contact,
            user_agent=self.user_agent.replace(CONTACT_MARK, self.contact),
        )


class SectionEntry(Written):
    """A section of the feed (chuyên mục). Sections are shown in the order of the file."""

    slug: Slug
    """Short name in addresses and in the sections of a source."""
    label: Line
    """What readers see, in Vietnamese."""
    kind: ArticleKind = ArticleKind.NEWS
    """The structure its articles have beyond prose."""


class SourceSectionEntry(Written):
    """One address of a source, and where its articles go."""

    url: Url
    """The feed, list, sitemap or API address that is visited."""
    section: Slug
    """Slug of the feed section its articles go to."""
    place: Slug | None = None
    """Slug of the commune or ward that every article of this address belongs to."""


class SourceEntry(Written):
    """A place we read (nguồn tin)."""

    id: Slug
    """Short name that never changes once articles were read: lower-case letters, digits and dashes."""
    name: Line
    """What readers and operators see."""
    homepage: Url
    """The site's first page."""
    kind: SourceKind
    """What the addresses of its sections answer with; unknown: only the homepage is known, a visit probes it."""
    platform: Platform = Platform.GENERIC
    """The system behind the site: it decides the rules by which lists and pages are read."""
    sections: Annotated[tuple[SourceSectionEntry, ...], BeforeValidator(rules.as_tuple)] = ()
    """The addresses that are visited. Required for every kind but unknown."""
    authority: Authority = Authority.PRESS
    """Who speaks: decides which article leads a story told by several."""
    republish: Republish = Republish.SUMMARY
    """How much of an article readers get here: press gives summary unless a permission is on record."""
    pages: PagePolicy = PagePolicy.WHEN_NEEDED
    """Whether an article's own page is fetched."""
    language: Annotated[str, AfterValidator(rules.language)] = "vi"
    """Language of the articles, for example vi."""
    interval: Interval | None = None
    """Time between visits, from 1m to 7d; left out: the schedule decides."""
    min_gap: Gap | None = None
    """Pause between fetches on one host, at most 1h; left out: the setting. Raise it for weak servers."""
    identity_query: Parameters = ()
    """Query parameters that tell articles apart (for example id), besides the platform's own; others are dropped."""
    selectors: SelectorsEntry = SelectorsEntry()
    """CSS selectors, where the platform's rules do not fit."""
    fields: FieldsEntry = FieldsEntry()
    """Kind api: where the fields stand in the answer, where their names are not the usual ones."""
    further_pages: Template | None = None
    """Lists that link no next page: its address, for example ?bydate={day}&page={page} or {list}/trang-{page}.htm."""
    false_zone: Zones = ()
    """Zone that the site's dates name although they are local, for example "+00:00" on some WordPress sites."""
    ca_file: RelativePath | None = None
    """PEM file, relative to this file, with the certificate that the site forgets to send."""
    robots_override: Annotated[str | None, BeforeValidator(rules.reason)] = None
    """Why robots.txt is not followed here, in words; left out: it is followed."""
    enabled: Annotated[bool, Field(strict=True)] = True
    """False: never visited; its articles stay."""
    owner: Text = ""
    """Who looks after this entry."""
    verified: Day | None = None
    """Day on which a person last saw it work (YYYY-MM-DD); null: it proves itself at its first good visit."""
    note: Text = ""
    """What is known about the source and how surely."""

    def to_model(self, zone: ZoneInfo) -> Source:
        """The source as a model; ``verified`` is midnight of that day in ``zone``."""
        midnight = None if self.verified is None else datetime.combine(self.verified, time(), zone).astimezone(UTC)
        return Source(
            id=self.id,
            name=self.name,
            homepage=self.homepage,
            kind=self.kind,
            platform=self.platform,
            sections=tuple(SourceSection(url=s.url, section=s.section, place=s.place) for s in self.sections),
            authority=self.authority,
            republish=self.republish,
            pages=self.pages,
            language=self.language,
            interval=self.interval,
            min_gap=self.min_gap,
            identity_query=tuple(dict.fromkeys((*self.identity_query, *IDENTITY_QUERIES.get(self.platform, ())))),
            selectors=to_selectors(
                self.selectors,
                self.fields,
                () if self.further_pages is None else (self.further_pages,),
                self.false_zone,
            ),
            ca_file=self.ca_file,
            robots_override=self.robots_override,
            enabled=self.enabled,
            owner=self.owner,
            verified=midnight,
            note=self.note.strip(),
        )


class LinkEntry(Written):
    """One entry of the link directory."""

    group: Line
    """Heading it stands under, in Vietnamese."""
    title: Line
    """What readers see, in Vietnamese."""
    url: Url
    """Where it leads."""


class SourcesFile(Written):
    """The news sources of one province."""

    province: ProvinceEntry
    sections: Annotated[tuple[SectionEntry, ...], BeforeValidator(rules.as_tuple), Field(min_length=1)]
    """The sections of the feed, in the order shown."""
    sources: Annotated[tuple[SourceEntry, ...], BeforeValidator(rules.as_tuple)]
    """The places that are read."""
    links: Annotated[tuple[LinkEntry, ...], BeforeValidator(rules.as_tuple)] = ()
    """The link directory: services and organisations."""

    def to_catalogue(self) -> Catalogue:
        """The catalogue that the service runs on."""
        zone = ZoneInfo(self.province.timezone)
        return Catalogue(
            province=self.province.to_model(),
            sections=tuple(
                Section(slug=section.slug, label=section.label, kind=section.kind, position=position)
                for position, section in enumerate(self.sections)
            ),
            sources=tuple(source.to_model(zone) for source in self.sources),
            links=tuple(DirectoryLink(group=link.group, title=link.title, url=link.url) for link in self.links),
        )
