"""What was broken is healthy again, or the other way round: nothing is lost, nothing appears twice."""

from collections.abc import Callable

from aggregator.model.failures import Outcome
from tests.faults.fault import Expected, Fault, Place, Scripts, Seen
from tests.faults.wire import (
    HEAD,
    HTML,
    article_page,
    hanging,
    headline,
    headlines,
    item,
    moved,
    news,
    ok,
    page,
    play,
    resetting,
    rss,
    turns,
    validated,
)
from tests.fetch.sites import Asked, Script, Writer

_FAULTS: tuple[tuple[str, Script, Expected], ...] = (
    ("server-error", ok(page("Lỗi", "lỗi"), kind=HTML, status="500 Internal Server Error"), Outcome.SERVER_ERROR),
    ("hang", hanging(b""), Outcome.TIMEOUT),
    ("cut-body", HEAD + b"Content-Length: 9999\r\n\r\n<rss>", Outcome.TRUNCATED),
    ("reset", resetting(HEAD + b"\r\n<rss>"), Outcome.TRUNCATED),
    ("captcha", ok(page("Kiểm tra", "<div class=g-recaptcha></div>"), kind=HTML), Outcome.CHALLENGE),
    ("soft-404", ok(page("404 Not Found", "x"), kind=HTML), Outcome.NOT_FOUND),
    ("not-found", ok("x", status="404 Not Found"), Outcome.NOT_FOUND),
    ("garbage", b"\x00\x01\x02 rac\r\n\r\n", Outcome.BAD_RESPONSE),
    ("empty", ok(""), Outcome.EMPTY),
    ("too-large", HEAD + b"Content-Length: 999999999\r\n\r\n", Outcome.TOO_LARGE),
    ("broken-json", ok('{"items": [', kind="application/json"), Outcome.PARSE_FAILED),
    ("led-inside", moved("http://10.0.0.1/"), Outcome.REFUSED_BY_POLICY),
    ("ring", moved("/rss"), Outcome.BAD_RESPONSE),
)


def _then_healthy(name: str, script: Script, outcome: Expected) -> Fault:
    case = f"{name}-then-healthy"
    return Fault(
        id=case,
        serve=lambda place: {"/rss": turns(script, ok(news(case, place.base)))},
        outcomes=(outcome, Outcome.OK),
        titles=headlines(case),
    )


def _between(name: str, script: Script, outcome: Expected) -> Fault:
    """Healthy, broken, healthy with one more article."""
    case = f"healthy-{name}-healthy"
    return Fault(
        id=case,
        serve=lambda place: {"/rss": turns(ok(news(case, place.base, 2)), script, ok(news(case, place.base, 3)))},
        outcomes=(Outcome.OK, outcome, Outcome.OK),
        titles=headlines(case),
        check=_never_twice,
    )


def _never_twice(seen: Seen) -> None:
    assert len(seen.articles) == len({article.url for article in seen.articles})
    assert not any(article.versions for article in seen.articles)


def _kept(case: str, script: Script, outcome: Expected) -> Fault:
    """Healthy once, then broken for good: what was read stays."""
    return Fault(
        id=case,
        serve=lambda place: {"/rss": turns(ok(news(case, place.base)), script)},
        outcomes=(Outcome.OK, outcome),
        titles=headlines(case),
    )


def _saved_before_whole(place: Place) -> Scripts:
    """The answer with the validators is cut: whoever keeps them is told "not modified" for ever."""
    body = news("validators-of-a-cut-answer", place.base)
    cut = HEAD + b'ETag: "a"\r\nContent-Length: 99999\r\n\r\n' + body.encode()[:300]
    return {"/rss": turns(cut, validated(body, etag='"a"'))}


def _asked_with(name: str, value: str) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        assert name not in seen.asked[0].headers
        assert seen.asked[1].headers[name] == value

    return check


def _asked_without(*names: str) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        assert not any(name in asked.headers for asked in seen.asked for name in names)

    return check


def _page_comes_later(place: Place) -> Scripts:
    case = "page-fails-then-heals"
    words = "".join(f"<p>Đoạn {n} của bài viết kể chuyện làng quê đầy đủ và rõ ràng.</p>" for n in range(5))
    broken = ok("lỗi", kind=HTML, status="503 Service Unavailable")
    return {
        "/rss": ok(news(case, place.base, 1)),
        "/bai-1.html": turns(broken, ok(article_page(headline(case), words), kind=HTML)),
    }


