"""Small sites that the probe was not written for, each in a manner of its own: loopback only, their truth beside them.

- ``village``: a commune's site, lists only. Headlines are no links, words of the template have odd names, the day of
  today stands in the header, files stand below the text, related links inside it, and three other lists beside it.
- ``gazette``: a province's portal whose feeds are linked from one page that only the footer names.
- ``bulletin``: a front page drawn by script; articles are known from the sitemaps that robots.txt names.
- ``district``: made with NukeViet, its feeds switched off.
- ``office``: a department's site laid out in tables, with the ids of a form generator and days in words.
"""

import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from zoneinfo import ZoneInfo

from aiohttp import web

TZ = ZoneInfo("Asia/Ho_Chi_Minh")

_TITLES = (
    "Mẫu Sơn ra quân nạo vét kênh mương trước vụ đông xuân",
    "Đoàn viên thanh niên giúp dân thu hoạch lúa chạy lũ",
    "Kế hoạch tổ chức ngày hội đại đoàn kết ở các khu dân cư",
    "Bàn giao ba ngôi nhà cho hộ nghèo vùng thượng",
    "Trạm y tế xã tiêm phòng cho trẻ dưới năm tuổi",
    "Thông báo lịch cắt điện sửa chữa lưới điện nông thôn",
    "Hội Cựu chiến binh trồng hai nghìn cây phi lao ven biển",
    "Khai giảng lớp học tiếng Thái cho cán bộ cơ sở",
    "Nông dân bản Nà Khoang thoát nghèo nhờ trồng gừng",
    "Lấy ý kiến nhân dân về quy hoạch khu tái định cư",
    "Sơ kết phong trào toàn dân bảo vệ an ninh tổ quốc",
    "Chợ phiên vùng cao đông khách trở lại sau mưa bão",
    "Công an xã bàn giao xe máy bị mất cho người dân",
    "Lắp đặt đèn chiếu sáng trên năm tuyến đường liên thôn",
)
_SENTENCES = (
    "Từ sáng sớm, hơn một trăm hai mươi người đã có mặt tại đập Khe Cái với cuốc, xẻng và xe rùa.",
    "Ông Lô Văn Páo, trưởng bản, cho biết bà con đóng góp mỗi nhà hai ngày công và không nhận thù lao.",
    "Đợt mưa cuối tháng trước làm sạt lở gần bốn trăm mét bờ kênh, nước không về được cánh đồng phía dưới.",
    "Chi phí vật liệu khoảng 38,5 triệu đồng, trích từ nguồn vận động của Mặt trận và các nhà hảo tâm.",
    "Theo phương án, công việc kéo dài trong mười ngày và chia thành ba tổ, mỗi tổ phụ trách một đoạn.",
    "Bà Vi Thị Hoa, 67 tuổi, nói rằng chưa năm nào con đường lên rẫy lại dễ đi như bây giờ.",
    "Các đồng chí đề nghị thôn sớm lập danh sách để việc hỗ trợ đến đúng người, đúng lúc.",
    "Sau khi kiểm tra thực tế, đoàn công tác ghi nhận 3.351 hộ đã có nước sạch hợp vệ sinh.",
    "Lớp học mở vào các buổi tối thứ Ba và thứ Năm, học viên không phải đóng học phí.",
    "Nhiều gia đình chuyển từ lúa nương sang gừng và nghệ, thu nhập tăng gấp rưỡi so với hai năm trước.",
    "Người dân có thể gửi góp ý bằng văn bản hoặc nói trực tiếp với cán bộ tiếp dân vào giờ hành chính.",
    "Đại diện nhà thầu cam kết hoàn thành trước rằm tháng Chạp để bà con kịp đón Tết.",
    "Trong số đó có mười một em nhỏ ở điểm trường lẻ cách trung tâm gần hai mươi cây số.",
    "Buổi lễ diễn ra gọn nhẹ, phần lớn thời gian dành để nghe ý kiến của những người trực tiếp làm.",
    "Ban chỉ huy nhắc các hộ ven suối không chủ quan khi nước rút, nhất là ban đêm.",
    "Kết quả bước đầu cho thấy cách làm này phù hợp với điều kiện của xã miền núi.",
)


_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article as its editors wrote it; paths are the site's own."""

    number: int
    path: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    published: datetime  # aware; a whole minute, or midnight where the site shows days
    picture: str = ""
    files: tuple[tuple[str, str], ...] = ()  # (path, name)
    section: str = ""


