"""``serve``: the service, until it is told to stop."""

import asyncio
import contextlib
import secrets
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer
from rich.console import Console

from aggregator.app import Core, open_service, until_stopped
from aggregator.cli.inputs import load_catalogue, load_settings
from aggregator.cli.users import add_account
from aggregator.model.people import Role as PersonRole
from aggregator.model.source import Catalogue
from aggregator.settings import Settings, variable_name
from aggregator.store.store import Store

log = structlog.get_logger("service")

FIRST_USER = "admin"

# A blank line between settings: the help's renderer joins lines of one paragraph.
SETTINGS_HELP = (
    "Settings come from the environment; lists are comma-separated; unknown AGGREGATOR_* names are refused.\n\n"
    + "\n\n".join(f"{variable_name(name)}: {field.description}" for name, field in Settings.model_fields.items())
)


def serve(
    bind: Annotated[str | None, typer.Option(help="Address to listen on (AGGREGATOR_BIND).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on; 0 lets the system choose.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Directory of the embedded MongoDB and local files.")] = None,
    sources: Annotated[Path | None, typer.Option(help="The sources file.")] = None,
) -> None:
    """Run the service: crawl by schedule and serve the feed, until SIGTERM or Ctrl-C."""
    settings = load_settings(bind=bind, port=port, data_dir=data_dir, sources=sources)
    catalogue = load_catalogue(settings.sources)
    asyncio.run(_serve(settings, catalogue))


async def _serve(settings: Settings, catalogue: Catalogue) -> None:
    if settings.mongodb_uri is None:
        log.info(
            "embedded MongoDB",
            hint="good for one machine; for production give MONGODB_URI of a replica set >= 7.0.35 or >= 8.0.24",
        )
    async with open_service(settings, catalogue) as (core, url):
        await ensure_first_user(core, settings)
        if url is not None:
            announce(core, url)
        await until_stopped()


def announce(core: Core, url: str) -> None:
    """Tells on standard output where to look."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"\n  {core.catalogue.province.title}: [bold]{url}/[/bold]   operators: {url}/ops")
    console.print(f"  {len(core.catalogue.sources)} sources. Ctrl-C stops.\n")


async def ensure_first_user(core: Core, settings: Settings) -> None:
    """An administrator on the first start, with a password that only the person at the machine sees."""
    store: Store = core.store
    if await store.users.list_users():
        return
    password = secrets.token_urlsafe(12)
    await add_account(store, FIRST_USER, password, PersonRole.ADMIN, must_change=True)
    if sys.stdout.isatty():
        Console(highlight=False).print(
            f"\n  First start: sign in at /ops as [bold]{FIRST_USER}[/bold] with the password [bold]{password}[/bold]\n"
            "  It is shown this once; `main.py users reset admin` makes another."
        )
        return
    path = settings.data_dir / "first-password.txt"
    await asyncio.to_thread(_write_privately, path, f"{FIRST_USER} {password}\n")
    log.info("first start: the administrator's password is in a file", file=str(path), user=FIRST_USER)


def _write_privately(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
