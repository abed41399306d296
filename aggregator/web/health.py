"""How a source is doing, in one word, from what is remembered of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.model.crawl import SourceState
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.model.source import Authority, Source
from aggregator.schedule.redirects import is_proven, redirect_to_store
from aggregator.schedule.rhythm import strange_silence


class Health(StrEnum):
    """The words of the board, sickest first."""

    BLOCKED = "blocked"
    FAILING = "failing"
    DRIFTED = "drifted"
    SILENT = "silent"
    SLOW = "slow"
    WAITING = "waiting"
    HEALTHY = "healthy"
    PAUSED = "paused"


HEALTH_LABELS: dict[Health, str] = {
    Health.BLOCKED: "bị chặn",
    Health.FAILING: "lỗi",
    Health.DRIFTED: "đổi giao diện",
    Health.SILENT: "im lặng bất thường",
    Health.SLOW: "chậm",
    Health.WAITING: "chờ xác minh",
    Health.HEALTHY: "đang chạy",
    Health.PAUSED: "đã dừng",
}
# The order of the board: what needs a person first.
HEALTH_ORDER: dict[Health, int] = {health: position for position, health in enumerate(Health)}

_BLOCKING = frozenset({Outcome.BLOCKED, Outcome.CHALLENGE, Outcome.LOGIN, Outcome.ROBOTS, Outcome.REFUSED_BY_POLICY})
_DRIFTING = frozenset({Outcome.LAYOUT_DRIFT, Outcome.EMPTY})
_SLOW_MS = 10_000
# A press site without a new piece for two days, an office without one for two weeks.
_SILENCE: dict[Authority, timedelta] = {
    Authority.OFFICIAL: timedelta(days=14),
    Authority.ORGANISATION: timedelta(days=14),
    Authority.PRESS: timedelta(days=2),
    Authority.REPOST: timedelta(days=2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """A source's word, the sentence that explains it and what to do now (both Vietnamese)."""

    health: Health
    sentence: str
    action: str

    @property
    def label(self) -> str:
        """The word on screen."""
        return HEALTH_LABELS[self.health]


def source_health(source: Source, state: SourceState | None, *, now: datetime) -> SourceHealth:
    """How a source is doing. ``state`` is None before the store has met the source."""
    if not source.enabled:
        action = "Đặt enabled: true trong danh mục nguồn để chạy lại."
        return SourceHealth(health=Health.PAUSED, sentence="Nguồn đang tắt trong danh mục.", action=action)
    if state is None or state.last_outcome is None:
        return SourceHealth(health=Health.WAITING, sentence="Chưa có lượt thu thập nào.", action="Chờ lượt đầu tiên.")
    outcome = state.last_outcome
    meaning = MEANINGS[state.last_failure or outcome]
    if outcome is Outcome.PROBED:
        health = Health.WAITING
    elif state.failing_since is None:
        return _healthy(source, state, now=now)
    elif (state.last_failure or outcome) in _BLOCKING:
        health = Health.BLOCKED
    elif (state.last_failure or outcome) in _DRIFTING:
        health = Health.DRIFTED
    else:
        health = Health.FAILING
    return SourceHealth(health=health, sentence=state.last_sentence or meaning.sentence, action=meaning.action)


def _healthy(source: Source, state: SourceState, *, now: datetime) -> SourceHealth:
    silence = _usual_silence(source, state)
    if state.last_new_at is not None and now - state.last_new_at > silence:
        return SourceHealth(
            health=Health.SILENT,
            sentence=f"Vẫn đọc được nhưng đã hơn {silence.days} ngày không có bài mới, lâu hơn hẳn mọi khi.",
            action="Mở trang nguồn xem còn đăng bài không; nếu có, kiểm tra lại địa chỉ chuyên mục.",
        )
    if state.last_duration_ms >= _SLOW_MS:
        return SourceHealth(
            health=Health.SLOW,
            sentence=f"Lượt gần nhất mất {state.last_duration_ms / 1000:.0f} giây.",
            action="Theo dõi thêm; nếu kéo dài, báo quản trị nguồn.",
        )
    sentence, action = _moved(source, state, now=now)
    return SourceHealth(health=Health.HEALTHY, sentence=sentence, action=action)


def _usual_silence(source: Source, state: SourceState) -> timedelta:
    """How long the source may be without news before that is strange: by its own history, else by who it is."""
    history = None if state.rhythm is None else strange_silence(state.rhythm)
    return history or _SILENCE[source.authority]


def _moved(source: Source, state: SourceState, *, now: datetime) -> tuple[str, str]:
    """What a section's permanent redirect tells the operator and what to do; two empty texts while there is none."""
    for section in source.sections:
        run = state.redirects.get(section.url)
        if run is None or not is_proven(run, now=now):
            continue
        if redirect_to_store(run, url=section.url, now=now):
            return f"Đã chuyển hẳn sang {run.url}; đang đọc ở đó.", "Cập nhật địa chỉ mới trong danh mục nguồn."
        return (
            f"Đã {(now - run.since).days} ngày luôn chuyển hướng sang {run.url}, một tên miền khác.",
            "Kiểm tra tên miền mới có đúng của nguồn không, rồi sửa địa chỉ trong danh mục nguồn.",
        )
    return "", ""
