"""Entry to article, at first sight (``to_article``), and what an article's page adds to its list (``merge_page``).

Rules:

1. An article needs a title and a URL that may be fetched. One published longer ago than ``max_age`` is not taken in.
2. A date outside [2000, now + 1 h] is dropped with the problem ``date_suspect``. ``sort_at`` = min(published, now) is
   set once: an article without a date stands where it was first seen, and none ever stands in the future.
3. The page speaks for body, files, authors, origin and exact time; the list for what it says when the page is silent.
   On the same day the page's time wins whatever the list's origin: NukeViet 4.3–4.5 feeds print the month for minutes.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from aggregator.model.article import Article, Visibility
from aggregator.model.entry import DateOrigin, Entry, FieldOrigin, FoundDate, Precision
from aggregator.model.source import Section, Source, SourceSection
from aggregator.normalise.edit import edit_article
from aggregator.normalise.fields import article_url, clean_fields, derived_summary, origin_rank
from aggregator.normalise.kinds import kind_of
from aggregator.normalise.retention import is_kept_for_ever
from aggregator.normalise.sections import kind_of_section, order_sections
from aggregator.normalise.version import PARSER_VERSION
from aggregator.text.dates import accept_instant

__all__ = ["PARSER_VERSION", "Skipped", "edit_article", "merge_page", "to_article"]

_SAME_DAY: Final = timedelta(hours=24)
_FAILED_EXTRACTION: Final = 4  # a page whose body is under a quarter of the feed's was not understood


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """An entry that becomes no article, and why: no_url, refused_url, no_title, too_old."""

    reason: str


def to_article(
    entry: Entry,
    source: Source,
    section: SourceSection,
    sections: tuple[Section, ...],
    *,
    now: datetime,
    max_age: timedelta,
    article_id: str,
    keys: tuple[str, ...],
    guid: str,
    fence: int,
) -> Article | Skipped:
    """The article that ``entry``, seen for the first time at ``now``, becomes; or why it becomes none.

    ``keys`` and ``guid`` are its identity as the list tells it (``identity_keys``, ``guid_key``): what its page says
    does not change by what it is known.
    """
    if not entry.url.strip():
        return Skipped(reason="no_url")
    url = article_url(entry, source.homepage, source.identity_query)
    if url is None:
        return Skipped(reason="refused_url")
    fields = clean_fields(entry, now=now)
    if not fields.title:
        return Skipped(reason="no_title")
    published = fields.published
    kind = kind_of(kind_of_section(section.section, sections), fields.title, has_attachment=bool(fields.attachments))
    if published and published.at < now - max_age and not is_kept_for_ever(kind):
        return Skipped(reason="too_old")
    return Article(
        id=article_id,
        source_id=source.id,
        url=url,
        keys=keys,
        guid=guid,
        digest=entry.digest,
        title=fields.title,
        summary=fields.summary or derived_summary(fields.text),
        body=fields.body,
        text=fields.text,
        authors=fields.authors,
        origin_name=fields.origin_name,
        images=fields.images,
        attachments=fields.attachments,
        published_at=published.at if published else None,
        published_origin=published.origin if published else DateOrigin.FIRST_SEEN,
        published_precision=published.precision if published else Precision.SECOND,
        updated_at=_first_update(entry, published, now=now),
        first_seen_at=now,
        sort_at=min(published.at, now) if published else now,
        sections=order_sections((section.section,), source),
        places=(section.place,) if section.place else (),
        kind=kind,
        authority=source.authority,
        republish=source.republish,
        visibility=Visibility.LIVE,
        story_id=None,
        versions=(),
        problems=fields.problems,
        origins=entry.origins,
        parser_version=PARSER_VERSION,
        fence=fence,
    )


def merge_page(entry: Entry, page: Entry) -> Entry:
    """``entry`` of a list with what the article's own page says (rule 3). The digest stays the list's claim."""
    takes_body = bool(page.body) and len(page.text or page.body) * _FAILED_EXTRACTION >= len(entry.text)
    takes_summary = bool(page.summary) and (not entry.summary or _is_cut(entry.summary))
    return replace(
        entry,
        title=page.title.strip() or entry.title,
        canonical_url=page.canonical_url or entry.canonical_url,
        summary=page.summary if takes_summary else entry.summary,
        body=page.body if takes_body else entry.body,
        text=page.text if takes_body else entry.text,
        authors=page.authors or entry.authors,
        origin_name=page.origin_name or entry.origin_name,
        images=page.images or entry.images,
        attachments=page.attachments or entry.attachments,
        published=_better_date(entry.published, page.published),
        updated=_better_date(entry.updated, page.updated),
        categories=tuple(dict.fromkeys(entry.categories + page.categories)),
        problems=tuple(dict.fromkeys(entry.problems + page.problems)),
        origins=_origins(entry, page, {"body": takes_body, "summary": takes_summary}),
    )


def _origins(entry: Entry, page: Entry, taken: dict[str, bool]) -> tuple[tuple[str, FieldOrigin], ...]:
    """Where the fields of both were read: the page's own, but for those that were not ``taken`` from it."""
    kept = {name: where for name, where in page.origins if taken.get(name, True)}
    return tuple((dict(entry.origins) | kept).items())


def _better_date(listed: FoundDate | None, paged: FoundDate | None) -> FoundDate | None:
    if listed is None or paged is None:
        return paged or listed
    is_coarser = paged.precision is Precision.DAY and listed.precision is not Precision.DAY
    if abs(listed.at - paged.at) < _SAME_DAY:
        return listed if is_coarser else paged
    return paged if origin_rank(paged.origin) > origin_rank(listed.origin) else listed


def _is_cut(summary: str) -> bool:
    return summary.rstrip("] )").endswith(("…", "..."))


def _first_update(entry: Entry, published: FoundDate | None, *, now: datetime) -> datetime | None:
    """When the source says that it edited the article before we saw it; None when it says nothing later."""
    updated = entry.updated
    if updated is None or not accept_instant(updated.at, now=now):
        return None
    return updated.at if published is None or updated.at > published.at else None
