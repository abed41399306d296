"""What was measured, as text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bench.feeds import ENTRIES
from bench.rivals.process import Reader
from bench.rivals.rounds import Round

OURS, PLAIN = "ours", "plain fetching"
_NOT_INSTALLED, _LEFT_OUT = "not installed", "left out"


@dataclass(slots=True, kw_only=True)
class Table:
    """The rounds over one number of feeds; ``rounds[title][name]`` is what a reader took."""

    feeds: int
    readers: Sequence[Reader]
    rounds: dict[str, dict[str, Round]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def cpu_ms(self, title: str, name: str) -> float | None:
        """Processor's milliseconds a feed, or None where it was not measured."""
        told = self.rounds[title].get(name)
        return sum(told.cpu_s.values()) * 1000 / self.feeds if told else None

    def slowest_s(self, name: str) -> float | None:
        """Seconds a feed by the wall in the reader's slowest round."""
        walls = [told[name].wall_s for told in self.rounds.values() if name in told]
        return max(walls) / self.feeds if walls else None

    def head(self) -> str:
        """The lines over the rows."""
        columns = "".join(f"{reader.name:>18}" for reader in self.readers)
        return (
            f"\n{self.feeds} feeds of {ENTRIES} entries: CPU ms a feed (wall ms), each reader's database included\n"
            f"{'':27}{columns}{'ours/plain':>12}{'ours/best rival':>17}"
        )

    def row(self, title: str) -> str:
        """One round of all readers."""
        cells = "".join(f"{self._cell(title, reader):>18}" for reader in self.readers)
        rivals = [self.cpu_ms(title, reader.name) for reader in self.readers if reader.is_rival]
        measured = [cpu for cpu in rivals if cpu is not None]
        ours, plain = self.cpu_ms(title, OURS), self.cpu_ms(title, PLAIN)
        beside_plain = f"{ours / plain:.2f}" if ours is not None and plain else ""
        beside_best = f"{ours / min(measured):.2f}" if ours is not None and measured else ""
        return f"{title:27}{cells}{beside_plain:>12}{beside_best:>17}"

    def foot(self) -> str:
        """Where our time went, what was kept, our memory, and what there is to say."""
        lines = [f"  ours, {title}: {self._split(told[OURS])}" for title, told in self.rounds.items()]
        last: Mapping[str, Round] = list(self.rounds.values())[-1]
        kept = [f"{reader.name} {last[reader.name].entries}" for reader in self.readers if reader.name in last]
        lines += [f"  entries in their databases: {', '.join(name for name in kept if not name.startswith(PLAIN))}"]
        peaks = ", ".join(f"{told[OURS].peak_mb:.0f}" for told in self.rounds.values())
        lines += [f"  ours, peak resident memory of the main process by the end of each round, MB: {peaks}"]
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])

    def _cell(self, title: str, reader: Reader) -> str:
        cpu = self.cpu_ms(title, reader.name)
        if cpu is None:
            return _LEFT_OUT if reader.is_installed else _NOT_INSTALLED
        return f"{cpu:.2f} ({self.rounds[title][reader.name].wall_s * 1000 / self.feeds:5.1f})"

    def _split(self, told: Round) -> str:
        return ", ".join(f"{part} {seconds * 1000 / self.feeds:.2f}" for part, seconds in told.cpu_s.items())


def flatness(tables: Sequence[Table]) -> str:
    """Our CPU a feed over the numbers of feeds, by round: flat when it is the same all along."""
    first, last = tables[0], tables[-1]
    lines = [f"\nours, CPU ms a feed at {', '.join(str(table.feeds) for table in tables)} feeds:"]
    for title in first.rounds:
        costs = [cost for table in tables if (cost := table.cpu_ms(title, OURS)) is not None]
        lines.append(f"  {title:25}{' → '.join(f'{cost:.2f}' for cost in costs)}  (× {costs[-1] / costs[0]:.2f})")
    return "\n".join(lines) if first is not last else ""
