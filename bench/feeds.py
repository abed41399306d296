"""A loopback site with many feeds of invented news, run as its own process: ``python -m bench.feeds``.

``/feed/<n>.xml`` has ENTRIES items, the newest first. ``/set?feeds=&published=&validators=`` makes the documents, with
``published`` more items in each feed whose number is divisible by ten (as many old ones leave), and says whether they
go with an ETag that is honoured. ``/answers`` tells how many feeds were answered by status since it was last asked. The
port is printed as the first line.
"""

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from aiohttp import web

ENTRIES = 30
EVERY = 10  # one feed in so many publishes
_SYLLABLES = """
khánh thành cầu dân sinh mô hình nuôi cá lồng nhà đại đoàn kết tuyến đường liên xã lớp xoá mù chữ khởi công bàn giao
khảo sát tổng giám thăm hỏi gia quanh suối mùa gặt sớm vụ đông chè cam bưởi lúa nước điện trạm y tế trường học mầm non
bộ đội biên phòng ngư tàu thuyền cảng biển rừng trồng keo lát hoa lễ hội đền làng nghề dệt thổ cẩm đan lát mây tre quỹ
vì người nghèo hiến máu tình nguyện tiếp xúc cử tri họp báo quyết định kế hoạch năm tháng tuần ngày phiên chợ vùng cao
""".split()  # noqa: SIM905 - a list of 120 lines says no more
_LATER = 10**9  # serial numbers of what is published while the site runs start here
_TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _words(seed: int, count: int) -> str:
    """``count`` syllables that differ from seed to seed as titles differ in life."""
    state = Random(seed)
    return " ".join(state.choice(_SYLLABLES) for _ in range(count))


@cache
def feed(number: int, base: str, published: int = 0) -> bytes:
    """An RSS document of ENTRIES items, about 40 KB, different for every number; ``published`` are new at its top."""
    later = [_item(_LATER + number * ENTRIES + index, base) for index in reversed(range(published))]
    items = later + [_item(number * ENTRIES + index, base) for index in range(ENTRIES)]
    head = f"<title>Nguồn {number}</title><link>{base}/</link><description>Tin mẫu</description>"
    body = "".join(items[:ENTRIES])
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{body}</channel></rss>'.encode()


def _item(serial: int, base: str) -> str:
    """One item, of the day before yesterday or, published later, of yesterday."""
    at = _TODAY + timedelta(days=-1 if serial >= _LATER else -2, hours=serial % 24, minutes=serial % 60)
    title = f"{_words(serial, 13).capitalize()} ({serial})"
    text = ". ".join(_words(serial * 31 + sentence, 14).capitalize() for sentence in range(12))
    return (
        f"<item><title>{title}</title><link>{base}/bai/{serial}.html</link><guid>{base}/bai/{serial}</guid>"
        f"<pubDate>{at:%a, %d %b %Y %H:%M}:00 +0000</pubDate>"
        f"<description><![CDATA[<p>{text}</p>]]></description></item>"
    )


class Site:
    """The site's state and its answers."""

    def __init__(self) -> None:
        self._published = 0
        self._validators = True
        self._answers: Counter[str] = Counter()

    async def set(self, request: web.Request) -> web.Response:
        """Changes the state, the documents made beforehand."""
        self._published = int(request.query["published"])
        self._validators = request.query["validators"] == "1"
        for number in range(int(request.query["feeds"])):
            self._document(number, request)
        self._answers.clear()
        return web.Response()

    async def answers(self, _request: web.Request) -> web.Response:
        """Statuses and how often they were given, then forgotten."""
        given = dict(self._answers)
        self._answers.clear()
        return web.json_response(given)

    async def feed(self, request: web.Request) -> web.Response:
        """A feed, or 304."""
        number = int(request.match_info["number"])
        headers = {"ETag": f'"{number}-{self._published_by(number)}"'} if self._validators else {}
        if headers and request.headers.get("If-None-Match") == headers["ETag"]:
            self._answers["304"] += 1
            return web.Response(status=304, headers=headers)
        self._answers["200"] += 1
        return web.Response(body=self._document(number, request), headers=headers, content_type="application/rss+xml")

    def _document(self, number: int, request: web.Request) -> bytes:
        return feed(number, f"http://{request.host}", self._published_by(number))

    def _published_by(self, number: int) -> int:
        return 0 if number % EVERY else self._published


async def _serve() -> None:
    site = Site()
    app = web.Application()
    app.router.add_get("/feed/{number}.xml", site.feed)
    app.router.add_get("/set", site.set)
    app.router.add_get("/answers", site.answers)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)  # until the benchmark closes our standard input
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(_serve())
