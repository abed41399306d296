"""A database of many articles, as years of crawling leave it: filled in bulk, in the very shapes the store writes.

Words are as common as words are (Zipf). A tenth of the events are told by two or three sources; four in ten articles
speak of a commune, the large ones more often.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pymongo import AsyncMongoClient

from aggregator.model.article import Article, Story, Visibility
from aggregator.model.entry import DateOrigin, Image, Precision
from aggregator.model.source import Catalogue
from aggregator.store.documents import ARTICLE, STORY
from aggregator.stories.merge import arrival_of, new_story, with_article

_TITLE, _SUMMARY, _SENTENCE, _SENTENCES = 13, 30, 14, 25  # words, words, words, sentences of a body
_POOL = 20_000  # sentences that bodies are made of
_EVERY_S = 180.0  # an article each three minutes: 480 a day
_BATCH = 2000
_BEGINS = (
    "b",
    "c",
    "ch",
    "đ",
    "g",
    "h",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "nh",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
)
_MIDDLES = ("a", "ă", "ê", "i", "ô", "ơ", "u", "ư", "iê", "ươ", "oa", "ấ", "ạ", "ề", "ố", "ợ")
_ENDS = ("", "n", "ng", "nh", "m", "t", "c", "p", "i")
SYLLABLES = tuple("".join(parts) for parts in itertools.product(_BEGINS, _MIDDLES, _ENDS))
_WEIGHTS = tuple(itertools.accumulate(1 / (rank + 3) for rank in range(len(SYLLABLES))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """What was filled in: the articles' number, the newest's and the oldest's time, and ids to ask for."""

    count: int
    newest: datetime
    oldest: datetime
    some_ids: tuple[str, ...]


def words(draw: random.Random, count: int) -> str:
    """``count`` syllables of a Vietnamese sound, the common ones common."""
    return " ".join(draw.choices(SYLLABLES, cum_weights=_WEIGHTS, k=count))


async def fill(uri: str, database: str, catalogue: Catalogue, *, first: int, end: int, newest: datetime) -> Archive:
    """Stores the articles numbered ``first`` to ``end`` and their stories; a higher number is an older article."""
    draw = random.Random(first)
    pool = [words(draw, _SENTENCE).capitalize() + "." for _ in range(_POOL)]
    some_ids: list[str] = []
    client = AsyncMongoClient[dict[str, object]](uri)
    try:
        articles, stories = client[database]["articles"], client[database]["stories"]
        events = _events(draw, pool, catalogue, first=first, end=end, newest=newest)
        while batch := list(itertools.islice(events, _BATCH)):
            told = [article for event in batch for article in event]
            await articles.insert_many([ARTICLE.write(article) for article in told], ordered=False)
            await stories.insert_many([STORY.write(_story(event)) for event in batch], ordered=False)
            some_ids += [article.id for article in draw.sample(told, min(40, len(told)))]
    finally:
        await client.close()
    oldest = newest - timedelta(seconds=_EVERY_S * end)
    return Archive(count=end, newest=newest, oldest=oldest, some_ids=tuple(some_ids))


def _events(
    draw: random.Random, pool: Sequence[str], catalogue: Catalogue, *, first: int, end: int, newest: datetime
) -> Iterator[list[Article]]:
    number = first
    while number < end:
        event = [_article(draw, pool, catalogue, number, newest)]
        for _ in range(draw.choice((1, 2)) if draw.random() < 0.1 else 0):
            number += 1
            event.append(replace(_article(draw, pool, catalogue, number, newest), title=event[0].title))
        number += 1
        yield event


def _article(draw: random.Random, pool: Sequence[str], catalogue: Catalogue, number: int, newest: datetime) -> Article:
    source = draw.choice(catalogue.sources)
    section = draw.choice(catalogue.sections)
    places = sorted(catalogue.places or ())
    sentences = draw.choices(pool, k=_SENTENCES)
    at = (newest - timedelta(seconds=_EVERY_S * number)).replace(microsecond=0)
    return Article(
        id=f"{draw.getrandbits(96):024x}",
        source_id=source.id,
        url=f"https://{source.id}.example.vn/bai-{number}.html",
        keys=(f"{source.id}|u:{number:024x}", f"{source.id}|t:{number:024x}"),
        guid=f"{source.id}|g:{number:024x}",
        digest=f"{number:032x}",
        title=words(draw, _TITLE).capitalize(),
        summary=words(draw, _SUMMARY).capitalize(),
        body="".join(f"<p>{sentence}</p>" for sentence in sentences),
        text="\n".join(sentences),
        authors=(),
        origin_name=None,
        images=(Image(url=f"https://{source.id}.example.vn/anh-{number}.jpg"),),
        attachments=(),
        published_at=at,
        published_origin=DateOrigin.FEED,
        published_precision=Precision.SECOND,
        updated_at=None,
        first_seen_at=at,
        sort_at=at,
        sections=(section.slug,),
        places=(places[int(len(places) * draw.random() ** 2)],) if places and draw.random() < 0.4 else (),
        kind=section.kind,
        authority=source.authority,
        republish=source.republish,
        visibility=Visibility.LIVE,
        story_id=None,
        versions=(),
        problems=(),
        parser_version=1,
        fence=1,
    )


def _story(event: Sequence[Article]) -> Story:
    ordered = sorted(event, key=lambda article: (article.sort_at, article.id))
    story = new_story(arrival_of(ordered[0]), ())
    for article in ordered[1:]:
        story = with_article(story, arrival_of(article))
    return story
