"""``sources``: whether the file is right, and what it lists."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from aggregator.cli.inputs import load_catalogue, load_settings
from aggregator.sources.read import find_cautions

commands = typer.Typer(help="Check or list the sources file.", no_args_is_help=True)


@commands.command("check")
def check(
    file: Annotated[Path | None, typer.Argument(help="The sources file (default: AGGREGATOR_SOURCES).")] = None,
) -> None:
    """Report every mistake in the sources file at once: line, field, value and remedy."""
    settings = load_settings(sources=file)
    catalogue = load_catalogue(settings.sources)
    console = Console(highlight=False, soft_wrap=True)
    urls = sum(len(source.sections) for source in catalogue.sources)
    console.print(
        f"{settings.sources}: right. {len(catalogue.sources)} sources with {urls} addresses, "
        f"{len(catalogue.sections)} sections, {len(catalogue.links)} links."
    )
    for caution in find_cautions(catalogue):
        console.print(f"note: {caution}", style="yellow", markup=False)


@commands.command("list")
def list_sources(
    file: Annotated[Path | None, typer.Argument(help="The sources file (default: AGGREGATOR_SOURCES).")] = None,
) -> None:
    """List the sources: id, name, kind, platform, authority, addresses."""
    settings = load_settings(sources=file)
    catalogue = load_catalogue(settings.sources)
    table = Table(
        Column("id", no_wrap=True), "name", "kind", "platform", "authority", "republish", "addresses", "verified"
    )
    for source in catalogue.sources:
        table.add_row(
            source.id,
            source.name,
            source.kind.value if source.enabled else f"{source.kind.value} (off)",
            source.platform.value,
            source.authority.value,
            source.republish.value,
            str(len(source.sections)),
            source.verified.date().isoformat() if source.verified else "no",
        )
    Console(highlight=False).print(table)
