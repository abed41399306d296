import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.text.urls import absolute_url, canonical_url, host_of, identity_of

PIECES = st.lists(
    st.sampled_from(
        [
            "a", "Z", "đ", "%C4%91", "%41", "%", "%2", "%2f", "%2E", " ", "/", "//", ".", "..", "/../", "?", "&", "=",
            "id=1", "utm_source=x", "#", "+", ";", ":", "@", "[", "]", '"', "<", "~", "\u0301", "pageindex=0", "😀",
        ]
    ),
    max_size=14,
)  # fmt: skip


@given(PIECES, st.sampled_from([(), ("id",)]))
def test_a_canonical_url_is_its_own_canonical_url(pieces: list[str], keep: tuple[str, ...]) -> None:
    url = canonical_url("https://Báo.example.vn/" + "".join(pieces), keep_query=keep)
    assert canonical_url(url, keep_query=keep) == url
    assert url.isascii()
    assert identity_of(url, keep) == identity_of("https://Báo.example.vn/" + "".join(pieces), keep)


@given(PIECES)
def test_an_absolute_url_is_absolute_already(pieces: list[str]) -> None:
    url = absolute_url("https://bao.example.vn/muc/tin.html", "".join(pieces))
    assert url is None or (absolute_url("https://other.example.vn/", url) == url and url.startswith("https://"))


@given(st.text(st.characters(), max_size=40))
def test_no_text_makes_an_absolute_url_fail(href: str) -> None:
    url = absolute_url("https://bao.example.vn/", href)
    assert url is None or url.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("tin-2.html", "https://bao.example.vn/muc/tin-2.html"),
        ("/tệp tin.pdf", "https://bao.example.vn/t%E1%BB%87p%20tin.pdf"),
        ("//cdn.example.vn/a.jpg", "https://cdn.example.vn/a.jpg"),
        ("  https://X.example.vn:443/a?b=1#c \n", "https://x.example.vn/a?b=1#c"),
        ("73_Lu%e1%ba%adt%20100%.doc", "https://bao.example.vn/muc/73_Lu%E1%BA%ADt%20100%25.doc"),
        ("?page=2", "https://bao.example.vn/muc/tin.html?page=2"),
    ],
)
def test_an_address_is_resolved_and_encoded(href: str, url: str) -> None:
    assert absolute_url("https://bao.example.vn/muc/tin.html", href) == url


@pytest.mark.parametrize(
    "href",
    [
        "", "javascript:alert(1)", "JaVaScRiPt:x", "java\nscript:x", "data:image/png;base64,xx", "ftp://x.example/",
        "https://user:pass@bao.example.vn/", "https://evil.example\\@bao.example.vn/", "\\\\evil.example\\x",
        "https://bao.example.vn/\x00", "https://", "https:///x", "https://bao.example.vn:99999/", "https://[::1/",
        "http://a b/", "mailto:a@b.vn", "vbscript:x", "https://bao..example.vn/", "https://" + "a" * 3000,
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(href: str) -> None:
    assert absolute_url("https://bao.example.vn/muc/", href) is None


@pytest.mark.parametrize(
    "url", ["ftp://x.vn/", "https://a:b@x.vn/", "https://x.vn\\a", "x.vn/a", "", "https://x.vn/\t"]
)
def test_a_refused_url_has_no_canonical_form(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        canonical_url(url + "a")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://WWW.Bao.example.VN:80", "http://www.bao.example.vn/"),
        ("https://bao.example.vn/a/./b/../c%7e?#x", "https://bao.example.vn/a/c~"),
        ("https://bao.example.vn/?utm_source=zalo&p=113519&fbclid=x&zarsrc=1", "https://bao.example.vn/?p=113519"),
        ("https://bao.example.vn/x.html?g=124&id=367", "https://bao.example.vn/x.html?g=124&id=367"),
        ("https://xã.example.vn/tin-950942?pageindex=0", "https://xn--x-yfa.example.vn/tin-950942"),
    ],
)
def test_canonical_form(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


def test_a_source_that_names_its_parameters_keeps_only_those() -> None:
    url = "https://bao.example.vn/x?sort=1&ID=367&g=124"
    assert canonical_url(url, keep_query=("id", "g")) == "https://bao.example.vn/x?ID=367&g=124"


@pytest.mark.parametrize(
    "twin",
    [
        "http://bao.example.vn/cau-moi-10307251.html",
        "https://www.bao.example.vn/cau-moi-10307251.html?fbclid=1",
        "https://m.bao.example.vn/cau-moi-10307251.html#binh-luan",
        "https://amp.bao.example.vn/cau-moi-10307251.html",
        "https://bao.example.vn/print/10307251.html",
        "https://bao.example.vn/cau-moi-sua-tieu-de-10307251.html?utm_medium=rss",
    ],
)
def test_twins_of_a_page_share_its_identity(twin: str) -> None:
    assert identity_of(twin) == identity_of("https://bao.example.vn/cau-moi-10307251.html")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://hcc.example.vn/tin/bai-12.html", "https://hcc.example.vn/savefile/tin/bai-12.html"),
        ("https://th.example.vn/a/202209/bai-89f49e1/", "https://th.example.vn/a/202209/bai-89f49e1"),
        ("https://x.example.vn/tin-950942?pageindex=0", "https://x.example.vn/tin-950942"),
        ("https://x.example.vn/d?id=1&g=2", "https://x.example.vn/d?g=2&id=1"),
    ],
)
def test_forms_of_one_address_share_an_identity(one: str, other: str) -> None:
    assert identity_of(one) == identity_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://x.example.vn/?p=113519", "https://x.example.vn/?p=113520"),
        ("https://x.example.vn/ban-tin-20250718.html", "https://x.example.vn/thoi-tiet-20250718.html"),
        ("https://x.example.vn/nghi-quyet-2025.html", "https://x.example.vn/ke-hoach-2025.html"),
        ("https://x.example.vn/a-post278117.html", "https://x.example.vn/a-278117.html"),
        ("https://x.example.vn/a", "https://y.example.vn/a"),
        ("https://m.vn/a", "https://vn/a"),
    ],
)
def test_different_articles_keep_different_identities(one: str, other: str) -> None:
    assert identity_of(one) != identity_of(other)


@pytest.mark.parametrize(
    ("url", "host"),
    [("https://WWW.X.vn:8443/a", "www.x.vn"), ("http://[::1]:80/", "[::1]"), ("tin.html", ""), ("http://[", "")],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host
