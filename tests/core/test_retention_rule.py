"""News is kept for a while, everything else for ever."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.source import ArticleKind
from aggregator.normalise.retention import expires_at, is_kept_for_ever
from tests.core.builders import NOW, article

KEEP = timedelta(days=548)


def test_news_expires_when_it_stood_in_the_feed_as_long_as_news_is_kept() -> None:
    news = article(kind=ArticleKind.NEWS, sort_at=NOW)
    assert expires_at(news, keep_news=KEEP) == NOW + KEEP


@pytest.mark.parametrize("kind", [kind for kind in ArticleKind if kind is not ArticleKind.NEWS])
def test_documents_notices_events_and_the_handbook_never_expire(kind: ArticleKind) -> None:
    assert is_kept_for_ever(kind)
    assert expires_at(article(kind=kind), keep_news=KEEP) is None


@given(st.timedeltas(timedelta(0), timedelta(days=3000)), st.integers(1, 3000))
def test_an_edit_does_not_prolong_and_a_later_place_does(edited_after: timedelta, days: int) -> None:
    news = article(kind=ArticleKind.NEWS, sort_at=NOW)
    keep = timedelta(days=days)
    edited = replace(news, updated_at=NOW + edited_after)
    assert expires_at(edited, keep_news=keep) == expires_at(news, keep_news=keep)
    later = expires_at(replace(news, sort_at=NOW + edited_after), keep_news=keep)
    assert later == NOW + keep + edited_after
