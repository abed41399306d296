"""A known article and a new claim about it: what a reader would see changed, and what is kept.

Rules:

1. Id, first sight, place in the feed, story, visibility and every key ever seen stay.
2. An edit a reader sees (title, summary, body, files) leaves a version behind. White space, markup and tracking tokens
   in links are no such edit: the new body is kept, without a version.
3. Nothing is lost to a poorer claim: an empty body or a missing date replaces nothing, neither does a title or summary
   cut with dots, nor a text that is less than half of the known one and a piece of it (the teaser of a feed).
4. A date is replaced by one of better origin, or of the same origin when that origin is exact: lists and texts drift
   ("3 giờ trước"), sitemaps tell the last edit.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from aggregator.model.article import Article, Version
from aggregator.model.entry import Attachment, DateOrigin, Entry
from aggregator.model.source import Section, Source, SourceSection
from aggregator.normalise.fields import Fields, article_url, clean_fields, derived_summary, origin_rank, precision_rank
from aggregator.normalise.identity import guid_key, identity_keys
from aggregator.normalise.kinds import kind_of
from aggregator.normalise.sections import kind_of_section, order_sections
from aggregator.normalise.version import PARSER_VERSION
from aggregator.text.dates import accept_instant
from aggregator.text.fold import clean_text
from aggregator.text.urls import identity_of

MAX_VERSIONS: Final = 20

_MAX_CUT_END = 30  # characters
_CUT_END = re.compile(r"\s*(?:\[?(?:…|\.\.\.)\]?|\((?:…|\.\.\.)\)|xem thêm|đọc tiếp|read more)\s*»?$", re.IGNORECASE)
_TOKENS = re.compile(r"(https?://[^\s?#]+)[?#]\S*")
_DRIFTING = frozenset({DateOrigin.FIRST_SEEN, DateOrigin.SITEMAP, DateOrigin.TEXT, DateOrigin.LISTING})


def edit_article(
    known: Article,
    entry: Entry,
    source: Source,
    section: SourceSection,
    sections: tuple[Section, ...],
    *,
    now: datetime,
    fence: int,
    has_moved: bool = False,
) -> Article | None:
    """``known`` as ``entry``, seen again at ``now``, leaves it; None when nothing is to be written.

    ``has_moved``: the article was known by its guid alone, so the entry's URL takes the place of the known one.
    """
    fields = clean_fields(entry, now=now)
    url = article_url(entry, source.homepage, source.identity_query) or known.url
    claimed = _claimed(known, fields)
    slugs = order_sections((*known.sections, section.section), source)
    kind = kind_of(kind_of_section(slugs[0], sections), claimed.title, has_attachment=bool(claimed.attachments))
    edited = replace(
        claimed,
        url=url if has_moved or _same_identity(url, known.url, source.identity_query) else known.url,
        keys=tuple(dict.fromkeys(known.keys + identity_keys(replace(entry, url=url), source))),
        guid=guid_key(replace(entry, url=url), source) or known.guid,
        digest=entry.digest,
        sections=slugs,
        places=tuple(dict.fromkeys((*known.places, *((section.place,) if section.place else ())))),
        kind=kind,
        authority=source.authority,
        republish=source.republish,
        origins=entry.origins or known.origins,
        parser_version=PARSER_VERSION,
    )
    changed = _changed_for_a_reader(known, edited)
    if changed:
        version = Version(seen_at=now, title=known.title, digest=known.digest, changed=changed)
        edited = replace(
            edited,
            versions=(*known.versions, version)[-MAX_VERSIONS:],
            updated_at=_edited_at(known, entry, now=now),
        )
    return None if edited == known else replace(edited, fence=fence)


def _claimed(known: Article, fields: Fields) -> Article:
    """``known`` with the fields that the claim improves (rules 3 and 4)."""
    takes_body = bool(fields.text) and bool(fields.body or not known.body) and not _is_excerpt(fields, known)
    takes_title = bool(fields.title) and not _is_cut_from(fields.title, known.title)
    text = fields.text if takes_body else known.text
    article = replace(
        known,
        title=fields.title if takes_title else known.title,
        summary=_summary(known, fields, text),
        body=fields.body if takes_body else known.body,
        text=text,
        authors=fields.authors or known.authors,
        origin_name=fields.origin_name or known.origin_name,
        images=fields.images or known.images,
        attachments=fields.attachments or known.attachments,
        problems=fields.problems,
    )
    found = fields.published
    if found is not None and _is_better(found.origin, precision_rank(found.precision), known):
        return replace(
            article, published_at=found.at, published_origin=found.origin, published_precision=found.precision
        )
    if known.published_at is None:
        return article
    # The date is known from before: that this claim has none is no gap of the article.
    return replace(article, problems=tuple(problem for problem in fields.problems if problem.code != "no_date"))


def _is_better(origin: DateOrigin, precision: int, known: Article) -> bool:
    if known.published_at is None:
        return True
    trust = origin_rank(origin) - origin_rank(known.published_origin)
    finer = precision - precision_rank(known.published_precision)
    if trust == 0:
        return finer > 0 or (finer == 0 and origin not in _DRIFTING)
    return trust > 0 and finer >= 0


def _summary(known: Article, fields: Fields, text: str) -> str:
    """The source's new summary; without one the known one, made anew where it was the beginning of the text."""
    if fields.summary:
        return known.summary if _is_cut_from(fields.summary, known.summary) else fields.summary
    if known.summary in {"", derived_summary(known.text)}:
        return derived_summary(text)
    return known.summary


