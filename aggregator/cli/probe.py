"""``probe``: what an address offers to a crawler, and the entry for ``sources.yaml`` that follows from it."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from aggregator.app import PRELOAD, wall_clock
from aggregator.cli.inputs import load_catalogue, load_settings, read_text
from aggregator.cli.probed import show, show_proposal
from aggregator.crawl.parts import Step, Watcher
from aggregator.crawl.prober import Prober
from aggregator.crawl.reader import Reader
from aggregator.engine.pool import ParsePool
from aggregator.fetch.gate import Gate
from aggregator.model.errors import ConfigError
from aggregator.model.probe import Probed
from aggregator.model.source import Catalogue
from aggregator.parse.propose import Surface, chosen, propose
from aggregator.settings import Settings
from aggregator.sources.address import fault_of, same_address


def probe(
    url: Annotated[str, typer.Argument(help="A homepage, feed, list or sitemap.")],
    *,
    ca_file: Annotated[
        Path | None, typer.Option(help="PEM file with the certificate that the site forgets to send.")
    ] = None,
    sources: Annotated[Path | None, typer.Option(help="The sources file the entry is for.")] = None,
) -> None:
    """Say what an address offers and propose its entry for the sources file. Nothing is kept."""
    settings = load_settings(sources=sources)
    catalogue = load_catalogue(settings.sources)
    url = _whole(url)
    ca_file = ca_file.resolve() if ca_file is not None else None
    written = _as_written(ca_file, settings.sources)
    found = asyncio.run(_probe(settings, catalogue, url, ca_file))
    console = Console(highlight=False, soft_wrap=True)
    timezone = ZoneInfo(catalogue.province.timezone)
    show(console, found, timezone)
    is_useful = bool(chosen(found.endpoints, now=wall_clock()))
    if is_useful or found.failure is None:
        surface = Surface(
            sections=catalogue.sections,
            taken_ids=frozenset(source.id for source in catalogue.sources),
            now=wall_clock(),
            ca_file=written,
        )
        proposal = propose(found, surface)
        known = _known(catalogue, [section.url for section in proposal.source.sections] or [proposal.source.homepage])
        show_proposal(console, proposal, file=settings.sources.name, known=known)
    if not is_useful:
        raise typer.Exit(1)


def _whole(url: str) -> str:
    """The address with its scheme. Raises ConfigError for what cannot be opened."""
    url = url.strip() if "://" in url else f"https://{url.strip()}"
    if (fault := fault_of(url)) is not None:
        raise ConfigError(f"{url}: {fault[0]} {fault[1]}")
    return url


def _as_written(ca_file: Path | None, sources: Path) -> str | None:
    """The certificate file as the sources file names it. Raises ConfigError when it lies elsewhere."""
    if ca_file is None:
        return None
    read_text(ca_file, "--ca-file")
    folder = sources.resolve().parent
    if not ca_file.is_relative_to(folder):
        raise ConfigError(f"{ca_file} must lie beside {sources.name} or in a folder below it: copy it there.")
    return ca_file.relative_to(folder).as_posix()


def _known(catalogue: Catalogue, urls: list[str]) -> dict[str, str]:
    """Which of the addresses sources have already, with the source's id."""
    have = {
        same_address(address): source.id
        for source in catalogue.sources
        for address in (source.homepage, *(section.url for section in source.sections))
    }
    return {url: have[same_address(url)] for url in urls if same_address(url) in have}


async def _probe(settings: Settings, catalogue: Catalogue, url: str, ca_file: Path | None) -> Probed:
    async with contextlib.AsyncExitStack() as stack:
        watch = stack.enter_context(_progress())
        gate = await stack.enter_async_context(Gate(settings, catalogue.province.user_agent))
        pool = await stack.enter_async_context(
            ParsePool(
                workers=1,
                deadline=timedelta(seconds=settings.parse_timeout_s),
                memory_bytes=settings.parse_memory_mb * 1024 * 1024,
                preload=PRELOAD,
            )
        )
        prober = Prober(
            gate=gate,
            reader=Reader(
                pool=pool,
                lane="probe",
                timezone=ZoneInfo(catalogue.province.timezone),
                now=wall_clock,
                max_entries=settings.max_entries,
            ),
            user_agent=catalogue.province.user_agent,
            ca_file=str(ca_file) if ca_file is not None else None,
            watch=watch,
        )
        return await prober.probe(url)


@contextlib.contextmanager
def _progress() -> Iterator[Watcher]:
    """Shows each fetch on standard error while the look lasts; the result alone goes to standard output."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=None)

        def watch(step: Step) -> None:
            if step.name == "fetch":
                progress.update(task, description=f"fetching {step.url[:90]}")
                progress.console.print(f"fetching {step.url}", style="dim", markup=False)

        yield watch
