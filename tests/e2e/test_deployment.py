"""The service pointed at the database of another province, as a process."""

import asyncio
from pathlib import Path

from pymongo import AsyncMongoClient

from aggregator.store.driver import server_version
from aggregator.store.versions import version_warning
from tests.e2e.test_process import run
from tests.service import ROOT, started, until


async def test_the_database_of_another_province_is_refused_and_left_as_it_was(
    mongo_uri: str, database: str, sources: Path, tmp_path: Path
) -> None:
    given = {"MONGODB_URI": mongo_uri, "AGGREGATOR_DATABASE": database}
    async with started(tmp_path / "data", sources, wrapper=(), **given) as service:
        await until("news is served", service.stories)
        await service.stop()
        warning = version_warning(await server_version(mongo_uri))
        assert warning in service.log.read_text()
    async with AsyncMongoClient[dict[str, object]](mongo_uri) as client:
        before = await client[database]["sources"].find({}, {"active": 1}).to_list(None)
        given |= {"AGGREGATOR_SOURCES": str(ROOT / "sources.yaml"), "AGGREGATOR_DATA_DIR": str(tmp_path / "other")}
        served = await asyncio.to_thread(run, "serve", AGGREGATOR_PORT="0", **given)
        looked = await asyncio.to_thread(run, "doctor", **given)
        assert await client[database]["sources"].find({}, {"active": 1}).to_list(None) == before
    for words in (served.stderr, looked.stdout):
        assert f"The database '{database}' holds the news of" in words
        assert "nghe-an" in words
        assert "AGGREGATOR_DATABASE" in words
    assert served.returncode == looked.returncode == 1
    assert "Traceback" not in served.stderr
