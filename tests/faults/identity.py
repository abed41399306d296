"""Who is who: the same article under many addresses, many articles under one name, one source in another's dress."""

from collections.abc import Callable

from aggregator.model.failures import Outcome
from tests.faults.fault import Fault, Place, Scripts, Seen
from tests.faults.wire import HTML, article_page, headline, headlines, item, ok, rss, turns

SITE = "http://bao-mau.example.vn"
_GUID = "<guid isPermaLink='false'>{}</guid>"


def _twins(case: str, *links: str, articles: int = 1, fields: dict[str, object] | None = None) -> Fault:
    """The same headline under each address in turn, visit after visit: one article, or as many as said."""
    title = headline(case)

    def feed(link: str) -> bytes:
        return ok(rss(item(title if articles == 1 else f"{title} {link[-3:]}", link)))

    def check(seen: Seen) -> None:
        assert len(seen.articles) == articles, [article.url for article in seen.articles]

    return Fault(
        id=case,
        serve=lambda _: {"/rss": turns(*(feed(link) for link in links))},
        outcomes=(Outcome.OK,) * len(links),
        titles=None,
        fields=fields or {},
        check=check,
    )


def _one_document(case: str, make: Callable[[str], str], titles: tuple[str, ...], **more: object) -> Fault:
    return Fault(
        id=case,
        serve=lambda place: {"/rss": ok(make(place.base))},
        outcomes=(Outcome.OK,),
        titles=titles,
        **more,  # type: ignore[arg-type]
    )


def _edit(case: str, *visits: str, check: Callable[[Seen], None], titles: tuple[str, ...]) -> Fault:
    """Feeds given in turn, each with the mark {base}."""
    return Fault(
        id=case,
        serve=lambda place: {"/rss": turns(*(ok(visit.replace("{base}", place.base)) for visit in visits))},
        outcomes=(Outcome.OK,) * len(visits),
        titles=titles,
        check=check,
    )


def _one_with_versions(count: int) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        (article,) = seen.articles
        assert len(article.versions) == count
        assert article.sort_at <= article.first_seen_at

    return check


def _each_once(count: int) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        assert len(seen.articles) == count
        assert len(seen.cards) == count

    return check


def _claims(case: str, canonical: str) -> Fault:
    """An article page that claims another address for itself."""
    title = headline(case)
    words = "".join(f"<p>Đoạn {n} của bài viết kể chuyện làng quê đầy đủ và rõ ràng.</p>" for n in range(5))

    def serve(place: Place) -> Scripts:
        head = f'<link rel="canonical" href="{canonical}"><meta property="og:url" content="{canonical}">'
        return {
            "/rss": ok(rss(item(title, f"{place.base}/tin-123456.html"))),
            "/tin-123456.html": ok(article_page(title, words, head=head), kind=HTML),
        }

    def check(seen: Seen) -> None:
        assert [path for path in seen.paths() if path == "/tin-123456.html"]
        assert seen.articles[0].url.endswith("/tin-123456.html")

    return Fault(id=case, serve=serve, fields={"pages": "always"}, outcomes=(Outcome.OK,), titles=(title,), check=check)