@dataclass(slots=True)
class UnseenSite:
    """A running site: what it answers by path, what it holds, what was asked of it."""

    base: str = ""
    items: tuple[Item, ...] = ()
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)  # path and query: (content type, text)
    visits: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """The handler of every path."""
        self.visits.append(request.path_qs)
        if request.path_qs not in self.answers:
            return web.Response(status=404, text="<h1>Không tìm thấy trang</h1>", content_type="text/html")
        kind, text = self.answers[request.path_qs]
        return web.Response(body=text.encode(), headers={"Content-Type": kind})

    def page(self, path: str, text: str, kind: str = "text/html; charset=utf-8") -> None:
        """Sets what a path answers."""
        self.answers[path] = (kind, text)


@contextlib.asynccontextmanager
async def served(
    build: Callable[[UnseenSite], None], *, tls: ssl.SSLContext | None = None
) -> AsyncIterator[UnseenSite]:
    """A site on a free port of this machine; ``build`` fills it once its address is known."""
    site = UnseenSite()
    app = web.Application()
    app.router.add_get("/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    site.base = f"http{'s' if tls else ''}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        build(site)
        yield site
    finally:
        await runner.cleanup()


def _items(
    path: Callable[[int, str], str], *, how_many: int = 14, by_day: bool = False, section: Callable[[int], str] = str
) -> tuple[Item, ...]:
    """Articles newest first, some with a picture, some with files."""
    began = datetime.now(UTC).astimezone(TZ).replace(hour=9, minute=12, second=0, microsecond=0)
    items = []
    for number in range(how_many):
        title = _TITLES[number % len(_TITLES)]
        at = began - timedelta(days=number + 1, minutes=37 * number)
        words = [_SENTENCES[(5 * number + step * 3) % len(_SENTENCES)] for step in range(5)]
        paragraphs = tuple(f"{word} Đây là ghi nhận số {number}.{step}." for step, word in enumerate(words))
        slug = "".join(letter if letter.isalnum() else "-" for letter in _plain(title))
        paper = (f"/tep/{number}/ke-hoach-{number}.pdf", f"Kế hoạch số {number}/KH-UBND")
        items.append(
            Item(
                number=1000 + number,
                path=path(1000 + number, slug.strip("-")),
                title=title,
                summary=f"{_SENTENCES[(7 * number + 2) % len(_SENTENCES)]} Tin số {number}.",
                paragraphs=paragraphs,
                published=at.replace(hour=0, minute=0) if by_day else at,
                picture=f"/anh/bai-{number}.jpg" if number % 4 != 3 else "",
                files=(paper,) if number % 5 in {0, 2} else (),
                section=section(number),
            )
        )
    return tuple(items)


def _plain(text: str) -> str:
    from aggregator.text.fold import slugify  # noqa: PLC0415 - only names addresses

    return slugify(text)


def _today() -> str:
    now = datetime.now(TZ)
    return (
        f"{('Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy', 'Chủ nhật')[now.weekday()]}, {now:%d/%m/%Y}"
    )


# ---- a commune's site: lists only


def village(site: UnseenSite) -> None:
    """``?p=`` pages of seven, odd names, the day of today on every page."""
    site.items = _items(lambda number, slug: f"/doc/{slug}.{number}.aspx")
    shown = 7
    for page in range(2):
        rows = "".join(map(_village_row, site.items[page * shown : (page + 1) * shown]))
        here, there = '<span class="so dang-xem">{0}</span>', '<span class="so"><a href="/?p={0}">{0}</a></span>'
        numbers = "".join((here if n == page + 1 else there).format(n) for n in (1, 2))
        paging = f'<div class="lat-trang">{numbers}</div>'
        body = f'<div class="cot-giua"><h2 class="muc">TIN HOẠT ĐỘNG</h2>{rows}{paging}</div>'
        text = _village_frame(site, "Trang chủ - Trang thông tin điện tử xã Mẫu Sơn", body)
        site.page("/" if page == 0 else "/?p=2", text)
    for item in site.items:
        site.page(item.path, _village_article(site, item))


def _village_row(item: Item) -> str:
    picture = f'<img src="{item.picture}" alt="">' if item.picture else '<i class="khong-anh"></i>'
    return f"""
<div class="hang-tin k7f3a9"><div class="o-anh"><a href="{item.path}">{picture}</a></div>
 <div class="o-chu"><p class="ten-bai">{escape(item.title)}</p>
 <span class="luc-dang"><i class="dong-ho"></i> <b>{item.published:%d}</b>/<b>{item.published:%m/%Y}</b></span>
 <div class="doan-dau">{escape(item.summary)}</div>
 <a class="xem" href="{item.path}">Xem chi tiết &raquo;</a></div></div>"""


def _village_frame(site: UnseenSite, title: str, body: str) -> str:
    seen = "".join(f'<li><a href="{i.path}">{escape(i.title)}</a></li>' for i in site.items[3:8])
    about = "về việc phê duyệt dự toán thu chi ngân sách xã"
    papers = "".join(
        f'<li><a href="/vb/{n}-2026-qd-ubnd.aspx">Quyết định {n}/QĐ-UBND {about}</a></li>' for n in range(11, 17)
    )
    return f"""<!DOCTYPE html><html><head><title>{escape(title)}</title></head><body>
<div class="dau-trang"><p>Hôm nay: {_today()}</p>
<ul class="thuc-don"><li><a href="/gioi-thieu.aspx">Giới thiệu chung</a></li>
<li><a href="/muc/van-ban.aspx">Văn bản</a></li><li><a href="/lien-he.aspx">Liên hệ</a></li></ul></div>
{body}
<div class="cot-phai"><h3>XEM NHIỀU</h3><ul class="nho">{seen}</ul><h3>VĂN BẢN MỚI</h3><ul class="nho">{papers}</ul>
<p>Số lượt truy cập trang thông tin điện tử của xã đến nay: 1.204.551 lượt.</p></div>
<div class="chan">Ủy ban nhân dân xã Mẫu Sơn. Chịu trách nhiệm: ông Chủ tịch Ủy ban nhân dân xã. Điện thoại 0238.</div>
</body></html>"""


def _village_article(site: UnseenSite, item: Item) -> str:
    picture = f'<div class="giua"><img src="{item.picture}"></div>' if item.picture else ""
    words = [f"<div>{escape(paragraph)}</div>" for paragraph in item.paragraphs]
    others = [other for other in site.items if other is not item][:3]
    related = "".join(f'<a href="{o.path}">{escape(o.title)}</a><br>' for o in others)
    files = "".join(f'<a href="{path}">{escape(name)}</a>' for path, name in item.files)
    body = f"""<div class="cot-giua"><div class="bai"><p class="ten-lon">{escape(item.title)}</p>
<p class="luc">Đăng lúc: {item.published:%H:%M} ngày {item.published:%d/%m/%Y} | Lượt xem: {item.number}</p>
<div class="chu-bai">{words[0]}{picture}{words[1]}<div class="tin-kem">{related}</div>{"".join(words[2:])}</div>
{f'<div class="hop-tep"><span>Tệp tin:</span>{files}</div>' if files else ""}</div></div>"""
    return _village_frame(site, "Trang thông tin điện tử xã Mẫu Sơn", body)


# ---- a province's portal: feeds of sections, on a page that the footer names


_GAZETTE = {"kinh-te": "Kinh tế", "van-hoa-xa-hoi": "Văn hóa - Xã hội", "thong-bao": "Thông báo"}


def gazette(site: UnseenSite) -> None:
    """``/rss`` is a page; a feed of everything stands beside those of the sections."""
    slugs = list(_GAZETTE)
    site.items = _items(
        lambda number, slug: f"/{slugs[number % 3]}/{slug}-{number}.html",
        how_many=21,
        section=lambda number: slugs[(1000 + number) % 3],
    )
    rows = "".join(
        f'<tr><td>{name}</td><td><a href="/rss/{slug}.rss">{name}</a></td></tr>' for slug, name in _GAZETTE.items()
    )
    site.page(
        "/rss",
        f"<html><head><title>Kênh RSS</title></head><body><h1>Kênh RSS</h1><table>"
        f'<tr><td>Tất cả</td><td><a href="/rss/home.rss">Trang chủ</a></td></tr>{rows}</table></body></html>',
    )
    for slug, name in {**_GAZETTE, "home": "Trang chủ"}.items():
        held = [item for item in site.items if slug in {"home", item.section}]
        site.page(f"/rss/{slug}.rss", _feed(site, name, held[:12]), "application/rss+xml; charset=utf-8")
    links = "".join(f'<div class="khoi"><a href="{i.path}">{escape(i.title)}</a></div>' for i in site.items[:6])
    site.page(
        "/",
        "<html><head><title>Cổng thông tin điện tử tỉnh Mẫu</title>"
        '<meta property="og:site_name" content="Cổng thông tin điện tử tỉnh Mẫu"></head>'
        f'<body>{links}<footer><a href="/rss">RSS</a> <a href="/lien-he">Liên hệ</a></footer></body></html>',
    )
    for item in site.items:
        site.page(item.path, _gazette_article(site, item))


def _feed(site: UnseenSite, name: str, items: list[Item]) -> str:
    entries = "".join(
        f"<item><title>{escape(i.title)}</title><link>{site.base}{i.path}</link>"
        f"<pubDate>{i.published:%a, %d %b %Y %H:%M:%S %z}</pubDate>"
        f"<description>{escape(i.summary)}</description></item>"
        for i in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{entries}</channel></rss>'


def _gazette_article(site: UnseenSite, item: Item) -> str:
    picture = f'<figure><img src="{item.picture}"><figcaption>Ảnh: CTV</figcaption></figure>' if item.picture else ""
    words = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in item.paragraphs)
    files = "".join(f'<p><a href="{path}">{escape(name)}</a></p>' for path, name in item.files)
    others = "".join(f'<li><a href="{o.path}">{escape(o.title)}</a></li>' for o in site.items[:4] if o is not item)
    return f"""<html><head><title>{escape(item.title)} - Cổng thông tin điện tử tỉnh Mẫu</title>
<meta property="og:title" content="{escape(item.title)}"></head><body><article><h1>{escape(item.title)}</h1>
<time>{item.published:%d/%m/%Y %H:%M}</time><div class="van-xuoi">{picture}{words}{files}</div></article>
<aside><h3>Tin cùng chuyên mục</h3><ul>{others}</ul></aside></body></html>"""


# ---- a bulletin: a front page drawn by script, sitemaps


def bulletin(site: UnseenSite) -> None:
    """robots.txt names an index; one of its two sitemaps holds the articles."""
    site.items = _items(lambda number, slug: f"/ban-tin/{slug}/{number}", how_many=9)
    site.page("/robots.txt", f"User-agent: *\nDisallow: /quan-tri\nSitemap: {site.base}/so-do.xml\n", "text/plain")
    maps = "".join(
        f"<sitemap><loc>{site.base}/{name}</loc></sitemap>" for name in ("so-do-trang.xml", "so-do-tin-bai.xml")
    )
    space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    site.page("/so-do.xml", f"<sitemapindex {space}>{maps}</sitemapindex>", "application/xml")
    site.page(
        "/so-do-trang.xml", f"<urlset {space}><url><loc>{site.base}/gioi-thieu</loc></url></urlset>", "application/xml"
    )
    urls = "".join(
        f"<url><loc>{site.base}{i.path}</loc><lastmod>{i.published.isoformat()}</lastmod></url>" for i in site.items
    )
    site.page("/so-do-tin-bai.xml", f"<urlset {space}>{urls}</urlset>", "application/xml")
    site.page(
        "/",
        "<!DOCTYPE html><html><head><title>Bản tin Mặt trận xã Mẫu Thượng</title></head>"
        '<body><div id="ung-dung"></div><script src="/ung-dung.js"></script></body></html>',
    )
    for item in site.items:
        picture = f'<p><img src="{item.picture}"></p>' if item.picture else ""
        words = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in item.paragraphs)
        files = "".join(f'<p>Tải về: <a href="{path}">{escape(name)}</a></p>' for path, name in item.files)
        site.page(
            item.path,
            f"<html><head><title>{escape(item.title)}</title>"
            f'<meta property="article:published_time" content="{item.published.isoformat()}"></head>'
            f'<body><main><h1>{escape(item.title)}</h1><div class="noi-dung-bai">{picture}{words}{files}</div></main>'
            "<footer>Ủy ban Mặt trận Tổ quốc xã Mẫu Thượng giữ bản quyền mọi nội dung đăng tại đây.</footer>"
            "</body></html>",
        )


