"""From what a probe found to a source: the best endpoint, its sections, and who speaks there.

1. What was yielded decides: feeds of dated news come before a news sitemap, that before a list, that before a plain
   sitemap. A feed that has fallen silent while the list goes on is no endpoint.
2. Of feeds that tell the same articles one is taken, and the sections' before the home page's.
3. Section, authority and name are guesses from words and hosts; each is remarked as one.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from aggregator.model.probe import Endpoint, Probed, Proposal
from aggregator.model.source import (
    ArticleKind,
    Authority,
    PagePolicy,
    Platform,
    Republish,
    Section,
    Selectors,
    Source,
    SourceKind,
    SourceSection,
)
from aggregator.text.fold import clean_text, fold, slugify

MOST_SECTIONS = 8
_ENOUGH = 5  # entries by which an endpoint is sure
_FEWEST = 3  # entries of a section that is worth a visit
_SILENT = timedelta(days=180)
_COVERED = 0.8  # share of a feed's articles that others tell too
_SLOW_S = 1.0  # seconds between fetches that are kept in any case
_FEEDS = frozenset({"rss", "atom", "rdf", "jsonfeed"})
_HOME = re.compile(r"\b(?:trang chu|trang nhat|tat ca|tin moi|home|index|latest|all)\b")
_COMMENTS = re.compile(r"\b(?:comments?|binh luan|phan hoi|y kien ban doc)\b")
_KIND_WORDS: dict[ArticleKind, re.Pattern[str]] = {
    ArticleKind.DOCUMENT: re.compile(r"\b(?:van ban|nghi quyet|quyet dinh|cong van|huong dan|chi thi|document)"),
    ArticleKind.EVENT: re.compile(r"\b(?:lich (?:tiep|cong tac|lam viec|hop)|tiep xuc cu tri)"),
    ArticleKind.NOTICE: re.compile(r"\b(?:thong bao|cong bo|moi thau|tuyen dung)"),
    ArticleKind.HANDBOOK: re.compile(r"\b(?:cam nang|hoi dap|so tay)"),
}
_OFFICIAL = re.compile(
    r"\b(?:cong thong tin|trang thong tin (?:dien tu|xa|phuong|huyen|tinh)|cong ttdt|hanh chinh cong|dai bieu dan cu|"
    r"uy ban nhan dan|ubnd|hdnd|hoi dong nhan dan|"
    r"tinh uy|huyen uy|dang uy|chinh phu|quoc hoi|so [a-z]+ va|"
    r"so (?:y te|xay dung|tai chinh|noi vu|tu phap|cong thuong))\b"
)
_ORGANISATION = re.compile(
    r"\b(?:mat tran|mttq|lien doan|doan thanh nien|lien minh|cong doan|"
    r"hoi (?:lien hiep|nong dan|cuu chien binh|nha bao|luat gia|chu thap do|khuyen hoc|nguoi cao tuoi|phu nu))\b"
    r"|^hoi (?!dong)"
)
_PRESS = re.compile(r"\b(?:bao|tap chi|dai phat thanh|truyen hinh|dai pt|toa soan)\b")
_LEADING = re.compile(r"\s*(?:[|–—»]|\s-\s|::)\s*")
_WORD = r"[^\W_]+"
_WORDS_BETWEEN = re.compile(r"[^\w ]+")
_COMMON = frozenset({("tin", "tuc"), ("hoat", "dong"), ("dien", "tu"), ("trang", "chu")})
_FEWEST_REPOSTS = 2
_NAME_CHARACTERS = 200
_REPOSTS = 0.5  # share of sample pages that name another origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """What the proposal must fit: the feed's sections and the ids already taken."""

    sections: tuple[Section, ...]
    taken_ids: frozenset[str]
    now: datetime
    ca_file: str | None = None  # as the sources file names it


def propose(found: Probed, surface: Surface) -> Proposal:
    """The source that is proposed for what was found; of kind ``unknown`` when nothing can be read yet."""
    endpoints = chosen(found.endpoints, now=surface.now)
    kind = _kind(endpoints)
    name, named_by = _name(found)
    homepage = _homepage(found.url)
    authority, why = _authority(found, name)
    said = found.report.platform if found.report is not None else Platform.GENERIC
    platform = Platform(found.surroundings.platform if said == Platform.GENERIC else said)
    delay_s = found.robots.delay_s if found.robots is not None else 0.0
    reads_pages = kind in {SourceKind.LISTING, SourceKind.SITEMAP}
    sections = tuple(
        SourceSection(url=endpoint.url, section=section_of(endpoint, surface.sections)) for endpoint in endpoints
    )
    source = Source(
        id=_free_id(found.url, name, surface.taken_ids),
        name=name,
        homepage=homepage,
        kind=kind,
        platform=platform,
        sections=sections,
        authority=authority,
        republish=_REPUBLISH[authority][0],
        pages=PagePolicy.ALWAYS if reads_pages else PagePolicy.WHEN_NEEDED,
        interval=None if sections else timedelta(days=1),
        min_gap=timedelta(seconds=round(delay_s)) if delay_s > _SLOW_S else None,
        selectors=_selectors(endpoints, found.pages.selectors),
        ca_file=surface.ca_file,
        note=_note(endpoints, surface.now),
    )
    return Proposal(source=source, remarks=_remarks(source, named_by, why))


