"""A story from its articles: joined, refreshed after an edit, led by the highest authority.

A story is named and ordered by its first article; neither ever changes, so a walk by cursor stays whole.
"""

from collections.abc import Iterable
from dataclasses import replace

from aggregator.model.article import Arrival, Article, Story, StoryMember, Visibility
from aggregator.model.source import Authority, Republish
from aggregator.stories.similarity import WINDOW, numbers_disagree

_RANK = {authority: rank for rank, authority in enumerate(Authority)}
_BODY_STEPS = (0, 400, 2000)  # characters of text: none, a summary, an article
_LONGEST_SUMMARY = 400
_MOST_MEMBERS = 50


def arrival_of(article: Article) -> Arrival:
    """An article that was written, as its story takes it."""
    return Arrival(
        member=StoryMember(
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
        ),
        is_live=article.visibility is Visibility.LIVE,
    )


def new_story(arrival: Arrival, shingles: tuple[int, ...]) -> Story:
    """The story an article begins; ``shingles`` are those of its title."""
    member, is_live = arrival.member, arrival.is_live
    return Story(
        id=member.article_id,
        sort_at=member.sort_at,
        lead=member,
        members=(member,) if is_live else (),
        sections=member.sections if is_live else (),
        places=member.places if is_live else (),
        source_ids=(member.source_id,) if is_live else (),
        kinds=(member.kind,) if is_live else (),
        shingles=shingles,
        visible=is_live,
        revision=1,
    )


def with_article(story: Story, arrival: Arrival) -> Story:
    """The story after an article joined it or was edited; its revision is one higher."""
    others = tuple(known for known in story.members if known.article_id != arrival.member.article_id)
    everyone = tuple(sorted((*others, arrival.member), key=lambda member: (member.sort_at, member.article_id)))
    shown = everyone if arrival.is_live else others
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


def may_join(article: StoryMember, story: Story) -> bool:
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


def _union(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item for group in groups for item in group))
