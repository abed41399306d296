"""How a site of the sample province can be broken."""

from enum import StrEnum


class Breakage(StrEnum):
    """One way in which a site fails until it is mended. robots.txt goes on answering in all of them."""

    SERVER_ERROR = "server_error"  # 503 for everything
    HANG = "hang"  # accepts the request and says nothing
    CAPTCHA = "captcha"  # 200 with a page that sets a cookie and reloads
    TRUNCATED = "truncated"  # promises the whole body and closes after half of it
    MALFORMED = "malformed"  # whole answers whose lists are not well-formed
    PRIVATE_REDIRECT = "private_redirect"  # leads into a network that must never be asked
    EMPTY_LIST = "empty_list"  # lists answer well and hold nothing
    RATE_LIMITED = "rate_limited"  # 429 with Retry-After
    SLOW_DRIP = "slow_drip"  # a few bytes at a time


RETRY_AFTER_S = 15
PRIVATE_ADDRESS = "http://10.255.255.1/latest/meta-data/"  # RFC 1918; never listens here

CAPTCHA_PAGE = """<!DOCTYPE html><html><head><title>Một chút thôi...</title></head><body>
<script>document.cookie="D1N=5f2a9c;path=/";window.location.reload(true);</script>
<p>Vui lòng xác minh bạn là con người (trang mẫu).</p></body></html>"""
