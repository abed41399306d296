"""Redirects are followed by hand, each judged like the first URL."""

import pytest

from aggregator.model.failures import Outcome
from tests.fetch.sites import Fetch, Serve, answer, failure, fetched


def moved(location: str, status: str = "302 Found", *headers: str) -> bytes:
    return answer(b"", f"Location: {location}", *headers, status=status)


async def test_a_redirect_is_followed_to_its_body(serve: Serve, fetch: Fetch) -> None:
    other = await serve(answer(b"there"))
    site = await serve({"/a": moved("b"), "/b": moved(other.url("/c#part"))})
    result = fetched(await fetch(site.url("/a"), etag='"e"'))
    assert (result.body, result.url, result.permanent_url) == (b"there", other.url("/c"), None)
    assert other.asked[0].headers["if-none-match"] == '"e"'


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [(("301", "308"), True), (("301", "302"), False), (("307", "301"), False), (("303",), False), (("300",), False)],
)
async def test_an_address_is_permanent_when_every_hop_is(
    serve: Serve, fetch: Fetch, statuses: tuple[str, ...], permanent: bool
) -> None:
    scripts = {f"/{n}": moved(f"/{n + 1}", f"{status} X") for n, status in enumerate(statuses)}
    site = await serve({**scripts, "*": answer(b"x")})
    result = fetched(await fetch(site.url("/0")))
    assert result.permanent_url == (site.url(f"/{len(statuses)}") if permanent else None)


async def test_five_redirects_are_followed_and_a_sixth_is_not(serve: Serve, fetch: Fetch) -> None:
    site = await serve({**{f"/{n}": moved(f"/{n + 1}") for n in range(6)}, "*": answer(b"x")})
    assert fetched(await fetch(site.url("/1"))).url == site.url("/6")
    before = len(site.asked)
    assert failure(await fetch(site.url("/0"))).outcome is Outcome.MOVED
    assert len(site.asked) - before == 6


@pytest.mark.parametrize("location", ["/", "", "#again"])
async def test_a_loop_is_a_bad_response(serve: Serve, fetch: Fetch, location: str) -> None:
    site = await serve({"*": moved(location)})
    assert failure(await fetch(site.url("/"))).outcome is Outcome.BAD_RESPONSE


async def test_a_loop_that_wants_a_cookie_is_a_challenge(serve: Serve, fetch: Fetch) -> None:
    site = await serve(moved("/", "302 Found", "Set-Cookie: seen=1"))
    assert failure(await fetch(site.url("/"))).outcome is Outcome.CHALLENGE
    assert len(site.asked) == 1


async def test_a_redirect_without_a_location_is_a_bad_response(serve: Serve, fetch: Fetch) -> None:
    site = await serve(answer(b"x", status="301 Moved Permanently"))
    assert failure(await fetch(site.url())).outcome is Outcome.BAD_RESPONSE


async def test_letters_and_spaces_of_a_location_are_encoded(serve: Serve, fetch: Fetch) -> None:
    site = await serve(
        {
            "/utf8": "HTTP/1.1 302 X\r\nContent-Length: 0\r\nLocation: /tin tức\r\n\r\n".encode(),
            "/bytes": b"HTTP/1.1 302 X\r\nContent-Length: 0\r\nLocation: /\xe1\xff\r\n\r\n",
            "*": answer(b"x"),
        }
    )
    assert fetched(await fetch(site.url("/utf8"))).url == site.url("/tin%20t%E1%BB%A9c")
    assert fetched(await fetch(site.url("/bytes"))).url == site.url("/%E1%FF")


async def test_a_redirect_to_a_refused_address_makes_no_connection(serve: Serve, fetch: Fetch) -> None:
    inner = await serve(answer(b"secret"), host="127.0.0.2")
    site = await serve({"/1": moved("/2"), "/2": moved(inner.url("/admin"))})
    failed = failure(await fetch(site.url("/1")))
    assert failed.outcome is Outcome.REFUSED_BY_POLICY
    assert failed.url == inner.url("/admin")
    assert failed.status is None
    assert inner.connections == 0


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://0x7f000002/",
        "http://2130706434/",
        "http://127.2/",
        "http://0/",
        "http://[::ffff:127.0.0.2]/",
        "http://[::ffff:7f00:2]:80/",
        "//127.0.0.2/",
        "http://127.0.0.2:80/",
        "http://１２７.0.0.2/",
        "http://127。0。0。2/",
        "http://user:pw@127.0.0.1/",
        "http://127.0.0.1\\@127.0.0.2/",
        "\\\\127.0.0.2/",
        "file:///etc/passwd",
        "ftp://example.vn/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "http://[::1",
        "https:///x",
        "http://10.0.0.1:8080/",
        "http://[64:ff9b::a00:1]/",
    ],
)
async def test_no_redirect_leads_out_of_policy(serve: Serve, fetch: Fetch, location: str) -> None:
    raw = f"HTTP/1.1 302 X\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n".encode()
    site = await serve(raw)
    failed = failure(await fetch(site.url("/start")))
    assert failed.outcome is Outcome.REFUSED_BY_POLICY
    assert "pw" not in failed.url
    assert len(site.asked) == 1
