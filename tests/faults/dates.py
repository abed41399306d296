"""Dates that deceive: none may put an article in the future, in another month or seven hours away."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from aggregator.model.failures import Outcome
from aggregator.model.source import SourceKind
from tests.faults.fault import Fault, Place, Scripts, Seen
from tests.faults.wire import HTML, NOW, article_page, headline, item, ok, page, rss

ICT = timezone(timedelta(hours=7))


def _ambiguous() -> datetime:
    """A recent moment whose day could be taken for a month."""
    at = (NOW - timedelta(days=2)).astimezone(ICT).replace(hour=10, minute=30, second=0)
    while at.day > 12 or at.day == at.month:
        at -= timedelta(days=1)
    return at


AT = _ambiguous()
DAY = AT.strftime("%d/%m/%Y")
_MONTHS = ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")
_EXACT = {
    "rfc-822": AT.strftime("%a, %d %b %Y %H:%M:%S +0700"),
    "rfc-822-utc": AT.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
    "rfc-822-without-zone": AT.strftime("%a, %d %b %Y %H:%M:%S"),
    "rfc-822-ict": AT.strftime("%a, %d %b %Y %H:%M:%S ICT"),
    "rfc-822-gmt-plus-7": AT.strftime("%a, %d %b %Y %H:%M:%S GMT+7"),
    "rfc-822-wrong-weekday": "Mon, " + AT.strftime("%d %b %Y %H:%M:%S +0700"),
    "iso-offset": AT.strftime("%Y-%m-%dT%H:%M:%S+07:00"),
    "iso-short-offset": AT.strftime("%Y-%m-%dT%H:%M:%S+07"),
    "iso-utc": AT.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    "iso-without-zone": AT.strftime("%Y-%m-%dT%H:%M:%S"),
    "iso-with-blank": AT.strftime("%Y-%m-%d %H:%M:%S"),
    "day-first-slashes": AT.strftime("%d/%m/%Y %H:%M"),
    "day-first-no-zeros": f"{AT.day}/{AT.month}/{AT.year} 10:30",
    "day-first-dashes": AT.strftime("%d-%m-%Y %H:%M"),
    "day-first-dots": AT.strftime("%d.%m.%Y %H:%M"),
    "time-first": AT.strftime("%H:%M, %d/%m/%Y"),
    "time-first-pipe": AT.strftime("%H:%M | %d/%m/%Y GMT+7"),
    "hour-letter": AT.strftime("10h30 ngày %d/%m/%Y"),
    "hour-words": AT.strftime("10 giờ 30 phút Ngày %d-%m-%Y"),
    "with-updated-words": AT.strftime("Cập nhật lúc %H:%M %d/%m/%Y"),
    "month-in-words": f"{AT.day} Tháng {_MONTHS[AT.month - 1]} {AT.year} 10:30",
}
_DAYS = {
    "day-only": DAY,
    "day-with-weekday": f"Chủ Nhật, {AT.day}/{AT.month}/{AT.year}",
    "day-with-words": f"Đăng ngày {AT.day:02} - {AT.month:02} - {AT.year}",
    "iso-day": AT.strftime("%Y-%m-%d"),
}
_REFUSED = {
    "two-hours-ahead": (NOW + timedelta(hours=2)).strftime("%a, %d %b %Y %H:%M:%S +0000"),
    "next-year": (NOW + timedelta(days=400)).strftime("%a, %d %b %Y %H:%M:%S +0000"),
    "year-9999": "Fri, 31 Dec 9999 23:59:59 GMT",
    "epoch": "Thu, 01 Jan 1970 00:00:00 GMT",
    "year-1900": "Mon, 01 Jan 1900 00:00:00 GMT",
    "year-zero": "0000-00-00 00:00:00",
    "year-one": "0001-01-01T00:00:00Z",
    "thirty-first-of-february": f"31/02/{NOW.year}",
    "month-thirteen": f"13/13/{NOW.year}",
    "words": "một ngày đẹp trời",
    "number": "1234567890123456789012345",
    "zone-of-a-day": NOW.strftime("%Y-%m-%dT%H:%M:%S+99:99"),
}


def _dated(case: str, raw: str, check: Callable[[Seen], None]) -> Fault:
    return Fault(
        id=case,
        serve=lambda place: {"/rss": ok(rss(item(headline(case), f"{place.base}/1", date=raw)))},
        outcomes=(Outcome.OK,),
        titles=(headline(case),),
        check=check,
    )


def _is_at(at: datetime) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        (article,) = seen.articles
        assert article.published_at == at
        assert article.sort_at == at

    return check


def _is_that_day(seen: Seen) -> None:
    (article,) = seen.articles
    assert article.published_at is not None
    assert article.published_at.astimezone(ICT).date() == AT.date()
    assert seen.details[0]["published_day_only"]


def _is_unknown(seen: Seen) -> None:
    (article,) = seen.articles
    assert article.published_at is None
    assert article.sort_at == article.first_seen_at
    assert {problem.code for problem in article.problems} & {"date_suspect", "bad_date", "no_date"}


def _is_within(earliest: timedelta, latest: timedelta) -> Callable[[Seen], None]:
    def check(seen: Seen) -> None:
        (article,) = seen.articles
        assert article.published_at is not None
        age = article.first_seen_at - article.published_at
        assert earliest <= age <= latest, age

    return check


def _nukeviet(case: str, *, with_page: bool) -> Fault:
    """NukeViet 4.3 to 4.5 prints the month where minutes belong: the article's page knows better."""
    wrong = AT.replace(minute=AT.month % 60).strftime("%a, %d %b %Y %H:%M:%S +0700")
    title = headline(case)

    def serve(place: Place) -> Scripts:
        feed = rss(item(title, f"{place.base}/tin-1.html", date=wrong), head="<generator>NukeViet v4.5</generator>")
        words = "".join(f"<p>Đoạn {n} của bài viết kể chuyện làng quê đầy đủ và rõ ràng.</p>" for n in range(5))
        hours = (NOW - AT.astimezone(UTC)).total_seconds() / 3600
        return {"/rss": ok(feed), "/tin-1.html": ok(article_page(title, words, hours=hours), kind=HTML)}

    def check(seen: Seen) -> None:
        (article,) = seen.articles
        assert "feed_minutes_unreliable" in repr(article.problems)
        if with_page:
            assert article.published_at == AT

    return Fault(
        id=case,
        serve=serve,
        fields={"pages": "always" if with_page else "never", "platform": "nukeviet"},
        outcomes=(Outcome.OK,),
        titles=(title,),
        check=check,
    )


