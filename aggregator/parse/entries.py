"""Claims to entries: the rules by which every format is cleaned, resolved and dated.

A field that cannot be used costs that field and is named as a problem; an entry that cannot be built costs that entry.
"""

import html
import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator.model.entry import Attachment, DateOrigin, Entry, FoundDate, Image, ParsedDocument, Problem
from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome
from aggregator.parse.body import finish
from aggregator.parse.claims import Claims, DocumentClaims, FileClaim
from aggregator.parse.digest import digest_of
from aggregator.parse.files import attachment_of, is_picture
from aggregator.parse.machinedates import read_machine_date
from aggregator.parse.people import person_names
from aggregator.text.dates import parse_date
from aggregator.text.fold import clean_text
from aggregator.text.markup import plain_text
from aggregator.text.mend import is_suspicious, mend_markup, mend_text
from aggregator.text.simple_markup import read_simple
from aggregator.text.urls import absolute_url

MAX_TITLE = 500  # characters
MAX_SUMMARY = 1000
MAX_DATE = 100
_MAX_NAMES = 20
_MAX_FILES = 20
_BODY_CHARACTERS = 600  # a description this long, in paragraphs, is the article and not its summary
_TAG = re.compile(r"<[a-zA-Z/!]")
_UNREADABLE = re.compile(
    r"<(?:script|style|!|\?|noscript|template|svg|math|iframe|object|textarea|select|title|head|t[dh])", re.IGNORECASE
)
_INLINE_TAG = re.compile(
    r"</?(?:a|b|i|u|em|strong|span|font|img|small|sup|sub|mark|abbr|code)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_BLOCK_TAG = re.compile(
    r"</?(?:p|div|br|ul|ol|li|h[1-6]|figure|figcaption|blockquote|hr|center)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_PLAIN_URL = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}[a-z]{2,20}(?:/[A-Za-z0-9_~-]+){1,8}(?:\.[a-z]{2,5})?"
)
_PARAGRAPH = re.compile(r"<(?:p|br|div|li|h[1-6])\b", re.IGNORECASE)
_PICTURE = re.compile(r"""<img\b[^<>]*?\ssrc\s*=\s*(?:"([^"<>]+)"|'([^'<>]+)'|([^\s<>]+))[^<>]*""", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?!(?:no-?reply|donotreply|web-?master|admin|info|root|contact|rss|feed)@)[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,4}",
    re.ASCII | re.IGNORECASE,
)
_PIXEL = re.compile(r"""\s(?:width|height)\s*=\s*["']?[01](?:px)?["'\s>/]""", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a document is read: its address, the reader's clock and the zone its dates are in when they name none."""

    url: str
    now: datetime
    tz: ZoneInfo
    origin: DateOrigin
    max_entries: int


def build_document(claims: DocumentClaims, reading: Reading) -> ParsedDocument:
    """The document's entries, at most ``max_entries`` of them, the newest, in the document's order."""
    problems = list(claims.problems)
    chosen = claims.entries
    if len(chosen) > reading.max_entries:
        chosen = _newest(chosen, reading)
        problems.append(Problem(code="too_many_entries", detail=f"{len(claims.entries)} found, the newest are read"))
    entries: list[Entry] = []
    for number, claim in enumerate(chosen):
        try:
            entries.append(build_entry(claim, reading))
        except ParseFailed as failure:
            problems.append(Problem(code=failure.outcome, detail=f"entry {number}: {failure.detail}"))
        except Exception as error:  # noqa: BLE001 - one bad entry costs that entry, whatever is wrong with it
            detail = f"entry {number}: {type(error).__name__}: {error}"[:200]
            problems.append(Problem(code="bad_entry", detail=detail))
    if chosen and not entries and all(problem.code == Outcome.BAD_ENCODING for problem in problems):
        raise ParseFailed(Outcome.BAD_ENCODING, "the text of every entry is in no encoding that can be read")
    return ParsedDocument(
        entries=tuple(entries),
        found=len(claims.entries),
        title=plain(claims.title, limit=MAX_TITLE),
        format=claims.format,
        child_urls=tuple(url for href in claims.child_urls if (url := absolute_url(reading.url, href))),
        ttl_minutes=claims.ttl_minutes,
        skip_hours=claims.skip_hours,
        skip_days=claims.skip_days,
        problems=tuple(problems),
    )


def build_entry(claims: Claims, reading: Reading) -> Entry:
    """The entry that ``claims`` make: plain title and summary, sanitised body, absolute addresses, aware dates.

    Raises ParseFailed (bad_encoding) where title, summary or body is in letters that nobody can tell: such an entry is
    left out rather than kept as it is.
    """
    base = claims.base or reading.url
    problems = list(claims.problems)
    url = resolve(base, claims.url.strip()) if claims.url.strip() else None
    title = plain(claims.title, limit=MAX_TITLE)
    body, text, summary = _texts(claims, base)
    refuse_unreadable(title=title, summary=summary, body=text)
    published = read_date(claims.published, reading, "published", problems)
    updated = read_date(claims.updated, reading, "updated", problems)
    attachments, pictures = _files(claims.files, base)
    pictures += [picture for src in claims.images if (picture := resolve(base, src.strip()))]
    if not pictures:
        pictures = _inline_pictures(claims.content or claims.summary, base)
    problems += [
        Problem(code=f"no_{name}", field=name) for name, value in (("url", url), ("title", title)) if not value
    ]
    return Entry(
        url=url or "",
        title=title,
        guid=clean_text(claims.guid, limit=500) or None,
        summary=summary,
        body=body,
        text=text,
        authors=person_names(claims.authors) or _addresses(claims.authors),
        origin_name=plain(claims.origin, limit=200) or None,
        images=tuple(Image(url=address) for address in dict.fromkeys(pictures[:_MAX_FILES])),
        attachments=tuple(attachments),
        published=published or updated,
        updated=updated,
        categories=_names(claims.categories),
        digest=digest_of(
            url=url or claims.url,
            guid=claims.guid,
            title=title,
            summary=summary,
            text=text,
            date=claims.published or claims.updated,
            files=[attachment.url for attachment in attachments],
        ),
        problems=tuple(problems),
    )


def _texts(claims: Claims, base: str) -> tuple[str, str, str]:
    """Body, its plain text, and summary. A long description is body and summary at once and is then read once."""
    is_article = not claims.content and _is_article(claims.summary)
    markup = claims.summary if is_article else claims.content
    if not markup.strip():
        return "", "", plain(claims.summary, limit=MAX_SUMMARY)
    markup = mend_markup(markup).text
    simple = read_simple(markup, base_url=base)
    body, text = simple or finish(markup, base_url=base)
    if is_article and simple and "&" not in markup:
        is_short = len(text) <= MAX_SUMMARY and "\n" not in text and not is_suspicious(text)
        return body, text, text if is_short else plain(text, limit=MAX_SUMMARY)
    return body, text, plain(claims.summary, limit=MAX_SUMMARY)


def refuse_unreadable(**fields: str) -> None:
    """Raises ParseFailed (bad_encoding) when one of the fields is in letters that nobody can tell."""
    for value, name in {value: name for name, value in fields.items()}.items():
        if mend_text(value) is None:
            raise ParseFailed(Outcome.BAD_ENCODING, f"the {name} is in no encoding that can be read")


def plain(markup: str, *, limit: int | None = None) -> str:
    """One line of plain text from a short piece of HTML or text that holds entities; a wrong encoding is mended."""
    if "<" in markup and _TAG.search(markup):
        markup = mend_markup(markup).text  # before what old fonts use as letters is taken away as unseen
        # Most descriptions are a picture and a sentence: two patterns read them ten times faster than a parser.
        bare = markup if _UNREADABLE.search(markup) else _BLOCK_TAG.sub(" ", _INLINE_TAG.sub("", markup))
        markup = plain_text(markup) if "<" in bare else html.unescape(bare)
    elif "&" in markup:
        markup = html.unescape(markup)
    if "&#" in markup:  # NukeViet escapes titles twice: "&amp;#x3A;"
        markup = html.unescape(markup)
    return clean_text(mend_text(markup) or markup, limit=limit)


def resolve(base: str, href: str) -> str | None:
    """``href`` as an absolute http(s) URL, or None; an address that is already in plain form is taken as it is."""
    return href if _PLAIN_URL.fullmatch(href) else absolute_url(base, href)


def read_date(raw: str, reading: Reading, field: str, problems: list[Problem]) -> FoundDate | None:
    """The instant that ``raw`` names, or None with a problem when it names none."""
    raw = " ".join(raw[: MAX_DATE * 2].split())[:MAX_DATE]
    if not raw:
        return None
    found = read_machine_date(raw, now=reading.now, origin=reading.origin)
    found = found or parse_date(raw, now=reading.now, tz=reading.tz, origin=reading.origin)
    if found is None:
        problems.append(Problem(code="bad_date", field=field, detail=raw))
    return found


def _addresses(authors: tuple[str, ...]) -> tuple[str, ...]:
    """The first mail address of a person, for an entry whose author bears no other name (RSS 2.0: author)."""
    bare = (field.strip() for field in authors[:_MAX_NAMES])
    return tuple(field for field in bare if _ADDRESS.fullmatch(field))[:1]


def _is_article(description: str) -> bool:
    """Whether a description is the article itself: long and in paragraphs, or too long for a summary."""
    length = len(description)
    return length > 2 * MAX_SUMMARY or (length >= _BODY_CHARACTERS and _PARAGRAPH.search(description) is not None)


def _files(claims: tuple[FileClaim, ...], base: str) -> tuple[list[Attachment], list[str]]:
    attachments: dict[str, Attachment] = {}
    pictures: list[str] = []
    for claim in claims[:_MAX_FILES]:
        url = resolve(base, claim.url.strip()) if claim.url else None
        if url is None:
            continue
        if is_picture(url, claim.media_type):
            pictures.append(url)
        else:
            attachments.setdefault(url, attachment_of(url, claim))
    return list(attachments.values()), pictures


def _inline_pictures(markup: str, base: str) -> list[str]:
    """The first picture shown in ``markup`` that is no tracking pixel."""
    if "<img" not in markup and "<IMG" not in markup:
        return []
    for found in _PICTURE.finditer(markup):
        src = html.unescape(found[1] or found[2] or found[3]).strip()
        if not _PIXEL.search(f"{found[0]}>") and (url := resolve(base, src)):
            return [url]
    return []


def _names(raw: tuple[str, ...]) -> tuple[str, ...]:
    names = (plain(name, limit=100) for name in raw[: _MAX_NAMES * 2])
    return tuple(dict.fromkeys(name for name in names if name))[:_MAX_NAMES]


def _newest(claims: tuple[Claims, ...], reading: Reading) -> tuple[Claims, ...]:
    """The newest by date; entries without one count as older than every dated one, the earlier in the list first."""

    def age(number: int) -> tuple[float, int]:
        claim = claims[number]
        raw = claim.published or claim.updated
        try:  # a sitemap holds up to 50,000 of these
            at = datetime.fromisoformat(raw)
        except ValueError:
            found = read_date(raw, reading, "", [])
            return (-found.at.timestamp() if found else 0.0, number)
        return (-(at if at.tzinfo else at.replace(tzinfo=reading.tz)).timestamp(), number)

    kept = sorted(range(len(claims)), key=age)[: reading.max_entries]
    return tuple(claims[number] for number in sorted(kept))