_A, _B = headlines("edited", 2)
_LATE = item(headline("newcomer"), f"{SITE}/newcomer-2.html")
_FIRST = item(headline("stays"), "{base}/ở-lại.html")
IDENTITY = (
    _twins("twin-www", f"{SITE}/tin-100001.html", "http://www.bao-mau.example.vn/tin-100001.html"),
    _twins("twin-mobile", f"{SITE}/tin-100002.html", "http://m.bao-mau.example.vn/tin-100002.html"),
    _twins("twin-amp", f"{SITE}/tin-100003.html", "http://amp.bao-mau.example.vn/tin-100003.html"),
    _twins("twin-https", f"{SITE}/tin-100004.html", f"{SITE}/tin-100004.html".replace("http:", "https:")),
    _twins("twin-print", f"{SITE}/tin-hay-100005.html", f"{SITE}/print/100005.html"),
    _twins("twin-savefile", f"{SITE}/vi/news/tin-6.html", f"{SITE}/vi/news/savefile/tin-6.html"),
    _twins("twin-slash", f"{SITE}/tin-muoi", f"{SITE}/tin-muoi/"),
    _twins("twin-fragment", f"{SITE}/tin-11.html", f"{SITE}/tin-11.html#binh-luan"),
    _twins("twin-page-index", f"{SITE}/tin-12.html", f"{SITE}/tin-12.html?pageindex=0"),
    _twins("twin-tracking", f"{SITE}/tin-13.html", f"{SITE}/tin-13.html?fbclid=IwAR0&utm_source=zalo"),
    _twins("twin-escapes", f"{SITE}/tin-t%e1%bb%a9c.html", f"{SITE}/tin-t%E1%BB%A9c.html", f"{SITE}/tin-tức.html"),
    _twins("twin-case-and-port", f"{SITE}/tin-15.html", "http://BAO-MAU.example.vn:80/tin-15.html"),
    _twins("twin-dots", f"{SITE}/a/../tin-16.html", f"{SITE}/./tin-16.html"),
    _twins("twin-slug-corrected", f"{SITE}/tieu-de-sai-10307474.html", f"{SITE}/tieu-de-dung-10307474.html"),
    _twins("query-is-identity", f"{SITE}/?p=113519", f"{SITE}/?p=113520", articles=2),
    _twins("query-by-policy", f"{SITE}/xem?id=367&g=124&t=1", f"{SITE}/xem?id=367&g=124&t=2",
           fields={"identity_query": ["id", "g"]}),
    _twins("query-by-policy-differs", f"{SITE}/xem?id=400&g=1", f"{SITE}/xem?id=401&g=1", articles=2,
           fields={"identity_query": ["id", "g"]}),
    _one_document("one-guid-for-all", lambda base: rss(*(
        item(title, f"{base}/{n}.html", more=_GUID.format("bai-viet"))
        for n, title in enumerate(headlines("one-guid-for-all", 5)))), headlines("one-guid-for-all", 5)),
    _one_document("homepage-guid-for-all", lambda base: rss(*(
        item(title, f"{base}/{n}.html", more=f"<guid>{base}/</guid>")
        for n, title in enumerate(headlines("homepage-guid-for-all", 5)))), headlines("homepage-guid-for-all", 5)),
    _one_document("homepage-link-for-all", lambda base: rss(*(
        item(title, f"{base}/") for title in headlines("homepage-link-for-all", 3))),
        headlines("homepage-link-for-all", 3)),
    _one_document("numbered-guids", lambda base: rss(*(
        item(title, f"{base}/{n}.html", more=_GUID.format(n))
        for n, title in enumerate(headlines("numbered-guids", 3)))), headlines("numbered-guids", 3)),
    _one_document("item-given-thrice", lambda base: rss(*(
        item(headline("item-given-thrice"), f"{base}/1.html{tail}") for tail in ("", "?utm_medium=x", "#a"))),
        (headline("item-given-thrice"),), check=_each_once(1)),
    _one_document("claims-anothers-addresses", lambda _: rss(*(
        item(title, f"{SITE}/chung-{n}.html", more=_GUID.format(f"chung-{n}"))
        for n, title in enumerate(headlines("claims-anothers-addresses", 3)))),
        headlines("claims-anothers-addresses", 3), check=_each_once(3)),
    _one_document("whose-addresses-are-claimed", lambda _: rss(*(
        item(title, f"{SITE}/chung-{n}.html", more=_GUID.format(f"chung-{n}"))
        for n, title in enumerate(headlines("whose-addresses-are-claimed", 3)))),
        headlines("whose-addresses-are-claimed", 3), check=_each_once(3)),
    Fault(id="guids-change-at-every-visit", outcomes=(Outcome.OK,) * 3, check=_each_once(2),
          titles=headlines("guids-change-at-every-visit", 2),
          serve=lambda place: {"/rss": turns(*(ok(rss(*(
              item(title, f"{place.base}/{n}.html", more=_GUID.format(f"lan-{visit}-{n}"))
              for n, title in enumerate(headlines("guids-change-at-every-visit", 2))))) for visit in range(3)))}),
    Fault(id="guids-swapped", outcomes=(Outcome.OK,) * 2, check=_each_once(2), titles=headlines("guids-swapped", 2),
          serve=lambda place: {"/rss": turns(*(ok(rss(*(
              item(title, f"{place.base}/{n}.html", more=_GUID.format(f"doi-cho-{(n + visit) % 2}"))
              for n, title in enumerate(headlines("guids-swapped", 2))))) for visit in range(2)))}),
    _edit("title-edited", rss(item(_A, "{base}/1.html")), rss(item(_B, "{base}/1.html")), titles=(_B,),
          check=_one_with_versions(1)),
    _edit("date-moved-ahead", rss(item(_A, "{base}/1.html")),
          rss(item(_A, "{base}/1.html", date="Fri, 31 Dec 2100 00:00:00 GMT")), titles=(_A,),
          check=_one_with_versions(0)),
    _edit("order-turned", rss(item(_A, "{base}/1.html"), item(_B, "{base}/2.html")),
          rss(item(_B, "{base}/2.html"), item(_A, "{base}/1.html")), titles=(_A, _B), check=_each_once(2)),
    _edit("items-leave-and-return", rss(_FIRST, _LATE), rss(_LATE), rss(_LATE, _FIRST),
          titles=(headline("stays"), headline("newcomer")), check=_each_once(2)),
    _claims("canonical-of-another-host", "http://xau.example/chiem-doat.html"),
    _claims("canonical-is-the-home-page", "/"),
    _claims("canonical-is-print", "/print/123456.html"),
    _claims("canonical-is-javascript", "javascript:alert(1)"),
)  # fmt: skip
