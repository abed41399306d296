from aggregator.crawl.decide import (
    PAGE_TRIES,
    Candidate,
    Known,
    candidates,
    digest_after_page,
    is_unchanged,
    match_guids,
    needs_page,
    overall,
    reads_sanely,
)
from aggregator.model.crawl import Failure
from aggregator.model.entry import Entry
from aggregator.model.failures import Outcome
from aggregator.model.source import PagePolicy, Republish
from tests.core.builders import entry, source


def candidate(known_digest: str | None = None, **fields: object) -> Candidate:
    known = None if known_digest is None else Known(id="a1", digest=known_digest, sections=("thoi-su",))
    return Candidate(entry=entry(**fields), keys=("k",), known=known)


def failure(outcome: Outcome) -> Failure:
    return Failure(outcome=outcome, sentence="", cause="")


def test_twins_within_one_document_are_met_once() -> None:
    twins = (entry(), entry(url="http://www.bao.example.vn/tin-1.html?fbclid=x"))
    found, skipped = candidates(twins, source())
    assert len(found) == 1
    assert skipped == {"twin_in_document": 1}


def test_an_entry_that_names_nothing_is_left_out_by_that_reason() -> None:
    assert candidates([entry(url="", title="")], source()) == ([], {"no_identity": 1})


def test_an_entry_whose_url_is_new_is_the_article_that_had_its_guid_and_has_moved() -> None:
    before = Known(id="a", digest="", sections=(), guid="g1", title=entry().title)
    moved, new = (Candidate(entry=entry(), keys=(f"u{n}",), guid=f"g{n}") for n in (1, 2))
    found = match_guids([moved, new], {"g1": before})
    assert [(item.known, item.has_moved) for item in found] == [(before, True), (None, False)]


def test_a_guid_given_again_to_other_news_moves_nothing() -> None:
    before = Known(id="a", digest="", sections=(), guid="g", title="Bế mạc giải bóng chuyền nữ")
    reused = Candidate(entry=entry(), keys=("u2",), guid="g")
    assert match_guids([reused], {"g": before}) == [reused]


def test_an_article_that_is_still_listed_under_its_url_has_not_moved() -> None:
    before = Known(id="a", digest="", sections=(), guid="g", title=entry().title)
    still = Candidate(entry=entry(), keys=("u1",), guid="g", known=before)
    other = Candidate(entry=entry(), keys=("u2",), guid="g")
    assert match_guids([still, other], {"g": before}) == [still, other]


def test_of_two_entries_with_one_guid_neither_has_moved() -> None:
    before = Known(id="a", digest="", sections=(), guid="g", title=entry().title)
    twins = [Candidate(entry=entry(), keys=(f"u{n}",), guid="g") for n in range(2)]
    assert match_guids(twins, {"g": before}) == twins


def test_an_equal_digest_in_a_known_section_is_unchanged() -> None:
    assert is_unchanged(candidate("0" * 32), "thoi-su")
    assert not is_unchanged(candidate("0" * 32), "thong-bao")
    assert not is_unchanged(candidate("1" * 32), "thoi-su")
    assert not is_unchanged(candidate(), "thoi-su")


def test_pages_are_fetched_only_as_far_as_needed() -> None:
    full = source(republish=Republish.FULL)
    assert needs_page(full, candidate())
    assert not needs_page(full, candidate(text="chữ " * 200))
    assert not needs_page(source(), candidate())
    assert needs_page(source(), candidate(published=None))
    assert needs_page(source(pages=PagePolicy.ALWAYS), candidate())
    assert not needs_page(source(pages=PagePolicy.NEVER), candidate(published=None))


def test_an_entry_that_only_appeared_in_another_section_needs_no_page() -> None:
    assert not needs_page(source(pages=PagePolicy.ALWAYS), candidate("0" * 32))


def test_an_unread_page_is_tried_again_and_then_given_up() -> None:
    digest = digest_after_page(candidate(), Outcome.TIMEOUT)
    seen = [digest]
    while "~" in digest:
        digest = digest_after_page(candidate(digest), Outcome.TIMEOUT)
        seen.append(digest)
    assert len(seen) == PAGE_TRIES
    assert seen[-1] == entry().digest


def test_a_page_that_is_gone_is_not_tried_again() -> None:
    assert digest_after_page(candidate(), Outcome.NOT_FOUND) == entry().digest


def test_an_edit_starts_the_tries_anew() -> None:
    assert candidate("f" * 32 + "~2").tries == 0
    assert candidate("0" * 32 + "~2").tries == 2


def test_a_visit_is_partial_when_only_some_sections_failed() -> None:
    timeout = failure(Outcome.TIMEOUT)
    assert overall([Outcome.OK, Outcome.TIMEOUT], [timeout]) == (Outcome.PARTIAL, timeout)
    assert overall([Outcome.TIMEOUT], [timeout]) == (Outcome.TIMEOUT, timeout)
    assert overall([Outcome.UNCHANGED, Outcome.OK], []) == (Outcome.OK, None)
    assert overall([Outcome.UNCHANGED], []) == (Outcome.UNCHANGED, None)


def test_the_heaviest_failure_speaks_for_the_visit() -> None:
    failures = [failure(Outcome.TIMEOUT), failure(Outcome.NOT_FOUND)]
    assert overall([Outcome.TIMEOUT, Outcome.NOT_FOUND], failures)[0] is Outcome.NOT_FOUND


def test_five_dated_entries_verify_a_source() -> None:
    entries: list[Entry] = [entry(url=f"https://bao.example.vn/{n}.html") for n in range(5)]
    assert reads_sanely(entries)
    assert not reads_sanely(entries[:4])
    assert not reads_sanely([entry(url=f"https://a.vn/{n}", published=None) for n in range(9)])
