"""What every command reads first: the settings and the sources file."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from aggregator.logs import configure_logs
from aggregator.model.errors import ConfigError
from aggregator.model.source import Catalogue
from aggregator.parse.selectors import check_selector
from aggregator.settings import Settings, read_settings
from aggregator.sources.places import read_places
from aggregator.sources.read import read_catalogue
from aggregator.sources.tree import read_tree


def load_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """The settings with the command's own options over them; logging follows them from here on."""
    settings = read_settings(
        os.environ if environ is None else environ,
        **{name: value for name, value in overrides.items() if value is not None},
    )
    configure_logs(settings.log_level, settings.log_format)
    return settings


def read_text(path: Path, setting: str) -> str:
    """A file's text. Raises ConfigError naming the setting that led to it."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}): set {setting} to the right file.") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8.") from error


def load_catalogue(path: Path) -> Catalogue:
    """The sources file as a catalogue, its places and certificate files checked too.

    Raises ConfigError with every mistake at once: line, field, value and remedy.
    """
    text = read_text(path, "AGGREGATOR_SOURCES")
    places = _place_slugs(path, text)
    catalogue = read_catalogue(text, file_name=path.name, check_selector=check_selector, places=places)
    missing = [
        f"{path.name}: sources[{source.id}].ca_file: {source.ca_file} does not exist; it is relative to {path.name}."
        for source in catalogue.sources
        if source.ca_file is not None and not (path.parent / source.ca_file).is_file()
    ]
    if missing:
        raise ConfigError("\n".join(missing))
    return replace(_with_whole_paths(catalogue, path.parent), places=places)


def _place_slugs(path: Path, text: str) -> frozenset[str] | None:
    """The slugs of the place file the sources file names; None when it names none that can be read as a name."""
    root = read_tree(text).value
    province = root.get("province") if isinstance(root, dict) else None
    name = province.get("place_file") if isinstance(province, dict) else None
    if not isinstance(name, str) or not name:
        return None
    places = read_places(read_text(path.parent / name, f"province.place_file in {path.name}"))
    return frozenset(place.slug for place in places)


def _with_whole_paths(catalogue: Catalogue, folder: Path) -> Catalogue:
    """Certificate files are named relative to the sources file; from here on they are found from anywhere."""
    return replace(
        catalogue,
        sources=tuple(
            replace(source, ca_file=str((folder / source.ca_file).resolve())) if source.ca_file else source
            for source in catalogue.sources
        ),
    )
