"""Which marks name a platform, alone or together, and which pages must not be taken for one."""

import gzip
from pathlib import Path

import pytest

from aggregator.model.source import Platform
from aggregator.parse.charset import decode
from aggregator.parse.platforms import PLATFORMS, guess_platform
from aggregator.parse.probe import inspect

PORTAL_FILE = "https://datafiles.nghean.gov.vn/nan-ubnd/2936/quantritintuc202311/anh638351363125773990.jpg"


def page(*parts: str) -> str:
    return f"<html><body>{''.join(parts)}</body></html>"


def image(address: str, alt: str = "") -> str:
    return f'<img src="{address}" alt="{alt}">'


@pytest.mark.parametrize(
    ("markup", "platform"),
    [
        ('<ul class="onecms__loading">', Platform.ONECMS),
        ('<div class="c-widget-tags onecms__tags">', Platform.ONECMS),
        ('<h1 class="sc-longform-header-title block-sc-title">', Platform.ONECMS),
        ('<link rel="preconnect" href="//bna.1cdn.vn/">', Platform.ONECMS),
        ("<h3 class=story__heading>", Platform.EPI),
        ('<DIV CLASS="Article__Body ZCE-content-body">', Platform.EPI),
        ('<script src="https://static-cms-bna.epicdn.me/v4/web/app.js">', Platform.EPI),
        ('<div id="news-bodyhtml">', Platform.NUKEVIET),
        ('<script>var nv_base_siteurl="/",nv_lang_data="vi"</script>', Platform.NUKEVIET),
        ('<link rel="icon" href="https://storage-vnportal.vnpt.vn/gov-hni/6749/logo.png">', Platform.VNPORTAL),
        ('<link rel="stylesheet" href="/wp-content/themes/flatsome/style.css">', Platform.WORDPRESS),
        ('<link rel="https://api.w.org/" href="https://hoi.example.vn/wp-json/">', Platform.WORDPRESS),
        ("<script>Liferay.currentURL = '/web/guest/home';</script>", Platform.LIFERAY),
        ('<div class="portlet-boundary portlet-asset-publisher">', Platform.LIFERAY),
        ('<meta name="GENERATOR" content="Microsoft SharePoint" />', Platform.SHAREPOINT),
        ('<div class="ms-rtestate-field" style="display:inline">', Platform.SHAREPOINT),
        ("<script>var _spPageContextInfo = {};</script>", Platform.SHAREPOINT),
        ('<div class="detail-content afcbc-body" data-role="content">', Platform.VCCORP),
        ('<figure class="VCSortableInPreviewMode" type="Photo">', Platform.VCCORP),
    ],
)
def test_one_sure_mark_names_the_platform(markup: str, platform: Platform) -> None:
    assert guess_platform(page(markup), "") is platform


@pytest.mark.parametrize(
    ("hints", "platform"),
    [
        (('<h3 class="b-grid__title">', image("https://bna.1cdn.vn/2025/10/01/a.jpg")), Platform.ONECMS),
        (('<div class="c-news-detail">', '<div class="b-maincontent">'), Platform.ONECMS),
        (('<div class="article__body">', '<h1 class="cms-title">'), Platform.EPI),
        (('<a class="cms-link">', image("https://photo-cms-baonghean.zadn.vn/w607/Uploaded/a.jpg")), Platform.EPI),
        (('<div class="news_column">', '<div class="hometext">'), Platform.NUKEVIET),
        ((image(PORTAL_FILE), image("/logo.png", "Anh-tin-bai")), Platform.VNPORTAL),
        (('<img class="wp-post-image">', image("https://h.example.vn/wp-content/uploads/a.jpg")), Platform.WORDPRESS),
        (('<div class="journal-content-article">', '<div class="portlet-boundary">'), Platform.LIFERAY),
        (('<li class="dfwp-item">', image("/PublishingImages/a.jpg")), Platform.SHAREPOINT),
        (('<h2 class="detail-sapo">', '<p data-role="publishdate">'), Platform.VCCORP),
    ],
)
def test_two_hints_name_the_platform_and_neither_does_alone(hints: tuple[str, str], platform: Platform) -> None:
    assert guess_platform(page(*hints), "") is platform
    for hint in hints:
        assert guess_platform(page(hint, hint), "") is Platform.GENERIC


