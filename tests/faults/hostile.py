"""Documents made to hurt whoever reads them: XML, JSON and HTML."""

import json
from collections.abc import Callable

from aggregator.model.failures import Outcome
from aggregator.model.source import SourceKind
from tests.faults.fault import Expected, Fault, Place, Scripts, Seen
from tests.faults.wire import HTML, NOW, document, feed, headline, headlines, item, news, ok, page, rss

_SECRET = "root:x:0:0"
_SAFE = frozenset({Outcome.OK, Outcome.PARSE_FAILED, Outcome.NOT_A_FEED, Outcome.PARTIAL})
_REFUSED = frozenset({Outcome.PARSE_FAILED, Outcome.NOT_A_FEED})
_LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))


def _xml(
    case: str,
    doctype: str,
    reference: str,
    outcome: Expected,
    titles: tuple[str, ...] | None = (),
    *,
    says: str = "",
) -> Fault:
    """A feed with a document type, whose first title refers to what it declares."""

    def body(base: str) -> str:
        sound = news(case, base).replace('<?xml version="1.0"?>', f'<?xml version="1.0"?>{doctype}')
        return sound.replace(headline(case), headline(case) + reference, 1)

    return Fault(
        id=case, serve=document(body), outcomes=(outcome,), titles=titles, says=says,
        never=(_SECRET, "lol" * 20),
    )  # fmt: skip


def _with_item(
    case: str, build: Callable[[str], str], *, outcome: Expected = Outcome.OK, count: int = 2, **more: object
) -> Fault:
    """A sound feed with one hostile item in its middle: the sound ones are kept whatever becomes of it."""

    def body(base: str) -> str:
        sound = [item(headline(case, n), f"{base}/bai-{n}.html") for n in range(1, count + 1)]
        return rss(sound[0], build(base), *sound[1:])

    def check(seen: Seen) -> None:
        assert set(headlines(case, count)) <= seen.titles
        assert len(seen.articles) <= count + 1

    fields = {"check": check, "titles": None} | more
    return Fault(id=case, serve=document(body), outcomes=(outcome,), **fields)  # type: ignore[arg-type]


def _json(case: str, items: str, *, outcome: Expected = Outcome.OK, count: int = 2, **more: object) -> Fault:
    """A JSON Feed of sound items and ``items``, written as they are."""

    def body(base: str) -> str:
        sound = ",".join(
            json.dumps({"id": f"{base}/j{n}", "url": f"{base}/j{n}", "title": headline(case, n), "summary": "Tóm tắt",
                        "date_published": NOW.isoformat()})
            for n in range(1, count + 1)
        )  # fmt: skip
        return f'{{"version": "https://jsonfeed.org/version/1.1", "title": "T", "items": [{sound}{items}]}}'

    def check(seen: Seen) -> None:
        assert set(headlines(case, count)) <= seen.titles

    fields = {"check": check, "titles": None} | more
    return Fault(
        id=case,
        serve=document(body, "application/feed+json"),
        kind=SourceKind.JSONFEED,
        outcomes=(outcome,),
        **fields,  # type: ignore[arg-type]
    )


def _listed(case: str, html: str, outcome: Expected) -> Fault:
    return Fault(id=case, serve=feed(ok(html, kind=HTML)), kind=SourceKind.LISTING, outcomes=(outcome,), titles=None)


def _paged(case: str, html: str) -> Fault:
    """An article whose page is hostile: the article is kept from the feed, the page costs itself."""

    def serve(place: Place) -> Scripts:
        return {"/rss": ok(news(case, place.base, 1)), "/bai-1.html": ok(html, kind=HTML)}

    return Fault(
        id=case,
        serve=serve,
        fields={"pages": "always"},
        outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL}),),
        titles=None,
        check=_is_one,
    )


def _is_one(seen: Seen) -> None:
    assert len(seen.articles) == 1


def _many(_base: str) -> str:
    return rss(*(f"<item><title>Tin {n}</title><link>/{n}</link></item>" for n in range(20_000)))


def _kept_at_most_500(seen: Seen) -> None:
    assert 0 < len(seen.articles) <= 500
    assert "Tin 19999" not in seen.titles


def _title_is_cut(seen: Seen) -> None:
    assert max(len(title) for title in seen.titles) <= 500


def _opaque(count: int, tag: str) -> str:
    return f"<{tag}>" * count + "Xin chào"


