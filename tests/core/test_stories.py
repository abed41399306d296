from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aggregator.model.article import Article, Story, StoryTrace, Visibility
from aggregator.model.source import ArticleKind, Authority
from aggregator.stories import merge
from aggregator.stories.merge import arrival_of, may_join
from aggregator.stories.similarity import title_shingles
from aggregator.stories.window import Window, days_near
from tests.core.builders import NOW, article


def new_story(article: Article) -> Story:
    return merge.new_story(arrival_of(article), title_shingles(article.title))


def with_article(story: Story, article: Article) -> Story:
    return merge.with_article(story, arrival_of(article))


def around(*stories: Story) -> Window:
    window = Window()
    for day in {day for story in stories for day in days_near(story.sort_at)}:
        window.learn(day, ())
    for story in stories:
        window.add(trace(story))
    return window


def trace(story: Story) -> StoryTrace:
    return StoryTrace(id=story.id, sort_at=story.sort_at, shingles=story.shingles)


def joined(article: Article, story: Story) -> bool:
    near = around(story).alike_to(title_shingles(article.title), article.sort_at)
    return near == [story.id] and may_join(arrival_of(article).member, story)


TITLE = "Khánh thành cầu dân sinh bắc qua suối Nậm Mộ tại xã Hữu Khuông"
OTHER_WORDING = "Khánh thành cầu dân sinh bắc qua suối Nậm Mộ ở xã Hữu Khuông, Nghệ An"
FIRST = article(title=TITLE)
SECOND = article(id="a2", source_id="cong-tinh", title=OTHER_WORDING, authority=Authority.OFFICIAL)


def test_the_same_event_in_two_outlets_is_one_story_led_by_the_official_one() -> None:
    story = new_story(FIRST)
    assert joined(SECOND, story)
    merged = with_article(story, SECOND)
    assert merged.lead.article_id == "a2"
    assert [member.article_id for member in merged.members] == ["a1", "a2"]
    assert merged.source_ids == ("bao-mau", "cong-tinh")


def test_id_and_place_of_a_story_are_its_first_articles_for_ever() -> None:
    story = new_story(FIRST)
    earlier = replace(SECOND, sort_at=NOW - timedelta(hours=5))
    merged = with_article(story, earlier)
    assert (merged.id, merged.sort_at) == (story.id, story.sort_at)
    assert merged.revision == story.revision + 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Giá xăng RON95 tăng 350 đồng một lít từ chiều nay", "Giá xăng RON95 tăng 420 đồng một lít từ chiều nay"),
        ("Bão số 10 năm 2017 gây thiệt hại nặng tại Cửa Lò", "Bão số 10 năm 2025 gây thiệt hại nặng tại Cửa Lò"),
        ("Thông báo", "Thông báo"),
        ("Tiếp xúc cử tri ngày 12/5 tại nhà văn hóa xóm 3", "Tiếp xúc cử tri ngày 14/5 tại nhà văn hóa xóm 3"),
    ],
)
def test_a_differing_number_or_too_short_a_title_is_another_event(first: str, second: str) -> None:
    story = new_story(replace(FIRST, title=first))
    assert not joined(replace(SECOND, title=second), story)


@pytest.mark.parametrize(
    "change",
    [
        {"sort_at": NOW + timedelta(days=4)},
        {"source_id": "bao-mau"},
        {"kind": ArticleKind.NOTICE},
        {"places": ("vinh-phu",)},
    ],
)
def test_time_source_kind_and_place_veto_a_merge(change: dict[str, Any]) -> None:
    story = new_story(replace(FIRST, places=("huu-khuong",)))
    assert not joined(replace(SECOND, **change), story)


def test_a_repost_never_leads_over_an_original() -> None:
    repost = replace(SECOND, origin_name="Báo mẫu")
    assert with_article(new_story(FIRST), repost).lead.article_id == "a1"


def test_a_hidden_article_leaves_its_story_and_an_empty_story_is_not_shown() -> None:
    story = with_article(new_story(FIRST), SECOND)
    without = with_article(story, replace(SECOND, visibility=Visibility.HIDDEN))
    assert without.lead.article_id == "a1"
    assert without.visible
    assert not with_article(new_story(FIRST), replace(FIRST, visibility=Visibility.HIDDEN)).visible


def test_shingles_do_not_depend_on_accents_or_tone_placement() -> None:
    assert title_shingles("Ủy ban MTTQ thị xã Hoà Bình") == title_shingles("Uỷ ban MTTQ thị xã Hòa Bình")


def test_a_window_asks_once_for_each_day_and_learns_what_is_begun_there() -> None:
    window = Window()
    days = window.unknown([NOW])
    assert days == days_near(NOW)
    for day in days:
        window.learn(day, ())
    assert window.unknown([NOW]) == []
    story = new_story(FIRST)
    assert window.alike_to(story.shingles, NOW) == []
    window.add(trace(story))
    window.add(trace(story))
    assert window.alike_to(story.shingles, NOW) == [story.id]
    window.drop(story.id, story.sort_at)
    assert window.alike_to(story.shingles, NOW) == []


def test_a_window_forgets_the_days_least_used_and_holds_no_more_than_its_bound() -> None:
    window = Window(most=2)
    long_ago = NOW - timedelta(days=100)
    for at in (long_ago, NOW):
        for day in window.unknown([at]):
            window.learn(day, ())
        for number in range(4):
            title = f"{TITLE} lần {number}"
            window.add(StoryTrace(id=f"{at}-{number}", sort_at=at, shingles=title_shingles(title)))
    assert len(window.alike_to(title_shingles(TITLE), NOW)) == 2
    assert long_ago.date() in window.unknown([long_ago])


def test_a_story_is_found_by_the_better_half_of_its_words_alone() -> None:
    window = around(new_story(FIRST))
    words = TITLE.split()
    half = " ".join(words[: len(words) // 3])
    assert window.alike_to(title_shingles(f"{half} và nhiều chuyện khác của một vùng quê"), NOW) == []
    assert window.alike_to(title_shingles(TITLE + " sáng nay"), NOW) == [FIRST.id]
