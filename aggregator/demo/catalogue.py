"""The sample province as a sources file: the shape that ``aggregator.sources`` reads, pointing at the live sites."""

from pathlib import Path
from typing import Any

from aggregator.demo.outlets import SECTIONS
from aggregator.demo.sites.frame import Site
from aggregator.sources.interval import write_interval

PLACE_FILE = "places.json"  # beside the sources file
_PLACES = Path(__file__).parent / "places.json"
_LINKS = (
    ("Dịch vụ công", "Cổng dịch vụ công (mẫu)", "hanh-chinh-cong"),
    ("Chính quyền", "Cổng thông tin tỉnh (mẫu)", "cong-tinh"),
    ("Chính quyền", "Đại biểu dân cử (mẫu)", "dai-bieu-dan-cu"),
    ("Mặt trận và đoàn thể", "Mặt trận tỉnh (mẫu)", "mat-tran-tinh"),
    ("Mặt trận và đoàn thể", "Hội Phụ nữ tỉnh (mẫu)", "phu-nu-tinh"),
    ("Báo chí", "Báo Sông Lam (mẫu)", "bao-song-lam"),
    ("Báo chí", "Đài Phát thanh Xứ Lam (mẫu)", "phat-thanh-xu-lam"),
)


def describe_province(sites: dict[str, Site]) -> dict[str, Any]:
    """The document of a sources file for these sites, keyed by outlet id."""
    return {
        "province": {
            "slug": "tinh-mau",
            "name": "Tỉnh mẫu",
            "title": "Mặt trận số (dữ liệu mẫu)",
            "timezone": "Asia/Ho_Chi_Minh",
            "place_file": PLACE_FILE,
            "contact": "webmaster@mau.invalid",
            "user_agent": "MatTranSoMau/1.0 (+{contact})",
        },
        "sections": [{"slug": slug, "label": label, "kind": kind.value} for slug, label, kind in SECTIONS],
        "sources": [_source(site) for site in sites.values()],
        "links": [{"group": group, "title": title, "url": f"{sites[site].address}/"} for group, title, site in _LINKS],
    }


def read_sample_places() -> str:
    """The text of the sample's place file. Reads a file: call it in a thread."""
    return _PLACES.read_text(encoding="utf-8")


def _source(site: Site) -> dict[str, Any]:
    outlet = site.outlet
    return {
        "id": outlet.id,
        "name": outlet.name,
        "homepage": f"{site.address}/",
        "kind": outlet.kind.value,
        "platform": outlet.platform.value,
        "authority": outlet.authority.value,
        "republish": outlet.republish.value,
        "interval": write_interval(outlet.interval),
        "min_gap": "0s",
        "owner": "demo",
        "note": "Sample data on this machine, not a real source.",
        "sections": [
            {"url": site.channel_url(channel), "section": channel.section}
            | ({"place": channel.place} if channel.place else {})
            for channel in outlet.channels
        ],
    }
