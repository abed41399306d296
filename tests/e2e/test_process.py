"""The service as a process: starting, stopping, refusing, running with no network."""

import asyncio
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.app import wall_clock
from aggregator.cli.inputs import load_catalogue
from aggregator.settings import Driver
from aggregator.store.embedded import uri_of_running
from aggregator.store.store import Store
from bench.processes import tree
from tests.service import ROOT, Service, start, started, until


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AGGREGATOR_", "MONGODB_"))}
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").exists()


async def test_sigterm_ends_everything_within_ten_seconds(service: Service) -> None:
    await until("crawling has begun", service.stories)
    family = tree(service.pid)
    assert len(family) >= 4  # the service, its MongoDB, the workers and their server
    assert await service.stop() < 10

    async def gone() -> bool:
        return not any(map(is_there, family))

    await until("no process is left", gone, timeout_s=5)


async def test_kill_minus_nine_leaves_no_process_and_the_next_start_serves(
    service: Service, sources: Path, tmp_path: Path
) -> None:
    before = await until("news is served", service.articles)
    family = tree(service.pid)
    service.kill()
    await service.process.wait()

    async def gone() -> bool:
        return not any(map(is_there, family))

    await until("no process is left", gone, timeout_s=10)
    async with started(tmp_path / "data", sources) as again:
        after = await until("news is served again", again.articles)
        assert {card["id"] for card in before} <= {card["id"] for card in after}


async def test_a_second_service_on_the_same_data_is_refused_in_words(
    service: Service, sources: Path, tmp_path: Path
) -> None:
    result = await asyncio.to_thread(
        run, "serve", AGGREGATOR_DATA_DIR=str(tmp_path / "data"), AGGREGATOR_SOURCES=str(sources), AGGREGATOR_PORT="0"
    )
    assert result.returncode == 1
    assert f"in use by process {service.pid}" in result.stderr
    assert "Traceback" not in result.stderr


async def test_a_taken_port_is_said_in_words(service: Service, sources: Path, tmp_path: Path) -> None:
    port = service.url.rpartition(":")[2]
    result = await asyncio.to_thread(
        run, "serve", AGGREGATOR_DATA_DIR=str(tmp_path / "other"), AGGREGATOR_SOURCES=str(sources), AGGREGATOR_PORT=port
    )
    assert result.returncode == 1
    assert "AGGREGATOR_PORT" in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_setting_is_refused_by_name() -> None:
    result = run("doctor", AGGREGATOR_PROT="1")
    assert result.returncode == 2
    assert "AGGREGATOR_PROT: no such setting; did you mean AGGREGATOR_PORT?" in result.stderr


async def test_accounts_are_managed_beside_a_running_service(service: Service, tmp_path: Path) -> None:
    assert (await service.json("/healthz"))["status"] == "ok"
    data = str(tmp_path / "data")
    added = await asyncio.to_thread(run, "users", "add", "lan", "--role", "editor", AGGREGATOR_DATA_DIR=data)
    assert added.returncode == 0, added.stderr
    assert "Password (shown this once)" in added.stdout
    listed = await asyncio.to_thread(run, "users", "list", AGGREGATOR_DATA_DIR=data)
    assert "lan" in listed.stdout
    assert "admin" in listed.stdout
    password_file = tmp_path / "data" / "first-password.txt"
    assert password_file.stat().st_mode & 0o077 == 0


@pytest.mark.timeout(180)
async def test_without_a_network_every_real_source_says_why_and_the_service_is_healthy(tmp_path: Path) -> None:
    alone = ("unshare", "--net", "--map-root-user", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
    try:
        subprocess.run([*alone, "true"], check=True, capture_output=True)  # noqa: ASYNC221 - before anything runs
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no network namespace can be made here: {error}")
    service = await start(
        tmp_path / "data", ROOT / "sources.yaml", wrapper=alone, AGGREGATOR_ALLOW_CIDRS="", AGGREGATOR_LOG_FORMAT="json"
    )
    try:
        inside = (
            "nsenter",
            f"--net=/proc/{service.pid}/ns/net",
            f"--user=/proc/{service.pid}/ns/user",
            "--preserve-credentials",
        )

        def ask(path: str) -> str:
            address = repr(service.url + path)
            script = f"from urllib.request import urlopen; print(urlopen({address}, timeout=5).read().decode())"
            return subprocess.run(
                [*inside, sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=20
            ).stdout

        uri = uri_of_running(tmp_path / "data")  # the database's socket is reached from outside the namespace
        assert uri is not None
        store = await Store.open(uri, driver=Driver.PYMONGO, database="aggregator", keep_crawls=timedelta(days=30))
        enabled = {source.id for source in load_catalogue(ROOT / "sources.yaml").sources if source.enabled}

        async def all_say_why() -> bool:
            states = {state.source_id: state for state in await store.sources.states()}
            return all(states[source_id].last_sentence for source_id in enabled)

        await until("every source shows a failure in words", all_say_why, timeout_s=90)
        now = wall_clock()
        for state in await store.sources.states():
            if state.source_id in enabled:
                assert state.next_visit_at > now, "it keeps trying, within policy"
                assert state.next_visit_at - now <= timedelta(hours=6.6)
        await store.close()
        assert "ok" in await asyncio.to_thread(ask, "/healthz")
        await asyncio.to_thread(ask, "/readyz")
        await service.stop()
    finally:
        if service.process.returncode is None:
            service.kill()
            await service.process.wait()
