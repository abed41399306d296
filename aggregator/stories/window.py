"""The stories of recent days by their titles, in memory: which of them are alike a new article's.

1. Stories are held by the day they stand at. A day is asked of the store once, when the first article near it comes,
   and learns what is begun afterwards.
2. Beyond a bound of stories the days least used are forgotten. What one week brings beyond it is not found.
3. Two sets of words and word pairs with a Jaccard similarity of a half share at least a third of either's pairs, so
   that only stories which share as many are compared.
"""

from collections import Counter, OrderedDict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Final

from aggregator.model.article import StoryTrace
from aggregator.stories.similarity import ALIKE, MIN_SHINGLES, WINDOW, pairs_of

MOST_HELD: Final = 20_000  # stories: a hundred days of a province; about 25 MB
_MOST_TRIED = 5  # of the stories that are alike, the first that nothing speaks against is joined
_DAY = timedelta(days=1)


class Window:
    """The stories around the days in which articles arrive. Belongs to whoever alone writes stories."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most = most
        self._held = 0
        self._days: OrderedDict[date, dict[str, tuple[int, ...]]] = OrderedDict()
        self._with_pair: dict[int, list[str]] = {}
        self._day_of: dict[str, date] = {}

    def unknown(self, times: Iterable[datetime]) -> list[date]:
        """The days (UTC) to be asked of the store before articles of these times are looked at, in order."""
        near = {day for at in times for day in days_near(at)}
        for day in near & self._days.keys():
            self._days.move_to_end(day)
        while self._held >= self._most and next(iter(self._days)) not in near:
            self._forget(self._days.popitem(last=False)[1])
        return sorted(near - self._days.keys())

    def learn(self, day: date, traces: Iterable[StoryTrace]) -> None:
        """Makes the stories of a day known."""
        self._days.setdefault(day, {})
        for trace in traces:
            self.add(trace)

    def add(self, trace: StoryTrace) -> None:
        """Makes a story known, if its day is and there is room."""
        stories = self._days.get(trace.sort_at.date())
        if stories is None or trace.id in stories or self._held >= self._most:
            return
        stories[trace.id] = trace.shingles
        self._day_of[trace.id] = trace.sort_at.date()
        for pair in pairs_of(trace.shingles):
            self._with_pair.setdefault(pair, []).append(trace.id)
        self._held += 1

    def drop(self, story_id: str, sort_at: datetime) -> None:
        """Forgets what was added and is no story."""
        shingles = self._days.get(sort_at.date(), {}).pop(story_id, None)
        if shingles is not None:
            self._forget({story_id: shingles})

    def alike_to(self, shingles: tuple[int, ...], sort_at: datetime) -> list[str]:
        """The ids of the stories near ``sort_at`` that are alike, the most alike first; five at most."""
        if len(shingles) < MIN_SHINGLES:
            return []
        pairs = pairs_of(shingles)
        postings = self._with_pair
        shared = Counter(chain.from_iterable(postings[pair] for pair in pairs if pair in postings))
        wanted = max(1, len(pairs) // 3)
        near = [story_id for story_id, count in shared.items() if count >= wanted]
        if not near:
            return []
        own, days = set(shingles), set(days_near(sort_at))
        scored = []
        for story_id in near:
            day = self._day_of[story_id]
            if day in days:
                other = self._days[day][story_id]
                common = len(own.intersection(other))
                score = common / (len(own) + len(other) - common)
                if score >= ALIKE and len(other) >= MIN_SHINGLES:
                    scored.append((score, story_id))
        return [story_id for _, story_id in sorted(scored, reverse=True)[:_MOST_TRIED]]

    def _forget(self, stories: dict[str, tuple[int, ...]]) -> None:
        self._held -= len(stories)
        for pair in {pair for shingles in stories.values() for pair in pairs_of(shingles)}:
            left = [story for story in self._with_pair[pair] if story not in stories]
            if left:
                self._with_pair[pair] = left
            else:
                del self._with_pair[pair]
        for story_id in stories:
            del self._day_of[story_id]


def days_near(at: datetime) -> list[date]:
    """The days (UTC) in which a story of an article's event may stand."""
    first, last = (at - WINDOW).date(), (at + WINDOW).date()
    return [first + _DAY * number for number in range((last - first).days + 1)]