def _remarks(source: Source, named_by: str, why: str) -> tuple[tuple[str, str], ...]:
    """What whoever reads the entry should know of its fields."""
    remarks = [
        ("id", "never changes once articles were read"),
        ("name", named_by),
        ("authority", f"a guess, {why}: official, organisation, press or repost"),
        ("republish", _REPUBLISH[source.authority][1]),
        ("sections", "the section is a guess by the words of the address"),
    ]
    if source.pages is PagePolicy.ALWAYS:
        remarks.append(("pages", "a list says little of an article: each is read once at its own page"))
    if source.min_gap is not None:
        remarks.append(("min_gap", "what robots.txt asks for"))
    return tuple(remarks)


def chosen(endpoints: Sequence[Endpoint], *, now: datetime) -> tuple[Endpoint, ...]:
    """The endpoints to visit: all of one kind, the best there is; () when none yielded anything."""
    feeds = [each for each in endpoints if each.format in _FEEDS and not _is_silent(each, endpoints, now)]
    news = [each for each in endpoints if each.format.startswith("sitemap") and _titled(each) >= _ENOUGH]
    answers = [each for each in endpoints if each.format == "api" and each.dated >= _ENOUGH]
    lists = [each for each in endpoints if each.format == "listing" and each.failure == ""]
    plain = [each for each in endpoints if each.format.startswith("sitemap") and each.dated >= _ENOUGH]
    if answers:
        return tuple(answers[:1])
    if any(each.dated >= _ENOUGH for each in feeds):
        return _sections(feeds)
    few = [each for each in lists if len(each.entries) >= _FEWEST]
    groups = (news[:1], _lists([each for each in lists if len(each.entries) >= _ENOUGH], endpoints), plain[:1])
    return next((tuple(group) for group in (*groups, _sections(feeds), _lists(few, endpoints)) if group), ())


def _lists(useful: Sequence[Endpoint], endpoints: Sequence[Endpoint]) -> Sequence[Endpoint]:
    """The list of the page that was asked for; else those of the menu that read by the same rules."""
    first = next((each for each in endpoints if each.kind is SourceKind.LISTING), None)
    if useful and useful[0] is first:
        return useful[:1]
    return [each for each in useful if each.selectors == useful[0].selectors][:MOST_SECTIONS]


def section_of(endpoint: Endpoint, sections: Sequence[Section]) -> str:
    """The slug of the feed section whose words the endpoint's name and address hold, the first of news for none.

    Vietnamese words are of two syllables, and single ones mean nothing: pairs are compared.
    """
    path = slugify(urlsplit(endpoint.url).path.replace("/", " ")).replace("-", " ")
    told = f" {' '.join(re.findall(_WORD, fold(endpoint.name)))} | {path} "

    def weight(section: Section) -> float:
        phrases = [*_WORDS_BETWEEN.split(fold(section.label)), section.slug.replace("-", " ")]
        pairs = {pair for phrase in phrases for pair in pairwise(re.findall(_WORD, phrase))} - _COMMON
        pattern = _KIND_WORDS.get(section.kind)
        held = sum(f" {' '.join(pair)} " in told for pair in pairs)
        return held / max(1, len(pairs)) + (1 if pattern is not None and pattern.search(told) else 0)

    best = max(sections, key=weight)
    if weight(best) > 0:
        return best.slug
    return next((section.slug for section in sections if section.kind is ArticleKind.NEWS), sections[0].slug)


def _is_silent(feed: Endpoint, endpoints: Sequence[Endpoint], now: datetime) -> bool:
    """Whether a feed has fallen silent: for long, or while another place of the site went on."""
    if feed.newest is None or _COMMENTS.search(fold(f"{feed.name} {feed.url}".replace("/", " "))):
        return True
    others = [each.newest for each in endpoints if each.newest is not None]
    return now - feed.newest > _SILENT or max(others) - feed.newest > _SILENT / 2


