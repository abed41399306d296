"""Words on screen: times, sizes and names as Vietnamese readers expect them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.model.crawl import Trigger
from aggregator.model.failures import Outcome, Weight
from aggregator.model.people import Role
from aggregator.model.source import ArticleKind, Authority

KIND_LABELS: dict[ArticleKind, str] = {
    ArticleKind.NEWS: "Tin tức",
    ArticleKind.DOCUMENT: "Văn bản",
    ArticleKind.EVENT: "Lịch",
    ArticleKind.NOTICE: "Thông báo",
    ArticleKind.HANDBOOK: "Cẩm nang",
}
AUTHORITY_LABELS: dict[Authority, str] = {
    Authority.OFFICIAL: "Cơ quan nhà nước",
    Authority.ORGANISATION: "Mặt trận, đoàn thể",
    Authority.PRESS: "Báo chí",
    Authority.REPOST: "Trang đăng lại",
}
TRIGGER_LABELS: dict[Trigger, str] = {Trigger.SCHEDULE: "theo lịch", Trigger.MANUAL: "theo yêu cầu"}
WEIGHT_LABELS: dict[Weight, str] = {
    Weight.NONE: "bình thường",
    Weight.PASSING: "thoáng qua",
    Weight.SOFT: "cần xem",
    Weight.HARD: "nghiêm trọng",
}
ROLE_LABELS: dict[Role, str] = {
    Role.READER_OF_LOGS: "xem nhật ký",
    Role.EDITOR: "biên tập viên",
    Role.OPERATOR: "người vận hành",
    Role.ADMIN: "quản trị viên",
}
SKIP_LABELS: dict[str, str] = {
    "too_old": "đã quá cũ",
    "no_url": "không có liên kết",
    "no_title": "không có tiêu đề",
    "refused_url": "liên kết bị từ chối",
    "duplicate": "trùng bài đã có",
    "invalid": "không lưu được",
}
OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.OK: "đã đọc",
    Outcome.UNCHANGED: "không có gì mới",
    Outcome.PARTIAL: "đọc một phần",
    Outcome.BLOCKED: "bị chặn",
    Outcome.CHALLENGE: "bị kiểm tra người máy",
    Outcome.LOGIN: "đòi đăng nhập",
    Outcome.NOT_A_FEED: "sai loại nguồn",
    Outcome.EMPTY: "không có mục nào",
    Outcome.MOVED: "đã chuyển địa chỉ",
    Outcome.NOT_FOUND: "không tìm thấy",
    Outcome.GONE: "đã đóng",
    Outcome.LAYOUT_DRIFT: "đổi giao diện",
    Outcome.TRUNCATED: "bị cắt ngang",
    Outcome.TOO_LARGE: "quá lớn",
    Outcome.TIMEOUT: "quá chậm",
    Outcome.DNS: "lỗi tên miền",
    Outcome.CONNECT: "không kết nối được",
    Outcome.TLS: "lỗi chứng thư",
    Outcome.REFUSED_BY_POLICY: "bị chính sách từ chối",
    Outcome.ROBOTS: "robots.txt không cho",
    Outcome.RATE_LIMITED: "bị yêu cầu giãn nhịp",
    Outcome.SERVER_ERROR: "máy chủ nguồn lỗi",
    Outcome.BAD_RESPONSE: "sai giao thức",
    Outcome.BAD_ENCODING: "sai bảng mã",
    Outcome.PARSE_FAILED: "nội dung hỏng",
    Outcome.STORE_UNAVAILABLE: "kho dữ liệu vắng",
    Outcome.LEASE_LOST: "mất lượt",
    Outcome.PROBED: "đã dò",
    Outcome.INTERNAL: "lỗi nội bộ",
}
FIELD_LABELS: dict[str, str] = {
    "title": "tiêu đề",
    "summary": "tóm tắt",
    "body": "nội dung",
    "text": "nội dung",
    "images": "hình ảnh",
    "attachments": "tệp đính kèm",
    "authors": "tác giả",
    "published_at": "ngày đăng",
    "updated_at": "ngày sửa",
    "url": "địa chỉ",
}
_WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_DAY = timedelta(days=1)
_RELATIVE_DAYS = 7


def relative_time(at: datetime, *, now: datetime, tz: ZoneInfo) -> str:  # noqa: PLR0911 - one line per wording
    """How long ago, as people say it: "5 phút trước", "Hôm qua, 14:30", "12/03/2026"."""
    local, today = at.astimezone(tz), now.astimezone(tz)
    days = (today.date() - local.date()).days
    if is_day_only(at, tz=tz):
        return {0: "Hôm nay", 1: "Hôm qua"}.get(days, f"{local:%d/%m/%Y}")
    passed = now - at
    if timedelta(0) <= passed < timedelta(minutes=1):
        return "Vừa xong"
    if timedelta(0) <= passed < timedelta(hours=1):
        return f"{passed // timedelta(minutes=1)} phút trước"
    if timedelta(0) <= passed < timedelta(hours=12) or (passed >= timedelta(0) and days == 0):
        return f"{passed // timedelta(hours=1)} giờ trước"
    if days == 1:
        return f"Hôm qua, {local:%H:%M}"
    if 1 < days < _RELATIVE_DAYS:
        return f"{days} ngày trước"
    return f"{local:%d/%m/%Y}"


def until_time(at: datetime, *, now: datetime) -> str:
    """How long from now: "sau 5 phút", "đến hạn" when it passed."""
    left = at - now
    if left <= timedelta(0):
        return "đến hạn"
    if left < timedelta(minutes=1):
        return "sau chưa đầy 1 phút"
    if left < timedelta(hours=1):
        return f"sau {left // timedelta(minutes=1)} phút"
    if left < _DAY:
        return f"sau {left // timedelta(hours=1)} giờ"
    return f"sau {left.days} ngày"


def absolute_time(at: datetime, *, tz: ZoneInfo) -> str:
    """The full local time: "Thứ Hai, 23/11/2026, 14:30"; without the hour for day-only dates."""
    local = at.astimezone(tz)
    day = f"{_WEEKDAYS[local.weekday()]}, {local:%d/%m/%Y}"
    return day if is_day_only(at, tz=tz) else f"{day}, {local:%H:%M}"


def clock_time(at: datetime, *, tz: ZoneInfo) -> str:
    """A compact local time for logs: "23/11 14:30:05"."""
    return f"{at.astimezone(tz):%d/%m %H:%M:%S}"


def is_day_only(at: datetime, *, tz: ZoneInfo) -> bool:
    """Whether an instant stands for a whole day: dates of day precision are kept at local midnight."""
    local = at.astimezone(tz)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)


def file_size(size_bytes: int) -> str:
    """A size with a decimal comma: "1,2 MB"."""
    size, units = float(size_bytes), ("B", "KB", "MB", "GB")
    for unit in units:
        if size < 1024 or unit == units[-1]:  # noqa: PLR2004 - what a kilobyte is
            text = f"{size:.0f}" if unit == "B" or size >= 100 else f"{size:.1f}"  # noqa: PLR2004 - three digits read best
            return f"{text.replace('.', ',')} {unit}"
        size /= 1024
    raise AssertionError(size_bytes)


def field_label(name: str) -> str:
    """The name of an article's field on screen."""
    return FIELD_LABELS.get(name, name)


def number(value: int) -> str:
    """A count with dots between thousands: "12.345"."""
    return f"{value:,}".replace(",", ".")


def milliseconds(value: int) -> str:
    """A length: "850 ms", "1,2 giây"."""
    return f"{value} ms" if value < 1000 else f"{value / 1000:.1f} giây".replace(".", ",")  # noqa: PLR2004 - a second
