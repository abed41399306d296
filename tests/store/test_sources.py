"""States follow the file; leases are given once, by the server's clock, with a growing token."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from aggregator.model.crawl import Crawl, SourceState
from aggregator.model.source import Source
from aggregator.store.documents import SOURCE_STATE
from aggregator.store.host_turns import HostTurns
from aggregator.store.sources import Claim
from aggregator.store.store import Store
from aggregator.store.writer import CrawlWrites

Sources = Callable[..., tuple[Source, ...]]
TTL = timedelta(seconds=8)
GONE = timedelta(0)  # a lease that has run out when it is given
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
AHEAD = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)  # by a clock that was wrong


async def test_new_sources_are_due_at_once(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named("a", "b"), now=LONG_AGO)
    assert await store.sources.states() == [
        SourceState(source_id="a", next_visit_at=LONG_AGO),
        SourceState(source_id="b", next_visit_at=LONG_AGO),
    ]


async def test_syncing_again_keeps_what_is_remembered(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named("a"), now=LONG_AGO)
    await store.sources.sync(sources_named("a", "b"), now=AHEAD)
    assert [state.next_visit_at for state in await store.sources.states()] == [LONG_AGO, AHEAD]


async def test_a_source_missing_from_the_file_is_archived_and_comes_back_with_its_state(
    store: Store, sources_named: Sources
) -> None:
    await store.sources.sync(sources_named("a", "b"), now=LONG_AGO)
    await store.sources.sync(sources_named("b"), now=LONG_AGO)
    assert [state.source_id for state in await store.sources.states()] == ["b"]
    assert await store.sources.state("a") is not None
    assert "a" not in {claim.source_id for claim in await store.sources.claim_due("one", limit=9, ttl=TTL)}
    await store.sources.sync(sources_named("a", "b"), now=AHEAD)
    assert [state.next_visit_at for state in await store.sources.states()] == [LONG_AGO, LONG_AGO]


async def test_only_due_enabled_sources_are_claimed_longest_due_first(store: Store, sources_named: Sources) -> None:
    off = sources_named("off", enabled=False)
    await store.sources.sync((*sources_named("late"), *off), now=LONG_AGO + timedelta(days=1))
    await store.sources.sync((*sources_named("late", "first"), *off), now=LONG_AGO)
    await store.sources.sync((*sources_named("late", "first", "ahead"), *off), now=AHEAD)
    claims = await store.sources.claim_due("one", limit=10, ttl=TTL)
    assert [claim.source_id for claim in claims] == ["first", "late"]


async def test_a_source_can_be_claimed_by_name_before_it_is_due_and_while_disabled(
    store: Store, sources_named: Sources
) -> None:
    await store.sources.sync(sources_named("a", enabled=False), now=AHEAD)
    claim = await store.sources.claim("one", "a", ttl=TTL)
    assert claim is not None
    assert await store.sources.claim("two", "a", ttl=TTL) is None


async def test_claims_of_many_owners_at_once_never_overlap(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named(*(f"s{number:03}" for number in range(200))), now=LONG_AGO)
    claimed: list[Claim] = []

    async def claim_all(owner: str) -> None:
        while claims := await store.sources.claim_due(owner, limit=7, ttl=timedelta(minutes=5)):
            claimed.extend(claims)

    async with asyncio.TaskGroup() as group:
        for number in range(8):
            group.create_task(claim_all(f"owner-{number}"))
    # An owner stops when others took all it had found due: nobody may have what somebody else has.
    assert len({claim.source_id for claim in claimed}) == len(claimed)
    rest = await store.sources.claim_due("last", limit=1000, ttl=TTL)
    assert {claim.source_id for claim in (*claimed, *rest)} == {f"s{number:03}" for number in range(200)}
    assert len(claimed) + len(rest) == 200


async def test_an_expired_lease_is_claimed_by_another_with_the_next_token(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named("a"), now=LONG_AGO)
    tokens = []
    for owner in ("one", "two", "three"):
        (claim,) = await store.sources.claim_due(owner, limit=1, ttl=GONE)
        tokens.append(claim.lease.token)
    assert tokens == [1, 2, 3]


async def test_renewing_tells_which_leases_are_still_ours(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named("kept", "lost"), now=LONG_AGO)
    await store.sources.claim_due("one", limit=2, ttl=GONE)
    assert await store.sources.claim("two", "lost", ttl=TTL) is not None
    assert await store.sources.renew("one", ["kept", "lost"], ttl=TTL) == {"kept"}
    assert await store.sources.claim("two", "kept", ttl=TTL) is None  # the renewal counts
    assert await store.sources.renew("one", [], ttl=TTL) == set()


async def test_a_released_source_is_as_due_as_it_was(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named("a"), now=LONG_AGO)
    (claim,) = await store.sources.claim_due("one", limit=1, ttl=TTL)
    await store.sources.release([claim.lease])
    (again,) = await store.sources.claim_due("two", limit=1, ttl=TTL)
    await store.sources.release([claim.lease])  # late: changes nothing
    assert await store.sources.claim_due("three", limit=1, ttl=TTL) == []
    assert again.lease.token == claim.lease.token + 1


async def test_a_visit_by_hand_of_an_unknown_source_leaves_the_running_ones_alone(
    store: Store, sources_named: Sources
) -> None:
    await store.sources.sync(sources_named("a"), now=LONG_AGO)
    await store.sources.register(sources_named("a", "b"), now=LONG_AGO)
    claim = await store.sources.claim("hand", "b", ttl=TTL)
    assert claim is not None
    assert [state.source_id for state in await store.sources.states()] == ["a"]
    assert [due.source_id for due in await store.sources.claim_due("one", limit=9, ttl=TTL)] == ["a"]


async def test_a_service_that_is_alone_ends_its_dead_predecessors_leases(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named("a"), now=LONG_AGO)
    await store.sources.claim_due("dead", limit=1, ttl=timedelta(hours=1))
    assert await store.sources.claim_due("alive", limit=1, ttl=TTL) == []
    await store.sources.expire_leases()
    (claim,) = await store.sources.claim_due("alive", limit=1, ttl=TTL)
    assert claim.interrupted


async def test_named_sources_are_left_out_of_what_is_due(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named("a", "b"), now=LONG_AGO)
    claims = await store.sources.claim_due("one", limit=9, ttl=TTL, without=["a"])
    assert [claim.source_id for claim in claims] == ["b"]


async def test_a_lock_has_one_owner_until_it_is_released_or_runs_out(store: Store) -> None:
    sources = store.sources
    assert await sources.claim_lock("merge", "one", ttl=TTL)
    assert await sources.claim_lock("merge", "one", ttl=TTL)
    assert not await sources.claim_lock("merge", "two", ttl=TTL)
    await sources.release_lock("merge", "two")
    assert not await sources.claim_lock("merge", "two", ttl=TTL)
    await sources.release_lock("merge", "one")
    assert await sources.claim_lock("merge", "two", ttl=GONE)
    assert await sources.claim_lock("merge", "one", ttl=TTL)


async def test_names_that_look_like_expressions_are_taken_literally(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named("a"), now=LONG_AGO)
    claim = await store.sources.claim("$$ROOT", "a", ttl=TTL)
    assert claim is not None
    assert claim.lease == replace(claim.lease, owner="$$ROOT")


async def test_the_hosts_a_dead_process_held_are_free_with_its_leases(store: Store, database: str) -> None:
    dead = HostTurns(store._client[database], owner="dead")
    ours = HostTurns(store._client[database], owner="ours")
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(turns.run()) for turns in (dead, ours)]
        await dead.hold("bao.example:443")
        await store.sources.expire_leases()
        async with asyncio.timeout(5):
            await ours.hold("bao.example:443")
        for task in running:
            task.cancel()


async def test_nothing_waits_for_a_time_that_a_wrong_clock_wrote(store: Store, sources_named: Sources) -> None:
    await store.sources.sync(sources_named("visited"), now=FAR_AHEAD)
    await store.sources.sync(sources_named("visited", "held"), now=LONG_AGO)
    await store.sources.claim("dead", "held", ttl=timedelta(days=400))
    await store.sources.claim_lock("merge", "dead", ttl=timedelta(days=400))
    claims = await store.sources.claim_due("alive", limit=9, ttl=TTL)
    assert [claim.source_id for claim in claims] == ["held", "visited"]
    assert await store.sources.claim_due("alive", limit=9, ttl=TTL) == []
    assert await store.sources.claim_lock("merge", "alive", ttl=TTL)


@pytest.mark.parametrize(
    ("field", "stored"),
    [("last_outcome", "of_a_later_version"), ("rhythm", {"counts": 1}), ("validators", 7)],
    ids=["unknown code", "broken rhythm", "another shape"],
)
async def test_a_state_that_cannot_be_read_begins_anew_and_stops_no_other_source(
    store: Store, sources_named: Sources, field: str, stored: object
) -> None:
    await store.sources.sync(sources_named("broken", "sound"), now=LONG_AGO)
    rows = store._database["sources"]
    await rows.update_one({"_id": "broken"}, {"$set": {field: stored, "articles_total": 7, "failures": 3.0}})
    anew = SourceState(source_id="broken", next_visit_at=LONG_AGO, articles_total=7)
    sound = SourceState(source_id="sound", next_visit_at=LONG_AGO)
    with capture_logs() as logs:
        assert await store.sources.states() == [anew, sound]
        assert await store.sources.state("broken") == anew
        claims = await store.sources.claim_due("one", limit=9, ttl=TTL)
    assert {claim.source_id: claim.state for claim in claims} == {"broken": anew, "sound": sound}
    (told,) = logs
    assert (told["event"], told["source"]) == ("state_unreadable", "broken")


async def test_the_visit_of_an_unreadable_source_writes_a_sound_state(
    store: Store, sources_named: Sources, concluded: Callable[..., SourceState], a_crawl: Callable[..., Crawl]
) -> None:
    await store.sources.sync(sources_named("bao"), now=LONG_AGO)
    rows = store._database["sources"]
    await rows.update_one({"_id": "bao"}, {"$set": {"rhythm": {}, "last_failure": "of_a_later_version"}})
    (claim,) = await store.sources.claim_due("one", limit=1, ttl=TTL)
    await store.writer.submit(CrawlWrites(lease=claim.lease, crawl=a_crawl(), state=concluded(claim)))
    row = await rows.find_one({"_id": "bao"})
    assert row is not None
    assert SOURCE_STATE.read(row) == await store.sources.state("bao")
