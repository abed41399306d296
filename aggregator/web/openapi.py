"""The OpenAPI 3.1 document, made from the route table and the shapes that handlers really answer with."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from aggregator.model.source import Province
from aggregator.web.problems import PROBLEM_TYPE, PROBLEMS, Problem
from aggregator.web.route import Audience, Route

_REF = "#/components/schemas/{model}"
_PATH_PARAMETER = re.compile(r"\{(\w+)(?::[^}]*)?\}")
_JSON = "application/json"


def openapi_document(routes: Sequence[Route], province: Province, *, public_url: str | None) -> dict[str, Any]:
    """The description of every route that answers with data to the public or to health probes."""
    described = [route for route in routes if route.answer is not None and route.audience is not Audience.LOGIN]
    schemas: dict[str, Any] = {}
    paths: dict[str, Any] = {}
    for route in described:
        path = _PATH_PARAMETER.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schemas)
    _schema(Problem, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{province.title} – API tin tức",
            "version": "1",
            "description": "Tin đã gộp từ các nguồn chính thống. Chỉ đọc, không cần khoá; mọi thời điểm theo UTC.",
            "contact": {"name": province.contact},
        },
        "servers": [{"url": public_url or "/"}],
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_PARAMETER.findall(route.path)
    ]
    if route.query is not None:
        parameters += _query_parameters(route, schemas)
    responses: dict[str, Any] = {
        "200": {
            "description": route.summary,
            "headers": {"ETag": {"schema": {"type": "string"}}},
            "content": {_JSON: {"schema": _schema(route.answer, schemas)}},
        },
    }
    if route.audience is Audience.PUBLIC:
        responses["304"] = {"description": "Không đổi so với If-None-Match"}
    for code in route.problems:
        kind = PROBLEMS[code]
        content = {PROBLEM_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
        responses.setdefault(str(kind.status), {"description": kind.title, "content": content})
    if route.audience is Audience.HEALTH and "readyz" in route.path:
        responses["503"] = {
            "description": "Kho dữ liệu không trả lời",
            "content": {_JSON: {"schema": _schema(route.answer, schemas)}},
        }
    return {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "parameters": parameters,
        "responses": responses,
    }


def _query_parameters(route: Route, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if route.query is None:
        return []
    _, document = models_json_schema([(route.query, "validation")], ref_template=_REF)
    definitions = dict(document.get("$defs", {}))
    own = definitions.pop(route.query.__name__)
    schemas.update(definitions)
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": schema.get("description", ""),
            "schema": _without_null(schema),
        }
        for name, schema in own.get("properties", {}).items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    # "Not sent" is said by required: false; null cannot be written in a query string.
    kept = {key: value for key, value in schema.items() if key not in {"title", "description"}}
    options = [option for option in kept.pop("anyOf", []) if option != {"type": "null"}]
    if not options:
        return kept
    kept.pop("default", None)
    return {**kept, **options[0]}


def _schema(shape: Any, schemas: dict[str, Any]) -> dict[str, str]:
    document = TypeAdapter(shape).json_schema(ref_template=_REF, mode="serialization")
    schemas.update(document.pop("$defs", {}))
    schemas[shape.__name__] = document
    return {"$ref": _REF.format(model=shape.__name__)}
