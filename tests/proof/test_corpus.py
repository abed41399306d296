"""The real feeds and pages of the corpus, served on loopback and crawled by the very pipeline, judged by what was kept.

``.venv/bin/python -m pytest -m proof -s tests/proof/test_corpus.py`` prints the tables; what is wrong is listed below
each. Floors stand slightly under what was measured, so that a step back fails.
"""

import asyncio
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import structlog

from aggregator.app import LEASE, Core, open_core, running, wall_clock
from aggregator.model.article import Article
from aggregator.model.crawl import Crawl
from aggregator.model.failures import Outcome
from aggregator.model.source import Catalogue, PagePolicy, SourceKind
from aggregator.settings import Settings
from aggregator.store.stories import FeedQuery
from aggregator.text.dates import accept_instant
from aggregator.text.markup import plain_text
from aggregator.text.urls import identity_of
from tests.parse.corpus_feeds import covers, instant, readings, words
from tests.parse.corpus_pages import shingle_f1
from tests.proof import corpus_site as site
from tests.proof.corpus_site import ServedFeed, ServedPage

pytestmark = [pytest.mark.proof, pytest.mark.timeout(300)]

_AT_ONCE = 64
_PAGE_OF_FEED = 100
_HTML = "text/html; charset=utf-8"


@pytest.fixture(autouse=True)
def _only_errors_are_logged() -> Iterator[None]:
    """Four hundred crawls would bury the tables."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.reset_defaults()


@dataclass(slots=True, kw_only=True)
class Table:
    """Rows of how many were right of how many, and a line for each that was not."""

    title: str
    right: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def judge(self, row: str, name: str, *, right: bool, detail: object = "") -> None:
        """One more of ``row``."""
        self.total[row] += 1
        self.right[row] += right
        if not right:
            self.wrong.append(f"{row}: {name} {detail}"[:300])

    def share(self, row: str) -> float:
        """The share that was right, 1 at most."""
        return self.right[row] / self.total[row]

    def show(self, *more: str) -> None:
        """Prints the table for people."""
        print(f"\n\n{self.title}\n{'':44}{'right':>7}{'of':>7}{'share':>9}")
        for row, total in self.total.items():
            print(f"{row:44}{self.right[row]:>7}{total:>7}{self.share(row):>9.1%}")
        print("\n".join((*more, *(f"  wrong {line}" for line in self.wrong))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the database holds after one crawl of each source: the crawls' records and the articles, by source."""

    crawls: dict[str, Crawl]
    articles: dict[str, list[Article]]


async def crawl_once(directory: Path, catalogue: Catalogue) -> Kept:
    """One visit to every source of ``catalogue`` by a core of its own, and what was stored of it."""
    settings = Settings(
        data_dir=directory / "data",
        allow_cidrs=(ip_network("127.0.0.0/8"),),
        min_gap_s=0,
        max_age_days=36500,
        max_entries=5000,
        max_pages_per_crawl=1000,
    )
    crawls: dict[str, Crawl] = {}
    async with open_core(settings, catalogue) as core, running(_keep_leases(core)):
        await core.sync_sources()
        while len(crawls) < len(catalogue.sources):
            claims = await core.claim_due(_AT_ONCE)
            assert claims, "sources that were never crawled are not due"
            async with asyncio.TaskGroup() as group:
                visits = {claim.source_id: group.create_task(core.crawl(claim)) for claim in claims}
            for source_id, visit in visits.items():
                record = visit.result()
                assert record is not None, source_id
                crawls[source_id] = record
        await core.merger.drain()
        articles = {source.id: await _stored(core, source.id) for source in catalogue.sources}
    return Kept(crawls=crawls, articles=articles)


async def _keep_leases(core: Core) -> None:
    """Renews what is being crawled, as the engine's clock does."""
    while True:
        await asyncio.sleep(LEASE.total_seconds() / 4)
        await core.store.sources.renew(core.owner, list(core.sources), ttl=LEASE)


async def _stored(core: Core, source_id: str) -> list[Article]:
    """The articles of a source that readers meet when they walk its feed."""
    ids: list[str] = []
    query = FeedQuery(source=source_id, limit=_PAGE_OF_FEED)
    while stories := await core.store.stories.feed(query):
        ids += [member.article_id for story in stories for member in story.members if member.source_id == source_id]
        query = FeedQuery(source=source_id, limit=_PAGE_OF_FEED, after=(stories[-1].sort_at, stories[-1].id))
    assert len(ids) == len(set(ids)), "a walk of the feed met an article twice"
    return await core.store.articles.get_many(ids)


