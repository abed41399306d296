"""How long an article is kept.

1. News is kept for a while after it stood in the feed (``sort_at``), edited since or not: the same bound, by the
   same date, as that beyond which news is no longer taken in.
2. Documents, notices, events and the handbook are what people come back for: they are kept for ever.
"""

from datetime import datetime, timedelta
from typing import Protocol

from aggregator.model.source import ArticleKind


class Ageing(Protocol):
    """As much of an article as decides how long it is kept."""

    @property
    def kind(self) -> ArticleKind:
        """Its kind."""

    @property
    def sort_at(self) -> datetime:
        """Where it stands in the feed."""


def is_kept_for_ever(kind: ArticleKind) -> bool:
    """Whether articles of this kind never expire."""
    match kind:
        case ArticleKind.NEWS:
            return False
        case ArticleKind.DOCUMENT | ArticleKind.NOTICE | ArticleKind.EVENT | ArticleKind.HANDBOOK:
            return True


def expires_at(article: Ageing, *, keep_news: timedelta) -> datetime | None:
    """When the article is to be purged, None for one that is kept for ever."""
    return None if is_kept_for_ever(article.kind) else article.sort_at + keep_news
