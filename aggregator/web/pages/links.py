"""The link directory as pages show it, each link with its host."""

from dataclasses import dataclass

from aggregator.model.source import Catalogue
from aggregator.text.urls import host_of
from aggregator.web.api.present import web_url


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A link with the host a reader is sent to."""

    title: str
    url: str
    host: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinkGroup:
    """The links under one heading."""

    group: str
    links: tuple[PageLink, ...]


def link_groups(catalogue: Catalogue) -> tuple[PageLinkGroup, ...]:
    """The directory by heading, in the order of the file; what is no web address is left out."""
    groups: dict[str, list[PageLink]] = {}
    for link in catalogue.links:
        if web_url(link.url):
            page_link = PageLink(title=link.title, url=link.url, host=host_of(link.url).removeprefix("www."))
            groups.setdefault(link.group, []).append(page_link)
    return tuple(PageLinkGroup(group=name, links=tuple(links)) for name, links in groups.items())
