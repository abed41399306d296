"""A loopback site with many feeds of invented news, run as its own process: ``python -m bench.feeds``.

``/v/<n>.xml`` answers with an ETag and honours If-None-Match; ``/u/<n>.xml`` always answers in full. The port is
printed as the first line.
"""

import asyncio
import sys
from functools import cache
from random import Random

from aiohttp import web

ENTRIES = 30
_SYLLABLES = """
khánh thành cầu dân sinh mô hình nuôi cá lồng nhà đại đoàn kết tuyến đường liên xã lớp xoá mù chữ khởi công bàn giao
khảo sát tổng giám thăm hỏi gia quanh suối mùa gặt sớm vụ đông chè cam bưởi lúa nước điện trạm y tế trường học mầm non
bộ đội biên phòng ngư tàu thuyền cảng biển rừng trồng keo lát hoa lễ hội đền làng nghề dệt thổ cẩm đan lát mây tre quỹ
vì người nghèo hiến máu tình nguyện tiếp xúc cử tri họp báo quyết định kế hoạch năm tháng tuần ngày phiên chợ vùng cao
""".split()  # noqa: SIM905 - a list of 120 lines says no more


def _words(seed: int, count: int) -> str:
    """``count`` syllables that differ from seed to seed as titles differ in life."""
    state = Random(seed)
    return " ".join(state.choice(_SYLLABLES) for _ in range(count))


@cache
def feed(number: int, base: str) -> bytes:
    """An RSS document of ENTRIES items, about 40 KB, different for every number."""
    items = []
    for index in range(ENTRIES):
        serial = number * ENTRIES + index
        title = f"{_words(serial, 13).capitalize()} ({serial})"
        text = ". ".join(_words(serial * 31 + sentence, 14).capitalize() for sentence in range(12))
        items.append(
            f"<item><title>{title}</title><link>{base}/bai/{serial}.html</link><guid>{base}/bai/{serial}</guid>"
            f"<pubDate>Fri, 20 Nov 2026 {serial % 24:02}:{serial % 60:02}:00 +0700</pubDate>"
            f"<description><![CDATA[<p>{text}</p>]]></description></item>"
        )
    head = f"<title>Nguồn {number}</title><link>{base}/</link><description>Tin mẫu</description>"
    document = (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
    )
    return document.encode()


async def _with_validator(request: web.Request) -> web.Response:
    number = request.match_info["number"]
    etag = f'"v{number}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    return web.Response(body=_body(request), headers={"ETag": etag}, content_type="application/rss+xml")


async def _unvalidated(request: web.Request) -> web.Response:
    return web.Response(body=_body(request), content_type="application/rss+xml")


def _body(request: web.Request) -> bytes:
    return feed(int(request.match_info["number"]), f"http://{request.host}")


async def _serve() -> None:
    app = web.Application()
    app.router.add_get("/v/{number}.xml", _with_validator)
    app.router.add_get("/u/{number}.xml", _unvalidated)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until the benchmark closes our standard input
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve())
