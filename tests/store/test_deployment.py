"""A database belongs to the province that used it first; old servers are told by name."""

from dataclasses import replace

import pytest

from aggregator.model.errors import StartupError
from aggregator.model.source import Province
from aggregator.store.deployment import owner_of
from aggregator.store.store import Store
from aggregator.store.versions import version_warning

NGHE_AN = Province(
    slug="nghe-an",
    name="Nghệ An",
    title="Mặt trận số Nghệ An",
    timezone="Asia/Ho_Chi_Minh",
    place_file="places/nghe-an.json",
    contact="someone@example.org",
    user_agent="Test",
)
HA_TINH = replace(NGHE_AN, slug="ha-tinh", name="Hà Tĩnh")


async def test_a_database_is_its_first_user_s_and_stays_so(store: Store) -> None:
    assert await store.deployments.owner() is None
    first = await store.deployments.enter(NGHE_AN)
    again = await store.deployments.enter(replace(NGHE_AN, name="Xứ Nghệ"))
    assert first == again
    assert (first.province, first.name) == ("nghe-an", "Nghệ An")


async def test_another_province_is_refused_naming_both_the_database_and_the_remedy(store: Store, database: str) -> None:
    owner = await store.deployments.enter(NGHE_AN)
    with pytest.raises(StartupError) as told:
        await store.deployments.enter(HA_TINH)
    for word in (database, "Nghệ An (nghe-an)", "Hà Tĩnh (ha-tinh)", "AGGREGATOR_DATABASE", "AGGREGATOR_DATA_DIR"):
        assert word in str(told.value)
    assert await store.deployments.owner() == owner


async def test_forgetting_everything_does_not_give_the_database_away(store: Store) -> None:
    owner = await store.deployments.enter(NGHE_AN)
    await store.clear()
    assert await store.deployments.owner() == owner


async def test_the_owner_can_be_asked_from_outside(store: Store, mongo_uri: str, database: str) -> None:
    assert await owner_of(mongo_uri, database) is None
    owner = await store.deployments.enter(NGHE_AN)
    assert await owner_of(mongo_uri, database) == owner


async def test_the_server_s_version_is_known(store: Store) -> None:
    assert (await store.server_version()).count(".") >= 2


@pytest.mark.parametrize("version", ["7.0.35", "7.0.40", "8.0.24", "8.0.24-rc1", "8.2.0", "9.0.1", "10.0.0-alpha"])
def test_a_patched_server_is_passed_over_in_silence(version: str) -> None:
    assert version_warning(version) == ""


@pytest.mark.parametrize("version", ["7.0.34", "8.0.23", "8.0.0-rc9", "6.0.27", "5.0.31", "7.3.4", "unknown"])
def test_an_old_server_is_told_with_its_version_and_the_remedy(version: str) -> None:
    warning = version_warning(version)
    assert version in warning
    assert "upgrade to MongoDB >= 7.0.35 or >= 8.0.24" in warning
