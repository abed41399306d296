import gzip
import time
import unicodedata
from pathlib import Path

import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.markup import plain_text, sanitise

BASE = "https://bao.example.vn/muc/"

TAGS = (
    "p", "div", "b", "i", "a", "span", "h1", "h2", "ul", "ol", "li", "table", "tr", "td", "th", "tbody", "thead",
    "caption", "figure", "figcaption", "img", "br", "hr", "pre", "blockquote", "code", "script", "style", "svg",
    "math", "iframe", "form", "select", "option", "textarea", "noscript", "dl", "dt", "dd", "body", "html", "head",
    "title", "center", "font", "template", "button", "p/", "x:y",
)  # fmt: skip
ATTRIBUTES = ("", " href=/z", " href=javascript:x", " src=q.png title='t\"'", " onclick=x()", " rowspan=2 colspan=0")
WORDS = (
    "x", " ", "\n", "&amp;", "&lt;b&gt;", "&nbsp;", "\u0338", "e\u0301", "\u200b", "<", ">", "&", "<!--", "-->",
    "<![CDATA[", "]]>", "\x00", "&#0;", "&#x338;", "&#769;", '"', "'", "\ud800", "<?php", "</", "\r\n",
)  # fmt: skip
PIECES = st.one_of(
    st.builds(lambda tag, attribute: f"<{tag}{attribute}>", st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.builds(lambda tag: f"</{tag}>", st.sampled_from(TAGS)),
    st.sampled_from(WORDS),
    st.text(st.characters(), max_size=5),
)
MARKUP = st.lists(PIECES, max_size=25).map("".join)


def clean(html: str) -> str:
    return sanitise(html, base_url=BASE)


@given(MARKUP)
def test_sanitising_twice_equals_once(html: str) -> None:
    once = clean(html)
    assert clean(once) == once


@given(MARKUP)
def test_what_is_shown_is_plain_markup_in_nfc(html: str) -> None:
    once = clean(html)
    assert once == unicodedata.normalize("NFC", once)
    assert "onclick" not in once.replace("&lt;", "")
    assert "javascript:" not in once
    once.encode()


@given(MARKUP)
def test_plain_text_never_fails(html: str) -> None:
    text = plain_text(html)
    text.encode()
    assert text == unicodedata.normalize("NFC", text)
    assert "\x00" not in text


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("", ""),
        (" \n ", ""),
        ("Tin > vui\n\nHai", "<p>Tin &gt; vui</p><p>Hai</p>"),
        ("5 < 6 & 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("<h1>A</h1><h3>B</h3>", "<h2>A</h2><h3>B</h3>"),
        ("Một<br /><br>Hai<br>Ba<br>", "<p>Một</p><p>Hai<br>Ba</p>"),
        ("<div>a</div><div><span>b</span></div>", "<p>a</p><p>b</p>"),
        ("<p>a\n   b&nbsp;&nbsp;c</p><p>&nbsp;</p>", "<p>a b c</p>"),
        ("<b>x </b>y<i> z</i>", "<p><b>x</b> y <i>z</i></p>"),
        ("<ul><li>a<li>b<ul><li>c</ul>d</ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul>d</li></ul>"),
        ("<pre>\n a\n  b</pre>", "<pre> a\n  b</pre>"),
        ("<blockquote>lời</blockquote>", "<blockquote><p>lời</p></blockquote>"),
        (
            '<table><tr><td rowspan="2" colspan="x" style="a">1<td><p>2</table>',
            '<table><tbody><tr><td rowspan="2">1</td><td><p>2</p></td></tr></tbody></table>',
        ),
    ],
)
def test_the_shape_of_what_is_shown(html: str, shown: str) -> None:
    assert clean(html) == shown


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<style>p{}</style>",
        "<svg><a>alert(1)</a><script>alert(1)</script></svg>",
        "<math><mtext>alert(1)</mtext></math>",
        "<iframe src=https://evil.example>alert(1)</iframe>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
        "<img src=x onerror=alert(1) width=1>",
        "<a href=' &#1; javascript:alert(1)'></a>",
        "<object data=x>alert(1)</object><template><p>alert(1)</template>",
        "<form action=javascript:alert(1)><button>alert(1)</button><input value='alert(1)'></form>",
        "<!-- alert(1) --><!--><img src=x: onerror=alert(1)>",
        "<meta http-equiv=refresh content='0;alert(1)'><base href=//evil.example><link rel=stylesheet href=alert(1)>",
    ],
)
def test_nothing_of_what_runs_is_left(html: str) -> None:
    assert "alert" not in clean(html)
    assert "evil" not in clean(html)
    assert clean(html + "<p>tin</p>").endswith("<p>tin</p>")


def test_links_are_absolute_and_marked_as_strangers() -> None:
    assert clean('<a href="tin.html" onclick="x" target="_top" title="Xem">tin</a>') == (
        '<p><a href="https://bao.example.vn/muc/tin.html" title="Xem" rel="noopener nofollow ugc">tin</a></p>'
    )


@pytest.mark.parametrize("href", ["mailto:mattran@example.vn", "tel:+84 238 3844 000"])
def test_mail_and_telephone_links_stay(href: str) -> None:
    assert f'href="{href}"' in clean(f'<a href="{href}">x</a>')


@pytest.mark.parametrize(
    "href", ["javascript:x", "data:text/html,x", "ftp://x.example/", "https://a@b/", "", "file:///x"]
)
def test_a_link_elsewhere_leaves_its_words(href: str) -> None:
    assert clean(f'<a href="{href}">lời</a>') == "<p>lời</p>"


