"""Every golden case gives what it should."""

import json
from pathlib import Path

import pytest

from tests.parse.golden import case_folders, expected, read_case


@pytest.mark.parametrize("folder", case_folders(), ids=lambda folder: folder.name)
def test_a_case_gives_what_is_expected(folder: Path) -> None:
    assert read_case(folder) == expected(folder)


@pytest.mark.parametrize("folder", case_folders(), ids=lambda folder: folder.name)
def test_a_case_is_our_own_and_says_where_its_structure_is_known_from(folder: Path) -> None:
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    assert case["synthetic"] is True
    assert case["structure_from"]
    assert len(list(folder.glob("response.*"))) == 1


def test_each_platform_and_format_has_its_cases() -> None:
    names = [folder.name for folder in case_folders()]
    for prefix in ("feed-", "onecms-", "epi-", "nukeviet-", "vnportal-"):
        assert sum(name.startswith(prefix) for name in names) >= 4, prefix
    assert len(names) >= 30
