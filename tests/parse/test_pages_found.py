"""Article pages that no rule knows: where the article stands, what of it stays and what goes."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from aggregator.model.entry import Entry
from aggregator.model.errors import ParseFailed
from aggregator.model.source import Platform, Selectors
from aggregator.parse.page import parse_page

URL = "https://xa.example.vn/tin-tuc/khanh-thanh-cau-dan-sinh.html"
TITLE = "Khánh thành cầu dân sinh bản Vẽ"
WORDS = (
    "Sáng nay, bà con hai bên suối cùng về dự lễ khánh thành cây cầu mà họ đã mong đợi nhiều năm.",
    "Công trình dài sáu mươi mét, do các nhà hảo tâm góp vốn và dân bản góp ngày công trong tám tháng.",
    "Từ nay học sinh không còn phải đi bè qua suối vào mùa lũ, nông sản cũng dễ đưa ra chợ huyện hơn.",
    "Phát biểu tại buổi lễ, đại diện Mặt trận cảm ơn các đơn vị và mong bà con giữ gìn công trình chung.",
)
PARAGRAPHS = "".join(f"<p>{words}</p>" for words in WORDS)
MENU = "<nav><ul>" + "".join(f"<li><a href='/m{n}'>Chuyên mục {n}</a></li>" for n in range(20)) + "</ul></nav>"
TEASER = "Bà con làng nghề chuẩn bị vào vụ mới, nhiều hộ đã có đơn hàng trước Tết"
TEASERS = "".join(
    f"<div class='item'><h3><a href='/t{n}.html'>{TEASER} {n}</a></h3><p>Tin ngắn về làng nghề số {n}.</p></div>"
    for n in range(6)
)


def page(article: str, *, head: str = "", around: str = "<div class='main'>{}</div>") -> str:
    body = around.format(f"<h1>{TITLE}</h1>{article}")
    return f"<html><head><title>{TITLE}</title>{head}</head><body>{MENU}{body}<footer>Bản quyền</footer></body></html>"


def read(markup: str, url: str = URL) -> Entry:
    return parse_page(
        markup.encode(),
        url=url,
        content_type="text/html",
        platform=Platform.GENERIC,
        selectors=Selectors(),
        now=datetime(2026, 3, 2, tzinfo=UTC),
        timezone="Asia/Ho_Chi_Minh",
    )


def lines(markup: str) -> list[str]:
    return read(markup).text.split("\n")


@pytest.mark.parametrize(
    "around",
    [
        "<div class='main'>{}</div>",
        "<form id='aspnetForm' action='./'><div id='content'>{}</div></form>",
        "<aside class='col-9'><section>{}</section></aside>",
        "<div class='no-sidebar hidden-menu'><div class='comments-open'>{}</div></div>",
        "<table><tr><td class='left'>Menu</td><td>{}</td></tr></table>",
        "<article class='overflow-hidden'><div>{}</div></article>",
    ],
    ids=["div", "form", "aside", "lying-names", "layout-table", "article"],
)
def test_the_article_is_found_whatever_holds_it(around: str) -> None:
    assert lines(page(f"<div class='noidung'>{PARAGRAPHS}</div>", around=around)) == list(WORDS)


def test_paragraphs_that_only_line_breaks_hold_apart_are_an_article() -> None:
    assert lines(page(f"<div class='bodytext'>{'<br><br>'.join(WORDS)}</div>")) == list(WORDS)


def test_paragraphs_of_the_same_template_before_a_box_belong_to_the_article() -> None:
    named = "".join(f"<p class='van-ban'>{words}</p>" for words in WORDS[1:])
    markup = f"<div class='mo-dau'><p class='van-ban'>{WORDS[0]}</p></div><div class='paywall'>{named}{named}</div>"
    assert lines(page(markup))[0] == WORDS[0]


def test_a_lead_above_the_article_is_its_first_line() -> None:
    lead = "Cây cầu nối hai bờ suối Nậm Nơn đã khánh thành sau tám tháng thi công."
    head = f'<meta name="description" content="{lead}">'
    markup = page(f"<div class='sapo'><b>{lead}</b></div><div class='noidung'>{PARAGRAPHS}</div>", head=head)
    assert lines(markup) == [lead, *WORDS]
    assert lines(page(f"<div class='noidung'>{PARAGRAPHS}</div>", head=head)) == list(WORDS)


@pytest.mark.parametrize(
    "other",
    [
        f"<p><a href='/khac.html'>{TEASER}</a></p>",
        f"<ul><li><a href='/a.html'>{TEASER}</a></li><li><a href='/b.html'>{TEASER} khác</a></li></ul>",
        f"<div class='tin-lien-quan'><p>{TEASER}</p></div>",
        f"<div class='relatedPosts'>{TEASERS}</div>",
        TEASERS,
        f"<div style='display: none'><p>{TEASER}</p></div>",
        f"<div class='social-share'><span>Chia sẻ {TEASER}</span></div>",
        "<div class='player'><p>0:00 / 3:45 Giọng nữ miền Bắc đọc bài này cho bạn</p></div>",
        "<div class='quangcao'><p>Mua hai tặng một, chỉ trong tuần này tại siêu thị</p></div>",
        "<aside><p>Một cột bên nói về chuyện khác hẳn với bài này, và khá dài dòng nữa.</p></aside>",
        "<p>Tin liên quan</p>",
        "<h3>Tin cùng chuyên mục</h3>",
        f"<p>{TITLE}</p>",
    ],
)
def test_what_is_not_the_article_goes(other: str) -> None:
    middle = f"<p>{WORDS[0]}</p>{other}" + "".join(f"<p>{words}</p>" for words in WORDS[1:])
    assert lines(page(f"<div class='noidung'>{middle}</div>")) == list(WORDS)
    assert lines(page(f"<div class='noidung'>{PARAGRAPHS}{other}</div>")) == list(WORDS)


def test_a_headline_that_differs_from_the_title_stays_and_one_that_says_it_goes() -> None:
    head = f"<meta property='og:title' content='{TITLE}'>"
    markup = page(f"<div>{PARAGRAPHS}</div>", head=head)
    assert lines(markup) == list(WORDS)
    other = "Mùa lũ này học sinh không phải đi bè"
    both = page(f"<div><h1>{other}</h1>{PARAGRAPHS}</div>", head=head).replace(f"<h1>{TITLE}</h1>", "")
    assert lines(both) == [other, *WORDS]


def test_lines_between_the_title_and_the_first_paragraph_are_the_pages() -> None:
    head = "<div class='meta'>Thứ hai, 02/03/2026 | 08:15</div><p>Tác giả: Lê Hoa</p><span>Lượt xem: 25</span>"
    assert lines(page(f"{head}{PARAGRAPHS}")) == list(WORDS)


@pytest.mark.parametrize(
    "line",
    [
        "Chia sẻ về niềm vui này, bà Lan cho biết bà rất mừng.",
        "Sáng 12/3/2026, lễ khánh thành diễn ra tại bản Vẽ.",
        "Di sản của cha ông được giữ gìn",
        "Số: 12/TB-MTTQ",
        "Kính gửi: Ban Công tác Mặt trận các bản",
    ],
)
def test_short_lines_of_the_article_stay(line: str) -> None:
    assert lines(page(f"<div class='noidung'><p>{line}</p>{PARAGRAPHS}</div>")) == [line, *WORDS]
    assert lines(page(f"<div class='noidung'>{PARAGRAPHS}<p>{line}</p><p>{WORDS[0]} Hết.</p></div>"))[4] == line


def test_headings_lists_quotations_and_tables_with_row_spans_stay() -> None:
    schedule = (
        "<table><tr><th>Ngày</th><th>Giờ</th><th>Nơi tiếp xúc</th></tr>"
        "<tr><td rowspan='2'>12/3/2026</td><td>7h30</td><td>Hội trường UBND xã Mường Xén</td></tr>"
        "<tr><td>14h00</td><td>Nhà văn hóa bản Na Cáng</td></tr></table>"
    )
    extra = f"<h3>Lịch tiếp xúc cử tri</h3>{schedule}<ul><li>Một</li></ul><blockquote>Lời dân</blockquote>"
    body = read(page(f"<div>{PARAGRAPHS}{extra}<p>{WORDS[0]} Hết.</p></div>")).body
    assert "<h3>Lịch tiếp xúc cử tri</h3>" in body
    assert '<td rowspan="2">12/3/2026</td><td>7h30</td>' in body
    assert "<ul><li>Một</li></ul><blockquote><p>Lời dân</p></blockquote>" in body


def test_a_page_that_is_only_a_schedule_is_its_table() -> None:
    rows = "".join(
        f"<tr><td>{day}/3/2026</td><td>7h30</td><td>Hội trường UBND xã số {day}</td><td>Cử tri các bản {day}</td></tr>"
        for day in range(10, 22)
    )
    entry = read(page(f"<div class='noidung'><table>{rows}</table></div>"))
    assert entry.body.count("<tr>") == 12
    assert "21/3/2026 7h30 Hội trường UBND xã số 21 Cử tri các bản 21" in entry.text


def test_a_figure_keeps_its_place_and_caption_and_its_words_are_not_the_texts() -> None:
    figure = "<figure><img src='/cau.jpg'><figcaption>Cầu mới. Ảnh: Hải An</figcaption></figure>"
    entry = read(page(f"<div><p>{WORDS[0]}</p>{figure}{PARAGRAPHS}</div>"))
    picture = '<figure><img src="https://xa.example.vn/cau.jpg" alt=""><figcaption>Cầu mới. Ảnh: Hải An</figcaption>'
    assert picture in entry.body
    assert "Hải An" not in entry.text
    assert [(image.url, image.caption) for image in entry.images] == [
        ("https://xa.example.vn/cau.jpg", "Cầu mới. Ảnh: Hải An")
    ]


def test_a_picture_and_the_line_named_its_caption_are_a_figure() -> None:
    box = "<div class='anh'><img src='//cdn.example.vn/a.jpg'><p class='chu-thich'>Lễ khánh thành</p></div>"
    body = read(page(f"<div><p>{WORDS[0]}</p>{box}{PARAGRAPHS}</div>")).body
    assert "<figure><img" in body
    assert "<figcaption>Lễ khánh thành</figcaption></figure>" in body


@pytest.mark.parametrize(
    "picture",
    [
        "<img src='data:image/gif;base64,R0' data-src='/anh/cau.jpg'>",
        "<img src='/lazy.gif' data-original='//xa.example.vn/anh/cau.jpg'>",
        "<img src='data:image/gif;base64,R0'><noscript><img src='/anh/cau.jpg'></noscript>",
        "<picture><source srcset='/anh/cau.jpg 1x, /anh/cau2.jpg 2x'><img src='data:image/gif;base64,R0'></picture>",
    ],
    ids=["data-src", "placeholder", "noscript", "source"],
)
def test_lazy_pictures_have_their_address(picture: str) -> None:
    entry = read(page(f"<div><p>{WORDS[0]}</p><p>{picture}</p>{PARAGRAPHS}</div>"))
    assert [image.url for image in entry.images] == ["https://xa.example.vn/anh/cau.jpg"]
    assert entry.body.count("<img") == 1


@pytest.mark.parametrize(
    "picture",
    [
        "<img src='/dem.gif' width='1' height='1'>",
        "<img src='/icon-zalo.png' width='24' height='24'>",
        "<img src='/images/logo.png'>",
        "<img class='avatar' src='/tac-gia.jpg'>",
    ],
)
def test_counters_and_signs_are_no_pictures(picture: str) -> None:
    assert "<img" not in read(page(f"<div><p>{WORDS[0]}</p><p>{picture}</p>{PARAGRAPHS}</div>")).body


@pytest.mark.parametrize(
    ("video", "address"),
    [
        (
            "<iframe src='https://www.youtube.com/embed/abcdefghijk'></iframe>",
            "https://www.youtube.com/watch?v=abcdefghijk",
        ),
        (
            "<div class='embed'><iframe src='//player.vimeo.com/video/12345678'></iframe></div>",
            "https://vimeo.com/12345678",
        ),
        ("<video src='/v/le.mp4' controls></video>", "https://xa.example.vn/v/le.mp4"),
    ],
)
def test_a_video_is_a_link_to_it(video: str, address: str) -> None:
    body = read(page(f"<div><p>{WORDS[0]}</p>{video}{PARAGRAPHS}</div>")).body
    assert f'<a href="{address}" rel="noopener nofollow ugc">Xem video' in body


def test_files_named_by_links_stay_and_are_attachments() -> None:
    files = "<p><a href='/ke-hoach.pdf'>Kế hoạch số 12</a></p><ul><li><a href='/b.docx'>Biểu mẫu</a></li></ul>"
    entry = read(page(f"<div>{PARAGRAPHS}{files}</div>"))
    first = entry.attachments[0]
    assert (first.url, first.media_type) == ("https://xa.example.vn/ke-hoach.pdf", "application/pdf")
    assert "/b.docx" in entry.body


@pytest.mark.parametrize(
    "line", ["<p>Theo <a href='https://baonghean.vn/1'>Báo Nghệ An</a></p>", "<p><b>Nguồn: Báo Nghệ An</b></p>"]
)
def test_a_repost_names_its_origin_and_the_line_is_no_words_of_the_article(line: str) -> None:
    entry = read(page(f"<div>{PARAGRAPHS}{line}</div>"))
    assert entry.origin_name == "Báo Nghệ An"
    assert entry.text.split("\n") == list(WORDS)
    assert "Nghệ An" not in entry.body


@pytest.mark.parametrize(
    "line",
    [
        "<div class='nguon-tin'>Nguồn tin: baonghean.vn</div>",
        "<div><p><b>Nguồn tin:</b> baonghean.vn</p></div>",
        "<section><span>Nguồn: baonghean.vn</span></section>",
    ],
)
def test_the_origin_beside_an_article_is_read_too(line: str) -> None:
    assert read(page(f"<div class='noidung'>{PARAGRAPHS}</div>{line}")).origin_name == "baonghean.vn"


def test_words_of_a_footer_or_a_sentence_name_no_origin() -> None:
    sentence = "<p>Nguồn nước cạn dần, bà con phải đi lấy nước từ con suối cách bản ba cây số đường rừng.</p>"
    assert read(page(f"<div>{PARAGRAPHS}{sentence}</div><footer><p>Nguồn: Cổng tỉnh</p></footer>")).origin_name is None


def test_a_print_page_reads_as_its_article() -> None:
    bare = f"<html><head><title>{TITLE}</title></head><body onload='print()'><h1>{TITLE}</h1>{PARAGRAPHS}</body></html>"
    entry = read(bare, "https://xa.example.vn/print/khanh-thanh-cau-dan-sinh.html")
    assert (entry.title, entry.text.split("\n")) == (TITLE, list(WORDS))


def test_many_links_around_a_short_article_do_not_take_it_away() -> None:
    links = "<div class='related'>" * 20 + "<a href='/x.html'>Liên kết</a>" * 300
    assert lines(page(f"{PARAGRAPHS}{links}")) == list(WORDS)


@pytest.mark.timeout(30)  # each takes a second or two; what is quadratic took minutes
@pytest.mark.parametrize(
    "markup",
    [
        "<p>" * 30_000 + "x" * 60,
        "<div>" * 250 + ("<p>" + "a b " * 10 + "</p>") * 20_000,
        "<span>" * 250 + "<span>" + "từ " * 20 + "</span>" * 2 + "chữ " * 300_000,
        "<figure><img src=a.jpg>" + "<figcaption>x y</figcaption>" * 40_000,
        "<div class='caption'>" * 250 + "<p>một hai ba</p>" * 40_000,
        "<h2>x</h2>" * 40_000,
        PARAGRAPHS + "<div class='related'>" * 250 + "<a href=x>y z</a>" * 40_000,
        PARAGRAPHS + "<noscript><img src=a.jpg></noscript>" * 20_000,
        PARAGRAPHS + "<a href='?page=9'>9</a>" * 60_000,
        PARAGRAPHS + "<div>" * 250 + "<span class='nguon'>Nguồn: x</span>" * 40_000,
    ],
    ids=["p", "deep-p", "span", "captions", "deep-captions", "headings", "junk", "noscript", "numbers", "origins"],
)
def test_a_page_made_to_cost_time_is_read_or_refused_in_time(markup: str) -> None:
    with suppress(ParseFailed):
        read(page(markup))
