"""The closed list of crawl outcomes. Each has a weight, a sentence for the operator and the next action.

Weights (how much one occurrence adds to a source's failure count): hard 1, soft 0.5, passing 0.25, none 0.
"""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a fetch or a crawl ended."""

    OK = "ok"
    UNCHANGED = "unchanged"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    CHALLENGE = "challenge"
    LOGIN = "login"
    NOT_A_FEED = "not_a_feed"
    EMPTY = "empty"
    MOVED = "moved"
    NOT_FOUND = "not_found"
    GONE = "gone"
    LAYOUT_DRIFT = "layout_drift"
    TRUNCATED = "truncated"
    TOO_LARGE = "too_large"
    TIMEOUT = "timeout"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    REFUSED_BY_POLICY = "refused_by_policy"
    ROBOTS = "robots"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    BAD_RESPONSE = "bad_response"
    BAD_ENCODING = "bad_encoding"
    PARSE_FAILED = "parse_failed"
    STORE_UNAVAILABLE = "store_unavailable"
    LEASE_LOST = "lease_lost"
    PROBED = "probed"
    INTERNAL = "internal"


class Weight(StrEnum):
    """How serious one occurrence is."""

    NONE = "none"
    PASSING = "passing"
    SOFT = "soft"
    HARD = "hard"


WEIGHTS: dict[Weight, float] = {Weight.NONE: 0.0, Weight.PASSING: 0.25, Weight.SOFT: 0.5, Weight.HARD: 1.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What an outcome means to an operator. ``sentence`` and ``action`` are Vietnamese."""

    weight: Weight
    sentence: str
    action: str


