"""Every golden case gives what it should."""

from pathlib import Path

import pytest

from aggregator.model.source import Platform
from tests.parse.golden import case_folders, described, expected, read_case


@pytest.mark.parametrize("folder", case_folders(), ids=lambda folder: folder.name)
def test_a_case_gives_what_is_expected(folder: Path) -> None:
    assert read_case(folder) == expected(folder)


@pytest.mark.parametrize("folder", case_folders(), ids=lambda folder: folder.name)
def test_a_case_is_our_own_and_says_where_its_structure_is_known_from(folder: Path) -> None:
    case = described(folder)
    assert case["synthetic"] is True
    assert case["structure_from"]
    assert len(list(folder.glob("response.*"))) == 1


def test_each_platform_and_format_has_its_cases() -> None:
    names = [folder.name for folder in case_folders()]
    platforms = [platform.value for platform in Platform if platform is not Platform.GENERIC]
    for prefix in (*platforms, "page", "feed", "jsonfeed", "sitemap", "api", "repost", "encoding", "probe"):
        assert sum(name.startswith(f"{prefix}-") for name in names) >= 5, prefix
    assert len(names) >= 120
