"""The place file: a JSON list of the communes and wards of the province, field for field those of Place."""

import json
from collections.abc import Iterator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.functional_validators import AfterValidator

from aggregator.model.errors import ConfigError
from aggregator.model.place import FormerType, FormerUnit, Place, PlaceType
from aggregator.sources.explain import Finding, find_shape_mistakes
from aggregator.sources.mistake import Mistake, report, shown
from aggregator.sources.shapes import Line, Slug
from aggregator.sources.tree import Path, path_text

_MAX_BYTES = 4 * 1024 * 1024
_MAX_PLACES = 10_000

Code = Annotated[str, Field(pattern=r"^[0-9]{1,10}$")]
Alias = Annotated[str, AfterValidator(str.strip), Field(min_length=1, max_length=100)]


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class FormerUnitEntry(_Written):
    """An old unit that went into a place."""

    name: Line
    type: FormerType
    district: Line
    code: Code


class PlaceEntry(_Written):
    """A commune or ward."""

    slug: Slug
    name: Line
    full_name: Line
    type: PlaceType
    code: Code
    former_districts: tuple[Line, ...]
    merged_from: tuple[FormerUnitEntry, ...]
    aliases: tuple[Alias, ...] = ()
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    area_km2: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    def to_model(self) -> Place:
        """The same place as a model."""
        return Place(
            slug=self.slug,
            name=self.name,
            full_name=self.full_name,
            type=self.type,
            code=self.code,
            former_districts=self.former_districts,
            merged_from=tuple(
                FormerUnit(name=unit.name, type=unit.type, district=unit.district, code=unit.code)
                for unit in self.merged_from
            ),
            aliases=self.aliases,
            lat=self.lat,
            lon=self.lon,
            area_km2=self.area_km2,
        )


class PlaceFile(_Written):
    """The list of the file under a name, so that mistakes are told as ``places[3].slug``."""

    places: Annotated[tuple[PlaceEntry, ...], Field(min_length=1, max_length=_MAX_PLACES)]


def read_places(text: str, *, file_name: str = "places.json") -> tuple[Place, ...]:
    """The places that ``text`` lists, in its order. ``file_name`` is how messages call the file.

    Raises ConfigError naming every mistake with its field, value and remedy.
    """
    if len(text) > _MAX_BYTES:
        raise ConfigError(f"{file_name}: the place file is larger than 4 MiB")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{file_name}: the JSON cannot be read ({error})") from error
    written = {"places": value}
    findings = [*find_shape_mistakes(PlaceFile, written), *_repeated(value)]
    if findings:
        raise ConfigError(report([_mistake(finding, written) for finding in findings], file_name=file_name))
    return tuple(place.to_model() for place in PlaceFile.model_validate(written).places)


def _repeated(value: object) -> Iterator[Finding]:
    entries = value if isinstance(value, list) else []
    for name in ("slug", "code"):
        seen: set[str] = set()
        for index, entry in enumerate(entries):
            word = entry.get(name) if isinstance(entry, dict) else None
            if not isinstance(word, str):
                continue
            if word in seen:
                path = ("places", index, name)
                yield Finding(path=path, message=f"This {name} is already taken.", remedy="Remove one of the two.")
            seen.add(word)


def _mistake(finding: Finding, written: dict[str, object]) -> Mistake:
    value: object = written
    names: dict[Path, str] = {}
    for at, step in enumerate(finding.path, start=1):
        if isinstance(value, list) and isinstance(step, int):
            value = value[step]
            slug = value.get("slug") if isinstance(value, dict) else None
            names |= {finding.path[:at]: slug} if isinstance(slug, str) else {}
        else:
            value = value.get(str(step)) if isinstance(value, dict) else None
    return Mistake(
        line=0,
        column=0,
        path=path_text(finding.path, names),
        value=shown(value),
        message=finding.message,
        remedy=finding.remedy,
    )