MEANINGS: dict[Outcome, Meaning] = {
    Outcome.OK: Meaning(weight=Weight.NONE, sentence="Đã đọc xong.", action="Không cần làm gì."),
    Outcome.UNCHANGED: Meaning(weight=Weight.NONE, sentence="Nguồn chưa có gì mới.", action="Không cần làm gì."),
    Outcome.PARTIAL: Meaning(
        weight=Weight.PASSING,
        sentence="Chỉ đọc được một phần của nguồn.",
        action="Xem các mục bị bỏ qua trong lượt thu thập.",
    ),
    Outcome.BLOCKED: Meaning(
        weight=Weight.HARD,
        sentence="Nguồn từ chối phục vụ máy thu thập (bị chặn).",
        action="Liên hệ quản trị nguồn để được cho phép, nêu địa chỉ liên hệ trong User-Agent.",
    ),
    Outcome.CHALLENGE: Meaning(
        weight=Weight.HARD,
        sentence="Nguồn trả về trang kiểm tra người máy thay vì nội dung.",
        action="Liên hệ quản trị nguồn để được bỏ qua bước kiểm tra.",
    ),
    Outcome.LOGIN: Meaning(
        weight=Weight.HARD,
        sentence="Nguồn đòi đăng nhập mới cho đọc.",
        action="Kiểm tra địa chỉ nguồn; chỉ dùng trang công khai.",
    ),
    Outcome.NOT_A_FEED: Meaning(
        weight=Weight.HARD,
        sentence="Địa chỉ không phải là nguồn RSS/Atom/JSON/sitemap như khai báo.",
        action="Chạy lệnh probe với trang chủ để tìm địa chỉ đúng.",
    ),
    Outcome.EMPTY: Meaning(
        weight=Weight.SOFT,
        sentence="Trang đọc được nhưng không có mục tin nào.",
        action="Mở trang xem có đổi giao diện không, rồi sửa bộ chọn.",
    ),
    Outcome.MOVED: Meaning(
        weight=Weight.SOFT,
        sentence="Nguồn đã chuyển sang địa chỉ khác.",
        action="Kiểm tra rồi cập nhật địa chỉ mới trong danh mục nguồn.",
    ),
    Outcome.NOT_FOUND: Meaning(
        weight=Weight.HARD,
        sentence="Địa chỉ không còn tồn tại (404).",
        action="Chạy lệnh probe với trang chủ để tìm địa chỉ mới.",
    ),
    Outcome.GONE: Meaning(
        weight=Weight.HARD,
        sentence="Nguồn báo đã đóng hẳn (410).",
        action="Xác nhận với đơn vị chủ quản rồi tắt nguồn.",
    ),
    Outcome.LAYOUT_DRIFT: Meaning(
        weight=Weight.SOFT,
        sentence="Giao diện của nguồn đã đổi, bộ chọn không còn khớp.",
        action="Sửa bộ chọn của nguồn theo giao diện mới.",
    ),
    Outcome.TRUNCATED: Meaning(
        weight=Weight.PASSING,
        sentence="Nội dung bị cắt ngang khi đang tải.",
        action="Sẽ tự thử lại; nếu kéo dài, báo quản trị nguồn.",
    ),
    Outcome.TOO_LARGE: Meaning(
        weight=Weight.HARD,
        sentence="Nội dung vượt giới hạn dung lượng cho phép.",
        action="Kiểm tra địa chỉ có đúng là danh sách tin không.",
    ),
    Outcome.TIMEOUT: Meaning(
        weight=Weight.PASSING,
        sentence="Nguồn trả lời quá chậm, đã hết thời gian chờ.",
        action="Sẽ tự thử lại; nếu kéo dài, báo quản trị nguồn.",
    ),
    Outcome.DNS: Meaning(
        weight=Weight.PASSING,
        sentence="Không tìm thấy máy chủ theo tên miền của nguồn.",
        action="Kiểm tra mạng của máy này và tên miền của nguồn.",
    ),
    Outcome.CONNECT: Meaning(
        weight=Weight.PASSING,
        sentence="Không kết nối được tới máy chủ của nguồn.",
        action="Kiểm tra mạng; nếu chỉ riêng nguồn này lỗi, báo quản trị nguồn.",
    ),
    Outcome.TLS: Meaning(
        weight=Weight.SOFT,
        sentence="Chứng thư bảo mật (TLS) của nguồn không hợp lệ.",
        action="Nếu nguồn thiếu chứng thư trung gian, thêm tệp ca_file cho nguồn.",
    ),
    Outcome.REFUSED_BY_POLICY: Meaning(
        weight=Weight.HARD,
        sentence="Địa chỉ bị chính sách an toàn của hệ thống từ chối.",
        action="Chỉ dùng địa chỉ http(s) công khai; mạng nội bộ phải được cho phép trong cấu hình.",
    ),
    Outcome.ROBOTS: Meaning(
        weight=Weight.SOFT,
        sentence="robots.txt của nguồn không cho phép đọc địa chỉ này.",
        action="Xin phép nguồn, rồi ghi lý do vào robots_override.",
    ),
    Outcome.RATE_LIMITED: Meaning(
        weight=Weight.PASSING,
        sentence="Nguồn yêu cầu giãn nhịp đọc (429).",
        action="Sẽ tự giãn nhịp theo yêu cầu của nguồn.",
    ),
    Outcome.SERVER_ERROR: Meaning(
        weight=Weight.PASSING,
        sentence="Máy chủ của nguồn đang gặp sự cố.",
        action="Sẽ tự thử lại; nếu kéo dài, báo quản trị nguồn.",
    ),
    Outcome.BAD_RESPONSE: Meaning(
        weight=Weight.SOFT,
        sentence="Nguồn trả lời sai giao thức HTTP.",
        action="Mở địa chỉ bằng trình duyệt để kiểm tra; báo quản trị nguồn.",
    ),
    Outcome.BAD_ENCODING: Meaning(
        weight=Weight.SOFT,
        sentence="Không đọc được bảng mã chữ của nguồn.",
        action="Báo quản trị nguồn khai báo đúng bảng mã (nên dùng UTF-8).",
    ),
    Outcome.PARSE_FAILED: Meaning(
        weight=Weight.SOFT,
        sentence="Nội dung hỏng, không phân tích được.",
        action="Xem chi tiết lỗi trong lượt thu thập.",
    ),
    Outcome.STORE_UNAVAILABLE: Meaning(
        weight=Weight.NONE,
        sentence="Kho dữ liệu không ghi được, lượt thu thập sẽ làm lại.",
        action="Kiểm tra MongoDB.",
    ),
    Outcome.LEASE_LOST: Meaning(
        weight=Weight.NONE,
        sentence="Lượt thu thập đã được tiến trình khác nhận.",
        action="Không cần làm gì.",
    ),
    Outcome.PROBED: Meaning(
        weight=Weight.SOFT,
        sentence="Chưa biết địa chỉ tin của nguồn; đã dò trang chủ.",
        action="Xem kết quả dò rồi khai báo kind và sections cho nguồn.",
    ),
    Outcome.INTERNAL: Meaning(
        weight=Weight.PASSING,
        sentence="Lỗi nội bộ của hệ thống khi đọc nguồn.",
        action="Gửi nhật ký của lượt thu thập cho người phát triển.",
    ),
}
