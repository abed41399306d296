"""Stories follow articles: whatever was inserted or edited is put into its story, again and again until none is left.

An article stays announced until its story is written, so a crash between the two costs nothing (``store/unmerged``).
One process merges at a time (a lock in the store), and only it begins stories, so it knows those of recent days by
heart; a story is written only over the revision it was made from.
"""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from aggregator.engine.stint import Stint
from aggregator.model.article import Arrival, Story, StoryTrace
from aggregator.model.errors import StoreError
from aggregator.store.store import Store
from aggregator.store.unmerged import Batch
from aggregator.stories.merge import may_join, new_story, with_article
from aggregator.stories.similarity import title_shingles
from aggregator.stories.window import MOST_HELD, Window

log = structlog.get_logger("stories")

_MOST_ARTICLES = 200  # of a round
_MOST_LEFT_OVER = 10  # batches
_WRITTEN_AT_ONCE = 40  # encoding a story takes about 0.1 ms of the loop
_GATHER_S = 0.1  # crawls that end together are merged together
_LOCK = "merge-stories"
_LOCK_TTL = timedelta(seconds=8)
_LOCK_RENEWED_AFTER_S = 3.0


class StoryMerger:
    """Puts articles into stories."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()  # the store's lock is this process's: it does not hold us apart
        self._window = Window()
        self._claimed_at: float | None = None  # the loop's time; None: the lock is not ours

    def wake(self) -> None:
        """Asks for a round: something was written."""
        self._wake.set()

    async def run(self) -> None:
        """Merges whenever woken; runs until cancelled."""
        try:
            while True:
                await self._wake.wait()
                await asyncio.sleep(_GATHER_S)
                self._wake.clear()
                try:
                    await self._rounds()
                except StoreError as error:
                    log.warning("merging_waits", error=str(error))
        finally:
            with contextlib.suppress(StoreError):
                await self._release()

    async def drain(self) -> int:
        """Merges until nothing is left; how many articles were. Stops early while another process is at it."""
        try:
            return await self._rounds()
        finally:
            await self._release()

    async def _rounds(self) -> int:
        merged = 0
        async with self._one_at_a_time:
            while await self._is_ours():
                taken = self._store.unmerged.take_written(_MOST_ARTICLES)
                try:
                    batches = taken or await self._store.unmerged.left_over(_MOST_LEFT_OVER)
                    done = await self._merge(batches) if batches else 0
                except BaseException:
                    self._store.unmerged.put_back(taken)
                    raise
                merged += done
                if not done:
                    return merged
            await self._store.unmerged.give_up()  # to the process that merges
        return merged

    async def _is_ours(self) -> bool:
        """Whether this process merges: it takes the lock, or prolongs it in good time."""
        now = asyncio.get_running_loop().time()
        if self._claimed_at is not None and now - self._claimed_at < _LOCK_RENEWED_AFTER_S:
            return True
        before = self._claimed_at
        self._claimed_at = None
        if not await self._store.sources.claim_lock(_LOCK, self._owner, ttl=_LOCK_TTL):
            return False
        if before is None or now - before >= _LOCK_TTL.total_seconds():
            self._window = Window()  # another process may have begun stories
        self._claimed_at = now
        return True

    async def _release(self) -> None:
        async with self._one_at_a_time:
            if self._claimed_at is not None:
                self._claimed_at = None
                await self._store.sources.release_lock(_LOCK, self._owner)

    async def _merge(self, batches: Sequence[Batch]) -> int:
        """Merges batches whole; how many articles they announced."""
        fresh = [arrival for batch in batches for arrival in batch.arrivals]
        to_read = [article_id for batch in batches for article_id in batch.to_read]
        read = await self._store.unmerged.arrivals(to_read)
        homes = await self._homes(to_read) if to_read else {}
        changed = await self._placed([*fresh, *read], homes)
        written: set[str] = set()
        waiting = list(changed.values())
        for start in range(0, len(waiting), _WRITTEN_AT_ONCE):
            written |= await self._store.stories.put_many(waiting[start : start + _WRITTEN_AT_ONCE])
        joined = {
            member.article_id: story.id
            for story in waiting
            for member in story.members
            if story.id in written and member.article_id != story.id
        }
        arrived = {arrival.member.article_id for arrival in (*fresh, *read)}
        await self._store.articles.note_stories({key: home for key, home in joined.items() if key in arrived})
        if len(written) < len(waiting):  # somebody changed a story meanwhile: its articles are read again
            self._window = Window()
            self._store.unmerged.put_back([_to_read_again(batch) for batch in batches])
            return len(written)
        await self._store.unmerged.merged(batches)
        return sum(len(batch.article_ids) for batch in batches)

    async def _homes(self, article_ids: Sequence[str]) -> dict[str, Story]:
        """The stories that these articles are in, or began: one whose articles are all hidden lists none."""
        homes = await self._store.stories.by_articles(article_ids)
        begun = await self._store.stories.get_many([key for key in article_ids if key not in homes])
        return homes | {story.id: story for story in begun}

    async def _placed(self, arrivals: Sequence[Arrival], homes: dict[str, Story]) -> dict[str, Story]:
        """The stories that these articles begin, join or change, as they are to be written."""
        shingles = {
            arrival.member.article_id: title_shingles(arrival.member.title)
            for arrival in arrivals
            if arrival.member.article_id not in homes
        }
        await self._look_around(arrival for arrival in arrivals if arrival.member.article_id in shingles)
        stint = Stint()
        in_order = sorted(arrivals, key=lambda item: (item.member.sort_at, item.member.article_id))
        near: dict[str, list[str]] = {}
        for member in (arrival.member for arrival in in_order if arrival.member.article_id in shingles):
            own = shingles[member.article_id]
            near[member.article_id] = self._window.alike_to(own, member.sort_at)
            self._window.add(StoryTrace(id=member.article_id, sort_at=member.sort_at, shingles=own))
            await stint.pause()
        alike = {story_id for ids in near.values() for story_id in ids if story_id not in near}
        found = await self._store.stories.get_many(alike) if alike else []
        stories = {story.id: story for story in (*homes.values(), *found)}
        changed: dict[str, Story] = {}
        for arrival in in_order:
            member = arrival.member
            home = homes.get(member.article_id)
            if home is None:
                others = (stories[key] for key in near[member.article_id] if key in stories)
                home = next((story for story in others if may_join(member, story)), None)
            if home is None:
                merged = new_story(arrival, shingles[member.article_id])
            else:
                merged = with_article(stories[home.id], arrival)
                if merged.id in changed:  # several articles of one batch make one new revision
                    merged = replace(merged, revision=changed[merged.id].revision)
                self._window.drop(member.article_id, member.sort_at)
            stories[merged.id] = changed[merged.id] = merged
            await stint.pause()
        return changed

    async def _look_around(self, arrivals: Iterable[Arrival]) -> None:
        """Asks the store for the days that the window does not know."""
        for day in self._window.unknown(arrival.member.sort_at for arrival in arrivals):
            self._window.learn(day, await self._store.stories.traces(day, most=MOST_HELD))


def _to_read_again(batch: Batch) -> Batch:
    return replace(batch, arrivals=(), to_read=batch.article_ids)
