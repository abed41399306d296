"""``doctor``: is everything here that the service needs? No network is touched."""

import asyncio
import os
import platform
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass

import typer
from rich.console import Console

from aggregator.app import open_database
from aggregator.cli.inputs import load_catalogue, load_settings
from aggregator.model.errors import AggregatorError
from aggregator.settings import Settings
from aggregator.store.deployment import Deployment, owner_of, refusal
from aggregator.store.driver import server_version
from aggregator.store.versions import version_warning

_LEAST_FREE_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. ``remedy`` is empty when it is right."""

    what: str
    detail: str
    remedy: str = ""


def doctor() -> None:
    """Look at everything the service needs here and say what to mend; exit code 1 when something must be."""
    settings = load_settings()
    checks: tuple[Callable[[Settings], Finding], ...] = (_python, _data_dir, _sources, _port, _database, _browser)
    console = Console(highlight=False, soft_wrap=True)
    sick = 0
    for check in checks:
        try:
            finding = check(settings)
        except AggregatorError as error:
            finding = Finding(what=check.__name__.strip("_").replace("_", " "), detail="", remedy=str(error))
        mark = "[red]✗[/red]" if finding.remedy else "[green]✓[/green]"
        console.print(f"{mark} {finding.what}: ", end="")
        console.print(finding.detail or "see below", markup=False)
        if finding.remedy:
            sick += 1
            console.print(f"    → {finding.remedy}", style="yellow", markup=False)
    if sick:
        raise typer.Exit(1)


def _python(_settings: Settings) -> Finding:
    return Finding(what="python", detail=f"{platform.python_version()} on {sys.platform} {platform.machine()}")


def _data_dir(settings: Settings) -> Finding:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free
    detail = f"{settings.data_dir.resolve()}, {free // 1024**3} GiB free"
    if not os.access(settings.data_dir, os.W_OK):
        return Finding(what="data directory", detail=detail, remedy="Make it writable, or set AGGREGATOR_DATA_DIR.")
    remedy = "Free some space: MongoDB stops writing on a full disk." if free < _LEAST_FREE_BYTES else ""
    return Finding(what="data directory", detail=detail, remedy=remedy)


def _sources(settings: Settings) -> Finding:
    catalogue = load_catalogue(settings.sources)
    return Finding(what="sources", detail=f"{settings.sources}: {len(catalogue.sources)} sources")


def _port(settings: Settings) -> Finding:
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind, settings.port))
        except OSError as error:
            return Finding(
                what="port",
                detail=f"{settings.bind}:{settings.port} ({error.strerror})",
                remedy="Stop the program that has it (the service itself?), or set AGGREGATOR_PORT.",
            )
    return Finding(what="port", detail=f"{settings.bind}:{settings.port} is free")


def _database(settings: Settings) -> Finding:
    async def ask() -> tuple[str, Deployment | None]:
        async with open_database(settings, share=True) as uri:
            return await server_version(uri), await owner_of(uri, settings.database)

    version, owner = asyncio.run(ask())
    where = "embedded (for production give MONGODB_URI)" if settings.mongodb_uri is None else "by MONGODB_URI"
    whose = "still empty" if owner is None else f"holds the news of {owner.name} (deployment {owner.id})"
    remedy = "" if owner is None else refusal(settings.database, owner, load_catalogue(settings.sources).province)
    if not remedy and settings.mongodb_uri is not None:
        remedy = version_warning(version)
    return Finding(what="MongoDB", detail=f"{version}, {where}; database {settings.database!r} {whose}", remedy=remedy)


def _browser(_settings: Settings) -> Finding:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    return Finding(what="browser for tests", detail=found or "none (only `make test` wants one; it says how)")
