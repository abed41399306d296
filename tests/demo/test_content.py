import asyncio
import struct
import zlib
from datetime import date, timedelta
from itertools import islice

import pytest

from aggregator.demo.blocks import Bullets, Cell, Figure, Heading, Paragraph, Quote, Table, read_blocks, with_days
from aggregator.demo.breakage import Breakage
from aggregator.demo.content import read_age, read_moulds, read_written_news
from aggregator.demo.invent import Inventor, draft_of
from aggregator.demo.outlets import OUTLETS, SECTIONS
from aggregator.demo.papers import print_paper
from aggregator.demo.pictures import HEIGHT, WIDTH, draw_picture
from aggregator.demo.timeline import CALM_ACTS, MAX_BROKEN, Verb, plan
from aggregator.model.errors import ConfigError

SITES = tuple(outlet.id for outlet in OUTLETS)


def test_the_written_news_fills_every_section_most_of_it_in_the_last_two_days() -> None:
    items = read_written_news()
    assert len(items) >= 70
    assert {item.draft.section for item in items} == {slug for slug, _, _ in SECTIONS}
    assert sum(item.age <= timedelta(days=2) for item in items) > len(items) / 2
    assert max(item.age for item in items) <= timedelta(days=10)


def test_several_outlets_tell_one_event_under_different_titles() -> None:
    titles: dict[str, list[str]] = {}
    for item in read_written_news():
        titles.setdefault(item.draft.event, []).append(item.draft.title)
    shared = [told for told in titles.values() if len(told) > 1]
    assert len(shared) >= 15
    assert any(len(told) == 4 for told in shared)
    assert all(len(set(told)) == len(told) for told in shared)


def test_every_written_article_has_an_outlet_section_of_its_own() -> None:
    for item in read_written_news():
        outlet = next(outlet for outlet in OUTLETS if outlet.id == item.site_id)
        fills = {channel.section for channel in outlet.channels}
        assert outlet.channel_for(item.draft.section).section in fills


def test_every_outlet_says_that_it_is_a_sample() -> None:
    assert all(outlet.name.endswith("(mẫu)") for outlet in OUTLETS)


@pytest.mark.parametrize("written", ["", "2x", "h3", "3 h"])
def test_an_age_that_is_none_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match="length of time"):
        read_age(written)


def test_ages_are_read_with_their_sign() -> None:
    assert read_age("2d3h") == timedelta(days=2, hours=3)
    assert read_age("-20m") == timedelta(minutes=-20)


def test_five_hundred_invented_events_share_no_title() -> None:
    inventor = Inventor(read_moulds(), seed=3)
    sections = [slug for slug, _, _ in SECTIONS]
    titles = [title for number in range(540) for title in inventor.invent(sections[number % 9]).titles]
    assert len(titles) > 1000
    assert len(set(titles)) == len(titles)


def test_events_at_one_place_only_share_no_title_either() -> None:
    inventor = Inventor(read_moulds(), seed=3)
    titles = [title for _ in range(300) for title in inventor.invent("tin-dia-phuong", place="xã Đô Lương").titles]
    assert len(set(titles)) == len(titles)


def test_two_inventors_of_one_seed_invent_the_same() -> None:
    first, second = (Inventor(read_moulds(), seed=9) for _ in range(2))
    assert [first.invent("thoi-su") for _ in range(20)] == [second.invent("thoi-su") for _ in range(20)]


def test_an_invented_correction_changes_a_figure_of_the_body() -> None:
    inventor = Inventor(read_moulds(), seed=5)
    for _ in range(40):
        draft = draft_of(inventor.invent("tin-dia-phuong"))
        assert draft.correction is not None
        old, new = draft.correction.replace[0]
        assert old in draft.body
        assert old != new


def test_the_same_seed_plans_the_same_timeline() -> None:
    assert list(islice(plan(4, SITES), 300)) == list(islice(plan(4, SITES), 300))
    assert list(islice(plan(4, SITES), 50)) != list(islice(plan(5, SITES), 50))


@pytest.mark.parametrize("seed", range(5))
def test_the_timeline_breaks_few_sites_at_a_time_and_mends_each(seed: int) -> None:
    broken: set[str] = set()
    seen: set[Breakage] = set()
    for number, act in enumerate(islice(plan(seed, SITES), 1000), start=1):
        assert timedelta() < act.after < timedelta(seconds=6)
        if act.verb is Verb.BREAK:
            assert act.breakage is not None
            assert act.site_id not in broken
            assert number > CALM_ACTS
            broken.add(act.site_id)
            seen.add(act.breakage)
        elif act.verb is Verb.MEND:
            broken.remove(act.site_id)
        assert len(broken) <= MAX_BROKEN
    assert seen == set(Breakage)


def test_the_markup_becomes_blocks() -> None:
    text = """Một câu
        nối dòng.

## Đầu mục

- một
- hai

> lời nói

[ảnh] chú thích

| A | B |
| 1 | x |
| 2 | ^ |
| 3 | y |
"""
    assert read_blocks(text) == (
        Paragraph(text="Một câu nối dòng."),
        Heading(text="Đầu mục"),
        Bullets(items=("một", "hai")),
        Quote(text="lời nói"),
        Figure(caption="chú thích"),
        Table(
            head=("A", "B"),
            rows=((Cell(text="1"), Cell(text="x", rows=2)), (Cell(text="2"),), (Cell(text="3"), Cell(text="y"))),
        ),
    )


def test_days_are_counted_from_the_start() -> None:
    assert with_days("từ {+2} đến {-1}", date(2026, 11, 30)) == "từ 02/12/2026 đến 29/11/2026"


async def test_a_picture_is_a_whole_png_and_the_seed_decides_it() -> None:
    body = await asyncio.to_thread(draw_picture, "a")
    assert body.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", body[16:24]) == (WIDTH, HEIGHT)
    start = body.index(b"IDAT")
    (length,) = struct.unpack(">I", body[start - 4 : start])
    assert len(zlib.decompress(body[start + 4 : start + 4 + length])) == (WIDTH + 1) * HEIGHT
    assert draw_picture("a") == body != draw_picture("b")


def test_a_paper_is_a_pdf_whose_cross_references_point_at_its_objects() -> None:
    body = print_paper("Kế hoạch số 12.pdf", "Một nhan đề rất dài " * 10)
    assert body.startswith(b"%PDF-1.4")
    table_at = int(body.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    lines = body[table_at:].split(b"\n")
    assert lines[0] == b"xref"
    for number, line in enumerate(lines[3:8], start=1):
        offset = int(line.split()[0])
        assert body[offset:].startswith(b"%d 0 obj" % number)
