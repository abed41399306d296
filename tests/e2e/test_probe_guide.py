"""The guide to adding a source tells the truth: its commands, its fields, its outcomes, its example of selectors."""

import re
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from aggregator.cli.program import program
from aggregator.model.failures import Outcome
from aggregator.model.source import Platform, Selectors, SourceKind
from aggregator.parse.document import parse_document
from aggregator.sources.jsonschema import json_schema
from aggregator.sources.schema import SourceEntry
from tests.service import ROOT

GUIDE = (ROOT / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
GROUPS = {"sources", "users"}
COMMANDS = sorted(set(re.findall(r"main\.py ((?:[a-z]+ ?)+)([^`\n]*)", GUIDE)))
SELECTOR_NAMES = sorted(json_schema()["$defs"]["SelectorsEntry"]["properties"])


@pytest.mark.parametrize(("words", "rest"), COMMANDS, ids=lambda text: text or "-")
def test_every_command_exists_with_the_options_it_is_given(words: str, rest: str) -> None:
    first, *others = words.split()
    command = [first, *others[:1]] if first in GROUPS else [first]
    shown = CliRunner().invoke(program, [*command, "--help"])
    assert shown.exit_code == 0, shown.output
    for option in re.findall(r"--[a-z-]+", rest):
        assert option in shown.output


@pytest.mark.parametrize("field", sorted(SourceEntry.model_fields))
def test_every_field_of_an_entry_is_named(field: str) -> None:
    assert re.search(rf"`{field}`|^ +-? ?{field}:", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("name", SELECTOR_NAMES)
def test_every_selector_is_named(name: str) -> None:
    assert f"`{name}`" in GUIDE


def test_outcomes_that_rows_name_exist() -> None:
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+)", GUIDE, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    assert named - set(SourceEntry.model_fields) <= {outcome.value for outcome in Outcome}


def test_the_example_of_selectors_reads_the_example_of_a_list() -> None:
    markup = re.search(r"```html\n(.*?)```", GUIDE, re.DOTALL)
    entry = re.search(r"```yaml\n +selectors:\n(.*?)```", GUIDE, re.DOTALL)
    assert markup is not None
    assert entry is not None
    written = dict(re.findall(r"^ +(\w+): ([^#\n]+?)(?: #.*)?$", entry[1], re.MULTILINE))
    document = parse_document(
        f"<html><body>{markup[1]}</body></html>".encode(),
        url="https://example.vn/",
        content_type="text/html; charset=utf-8",
        kind=SourceKind.LISTING,
        platform=Platform.GENERIC,
        selectors=Selectors(**{name: (written[name],) for name in ("item", "title", "date")}),
        now=datetime(2026, 11, 24, tzinfo=UTC),
        timezone="Asia/Ho_Chi_Minh",
        max_entries=10,
    )
    (found,) = document.entries
    assert found.title == "Mẫu Sơn ra quân nạo vét kênh mương"
    assert found.url == "https://example.vn/doc/1000.aspx"
    assert found.published is not None
    assert f"{found.published.raw}" == "23/11/2026"
