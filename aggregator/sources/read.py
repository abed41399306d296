"""The sources file as a catalogue, or everything that is wrong with it at once."""

import re
from collections.abc import Collection, Iterator
from typing import Any

from aggregator.model.errors import ConfigError
from aggregator.model.source import Catalogue
from aggregator.sources.checks import SelectorCheck, find_conflicts
from aggregator.sources.explain import Finding, find_shape_mistakes
from aggregator.sources.mistake import Mistake, report, shown
from aggregator.sources.schema import SourcesFile
from aggregator.sources.tree import Path, Position, Tree, path_text, read_tree

_PLACEHOLDER = re.compile(r"[@/.]example\.[a-z]+(/|$)")  # RFC 2606: example.org and its kin belong to nobody


def read_catalogue(
    text: str,
    *,
    file_name: str = "sources.yaml",
    check_selector: SelectorCheck | None = None,
    places: Collection[str] | None = None,
) -> Catalogue:
    """The catalogue that ``text`` describes. ``file_name`` is how messages call the file.

    ``check_selector`` says in English what is wrong with a CSS selector (None: nothing); without it selectors are
    taken as they are. ``places`` are the slugs of the place file; without it they are not checked.
    Raises ConfigError naming every mistake with its line, field, value and remedy.
    """
    tree = read_tree(text)
    mistakes = _mistakes(tree, check_selector, places)
    if mistakes:
        raise ConfigError(report(mistakes, file_name=file_name))
    return SourcesFile.model_validate(tree.value).to_catalogue()


def find_mistakes(
    text: str,
    *,
    check_selector: SelectorCheck | None = None,
    places: Collection[str] | None = None,
) -> list[Mistake]:
    """Everything wrong with ``text``, in the order of its lines; arguments as for ``read_catalogue``."""
    return _mistakes(read_tree(text), check_selector, places)


def find_cautions(catalogue: Catalogue) -> tuple[str, ...]:
    """What is allowed in the file and yet worth a second look before going live, in English sentences."""
    contact = catalogue.province.contact
    cautions = []
    if _PLACEHOLDER.search(contact):
        cautions.append(
            f"province.contact is still the placeholder {contact}: webmasters cannot reach you. Write your own address."
        )
    used = {section.section for source in catalogue.sources for section in source.sections if source.enabled}
    empty = [section.slug for section in catalogue.sections if section.slug not in used]
    if empty:
        cautions.append(f"No enabled source fills these sections; editors fill them by hand: {', '.join(empty)}.")
    return tuple(cautions)


def _mistakes(tree: Tree, check_selector: SelectorCheck | None, places: Collection[str] | None) -> list[Mistake]:
    if not isinstance(tree.value, dict):  # broken YAML, or nothing there
        return tree.mistakes or [_nothing()]
    found = {finding.path: finding for finding in find_shape_mistakes(SourcesFile, tree.value)}
    # Seen together says more than seen alone: it replaces what was found at the same place.
    conflicts = find_conflicts(tree, check_selector=check_selector, places=places)
    found |= {finding.path: finding for finding in conflicts}
    names = dict(_names(tree))
    mistakes = [
        *tree.mistakes,
        *(_repeated(path, position, tree, names) for path, position in tree.repeats),
        *(_located(finding, tree, names) for finding in found.values()),
    ]
    return sorted(mistakes, key=lambda mistake: (mistake.line, mistake.column, mistake.path))


def _nothing() -> Mistake:
    return Mistake(
        line=1,
        column=1,
        path="",
        value="",
        message="The file holds no fields.",
        remedy="Begin with province:, sections: and sources:. See docs/adding-a-source.md for the shape.",
    )


def _located(finding: Finding, tree: Tree, names: dict[Path, str]) -> Mistake:
    position = _position(finding, tree)
    return Mistake(
        line=position.line,
        column=position.column,
        path=path_text(finding.path, names),
        value=shown(_value_at(tree, finding.path)) if finding.path in tree.values else "",
        message=finding.message,
        remedy=finding.remedy,
    )


def _repeated(path: Path, position: Position, tree: Tree, names: dict[Path, str]) -> Mistake:
    return Mistake(
        line=position.line,
        column=position.column,
        path=path_text(path, names),
        value="",
        message=f"The field stands here a second time; the first is in line {tree.keys[path].line}.",
        remedy="Remove one of the two.",
    )


def _position(finding: Finding, tree: Tree) -> Position:
    """The place of the field, or of the closest thing around it that the file does hold."""
    path = finding.path
    if finding.at_key and path in tree.keys:
        return tree.keys[path]
    while path and path not in tree.values:
        path = path[:-1]
        if path in tree.keys:
            return tree.keys[path]
    return tree.values.get(path, Position(line=1, column=1))


def _value_at(tree: Tree, path: Path) -> object:
    value: Any = tree.value
    for step in path:
        value = value[step]
    return value


def _names(tree: Tree) -> Iterator[tuple[Path, str]]:
    """What the entries of the file's lists call themselves, where they do."""
    root = tree.value if isinstance(tree.value, dict) else {}
    for group, field in (("sources", "id"), ("sections", "slug")):
        entries = root.get(group)
        for index, entry in enumerate(entries if isinstance(entries, list) else []):
            name = entry.get(field) if isinstance(entry, dict) else None
            if isinstance(name, str) and name:
                yield (group, index), name[:40]
