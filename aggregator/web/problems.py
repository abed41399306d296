"""Problems (RFC 9457): a closed list of what can go wrong with a request, each in Vietnamese with its remedy."""

from dataclasses import dataclass
from typing import Annotated

import orjson
from pydantic import Field

from aggregator.model.errors import Declined

PROBLEM_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemKind:
    """A kind of problem: its HTTP status, its title, and what the person who meets it can do."""

    status: int
    title: str
    remedy: str


PROBLEMS: dict[str, ProblemKind] = {
    "bad-parameter": ProblemKind(
        status=400,
        title="Tham số không hợp lệ",
        remedy="Sửa tham số được nêu trong “errors” rồi gọi lại. Danh sách tham số ở /openapi.json.",
    ),
    "bad-request": ProblemKind(
        status=400, title="Yêu cầu không đọc được", remedy="Kiểm tra lại địa chỉ, tiêu đề và nội dung của yêu cầu."
    ),
    "bad-cursor": ProblemKind(
        status=400,
        title="Con trỏ trang không hợp lệ",
        remedy="Dùng nguyên giá trị next_cursor của trang trước, hoặc bỏ cursor để đọc lại từ đầu.",
    ),
    "forbidden": ProblemKind(
        status=403, title="Không được phép", remedy="Đăng nhập bằng tài khoản có quyền, hoặc tải lại trang rồi thử lại."
    ),
    "origin-refused": ProblemKind(
        status=403,
        title="Trang web này chưa được phép gọi dịch vụ",
        remedy="Người quản trị thêm nguồn gốc (origin) của trang vào AGGREGATOR_CORS_ORIGINS.",
    ),
    "not-found": ProblemKind(
        status=404, title="Không tìm thấy", remedy="Kiểm tra lại địa chỉ; danh sách địa chỉ của API ở /openapi.json."
    ),
    "method-not-allowed": ProblemKind(
        status=405, title="Phương thức không được hỗ trợ", remedy="Dùng phương thức nêu trong tiêu đề Allow."
    ),
    "gone": ProblemKind(
        status=410, title="Bài đã được gỡ", remedy="Bài không còn được hiển thị; hãy xoá liên kết đã lưu."
    ),
    "too-large": ProblemKind(status=413, title="Yêu cầu quá lớn", remedy="Gửi nội dung ngắn hơn."),
    "too-many-requests": ProblemKind(
        status=429, title="Gọi quá nhanh", remedy="Chờ số giây nêu trong Retry-After rồi gọi lại."
    ),
    "internal": ProblemKind(
        status=500,
        title="Lỗi nội bộ",
        remedy="Thử lại sau; nếu kéo dài, gửi mã lỗi trong “instance” cho người vận hành.",
    ),
    "store-away": ProblemKind(
        status=503, title="Kho dữ liệu tạm thời không trả lời", remedy="Thử lại sau số giây nêu trong Retry-After."
    ),
}

BY_STATUS = {
    400: "bad-request",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    410: "gone",
    413: "too-large",
    429: "too-many-requests",
    500: "internal",
    503: "store-away",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One wrong parameter."""

    field: Annotated[str, Field(description="Tên tham số")]
    value: Annotated[str, Field(description="Giá trị đã gửi")]
    remedy: Annotated[str, Field(description="Cách sửa")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The body of every refusal and failure of the API."""

    type: Annotated[str, Field(description="Địa chỉ tương đối của trang giải thích loại lỗi này")]
    title: str
    status: int
    detail: str
    instance: Annotated[str, Field(description="Địa chỉ đã gọi, hoặc mã của lần lỗi")]
    errors: list[Mistake]


def problem_bytes(declined: Declined, *, instance: str) -> tuple[int, bytes]:
    """The status and JSON body of a problem. ``instance`` is the path that was called or an error's id."""
    kind = PROBLEMS[declined.code]
    problem = Problem(
        type=f"/problems/{declined.code}",
        title=kind.title,
        status=kind.status,
        detail=_text(declined.detail),
        instance=instance,
        errors=[
            Mistake(field=_text(field), value=_text(value), remedy=remedy) for field, value, remedy in declined.mistakes
        ],
    )
    return kind.status, orjson.dumps(problem)


def _text(said: str) -> str:
    # What a client sent may hold lone surrogates, which JSON cannot carry.
    return said.encode("utf-8", "replace").decode()
