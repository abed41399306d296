"""The platforms we know, on one page. A new one is a file beside this and a line in ``PLATFORMS``."""

from aggregator.model.source import Platform
from aggregator.parse.platforms import epi, liferay, nukeviet, onecms, sharepoint, vccorp, vnportal, wordpress
from aggregator.parse.platforms.marks import SURE, names_in
from aggregator.parse.platforms.rules import PlatformRules

PLATFORMS: dict[Platform, PlatformRules] = {
    Platform.GENERIC: PlatformRules(),
    Platform.ONECMS: onecms.RULES,
    Platform.EPI: epi.RULES,
    Platform.NUKEVIET: nukeviet.RULES,
    Platform.VNPORTAL: vnportal.RULES,
    Platform.LIFERAY: liferay.RULES,
    Platform.SHAREPOINT: sharepoint.RULES,
    Platform.VCCORP: vccorp.RULES,
    Platform.WORDPRESS: wordpress.RULES,
}


def guess_platform(markup: str, generator: str) -> Platform:
    """The platform whose generator a page names or whose marks it shows, one sure or two hints; else ``generic``."""
    generator, lower = generator.lower(), markup.lower()
    for platform, rules in PLATFORMS.items():
        if generator.startswith(rules.generators or ("\x00",)):
            return platform
    names = names_in(lower)
    weights = {
        platform: sum(mark.weight for mark in rules.marks if mark.is_on(lower, names))
        for platform, rules in PLATFORMS.items()
    }
    best = max(weights, key=lambda platform: weights[platform])
    return best if weights[best] >= SURE else Platform.GENERIC


def marks_unreliable_minutes(platform: Platform, generator: str) -> bool:
    """Whether a feed's minutes are wrong: NukeViet 4.3 to 4.5, or NukeViet that does not say which (DOMAIN 1.3.20)."""
    if "nukeviet" in generator.lower():
        return nukeviet.has_bad_minutes(generator) or not any(digit in generator for digit in "0123456789")
    return platform is Platform.NUKEVIET
