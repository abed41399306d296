"""``main.py accept``: shows how a case differs, writes it, and knows the names of cases."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from aggregator.cli.program import program
from aggregator.model.errors import ConfigError
from tests.parse.golden import CASES

NAME = "jsonfeed-image-and-tags"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(CASES / NAME, tmp_path / NAME)
    wrong = tmp_path / NAME / "expected.json"
    wrong.write_text(wrong.read_text(encoding="utf-8").replace("Lễ hội đền Mẫu", "Lễ hội đền khác"), encoding="utf-8")
    return tmp_path


def test_the_difference_is_shown_and_written(folder: Path) -> None:
    result = CliRunner().invoke(program, ["accept", NAME, "--folder", str(folder)])
    assert result.exit_code == 0
    assert '-      "title": "Lễ hội đền khác vào chính hội"' in result.stdout
    assert '+      "title": "Lễ hội đền Mẫu vào chính hội"' in result.stdout
    written = json.loads((folder / NAME / "expected.json").read_text(encoding="utf-8"))
    assert written == json.loads((CASES / NAME / "expected.json").read_text(encoding="utf-8"))
    again = CliRunner().invoke(program, ["accept", "all", "--folder", str(folder)])
    assert "as expected" in again.stdout


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = (folder / NAME / "expected.json").read_bytes()
    result = CliRunner().invoke(program, ["accept", NAME, "--folder", str(folder), "--dry-run"])
    assert "would change" in result.stdout
    assert (folder / NAME / "expected.json").read_bytes() == before


def test_an_unknown_name_is_answered_with_the_nearest(folder: Path) -> None:
    result = CliRunner().invoke(program, ["accept", "jsonfeed-image-tags", "--folder", str(folder)])
    assert isinstance(result.exception, ConfigError)
    assert f"The nearest: {NAME}." in str(result.exception)


def test_a_folder_without_cases_says_so(tmp_path: Path) -> None:
    result = CliRunner().invoke(program, ["accept", NAME, "--folder", str(tmp_path)])
    assert isinstance(result.exception, ConfigError)
    assert "holds no cases" in str(result.exception)


def test_a_case_that_is_not_whole_says_what_is_missing(folder: Path) -> None:
    (folder / NAME / "response.json").unlink()
    result = CliRunner().invoke(program, ["accept", NAME, "--folder", str(folder)])
    assert isinstance(result.exception, ConfigError)
    assert "has no response" in str(result.exception)
