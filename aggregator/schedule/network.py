"""Whether it is our own network that is down, told from many hosts failing at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

HAS_A_SAY = timedelta(days=1)
AT_ONCE = timedelta(minutes=10)
SHARE = 0.3
FEWEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSighting:
    """When a host last answered (anything at all) and when connecting to it (or resolving its name) last failed."""

    host: str
    answered_at: datetime | None = None
    failed_at: datetime | None = None


def is_own_network_down(hosts: Iterable[HostSighting], now: datetime) -> bool:
    """Whether 30 % of the hosts that answered within the last day, and at least 3, failed to connect in 10 minutes.

    Hosts that did not answer within the day have no say. A host that answered after it failed is not failing.
    """
    voices = [
        (host.answered_at, host.failed_at)
        for host in hosts
        if host.answered_at is not None and now - host.answered_at <= HAS_A_SAY
    ]
    failing = sum(
        failed_at is not None and failed_at > answered_at and now - failed_at <= AT_ONCE
        for answered_at, failed_at in voices
    )
    return failing >= FEWEST and failing >= SHARE * len(voices)