def _sections(feeds: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
    """Feeds that tell different articles, those of sections before those of everything."""
    useful = [feed for feed in feeds if feed.dated >= min(_FEWEST, len(feed.entries))]
    ordered = sorted(useful, key=lambda feed: (_is_home(feed), feed.dated < _FEWEST))
    taken: list[Endpoint] = []
    for feed in ordered:
        urls = _urls(feed)
        told = set().union(*map(_urls, taken)) if taken else set()
        if len(urls & told) < _COVERED * len(urls) and len(taken) < MOST_SECTIONS:
            taken.append(feed)
    return tuple(sorted(taken, key=feeds.index))


def _urls(feed: Endpoint) -> set[str]:
    return {entry.url for entry in feed.entries}


def _is_home(feed: Endpoint) -> bool:
    parts = [part for part in urlsplit(feed.url).path.lower().split("/") if part]
    last = parts[-1].partition(".")[0] if parts else ""
    is_root = last in {"rss", "feed", "home", "index", "atom", "all", ""} and len(parts) <= len(("rss", "home"))
    return is_root or _HOME.search(fold(feed.name)) is not None


def _titled(endpoint: Endpoint) -> int:
    return sum(bool(entry.title) and entry.published is not None for entry in endpoint.entries)


def _kind(endpoints: Sequence[Endpoint]) -> SourceKind:
    if not endpoints:
        return SourceKind.UNKNOWN
    if all(endpoint.format == "jsonfeed" for endpoint in endpoints):
        return SourceKind.JSONFEED
    return endpoints[0].kind


def _selectors(endpoints: Sequence[Endpoint], pages: Selectors) -> Selectors:
    listed = endpoints[0].selectors if endpoints else Selectors()
    return Selectors(
        item=listed.item,
        link=listed.link,
        title=listed.title,
        date=listed.date,
        summary=listed.summary,
        image=listed.image,
        next_page=listed.next_page,
        page_title=pages.page_title,
        page_date=pages.page_date,
        page_body=pages.page_body,
        page_attachment=pages.page_attachment,
        page_drop=pages.page_drop,
    )


def _name(found: Probed) -> tuple[str, str]:
    """What the site is called, and where that was read."""
    if site_name := _printable(found.surroundings.site_name):
        return site_name, "as the page calls its site"
    title = _printable(found.surroundings.title or (found.report.title if found.report is not None else ""))
    parts = [part.strip() for part in _LEADING.split(title) if part.strip()]
    telling = [part for part in parts if not _HOME.fullmatch(fold(part))]
    named = [part for part in telling if _OFFICIAL.search(fold(part)) or _ORGANISATION.search(fold(part))]
    named += [part for part in telling if _PRESS.search(fold(part))]
    if named or telling:
        return (named or telling)[0], "from the page's title"
    return urlsplit(found.url).netloc, "the page has no title: write the name yourself"


def _printable(text: str) -> str:
    return clean_text("".join(letter for letter in text if letter.isprintable()), limit=_NAME_CHARACTERS)


def _homepage(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"


def _authority(found: Probed, name: str) -> tuple[Authority, str]:
    origins = [entry.origin_name for entry in found.pages.entries if entry is not None]
    named = sum(bool(origin) for origin in origins)
    if named >= _FEWEST_REPOSTS and named > _REPOSTS * len(origins):
        return Authority.REPOST, "most articles looked at name another origin"
    host, words = urlsplit(found.url).hostname or "", fold(name)
    by_host = host.endswith((".gov.vn", ".dcs.vn")) or host in {"chinhphu.vn", "quochoi.vn"}
    if _ORGANISATION.search(words):
        return Authority.ORGANISATION, "by the name"
    if by_host or host.endswith((".chinhphu.vn", ".quochoi.vn")):
        return Authority.OFFICIAL, "by the host"
    if _PRESS.search(words) and not _OFFICIAL.search(words):
        return Authority.PRESS, "by the name"
    if _OFFICIAL.search(words):
        return Authority.OFFICIAL, "by the name"
    return Authority.PRESS, "nothing tells"


_REPUBLISH: dict[Authority, tuple[Republish, str]] = {
    Authority.OFFICIAL: (Republish.FULL, "official sites may be shown in full"),
    Authority.ORGANISATION: (Republish.FULL, "sites of the Front and its members may be shown in full"),
    Authority.PRESS: (Republish.SUMMARY, "full only with a permission of the paper"),
    Authority.REPOST: (Republish.SUMMARY, "full only with a permission of the site"),
}


def _free_id(url: str, name: str, taken: Collection[str]) -> str:
    """A slug that no source has: the host's where it is a name, else that of the site's name."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = [label for label in host.split(".") if label not in {"vn", "gov", "org", "com", "net", "edu", "dcs"}]
    is_number = all(not label.strip("0123456789abcdef:[]") for label in labels)
    slug = slugify(name if is_number or host == "localhost" else " ".join(labels))[:60].strip("-") or "nguon-moi"
    return next(
        candidate
        for number in range(1, len(taken) + 2)
        if (candidate := slug if number == 1 else f"{slug}-{number}") not in taken
    )


def _note(endpoints: Sequence[Endpoint], now: datetime) -> str:
    entries = sum(len(endpoint.entries) for endpoint in endpoints)
    dated = sum(endpoint.dated for endpoint in endpoints)
    if not endpoints:
        return f"Probed on {now:%Y-%m-%d}: no feed, list or sitemap could be read; each visit looks again."
    where = f"{len(endpoints)} addresses ({endpoints[0].format})" if len(endpoints) > 1 else endpoints[0].format
    return f"Proposed by a probe on {now:%Y-%m-%d}: {where} with {entries} entries, {dated} of them dated."
