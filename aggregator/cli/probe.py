"""``probe``: what an address offers to a crawler."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from aggregator.app import PRELOAD, wall_clock
from aggregator.cli.inputs import load_catalogue, load_settings
from aggregator.crawl.probing import Probed, Prober
from aggregator.engine.pool import ParsePool
from aggregator.fetch.gate import Gate
from aggregator.model.failures import MEANINGS
from aggregator.settings import Settings


def probe(url: Annotated[str, typer.Argument(help="A homepage, feed, list or sitemap.")]) -> None:
    """Say what an address offers: status, platform, feeds, first entries. Nothing is kept."""
    settings = load_settings()
    catalogue = load_catalogue(settings.sources)
    timezone = ZoneInfo(catalogue.province.timezone)
    found = asyncio.run(_probe(settings, catalogue.province.user_agent, timezone, url))
    _show(found, timezone)
    if found.failure is not None:
        raise typer.Exit(1)


async def _probe(settings: Settings, user_agent: str, timezone: ZoneInfo, url: str) -> Probed:
    async with contextlib.AsyncExitStack() as stack:
        gate = await stack.enter_async_context(Gate(settings, user_agent))
        pool = await stack.enter_async_context(
            ParsePool(
                workers=1,
                deadline=timedelta(seconds=settings.parse_timeout_s),
                memory_bytes=settings.parse_memory_mb * 1024 * 1024,
                preload=PRELOAD,
            )
        )
        prober = Prober(
            gate=gate, pool=pool, timezone=timezone, now=wall_clock, max_entries=settings.max_entries, lane="probe"
        )
        return await prober.probe(url)


def _show(found: Probed, timezone: ZoneInfo) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{found.url}  HTTP {found.status if found.status is not None else '-'}")
    if found.failure is not None:
        meaning = MEANINGS[found.failure.outcome]
        console.print(f"{found.failure.outcome}: {found.failure.sentence} {meaning.action}", style="yellow")
        console.print(found.failure.cause, style="dim", markup=False)
    if found.report is not None:
        report = found.report
        console.print(f"title: {report.title}", markup=False)
        console.print(f"platform: {report.platform}   generator: {report.generator or '-'}   is: {report.format}")
        for feed, title in report.feeds:
            console.print(f"feed: {feed}  {title}", markup=False)
        for sitemap in report.sitemaps:
            console.print(f"sitemap: {sitemap}", markup=False)
    for sample in found.samples:
        if sample.failure:
            console.print(f"\n{sample.url}: {sample.failure}", style="yellow", markup=False)
            continue
        table = Table("published", "title", "link", title=f"{sample.format}: {sample.found} entries, {sample.url}")
        for entry in sample.entries:
            published = entry.published.at.astimezone(timezone) if entry.published else None
            table.add_row(f"{published:%d/%m/%Y %H:%M}" if published else "-", entry.title, entry.url)
        console.print(table)