def _has_its_body(seen: Seen) -> None:
    (article,) = seen.articles
    assert "Đoạn 4" in article.text
    assert "page_failed" not in repr(article.problems)


def _moved_for_good(place: Place) -> Scripts:
    return {"/rss": moved("/moi", status="301 Moved Permanently"), "/moi": ok(news("moved-for-good", place.base))}


def _asked_at_the_old_address(seen: Seen) -> None:
    assert seen.paths().count("/rss") >= 2  # twenty equal sightings over three days come first


def _cookie_answer(place: Place) -> Scripts:
    async def one(asked: Asked, writer: Writer) -> None:
        title = "Có cookie gửi lại" if "cookie" in asked.headers else headline("cookie-is-not-kept")
        await play(ok(rss(item(title, f"{place.base}/1")), "Set-Cookie: a=1; Path=/"), asked, writer)

    return {"/rss": one}


def _two_sections(place: Place) -> Scripts:
    return {
        "/rss": ok(news("one-section-fails", place.base)),
        "/hong": ok("lỗi", status="500 Internal Server Error"),
    }


_DATE = "Mon, 23 Nov 2026 00:00:00 GMT"
RECOVERY = (
    *(_then_healthy(*fault) for fault in _FAULTS),
    *(_between(*fault) for fault in _FAULTS if fault[0] not in {"hang", "reset", "ring", "led-inside"}),
    _kept("gone-keeps-what-was-read", ok("x", status="410 Gone"), Outcome.GONE),
    _kept("login-keeps-what-was-read", ok(page("Đăng nhập", "<input type=password>"), kind=HTML), Outcome.LOGIN),
    _kept("home-page-keeps-what-was-read", ok(page("Trang chủ", "<p>Chào</p>"), kind=HTML), Outcome.NOT_A_FEED),
    _kept("no-items-keeps-what-was-read", ok(rss()), Outcome.EMPTY),
    Fault(id="validators-of-a-cut-answer", serve=_saved_before_whole, outcomes=(Outcome.TRUNCATED, Outcome.OK),
          titles=headlines("validators-of-a-cut-answer")),
    Fault(id="etag-is-sent-back", outcomes=(Outcome.OK, Outcome.UNCHANGED), titles=headlines("etag-is-sent-back"),
          serve=lambda place: {"/rss": validated(news("etag-is-sent-back", place.base), etag='W/"x1"')},
          check=_asked_with("if-none-match", 'W/"x1"')),
    Fault(id="last-modified-is-sent-back", outcomes=(Outcome.OK, Outcome.UNCHANGED),
          titles=headlines("last-modified-is-sent-back"),
          serve=lambda place: {"/rss": validated(news("last-modified-is-sent-back", place.base), modified=_DATE)},
          check=_asked_with("if-modified-since", _DATE)),
    Fault(id="etag-too-long", outcomes=(Outcome.OK, Outcome.UNCHANGED), titles=headlines("etag-too-long"),
          serve=lambda place: {"/rss": ok(news("etag-too-long", place.base), f'ETag: "{"a" * 2000}"')},
          check=_asked_without("if-none-match")),
    Fault(id="same-body-new-etag", outcomes=(Outcome.OK, Outcome.UNCHANGED, Outcome.UNCHANGED),
          titles=headlines("same-body-new-etag"),
          serve=lambda place: {"/rss": turns(*(ok(news("same-body-new-etag", place.base), f'ETag: "{n}"')
                                               for n in range(9)))}),
    Fault(id="page-fails-then-heals", serve=_page_comes_later, fields={"pages": "always"},
          outcomes=(Outcome.PARTIAL, Outcome.OK), titles=headlines("page-fails-then-heals", 1),
          check=_has_its_body),
    Fault(id="moved-for-good", serve=_moved_for_good, outcomes=(Outcome.OK, Outcome.UNCHANGED),
          titles=headlines("moved-for-good"), check=_asked_at_the_old_address),
    Fault(id="cookie-is-not-kept", serve=_cookie_answer, outcomes=(Outcome.OK, Outcome.UNCHANGED),
          titles=(headline("cookie-is-not-kept"),), check=_asked_without("cookie")),
    Fault(id="one-section-fails", serve=_two_sections, outcomes=(Outcome.PARTIAL,),
          fields={"sections": ("/rss", "/hong")}, titles=headlines("one-section-fails")),
)  # fmt: skip
