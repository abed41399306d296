"""The marks by which a platform's pages are known, and what each of them proves.

1. A class name that only this platform gives, a script of its own, or a file that the page itself is built
   with (style sheet, script, icon; not the picture it is shared with) is *sure*: one names the platform.
2. A name that others give too, or the address of a picture, is a *hint*: pictures are linked from other people's
   pages, above all by sites that re-post. Two different hints name the platform.
3. Names of one family ("cms-title", "cms-body") prove the same thing and are one mark.
4. Names are compared whole, for "history__heading" is not "story__heading", and read from attributes, for a page may
   write about a platform.
"""

import re
from dataclasses import dataclass

SURE = 2
HINT = 1

# Neither this nor any ``written`` begins with \b: searching for a letter or sign as it stands is ten times as fast.
_NAMES = re.compile(r"""class\s?=\s?(?:"([^"<>]*)"|'([^'<>]*)'|([^\s"'<>]+))""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark: any of ``names``, or so many different matches of ``written``; all of it in lower case."""

    weight: int  # SURE or HINT
    names: tuple[str, ...] = ()  # classes; one that ends in "_" or "-" is the beginning of a name
    written: re.Pattern[str] | None = None
    times: int = 1  # different matches of ``written`` that it takes

    def is_on(self, markup: str, names: frozenset[str]) -> bool:
        """Whether a page shows it, given its markup and its names, both in lower case."""
        if any(_has(names, name) for name in self.names):
            return True
        return self.written is not None and _has_matches(self.written, markup, self.times)


def names_in(markup: str) -> frozenset[str]:
    """The class names in lower-case markup."""
    values = (match[match.lastindex or 0] for match in _NAMES.finditer(markup))
    return frozenset(name for value in values for name in value.split())


def _has(names: frozenset[str], name: str) -> bool:
    if name.endswith(("_", "-")):
        return any(other.startswith(name) for other in names)
    return name in names


def _has_matches(pattern: re.Pattern[str], markup: str, wanted: int) -> bool:
    seen: set[str] = set()
    for match in pattern.finditer(markup):
        seen.add(match[0])
        if len(seen) >= wanted:
            return True
    return False
