"""robots.txt, Retry-After and all that a host may ask of a visitor."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise

from aggregator.model.failures import Outcome
from aggregator.model.source import SourceKind
from tests.faults.fault import Expected, Fault, Place, Scripts, Seen
from tests.faults.wire import HTML, NOW, article_page, hanging, headlines, item, listing, moved, news, ok, page, rss
from tests.fetch.sites import Script, answer

_TEXT = "text/plain"
_ALL = "User-agent: *\nDisallow: /\n"


def _robots(
    case: str,
    robots: Script,
    outcome: Expected,
    *,
    fields: dict[str, object] | None = None,
    check: Callable[[Seen], None] | None = None,
) -> Fault:
    """A list page behind a robots.txt."""
    return Fault(
        id=case,
        kind=SourceKind.LISTING,
        serve=lambda place: {"/robots.txt": robots, "/rss": ok(listing(case, place.base), kind=HTML)},
        outcomes=(outcome,),
        titles=headlines(case, 6) if outcome is Outcome.OK else (),
        fields=fields or {},
        check=check or (_never_asked if outcome is Outcome.ROBOTS else None),
    )


def _never_asked(seen: Seen) -> None:
    assert "/rss" not in seen.paths()


def _file(text: str) -> Script:
    return ok(text, kind=_TEXT)


def _wait(case: str, status: str, asked: str, least: timedelta, most: timedelta, outcome: Outcome) -> Fault:
    """An answer that asks us to come back later: the next visit is due within those bounds."""

    def check(seen: Seen) -> None:
        crawl = seen.crawls[0]
        wait = crawl.next_visit_at - crawl.finished_at
        assert least <= wait <= most, (wait, crawl.next_visit_why)

    headers = (f"Retry-After: {asked}",) if asked else ()
    return Fault(
        id=case,
        serve=lambda _: {"/rss": ok(page("Chờ", "chờ"), *headers, kind=HTML, status=status)},
        outcomes=(outcome,),
        check=check,
        fields={"interval": "1m"},  # so that the wait is what was asked for
    )


def _hint(case: str, least: timedelta, *headers: str, head: str = "") -> Fault:
    """A sound feed that says how often it wants to be read."""

    def check(seen: Seen) -> None:
        crawl = seen.crawls[0]
        assert crawl.next_visit_at - crawl.finished_at >= least * 0.9
        assert crawl.next_visit_at - crawl.finished_at <= timedelta(hours=6.7)

    return Fault(
        id=case,
        serve=lambda place: {"/rss": ok(news(case, place.base).replace("</title>", f"</title>{head}", 1), *headers)},
        outcomes=(Outcome.OK,),
        titles=headlines(case),
        fields={"interval": "1m"},
        check=check,
    )


def _spaced(gap_s: float) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        times = [asked.at for asked in seen.asked]
        assert len(times) >= 3
        assert min(after - before for before, after in pairwise(times)) >= gap_s * 0.97
        assert seen.most_active == 1

    return check


def _with_pages(case: str, count: int = 3) -> Callable[[Place], Scripts]:
    def serve(place: Place) -> Scripts:
        words = "".join(f"<p>Đoạn {n} của bài viết kể chuyện làng quê đầy đủ và rõ ràng.</p>" for n in range(5))
        pages: Scripts = {
            f"/bai-{n}.html": ok(article_page(title, words), kind=HTML)
            for n, title in enumerate(headlines(case, count), start=1)
        }
        return pages | {"/rss": ok(news(case, place.base, count))}

    return serve


def _page_forbidden(place: Place) -> Scripts:
    scripts = _with_pages("robots-forbids-pages")(place)
    return scripts | {"/robots.txt": _file("User-agent: FaultBot\nDisallow: /bai-\n")}


def _no_page_asked(seen: Seen) -> None:
    assert seen.paths().count("/robots.txt") == 1
    assert not any(path.startswith("/bai-") for path in seen.paths())
    assert all("robots" in repr(article.problems) for article in seen.articles)


def _tired(place: Place) -> Scripts:
    scripts = _with_pages("pages-rate-limited", 30)(place)
    busy = ok("chờ", "Retry-After: 120", kind=_TEXT, status="429 Too Many Requests")
    return {path: busy if path.startswith("/bai-") else script for path, script in scripts.items()}


def _stops_asking(seen: Seen) -> None:
    assert sum(path.startswith("/bai-") for path in seen.paths()) <= 4  # those under way at once
    assert seen.crawls[0].next_visit_at - seen.crawls[0].finished_at >= timedelta(seconds=120)


def _honest(seen: Seen) -> None:
    for asked in seen.asked:
        assert asked.headers["user-agent"] == "FaultBot/1.0 (+admin@example.vn)"
        assert not {"cookie", "authorization", "referer", "from", "proxy-authorization"} & asked.headers.keys()


_DAY = timedelta(days=1)
_BUSY = "429 Too Many Requests"
_DOWN = "503 Service Unavailable"


def _asked_once(seen: Seen) -> None:
    assert sum(path.startswith("/bai-1") for path in seen.paths()) == 1


def _pages_spaced(seen: Seen) -> None:
    times = [asked.at for asked in seen.asked if asked.path.startswith("/bai-")]
    assert len(times) == 3
    assert min(after - before for before, after in pairwise(times)) >= 0.97


POLITENESS = (
    _robots("robots-forbids-all", _file(_ALL), Outcome.ROBOTS),
    _robots("robots-forbids-us", _file("User-agent: faultbot\nDisallow: /rss\n"), Outcome.ROBOTS),
    _robots("robots-forbids-by-pattern", _file("User-agent: *\nDisallow: /*ss$\n"), Outcome.ROBOTS),
    _robots("robots-with-mark-and-old-breaks", _file("\ufeffUser-agent: *\rDisallow: /rss\r"), Outcome.ROBOTS),
    _robots("robots-fails", ok("x", kind=_TEXT, status="500 Internal Server Error"), Outcome.ROBOTS),
    _robots("robots-cut", answer(b"User-agent: *\n").replace(b"14", b"99"), frozenset({
        Outcome.ROBOTS, Outcome.TIMEOUT})),
    _robots("robots-hangs", hanging(b""), frozenset({Outcome.TIMEOUT, Outcome.ROBOTS})),
    _robots("robots-busy", ok("", "Retry-After: 90", status=_BUSY), frozenset({
        Outcome.RATE_LIMITED, Outcome.ROBOTS})),
    _robots("robots-redirects-inside", moved("http://10.0.0.1/robots.txt"), frozenset({
        Outcome.REFUSED_BY_POLICY, Outcome.ROBOTS})),
    _robots("robots-forbids-another", _file("User-agent: GoogleBot\nDisallow: /\n"), Outcome.OK),
    _robots("robots-allows-within", _file("User-agent: *\nDisallow: /\nAllow: /rss\n"), Outcome.OK),
    _robots("robots-missing", ok("không có", kind=_TEXT, status="404 Not Found"), Outcome.OK),
    _robots("robots-forbidden-itself", ok("không", kind=_TEXT, status="403 Forbidden"), Outcome.OK),
    _robots("robots-is-a-page", ok(page("Trang chủ", "<p>User-agent</p>"), kind=HTML), Outcome.OK),
    _robots("robots-is-noise", ok(bytes(range(1, 256)) * 40, kind=_TEXT), Outcome.OK),
    _robots("robots-of-a-megabyte", _file("# rất dài\n" * 100_000), Outcome.OK),
    _robots("robots-of-many-groups", _file("".join(f"User-agent: b{n}\nDisallow: /{n}\n" for n in range(20_000))),
            Outcome.OK),
    _robots("robots-overridden", _file(_ALL), Outcome.OK,
            fields={"robots_override": "Chủ trang cho phép bằng văn bản"}),
    _robots("robots-crawl-delay", _file("User-agent: *\nCrawl-delay: 1\n"), Outcome.OK),
    Fault(id="robots-forbids-pages", serve=_page_forbidden, fields={"pages": "always"},
          outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL}),), titles=headlines("robots-forbids-pages"),
          check=_no_page_asked),
    Fault(id="crawl-delay-between-pages", fields={"pages": "always"}, outcomes=(Outcome.OK,),
          titles=headlines("crawl-delay-between-pages"), check=_pages_spaced,
          serve=lambda place: _with_pages("crawl-delay-between-pages")(place)
          | {"/robots.txt": _file("User-agent: *\nCrawl-delay: 1\n")}),
    Fault(id="pause-of-the-source", fields={"pages": "always", "min_gap": "1s"}, outcomes=(Outcome.OK,),
          titles=headlines("pause-of-the-source"), check=_spaced(1.0), serve=_with_pages("pause-of-the-source")),
    Fault(id="pages-rate-limited", serve=_tired, fields={"pages": "always"}, check=_stops_asking,
          outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL}),), titles=headlines("pages-rate-limited", 30)),
    Fault(id="honest-requests", fields={"pages": "always"}, outcomes=(Outcome.OK,), check=_honest,
          titles=headlines("honest-requests"),
          serve=lambda place: {path: script.replace(b"\r\n", b"\r\nSet-Cookie: theo-doi=1; Path=/\r\n", 1)
                               for path, script in _with_pages("honest-requests")(place).items()
                               if isinstance(script, bytes)}),
    _wait("retry-after-seconds", _BUSY, "600", timedelta(seconds=600), timedelta(seconds=700),
          Outcome.RATE_LIMITED),
    _wait("retry-after-date", _BUSY, format_datetime(NOW + timedelta(hours=2)), timedelta(minutes=110),
          timedelta(minutes=121), Outcome.RATE_LIMITED),
    _wait("retry-after-too-short", _BUSY, "1", timedelta(seconds=60), timedelta(minutes=5), Outcome.RATE_LIMITED),
    _wait("retry-after-past", _BUSY, format_datetime(NOW - _DAY), timedelta(seconds=60), timedelta(minutes=5),
          Outcome.RATE_LIMITED),
    _wait("retry-after-too-long", _BUSY, "99999999", timedelta(hours=23.9), timedelta(hours=24.1),
          Outcome.RATE_LIMITED),
    _wait("retry-after-nonsense", _BUSY, "mai nhé", timedelta(seconds=50), timedelta(minutes=5),
          Outcome.RATE_LIMITED),
    _wait("retry-after-when-down", _DOWN, "900", timedelta(seconds=900), timedelta(seconds=1000),
          Outcome.SERVER_ERROR),
    _wait("gone-rests-a-week", "410 Gone", "", timedelta(days=6), timedelta(days=8), Outcome.GONE),
    _hint("ttl-is-a-floor", timedelta(hours=2), head="<ttl>120</ttl>"),
    _hint("ttl-without-measure", timedelta(hours=5.5), head="<ttl>99999999</ttl>"),
    _hint("max-age-is-a-floor", timedelta(hours=1), "Cache-Control: public, max-age=3600"),
    _hint("max-age-without-measure", timedelta(hours=5.5), "Cache-Control: max-age=999999999"),
    Fault(id="page-of-each-item-once", fields={"pages": "always"}, outcomes=(Outcome.OK,),
          titles=headlines("page-of-each-item-once", 1), check=_asked_once,
          serve=lambda place: _with_pages("page-of-each-item-once", 1)(place) | {"/rss": ok(rss(*(
              item(headlines("page-of-each-item-once", 1)[0], f"{place.base}/bai-1.html{tail}")
              for tail in ("", "#binh-luan", "?utm_source=rss", "?fbclid=x"))))}),
)  # fmt: skip
