"""A healthy source that publishes at every visit, and remembers what."""

import time
from dataclasses import dataclass, field

from tests.faults.fault import Fault, Place, Scripts
from tests.faults.wire import headline, item, ok, play, rss
from tests.fetch.sites import Asked, Writer

_SHOWN = 30


@dataclass(slots=True, kw_only=True)
class Newsroom:
    """One healthy source. ``published`` maps titles to when they came out (monotonic)."""

    name: str
    published: dict[str, float] = field(default_factory=dict)
    asked_at: list[float] = field(default_factory=list)

    def publish(self) -> None:
        """One more article."""
        self.published[headline(self.name, len(self.published) + 1)] = time.monotonic()

    def until(self, moment: float) -> set[str]:
        """What was published before then."""
        return {title for title, at in self.published.items() if at <= moment}

    def fault(self, **fields: object) -> Fault:
        """The source as a line of the table."""
        return Fault(id=self.name, serve=self._serve, outcomes=(), titles=None, fields={"interval": "1m", **fields})

    def _serve(self, place: Place) -> Scripts:
        async def feed(asked: Asked, writer: Writer) -> None:
            self.asked_at.append(asked.at)
            self.publish()
            titles = list(self.published)
            numbered = list(enumerate(titles, start=1))[-_SHOWN:]
            await play(ok(rss(*(item(title, f"{place.base}/bai-{n}.html") for n, title in numbered))), asked, writer)

        return {"/rss": feed}
