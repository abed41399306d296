"""``accept``: makes what golden cases give now what they are expected to give."""

import difflib
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from aggregator.model.errors import ConfigError
from aggregator.parse.cases import run_case, written

_EXPECTED = "expected.json"
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_NEAREST = 3


def accept(
    cases: Annotated[list[str], typer.Argument(help="Names of cases: folders under tests/cases, or 'all'.")],
    folder: Annotated[Path, typer.Option(help="Where the cases are.")] = Path("tests/cases"),
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change and write nothing.")] = False,
) -> None:
    """Show how golden cases differ from what they expect, and write what they give now as expected."""
    console = Console(highlight=False, soft_wrap=True)
    changed = 0
    for case in _chosen(folder, cases):
        before, now = _expected(case), _now(case)
        if before == now:
            console.print(f"{case.name}: as expected", style="dim", markup=False)
            continue
        changed += 1
        _show(console, case.name, before, now)
        if not dry_run:
            (case / _EXPECTED).write_text(now, encoding="utf-8")
    if changed:
        what = "would change" if dry_run else "written: read the difference like code before you commit it"
        console.print(f"{changed} {'case' if changed == 1 else 'cases'} {what}", style="bold")


def _chosen(folder: Path, names: list[str]) -> list[Path]:
    """The folders of the named cases. Raises ConfigError naming every one that is none, with the nearest names."""
    known = {path.parent.name: path.parent for path in sorted(folder.glob("*/case.json"))}
    if not known:
        raise ConfigError(f"{folder} holds no cases: run this in the repository, or name the folder with --folder.")
    if names == ["all"]:
        return list(known.values())
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ConfigError("\n".join(_no_such_case(name, list(known)) for name in unknown))
    return [known[name] for name in dict.fromkeys(names)]


def _no_such_case(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=_NEAREST, cutoff=0.5) or [
        other for other in known if name.lower() in other
    ]
    return f"There is no case {name!r}." + (f" The nearest: {', '.join(near[:_NEAREST])}." if near else "")


def _expected(case: Path) -> str:
    path = case / _EXPECTED
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _now(case: Path) -> str:
    try:
        body = next(case.glob("response.*")).read_bytes()
        return written(run_case(json.loads((case / "case.json").read_text(encoding="utf-8")), body))
    except StopIteration:
        raise ConfigError(f"The case {case.name} has no response: save the answer as response.html, .xml, …") from None
    except (KeyError, ValueError, TypeError) as error:
        raise ConfigError(
            f"The case.json of {case.name} is not right: {error!r}. See {case.parent}/README.md."
        ) from error


def _show(console: Console, name: str, before: str, now: str) -> None:
    lines = difflib.unified_diff(
        before.splitlines(), now.splitlines(), f"{name}: expected", f"{name}: now", lineterm="", n=2
    )
    for line in lines:
        console.print(line, style=_COLOURS.get(line[:1], ""), markup=False)
