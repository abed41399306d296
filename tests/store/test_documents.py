"""Every model type comes back from MongoDB's format as it went in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import bson
import pytest
from bson.codec_options import CodecOptions
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.model.article import Article, Story
from aggregator.model.crawl import Crawl, SourceState
from aggregator.store.documents import ARTICLE, CRAWL, SOURCE_STATE, STORY, Shape

OPTIONS: CodecOptions[Mapping[str, Any]] = CodecOptions(tz_aware=True)
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - bounds
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
st.register_type_strategy(datetime, TIMES)
st.register_type_strategy(int, st.integers(-(2**63), 2**63 - 1))
st.register_type_strategy(float, st.floats(allow_nan=False))
st.register_type_strategy(str, st.text(max_size=20))


@pytest.mark.parametrize(
    ("shape", "kind"),
    [(ARTICLE, Article), (STORY, Story), (CRAWL, Crawl), (SOURCE_STATE, SourceState)],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_is_stored_comes_back_equal(shape: Shape[Any], kind: type[Any]) -> None:
    @settings(max_examples=60, deadline=None)
    @given(st.builds(kind))
    def comes_back(value: Any) -> None:
        encoded = bson.encode(shape.write(value))
        assert shape.read(bson.decode(encoded, codec_options=OPTIONS)) == value

    comes_back()


def test_a_lone_surrogate_is_replaced_and_a_split_pair_joined() -> None:
    state = SourceState(
        source_id="a", next_visit_at=datetime(2026, 1, 1, tzinfo=UTC), last_sentence="x\udc80\ud83d\ude00"
    )
    encoded = bson.encode(SOURCE_STATE.write(state))
    read = SOURCE_STATE.read(bson.decode(encoded, codec_options=OPTIONS))
    assert read == replace(state, last_sentence="x\ufffd😀")


def test_a_field_that_a_stored_document_lacks_takes_its_default() -> None:
    state = SourceState(source_id="a", next_visit_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert SOURCE_STATE.read({"_id": "a", "next_visit_at": state.next_visit_at, "of_a_later_version": 1}) == state


def test_a_missing_field_without_default_is_named() -> None:
    with pytest.raises(KeyError, match="next_visit_at"):
        SOURCE_STATE.read({"_id": "a"})