def _is_cut_from(new: str, known: str) -> bool:
    """Whether ``new`` is the beginning of ``known`` and says by its dots that it was cut."""
    beginning = _without_cut_end(new)
    return len(beginning) < min(len(new), len(known)) and known.startswith(beginning)


def _is_excerpt(fields: Fields, known: Article) -> bool:
    """Whether the claimed text is a piece of the known one: what a feed shows of an article whose page we read."""
    new, before = clean_text(fields.text), clean_text(known.text)
    if len(new) * 2 >= len(before):
        return _is_cut_from(new, before)
    return _without_cut_end(new) in before or new in {clean_text(fields.summary), clean_text(known.summary)}


def _without_cut_end(text: str) -> str:
    end = _CUT_END.search(text, max(0, len(text) - _MAX_CUT_END))
    return text[: end.start()] if end else text


def _changed_for_a_reader(known: Article, edited: Article) -> tuple[str, ...]:
    pairs = {
        "title": (known.title, edited.title),
        "summary": (_reading(known.summary), _reading(edited.summary)),
        "body": (_reading(known.text), _reading(edited.text)),
        "attachments": (_files(known.attachments), _files(edited.attachments)),
    }
    return tuple(name for name, (before, after) in pairs.items() if before != after)


def _reading(text: str) -> str:
    """The words of ``text`` without regard to white space, nor to the query of an address spelt out in it."""
    return "".join(_TOKENS.sub(r"\1", text).split())


def _files(attachments: tuple[Attachment, ...]) -> frozenset[tuple[str, str]]:
    return frozenset((_TOKENS.sub(r"\1", attachment.url), attachment.name) for attachment in attachments)


def _same_identity(one: str, other: str, keep_query: tuple[str, ...]) -> bool:
    try:
        return identity_of(one, keep_query) == identity_of(other, keep_query)
    except ValueError:
        return False


def _edited_at(known: Article, entry: Entry, *, now: datetime) -> datetime:
    """The source's own time of the edit where it can be true, else when we saw it."""
    since = known.updated_at or known.published_at or known.first_seen_at
    updated = entry.updated
    if updated is not None and accept_instant(updated.at, now=now) and updated.at > since:
        return min(updated.at, now)
    return now
