"""A story from its articles: joined, refreshed after an edit, led by the highest authority.

A story is named and ordered by its first article; neither ever changes, so a walk by cursor stays whole.
"""

from collections.abc import Iterable
from dataclasses import replace
from math import ceil

from aggregator.model.article import Article, Story, StoryMember, StoryTrace, Visibility
from aggregator.model.source import Authority, Republish
from aggregator.stories.similarity import ALIKE, WINDOW, alike, numbers_disagree, title_shingles

_RANK = {authority: rank for rank, authority in enumerate(Authority)}
_BODY_STEPS = (0, 400, 2000)  # characters of text: none, a summary, an article
_LONGEST_SUMMARY = 400
_MOST_MEMBERS = 50
_MOST_TRIED = 5  # of the stories that are alike, the first that nothing speaks against is joined


def member_of(article: Article) -> StoryMember:
    """An article as its story shows it."""
    return StoryMember(
        article_id=article.id,
        source_id=article.source_id,
        url=article.url,
        title=article.title,
        summary=article.summary[:_LONGEST_SUMMARY] if article.republish is not Republish.LINK else "",
        image_url=article.images[0].url if article.images else None,
        published_at=article.published_at,
        sort_at=article.sort_at,
        updated_at=article.updated_at,
        sections=article.sections,
        places=article.places,
        kind=article.kind,
        authority=article.authority,
        republish=article.republish,
        body_length=len(article.text),
        attachment_count=len(article.attachments),
        corrected=bool(article.versions),
        repost=article.origin_name is not None,
    )


def new_story(article: Article) -> Story:
    """The story an article begins."""
    member = member_of(article)
    return _assemble(
        Story(
            id=article.id,
            sort_at=article.sort_at,
            lead=member,
            members=(member,),
            sections=(),
            places=(),
            source_ids=(),
            kinds=(),
            shingles=title_shingles(article.title),
            visible=True,
            revision=0,
        ),
        ((member, article.visibility is Visibility.LIVE),),
    )


def with_article(story: Story, article: Article) -> Story:
    """The story after ``article`` joined it or was edited; its revision is one higher."""
    member = member_of(article)
    others = tuple(known for known in story.members if known.article_id != article.id)
    live = article.visibility is Visibility.LIVE
    return _assemble(story, (*((known, True) for known in others), (member, live)))


class Neighbours:
    """Finds the stories whose first titles are alike an article's, by the shingles that they share.

    Two sets with a Jaccard similarity of at least t share one of the rarest (1 - t) part of either's members (the
    prefix filter of set-similarity joins), so only the stories behind an article's rarest shingles are looked at.
    """

    def __init__(self, traces: Iterable[StoryTrace] = ()) -> None:
        self._traces: dict[str, StoryTrace] = {}
        self._with_shingle: dict[int, list[str]] = {}
        for trace in traces:
            self.add(trace)

    def add(self, trace: StoryTrace) -> None:
        """Makes a story known."""
        if trace.id not in self._traces:
            self._traces[trace.id] = trace
            for shingle in trace.shingles:
                self._with_shingle.setdefault(shingle, []).append(trace.id)

    def alike_to(self, shingles: tuple[int, ...]) -> list[str]:
        """The ids of the stories that are alike, the most alike first."""
        by_rarity = sorted(shingles, key=lambda shingle: len(self._with_shingle.get(shingle, ())))
        prefix = by_rarity[: len(shingles) - ceil(ALIKE * len(shingles)) + 1]
        near = {story_id for shingle in prefix for story_id in self._with_shingle.get(shingle, ())}
        scored = [(alike(shingles, self._traces[story_id].shingles), story_id) for story_id in near]
        return [story_id for score, story_id in sorted(scored, reverse=True)[:_MOST_TRIED] if score >= ALIKE]


def trace_of(story: Story) -> StoryTrace:
    """What finds a story."""
    return StoryTrace(id=story.id, shingles=story.shingles)


def may_join(article: Article, story: Story) -> bool:
    """Nothing speaks against the article telling of the story's event.

    One source tells an event once in a while more (a follow-up), so its second article stays apart; a differing
    number, place or kind, or too many days between, is another event.
    """
    return (
        abs(article.sort_at - story.sort_at) <= WINDOW
        and len(story.members) < _MOST_MEMBERS
        and article.source_id not in story.source_ids
        and article.kind in story.kinds
        and not (article.places and story.places and not set(article.places) & set(story.places))
        and not any(numbers_disagree(article.title, member.title) for member in story.members)
    )


def lead_of(members: Iterable[StoryMember]) -> StoryMember:
    """The member that speaks for the story: an original over a re-post, authority, completeness, then time."""

    def rank(member: StoryMember) -> tuple[bool, int, int, float, str]:
        completeness = sum(member.body_length > step for step in _BODY_STEPS)
        return (
            member.repost,
            _RANK[member.authority],
            -completeness,
            member.sort_at.timestamp(),
            member.article_id,
        )

    return min(members, key=rank)


def _assemble(story: Story, members: tuple[tuple[StoryMember, bool], ...]) -> Story:
    everyone = tuple(sorted((member for member, _ in members), key=lambda m: (m.sort_at, m.article_id)))
    hidden = {member.article_id for member, live in members if not live}
    shown = tuple(member for member in everyone if member.article_id not in hidden)
    return replace(
        story,
        lead=lead_of(shown or everyone),
        members=shown,
        sections=_union(member.sections for member in shown),
        places=_union(member.places for member in shown),
        source_ids=_union((member.source_id,) for member in shown),
        kinds=tuple(dict.fromkeys(member.kind for member in shown)),
        visible=bool(shown),
        revision=story.revision + 1,
    )


def _union(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))
