"""The pages in a real Chromium: phone and desk, mouse and keyboard, light and dark."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, Route, async_playwright

from aggregator.model.entry import Attachment, Image
from aggregator.model.failures import Outcome
from aggregator.model.people import Role
from tests.web.world import PASSWORD, AppOf, World

pytestmark = pytest.mark.browser

CHROMIUM = Path(os.environ.get("AGGREGATOR_CHROMIUM", "/usr/bin/chromium"))
FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HAS_CHROMIUM = CHROMIUM.exists()
PHONE, DESK = (390, 844), (1280, 900)
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="40"><rect width="64" height="40"/></svg>'

# WCAG 2.2 AA, 1.4.3: 4.5 to 1 for text, against the nearest ground that is not transparent.
POOR_CONTRAST = """() => {
  const channel = (value) => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const ground = (item) => {
    for (; item; item = item.parentElement) {
      const color = numbers(getComputedStyle(item).backgroundColor);
      if ((color[3] ?? 1) > 0) return color;
    }
    return [255, 255, 255];
  };
  const words = "h1,h2 a,p,.kicker,.source,time,.count,.flag,.note,.button,.chips a,.state,small,footer a";
  return [...document.querySelectorAll(words)].flatMap((item) => {
    if (!item.textContent.trim() || item.closest(".top, .unseen") || !item.getClientRects().length) return [];
    const pair = [light(numbers(getComputedStyle(item).color)), light(ground(item))];
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    return ratio < 4.5 ? [`${item.className || item.tagName} ${ratio.toFixed(2)}`] : [];
  });
}"""


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    if not HAS_CHROMIUM and os.environ.get("CI") != "true":
        pytest.skip(f"no Chromium at {CHROMIUM}; set AGGREGATOR_CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture
async def address(newsday: World, app_of: AppOf) -> AsyncIterator[str]:
    async with TestServer(app_of(newsday)) as server:
        yield str(server.make_url("/")).rstrip("/")


async def _picture(route: Route) -> None:
    # The sources' hosts are not part of the test: two pictures break, the others load.
    if route.request.url.endswith(("/1.jpg", "/hong.jpg")):
        await route.abort()
    else:
        await route.fulfill(body=PICTURE, content_type="image/svg+xml")


async def _open(
    browser: Browser, size: tuple[int, int], *, scheme: Literal["light", "dark"] = "light"
) -> tuple[Page, list[str]]:
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, locale="vi-VN"
    )
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console",
        lambda said: troubles.append(said.text) if said.type == "error" and "ERR_FAILED" not in said.text else None,
    )
    await page.route("**/*.jpg", _picture)
    return page, troubles


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_pages_fit_the_screen_and_run_without_errors(
    chromium: Browser, address: str, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    page, troubles = await _open(chromium, size, scheme=scheme)
    for path in (
        "/",
        "/bai/a0001",
        "/bai/a0002",
        "/chuyen-muc/lich-tiep-xuc",
        "/nguon",
        "/nguon/bao-tinh",
        "/lien-ket",
    ):
        await page.goto(address + path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        small = await page.evaluate(
            """[...document.querySelectorAll('nav a, .button, .trail a, summary, .side a, .files a, .directory a')]
               .filter((item) => item.getClientRects().length && item.getBoundingClientRect().height < 43.5)
               .map((item) => item.textContent.trim())"""
        )
        assert small == [], path
    assert troubles == []
    ground = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(18, 20, 22)" if scheme == "dark" else "rgb(244, 242, 239)")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_reader_opens_an_article_and_comes_back_to_the_same_place(
    chromium: Browser, address: str, size: tuple[int, int]
) -> None:
    page, troubles = await _open(chromium, size)
    await page.goto(address)
    title = await page.locator(".story h2").nth(3).inner_text()
    await page.locator(".story").nth(3).click()
    await page.wait_for_selector(".reading")
    assert await page.locator("h1").inner_text() == title
    await page.go_back()
    await page.wait_for_selector(".stories")
    assert page.url == f"{address}/"
    assert troubles == []


async def test_the_list_goes_on_by_itself_while_scrolling_and_meets_each_story_once(
    chromium: Browser, address: str
) -> None:
    page, troubles = await _open(chromium, PHONE)
    await page.goto(address)
    for position in (19, 39, 46):
        await page.locator(".story").nth(position).scroll_into_view_if_needed()
    await page.locator(".end").wait_for()
    titles = await page.locator(".story h2 a").evaluate_all("(links) => links.map((link) => link.href)")
    assert len(titles) == len(set(titles)) == 47
    assert troubles == []


async def test_without_script_the_next_page_is_a_link(chromium: Browser, address: str) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.route("**/*.jpg", _picture)
    await page.goto(address)
    await page.locator(".more a").click()
    assert "cursor=" in page.url
    assert await page.locator(".story").count() == 20


async def test_everything_is_reached_by_keyboard_with_visible_focus(chromium: Browser, address: str) -> None:
    page, _ = await _open(chromium, DESK)
    await page.goto(address)
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "noi-dung"
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.closest('.story') !== null")
    outline = "getComputedStyle(document.activeElement.closest('.story')).outlineStyle"
    assert await page.evaluate(outline) == "solid"
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".reading")
    await page.locator("summary").focus()
    await page.keyboard.press("Enter")
    assert "Tiêu đề cũ" in await page.locator(".edited").inner_text()


async def test_a_pill_tells_of_news_that_came_meanwhile(chromium: Browser, address: str, newsday: World) -> None:
    page, troubles = await _open(chromium, PHONE)
    await page.clock.install()
    await page.goto(address)
    await newsday.publish(newsday.article(minutes_ago=0, title="Tin vừa đến"))
    await page.clock.run_for(31_000)
    pill = page.locator(".pill")
    await pill.wait_for()
    assert await pill.inner_text() == "Có tin mới – bấm để xem"
    assert await page.locator(".pill-place").get_attribute("aria-live") == "polite"
    await pill.focus()
    await page.keyboard.press("Enter")
    await page.get_by_text("Tin vừa đến").first.wait_for()
    assert troubles == []


async def test_words_have_enough_contrast_in_both_schemes(chromium: Browser, address: str) -> None:
    for scheme in ("light", "dark"):
        page, _ = await _open(chromium, PHONE, scheme=scheme)
        for path in ("/", "/bai/a0001", "/bai/a0002", "/nguon", "/chuyen-muc/ban-tin"):
            await page.goto(address + path)
            assert await page.evaluate(POOR_CONTRAST) == [], (scheme, path)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_an_operator_signs_in_finds_the_sick_source_and_asks_for_a_crawl(
    chromium: Browser, address: str, newsday: World, size: tuple[int, int]
) -> None:
    await newsday.person("lan", Role.OPERATOR)
    page, troubles = await _open(chromium, size)
    await page.goto(f"{address}/ops")
    await page.fill("#name", "lan")
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".board")
    for path in ("/ops", "/ops/crawls", "/ops/password"):
        await page.goto(address + path)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    await page.goto(f"{address}/ops")
    assert "Tin nhanh 24 giờ" in await page.locator(".board tbody tr").first.inner_text()
    await page.locator(".board tbody tr").first.get_by_role("button").click()
    await page.get_by_text("Đã yêu cầu thu thập ngay").wait_for()
    await page.get_by_role("link", name="Nhật ký của Báo và phát thanh, truyền hình Nghệ An").click()
    await page.locator(".log tbody a").first.click()
    await page.get_by_text("Nguyên nhân kỹ thuật").wait_for()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert troubles == []


BROKEN = "http://127.0.0.1:9/hong.jpg"


@pytest.mark.parametrize("scripted", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_a_picture_that_does_not_load_leaves_no_hole_in_an_article(
    chromium: Browser, address: str, newsday: World, size: tuple[int, int], *, scripted: bool
) -> None:
    covered = newsday.article(source="cong-tinh", minutes_ago=1, images=(Image(url=BROKEN, caption="Hội nghị"),))
    inside = newsday.article(
        source="cong-tinh",
        minutes_ago=2,
        body=(
            f'<p>Mở đầu.</p><figure><img src="{BROKEN}" width="900" height="600" alt="Quang cảnh hội nghị">'
            f'</figure><p><img src="{BROKEN}" width="900" height="600" alt=""></p>'
            f'<figure><img src="{BROKEN}" width="900" height="600"><figcaption>Bà con góp ý.</figcaption></figure>'
            '<figure><img src="http://127.0.0.1:9/tot.jpg" alt=""></figure><p>Kết.</p>'
        ),
    )
    await newsday.publish(covered)
    await newsday.publish(inside)
    width, height = size
    context = await chromium.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=scripted, locale="vi-VN"
    )
    page = await context.new_page()
    await page.route("**/*.jpg", _picture)
    tall = """[...document.querySelectorAll('.reading img, .reading figure')]
        .filter((item) => !(item.currentSrc ?? item.querySelector('img').currentSrc).endsWith('tot.jpg'))
        .map((item) => item.getBoundingClientRect().height)"""
    for article in (covered, inside):
        await page.goto(f"{address}/bai/{article.id}", wait_until="networkidle")
        assert max(await page.evaluate(tall)) < 70, article.body
    assert await page.locator(".body img").last.evaluate("(image) => image.getBoundingClientRect().height") > 30
    words = await page.locator(".body").inner_text()
    assert "Bà con góp ý." in words
    await context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_the_files_of_an_article_say_what_they_are_and_how_large(
    chromium: Browser, address: str, newsday: World, size: tuple[int, int]
) -> None:
    site = "https://so-y-te.example.vn/files"
    long_name = "Danh_sach_cac_diem_tiem_chung_mo_rong_cho_tre_em_tu_6_thang_tuoi_tai_130_xa_phuong_nam_2026.xlsx"
    article = newsday.article(
        source="so-y-te",
        minutes_ago=1,
        attachments=(
            Attachment(url=f"{site}/1", name="Kế hoạch 128/KH-SYT", media_type="application/pdf", size_bytes=4_404_019),
            Attachment(url=f"{site}/{long_name}", name=long_name, size_bytes=91_136),
            Attachment(url=f"{site}/phu-luc.PDF?v=2", name=""),
        ),
    )
    await newsday.publish(article)
    page, troubles = await _open(chromium, size)
    await page.goto(f"{address}/bai/{article.id}")
    files = page.locator(".files li")
    shown = [" ".join(text.split()) for text in await files.all_inner_texts()]
    assert shown == [
        "Kế hoạch 128/KH-SYT PDF · 4,2 MB",
        f"{long_name} Excel · 89,0 KB",
        "phu-luc.PDF PDF",
    ]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert [await link.get_attribute("href") for link in await files.locator("a").all()] == [
        attachment.url for attachment in article.attachments
    ]
    assert troubles == []


async def test_the_board_and_the_crawl_log_are_short_on_a_phone(
    chromium: Browser, address: str, newsday: World
) -> None:
    await newsday.person("nguyen-thi-lan-anh", Role.OPERATOR)
    for number in range(40):
        await newsday.crawled("bao-tinh", Outcome.OK if number % 2 else Outcome.UNCHANGED, minutes_ago=40 + number)
    page, troubles = await _open(chromium, PHONE)
    await page.goto(f"{address}/ops")
    await page.fill("#name", "nguyen-thi-lan-anh")
    await page.fill("#password", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".board")
    tops = await page.locator(".ops-nav > *").evaluate_all("(all) => all.map((item) => item.getBoundingClientRect())")
    assert len({round(box["y"] + box["height"] / 2) for box in tops}) == 1  # one row
    assert max(box["right"] for box in tops) <= PHONE[0]
    assert min(box["height"] for box in tops) >= 43.5
    await page.goto(f"{address}/ops/crawls")
    assert await page.evaluate("document.documentElement.scrollHeight") < 4500
    await page.get_by_role("link", name="Hiện cả lượt không có gì mới").click()
    await page.get_by_role("link", name="Ẩn lượt không có gì mới").wait_for()
    assert page.url == f"{address}/ops/crawls?unchanged=1"
    await page.select_option("select[name=source]", "bao-tinh")
    await page.get_by_role("button", name="Lọc").click()
    await page.get_by_role("link", name="Ẩn lượt không có gì mới").wait_for()
    assert "unchanged=1" in page.url
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert troubles == []
