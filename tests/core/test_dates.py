import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.entry import DateOrigin, FoundDate, Precision
from aggregator.text.date_common import read_common
from aggregator.text.date_grammar import read_date
from aggregator.text.dates import accept_instant, parse_date

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2025, 7, 18, 12, 0, tzinfo=HERE)


def parsed(text: str, *, now: datetime = NOW, tz: ZoneInfo = HERE) -> FoundDate | None:
    return parse_date(text, now=now, tz=tz, origin=DateOrigin.TEXT)


def local(text: str) -> str | None:
    found = parsed(text)
    return None if found is None else f"{found.at.astimezone(HERE):%Y-%m-%d %H:%M:%S} {found.precision}"


def test_the_corpus_is_read_right_or_not_at_all(corpus: Path) -> None:
    cases = [json.loads(line) for line in (corpus / "dates.jsonl").read_text(encoding="utf-8").splitlines()]
    right, unread, expected = 0, [], 0
    for case in cases:
        found = parsed(case["text"], now=datetime.fromisoformat(case["now"]), tz=ZoneInfo(case["tz"]))
        if case["expect"] is None:
            assert found is None, f"accepted {case['text']!r}"
            continue
        expected += 1
        if found is None:
            unread.append(case["text"])
            continue
        assert found.at.replace(microsecond=0) == datetime.fromisoformat(case["expect"]), f"misread {case['text']!r}"
        right += 1
    assert right >= 0.98 * expected, unread


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thứ Tư, 1/10/2024", "2024-10-01 00:00:00 day"),
        ("Thanh Quỳnh 01/10/2024 15:58", "2024-10-01 15:58:00 minute"),
        ("22:17:00 24/07/2015", "2015-07-24 22:17:00 second"),
        ("07 giờ 30 phút Ngày 22-6-2022 (Thứ Tư)", "2022-06-22 07:30:00 minute"),
        ("Đăng ngày 17 - 05 - 2024", "2024-05-17 00:00:00 day"),
        ("18 Tháng Mười Hai 2024", "2024-12-18 00:00:00 day"),
        ("18 Tháng Mười, 2024", "2024-10-18 00:00:00 day"),
        ("18 thg 7, 2025", "2025-07-18 00:00:00 day"),
        ("Tuesday, 01/10/2024", "2024-10-01 00:00:00 day"),
        ("ngày 18 tháng năm năm 2025", "2025-05-18 00:00:00 day"),
        ("7h sáng 5/6/2025", "2025-06-05 07:00:00 minute"),
        ("3 giờ chiều ngày 5/6/2025", "2025-06-05 15:00:00 minute"),
        ("12:00 AM 05/06/2025", "2025-06-05 00:00:00 minute"),
        ("22:45 PM 05/06/2025", "2025-06-05 22:45:00 minute"),
        ("7/13/2025 10:30:00 AM", "2025-07-13 10:30:00 second"),
        ("18/07/25 10:30", "2025-07-18 10:30:00 minute"),
        ("18/07/2025 | Lượt xem: 1.234", "2025-07-18 00:00:00 day"),
        ("Đăng: 17/07/2025 10:00 - Cập nhật: 18/07/2025 11:00", "2025-07-17 10:00:00 minute"),
        ("Thứ Tư, 1/10/2024 Thanh Quỳnh 01/10/2024 15:58", "2024-10-01 15:58:00 minute"),
        ("１８/０７/２０２５", "2025-07-18 00:00:00 day"),
        ("2025-07-18T10:30:45+07", "2025-07-18 10:30:45 second"),
        ("20250718T033045Z", "2025-07-18 10:30:45 second"),
        ("Fri, 18 Jul 2025 10:30:00 ICT", "2025-07-18 10:30:00 second"),
        ("Fri, 18 Jul 2025 10:30:00 GMT+7", "2025-07-18 10:30:00 second"),
        ("Fri, 18 Jul 2025 03:30:00 GMT", "2025-07-18 10:30:00 second"),
        ("Posted on July 1st, 2025 at 9:05 am", "2025-07-01 09:05:00 minute"),
        ("Wed Jun 11 05:00:00 2025", "2025-06-11 05:00:00 second"),
        ("Wed Jun 11 05:00:00 EDT 2025", "2025-06-11 16:00:00 second"),
        ("Wed Jun 11 05:00:00 +0900 2025", "2025-06-11 03:00:00 second"),
        ("11h30 trưa 14/7/2025", "2025-07-14 11:30:00 minute"),
        ("1h trưa 14/7/2025", "2025-07-14 13:00:00 minute"),
        ("10h đêm 14/7/2025", "2025-07-14 22:00:00 minute"),
        ("2h rạng sáng 14/7/2025", "2025-07-14 02:00:00 minute"),
        ("Chiều 14/7/2025, 15h30", "2025-07-14 15:30:00 minute"),
        ("hôm qua", "2025-07-17 00:00:00 day"),
        ("Cách đây 2 giờ", "2025-07-18 10:00:00 minute"),
        ("cách đây 3 ngày", "2025-07-15 12:00:00 day"),
        ("Khoảng 3 giờ trước", "2025-07-18 09:00:00 minute"),
        ("2 giờ 30 phút trước", "2025-07-18 09:30:00 minute"),
        ("vài giây trước", "2025-07-18 12:00:00 minute"),
        ("Hôm qua lúc 10:30", "2025-07-17 10:30:00 minute"),
        ("Cập nhật 20 phút trước", "2025-07-18 11:40:00 minute"),
        ("2 tháng trước", "2025-05-18 12:00:00 day"),
        ("5 tháng trước", "2025-02-18 12:00:00 day"),
        ("ngày 21/11", "2024-11-21 00:00:00 day"),
        ("21/11", "2024-11-21 00:00:00 day"),
    ],
)
def test_forms_of_vietnamese_pages_and_feeds(text: str, expected: str) -> None:
    assert local(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "31/02/2025", "32/01/2025", "18/13/2025", "07/13/2025", "29/02/2025", "24:00 05/06/2025",
        "13:30 AM 05/06/2025", "18/07/2026", "19/07/2025", "18/07/2025 13:30", "18/07/1999", "Hôm nay, 23:00",
        "18/07/2025 - 20/07/2025", "Từ ngày 01/07/2025", "Hạn nộp: 01/07/2025", "Có hiệu lực 01/07/2025",
        "Số 12/2025/QĐ-UBND ngày 05/06/2025", "1/10", "21.11", "3.351 nhà", "38,5 tỷ", "1752809445", "2025",
        "July 2025", "tháng 7 năm 2025", "Friday", "10:30", "2 ngày", "in 2 days", "now", "mới nhất", "18 de julio",
        "2004-05-25 오후 11:23:17", "18/07/2025 10:30 GMT+25", "192.168.1.2025", "decision 12 2024",
        "1/1/0001 12:00:00 AM", "0001-01-01T00:00:00+07:00", "9999-12-31T23:59:59-14:00", "12345 tuần trước",
        "Friday, 01/10/2025", "Thursday 05/01/2025 10:30", "Fri 01/10/2025 10:30",
        "Chiều 14/7/2025, 3h30", "tối ngày 14/7/2025 8h", "12h đêm 14/7/2025", "12 giờ tối 14/7/2025", "2 giờ 30 phút",
        "a" * 150 + " 18/07/2025 " + "b" * 150, "\x00\ud800",
    ],
)  # fmt: skip
def test_the_unsure_and_the_impossible_give_nothing(text: str) -> None:
    assert parsed(text) is None


