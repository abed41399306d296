"""How well each platform's article pages are read: the golden page cases, ours beside the generic extractors.

``python -m bench.quality.platforms [--misses]``. The pages are our own (``synthetic``), written after each platform's
known structure, so the figures show that a platform's rules hold, not how common its pages are.
"""

import argparse
import importlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aggregator.parse.charset import decode
from tests.parse.golden import case_folders, described, expected, read_case, response

_SHINGLE = 4  # words
_RIGHT = ("title", "instant", "authors", "attachments", "images")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One page. ``right`` names the fields that are as expected; the others of ``_RIGHT`` are not."""

    name: str
    platform: str
    synthetic: bool
    ours: float
    default: float
    readability: float | None  # None: not installed
    right: frozenset[str]


def judge() -> list[Verdict]:
    """A verdict for every golden page that should have a body."""
    verdicts = []
    for folder in case_folders():
        case, want = described(folder), expected(folder)
        if case["function"] == "page" and want.get("text"):
            verdicts.append(_judge(folder, case, want))
    return verdicts


def _judge(folder: Path, case: dict[str, Any], want: dict[str, Any]) -> Verdict:
    got = read_case(folder)
    text = decode(response(folder), case["content_type"])
    readable = _by_readability(text)
    return Verdict(
        name=folder.name,
        platform=_platform(folder.name, case),
        synthetic=case["synthetic"],
        ours=shingle_f1(got.get("text", ""), want["text"]),
        default=shingle_f1(_by_trafilatura(text, case["url"]), want["text"]),
        readability=None if readable is None else shingle_f1(readable, want["text"]),
        right=frozenset(name for name in _RIGHT if _said(got, name) == _said(want, name)),
    )


def _platform(name: str, case: dict[str, Any]) -> str:
    """The platform a page is of: what its case declares, else (guessed ones) what its name says."""
    declared: str = case["platform"]
    return declared if declared != "generic" else name.partition("-")[0]


def _said(value: dict[str, Any], name: str) -> Any:
    return (value.get("published") or {}).get("at") if name == "instant" else value.get(name)


def _by_trafilatura(text: str, url: str) -> str:
    from trafilatura import extract  # noqa: PLC0415 - takes a second to import

    return extract(text, url=url, include_comments=False) or ""


def _by_readability(text: str) -> str | None:
    try:
        module = importlib.import_module("readability")
    except ImportError:
        return None
    return _TAG.sub(" ", module.Document(text).summary())


def shingle_f1(found: str, wanted: str) -> float:
    """F1 over the 4-word shingles of two texts."""
    left, right = _shingles(found), _shingles(wanted)
    if not left or not right:
        return 1.0 if left == right else 0.0
    return 2 * len(left & right) / (len(left) + len(right))


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[at : at + _SHINGLE]) for at in range(max(1, len(words) - _SHINGLE + 1))} if words else set()


def report(*, misses: bool = False) -> str:
    """The table by platform; with ``misses`` also every page with something wrong."""
    verdicts = judge()
    lines = [
        "platform     pages synthetic  F1 ours  trafilatura  readability  "
        + "  ".join(f"{name:>11}" for name in _RIGHT)
    ]
    for platform in [*dict.fromkeys(sorted(verdict.platform for verdict in verdicts)), "all"]:
        group = [verdict for verdict in verdicts if platform in {verdict.platform, "all"}]
        lines.append(_row(platform, group))
    if misses:
        lines += [
            f"{verdict.name}: F1 {verdict.ours:.3f}; wrong: {', '.join(sorted(set(_RIGHT) - verdict.right)) or '-'}"
            for verdict in verdicts
            if verdict.ours < 1 or len(verdict.right) < len(_RIGHT)
        ]
    return "\n".join(lines)


def _row(platform: str, group: list[Verdict]) -> str:
    readability = [verdict.readability for verdict in group if verdict.readability is not None]
    means = (
        f"{_mean([verdict.ours for verdict in group]):9.3f}",
        f"{_mean([verdict.default for verdict in group]):13.3f}",
        f"{_mean(readability):13.3f}" if readability else f"{'-':>13}",
    )
    right = (f"{sum(name in verdict.right for verdict in group)}/{len(group)}" for name in _RIGHT)
    synthetic = sum(verdict.synthetic for verdict in group)
    return f"{platform:12} {len(group):5} {synthetic:9}{''.join(means)}  " + "  ".join(f"{cell:>11}" for cell in right)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--misses", action="store_true", help="name every page with something wrong")
    print(report(misses=parser.parse_args().misses))
