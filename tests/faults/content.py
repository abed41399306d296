"""Content made to harm readers: scripts, links, files and pictures. The clean-up of every case is in ``clean``."""

import html

from aggregator.model.failures import Outcome
from aggregator.model.source import SourceKind
from tests.faults.fault import Fault, Place, Scripts, Seen
from tests.faults.wire import HTML, article_page, headline, headlines, item, listing, news, ok, rss

MARK = "docHai"
_CALL = f"alert('{MARK}')"
_PAYLOADS = {
    "script": f"<script>{_CALL}</script>",
    "script-split": f"<scr<script>ipt>{_CALL}</scr</script>ipt>",
    "script-broken-end": f"<script>{_CALL}</script foo='bar'",
    "script-in-comment": f"<!--[if gte IE 4]><script>{_CALL}</script><![endif]-->",
    "comment-tricks": f"<!--><img src=x onerror={_CALL}>-->",
    "image-error": f'<img src="http://bao.example.vn/x.jpg" onerror="{_CALL}">',
    "image-javascript": f'<img src="javascript:{_CALL}">',
    "image-data-svg": f'<img src="data:image/svg+xml,<svg onload={_CALL}>">',
    "image-srcset": f'<img srcset="javascript:{_CALL} 1x">',
    "svg-onload": f"<svg/onload={_CALL}>",
    "svg-animate": f'<svg><animate xlink:href="#x" attributeName=href values="javascript:{_CALL}"/><a id=x>y</a></svg>',
    "svg-style-mutation": f"<svg><style><img src=x onerror={_CALL}></style></svg>",
    "math-mutation": f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;<img src=1 onerror={_CALL}>'>",
    "math-link": f'<math href="javascript:{_CALL}">x</math>',
    "noscript-mutation": f'<noscript><p title="</noscript><img src=x onerror={_CALL}>"></noscript>',
    "template-mutation": f"<template><script>{_CALL}</script></template>",
    "textarea-mutation": f"<textarea><img title='</textarea><img src=x onerror={_CALL}>'></textarea>",
    "title-mutation": f"<title><a id='</title><img src=x onerror={_CALL}>'></title>",
    "xmp-mutation": f"<xmp><p title='</xmp><img src=x onerror={_CALL}>'></xmp>",
    "plaintext": f"<plaintext><script>{_CALL}</script>",
    "iframe": f'<iframe src="javascript:{_CALL}" srcdoc="<script>{_CALL}</script>"></iframe>',
    "object": f'<object data="javascript:{_CALL}"><embed src="javascript:{_CALL}"></object>',
    "form": f'<form action="javascript:{_CALL}"><input autofocus onfocus="{_CALL}"><button formaction=//xau.example>x',
    "meta-refresh": f'<meta http-equiv="refresh" content="0;url=javascript:{_CALL}">',
    "base-href": '<base href="http://xau.example/"><a href="bai">x</a>',
    "style-expression": f'<p style="width:expression({_CALL});background:url(javascript:{_CALL})">x</p>',
    "style-overlay": '<div style="position:fixed;inset:0;z-index:9999">che cả trang</div>',
    "style-import": "<style>@import url(http://xau.example/x.css);</style>",
    "link-javascript": f'<a href="javascript:{_CALL}">x</a>',
    "link-mixed-case": f'<a href="JaVaScRiPt:{_CALL}">x</a>',
    "link-with-tab": f'<a href="java&#9;script:{_CALL}">x</a>',
    "link-with-newline": f'<a href="java&#10;script:{_CALL}">x</a>',
    "link-with-leading-control": f'<a href="&#1;javascript:{_CALL}">x</a>',
    "link-as-entities": '<a href="&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74:alert(1)">x</a>',
    "link-vbscript": f'<a href="vbscript:{_CALL}">x</a>',
    "link-data": f'<a href="data:text/html,<script>{_CALL}</script>">x</a>',
    "link-file": '<a href="file:///etc/passwd">x</a>',
    "link-credentials": '<a href="http://nganhang.vn:mat@xau.example/">x</a>',
    "link-target": '<a href="http://bao.example.vn/" target="_blank" onclick="x()" ping="http://xau.example">x</a>',
    "event-handlers": f'<p onclick="{_CALL}" onmouseover="{_CALL}" ontoggle="{_CALL}">x</p>',
    "details-toggle": f'<details open ontoggle="{_CALL}">x</details>',
    "video-source": f'<video><source onerror="{_CALL}"></video><audio src=x onerror="{_CALL}">',
    "unclosed-quote": f'<img src="x` `<script>{_CALL}</script>"` `>',
    "id-clobbering": '<a id="__proto__" name="location">x</a><img name="cookie">',
    "escaped-twice": html.escape(html.escape(f"<script>{_CALL}</script>")),
    "bad-bytes-in-tag": f"<img\x0bsrc=x\x0conerror={_CALL}>",
    "half-tag": "<img src=x onerror=" + _CALL,
}  # fmt: skip


def _payload(name: str, payload: str) -> Fault:
    """A payload in title, summary, body and author of an item."""
    case = f"xss-{name}"
    title = headline(case)

    def serve(place: Place) -> Scripts:
        markup = html.escape(payload)
        body = f"<content:encoded>{html.escape(f'<p>Thân bài dài một chút. {payload}</p>')}</content:encoded>"
        one = item(
            title, f"{place.base}/1", summary=f"Tóm tắt {markup}", more=f"{body}<dc:creator>{markup}</dc:creator>"
        )
        two = item(f"{markup} Tiêu đề có bẫy {markup}", f"{place.base}/2")
        return {"/rss": ok(rss(one, two))}

    def check(seen: Seen) -> None:
        assert title in seen.titles
        assert 1 <= len(seen.articles) <= 2

    return Fault(id=case, serve=serve, outcomes=(Outcome.OK,), titles=None, check=check)


