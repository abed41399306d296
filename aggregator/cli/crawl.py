"""``crawl``: visits to named sources now, with what happens shown as it happens."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from aggregator.app import LEASE, Core, open_core, running, wall_clock
from aggregator.cli.inputs import load_catalogue, load_settings
from aggregator.crawl.parts import Step, Watcher
from aggregator.model.crawl import Crawl, Trigger
from aggregator.model.errors import ConfigError
from aggregator.model.failures import MEANINGS
from aggregator.model.source import Catalogue, Source

_RENEW_S = 2.0


def crawl(
    source_ids: Annotated[list[str], typer.Argument(metavar="SOURCE…", help="Ids of sources, or `all`.")],
    *,
    explain: Annotated[bool, typer.Option("--explain", help="Show every step: fetches, entries, skips.")] = False,
    sources: Annotated[Path | None, typer.Option(help="The sources file.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Directory of the embedded MongoDB.")] = None,
) -> None:
    """Crawl sources now, whether due or not, and say what came of it."""
    settings = load_settings(sources=sources, data_dir=data_dir)
    catalogue = load_catalogue(settings.sources)
    chosen = _chosen(catalogue, source_ids)

    async def run() -> list[Crawl | None]:
        async with open_core(settings, catalogue, share=True) as core:
            return await _crawl_all(core, chosen, explain=explain)

    crawls = asyncio.run(run())
    if any(crawl is None or crawl.failure is not None for crawl in crawls):
        raise typer.Exit(1)


def _chosen(catalogue: Catalogue, ids: list[str]) -> list[Source]:
    known = {source.id: source for source in catalogue.sources}
    if ids == ["all"]:
        return [source for source in catalogue.sources if source.enabled]
    unknown = [source_id for source_id in ids if source_id not in known]
    if unknown:
        raise ConfigError(
            f"No such source: {', '.join(unknown)}. `main.py sources list` shows the ids: {', '.join(known)}."
        )
    return [known[source_id] for source_id in dict.fromkeys(ids)]


async def _crawl_all(core: Core, chosen: list[Source], *, explain: bool) -> list[Crawl | None]:
    console = Console(highlight=False, soft_wrap=True)
    crawls: list[Crawl | None] = []
    await core.store.sources.register(chosen, now=wall_clock())
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
    ) as progress:
        bar = progress.add_task("", total=len(chosen))
        for number, source in enumerate(chosen, 1):
            title = f"{source.id} ({number}/{len(chosen)})"
            progress.update(bar, description=title, completed=number - 1)

            def watch(step: Step, title: str = title) -> None:
                progress.update(bar, description=f"{title} {step.name} {step.url[:60]}")
                if explain:
                    progress.console.print(_line(step))

            crawls.append(await _crawl_one(core, source, watch))
    await core.merger.drain()
    console.print(_table(chosen, crawls))
    for source, record in zip(chosen, crawls, strict=True):
        if record is not None and record.failure is not None:
            meaning = MEANINGS[record.failure.outcome]
            console.print(f"{source.id}: {record.failure.sentence} {meaning.action}", style="yellow")
            console.print(f"  {record.failure.url} {record.failure.cause}", style="dim", markup=False)
    return crawls


async def _crawl_one(core: Core, source: Source, watch: Watcher) -> Crawl | None:
    claim = await core.store.sources.claim(core.owner, source.id, ttl=LEASE)
    if claim is None:
        Console(stderr=True).print(f"{source.id}: another process is crawling it; try again in a moment.")
        return None

    async def keep_lease() -> None:
        while True:
            await asyncio.sleep(_RENEW_S)
            await core.store.sources.renew(core.owner, [source.id], ttl=LEASE)

    async with running(keep_lease()):
        return await core.crawl(claim, Trigger.MANUAL, watch)


def _line(step: Step) -> Text:
    return Text.assemble((f"{step.name:>14} ", "bold"), step.detail, " " if step.detail else "", (step.url, "dim"))


def _table(chosen: list[Source], crawls: list[Crawl | None]) -> Table:
    table = Table("source", "outcome", "found", "new", "updated", "skipped", "pages", "ms", "next visit")
    for source, crawl in zip(chosen, crawls, strict=True):
        if crawl is None:
            table.add_row(source.id, "not kept")
            continue
        counts = crawl.counts
        numbers = (counts.found, counts.new, counts.updated, counts.skipped, counts.pages, crawl.timing.total_ms)
        table.add_row(source.id, crawl.outcome.value, *map(str, numbers), crawl.next_visit_why)
    return table
