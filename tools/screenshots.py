"""Takes the pictures of docs/screenshots from the running demo: ``make screenshots``."""

import asyncio
import shutil
import tempfile
from ipaddress import ip_network
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from aggregator.app import Core, open_service, running, wall_clock
from aggregator.cli.inputs import load_catalogue
from aggregator.cli.users import add_account
from aggregator.demo.breakage import Breakage
from aggregator.demo.province import DemoProvince
from aggregator.logs import configure_logs
from aggregator.model.people import Role
from aggregator.settings import LogFormat, LogLevel, Settings

FOLDER = Path("docs/screenshots")
WIDTHS = {390: 844, 1280: 900}
PASSWORD = "xem-thử-bảng-vận-hành"  # noqa: S105 - of a database that lives as long as this program
CHROMIUM = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]


async def run() -> None:
    """Fills a sample province, breaks two sites, and photographs every page."""
    configure_logs(LogLevel.ERROR, LogFormat.CONSOLE)
    with tempfile.TemporaryDirectory() as directory:
        settings = Settings(
            data_dir=Path(directory),
            sources=Path(directory) / "sources.yaml",
            port=0,
            allow_cidrs=(ip_network("127.0.0.0/8"),),
            interval_scale=0.005,
            min_interval_s=1,
        )
        async with DemoProvince(now=wall_clock, seed=3) as province:
            await province.write_sources(settings.sources)
            catalogue = load_catalogue(settings.sources)
            async with open_service(settings, catalogue) as (core, url), running(province.play(asyncio.Event())):
                assert url is not None
                await add_account(core.store, "van-hanh", PASSWORD, Role.OPERATOR, must_change=False)
                await asyncio.sleep(8)
                province.break_site("hanh-chinh-cong", Breakage.CAPTCHA)
                province.break_site("tin-24h", Breakage.SERVER_ERROR)
                await asyncio.sleep(8)
                await photograph(core, url)


async def photograph(core: Core, url: str) -> None:
    """Every page at every width, light; the list also dark."""
    await asyncio.to_thread(FOLDER.mkdir, parents=True, exist_ok=True)
    article = await richest_article(core)
    async with async_playwright() as playwright:
        program = shutil.which("chromium") or "chromium"
        browser = await playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        for width, height in WIDTHS.items():
            page = await new_page(browser, width, height)
            await shoot(page, f"{url}/", f"list-{width}")
            await shoot(page, f"{url}{article}", f"article-{width}")
            await page.goto(f"{url}/ops/login")
            await page.fill("input[name=name]", "van-hanh")
            await page.fill("input[name=password]", PASSWORD)
            await page.click("button[type=submit]")
            await page.wait_for_url("**/ops**")
            await shoot(page, f"{url}/ops", f"ops-{width}")
            await shoot(page, f"{url}/ops/crawls", f"crawls-{width}")
        dark = await new_page(browser, 390, 844, dark=True)
        await shoot(dark, f"{url}/", "list-390-dark")
        await browser.close()


async def richest_article(core: Core) -> str:
    """The path of a story's lead told by several sources and given in full."""
    from aggregator.store.stories import FeedQuery  # noqa: PLC0415 - the store is open only here

    stories = await core.store.stories.feed(FeedQuery(limit=100))
    best = max(stories, key=lambda story: (len(story.members), story.lead.republish == "full", story.lead.body_length))
    return f"/bai/{best.lead.article_id}"


async def new_page(browser: Browser, width: int, height: int, *, dark: bool = False) -> Page:
    """A page as a phone or a desk sees it."""
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=1.5 if width < 500 else 1,  # noqa: PLR2004 - phones are sharper
        color_scheme="dark" if dark else "light",
        locale="vi-VN",
    )
    return await context.new_page()


async def shoot(page: Page, address: str, name: str) -> None:
    """One picture of what is seen without scrolling."""
    await page.goto(address, wait_until="networkidle")
    await page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(run())
