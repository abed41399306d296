"""The communes and wards of the province, and the units that each was made from."""

from dataclasses import dataclass
from enum import StrEnum


class PlaceType(StrEnum):
    """What a place is since 1 July 2025: commune (xã), ward (phường) or special zone (đặc khu)."""

    XA = "xa"
    PHUONG = "phuong"
    DAC_KHU = "dac-khu"


class FormerType(StrEnum):
    """What a place was before: commune (xã), ward (phường) or township (thị trấn)."""

    XA = "xa"
    PHUONG = "phuong"
    THI_TRAN = "thi-tran"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerUnit:
    """An old commune, ward or township that went into a place, in its old district."""

    name: str
    type: FormerType
    district: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A commune or ward (xã, phường). ``aliases`` are older names without accents and blanks."""

    slug: str
    name: str  # without its type: Thành Vinh
    full_name: str  # Phường Thành Vinh
    type: PlaceType
    code: str  # of the national register of administrative units
    former_districts: tuple[str, ...]
    merged_from: tuple[FormerUnit, ...]
    aliases: tuple[str, ...] = ()
    lat: float | None = None  # degrees, WGS 84, somewhere within
    lon: float | None = None
    area_km2: float | None = None
