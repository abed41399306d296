"""What happens in the sample province while it is watched, planned ahead from a seed alone.

1. About one act every ``pace``; most publish, some let another outlet pick an event up, some edit, few remove.
2. Nothing breaks before ``CALM_ACTS`` acts; then breakages come in turn, each once before one returns, at most two
   sites at a time, and each site is mended after 4 to 9 acts.
3. A broken site goes on publishing: what it published must be found once it is mended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from random import Random

from aggregator.demo.breakage import Breakage

CALM_ACTS = 6
MAX_BROKEN = 2
PACE = timedelta(seconds=4)


class Verb(StrEnum):
    """What an act does."""

    PUBLISH = "publish"
    ECHO = "echo"  # another outlet tells an event that was told before
    EDIT = "edit"
    REMOVE = "remove"
    BREAK = "break"
    MEND = "mend"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act at one site, ``after`` the one before. ``pick`` chooses among recent items, 0 being the newest."""

    after: timedelta
    verb: Verb
    site_id: str
    breakage: Breakage | None = None
    pick: int = 0


_CHANCES: dict[Verb, int] = {Verb.PUBLISH: 58, Verb.ECHO: 16, Verb.EDIT: 12, Verb.REMOVE: 3, Verb.BREAK: 11}


def plan(seed: int, site_ids: Sequence[str], *, pace: timedelta = PACE) -> Iterator[Act]:
    """The acts of a run, without end."""
    random = Random(f"timeline/{seed}")
    broken: dict[str, int] = {}  # site -> number of the act that mends it
    breakages: list[Breakage] = []
    number = 0
    while True:
        number += 1
        after = pace * random.uniform(0.6, 1.4)
        due = next((site for site, mended_at in broken.items() if mended_at <= number), None)
        if due is not None:
            del broken[due]
            yield Act(after=after, verb=Verb.MEND, site_id=due)
            continue
        verb = random.choices(list(_CHANCES), weights=list(_CHANCES.values()))[0]
        site_id = random.choice(site_ids)
        if verb is Verb.BREAK:
            if number <= CALM_ACTS or len(broken) >= MAX_BROKEN or site_id in broken:
                verb = Verb.PUBLISH
            else:
                breakages = breakages or random.sample(list(Breakage), len(Breakage))
                broken[site_id] = number + random.randrange(4, 10)
                yield Act(after=after, verb=verb, site_id=site_id, breakage=breakages.pop())
                continue
        yield Act(after=after, verb=verb, site_id=site_id, pick=random.randrange(4))
