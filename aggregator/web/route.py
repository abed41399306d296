"""One row of the route table: who may call what, and how it is described in the OpenAPI document."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from aggregator.model.people import Role

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Audience(StrEnum):
    """Who may call a route: anyone, a probe of the machine room, or a person who logged in."""

    PUBLIC = "public"
    HEALTH = "health"
    LOGIN = "login"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A method and path with its handler.

    ``least`` matters only to ``LOGIN`` routes: that role and every higher one may call them. ``answer`` is a dataclass
    that orjson writes and pydantic describes; without it the route is not part of the OpenAPI document.
    """

    method: str
    path: str
    handler: Handler
    summary: str  # Vietnamese
    audience: Audience = Audience.PUBLIC
    least: Role = Role.READER_OF_LOGS
    query: type[BaseModel] | None = None
    answer: Any = None
    problems: tuple[str, ...] = ()  # codes of problems it can answer with
