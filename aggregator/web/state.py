"""What handlers can reach: the parts handed in by the composition root and those the web makes for itself."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from aggregator.model.source import Catalogue
from aggregator.settings import Settings
from aggregator.store.store import Store
from aggregator.web.answer_cache import AnswerCache
from aggregator.web.api.present import Presenter
from aggregator.web.frontend import Frontend
from aggregator.web.guards import Cors
from aggregator.web.limits import Limiter
from aggregator.web.ops.sessions import Doorkeeper
from aggregator.web.ops.throttle import LoginThrottle
from aggregator.web.revision import FeedRevision


@dataclass(frozen=True, slots=True, kw_only=True)
class WebDeps:
    """What the web is built from."""

    store: Store
    catalogue: Catalogue
    settings: Settings
    now: Callable[[], datetime]
    revision: FeedRevision
    places: frozenset[str] | None = None  # slugs of the province's communes; None: a place is not checked


@dataclass(frozen=True, slots=True, kw_only=True)
class WebState:
    """Everything a handler needs, opened when the server starts."""

    deps: WebDeps
    presenter: Presenter
    cache: AnswerCache
    frontend: Frontend
    limiter: Limiter
    cors: Cors
    doorkeeper: Doorkeeper
    throttle: LoginThrottle
    login_turns: asyncio.Semaphore  # argon2 takes 64 MiB each: few at once
    openapi: bytes


STATE: web.AppKey[WebState] = web.AppKey("state", WebState)
