"""Which MongoDB servers are patched as far as a production database should be."""

import re

# The least patch of each line that production should run (docs/decisions/0002); later lines are not judged.
_LEAST = {(7, 0): 35, (8, 0): 24}
_NEWEST_LINE = max(_LEAST)
_REMEDY = "upgrade to MongoDB >= 7.0.35 or >= 8.0.24"


def version_warning(version: str) -> str:
    """What is wrong with a server of this version and what to do, in English; empty when nothing is."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    if found is None:
        return f"MongoDB calls its version {version!r}, which cannot be compared; {_REMEDY} unless it is newer."
    line, patch = (int(found[1]), int(found[2])), int(found[3])
    if line > _NEWEST_LINE:
        return ""
    least = _LEAST.get(line)
    if least is None:
        return f"MongoDB {version} is of a line that gets no more fixes; {_REMEDY}."
    if patch < least:
        return f"MongoDB {version} lacks fixes of security and durability; {_REMEDY}."
    return ""