# ---- a district's site, made with NukeViet


def district(site: UnseenSite) -> None:
    """The names of NukeViet 4.5, no feed, bodies without paragraphs."""
    site.items = _items(lambda number, slug: f"/tin-tuc/{slug}-{number}.html", how_many=10)
    rows = "".join(
        f"""<div class="news_column panel panel-default"><div class="panel-body">
<h3><a href="{i.path}" title="">{escape(i.title)}</a></h3>
<p><em class="fa fa-clock-o">&nbsp;</em> {i.published:%d/%m/%Y %H:%M}</p>
<div class="text-justify">{escape(i.summary)}</div></div></div>"""
        for i in site.items
    )
    site.page("/", _district_frame("Xã Mẫu Hạ - Trang nhất", f'<div class="viewcat">{rows}</div>'))
    for item in site.items:
        picture = f'<div class="image-center"><img src="{item.picture}" alt=""></div>' if item.picture else ""
        words = "<br /><br />".join(map(escape, item.paragraphs))
        files = "".join(f'<li><a href="{path}">{escape(name)}</a></li>' for path, name in item.files)
        site.page(
            item.path,
            _district_frame(
                item.title,
                f"""<div class="news_column"><h1 class="title" itemprop="headline">{escape(item.title)}</h1>
<span class="h5">{_WEEKDAYS[item.published.weekday()]} - {item.published:%d/%m/%Y %H:%M}</span>
<div class="hometext" itemprop="description">{escape(item.summary)}</div>{picture}
<div id="news-bodyhtml" class="bodytext">{words}</div>
{f'<div class="news-download-file"><ul>{files}</ul></div>' if files else ""}</div>""",
            ),
        )


