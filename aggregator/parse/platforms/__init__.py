"""The platforms we know, on one page. A new one is a file beside this and a line in ``PLATFORMS``."""

from aggregator.model.source import Platform
from aggregator.parse.platforms import epi, nukeviet, onecms, vnportal
from aggregator.parse.platforms.rules import PlatformRules

PLATFORMS: dict[Platform, PlatformRules] = {
    Platform.GENERIC: PlatformRules(),
    Platform.ONECMS: onecms.RULES,
    Platform.EPI: epi.RULES,
    Platform.NUKEVIET: nukeviet.RULES,
    Platform.VNPORTAL: vnportal.RULES,
}

_SURE = 2  # marks that name a platform


def guess_platform(markup: str, generator: str) -> Platform:
    """The platform whose generator or marks a page shows, else ``generic``."""
    generator, lower = generator.lower(), markup.lower()
    for platform, rules in PLATFORMS.items():
        if generator.startswith(rules.generators or ("\x00",)):
            return platform
    counted = {platform: sum(mark in lower for mark in rules.marks) for platform, rules in PLATFORMS.items()}
    best = max(counted, key=lambda platform: counted[platform])
    return best if counted[best] >= _SURE else Platform.GENERIC


def marks_unreliable_minutes(platform: Platform, generator: str) -> bool:
    """Whether a feed's minutes are wrong: NukeViet 4.3 to 4.5, or NukeViet that does not say which (DOMAIN 1.3.20)."""
    if "nukeviet" in generator.lower():
        return nukeviet.has_bad_minutes(generator) or not any(digit in generator for digit in "0123456789")
    return platform is Platform.NUKEVIET
