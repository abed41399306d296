"""The JSON Schema of the sources file, made from the same types, so that editors complete and check while one types."""

import json
from typing import Any

from aggregator.sources.schema import SourcesFile


def json_schema() -> dict[str, Any]:
    """The schema as a document (draft 2020-12)."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | SourcesFile.model_json_schema()


def json_schema_text() -> str:
    """The content of ``sources.schema.json``."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"
