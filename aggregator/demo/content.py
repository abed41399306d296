"""What outlets have to publish: the written sample news, and the moulds that more is invented from.

The files lie beside this one (``news/*.yaml``, ``invent.yaml``); reading them blocks, so callers use a thread.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from aggregator.demo.outlets import OUTLET_BY_ID
from aggregator.model.errors import ConfigError

_FOLDER = Path(__file__).parent
_AGE = re.compile(r"(-)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?")
_EVENT_KEYS = frozenset({"key", "section", "ago", "picture", "body", "tellings"})
_TELLING_KEYS = frozenset({"site", "after", "section", "title", "lead", "author", "origin", "files", "correction"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An edit: the new title, and words of the body with what replaces them."""

    title: str
    replace: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What an outlet is about to publish. ``body`` is in the markup of ``blocks``; ``files`` are names of PDFs."""

    event: str  # drafts with the same event tell the same thing
    section: str
    title: str
    lead: str
    body: str
    author: str = ""
    origin_name: str | None = None
    picture: str | None = None  # caption of the leading picture
    files: tuple[str, ...] = ()
    correction: Correction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenItem:
    """A draft of the files, the outlet that published it, and how long before the start."""

    site_id: str
    age: timedelta
    draft: Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Mould:
    """A pattern that articles are invented from; ``figures`` bounds the number that its titles carry."""

    titles: tuple[str, ...]
    lead: str
    figures: tuple[int, int]
    body: str
    picture: str | None
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moulds:
    """Everything articles are invented from. ``by_section`` is keyed by feed section."""

    places: tuple[str, ...]  # with the unit before the name: "xã Kim Liên"
    closings: tuple[str, ...]
    by_section: dict[str, tuple[Mould, ...]]


def read_written_news() -> tuple[WrittenItem, ...]:
    """The written news of every file, oldest first. Raises ConfigError naming a key or outlet that does not exist."""
    items: list[WrittenItem] = []
    for path in sorted((_FOLDER / "news").glob("*.yaml")):
        for event in _read(path):
            items += _items(event, path.name)
    return tuple(sorted(items, key=lambda item: (-item.age, item.draft.event, item.site_id)))


def read_moulds() -> Moulds:
    """The moulds of ``invent.yaml``."""
    read = _read(_FOLDER / "invent.yaml")
    return Moulds(
        places=tuple(read["places"]),
        closings=tuple(read["closings"]),
        by_section={section: tuple(map(_mould, moulds)) for section, moulds in read["moulds"].items()},
    )


def read_age(written: str) -> timedelta:
    """The length of time of ``2d3h``, ``40m`` or ``-20m``. Raises ConfigError for anything else."""
    found = _AGE.fullmatch(written)
    if not written or found is None:
        raise ConfigError(f"{written!r} is not a length of time such as 2d3h or 40m")
    days, hours, minutes = (int(part or 0) for part in found.groups()[1:])
    age = timedelta(days=days, hours=hours, minutes=minutes)
    return -age if found[1] else age


def _read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def _items(event: dict[str, Any], file: str) -> list[WrittenItem]:
    _refuse_unknown(event, _EVENT_KEYS, f"{file}: {event.get('key')}")
    items = []
    for telling in event["tellings"]:
        where = f"{file}: {event['key']}: {telling.get('site')}"
        _refuse_unknown(telling, _TELLING_KEYS, where)
        if telling["site"] not in OUTLET_BY_ID:
            raise ConfigError(f"{where}: no such outlet")
        age = read_age(event["ago"]) - read_age(telling.get("after", "0m"))
        if age <= timedelta():
            raise ConfigError(f"{where}: would be published after the start")
        items.append(WrittenItem(site_id=telling["site"], age=age, draft=_draft(event, telling)))
    return items


def _draft(event: dict[str, Any], telling: dict[str, Any]) -> Draft:
    correction = telling.get("correction")
    return Draft(
        event=event["key"],
        section=telling.get("section", event["section"]),
        title=telling["title"],
        lead=telling["lead"],
        body=event["body"],
        author=telling.get("author", ""),
        origin_name=telling.get("origin"),
        picture=event.get("picture"),
        files=tuple(telling.get("files", ())),
        correction=None
        if correction is None
        else Correction(title=correction["title"], replace=tuple(correction["replace"].items())),
    )


def _mould(read: dict[str, Any]) -> Mould:
    low, high = read["figure"]
    return Mould(
        titles=tuple(read["titles"]),
        lead=read["lead"],
        figures=(low, high),
        body=read["body"],
        picture=read.get("picture"),
        files=tuple(read.get("files", ())),
    )


def _refuse_unknown(entry: dict[str, Any], known: frozenset[str], where: str) -> None:
    if unknown := sorted(set(entry) - known):
        raise ConfigError(f"{where}: unknown keys {', '.join(unknown)}")
