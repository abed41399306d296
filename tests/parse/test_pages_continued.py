"""Articles of several pages: where they go on, and what their pages make together."""

from datetime import UTC, datetime

import pytest

from aggregator.model.entry import Attachment, DateOrigin, Entry, FoundDate, Image, Problem
from aggregator.parse.continues import next_page
from aggregator.parse.joined import join_pages
from aggregator.parse.tree import html_tree

HOST = "https://bao.example.vn"


def following(url: str, markup: str) -> str | None:
    return next_page(html_tree(f"<html><body>{markup}</body></html>"), url, url)


@pytest.mark.parametrize(
    ("path", "link", "next_path"),
    [
        ("/phong-su.html", "<a href='/phong-su-p2.html'>2</a>", "/phong-su-p2.html"),
        ("/phong-su.htm", "<a href='/phong-su-page2.htm'>Trang sau</a>", "/phong-su-page2.htm"),
        ("/phong-su.html", "<a href='/phong-su-2.html'>2</a>", "/phong-su-2.html"),
        ("/phong-su/", "<a href='/phong-su/2/'>2</a>", "/phong-su/2/"),
        ("/phong-su/", "<a href='/phong-su/page/2/'>Tiếp</a>", "/phong-su/page/2/"),
        ("/phong-su", "<a href='/phong-su/trang-2'>»</a>", "/phong-su/trang-2"),
        ("/phong-su.html", "<a href='?page=2'>Trang tiếp</a>", "/phong-su.html?page=2"),
        ("/doc?id=7", "<a href='?id=7&amp;page=2#noi-dung'>2</a>", "/doc?id=7&page=2"),
        ("/phong-su.html", "<link rel='next' href='/phong-su.html?page=2'>", "/phong-su.html?page=2"),
        ("/phong-su.html?page=2", "<a href='?page=1'>1</a><a href='?page=3'>3</a>", "/phong-su.html?page=3"),
        ("/phong-su-p2.html", "<a href='/phong-su-p3.html'>3</a>", "/phong-su-p3.html"),
    ],
)
def test_an_article_goes_on_at_its_own_address_with_the_next_number(path: str, link: str, next_path: str) -> None:
    assert following(HOST + path, link) == HOST + next_path


@pytest.mark.parametrize(
    ("path", "link"),
    [
        ("/phong-su.html", "<link rel='next' href='/bai-khac.html'>"),
        ("/phong-su/", "<a rel='next' href='/bai-viet-2/'>Bài tiếp theo</a>"),
        ("/phong-su-ky-1.html", "<link rel='next' href='/phong-su-ky-2.html'>"),
        ("/phong-su-ky-1.html", "<a href='/phong-su-ky-2.html'>2</a>"),
        ("/phong-su-ky-2.html", "<link rel='next' href='/phong-su-ky-3.html'>"),
        ("/phong-su.html", "<a href='/phong-su-p3.html'>3</a>"),
        ("/phong-su.html", "<a href='/phong-su-p2.html'>Phóng sự: Chuyện ở bản xa</a>"),
        ("/phong-su.html", "<a href='https://khac.example.vn/phong-su-p2.html'>2</a>"),
        ("/phong-su.html", "<div class='tin-lien-quan'><a href='?page=2'>2</a></div>"),
        ("/phong-su.html", "<div id='comments'><div><a href='?page=2'>2</a></div></div>"),
        ("/?p=12", "<a href='/?p=13'>Tiếp</a>"),
        ("/2026/03/1/", "<a href='/2026/03/2/'>»</a>"),
        ("/phong-su-p2.html", "<a href='/phong-su.html'>1</a>"),
    ],
)
def test_links_to_other_articles_and_lists_do_not_continue_it(path: str, link: str) -> None:
    assert following(HOST + path, link) is None


LEAD = "Chuyện kể về những người giữ rừng ở miền tây xứ Nghệ."
FIRST = Entry(
    url=f"{HOST}/phong-su.html",
    title="Giữ rừng",
    body=f"<p>{LEAD}</p><p>Trang một.</p>",
    text=f"{LEAD}\nTrang một.",
    images=(Image(url=f"{HOST}/1.jpg"),),
    published=FoundDate(at=datetime(2026, 3, 2, tzinfo=UTC), origin=DateOrigin.META),
    digest="a" * 32,
    continues_at=f"{HOST}/phong-su.html?page=2",
)
SECOND = Entry(
    url=f"{HOST}/phong-su.html?page=2",
    title="Giữ rừng - trang 2",
    body=f'<p>{LEAD}</p><p>Trang hai &amp; <a href="{HOST}/x">liên kết</a>.</p>',
    text=f"{LEAD}\nTrang hai & liên kết.",
    authors=("Hải Đăng",),
    origin_name="Báo mẫu",
    images=(Image(url=f"{HOST}/1.jpg", caption="Rừng"), Image(url=f"{HOST}/2.jpg")),
    attachments=(Attachment(url=f"{HOST}/a.pdf", name="a.pdf"),),
)


def test_the_pages_of_an_article_make_one_entry() -> None:
    whole = join_pages(FIRST, [SECOND])
    link = f'<a href="{HOST}/x">liên kết</a>'
    assert whole.body == f"<p>{LEAD}</p><p>Trang một.</p><p>Trang hai &amp; {link}.</p>"
    assert whole.text == f"{LEAD}\nTrang một.\nTrang hai & liên kết."
    assert (whole.url, whole.title, whole.published) == (FIRST.url, FIRST.title, FIRST.published)
    assert (whole.authors, whole.origin_name) == (("Hải Đăng",), "Báo mẫu")
    assert [(image.url, image.caption) for image in whole.images] == [(f"{HOST}/1.jpg", "Rừng"), (f"{HOST}/2.jpg", "")]
    assert whole.attachments == SECOND.attachments
    assert whole.continues_at is None


def test_a_change_on_any_page_changes_the_digest() -> None:
    whole = join_pages(FIRST, [SECOND]).digest
    changed = Entry(url=SECOND.url, title="", body="<p>Trang hai đã sửa.</p>", text="Trang hai đã sửa.")
    assert len({FIRST.digest, whole, join_pages(FIRST, [changed]).digest}) == 3


def test_an_article_that_goes_on_after_the_pages_given_says_so() -> None:
    more = Entry(url=SECOND.url, title="", text="Trang hai.", continues_at=f"{HOST}/phong-su.html?page=3")
    assert join_pages(FIRST, [more]).continues_at == f"{HOST}/phong-su.html?page=3"
    assert join_pages(FIRST, []) is FIRST


def test_a_later_page_without_a_body_is_a_problem_of_the_article() -> None:
    empty = Entry(url=SECOND.url, title="")
    assert join_pages(FIRST, [empty]).problems == (Problem(code="no_body", field="body"),)
