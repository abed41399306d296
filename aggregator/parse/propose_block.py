"""A proposed source as the lines that a person pastes into ``sources.yaml``."""

import re
from collections.abc import Iterator
from datetime import timedelta

from aggregator.model.probe import Proposal
from aggregator.model.source import PagePolicy, Platform, Selectors

# The selectors that are proposed, in the order of the sources file's own shape.
SELECTORS = (
    "item", "link", "title", "date", "summary", "image", "next_page", "page_title", "page_date", "page_body",
    "page_attachment", "page_drop",
)  # fmt: skip
# A plain scalar that YAML reads as the same text: no sign that means something, nor a word that is another type.
_PLAIN = re.compile(r"[^\W_][\w ./()&+>-]*(?:[:][\w/][\w ./()&+:>-]*)*")
_OTHER_TYPE = re.compile(r"(?:true|false|null|yes|no|on|off|~|[\d.,:+_-]+)", re.IGNORECASE)


def block_of(proposal: Proposal) -> str:
    """The entry under ``sources:``, indented by two blanks, its guesses remarked; ends with a line break."""
    return "\n".join(f"  {line}".rstrip() for line in _lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    source = proposal.source

    def line(field: str, value: str) -> str:
        remark = proposal.remark(field)
        return f"  {field}: {value}" + (f" # {remark}" if remark else "")

    yield "- " + line("id", source.id).lstrip()
    yield line("name", scalar(source.name))
    yield line("homepage", scalar(source.homepage))
    yield line("kind", source.kind.value)
    if source.platform is not Platform.GENERIC:
        yield line("platform", source.platform.value)
    if source.sections:
        remark = proposal.remark("sections")
        yield "  sections:" + (f" # {remark}" if remark else "")
        for section in source.sections:
            yield f"    - url: {scalar(section.url)}"
            yield f"      section: {section.section}"
    yield line("authority", source.authority.value)
    yield line("republish", source.republish.value)
    if source.pages is not PagePolicy.WHEN_NEEDED:
        yield line("pages", source.pages.value)
    if source.interval is not None:
        yield line("interval", _length(source.interval))
    if source.min_gap is not None:
        yield line("min_gap", _length(source.min_gap))
    yield from _selector_lines(source.selectors)
    if source.ca_file is not None:
        yield line("ca_file", scalar(source.ca_file))
    yield "  verified: null"
    yield line("note", scalar(source.note))


def _selector_lines(selectors: Selectors) -> Iterator[str]:
    given: list[tuple[str, tuple[str, ...]]] = [(name, getattr(selectors, name)) for name in SELECTORS]
    if not any(values for _name, values in given):
        return
    yield "  selectors:"
    for name, values in given:
        if len(values) == 1:
            yield f"    {name}: {scalar(values[0])}"
        elif values:
            yield f"    {name}:"
            yield from (f"      - {scalar(value)}" for value in values)


def scalar(text: str) -> str:
    """``text`` as YAML reads it back: bare where that is safe, else between single quotes."""
    text = " ".join(text.split())
    is_safe = _PLAIN.fullmatch(text) and not _OTHER_TYPE.fullmatch(text) and " #" not in text and ": " not in text
    return text if is_safe else "'" + text.replace("'", "''") + "'"


def _length(length: timedelta) -> str:
    seconds = round(length.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
