"""The OpenAPI document describes what is really answered."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from aggregator.web.route import Audience
from aggregator.web.routes import ROUTES
from tests.web.world import Client


@pytest.fixture
async def document(client: Client) -> dict[str, Any]:
    return dict(json.loads(await (await client.get("/openapi.json")).read()))


def _validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    resource: Resource[Any] = Resource.from_contents(document, default_specification=DRAFT202012)
    reference = {"$ref": f"urn:api{schema['$ref']}"}
    return Draft202012Validator(reference, registry=Registry().with_resource("urn:api", resource))


async def test_it_is_openapi_3_1_and_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(document["info"])
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    text = json.dumps(document)
    for name in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all("200" in operation["responses"] for operation in operations)


async def test_it_holds_every_data_route_and_nothing_behind_the_login(document: dict[str, Any]) -> None:
    described = {route.path for route in ROUTES if route.answer is not None}
    assert set(document["paths"]) == described
    assert not any(route.path in document["paths"] for route in ROUTES if route.audience is Audience.LOGIN)
    names = [item["name"] for item in document["paths"]["/api/v1/feed"]["get"]["parameters"]]
    assert names == ["section", "source", "place", "kind", "since", "cursor", "limit"]


@pytest.mark.usefixtures("newsday")
async def test_real_answers_match_their_schema(client: Client, document: dict[str, Any]) -> None:
    for path, item in document["paths"].items():
        schema = item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for article_id in ("a0001", "a0002", "a0003") if "{id}" in path else ("",):
            answer = json.loads(await (await client.get(path.replace("{id}", article_id))).read())
            _validator(document, schema).validate(answer)


async def test_real_problems_match_theirs(client: Client, document: dict[str, Any]) -> None:
    for path in ("/api/v1/feed?limit=0", "/api/v1/articles/none", "/api/v1/nothing", "/api/v1/feed?cursor=AAAA"):
        problem = json.loads(await (await client.get(path)).read())
        _validator(document, {"$ref": "#/components/schemas/Problem"}).validate(problem)
