"""The outlets of the sample province: who they are, which platform they run on, which sections they fill.

Every name carries "(mẫu)", sample, so that no reader takes their news for real.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from aggregator.model.source import ArticleKind, Authority, Platform, Republish, SourceKind


class Dialect(StrEnum):
    """How an outlet's site is built: its addresses, lists and pages."""

    RSS = "rss"
    ATOM = "atom"
    JSONFEED = "jsonfeed"
    NEWSMAP = "newsmap"  # a news sitemap, and an index of sitemaps
    ONECMS = "onecms"
    EPI = "epi"
    NUKEVIET = "nukeviet"
    VNPORTAL = "vnportal"
    VNPORTAL_API = "vnportal_api"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A part of an outlet's site (chuyên mục) and the feed section that its articles belong to."""

    slug: str
    title: str
    section: str
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """Who publishes. ``colour`` paints its pages, ``first_number`` is where its article numbers begin."""

    id: str
    name: str
    dialect: Dialect
    kind: SourceKind
    platform: Platform
    authority: Authority
    republish: Republish
    interval: timedelta
    colour: str
    first_number: int
    channels: tuple[Channel, ...]

    def channel_for(self, section: str) -> Channel:
        """The channel that news of ``section`` appears in: its own, else the outlet's first."""
        return next((channel for channel in self.channels if channel.section == section), self.channels[0])


SECTIONS: tuple[tuple[str, str, ArticleKind], ...] = (
    ("tin-dia-phuong", "Tin địa phương", ArticleKind.NEWS),
    ("thoi-su", "Chính trị – Kinh tế – Xã hội", ArticleKind.NEWS),
    ("mat-tran", "Hoạt động Mặt trận", ArticleKind.NEWS),
    ("chinh-sach", "Chủ trương, chính sách", ArticleKind.NEWS),
    ("chi-dao", "Văn bản chỉ đạo, hướng dẫn", ArticleKind.DOCUMENT),
    ("thong-bao", "Thông báo quan trọng", ArticleKind.NOTICE),
    ("lich-tiep-xuc", "Lịch tiếp xúc cử tri", ArticleKind.EVENT),
    ("ban-tin", "Bản tin Mặt trận", ArticleKind.NEWS),
    ("cam-nang", "Cẩm nang Mặt trận", ArticleKind.HANDBOOK),
)

_OFTEN, _USUAL, _SELDOM = timedelta(minutes=5), timedelta(minutes=8), timedelta(minutes=12)