def _listed(case: str, shown: str, check: Callable[[Seen], None]) -> Fault:
    def serve(place: Place) -> Scripts:
        block = (
            f'<div class="tin"><h3><a href="{place.base}/tin-100201.html">{headline(case)}</a></h3><i>{shown}</i></div>'
        )
        selectors = page("Tin", f"<main>{block}</main>")
        return {"/rss": ok(selectors, kind=HTML)}

    return Fault(
        id=case,
        serve=serve,
        kind=SourceKind.LISTING,
        fields={"selectors": {"item": ".tin", "link": "h3 a", "date": "i"}},
        outcomes=(Outcome.OK,),
        titles=(headline(case),),
        check=check,
    )


def _json_number(place: Place) -> Scripts:
    body = (
        f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": "1", "url": "{place.base}/1", '
        f'"title": "{headline("json-date-as-number")}", "date_published": {int(AT.timestamp()) * 1000}}}]}}'
    )
    return {"/rss": ok(body, kind="application/feed+json")}


def _json_number_check(seen: Seen) -> None:
    (article,) = seen.articles
    assert article.published_at in {None, AT}


def _never_ahead(seen: Seen) -> None:
    (article,) = seen.articles
    assert article.sort_at <= article.first_seen_at


DATES = (
    *(_dated(f"date-{name}", raw, _is_at(AT)) for name, raw in _EXACT.items()),
    *(_dated(f"date-{name}", raw, _is_that_day) for name, raw in _DAYS.items()),
    *(_dated(f"date-{name}", raw, _is_unknown) for name, raw in _REFUSED.items()),
    _dated("date-missing", "", _is_unknown),
    _dated("date-half-an-hour-ahead", (NOW + timedelta(minutes=30)).strftime("%a, %d %b %Y %H:%M:%S +0000"),
           _never_ahead),
    _nukeviet("nukeviet-minutes", with_page=False),
    _nukeviet("nukeviet-minutes-with-page", with_page=True),
    _listed("list-date-hours-ago", "3 giờ trước", _is_within(timedelta(hours=2), timedelta(hours=4, minutes=5))),
    _listed("list-date-minutes-ago", "12 phút trước", _is_within(timedelta(minutes=11), timedelta(minutes=14))),
    _listed("list-date-two-days-ago", "2 ngày trước", _is_within(timedelta(hours=24), timedelta(hours=72))),
    _listed("list-date-day-first", DAY, _is_that_day),
    Fault(id="too-old", outcomes=(Outcome.OK,),
          serve=lambda place: {"/rss": ok(rss(item("Bài quá cũ rồi", f"{place.base}/1",
                                                   date="Mon, 01 Jan 2018 08:00:00 +0700")))}),
    Fault(id="json-date-as-number", kind=SourceKind.JSONFEED, serve=_json_number, outcomes=(Outcome.OK,),
          titles=(headline("json-date-as-number"),), check=_json_number_check),
)  # fmt: skip
