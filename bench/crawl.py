"""What a refresh costs: CPU per feed, database included, beside plain fetching and other readers of the same feeds.

``python -m bench.crawl [--feeds 200,1000]`` has loopback feeds of 30 entries read in turn by the service's very
pipeline, by aiohttp alone (which keeps nothing), and by newsboat, lemon24/reader and Scrapy where they are installed
(``tools/rivals``). CPU is of all of a reader's processes, those that ended included. The start of Python programs is
not counted, nor of our parsing workers and MongoDB; newsboat is started for every refresh, as its users do.
"""

import argparse
import asyncio
import contextlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aggregator.app import Core
from bench.feeds import ENTRIES, EVERY
from bench.rivals.process import Broke, Reader, Running, TooSlow, readers
from bench.rivals.rounds import Round
from bench.rivals.site import Site
from bench.rivals.table import Table, flatness

AT_ONCE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row: what the site has published since the start, and whether it honours validators."""

    title: str
    published: int
    validators: bool
    changed_every: int | None  # one feed in so many is answered in full; None: no feed is
    is_shown: bool = True

    def full(self, feeds: int) -> int:
        """Feeds that are answered in full."""
        return 0 if self.changed_every is None else -(-feeds // self.changed_every)


CASES = (
    Case(title="first refresh", published=0, validators=True, changed_every=1),
    # newsboat saves no validator before a feed is in its cache: in life, too, it is the third refresh that gets the 304
    Case(title="second refresh", published=0, validators=True, changed_every=None, is_shown=False),
    Case(title="304", published=0, validators=True, changed_every=None),
    Case(title="one feed in ten, one new", published=1, validators=True, changed_every=EVERY),
    Case(title="unchanged 200", published=1, validators=False, changed_every=1),
)


async def refresh(core: Core) -> None:
    """One visit to every source, as the engine would: leases claimed in strides, crawls side by side."""
    waiting = len(core.catalogue.sources)
    while waiting:
        claims = await core.claim_due(min(AT_ONCE, waiting))
        waiting -= len(claims)
        async with asyncio.TaskGroup() as group:
            for claim in claims:
                group.create_task(core.crawl(claim))
    await core.merger.drain()


def run(counts: list[int], patience_s: float) -> None:
    """Prints one table for each number of feeds. Raises Broke when a reader did not keep what was published."""
    tables: list[Table] = []
    everyone = readers()
    with Site() as site:
        for feeds in counts:
            table = Table(feeds=feeds, readers=everyone)
            takes_part = [reader for reader in everyone if _is_quick(reader, tables, table, patience_s)]
            print(table.head(), flush=True)
            _measure(table, site, takes_part, patience_s)
            print(table.foot(), flush=True)
            tables.append(table)
    print(flatness(tables))


def _is_quick(reader: Reader, before: Sequence[Table], table: Table, patience_s: float) -> bool:
    """Whether a reader is there and, by what it took before, ends a round in time."""
    each_s = next((took for earlier in reversed(before) if (took := earlier.slowest_s(reader.name))), 0.0)
    if each_s * table.feeds > patience_s:
        table.notes.append(f"{reader.name} is left out: a round would take it {each_s * table.feeds:.0f} s")
        return False
    return reader.is_installed


def _measure(table: Table, site: Site, takes_part: list[Reader], patience_s: float) -> None:
    """All rows, each read by every reader in turn."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        urls = site.urls(table.feeds)
        running = {
            reader: stack.enter_context(Running(reader, Path(folder) / reader.module, urls)) for reader in takes_part
        }
        for case in CASES:
            site.set(feeds=table.feeds, published=case.published, validators=case.validators)
            told = {}
            for reader, process in list(running.items()):
                try:
                    told[reader] = process.refresh(patience_s)
                except TooSlow as error:
                    if not reader.is_rival:
                        raise
                    table.notes.append(f"{error} and is left out from there")
                    del running[reader]
                answers = site.answers()
                if reader in told:
                    _check(reader, told[reader], case, table, answers)
            if case.is_shown:
                table.rounds[case.title] = {reader.name: one for reader, one in told.items()}
                print(table.row(case.title), flush=True)


def _check(reader: Reader, told: Round, case: Case, table: Table, answers: dict[str, int]) -> None:
    """A reader asked for every feed and kept every entry, or the figures mean nothing."""
    if sum(answers.values()) != table.feeds:
        raise Broke(f"{case.title}: {reader.name} asked {sum(answers.values())} times for {table.feeds} feeds")
    due = table.feeds * ENTRIES + case.published * -(-table.feeds // EVERY)
    if reader.keeps and told.entries != due:
        raise Broke(f"{case.title}: {reader.name} keeps {told.entries} entries of {due}")
    full = answers.get("200", 0)
    if case.is_shown and full != case.full(table.feeds):
        table.notes.append(f"{case.title}: {reader.name} was answered in full {full} times of {table.feeds}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", default="200,1000", help="numbers of feeds, comma-separated")
    parser.add_argument("--patience", type=float, default=300.0, help="seconds one round may take a reader")
    options = parser.parse_args()
    run([int(part) for part in options.feeds.split(",")], options.patience)
