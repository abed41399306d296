"""robots.txt: who may fetch what, how often it is asked for, and what happens when it cannot be read."""

import asyncio
import time
from itertools import pairwise
from typing import Any

import pytest

from aggregator.fetch.gate import Gate
from aggregator.fetch.robot_rules import MAX_ROBOTS_BYTES, product_token, read_rules
from aggregator.model.failures import Outcome
from aggregator.model.fetch import Fetched, FetchRequest
from tests.fetch.sites import Asked, Fetch, Serve, Writer, answer, failure, fetched

RULES = b"""User-agent: *
Disallow: /all

User-agent: OtherBot
User-agent: TestBot
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$
"""


async def test_a_page_that_robots_disallows_is_not_asked_for(serve: Serve, fetch: Fetch) -> None:
    site = await serve({"/robots.txt": answer(RULES), "*": answer(b"page")})
    failed = failure(await fetch(site.url("/private/x"), follow_robots=True))
    assert failed.outcome is Outcome.ROBOTS
    assert "TestBot" in failed.cause
    assert failed.url == site.url("/private/x")
    for path in ("/private/open/1", "/all", "/x.pdf?y"):
        fetched(await fetch(site.url(path), follow_robots=True))
    assert failure(await fetch(site.url("/x.pdf"), follow_robots=True)).outcome is Outcome.ROBOTS
    assert [asked.path for asked in site.asked].count("/robots.txt") == 1
    assert "/private/x" not in [asked.path for asked in site.asked]


async def test_a_request_that_does_not_follow_robots_never_asks_for_it(serve: Serve, fetch: Fetch) -> None:
    site = await serve({"/robots.txt": answer(RULES), "*": answer(b"page")})
    fetched(await fetch(site.url("/private/x")))
    assert [asked.path for asked in site.asked] == ["/private/x"]


async def test_many_pages_at_once_ask_for_robots_once(serve: Serve, gate: Gate) -> None:
    async def slow(_: Asked, writer: Writer) -> None:
        await asyncio.sleep(0.1)
        writer.write(answer(RULES))

    site = await serve({"/robots.txt": slow, "*": answer(b"page")})
    async with asyncio.TaskGroup() as group:
        for n in range(10):
            group.create_task(gate.get(FetchRequest(url=site.url(f"/{n}"), follow_robots=True)))
    assert [asked.path for asked in site.asked].count("/robots.txt") == 1
    assert len(site.asked) == 11


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "410 Gone", "401 Unauthorized"])
async def test_no_robots_file_allows_everything(serve: Serve, fetch: Fetch, status: str) -> None:
    site = await serve({"/robots.txt": answer(b"no", status=status), "*": answer(b"page")})
    fetched(await fetch(site.url("/x"), follow_robots=True))


@pytest.mark.parametrize("body", [b"", b"<html><body>not found</body></html>", b"\xff\xfe\x00", b"User-agent"])
async def test_a_file_without_rules_allows_everything(serve: Serve, fetch: Fetch, body: bytes) -> None:
    site = await serve({"/robots.txt": answer(body), "*": answer(b"page")})
    fetched(await fetch(site.url("/x"), follow_robots=True))


async def test_a_robots_file_that_fails_lets_nothing_through_and_is_not_asked_for_each_page(
    serve: Serve, fetch: Fetch
) -> None:
    site = await serve({"/robots.txt": answer(b"", status="503 Busy"), "*": answer(b"page")})
    for _ in range(3):
        failed = failure(await fetch(site.url("/x"), follow_robots=True))
        assert failed.outcome is Outcome.ROBOTS
        assert "503" in failed.cause
    assert [asked.path for asked in site.asked] == ["/robots.txt"]


async def test_a_host_that_limits_robots_limits_the_page(serve: Serve, fetch: Fetch) -> None:
    site = await serve({"/robots.txt": answer(b"", "Retry-After: 90", status="429 Slow"), "*": answer(b"page")})
    failed = failure(await fetch(site.url("/x"), follow_robots=True))
    assert (failed.outcome, failed.retry_after_s) == (Outcome.RATE_LIMITED, 90.0)


async def test_an_origin_that_is_down_fails_as_itself(serve: Serve, fetch: Fetch) -> None:
    site = await serve(b"")
    assert failure(await fetch(site.url("/x"), follow_robots=True)).outcome is Outcome.CONNECT