_DEEP = 10_000
HOSTILE = (
    _xml("billion-laughs", f'<!DOCTYPE r [<!ENTITY l0 "lol">{_LAUGHS}]>', "&l8;", Outcome.PARSE_FAILED,
         says="entities"),
    _xml("quadratic-blow-up", f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 5000, _REFUSED),
    _xml("many-entities", "<!DOCTYPE r [" + "".join(f'<!ENTITY e{n} "x">' for n in range(5000)) + "]>", "&e1;",
         _REFUSED),
    _xml("external-entity-file", '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;",
         Outcome.PARSE_FAILED),
    _xml("external-entity-web", '<!DOCTYPE r [<!ENTITY x SYSTEM "http://169.254.169.254/">]>', "&x;",
         Outcome.PARSE_FAILED),
    _xml("external-entity-public", '<!DOCTYPE r [<!ENTITY x PUBLIC "a" "file:///etc/passwd">]>', "&x;",
         Outcome.PARSE_FAILED),
    _xml("external-entity-lower-case", '<!doctype r [<!entity x system "file:///etc/passwd">]>', "&x;", _SAFE,
         None),
    _xml("parameter-entity", '<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>', "", _SAFE, None),
    _xml("recursive-entity", '<!DOCTYPE r [<!ENTITY a "&b;"><!ENTITY b "&a;">]>', "&a;", _SAFE, None),
    _xml("external-dtd", '<!DOCTYPE rss SYSTEM "http://127.0.0.2/a.dtd">', "", Outcome.OK,
         headlines("external-dtd")),
    _xml("honest-doctype", '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
         '"http://my.netscape.com/publish/formats/rss-0.91.dtd">', "", Outcome.OK, headlines("honest-doctype")),
    _xml("undefined-entity", "", "&nbsp;", Outcome.OK, headlines("undefined-entity")),
    _xml("xinclude", "", "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' parse='text' "
         "href='file:///etc/passwd'/>", _SAFE, None),
    _xml("stylesheet-instruction", '<?xml-stylesheet type="text/xsl" href="file:///etc/passwd"?>', "", Outcome.OK,
         headlines("stylesheet-instruction")),
    _xml("bare-ampersands", "", " & R&D", Outcome.OK, None),
    Fault(id="deep-xml", serve=document(lambda _: "<rss>" + "<a>" * _DEEP), outcomes=(_REFUSED | {Outcome.EMPTY},)),
    Fault(id="deep-xml-in-item", titles=None, outcomes=(_SAFE,),
          serve=document(lambda base: news("deep-xml-in-item", base).replace("</item>", "<a>" * _DEEP, 1))),
    Fault(id="huge-attribute", titles=None, outcomes=(_SAFE,),
          serve=document(lambda base: news("huge-attribute", base).replace("<item>", f'<item a="{"x" * 4_000_000}">',
                                                                           1))),
    Fault(id="many-attributes", titles=None, outcomes=(_SAFE,), serve=document(
        lambda base: news("many-attributes", base).replace(
            "<item>", "<item " + " ".join(f'a{n}="1"' for n in range(100_000)) + ">", 1))),
    Fault(id="many-namespaces", titles=None, outcomes=(_SAFE,), serve=document(
        lambda base: news("many-namespaces", base).replace(
            "<item>", "<item " + " ".join(f'xmlns:n{n}="u{n}"' for n in range(20_000)) + ">", 1))),
    Fault(id="twenty-thousand-items", serve=document(_many), outcomes=(Outcome.PARTIAL,), titles=None,
          check=_kept_at_most_500),
    Fault(id="cut-in-an-item", outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL, Outcome.TRUNCATED}),),
          titles=headlines("cut-in-an-item", 2), never=("Tóm tắt dở dang",),
          serve=document(lambda base: news("cut-in-an-item", base, 2).removesuffix("</channel></rss>")
                         + "<item><title>Bài bị cắt</title><description>Tóm tắt dở dang")),
    Fault(id="bytes-before-and-after", outcomes=(Outcome.OK,), titles=headlines("bytes-before-and-after"),
          serve=document(lambda base: "\ufeff\n\n " + news("bytes-before-and-after", base) + "\n<!-- 0.2s -->rác")),
    _with_item("huge-title", lambda base: item("Dài " + "chữ " * 250_000, f"{base}/dai"), check=_title_is_cut),
    _with_item("title-of-nothing", lambda base: item("\u200b \u00ad", f"{base}/rong")),
    _with_item("item-without-link", lambda _: item("Không có liên kết nào", "")),
    _with_item("empty-item", lambda _: "<item/>"),
    _with_item("huge-guid", lambda base: item("Có guid dài", f"{base}/x", more=f"<guid>{'g' * 100_000}</guid>")),
    _with_item("huge-link", lambda base: item("Liên kết dài", f"{base}/" + "x" * 100_000)),
    _with_item("huge-date", lambda base: item("Ngày dài", f"{base}/x", date="1" * 200_000)),
    _with_item("huge-author", lambda base: item("Tác giả dài", f"{base}/x", more=f"<author>{'a.' * 40_000}</author>")),
    _with_item("nul-bytes", lambda base: item("Có \x00 số không", f"{base}/x")),
    _with_item("control-characters", lambda base: item("Có \x01\x02\x1b[31m\x7f ký tự lạ", f"{base}/x")),
    _with_item("numeric-nul", lambda base: item("Có &#0;&#1;&#xFFFF; số", f"{base}/x")),
    _with_item("lone-surrogate-reference", lambda base: item("Có &#xD800; nửa chữ", f"{base}/x")),
    _with_item("deep-description", lambda base: item(
        "Lồng nhau", f"{base}/x", summary="<![CDATA[" + "<div>" * 20_000 + "x" * 700 + "]]>")),
    _with_item("thousand-files", lambda base: item("Nhiều tệp", f"{base}/x", more="".join(
        f'<enclosure url="{base}/{n}.pdf" type="application/pdf" length="1"/>' for n in range(5000)))),
    _with_item("enclosure-of-endless-size", lambda base: item("Tệp vô tận", f"{base}/x", more=
        f'<enclosure url="{base}/a.pdf" type="application/pdf" length="{10**40}"/>')),
    _with_item("thousand-categories", lambda base: item("Nhiều thẻ", f"{base}/x", more="".join(
        f"<category>thẻ {n}</category>" for n in range(5000)))),
    _json("json-deep-nesting", ', {"id": "x", "title": ' + "[" * 50_000 + "]" * 50_000 + "}",
          outcome=frozenset({Outcome.OK, Outcome.PARSE_FAILED}), check=None),
    _json("json-endless-nesting", ',"x":' + "[" * 500_000, outcome=Outcome.PARSE_FAILED, check=None, titles=()),
    _json("json-cut", ', {"id": "x', outcome=frozenset({Outcome.PARSE_FAILED, Outcome.TRUNCATED}), check=None,
          titles=()),
    _json("json-wrong-types", ', null, 5, "x", [], {"id": {"a": 1}, "title": ["x"], "url": 7, "authors": "x"}',
          outcome=frozenset({Outcome.OK, Outcome.PARTIAL})),
    _json("json-lone-surrogate", ', {"id": "s", "url": "http://bao.example.vn/s", "title": "nửa \\ud800 chữ"}',
          outcome=frozenset({Outcome.OK, Outcome.PARTIAL})),
    _json("json-huge-number", ', {"id": "n", "url": "http://bao.example.vn/n", "title": "Số lớn lắm", '
          '"attachments": [{"url": "http://bao.example.vn/a.pdf", "mime_type": "application/pdf", '
          f'"size_in_bytes": {2**64}}}]}}'),
    _json("json-sixty-four-bit-id", f', {{"id": {2**63}, "url": "http://bao.example.vn/i", "title": "Mã số lớn"}}'),
    _json("json-number-beyond-floats", ', {"id": "f", "url": "http://bao.example.vn/f", "title": "Số mũ lớn", '
          '"size": 1e999}', outcome=frozenset({Outcome.OK, Outcome.PARTIAL})),
    _json("json-mongo-operators", ', {"id": "$where", "url": "http://bao.example.vn/m", "title": "$ne là gì", '
          '"$set": {"a.b": 1}, "a.b": {"$gt": ""}}'),
    _json("json-item-of-a-megabyte", f', {{"id": "b", "url": "http://bao.example.vn/b", "title": "Bài rất dài", '
          f'"content_html": "<p>{"dài " * 150_000}</p>"}}'),
    _listed("deep-list", page("Tin", _opaque(_DEEP, "div")), frozenset({
        Outcome.EMPTY, Outcome.PARSE_FAILED, Outcome.TOO_LARGE})),
    _listed("list-of-a-million-links", page("Tin", "<a href=/x>y</a>" * 210_000), frozenset({
        Outcome.EMPTY, Outcome.TOO_LARGE, Outcome.PARSE_FAILED})),
    _listed("list-with-nested-tables", page("Tin", _opaque(20_000, "table><tr><td")), frozenset({
        Outcome.EMPTY, Outcome.PARSE_FAILED, Outcome.TOO_LARGE})),
    _listed("list-for-slow-patterns", page("Tin", "<p>" + "1/1/" * 200_000 + "</p>"), frozenset({
        Outcome.EMPTY, Outcome.PARSE_FAILED})),
    _paged("deep-page", page("Trang sâu", _opaque(_DEEP, "div"))),
    _paged("page-of-tables", page("Trang bảng", _opaque(30_000, "table><tr><td"))),
    _paged("page-of-a-million-tags", page("Trang dài", "<b></b>" * 210_000)),
    _paged("page-of-fonts", page("Trang chữ", "<font><b><i>" * 60_000)),
    _paged("page-of-open-comments", page("Trang ghi chú", "<!--" * 500_000)),
    _paged("page-of-scripts", page("Trang mã", "<script>" * 100_000)),
    _paged("page-of-entities", page("Trang ký hiệu", "&amp;" * 50_000)),
    _paged("page-of-one-long-word", page("Trang một chữ", "<p>" + "a" * 500_000 + "</p>")),
)  # fmt: skip