OUTLETS: tuple[Outlet, ...] = (
    Outlet(
        id="bao-song-lam",
        name="Báo Sông Lam (mẫu)",
        dialect=Dialect.ONECMS,
        kind=SourceKind.FEED,
        platform=Platform.ONECMS,
        authority=Authority.PRESS,
        republish=Republish.SUMMARY,
        interval=_OFTEN,
        colour="#b3261e",
        first_number=10_307_251,
        channels=(
            Channel(slug="xa-hoi", title="Xã hội", section="tin-dia-phuong"),
            Channel(slug="thoi-su", title="Thời sự", section="thoi-su"),
        ),
    ),
    Outlet(
        id="cong-tinh",
        name="Cổng thông tin tỉnh (mẫu)",
        dialect=Dialect.VNPORTAL_API,
        kind=SourceKind.API,
        platform=Platform.VNPORTAL,
        authority=Authority.OFFICIAL,
        republish=Republish.FULL,
        interval=_USUAL,
        colour="#0b5394",
        first_number=950_942,
        channels=(
            Channel(slug="chu-truong-chinh-sach", title="Chủ trương, chính sách", section="chinh-sach"),
            Channel(slug="tin-hoat-dong", title="Tin hoạt động", section="thoi-su"),
            Channel(slug="thong-bao", title="Thông báo", section="thong-bao"),
        ),
    ),
    Outlet(
        id="mat-tran-tinh",
        name="Mặt trận tỉnh (mẫu)",
        dialect=Dialect.EPI,
        kind=SourceKind.LISTING,
        platform=Platform.EPI,
        authority=Authority.ORGANISATION,
        republish=Republish.FULL,
        interval=_USUAL,
        colour="#c00000",
        first_number=43_601,
        channels=(
            Channel(slug="tin-hoat-dong", title="Tin hoạt động", section="mat-tran"),
            Channel(slug="van-ban-huong-dan", title="Văn bản hướng dẫn", section="chi-dao"),
            Channel(slug="ban-tin-mat-tran", title="Bản tin Mặt trận", section="ban-tin"),
        ),
    ),
    Outlet(
        id="hanh-chinh-cong",
        name="Trung tâm Phục vụ hành chính công (mẫu)",
        dialect=Dialect.NUKEVIET,
        kind=SourceKind.FEED,
        platform=Platform.NUKEVIET,
        authority=Authority.OFFICIAL,
        republish=Republish.FULL,
        interval=_USUAL,
        colour="#00695c",
        first_number=412,
        channels=(
            Channel(slug="thong-bao", title="Thông báo", section="thong-bao"),
            Channel(slug="van-ban", title="Văn bản", section="chi-dao"),
            Channel(slug="chinh-sach-moi", title="Chính sách mới", section="chinh-sach"),
        ),
    ),
    Outlet(
        id="phat-thanh-xu-lam",
        name="Đài Phát thanh Xứ Lam (mẫu)",
        dialect=Dialect.ATOM,
        kind=SourceKind.FEED,
        platform=Platform.GENERIC,
        authority=Authority.PRESS,
        republish=Republish.SUMMARY,
        interval=_OFTEN,
        colour="#4a148c",
        first_number=5_120,
        channels=(
            Channel(slug="dia-phuong", title="Địa phương", section="tin-dia-phuong"),
            Channel(slug="thoi-su", title="Thời sự", section="thoi-su"),
        ),
    ),
    Outlet(
        id="xa-do-luong",
        name="Trang thông tin xã Đô Lương (mẫu)",
        dialect=Dialect.VNPORTAL,
        kind=SourceKind.LISTING,
        platform=Platform.VNPORTAL,
        authority=Authority.OFFICIAL,
        republish=Republish.FULL,
        interval=_SELDOM,
        colour="#1b5e20",
        first_number=365_985,
        channels=(
            Channel(slug="tin-tuc-su-kien", title="Tin tức, sự kiện", section="tin-dia-phuong", place="do-luong"),
            Channel(slug="thong-bao", title="Thông báo", section="thong-bao", place="do-luong"),
        ),
    ),
    Outlet(
        id="phu-nu-tinh",
        name="Hội Phụ nữ tỉnh (mẫu)",
        dialect=Dialect.RSS,
        kind=SourceKind.FEED,
        platform=Platform.GENERIC,
        authority=Authority.ORGANISATION,
        republish=Republish.FULL,
        interval=_USUAL,
        colour="#ad1457",
        first_number=2_204,
        channels=(
            Channel(slug="phong-trao", title="Phong trào", section="mat-tran"),
            Channel(slug="guong-sang", title="Gương sáng", section="tin-dia-phuong"),
        ),
    ),
    Outlet(
        id="dai-bieu-dan-cu",
        name="Đại biểu dân cử (mẫu)",
        dialect=Dialect.NEWSMAP,
        kind=SourceKind.SITEMAP,
        platform=Platform.GENERIC,
        authority=Authority.OFFICIAL,
        republish=Republish.FULL,
        interval=_USUAL,
        colour="#37474f",
        first_number=8_497,
        channels=(
            Channel(slug="lich-tiep-xuc-cu-tri", title="Lịch tiếp xúc cử tri", section="lich-tiep-xuc"),
            Channel(slug="hoat-dong", title="Hoạt động", section="thoi-su"),
        ),
    ),
    Outlet(
        id="cam-nang-mat-tran",
        name="Cẩm nang Mặt trận (mẫu)",
        dialect=Dialect.JSONFEED,
        kind=SourceKind.JSONFEED,
        platform=Platform.GENERIC,
        authority=Authority.ORGANISATION,
        republish=Republish.FULL,
        interval=_SELDOM,
        colour="#e65100",
        first_number=101,
        channels=(Channel(slug="cam-nang", title="Cẩm nang", section="cam-nang"),),
    ),
    Outlet(
        id="tin-24h",
        name="Tin Sông Lam 24 giờ (mẫu)",
        dialect=Dialect.RSS,
        kind=SourceKind.FEED,
        platform=Platform.GENERIC,
        authority=Authority.REPOST,
        republish=Republish.LINK,
        interval=_USUAL,
        colour="#5d4037",
        first_number=757_480,
        channels=(
            Channel(slug="trong-tinh", title="Trong tỉnh", section="tin-dia-phuong"),
            Channel(slug="thoi-su", title="Thời sự", section="thoi-su"),
        ),
    ),
)

OUTLET_BY_ID: dict[str, Outlet] = {outlet.id: outlet for outlet in OUTLETS}
