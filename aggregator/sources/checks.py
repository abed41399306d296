"""What concerns several values of the sources file: things said twice, names that nothing bears, rules of a kind.

Works on the plain values, whatever else is wrong with them, so that these mistakes are reported with all others.
"""

from collections.abc import Callable, Collection, Iterator

from aggregator.model.source import SourceKind
from aggregator.sources.address import fault_of, same_address
from aggregator.sources.explain import Finding
from aggregator.sources.mistake import nearest
from aggregator.sources.reading import SelectorsEntry
from aggregator.sources.schema import CONTACT_MARK
from aggregator.sources.tree import Path, Tree, Value

SelectorCheck = Callable[[str], str | None]

_NAMES_SHOWN = 15
_FOR_KIND = {"fields": SourceKind.API, "further_pages": SourceKind.LISTING}
_KINDS_WITH_SECTIONS = [kind.value for kind in SourceKind if kind is not SourceKind.UNKNOWN]


def find_conflicts(
    tree: Tree, *, check_selector: SelectorCheck | None, places: Collection[str] | None
) -> Iterator[Finding]:
    """Everything that only shows when values are seen together."""
    root = tree.value
    yield from _repeated(tree, _fields(root, "sections", "slug"), "slug")
    yield from _repeated(tree, _fields(root, "sources", "id"), "id")
    yield from _repeated_addresses(tree, _section_fields(root, "url"))
    yield from _repeated_addresses(tree, _fields(root, "links", "url"))
    yield from _without_contact(root)
    yield from _unknown_sections(root)
    if places is not None:
        yield from _unknown_places(root, places)
    for path, source in _items(root, "sources"):
        yield from _against_kind(path, source)
        if check_selector is not None:
            yield from _bad_selectors(path, source, check_selector)


def _repeated(tree: Tree, fields: Iterator[tuple[Path, str]], name: str) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for path, value in fields:
        if (before := first.setdefault(value, path)) != path:
            line = tree.values[before].line
            yield Finding(
                path=path,
                message=f"This {name} is already taken in line {line}.",
                remedy="Choose another, or remove one of the two entries.",
            )


def _repeated_addresses(tree: Tree, fields: Iterator[tuple[Path, str]]) -> Iterator[Finding]:
    first: dict[str, Path] = {}
    for path, value in fields:
        if fault_of(value) is None and (before := first.setdefault(same_address(value), path)) != path:
            line = tree.values[before].line
            yield Finding(
                path=path,
                message=f"The same address already stands in line {line}.",
                remedy="Remove one of the two: an address is named once.",
            )


def _without_contact(root: Value) -> Iterator[Finding]:
    province = root.get("province") if isinstance(root, dict) else None
    if not isinstance(province, dict):
        return
    agent, contact = province.get("user_agent"), province.get("contact")
    if isinstance(agent, str) and isinstance(contact, str) and CONTACT_MARK not in agent and contact not in agent:
        yield Finding(
            path=("province", "user_agent"),
            message="The User-Agent does not say how a webmaster reaches you.",
            remedy=f"Write {CONTACT_MARK} where the contact address goes, for example MatTranSo/1.0 (+{CONTACT_MARK}).",
        )


def _unknown_sections(root: Value) -> Iterator[Finding]:
    known = list(dict.fromkeys(slug for _, slug in _fields(root, "sections", "slug")))
    for path, slug in _section_fields(root, "section"):
        if slug not in known:
            yield Finding(
                path=path,
                message="No section of the feed has this slug.",
                remedy=f"Write one of: {_listed(known)}.{nearest(slug, known)}",
            )


def _unknown_places(root: Value, places: Collection[str]) -> Iterator[Finding]:
    for path, slug in _section_fields(root, "place"):
        if slug not in places:
            remedy = nearest(slug, places).strip() or "Write a slug of the place file, or remove the line."
            yield Finding(path=path, message="The place file has no place of this slug.", remedy=remedy)


def _against_kind(path: Path, source: dict[str, Value]) -> Iterator[Finding]:
    kind, sections = source.get("kind"), source.get("sections")
    if kind == SourceKind.UNKNOWN and sections:
        yield Finding(
            path=(*path, "sections"),
            message="A source of kind unknown is only probed at its homepage: its sections would never be read.",
            remedy="Name the kind of these addresses (feed, jsonfeed, listing, sitemap or api), or remove them.",
        )
    if kind in _KINDS_WITH_SECTIONS and ("sections" not in source or sections in (None, [])):
        yield Finding(
            path=(*path, "sections"),
            message=f"A source of kind {kind} needs at least one address to visit.",
            remedy="Add sections: with - url: and section:, or write kind: unknown while no address is known.",
        )
    for name, served in _FOR_KIND.items():
        if kind in list(SourceKind) and kind != served and source.get(name) not in (None, {}, ""):
            yield Finding(
                path=(*path, name),
                message=f"A source of kind {kind} has no use for {name}: only kind {served} reads it.",
                remedy=f"Remove it, or write kind: {served}.",
            )


def _bad_selectors(path: Path, source: dict[str, Value], check_selector: SelectorCheck) -> Iterator[Finding]:
    selectors = source.get("selectors")
    if not isinstance(selectors, dict):
        return
    for name, value in selectors.items():
        if name not in SelectorsEntry.model_fields:
            continue
        here: Path = (*path, "selectors", name)
        written = [(here, value)] if not isinstance(value, list) else [((*here, i), v) for i, v in enumerate(value)]
        for at, selector in written:
            if isinstance(selector, str) and (fault := check_selector(selector)) is not None:
                yield Finding(
                    path=at, message=f"This is not a CSS selector: {fault}", remedy="For example div.news > h3 a."
                )


def _items(root: Value, name: str) -> Iterator[tuple[Path, dict[str, Value]]]:
    entries = root.get(name) if isinstance(root, dict) else None
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            yield (name, index), entry


def _fields(root: Value, name: str, field: str) -> Iterator[tuple[Path, str]]:
    for path, entry in _items(root, name):
        value = entry.get(field)
        if isinstance(value, str):
            yield (*path, field), value


def _section_fields(root: Value, field: str) -> Iterator[tuple[Path, str]]:
    for path, source in _items(root, "sources"):
        for section_path, value in _fields(source, "sections", field):
            yield (*path, *section_path), value


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more
