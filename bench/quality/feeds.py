"""Feed documents read by us and by feedparser alone, judged: ``python -m bench.quality.feeds``.

The judge is that of the tests (``tests/parse/corpus_feeds.py``), the documents are those of the corpus folder
(``AGGREGATOR_CORPUS``). feedparser's titles count as right as markup or as plain text, whichever is better for it.
"""

import time
from collections import Counter
from functools import partial
from statistics import median

from aggregator.model.errors import ParseFailed
from aggregator.parse.charset import decode
from aggregator.parse.fastfeed import read_fast
from bench.feeds import feed
from tests.parse.corpus_feeds import (
    Check,
    Document,
    checks_of,
    corpus_folder,
    is_worse,
    read_by_feedparser,
    read_documents,
    read_ours,
)

# Expectations that contradict the document or our own rules: counted as wrong, and why nothing is done about them.
CONTRADICTIONS = {
    "rss-parser/reddit-atom.rss": "that project's XML reader moves the words of nested links behind all others",
    "rss-parser/reddit-home.rss": "the same; the words of the text stand in another order than on the page",
}
_MAX_SHOWN = 160


def report() -> str:
    """The tables as text; a sentence where the corpus is absent."""
    folder = corpus_folder()
    if folder is None:
        return "feeds: no corpus; set AGGREGATOR_CORPUS to a folder that holds feeds/*.jsonl"
    documents = list(read_documents(folder))
    ours = {document.name: checks_of(document, read_ours) for document in documents}
    alone = {document.name: _of_feedparser(document) for document in documents}
    lines = [_documents(ours, alone), "", _fields(ours, alone), ""]
    worse = [name for name in ours if is_worse(ours[name], alone[name])]
    lines.append(f"documents where feedparser alone gets something right that we get wrong: {len(worse)}")
    lines += [f"  {name}: {_first_mistake(ours[name])}" for name in worse]
    lines.append("not fully right:")
    for name, checks in ours.items():
        if any(check.said for check in checks):
            lines.append(f"  {name}: {_first_mistake(checks)}")
            lines += [f"    {CONTRADICTIONS[name]}"] if name in CONTRADICTIONS else []
    return "\n".join([*lines, "", _fast_share(documents), _speed()])


def _of_feedparser(document: Document) -> list[Check]:
    readings = [checks_of(document, partial(read_by_feedparser, plain_titles=plain)) for plain in (True, False)]
    return min(readings, key=lambda checks: sum(bool(check.said) for check in checks))


def _documents(ours: dict[str, list[Check]], alone: dict[str, list[Check]]) -> str:
    groups = sorted({name.partition("/")[0] for name in ours})
    lines = [f"{'documents fully right':24}{'ours':>16}{'feedparser':>16}"]
    for group in ("all", *groups):
        names = [name for name in ours if group in {"all", name.partition("/")[0]}]
        counts = (sum(not any(check.said for check in checks[name]) for name in names) for checks in (ours, alone))
        lines.append(f"  {group:22}" + "".join(f"{_share(count, len(names)):>16}" for count in counts))
    return "\n".join(lines)


def _fields(ours: dict[str, list[Check]], alone: dict[str, list[Check]]) -> str:
    asked, right = Counter[str](), {"ours": Counter[str](), "alone": Counter[str]()}
    for reader, read in (("ours", ours), ("alone", alone)):
        for checks in read.values():
            right[reader].update(check.field for check in checks if not check.said)
    for name, checks in ours.items():  # a refused document is asked less: the fuller list counts
        asked.update(check.field for check in max(checks, alone[name], key=len))
    lines = [f"{'by field':24}{'ours':>16}{'feedparser':>16}"]
    for field, count in asked.most_common():
        lines.append(f"  {field:22}{_share(right['ours'][field], count):>16}{_share(right['alone'][field], count):>16}")
    return "\n".join(lines)


def _share(right: int, of: int) -> str:
    return f"{right}/{of} {right / of:.1%}" if of else "-"


def _first_mistake(checks: list[Check]) -> str:
    return next(check.said for check in checks if check.said)[:_MAX_SHOWN]


def _fast_share(documents: list[Document]) -> str:
    taken, read = Counter[str](), Counter[str]()
    for document in documents:
        try:
            text = decode(document.body, document.content_type).lstrip()
        except ParseFailed:
            continue
        if text[:1] != "{":
            group = document.name.partition("/")[0]
            read[group] += 1
            taken[group] += read_fast(text.encode("utf-8", "replace")) is not None
    shares = ", ".join(f"{group} {_share(taken[group], read[group])}" for group in sorted(read))
    return f"read by the fast reader alone: {_share(taken.total(), read.total())} ({shares})"


def _speed() -> str:
    """CPU time of one feed of 30 entries, by us until entries are ready for the store, by feedparser for its parse."""
    bodies = [feed(number, "http://nguon.example.vn") for number in range(20)]
    url, kind = "http://nguon.example.vn/rss", "application/rss+xml"
    took: dict[str, list[float]] = {"ours": [], "feedparser": []}
    for body in bodies:
        for name, reader in (("ours", read_ours), ("feedparser", read_by_feedparser)):
            started = time.process_time()
            reader(body, url, kind)
            took[name].append((time.process_time() - started) * 1000)
    ours, alone = median(took["ours"]), median(took["feedparser"])
    what = f"a feed of 30 entries ({len(bodies[0]) / 1000:.0f} KB), CPU"
    return f"{what}: ours {ours:.1f} ms, feedparser {alone:.1f} ms ({alone / ours:.0f}x)"


if __name__ == "__main__":
    print(report())