async def test_real_feeds_are_kept_with_their_titles_instants_and_texts(corpus: Path, tmp_path: Path) -> None:
    feeds = site.read_feeds(corpus)
    answers = {feed.path: (feed.document.body, feed.document.content_type) for feed in feeds}
    async with site.served(answers) as base:
        catalogue = site.catalogue([site.feed_source(feed, base) for feed in feeds], "UTC")
        kept = await crawl_once(tmp_path, catalogue)
    table = Table(title=f"{len(feeds)} feed documents")
    for feed in feeds:
        _judge_document(table, feed, kept.crawls[feed.source_id])
        if feed.judged:
            _judge_entries(table, feed, kept.articles[feed.source_id], base)
    table.show(*_summary(kept))
    assert len(feeds) == 391
    for row in ("counts add up (documents)", "no feed: refused", "feeds: read", "feeds: every entry found"):
        assert table.share(row) == 1.0, row  # measured: all of 391, 3, 388, 376
    for row in ("entries with title and link: kept", "titles", "instants, to the second"):
        assert table.share(row) >= 0.995, row  # measured: all of 1184, 1184, 1177
    # Measured 0.958: all but 46 texts of two Reddit feeds, which the corpus states with the words of links moved to
    # the end, as a reader that turns XML into objects gives them.
    assert table.share("texts") >= 0.955


def _judge_document(table: Table, feed: ServedFeed, crawl: Crawl) -> None:
    """Whether a document was read or refused as it should be, and its entries counted without remainder."""
    name, counts, expect = feed.document.name, crawl.counts, feed.document.expect
    parts = counts.new + counts.updated + counts.unchanged + counts.skipped
    table.judge("counts add up (documents)", name, right=counts.found == parts, detail=counts)
    if not expect.get("parse", True):
        table.judge("no feed: refused", name, right=crawl.failure is not None, detail=crawl.outcome)
        return
    is_empty = expect.get("n_entries") == 0 or not (expect.get("n_entries") or expect.get("entries"))
    read = crawl.failure is None or (is_empty and crawl.outcome is Outcome.EMPTY)
    table.judge("feeds: read", name, right=read, detail=crawl.failure)
    if feed.judged and "n_entries" in expect:
        detail = f"{counts.found} for {expect['n_entries']}"
        table.judge("feeds: every entry found", name, right=counts.found == expect["n_entries"], detail=detail)


def _judge_entries(table: Table, feed: ServedFeed, articles: list[Article], base: str) -> None:
    """Each expected entry against the article kept for it. One without title or fetchable link is to be refused."""
    stored = {identity_of(article.url): article for article in articles}
    seen: set[str] = set()
    for entry in feed.document.expect.get("entries") or []:
        name = f"{feed.document.name}[{entry['i']}]"
        own = site.identities(entry.get("link") or "", feed, base)
        if not own or not (entry.get("title") or "").strip() or own & seen:
            continue
        seen |= own
        article = next((stored[one] for one in own if one in stored), None)
        table.judge("entries with title and link: kept", name, right=article is not None, detail=entry["link"])
        if article is not None:
            _judge_article(table, name, entry, article)


def _judge_article(table: Table, name: str, entry: dict[str, Any], article: Article) -> None:
    right = words(article.title)[:480] in readings(entry["title"])
    table.judge("titles", name, right=right, detail=f"{article.title!r} for {entry['title']!r}")
    if entry.get("published"):
        wanted = instant(entry["published"]).replace(microsecond=0)
        found = article.published_at.replace(microsecond=0) if article.published_at else None
        if accept_instant(wanted, now=wall_clock()):
            table.judge("instants, to the second", name, right=found == wanted, detail=f"{found} for {wanted}")
        else:
            table.judge("impossible instants: dropped", name, right=found is None, detail=f"{found} for {wanted}")
    text = words(f"{article.title} {article.summary} {article.text}")
    for row in ("summary", "content", "any_text"):
        said = entry.get(row) or []
        for value in [said] if isinstance(said, str) else said:
            right = covers(text, words(plain_text(value))) or covers(text, words(value))
            table.judge("texts", name, right=right, detail=f"{row} {text[:80]!r} for {value[:80]!r}")


