"""Trust in a source's guids is earned by documents and lost by documents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.crawl import GuidCounts
from aggregator.normalise.guids import ENOUGH, contradicted, evidence, is_trusted, learnt, same_news

Document = dict[str, str]


def documents(guid_of_place: bool, *, visits: int, length: int = 20, new_each: int = 3) -> list[Document]:
    """A feed over several visits: the newest first; guids name the articles or their places in the feed."""
    found = []
    for visit in range(visits):
        newest = length + visit * new_each
        numbers = range(newest, newest - length, -1)
        found.append({f"u{n}": f"item-{place}" if guid_of_place else f"post-{n}" for place, n in enumerate(numbers)})
    return found


def read(visits: list[Document], counts: GuidCounts | None = None) -> GuidCounts:
    """The experience with a feed after these visits."""
    counts = counts or GuidCounts()
    remembered: Document = {}
    for document in visits:
        before = {url: remembered[url] for url in document if url in remembered}
        counts = learnt(counts, evidence(document, before))
        remembered |= document
    return counts


def test_a_source_is_not_trusted_before_it_showed_anything() -> None:
    assert not is_trusted(GuidCounts())
    assert not is_trusted(GuidCounts(steady=ENOUGH - 1))
    assert is_trusted(GuidCounts(steady=ENOUGH))


def test_guids_that_stay_with_their_articles_are_trusted_after_a_few_visits() -> None:
    assert not is_trusted(read(documents(guid_of_place=False, visits=2)))
    assert is_trusted(read(documents(guid_of_place=False, visits=3)))


def test_guids_that_number_the_places_of_a_feed_are_never_trusted() -> None:
    for visits in range(1, 60):
        assert not is_trusted(read(documents(guid_of_place=True, visits=visits)))


def test_a_feed_that_brings_nothing_new_earns_nothing() -> None:
    assert evidence({"u1": "g1"}, {"u1": "g1"}) == GuidCounts()
    assert evidence({"u1": "g1", "u2": "g2"}, {"u1": "g1"}) == GuidCounts(steady=1)


def test_guids_made_anew_at_each_fetch_are_never_trusted() -> None:
    visits = [{f"u{n}": f"{visit}-{n}" for n in range(visit, visit + 20)} for visit in range(30)]
    assert not is_trusted(read(visits))


def test_one_guid_on_everything_is_never_trusted_and_not_used() -> None:
    visits = [{f"u{n}": "the-same" for n in range(visit, visit + 20)} for visit in range(30)]
    assert not is_trusted(read(visits))
    assert contradicted(visits[0], {}) == {"the-same"}


def test_a_guid_whose_old_url_is_still_there_is_not_used_and_counted() -> None:
    document = {"u1": "g1", "u2": "g1"}
    assert contradicted(document, {"u1": "g1"}) == {"g1"}
    document = {"u1": "g9", "u2": "g1", "u3": "g3"}
    assert contradicted(document, {"u1": "g1"}) == {"g1"}
    assert evidence(document, {"u1": "g1"}) == GuidCounts(reused=1, changed=1)


def test_an_article_that_moved_and_left_its_url_speaks_against_nothing() -> None:
    document = {"new-address": "g1", "u2": "g2"}
    assert contradicted(document, {"u2": "g2"}) == frozenset()
    assert evidence(document, {"u2": "g2"}) == GuidCounts(steady=1)


def test_entries_without_a_guid_say_nothing() -> None:
    assert evidence({"u1": "", "u2": "", "u3": "g"}, {"u1": "", "u2": "g2"}) == GuidCounts()
    assert contradicted({"u1": "", "u2": ""}, {"u1": ""}) == frozenset()


def test_a_trusted_source_is_forgiven_a_slip_but_not_a_habit() -> None:
    good = GuidCounts(steady=500)
    assert is_trusted(learnt(good, GuidCounts(reused=2)))
    assert not is_trusted(learnt(good, GuidCounts(reused=11)))


def test_a_source_that_changes_its_system_is_learnt_anew_both_ways() -> None:
    bad = read(documents(guid_of_place=True, visits=60))
    mended = read(documents(guid_of_place=False, visits=700), bad)
    assert is_trusted(mended)
    assert not is_trusted(read(documents(guid_of_place=True, visits=3), mended))


@pytest.mark.parametrize(
    ("title", "other", "are_same"),
    [
        ("Khai mạc lễ hội đền Cuông", "KHAI MẠC LỄ HỘI ĐỀN CUÔNG NĂM 2026!", True),
        ("Khai mạc lễ hội đền Cuông", "Khai mac le hoi den Cuong", True),
        ("Khai mạc lễ hội đền Cuông", "Tối nay khai mạc lễ hội đền", True),
        ("Khai mạc lễ hội đền Cuông", "Bế mạc giải bóng chuyền nữ", False),
        ("Khai mạc lễ hội đền Cuông", "", False),
        ("", "", False),
    ],
)
def test_titles_are_of_one_article_when_most_words_are_shared(title: str, other: str, are_same: bool) -> None:
    assert same_news(title, other) is are_same
    assert same_news(other, title) is are_same


numbers = st.integers(0, 500)


@given(numbers, numbers, numbers, numbers, st.integers(0, 500))
def test_more_that_speaks_against_never_makes_trust(
    steady: int, repeated: int, reused: int, changed: int, more: int
) -> None:
    counts = GuidCounts(steady=steady, repeated=repeated, reused=reused, changed=changed)
    worse = GuidCounts(steady=steady, repeated=repeated, reused=reused + more, changed=changed)
    assert is_trusted(counts) or not is_trusted(worse)


keys = st.sampled_from(["", *(f"k{number}" for number in range(8))])
mappings = st.dictionaries(st.sampled_from([f"u{number}" for number in range(8)]), keys)


@given(st.lists(st.tuples(mappings, mappings), max_size=30))
def test_experience_stays_bounded_whatever_the_documents(pairs: list[tuple[Document, Document]]) -> None:
    counts = GuidCounts(steady=990)
    for document, before in pairs:
        counts = learnt(counts, evidence(document, before))
        total = counts.steady + counts.repeated + counts.reused + counts.changed
        assert 0 <= total <= 1000


@given(mappings, mappings)
def test_what_is_contradicted_is_carried_by_the_document(document: Document, before: Document) -> None:
    assert contradicted(document, before) <= set(document.values()) - {""}
