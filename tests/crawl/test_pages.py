"""Articles on several pages come whole, or as far as they could be read and then again."""

from aggregator.model.article import Article
from aggregator.model.entry import FieldOrigin
from aggregator.model.source import PagePolicy
from tests.crawl.conftest import Site, Visitor, feed_source, rss

HTML = "text/html; charset=utf-8"
TITLE = "Ghi chép dọc tuyến đường liên xã vùng biên"
PARAGRAPHS = (
    "Con đường bắt đầu từ trung tâm xã, men theo suối rồi vượt ba con dốc dài trước khi tới bản đầu tiên.",
    "Ở bản thứ hai, bà con góp công mở rộng mặt đường thêm một mét để xe chở nông sản tránh nhau được.",
    "Bản cuối cùng nằm sát đường biên, nơi tổ tự quản họp mỗi tháng một lần tại nhà văn hóa cộng đồng.",
)


def page(number: int, *, of: int) -> tuple[int, str, str, dict[str, str]]:
    """One page of the article; each says the title again and links the next."""
    links = (
        f'<div class="pagination"><a href="/duong-bien?page={number + 1}">Trang sau</a></div>' if number < of else ""
    )
    text = PARAGRAPHS[(number - 1) % len(PARAGRAPHS)]
    return (
        200,
        HTML,
        (
            f"<html><head><title>{TITLE}</title></head><body><article><h1>{TITLE}</h1><time>20/11/2026 08:00</time>"
            f"<p>{text} (trang {number})</p><p>{text[::-1]} {number}</p></article>{links}</body></html>"
        ),
        {},
    )


async def kept(visitor: Visitor) -> Article:
    members = await visitor.members()
    (article,) = await visitor.core.store.articles.get_many([member.article_id for member in members])
    return article


async def test_an_article_on_several_pages_is_kept_whole(site: Site, visitor: Visitor) -> None:
    site.pages["/rss"] = (200, "application/rss+xml", rss(site, ("/duong-bien", TITLE)), {})
    site.pages["/duong-bien"] = page(1, of=3)
    site.pages["/duong-bien?page=2"] = page(2, of=3)
    site.pages["/duong-bien?page=3"] = page(3, of=3)
    crawl = await visitor.crawl(feed_source(site, pages=PagePolicy.ALWAYS))
    assert crawl is not None
    assert crawl.counts.pages == 3
    article = await kept(visitor)
    assert [f"(trang {number})" in article.text for number in (1, 2, 3)] == [True, True, True]
    assert article.text.index("(trang 2)") < article.text.index("(trang 3)")
    assert dict(article.origins)["title"] in set(FieldOrigin)


async def test_a_further_page_that_fails_is_read_at_the_next_visit(site: Site, visitor: Visitor) -> None:
    site.pages["/rss"] = (200, "application/rss+xml", rss(site, ("/duong-bien", TITLE)), {})
    site.pages["/duong-bien"] = page(1, of=2)
    site.pages["/duong-bien?page=2"] = (500, HTML, "", {})
    source = feed_source(site, pages=PagePolicy.ALWAYS)
    await visitor.crawl(source)
    article = await kept(visitor)
    assert "(trang 1)" in article.text
    assert [problem.code for problem in article.problems] == ["page_failed"]
    site.pages["/duong-bien?page=2"] = page(2, of=2)
    await visitor.crawl(source)
    article = await kept(visitor)
    assert "(trang 2)" in article.text


async def test_pages_that_go_on_for_ever_end_after_six(site: Site, visitor: Visitor) -> None:
    site.pages["/rss"] = (200, "application/rss+xml", rss(site, ("/duong-bien", TITLE)), {})
    site.pages["/duong-bien"] = page(1, of=99)
    for number in range(2, 20):
        site.pages[f"/duong-bien?page={number}"] = page(number, of=99)
    crawl = await visitor.crawl(feed_source(site, pages=PagePolicy.ALWAYS))
    assert crawl is not None
    assert crawl.counts.pages == 6
