"""Permanent redirects (301, 308): the new address is stored once it has proved itself.

1. It counts when the same address was reached in 20 visits in a row over at least 3 days: a site under repair, a
   captive portal or a hijacked name does not last so long.
2. It is stored only within one owner: the same host but for ``www.`` or ``m.``, a host under it, or the one above it.
   Another owner's address is proposed to the editor and never stored by itself.
3. A failed visit proves nothing and neither counts nor breaks the row.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from aggregator.model.crawl import RedirectRun

SIGHTINGS = 20
OVER = timedelta(days=3)
# Under these every second-level name has its own owner (VNNIC), as under a top-level domain.
_SHARED_SECOND_LEVEL = frozenset(
    {"gov", "com", "net", "org", "edu", "info", "name", "pro", "health", "biz", "ac", "int"}
)
_ALIASES = ("www.", "m.")


def seen_redirect(run: RedirectRun | None, url: str | None, *, now: datetime) -> RedirectRun | None:
    """The run after a successful visit that a permanent redirect led to ``url``, None when there was no redirect."""
    if url is None:
        return None
    if run is None or run.url != url:
        return RedirectRun(url=url, since=now)
    return RedirectRun(url=url, since=run.since, sightings=min(run.sightings + 1, SIGHTINGS))


def is_proven(run: RedirectRun, *, now: datetime) -> bool:
    """Whether the redirect held for 20 visits over 3 days."""
    return run.sightings >= SIGHTINGS and now - run.since >= OVER


def redirect_to_store(run: RedirectRun | None, *, url: str, now: datetime) -> str | None:
    """The address that takes the place of ``url``: proven and of the same owner; None otherwise."""
    if run is None or not is_proven(run, now=now) or not is_same_owner(url, run.url):
        return None
    return run.url


def is_same_owner(one: str, other: str) -> bool:
    """Whether two URLs are on one host but for ``www.`` or ``m.``, or one host is under the other."""
    first, second = sorted((_bare_host(one), _bare_host(other)), key=len)
    if not first:
        return False
    return first == second or (second.endswith(f".{first}") and _is_owned(first))


def _bare_host(url: str) -> str:
    host = (urlsplit(url).hostname or "").removesuffix(".")
    for alias in _ALIASES:
        host = host.removeprefix(alias)
    return host


def _is_owned(host: str) -> bool:
    """Whether the name is someone's and not a registry's such as ``gov.vn``."""
    labels = host.split(".")
    return len(labels) > 2 or (len(labels) == 2 and labels[0] not in _SHARED_SECOND_LEVEL)  # noqa: PLR2004 - name.tld