def _page(name: str, payload: str) -> Fault:
    """The same in an article's own page."""
    case = f"xss-page-{name}"
    title = headline(case)

    def serve(place: Place) -> Scripts:
        paragraphs = "".join(f"<p>Đoạn {n} của bài viết kể chuyện làng quê một cách đầy đủ và rõ ràng.</p>{payload}"
                             for n in range(4))  # fmt: skip
        return {
            "/rss": ok(rss(item(title, f"{place.base}/tin-1.html"))),
            "/tin-1.html": ok(article_page(title, paragraphs), kind=HTML),
        }

    return Fault(
        id=case,
        serve=serve,
        fields={"pages": "always"},
        outcomes=(frozenset({Outcome.OK, Outcome.PARTIAL}),),
        titles=(title,),
    )


def _links(case: str, link: str, *, titles: tuple[str, ...] = (), never: tuple[str, ...] = ()) -> Fault:
    """An item whose link cannot be one, beside a sound item."""
    good = headline(case)
    return Fault(
        id=case,
        serve=lambda place: {"/rss": ok(rss(item(good, f"{place.base}/1"), item("Bài có liên kết lạ", link)))},
        outcomes=(Outcome.OK,),
        titles=(good, *titles),
        never=never,
    )


def _files(case: str, more: str, check: object, *, summary: str = "Tóm tắt.") -> Fault:
    title = headline(case)
    assert callable(check)
    return Fault(
        id=case,
        serve=lambda place: {
            "/rss": ok(rss(item(title, f"{place.base}/1", more=more.replace("{base}", place.base), summary=summary)))
        },
        outcomes=(Outcome.OK,),
        titles=(title,),
        check=check,
    )


def _no_files(seen: Seen) -> None:
    assert not seen.articles[0].attachments
    assert not seen.articles[0].images


def _encoded_file(seen: Seen) -> None:
    (file,) = seen.articles[0].attachments
    assert file.url.isascii()
    assert " " not in file.url
    assert "73_Lu%E1%BA%ADt%20ph%C3%B2ng.pdf" in file.url


def _whole_picture(seen: Seen) -> None:
    assert seen.details[0]["image"] == "http://anh.example.vn/a.jpg"


def _no_picture(seen: Seen) -> None:
    assert seen.details[0]["image"] is None


_ON_PAGES = ("script", "image-error", "svg-onload", "math-mutation", "noscript-mutation", "iframe", "link-with-tab",
             "style-overlay", "base-href", "form", "unclosed-quote", "object")  # fmt: skip
CONTENT = (
    *(_payload(name, payload) for name, payload in _PAYLOADS.items()),
    *(_page(name, _PAYLOADS[name]) for name in _ON_PAGES),
    _links("item-link-javascript", f"javascript:{_CALL}", never=(MARK,)),
    _links("item-link-data", f"data:text/html,{MARK}", never=(MARK,)),
    _links("item-link-file", "file:///etc/passwd", never=("file:",)),
    _links("item-link-credentials", "http://ten:mat-khau@bao.example.vn/1", never=("mat-khau",)),
    _links("item-link-backslash", "http:\\\\xau.example\\1", never=("xau.example",)),
    _links("item-link-control", "http://bao.example.vn/\x07x", titles=("Bài có liên kết lạ",), never=("\x07",)),
    _files("files-of-other-schemes", '<enclosure url="javascript:x" type="application/pdf" length="1"/>'
           '<enclosure url="file:///etc/passwd" type="application/pdf" length="1"/>'
           '<enclosure url="data:image/png,x" type="image/png" length="1"/>', _no_files),
    _files("file-name-with-spaces", '<enclosure url="{base}/73_Luật phòng.pdf" type="application/pdf" length="9"/>',
           _encoded_file),
    _files("picture-without-scheme", '<enclosure url="//anh.example.vn/a.jpg" type="image/jpeg" length="1"/>',
           _whole_picture),
    _files("picture-that-expires", '<enclosure url="http://anh.example.vn/a.jpg?md5=x&amp;expires=1" '
           'type="image/jpeg" length="1"/>', _no_picture),
    _files("tracking-pixel", "", _no_picture,
           summary='&lt;img src="http://theo-doi.example/x.gif" width="1" height="1"&gt; Tóm tắt'),
    Fault(id="list-of-bad-links", kind=SourceKind.LISTING, outcomes=(Outcome.OK,),
          titles=headlines("list-of-bad-links", 6), never=(MARK,),
          serve=lambda place: {"/rss": ok(listing("list-of-bad-links", place.base).replace(
              "<main>", f'<main><div class="tin"><h3><a href="javascript:{MARK}">Bài này có bẫy nhé bạn</a></h3>'
              f'<p onclick="{MARK}">Mô tả</p></div>'), kind=HTML)}),
    Fault(id="channel-title-with-script", outcomes=(Outcome.OK,), titles=headlines("channel-title-with-script"),
          never=(MARK,),
          serve=lambda place: {"/rss": ok(news("channel-title-with-script", place.base).replace(
              "<title>Nguồn", f"<title>&lt;script&gt;{MARK}&lt;/script&gt;", 1))}),
)  # fmt: skip
