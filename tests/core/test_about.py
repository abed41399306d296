"""Another page in an article's place is noticed; an article's own page never is."""

import pytest

from aggregator.model.entry import Entry
from aggregator.normalise.about import is_about
from tests.core.builders import entry

HEADLINE = "Mặt trận xã Nghi Lâm trao 12 nhà đại đoàn kết cho hộ nghèo"


def page(title: str = "", text: str = "", canonical_url: str | None = None) -> Entry:
    return entry(title=title, text=text, canonical_url=canonical_url)


@pytest.mark.parametrize(
    "own",
    [
        page(HEADLINE),
        page("NGHI LÂM: TRAO 12 NHÀ ĐẠI ĐOÀN KẾT"),
        page("Trao nha dai doan ket"),
        page("Báo mẫu", f"Sáng 20/11. {HEADLINE}. Buổi lễ có sự tham dự của bà con."),
        page("Một nhan đề khác hẳn", canonical_url="https://bao.example.vn/tin-1.html"),
        page(),
    ],
    ids=["same", "shouted", "unaccented", "in-the-text", "by-its-address", "nothing-read"],
)
def test_the_articles_own_page_is_about_it(own: Entry) -> None:
    assert is_about(entry(title=HEADLINE), own)


@pytest.mark.parametrize(
    "other",
    [
        page("Trang chủ chung của báo", "Chào mừng độc giả đến với trang nhà của báo. " * 20),
        page("Trang chủ", "Mặt trận. Xã hội. Nghi lễ. Trao đổi. Nhà đất. Hộ chiếu. Đoàn thể. Kết nối. " * 9),
        page("Không tìm thấy trang", canonical_url="https://bao.example.vn/"),
        page("", "Thông báo bảo trì hệ thống từ 22 giờ đến 24 giờ"),
    ],
    ids=["greeting", "menu", "missing", "notice"],
)
def test_something_else_in_its_place_is_not(other: Entry) -> None:
    assert not is_about(entry(title=HEADLINE), other)


def test_a_headline_of_a_word_or_two_decides_nothing() -> None:
    assert is_about(entry(title="Thông báo"), page("Lịch tiếp công dân tháng 11", "Nội dung"))


PORTAL = "Cổng thông tin điện tử xã Kim Liên"


@pytest.mark.parametrize(
    ("headline", "title", "site_name", "is_own"),
    [
        ("Xã Kim Liên tổ chức lễ ra quân đầu xuân", PORTAL, "", False),
        ("Xã Kim Liên tổ chức lễ ra quân đầu xuân", "Giới thiệu chung - Xã Kim Liên", "", False),
        ("Xã Kim Liên tổ chức lễ ra quân đầu xuân", f"Lễ ra quân đầu xuân - {PORTAL}", PORTAL, True),
        ("Hồng Sơn Đông: gặp mặt cựu chiến binh", "Trang chủ xã Hồng Sơn Đông", "UBND xã Hồng Sơn Đông", False),
        ("UBND xã Kim Liên thông báo", "UBND xã Kim Liên", "UBND xã Kim Liên", False),
        ("UBND xã Kim Liên thông báo", f"UBND xã Kim Liên thông báo | {PORTAL}", PORTAL, True),
        ("Cổng thông tin điện tử xã Kim Liên", "Cổng thông tin điện tử xã Kim Liên", PORTAL, True),
    ],
)
def test_the_sites_own_name_is_no_sign_of_an_article(headline: str, title: str, site_name: str, is_own: bool) -> None:
    assert is_about(entry(title=headline), page(title, "Chào mừng quý vị. " * 20), site_name=site_name) is is_own
