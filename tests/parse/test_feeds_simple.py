"""The quick way for simple markup gives what the parser gives, and hands over what it is not sure of."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.parse.body import finish
from aggregator.text.markup import plain_text, sanitise
from aggregator.text.simple_markup import read_simple

BASE = "https://bao.example.vn/rss/tin.rss"

WORDS = st.sampled_from([
    "Khánh thành cầu", " ", "  ", "\n", "a", " đại  hội ", "&amp;", "&nbsp;", "&lt;b&gt;", "&#x3A;", "&#58;", "&",
    "&quot;", "e\u0301", "\u0301", "\u0338", "\u200b", "\xa0", "\t\r\n", "x\u00ad", "A & B", "≯", "'", '"', "&agrave;",
    "&#160;", "&#8203;", "&hellip;", "1 > 0", "\u3000", "\x85", "\u2028", "&#769;",
])  # fmt: skip
ADDRESSES = st.sampled_from([
    "https://a.example.vn/1.html", "/tin/2.html", "//cdn.example.vn/x.jpg", "javascript:alert(1)", "", "mailto:a@b.vn",
    "https://a.example.vn/?a=1&amp;b=2", "https://a.example.vn/?a=1&b=2", "ảnh đẹp.jpg", "data:image/gif;base64,R0",
    "/x'y", "https://a.example.vn/#p", "/a%20b", "blank.gif",
])  # fmt: skip
OTHERS = st.sampled_from(
    ['class="x y"', "style='color:red'", 'target="_blank"', 'title="T"', "", "hidden", 'onclick="a()"']
)


def tagged(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from(["p", "b", "strong", "em", "i", "u", "span", "p class='z'"])
    wrapped = st.builds(lambda name, text: f"<{name}>{text}</{name.split()[0]}>", names, inner)
    linked = st.builds(lambda to, other, text: f'<a href="{to}" {other}>{text}</a>', ADDRESSES, OTHERS, inner)
    return st.lists(st.one_of(wrapped, linked, inner), max_size=4).map("".join)


LEAVES = st.one_of(
    WORDS,
    st.sampled_from(["<br>", "<br/>", "<br />", "<br><br>", "</p>", "</b>", "<p>", "<div>x</div>", "<!-- x -->"]),
    st.builds(
        lambda source, alt, size: f'<img src="{source}" alt="{alt}" {size}/>',
        ADDRESSES,
        st.sampled_from(["", "Ảnh", "a  b", 'x" onerror="1', "a'b", "e\u0301"]),
        st.sampled_from(["", 'width="600"', 'width="1" height="1"', 'height="50%"', "data-src='/y.jpg'"]),
    ),
)
MARKUP = st.recursive(LEAVES, tagged, max_leaves=12)


@settings(max_examples=400, deadline=None)
@given(MARKUP)
def test_simple_markup_is_read_as_the_parser_reads_it(markup: str) -> None:
    read = read_simple(markup, base_url=BASE)
    if read is not None:
        assert read == finish(markup, base_url=BASE)
        assert sanitise(read[0], base_url=BASE) == read[0]


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Khánh thành cầu dân sinh.</p>",
        "<p>Một</p>\n<p class='x'>Hai &amp; ba&nbsp;bốn</p>",
        "Một<br>hai<br><br>ba <b>bốn</b>",
        "<p><a href='/1.html'>Một</a> <em>hai</em></p><p><img src='/a.jpg' alt='Ảnh' width='600'></p>",
        '<p>Một <strong>hai</strong></p><p></p><p><a href="https://a.example.vn/?a=1&amp;b=2" rel="x">ba</a></p>',
    ],
)
def test_what_feeds_mostly_hold_is_read_the_quick_way(markup: str) -> None:
    body = sanitise(markup, base_url=BASE)
    assert read_simple(markup, base_url=BASE) == (body, plain_text(body))


@pytest.mark.parametrize(
    "markup",
    [
        "không có thẻ",
        "<p>Một<p>hai",
        "<p>Một</b></p>",
        "<b><p>Một</p></b>",
        "<a href='/1'>x<a href='/2'>y</a></a>",
        "<p onclick=alert(1)>Một</p>",
        "<p>Một</p><script>x</script>",
        "<p>&bogus; một</p>",
        "<p>Một</p><!-- chú thích -->",
        "<a href='javascript:alert(1)'>x</a>",
        "<p title='a>b'>x</p>",
    ],
)
def test_what_is_not_simple_is_left_to_the_parser(markup: str) -> None:
    assert read_simple(markup, base_url=BASE) is None