def test_three_files_of_the_news_desk_name_a_portal_and_three_showings_of_one_do_not() -> None:
    files = [f"/nan-ubnd/2936/quantritintuc20257/anh-{number}638351363125773990.jpg" for number in range(3)]
    assert guess_platform(page(*(image(file) for file in files)), "") is Platform.VNPORTAL
    assert guess_platform(page(*(image(files[0]) for _ in files)), "") is Platform.GENERIC


@pytest.mark.parametrize(
    "markup",
    [
        '<h2 class="search-history__heading">Lịch sử tìm kiếm</h2>',
        '<main class="gc-news-detail-page"><div class="pb-grid__title"></div></main>',
        '<h1 class="cms-title"></h1><div class="cms-body"></div>',
        '<h1 class="article__header"></h1><h2 class="article__sapo"></h2><div class="article__body"></div>',
        '<img src="https://stc.zadn.vn/zalo.png"><div class="article__body">',
        '<img src="https://iv1cdn.vnecdn.net/a.jpg"><a href="//1cdn.vn.example/">x</a><div class="b-grid__title">',
        "<p>Trang dùng class onecms__loading, story__heading và news-bodyhtml của NukeViet.</p>",
        '<a href="https://datafiles.chinhphu.vn/cpp/files/vbpq/2025/6/1678-nq.signed.pdf">Nghị quyết</a> VNPT vnPortal',
        '<a href="/quantritintuc">Quản trị</a><a href="/admin/quantritintuc.php">Tin tức</a><img alt="Anh-tin-bai">',
        f'<link rel="image_src" href="{PORTAL_FILE}">',
        '<link rel="image_src" href="https://bna.1cdn.vn/thumbs/1200x630/2025/10/01/a.jpg">',
        '<link rel="preload" as="image" href="https://bna.1cdn.vn/2025/10/01/a.jpg">',
        image("https://bna.1cdn.vn/2025/10/01/a.jpg") + image("https://bna.1cdn.vn/2025/10/01/b.jpg"),
        image("https://bao.example.vn/wp-content/uploads/a.jpg")
        + image("https://b.example.vn/wp-content/uploads/b.jpg"),
        "<p>Trang này nói về /wp-content/themes/ và _spPageContextInfo của SharePoint, Liferay.</p>",
    ],
)
def test_look_alikes_and_borrowed_pictures_name_no_platform(markup: str) -> None:
    assert guess_platform(page(markup), "") is Platform.GENERIC


def test_a_generator_outweighs_marks() -> None:
    assert guess_platform(page('<h3 class="story__heading">'), "NukeViet v4.5") is Platform.NUKEVIET


def test_marks_are_written_as_pages_are_compared_in_lower_case() -> None:
    for rules in PLATFORMS.values():
        for mark in rules.marks:
            assert all(name == name.lower() for name in mark.names)
            assert mark.names or mark.written


def test_real_pages_of_other_systems_are_taken_for_no_platform(corpus: Path) -> None:
    pages = {path.name: path for path in corpus.glob("pages/*/html/*.html.gz")}
    if not pages:
        pytest.skip(f"no pages in the corpus at {corpus}")
    nukeviet = pages.pop("nukeviet-162.html.gz", None)
    guessed = {}
    for name, path in pages.items():
        text = decode(gzip.decompress(path.read_bytes()), "text/html")
        if (platform := guess_platform(text, "")) is not Platform.GENERIC:
            guessed[name] = platform
    assert set(guessed.values()) <= {Platform.WORDPRESS}  # which many of these papers do run on
    assert "us-TechCrunch.html.gz" in guessed
    assert {"vnexpress-2023.html.gz", "dantri-home-2022.html.gz"} <= pages.keys()
    assert len(pages) >= 168
    if nukeviet is not None:
        body = gzip.decompress(nukeviet.read_bytes())
        assert inspect(body, url="https://n.example.vn/vi/", content_type="text/html").platform is Platform.NUKEVIET
