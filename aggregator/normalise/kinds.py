"""The structure of an article, from its section and its title.

Rules, modest on purpose (a wrong kind is worse than plain news):

1. The section decides. Only in a news section may the title say more.
2. A title that opens with a document's own designation ("Kế hoạch số 12/KH-MTTQ…") with a file attached is a document.
3. A title that opens with "Lịch tiếp xúc cử tri" is an event, one that opens with "Thông báo" and its subject a notice;
   "Thông báo kết luận…" tells of a meeting and stays what the section says.
"""

import re

from aggregator.model.source import ArticleKind
from aggregator.text.fold import fold

_DOCUMENT = re.compile(
    r"(?:quyet dinh|nghi quyet|ke hoach|cong van|huong dan|chi thi|thong tri|ket luan|bao cao|to trinh|thong tu"
    r"|nghi dinh)"
    r"\s+(?:so\s*:?\s*)?\d{1,5}\s*[-/]\s*(?:\d{4}\s*[-/]\s*)?[a-z][a-z0-9-]+"
)
_SCHEDULE = re.compile(r"(?:thong bao\s+)?lich\s+tiep\s+xuc\s+cu\s+tri\b")
_NOTICE = re.compile(
    r"thong bao(?:\s*:|\s+so\b|\s+(?:ve|viec|lich|tuyen|moi|tam|cat|ngung|thay doi|dieu chinh|khan)\b)"
)


def kind_of(section_kind: ArticleKind, title: str, *, has_attachment: bool) -> ArticleKind:
    """The kind of an article titled ``title`` in a section of ``section_kind``."""
    if section_kind is not ArticleKind.NEWS:
        return section_kind
    folded = fold(title)
    if has_attachment and _DOCUMENT.match(folded):
        return ArticleKind.DOCUMENT
    if _SCHEDULE.match(folded):
        return ArticleKind.EVENT
    if _NOTICE.match(folded):
        return ArticleKind.NOTICE
    return section_kind