def _district_frame(title: str, body: str) -> str:
    return f"""<!DOCTYPE html><html><head><title>{escape(title)}</title><meta name="generator" content="NukeViet v4.5">
<meta property="og:site_name" content="Trang thông tin điện tử xã Mẫu Hạ"></head><body>
<nav class="menu"><ul><li><a href="/tin-tuc/">Tin tức</a></li><li><a href="/contact/">Liên hệ</a></li></ul></nav>{body}
<script>var nv_base_siteurl="/",nv_lang_data="vi";</script></body></html>"""


# ---- a department's site laid out in tables


def office(site: UnseenSite) -> None:
    """Rows of a table with a date in brackets; bodies pasted from a word processor; the site's name in every h1."""
    site.items = _items(lambda number, _slug: f"/Default.aspx?sname=sotp&id={number}", how_many=12)
    rows = "".join(
        f"""<tr><td class="tdAnh" width="120"><a href="{i.path}"><img src="{i.picture}"></a></td>
<td class="tdTin"><a class="lnkTin" href="{i.path}">{escape(i.title)}</a> <i>({i.published:%d/%m/%Y})</i><br>
{escape(i.summary)}</td></tr>"""
        if i.picture
        else f"""<tr><td class="tdTin" colspan="2"><a class="lnkTin" href="{i.path}">{escape(i.title)}</a>
<i>({i.published:%d/%m/%Y})</i><br>{escape(i.summary)}</td></tr>"""
        for i in site.items
    )
    site.page("/", _office_frame(f'<table class="tblTin" cellpadding="4">{rows}</table>'))
    for item in site.items:
        site.page(item.path, _office_article(site, item))


