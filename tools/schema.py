"""Writes sources.schema.json, by which editors' IDEs check sources.yaml: ``make schema``."""

from pathlib import Path

from aggregator.sources.jsonschema import json_schema_text

if __name__ == "__main__":
    Path("sources.schema.json").write_text(json_schema_text(), encoding="utf-8")
