"""Hosts' last answers and failures, shared by processes and written once a minute."""

from datetime import UTC, datetime, timedelta

from aggregator.schedule.network import HostSighting, is_own_network_down
from aggregator.settings import Driver
from aggregator.store.store import Store

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def answered(host: str, at: datetime) -> HostSighting:
    return HostSighting(host=host, answered_at=at)


def failed(host: str, at: datetime) -> HostSighting:
    return HostSighting(host=host, failed_at=at)


async def test_the_newest_times_of_each_host_are_kept_whatever_the_order(store: Store) -> None:
    await store.hosts.note(
        [answered("a.vn", NOW), answered("a.vn", NOW - DAY / 2), failed("a.vn", NOW - SECOND), failed("b.vn", NOW)]
    )
    await store.hosts.note([answered("a.vn", NOW - DAY / 3)])
    assert await store.hosts.recent(since=NOW - DAY) == [
        HostSighting(host="a.vn", answered_at=NOW, failed_at=NOW - SECOND)
    ]


async def test_hosts_that_answered_long_ago_or_never_are_not_told(store: Store) -> None:
    await store.hosts.note([answered("old.vn", NOW - 2 * DAY), failed("never.vn", NOW), answered("new.vn", NOW)])
    assert [host.host for host in await store.hosts.recent(since=NOW - DAY)] == ["new.vn"]


async def test_a_time_is_written_when_it_moves_by_more_than_a_minute(store: Store) -> None:
    await store.hosts.note([answered("a.vn", NOW)])
    await store.hosts.note([answered("a.vn", NOW + 59 * SECOND)])
    assert await store.hosts.recent(since=NOW - DAY) == [answered("a.vn", NOW)]
    await store.hosts.note([answered("a.vn", NOW + 61 * SECOND)])
    assert await store.hosts.recent(since=NOW - DAY) == [answered("a.vn", NOW + 61 * SECOND)]


async def test_a_failure_and_a_recovery_are_written_at_once(store: Store) -> None:
    await store.hosts.note([answered("a.vn", NOW)])
    await store.hosts.note([failed("a.vn", NOW + SECOND)])
    await store.hosts.note([answered("a.vn", NOW + 2 * SECOND)])
    assert await store.hosts.recent(since=NOW - DAY) == [
        HostSighting(host="a.vn", answered_at=NOW + 2 * SECOND, failed_at=NOW + SECOND)
    ]


async def test_nothing_is_sent_when_nothing_moved(store: Store) -> None:
    await store.hosts.note([answered("a.vn", NOW), failed("b.vn", NOW)])
    await store._database["hosts"].delete_many({})
    await store.hosts.note([answered("a.vn", NOW + SECOND), failed("b.vn", NOW + SECOND)])
    assert await store._database["hosts"].count_documents({}) == 0


async def test_processes_see_one_another_and_an_older_time_never_wins(
    store: Store, mongo_uri: str, driver: Driver, database: str
) -> None:
    other = await Store.open(mongo_uri, driver=driver, database=database, keep_crawls=DAY)
    try:
        await store.hosts.note([answered("a.vn", NOW), *(answered(f"{n}.vn", NOW - DAY / 2) for n in range(4))])
        await other.hosts.note([answered("a.vn", NOW - DAY / 4), *(failed(f"{n}.vn", NOW) for n in range(4))])
        seen = await store.hosts.recent(since=NOW - DAY)
    finally:
        await other.close()
    assert seen[0] == answered("a.vn", NOW)
    assert is_own_network_down(seen, NOW)


async def test_a_host_not_met_for_a_week_goes_by_itself(store: Store) -> None:
    await store.hosts.note([HostSighting(host="a.vn", answered_at=NOW, failed_at=NOW + DAY)])
    row = await store._database["hosts"].find_one({"_id": "a.vn"})
    assert row is not None
    assert row["expire_at"] == NOW + 8 * DAY
    assert (await store._database["hosts"].index_information())["expiry"]["expireAfterSeconds"] == 0


async def test_recent_hosts_are_read_by_the_index(store: Store) -> None:
    await store.hosts.note([answered(f"{number}.vn", NOW - number * DAY / 10) for number in range(200)])
    query = {"answered_at": {"$gte": NOW - DAY}}
    plan = await store._database["hosts"].find(query).sort("answered_at", -1).limit(5000).explain()
    assert plan["executionStats"]["totalDocsExamined"] == 11
