"""Who wrote an article, when, and who published it first: what is asked of a page in several places at once."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from lxml import etree

from aggregator.model.entry import DateOrigin, FieldOrigin, FoundDate, Problem
from aggregator.model.source import Selectors
from aggregator.parse.entries import Reading, read_date
from aggregator.parse.metadata import PageClaims, Said
from aggregator.parse.pagedates import dates_near_title, visible_dates
from aggregator.parse.people import person_names
from aggregator.parse.platforms.dates import plain_date
from aggregator.parse.platforms.rules import PlatformRules
from aggregator.parse.selectors import select
from aggregator.parse.signature import Signature, closing_names, read_lines_beside, read_signature
from aggregator.parse.tree import text_of
from aggregator.text.fold import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """An article page with the rules it is read by."""

    text: str
    root: etree._Element
    claims: PageClaims
    rules: PlatformRules
    selectors: Selectors  # the source's own
    own: Selectors  # the source's selectors before the platform's
    base: str
    reading: Reading

    def rule_origin(self, selector: str, name: str) -> FieldOrigin:
        """Whose rule a selector of the field ``name`` is."""
        own = selector in getattr(self.selectors, name)
        return FieldOrigin.SOURCE_RULE if own else FieldOrigin.PLATFORM_RULE


def authors_of(page: Page, signature: Signature, text: str) -> tuple[tuple[str, ...], FieldOrigin]:
    """Who wrote the article: by its signature, else where its rules say, else what its head says.

    A head that names the site itself gives way to the person whose name closes the article.
    """
    if names := person_names(signature.authors):
        return names, FieldOrigin.TEXT
    for selector in page.own.page_author:
        if found := select(page.root, (selector,)):
            if names := person_names(tuple(text_of(element) for element in found[:3])):
                return names, page.rule_origin(selector, "page_author")
            break
    names = person_names(tuple(name for name, _ in page.claims.authors))
    site = fold(f"{page.claims.site_name} {urlsplit(page.reading.url).netloc}")
    if names and not all(fold(name).replace(" ", "") in site.replace(" ", "") for name in names):
        return names, page.claims.authors[0][1]
    if written := closing_names(text) or person_names(read_lines_beside(page.root).authors):
        return written, FieldOrigin.TEXT
    return names, page.claims.authors[0][1] if names else FieldOrigin.TEXT


def published_of(page: Page, problems: list[Problem]) -> FoundDate | None:
    """The publication date: by the source's selectors, then where the platform is right, then anywhere."""
    seen = visible_dates(page.root, page.rules.selectors.page_date)
    claimed = page.claims.published
    order = [
        *visible_dates(page.root, page.selectors.page_date),
        *((*seen, *claimed) if page.rules.visible_date_first else (*claimed, *seen)),
    ]
    refused: list[Problem] = []
    found = first_date(in_plain_form(order, page), page.reading, "published", refused)
    found = found or first_date(in_plain_form(dates_near_title(page.root), page), page.reading, "published", [])
    if found is None:
        problems += refused[:1]
    return found


def origin_of(page: Page) -> Said:
    """Who published the article first, by a line beside it that says so."""
    for element in select(page.root, page.rules.origin):
        if found := read_signature(text_of(element)).origin:
            return found, FieldOrigin.PLATFORM_RULE
    return read_lines_beside(page.root).origin, FieldOrigin.TEXT


def in_plain_form(dates: list[tuple[str, DateOrigin]], page: Page) -> list[tuple[str, DateOrigin]]:
    """Dates in the form that the grammar reads rightly, by what is known of the platform's and the source's clock."""
    rules, zones = page.rules, page.selectors.false_zones
    return [(plain_date(raw, month_first=rules.month_first, false_zones=zones), origin) for raw, origin in dates]


def first_date(
    claims: list[tuple[str, DateOrigin]], reading: Reading, field: str, problems: list[Problem]
) -> FoundDate | None:
    """The first of these dates that can be read; what speaks against the others is added to ``problems``."""
    for raw, origin in claims[:20]:
        found = read_date(raw, replace(reading, origin=origin), field, problems)
        if found is not None:
            return found
    return None