async def test_an_older_copy_holds_while_the_file_cannot_be_read(
    serve: Serve, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregator.fetch.robots.KEEP_S", 0.0)
    site = await serve({"/robots.txt": answer(RULES), "*": answer(b"page")})
    fetched(await fetch(site.url("/x"), follow_robots=True))
    site.scripts["/robots.txt"] = answer(b"", status="500 Oops")
    fetched(await fetch(site.url("/y"), follow_robots=True))
    assert failure(await fetch(site.url("/private"), follow_robots=True)).outcome is Outcome.ROBOTS
    assert [asked.path for asked in site.asked].count("/robots.txt") == 2


async def test_robots_redirects_are_judged_and_followed(serve: Serve, fetch: Fetch) -> None:
    inner = await serve(answer(b"secret"), host="127.0.0.2")
    other = await serve({"/robots.txt": answer(RULES)})
    site = await serve({"/robots.txt": answer(b"", f"Location: {other.url('/robots.txt')}", status="301 X")})
    assert failure(await fetch(site.url("/private"), follow_robots=True)).outcome is Outcome.ROBOTS
    sly = await serve({"/robots.txt": answer(b"", f"Location: {inner.url()}", status="301 X")})
    assert failure(await fetch(sly.url("/x"), follow_robots=True)).outcome is Outcome.REFUSED_BY_POLICY
    assert inner.connections == 0


async def test_a_redirect_into_a_disallowed_path_is_not_followed(serve: Serve, fetch: Fetch) -> None:
    site = await serve(
        {"/robots.txt": answer(RULES), "/go": answer(b"", "Location: /private/x", status="302 X"), "*": answer(b"page")}
    )
    assert failure(await fetch(site.url("/go"), follow_robots=True)).outcome is Outcome.ROBOTS
    assert "/private/x" not in [asked.path for asked in site.asked]


async def test_a_crawl_delay_paces_the_host(serve: Serve, gate: Gate) -> None:
    site = await serve({"/robots.txt": answer(b"User-agent: *\nCrawl-delay: 0.2"), "*": answer(b"page")})
    for n in range(3):
        assert isinstance(await gate.get(FetchRequest(url=site.url(f"/{n}"), follow_robots=True)), Fetched)
    pages = site.asked[1:]
    assert all(second.at - first.at >= 0.15 for first, second in pairwise(pages))


@pytest.mark.parametrize("is_declared", [True, False])
async def test_a_file_over_500_kib_is_read_up_to_there(serve: Serve, fetch: Fetch, *, is_declared: bool) -> None:
    body = RULES + b"# padding\n" * (MAX_ROBOTS_BYTES // 10)
    robots = answer(body) if is_declared else b"HTTP/1.1 200 OK\r\n\r\n" + body
    site = await serve({"/robots.txt": robots, "*": answer(b"page")})
    assert failure(await fetch(site.url("/private"), follow_robots=True)).outcome is Outcome.ROBOTS
    fetched(await fetch(site.url("/x"), follow_robots=True))


@pytest.mark.parametrize(
    ("user_agent", "token"),
    [
        ("TestBot/1.0 (+https://x.vn)", "TestBot"),
        ("Mozilla/5.0 (compatible; TestBot/1.0; +https://x.vn)", "TestBot"),
        ("mat-tran-so", "mat-tran-so"),
        ("", "*"),
    ],
)
def test_the_product_token_names_us(user_agent: str, token: str) -> None:
    assert product_token(user_agent) == token


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: TESTBOT\nDisallow: /", False),
        ("User-agent: Other\nDisallow: /", True),
        ("User-agent: Other\nUser-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: TestBot\nDisallow:", True),
        ("User-agent: *\nDisallow: /\nUser-agent: TestBot\nAllow: /", True),
        ("User-agent: TestBot\nDisallow: /\nUser-agent: Other\nAllow: /", False),
        ("User-agent: TestBot\nSitemap: https://x.vn/s.xml\nDisallow: /", False),
        ("Disallow: /", True),
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /tin/*/nhap\nAllow: /", True),
        ("User-agent: *\nDisallow: /*tin", False),
        ("User-agent: *\nDisallow: /t%C6%B0", True),
    ],
)
def test_groups_are_matched_by_token(text: str, allowed: bool) -> None:
    assert read_rules(text.encode(), "TestBot").allows("https://x.vn/tin/a") is allowed


@pytest.mark.parametrize(
    "body",
    [
        b"".join(b"User-agent: bot%d\n" % n for n in range(20_000)) + b"Disallow: /a\n" * 20_000,
        b"User-agent: *\n" * 17_000 + b"Disallow: /a\n" * 20_000,
        b"User-agent: *\nDisallow: /" + b"*a" * 250_000,
        b"User-agent: *\n" + b"".join(b"Disallow: /*a%d*b\n" % n for n in range(25_000)),
        b"\n" * MAX_ROBOTS_BYTES,
    ],
    ids=["groups", "same group", "wildcards", "rules", "lines"],
)
def test_a_hostile_file_costs_little(body: bytes) -> None:
    started = time.process_time()
    rules = read_rules(body, "TestBot")
    for n in range(20):
        rules.allows(f"https://x.vn/{'a' * 1500}{n}")
    assert time.process_time() - started < 1.5


def test_a_crawl_delay_has_a_ceiling() -> None:
    values: dict[str, Any] = {"10": 10.0, "9999": 30.0, "-1": 0.0, "nan": 0.0, "inf": 0.0, "x": 0.0}
    for value, delay in values.items():
        assert read_rules(f"User-agent: *\nCrawl-delay: {value}".encode(), "TestBot").delay_s == delay
