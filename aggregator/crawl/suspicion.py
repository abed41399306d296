"""What makes a document that could be read suspicious: it was cut off, holds too much, or gives less than it did."""

from dataclasses import dataclass
from datetime import datetime

from aggregator.model.crawl import Baseline, Fill
from aggregator.model.entry import ParsedDocument
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.model.source import Source, SourceKind
from aggregator.schedule.drift import drifted, rules_of

_FIELDS = {
    "titled": "tiêu đề",
    "dated": "ngày đăng",
    "worded": "tóm tắt hoặc nội dung",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Why a document is not to be trusted wholly; ``outcome`` is None when there is no failure to show.

    ``only_dated``: its new entries are kept only with a date, their own or their page's: links of a menu have none.
    """

    outcome: Outcome | None = None
    sentence: str = ""  # Vietnamese, for the operator
    detail: str = ""
    is_partial: bool = False
    only_dated: bool = False


def suspicion_of(
    document: ParsedDocument, source: Source, baseline: Baseline | None, fill: Fill, *, max_entries: int, now: datetime
) -> Suspicion:
    """What is suspicious about a document of ``source`` whose entries have ``fill``."""
    cut = next((problem for problem in document.problems if problem.code == "truncated_document"), None)
    if cut is not None:
        sentence = MEANINGS[Outcome.TRUNCATED].sentence
        return Suspicion(outcome=Outcome.TRUNCATED, sentence=sentence, detail=cut.detail, is_partial=True)
    fell = drifted(baseline, fill, rules=rules_of(source), now=now)
    if fell:
        return Suspicion(
            outcome=Outcome.LAYOUT_DRIFT,
            sentence=drift_sentence(fell),
            detail=f"under half of the baseline: {', '.join(fell)}",
            is_partial=True,
            only_dated=source.kind is SourceKind.LISTING and not {"dated", "titled", "entries"}.isdisjoint(fell),
        )
    return Suspicion(is_partial=document.found > max_entries)


def drift_sentence(fell: tuple[str, ...], *, pages: bool = False) -> str:
    """The operator's sentence for a drift: whether entries became few, and which fields fell."""
    fields = ", ".join(_FIELDS[name] for name in fell if name in _FIELDS)
    losses = " và ".join(["ít mục hẳn"] * ("entries" in fell) + [f"thiếu {fields}"] * bool(fields))
    where = "Trang bài của nguồn" if pages else "Trang danh sách của nguồn"
    return f"{where} bỗng {losses} so với 30 ngày qua, có thể đã đổi giao diện."