def test_a_form_of_no_grammar_of_ours_goes_to_the_library() -> None:
    assert local("2025 July 5") == "2025-07-05 00:00:00 day"


def test_the_text_is_kept_for_the_record() -> None:
    found = parsed("Ngày đăng:  18/07/2025")
    assert found is not None
    assert found.raw == "Ngày đăng: 18/07/2025"
    assert found.origin is DateOrigin.TEXT
    assert found.at.tzinfo is UTC


@given(st.integers(0, 25 * 365 * 86_400), st.sampled_from(["/", "-", "."]))
def test_every_day_is_read_day_first(seconds: int, mark: str) -> None:
    at = datetime(2000, 1, 2, tzinfo=HERE) + timedelta(seconds=seconds)
    text = f"{at.day:02}{mark}{at.month:02}{mark}{at.year} {at:%H:%M:%S}"
    found = parsed(text)
    assert found is not None
    assert found.at == at
    assert found.precision is Precision.SECOND


WEEKDAYS = st.sampled_from(["", "thu sau, ", "thu sau - ", "t6 ", "cn, ", "chu nhat | ", "thu 6, ngay ", "ngay "])
CLOCKS = st.sampled_from(["", "10:30", "9h05", "23:59:59", "25:00", "10:61", "00:00"])
MARKS = st.sampled_from([", ", " - ", "|", " ", " | ", "-", " ngay ", ", luc ", "\n"])
DAYS = st.sampled_from(["18/07/2025", "1-2-2025", "29.02.2024", "31/02/2025", "07/13/2025", "1/1/0001", "18/7/25"])
ZONES = st.sampled_from(["", " gmt+7", " (gmt+7)", " gmt+07:00", "(gmt +7)", " gmt+8", "+7"])
EARLY = st.one_of(st.just(""), st.builds(str.__add__, CLOCKS, MARKS))
LATE = st.one_of(st.just(""), st.builds(str.__add__, MARKS, CLOCKS))


@given(st.tuples(WEEKDAYS, EARLY, DAYS, LATE, ZONES).map("".join))
def test_the_common_form_is_read_as_the_grammar_reads_it(text: str) -> None:
    common = read_common(text)
    assert common is None or common == read_date(text)


@pytest.mark.parametrize("text", ["18/07/2025", "thu sau, 18/07/2025 | 10:30 (gmt+7)", "10h30 ngay 18-7-2025"])
def test_what_pages_mostly_print_is_of_the_common_form(text: str) -> None:
    assert read_common(text) is not None


@given(st.text(st.sampled_from("0123456789/-.:, hgTZ+thángnămgiờtrướcAMPM|()"), max_size=40))
def test_no_text_makes_the_parser_fail_or_leave_its_range(text: str) -> None:
    found = parsed(text)
    assert found is None or accept_instant(found.at, now=NOW)


def test_an_instant_is_accepted_from_2000_until_an_hour_ahead() -> None:
    assert accept_instant(datetime(2000, 1, 1, tzinfo=UTC), now=NOW)
    assert not accept_instant(datetime(1999, 12, 31, tzinfo=UTC), now=NOW)
    assert accept_instant(NOW + timedelta(hours=1), now=NOW)
    assert not accept_instant(NOW + timedelta(hours=1, seconds=1), now=NOW)