@pytest.mark.parametrize(
    ("attributes", "address"),
    [
        ('src="//anh.example.vn/a.jpg"', "https://anh.example.vn/a.jpg"),
        ('src="data:image/gif;base64,xx" data-src="/b.jpg"', "https://bao.example.vn/b.jpg"),
        ('src="/static/blank.gif?v=1" data-original="c.jpg"', "https://bao.example.vn/muc/c.jpg"),
        ('data-lazy-src="d.jpg"', "https://bao.example.vn/muc/d.jpg"),
        ('srcset="e-1.jpg 1x, e-2.jpg 2x"', "https://bao.example.vn/muc/e-1.jpg"),
        ('src="ảnh đẹp.jpg"', "https://bao.example.vn/muc/%E1%BA%A3nh%20%C4%91%E1%BA%B9p.jpg"),
    ],
)
def test_pictures_are_found_and_absolute(attributes: str, address: str) -> None:
    assert clean(f"<img {attributes}>") == f'<p><img src="{address}" alt=""></p>'


@pytest.mark.parametrize(
    "attributes", ["src=p.gif width=1 height=1", "src=data:x", "src=blob:x", "alt=x", "src=p.gif height=0"]
)
def test_counters_and_embedded_pictures_go(attributes: str) -> None:
    assert clean(f"<img {attributes}>") == ""


def test_a_framed_video_becomes_a_link() -> None:
    shown = clean('<p>a</p><iframe src="//www.youtube.com/embed/dQw4w9WgXcQ?autoplay=1"></iframe><p>b</p>')
    assert shown == (
        '<p>a</p><p><a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ" rel="noopener nofollow ugc">'
        "Xem video trên YouTube</a></p><p>b</p>"
    )


@pytest.mark.parametrize(
    ("markup", "link", "words"),
    [
        (
            "<iframe src='https://player.vimeo.com/video/76979871?h=1'></iframe>",
            "https://vimeo.com/76979871",
            " trên Vimeo",
        ),
        (
            "<iframe data-src='https://www.dailymotion.com/embed/video/x8abcd'></iframe>",
            "https://www.dailymotion.com/video/x8abcd",
            " trên Dailymotion",
        ),
        (
            "<iframe src='https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fx%2Fvideos%2F12'>",
            "https://www.facebook.com/x/videos/12",
            " trên Facebook",
        ),
        ("<video src='le.mp4' autoplay>", "https://bao.example.vn/muc/le.mp4", ""),
    ],
)
def test_videos_of_known_players_and_files_become_links(markup: str, link: str, words: str) -> None:
    assert clean(markup) == f'<p><a href="{link}" rel="noopener nofollow ugc">Xem video{words}</a></p>'


@pytest.mark.parametrize(
    "markup",
    [
        "<iframe src='https://evil.example/embed/dQw4w9WgXcQ'></iframe>",
        "<iframe src='https://www.facebook.com/plugins/video.php?href=javascript%3Aalert(1)'></iframe>",
        "<iframe src='https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fevil.example%2F'></iframe>",
        "<video src='blob:https://bao.example.vn/1'></video>",
        "<video src='javascript:x.mp4'></video>",
        "<audio src='doc-bai.mp3'></audio>",
    ],
)
def test_other_players_are_no_links(markup: str) -> None:
    assert clean(markup) == ""


def test_a_figure_keeps_its_caption() -> None:
    assert clean("<div><figure><img src=a.jpg width=600px><figcaption><p>Cầu mới</p></figcaption></figure></div>") == (
        '<figure><img src="https://bao.example.vn/muc/a.jpg" alt="" width="600">'
        "<figcaption>Cầu mới</figcaption></figure>"
    )


def test_nh3_finds_nothing_to_take_from_what_is_written(corpus: Path) -> None:
    for file in sorted((corpus / "pages" / "vi" / "html").glob("*.gz")):
        shown = clean(gzip.decompress(file.read_bytes()).decode("utf-8", "replace"))
        assert len(shown) > 1000
        assert clean(shown) == shown
        assert nh3.clean(shown, link_rel="noopener nofollow ugc") == shown


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 40_000 + "x" + "</div>" * 40_000,
        "<blockquote>" * 40_000 + "x",
        "<b>" * 40_000 + "x",
        "".join(f"<b id={number}><p>" for number in range(20_000)) + "x",
        "<table><tr><td>" * 20_000 + "x",
        "<ul><li>" * 20_000 + "x",
        "<a href=x>" * 40_000 + "x",
        "<" * 200_000 + "x",
        "<script>" * 40_000 + "</script>x",
        "<!--" * 100_000 + "x",
        "&amp;" * 100_000 + "x",
        "<svg>" * 40_000 + "</svg>" * 40_000 + "x",
        "<i>x</i><br>" * 40_000,
    ],
    ids=lambda html: html[:16],
)
def test_hostile_markup_takes_time_in_proportion_to_its_length(html: str) -> None:
    started = time.process_time()
    shown = clean(html)
    plain_text(html)
    assert time.process_time() - started < 3
    assert len(shown) < 5 * len(html)
    assert clean(shown) == shown


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("Tin &amp; bài", "Tin & bài"),
        ("Một\n hai", "Một\nhai"),
        ("<p>Một\n hai</p><p>Ba<br>bốn</p>", "Một hai\nBa\nbốn"),
        ("<table><tr><td>8h</td><td>Hội trường</td></tr><tr><td>9h</td></tr></table>", "8h Hội trường\n9h"),
        ("a<script>b</script><style>c</style>d", "ad"),
        ("&lt;b&gt;chữ&lt;/b&gt;", "<b>chữ</b>"),
        ("<title>t</title><body>x", "x"),
    ],
)
def test_the_words_of_markup(html: str, text: str) -> None:
    assert plain_text(html) == text
