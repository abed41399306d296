"""What a robots.txt (RFC 9309) says to this crawler: pure.

The file is cut down to the groups that concern us, and so many lines, before protego reads it: its work and memory
grow with groups × rules, and the file is hostile like everything fetched.
"""

import re
from dataclasses import dataclass

from protego import Protego

MAX_ROBOTS_BYTES = 500 * 1024  # RFC 9309, 2.5
MAX_CRAWL_DELAY_S = 30.0
_MAX_LINES = 2000
_MAX_LINE_CHARACTERS = 2000

_PRODUCT = re.compile(r"(?:Mozilla/[^(]*\(compatible;\s*)?([A-Za-z_-]+)", re.IGNORECASE)
_GROUP = re.compile(r"\s*user[ -]?agent\s*:?\s*([^#]*)", re.IGNORECASE)
_RULE = re.compile(r"\s*(?:allow|di|crawl.delay)", re.IGNORECASE)  # "di": misspellings of disallow as well


@dataclass(frozen=True, slots=True)
class RobotRules:
    """The rules of one origin for one crawler. ``delay_s`` is its Crawl-delay, at most 30 seconds."""

    token: str
    delay_s: float
    parsed: Protego | None  # None: everything is allowed

    def allows(self, url: str) -> bool:
        """Whether the URL may be fetched."""
        return self.parsed is None or self.parsed.can_fetch(url, self.token)


def product_token(user_agent: str) -> str:
    """The name that robots.txt files call us by: "Foobot" in "Foobot/1.0 (…)", or after "Mozilla/5.0 (compatible;"."""
    found = _PRODUCT.match(user_agent)
    return found[1] if found else "*"


def read_rules(body: bytes, token: str) -> RobotRules:
    """The rules of a robots.txt for the crawler called ``token``."""
    parsed = Protego.parse("\n".join(_relevant_lines(body[:MAX_ROBOTS_BYTES].decode("utf-8-sig", "replace"), token)))
    delay = parsed.crawl_delay(token) or 0.0
    return RobotRules(token, min(float(delay), MAX_CRAWL_DELAY_S), parsed)


def allow_all(token: str) -> RobotRules:
    """The rules of an origin that has no robots.txt."""
    return RobotRules(token, 0.0, None)


def _relevant_lines(text: str, token: str) -> list[str]:
    """The groups that concern us, and the rules within them."""
    lines: list[str] = []
    name = token.lower()
    in_heading = ours = False
    for line in text.splitlines():
        group = _GROUP.match(line)
        if group is not None:
            ours = (ours and in_heading) or group[1].strip().lower().replace("*", "") in name
            in_heading = True
            wanted = ours
        elif _RULE.match(line) is not None:
            in_heading = False
            wanted = ours
        else:
            continue
        if wanted and len(line) <= _MAX_LINE_CHARACTERS:
            lines.append(line)
            if len(lines) == _MAX_LINES:
                break
    return lines