def _office_frame(body: str) -> str:
    return f"""<html><head><title>Sở Tư pháp tỉnh Mẫu</title></head><body><form id="aspnetForm" method="post">
<input type="hidden" name="__VIEWSTATE" value="/wEPDwUKLTk0"><h1>Sở Tư pháp tỉnh Mẫu</h1>
<table width="100%"><tr><td colspan="2" class="tdNgay">Hôm nay, {_today()}</td></tr>
<tr><td class="tdTrai" valign="top"><a href="/Default.aspx?sname=gt">Giới thiệu</a><br>
<a href="/Default.aspx?sname=vb">Văn bản quy phạm pháp luật</a><br>
<a href="/Default.aspx?sname=lh">Liên hệ công tác</a></td>
<td class="tdPhai">{body}</td></tr></table><center>Sở Tư pháp tỉnh Mẫu - Số 4 đường Trần Phú</center></form>
</body></html>"""


def _office_article(site: UnseenSite, item: Item) -> str:
    words = "".join(
        f'<p class="MsoNormal"><span style="font-size:14pt">{escape(p)}</span></p>' for p in item.paragraphs
    )
    picture = f'<p align="center"><img border="0" src="{item.picture}"></p>' if item.picture else ""
    files = "".join(f'<tr><td><a href="{path}">{escape(name)}</a></td></tr>' for path, name in item.files)
    older = "".join(
        f'<li><a href="{o.path}">{escape(o.title)}</a> ({o.published:%d/%m})</li>'
        for o in site.items[-4:]
        if o is not item
    )
    at = f"{item.published.day} tháng {item.published.month}, {item.published.year} | {item.published:%H:%M}"
    return _office_frame(f"""<table class="tblBai">
<tr><td><span id="ctl00_cph1_lblTitle" class="lblTitle">{escape(item.title)}</span></td></tr>
<tr><td class="tdLuc">Ngày {at}</td></tr><tr><td class="tdNoiDung">{picture}{words}</td></tr>{files}</table>
<b>Các tin khác</b><ul>{older}</ul>""")


# ---- a site that offers nothing


def silent(site: UnseenSite) -> None:
    """A page of three words."""
    site.page("/", "<html><head><title>Trang đang xây dựng</title></head><body><p>Sẽ sớm ra mắt.</p></body></html>")
