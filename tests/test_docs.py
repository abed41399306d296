"""The documentation tells the truth: what it lists is what the code has."""

import re
from pathlib import Path

import pytest

from aggregator import jobs
from aggregator.model.failures import MEANINGS, Outcome
from aggregator.settings import Settings, variable_name

ROOT = Path(__file__).parent.parent
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def test_every_outcome_has_a_meaning_and_its_row_in_the_operations_page() -> None:
    assert set(MEANINGS) == set(Outcome)
    for outcome, meaning in MEANINGS.items():
        assert f"| `{outcome.value}` | {meaning.weight.value} | {meaning.sentence} | {meaning.action} |" in OPERATIONS
    listed = re.findall(r"^\| `([a-z_]+)` \| (?:none|passing|soft|hard) \|", OPERATIONS, re.MULTILINE)
    assert len(listed) == len(Outcome)


def test_every_setting_has_its_row_with_its_meaning() -> None:
    for name, field in Settings.model_fields.items():
        row = re.search(rf"^\| `{variable_name(name)}` \| .* \|$", OPERATIONS, re.MULTILINE)
        assert row, name
        assert field.description is not None
        assert field.description in row.group()


def test_every_periodic_job_is_listed_with_its_period() -> None:
    for period in (jobs.TICK_S, jobs.RENEW_S, jobs.MERGE_S, jobs.PURGE_S):
        assert f"| {period:g} s |" in OPERATIONS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_files_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_and_paths_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for target in re.findall(r"`make ([a-z]+)`", text):
        assert target in targets, f"{page.name} names make {target}"
    for path in re.findall(r"`((?:aggregator|tests|bench|docs|tools|places)/[A-Za-z0-9_./-]+)`", text):
        assert (ROOT / path).exists(), f"{page.name} names {path}"
