"""Accounts, sessions and throttling as the desk and the board need them."""

import asyncio
from datetime import UTC, datetime

from aggregator.model.people import Role, User
from aggregator.store.store import Store

LAN = User(name="Lan Đặng", password_hash="argon2…", role=Role.EDITOR, created_at=datetime(2026, 1, 1, tzinfo=UTC))


async def test_a_name_is_one_account_however_it_is_written(store: Store) -> None:
    assert await store.users.add_user(LAN)
    assert not await store.users.add_user(
        User(name=" lan dang", password_hash="x", role=Role.ADMIN, created_at=LAN.created_at)
    )
    assert await store.users.get_user("LAN ĐẶNG") == LAN
    assert await store.users.list_users() == [LAN]
    assert await store.users.get_user("minh") is None


async def test_a_session_knows_its_account_until_closed(store: Store) -> None:
    await store.users.add_user(LAN)
    opened = await store.users.open_session("hash", user="lan đặng", csrf="c")
    found = await store.users.session("hash")
    assert found is not None
    session, user = found
    assert user == LAN
    assert session.csrf == "c"
    assert session.user == LAN.name
    assert session.expires_at == opened.expires_at
    await store.users.close_session("hash")
    assert await store.users.session("hash") is None


async def test_a_session_ends_at_its_time_and_when_idle(store: Store) -> None:
    await store.users.add_user(LAN)
    rows = store._database["sessions"]
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    for token, field in (("old", "expires_at"), ("idle", "seen_at")):
        await store.users.open_session(token, user=LAN.name, csrf="c")
        await rows.update_one({"_id": token}, {"$set": {field: long_ago}})
        assert await store.users.session(token) is None


async def test_using_a_session_keeps_it_from_being_idle(store: Store) -> None:
    await store.users.add_user(LAN)
    opened = await store.users.open_session("hash", user=LAN.name, csrf="c")
    almost_idle = [{"$set": {"seen_at": {"$subtract": ["$$NOW", 100 * 60 * 1000]}}}]
    await store._database["sessions"].update_one({"_id": "hash"}, almost_idle)
    assert await store.users.session("hash") is not None
    found = await store.users.session("hash")
    assert found is not None
    assert found[0].seen_at >= opened.seen_at


async def test_a_new_password_or_a_lockout_ends_all_sessions(store: Store) -> None:
    await store.users.add_user(LAN)
    await store.users.open_session("first", user=LAN.name, csrf="c")
    assert await store.users.set_password(LAN.name, "new", must_change=True)
    assert await store.users.session("first") is None
    await store.users.open_session("second", user=LAN.name, csrf="c")
    assert await store.users.set_disabled(LAN.name, disabled=True)
    assert await store.users.session("second") is None
    await store.users.open_session("third", user=LAN.name, csrf="c")
    assert await store.users.session("third") is None
    user = await store.users.get_user(LAN.name)
    assert user is not None
    assert (user.password_hash, user.must_change, user.disabled) == ("new", True, True)
    assert not await store.users.set_password("nobody", "x", must_change=False)


async def test_parallel_failures_are_all_counted_until_cleared(store: Store) -> None:
    assert await store.users.failed_logins("name:lan") == 0
    async with asyncio.TaskGroup() as group:
        for _ in range(20):
            group.create_task(store.users.note_failed_login("name:lan"))
    assert await store.users.failed_logins("name:lan") == 20
    assert await store.users.failed_logins("address:127.0.0.1") == 0
    await store.users.clear_failed_logins("name:lan")
    assert await store.users.note_failed_login("name:lan") == 1


async def test_a_window_that_ran_out_starts_anew(store: Store) -> None:
    await store.users.note_failed_login("name:lan")
    long_ago = {"$set": {"expires_at": datetime(2026, 1, 1, tzinfo=UTC)}}
    await store._database["failed_logins"].update_one({"_id": "name:lan"}, long_ago)
    assert await store.users.failed_logins("name:lan") == 0
    assert await store.users.note_failed_login("name:lan") == 1