def _summary(kept: Kept) -> list[str]:
    """What else the crawls tell: entries by fate, why some were left out, how the crawls ended."""
    counts = [crawl.counts for crawl in kept.crawls.values()]
    reasons = sum((Counter(crawl.skipped) for crawl in kept.crawls.values()), Counter[str]())
    outcomes = Counter(crawl.outcome.value for crawl in kept.crawls.values())
    fates = f"new {sum(one.new for one in counts)}, unchanged {sum(one.unchanged for one in counts)}"
    skipped = f"skipped {sum(one.skipped for one in counts)} {dict(reasons)}"
    stored = sum(len(found) for found in kept.articles.values())
    return [
        f"entries found {sum(one.found for one in counts)}: {fates}, {skipped}; stored {stored}",
        f"outcomes {dict(outcomes)}",
    ]


async def test_publishers_pages_are_kept_with_their_titles_instants_and_bodies(corpus: Path, tmp_path: Path) -> None:
    pages = site.read_pages(corpus, "publishers")
    answers = {page.path: (page.html, _HTML) for page in pages} | {"/publishers/": (site.list_of(pages), _HTML)}
    async with site.served(answers) as base:
        kept = await crawl_once(tmp_path, site.catalogue([site.list_source("publishers", base)], "UTC"))
    table, f1 = _judge_pages(pages, kept.articles["publishers"])
    table.show(f"body F1, mean {f1:.3f}", *_summary(kept))
    # Measured 165 of 166: one page has another headline than its list, and its canonical address is not ours.
    assert table.share("pages kept") >= 0.99
    assert table.share("titles") >= 0.86  # measured 0.873: most others are the page's own other headline
    assert table.share("instants, to the second") >= 0.98  # measured 0.987: two lack or have seconds
    assert table.share("bodies, F1 at least 0.9") >= 0.86  # measured 0.873
    assert f1 >= 0.94  # measured 0.947


async def test_vietnamese_pages_and_a_real_home_page_are_kept(corpus: Path, tmp_path: Path) -> None:
    pages = site.read_pages(corpus, "vi")
    home, items = site.read_home_page(corpus)
    answers = {page.path: (page.html, _HTML) for page in pages} | {"/vi/": (site.list_of(pages), _HTML)}
    async with site.served(answers) as base:
        answers["/trang-bao"] = (home.replace(site.HOME_PAGE.encode(), base.encode()), _HTML)
        front = site.source("trang-bao", base, "/trang-bao", SourceKind.LISTING, pages=PagePolicy.NEVER)
        catalogue = site.catalogue([site.list_source("vi", base), front], "Asia/Ho_Chi_Minh")
        kept = await crawl_once(tmp_path, catalogue)
    table, f1 = _judge_pages(pages, kept.articles["vi"])
    titles = {identity_of(article.url): article.title for article in kept.articles["trang-bao"]}
    for item in items:
        title = titles.get(identity_of(item["link"].replace(site.HOME_PAGE, base)))
        right = title is not None and _level(title) == _level(item["title"])
        table.judge("home page: items with their title", item["link"], right=right, detail=title)
    table.show(f"body F1, mean {f1:.3f}", *_summary(kept))
    for row in ("pages kept", "titles", "instants, to the second"):
        assert table.share(row) == 1.0, row
    assert f1 >= 0.9  # measured 0.910
    assert (
        table.share("home page: items with their title") >= 0.9
    )  # measured 15 of 16; the other is an advertisement's "#"


def _judge_pages(pages: list[ServedPage], articles: list[Article]) -> tuple[Table, float]:
    """The verdict on the articles kept of ``pages``, by the number in their addresses, and the mean F1 of bodies."""
    table = Table(title=f"{len(pages)} pages behind a list")
    stored = {identity_of(article.url).partition("/")[2]: article for article in articles}
    scores = [_judge_page(table, page, stored.get(page.path.lstrip("/"))) for page in pages]
    return table, sum(scores) / len(scores)


def _judge_page(table: Table, page: ServedPage, article: Article | None) -> float:
    """The verdict on one page; its body's F1."""
    record = page.record
    name = record["id"]
    table.judge("pages kept", name, right=article is not None)
    f1 = shingle_f1(article.text, record.get("body", "")) if article else 0.0
    title, published = (article.title, article.published_at) if article else ("", None)
    right = _level(title) == _level(record["title"])
    table.judge("titles", name, right=right, detail=f"{title!r} for {record['title']!r}")
    if record.get("published"):
        wanted = instant(record["published"]).replace(microsecond=0)
        found = published.replace(microsecond=0) if published else None
        table.judge("instants, to the second", name, right=found == wanted, detail=f"{found} for {wanted}")
    detail = f"F1 {f1:.2f} {[problem.code for problem in article.problems] if article else []}"
    table.judge("bodies, F1 at least 0.9", name, right=f1 >= 0.9, detail=detail)
    return f1


def _level(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()
