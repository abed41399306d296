"""The reader's pages as they are sent, without a browser."""

import re

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from aiohttp.test_utils import TestClient, TestServer

from tests.web.world import AppOf, Client, World


@pytest.mark.usefixtures("newsday")
async def test_the_first_page_is_light(world: World, app_of: AppOf) -> None:
    async with TestClient(TestServer(app_of(world)), auto_decompress=False) as client:
        page = await client.get("/", headers={"Accept-Encoding": "br"})
        html = brotli.decompress(await page.read()).decode()
        weight = int(page.headers["Content-Length"])
        for address in re.findall(r'(?:href|src)="(/assets/[^"]+)"', html):
            asset = await client.get(address, headers={"Accept-Encoding": "br"})
            assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            weight += int(asset.headers["Content-Length"])
        assert weight < 60_000


@pytest.mark.usefixtures("newsday")
async def test_pages_hold_no_inline_script_or_style(client: Client) -> None:
    for path in ("/", "/bai/a0001", "/nguon", "/lien-ket", "/ops/login"):
        page = await (await client.get(path)).text()
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page), path


@pytest.mark.usefixtures("newsday")
async def test_the_list_shows_sources_outlets_updates_and_goes_on_without_script(client: Client) -> None:
    page = await (await client.get("/")).text()
    for part in ("3 nguồn", "Đã cập nhật", "12 phút trước", "Mặt trận Tổ quốc tỉnh", 'loading="lazy"'):
        assert part in page, part
    seen = re.findall(r'<h2><a href="/bai/(a\d+)"', page)
    while more := re.search(r'href="(/\?cursor=[^"]+)"', page):
        page = await (await client.get(more[1])).text()
        seen += re.findall(r'<h2><a href="/bai/(a\d+)"', page)
    assert len(seen) == len(set(seen)) == 47
    assert "Đã hết tin" in page


@pytest.mark.usefixtures("newsday")
async def test_sections_mark_where_the_reader_is_and_say_when_they_are_empty(client: Client) -> None:
    page = await (await client.get("/chuyen-muc/lich-tiep-xuc")).text()
    assert re.search(r'/chuyen-muc/lich-tiep-xuc" aria-current="page"', page)
    assert "Hôm nay" in page  # a date without an hour
    assert "Chưa có tin ở mục này" in await (await client.get("/chuyen-muc/ban-tin")).text()
    assert (await client.get("/chuyen-muc/khong-co")).status == 404
    assert (await client.get("/nguon/khong-co")).status == 404
    own = await (await client.get("/nguon/bao-tinh")).text()
    assert "Lấy ý kiến Nhân dân về quy chế giám sát, phản biện xã hội" in own


@pytest.mark.usefixtures("newsday")
async def test_an_article_shows_its_history_files_other_outlets_and_the_way_to_the_original(client: Client) -> None:
    page = await (await client.get("/bai/a0001")).text()
    for part in (
        "Tiêu đề cũ: “Lấy ý kiến về quy chế giám sát”",
        "sửa tiêu đề",
        "PDF · 1,2 MB",
        "Word · 34,0 KB",
        "Nguồn khác cùng đưa tin",
        "<strong>công khai kết quả giám sát</strong>",
        "Đọc bài gốc tại Mặt trận Tổ quốc tỉnh",
        '<link rel="canonical" href="https://mttq-tinh.example.vn/bai-1.html">',
        'property="og:title"',
        'property="og:image" content="http://127.0.0.1:9/anh-hoi-nghi.jpg"',
    ):
        assert part in page, part
    summary_only = await (await client.get("/bai/a0002")).text()
    assert "Nội dung của bài số 2." not in summary_only
    assert "Nguồn cho phép hiển thị tóm tắt" in summary_only
    link_only = await (await client.get("/bai/a0003")).text()
    assert "Tóm tắt của bài số 3." not in link_only
    assert "Nguồn cho phép hiển thị tiêu đề" in link_only


@pytest.mark.usefixtures("newsday")
async def test_sources_and_links_are_listed_and_bad_addresses_left_out(client: Client) -> None:
    sources = await (await client.get("/nguon")).text()
    assert "Cơ quan nhà nước" in sources
    assert "bị chặn" in sources
    links = await (await client.get("/lien-ket")).text()
    assert "dichvucong.example.vn" in links
    assert "javascript:" not in links


@pytest.mark.parametrize("cursor", ["AAAA", "<script>", "x" * 5000, "%00"])
async def test_a_broken_next_page_link_is_explained(client: Client, cursor: str) -> None:
    answer = await client.get(f"/?cursor={cursor}")
    assert answer.status == 400
    assert "đọc lại từ tin mới nhất" in await answer.text()


async def test_relative_times_do_not_grow_old_in_the_cache(client: Client, world: World) -> None:
    await world.publish(world.article(minutes_ago=5))
    assert "5 phút trước" in await (await client.get("/")).text()
    world.clock.at = world.clock.at.replace(minute=30)
    world.revision.bump()
    assert "35 phút trước" in await (await client.get("/")).text()
