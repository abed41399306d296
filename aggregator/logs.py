"""Structured logs: one line an event, JSON for machines or columns for people, never a secret."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from aggregator.settings import LogFormat, LogLevel

_SECRET_KEYS = frozenset({"password", "token", "cookie", "authorization", "secret", "uri"})


def _hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in event:
        if key in _SECRET_KEYS:
            event[key] = "(hidden)"
    return event


def configure_logs(level: LogLevel, form: LogFormat) -> None:
    """Sends every log line of the process to standard error, from ``level`` up."""
    number = logging.getLevelNamesMapping()[level.value.upper()]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
    ]
    if form is LogFormat.JSON:
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))
