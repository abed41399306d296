"""``demo``: the service over the sample province, with no network."""

import asyncio
import sys
import tempfile
import webbrowser
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from aggregator.app import open_service, running, until_stopped, wall_clock
from aggregator.cli.inputs import load_catalogue, load_settings
from aggregator.cli.serve import announce, ensure_first_user
from aggregator.demo.province import DemoProvince
from aggregator.settings import Role, Settings

log = structlog.get_logger("demo")


def demo(
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 lets the system choose.")] = None,
    seed: Annotated[int, typer.Option(help="Which sample news comes when.")] = 1,
    *,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
) -> None:
    """Show the service at work on sample sites of this machine: news appears, is edited, sites break and mend."""
    settings = _demo_settings(load_settings(port=port))
    asyncio.run(_demo(settings, seed, browser=browser and sys.stdout.isatty()))


def _demo_settings(settings: Settings) -> Settings:
    directory = settings.data_dir / "demo"
    return settings.model_copy(
        update={
            "data_dir": directory,
            "sources": directory / "sources.yaml",
            # its own MongoDB may call it as usual; on a given one it keeps apart
            "database": settings.database if settings.mongodb_uri is None else f"{settings.database[:30]}-demo",
            "roles": (Role.WEB, Role.CRAWLER),
            "allow_cidrs": (ip_network("127.0.0.0/8"), ip_network("::1/128")),
            "interval_scale": 0.01,
            "min_interval_s": 2.0,
        }
    )


async def _demo(settings: Settings, seed: int, *, browser: bool) -> None:
    async with DemoProvince(now=wall_clock, seed=seed) as province:
        with tempfile.TemporaryDirectory() as folder:
            await province.write_sources(Path(folder) / "sources.yaml")
            catalogue = await asyncio.to_thread(load_catalogue, Path(folder) / "sources.yaml")
        # The sample sites live at other ports each time: what an earlier demo kept points nowhere.
        async with open_service(settings, catalogue, empty=True) as (core, url):
            # Only now is the directory ours; people point other commands at this file.
            await province.write_sources(settings.sources)
            await ensure_first_user(core, settings)
            assert url is not None, "the demo serves"
            announce(core, url)
            Console(highlight=False).print(
                f"  Sample news of {len(catalogue.sources)} loopback sites; something new every few seconds.\n"
            )
            if browser:
                await asyncio.to_thread(webbrowser.open, url)
            async with running(province.play(asyncio.Event())):
                await until_stopped()
