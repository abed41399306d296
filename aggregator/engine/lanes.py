"""Whose document is parsed next: one waiting line per source, so that a hostile one delays itself before others.

1. A worker that becomes free takes from the lane that has had the least of the workers' time lately. What a lane has
   had halves every minute, so nobody waits for ever.
2. A lane is quick while its last document took less than a quarter second of a processor, however long the processor
   was busy elsewhere. It is not before its first document, nor after one that took longer or cost a worker its life.
3. Lanes that are not quick never have all workers: one is always free for those that are. A lone worker serves all.

Moments are seconds of a clock that never goes back, handed in by the caller.
"""

from collections import deque
from dataclasses import dataclass, field

SLOW_S = 0.25  # several times what a page takes
HALF_LIFE_S = 60.0


@dataclass(slots=True, kw_only=True, eq=False)
class Ticket:
    """One document's place: waiting until ``started_at`` is set, then with a worker."""

    lane: str
    number: int  # in the order of arrival
    started_at: float | None = None
    worked_s: float | None = None  # of a processor, None while or where the worker did not tell


@dataclass(slots=True, kw_only=True)
class _Lane:
    """What is known of a source's documents; there are as many as the catalogue has sources."""

    waiting: deque[Ticket] = field(default_factory=deque)
    spent_s: float = 0.0  # of the workers' time, as weighed at ``spent_at``
    spent_at: float = 0.0
    is_quick: bool = False

    def weigh(self, now: float) -> float:
        """The workers' time it had, what is long ago counting little."""
        return float(self.spent_s * 0.5 ** ((now - self.spent_at) / HALF_LIFE_S))

    def spend(self, seconds: float, now: float) -> None:
        """Adds to it."""
        self.spent_s, self.spent_at = self.weigh(now) + seconds, now


class Lanes:
    """Hands ``workers`` workers to the lanes in turn. A ticket is joined, called by ``next``, and left."""

    def __init__(self, *, workers: int) -> None:
        self._workers = workers
        self._lanes: dict[str, _Lane] = {}
        self._running: set[Ticket] = set()
        self._joined = 0

    def join(self, name: str) -> Ticket:
        """A place at the end of the lane ``name``."""
        self._joined += 1
        ticket = Ticket(lane=name, number=self._joined)
        self._lanes.setdefault(name, _Lane()).waiting.append(ticket)
        return ticket

    def next(self, now: float) -> Ticket | None:
        """The ticket that a free worker takes at this moment; None when no worker is free for those who wait."""
        if len(self._running) >= self._workers:
            return None
        had = {ticket.lane: 0.0 for ticket in self._running}
        for ticket in self._running:
            had[ticket.lane] += _running_s(ticket, now)
        only_quick = self._others_have_their_share(now)
        allowed = [
            (lane.weigh(now) + had.get(name, 0.0), lane.waiting[0].number, lane)
            for name, lane in self._lanes.items()
            if lane.waiting and (lane.is_quick or not only_quick)
        ]
        if not allowed:
            return None
        _had, _number, lane = min(allowed, key=lambda one: one[:2])
        ticket = lane.waiting.popleft()
        ticket.started_at = now
        self._running.add(ticket)
        return ticket

    def leave(self, ticket: Ticket, now: float, *, killed: bool = False) -> None:
        """Takes back a ticket, whether it still waits or had a worker; ``killed`` when it cost the worker's life."""
        lane = self._lanes[ticket.lane]
        if ticket not in self._running:
            lane.waiting.remove(ticket)
            return
        self._running.remove(ticket)
        seconds = _running_s(ticket, now)
        lane.spend(seconds, now)
        lane.is_quick = not killed and (seconds if ticket.worked_s is None else ticket.worked_s) < SLOW_S

    def _others_have_their_share(self, now: float) -> bool:
        """Whether the lanes that are not quick, or were until just now, have all workers but one."""
        slow = sum(
            not self._lanes[ticket.lane].is_quick or _running_s(ticket, now) >= SLOW_S for ticket in self._running
        )
        return slow > 0 and slow >= self._workers - 1


def _running_s(ticket: Ticket, now: float) -> float:
    return 0.0 if ticket.started_at is None else now - ticket.started_at
