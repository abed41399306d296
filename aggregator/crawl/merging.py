"""Stories follow articles: whatever was inserted or edited is put into its story, again and again until none is left.

An article stays marked until its story is written, so a crash between the two costs nothing: the next start finds the
mark. One process merges at a time (a lock in the store); a story is written only over the revision it was made from.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import structlog

from aggregator.engine.stint import Stint
from aggregator.model.article import Article, Story, StoryTrace
from aggregator.model.errors import StoreError
from aggregator.store.store import Store
from aggregator.stories.merge import Neighbours, may_join, new_story, trace_of, with_article
from aggregator.stories.similarity import WINDOW, title_pairs, title_shingles

log = structlog.get_logger("stories")

_BATCH = 200
_MOST_CANDIDATES = 500
_WRITTEN_AT_ONCE = 40  # encoding a story takes about 0.1 ms of the loop
_GATHER_S = 0.1  # crawls that end together are merged together
_LOCK = "merge-stories"
_LOCK_TTL = timedelta(seconds=15)


class StoryMerger:
    """Puts articles into stories."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()  # the store's lock is this process's: it does not hold us apart

    def wake(self) -> None:
        """Asks for a round: something was written."""
        self._wake.set()

    async def run(self) -> None:
        """Merges whenever woken; runs until cancelled."""
        while True:
            await self._wake.wait()
            await asyncio.sleep(_GATHER_S)
            self._wake.clear()
            try:
                await self.drain()
            except StoreError as error:
                log.warning("merging_waits", error=str(error))

    async def drain(self) -> int:
        """Merges until nothing is left; how many articles were. Stops early while another process is at it."""
        merged = 0
        async with self._one_at_a_time:
            while await self._store.sources.claim_lock(_LOCK, self._owner, ttl=_LOCK_TTL):
                articles = await self._store.articles.dirty(_BATCH)
                done = await self._merge(articles) if articles else 0
                merged += done
                if not done:
                    await self._store.sources.release_lock(_LOCK, self._owner)
                    break
        return merged

    async def _merge(self, articles: list[Article]) -> int:
        homes = await self._store.stories.by_articles([article.id for article in articles])
        strangers = [article for article in articles if article.id not in homes]
        near = Neighbours(await self._traces(strangers))
        stint = Stint()
        shingles: dict[str, tuple[int, ...]] = {}
        found: set[str] = set()
        for article in strangers:
            shingles[article.id] = title_shingles(article.title)
            found.update(near.alike_to(shingles[article.id]))
            await stint.pause()
        stories = {story.id: story for story in (*homes.values(), *await self._store.stories.get_many(found))}
        changed: dict[str, Story] = {}
        placed: dict[str, str] = {}
        for article in sorted(articles, key=lambda item: (item.sort_at, item.id)):
            home = homes.get(article.id)
            if home is None:
                alike = (stories[near_id] for near_id in near.alike_to(shingles[article.id]) if near_id in stories)
                home = next((story for story in alike if may_join(article, story)), None)
            merged = new_story(article) if home is None else with_article(stories[home.id], article)
            if merged.id in changed:  # several articles of one batch make one new revision
                merged = replace(merged, revision=changed[merged.id].revision)
            near.add(trace_of(merged))
            stories[merged.id] = changed[merged.id] = merged
            placed[article.id] = merged.id
            await stint.pause()
        written: set[str] = set()
        waiting = list(changed.values())
        for start in range(0, len(waiting), _WRITTEN_AT_ONCE):
            written |= await self._store.stories.put_many(waiting[start : start + _WRITTEN_AT_ONCE])
        done = [
            (article.id, article.digest, placed[article.id]) for article in articles if placed[article.id] in written
        ]
        await self._store.articles.mark_merged(done)
        return len(done)

    async def _traces(self, articles: list[Article]) -> list[StoryTrace]:
        pairs = {pair for article in articles for pair in title_pairs(article.title)}
        if not pairs:
            return []
        times = [article.sort_at for article in articles]
        return await self._store.stories.candidates(
            pairs, since=min(times) - WINDOW, until=max(times) + WINDOW, limit=_MOST_CANDIDATES
        )
