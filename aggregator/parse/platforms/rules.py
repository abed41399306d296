"""What a platform (content management system) looks like: selectors of its lists and pages, and its marks."""

from dataclasses import dataclass, field

from aggregator.model.source import Selectors
from aggregator.parse.platforms.marks import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformRules:
    """The reading rules of one platform. A source's own selectors come before these."""

    selectors: Selectors = field(default_factory=Selectors)
    marks: tuple[Mark, ...] = ()
    generators: tuple[str, ...] = ()  # lower-case beginnings of <meta name=generator>
    month_first: bool = False  # a date with an English AM or PM has its month first
    visible_date_first: bool = False  # the date in the text is right and the one in the metadata is not
    origin: tuple[str, ...] = ()  # selectors of the line that names who published first
    joins_hard_breaks: bool = False  # lines are broken inside sentences (pasted from Word)
