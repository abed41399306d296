"""Structured logs: one line an event, JSON for machines or columns for people, never a secret.

1. A traceback is names and lines only, without the values of variables, and cut to ``MAX_TRACEBACK`` characters: its
   beginning says where it came from, its end what broke.
2. What looks like a secret (a value under such a name, a database's URI, the user part of any URI, a cookie) is hidden
   in every text of a line, messages of exceptions included: libraries put what they were given into them.
"""

import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, cast

import structlog

from aggregator.settings import LogFormat, LogLevel

MAX_TRACEBACK = 4000
_MAX_TEXT = 4000
_CAUSE_PART = 1000  # of a traceback that is cut, from its beginning
_HIDDEN = "(hidden)"
_SECRET_KEYS = frozenset({"password", "token", "cookie", "authorization", "secret", "uri"})
_SECRETS = (
    (re.compile(r"\bmongodb(?:\+srv)?:[^\s'\"]*"), _HIDDEN),
    (re.compile(r"([A-Za-z][A-Za-z0-9+.-]{1,20}://)[^\s/@'\"]{1,2000}@"), rf"\1{_HIDDEN}@"),
    (re.compile(r"((?:cookie|authorization)[\"']?\s*[:=]\s*)[^\n]+", re.IGNORECASE), rf"\1{_HIDDEN}"),
    (
        re.compile(
            r"((?:password|passwd|pwd|token|csrf|secret|session)[\"']?\s*[:=]\s*)"
            r"(?:b?'[^'\n]*'?|b?\"[^\"\n]*\"?|[^\s&,;)}\]]+)",
            re.IGNORECASE,
        ),
        rf"\1{_HIDDEN}",
    ),
)
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure_logs(level: LogLevel, form: LogFormat) -> None:
    """Sends every log line of the process to standard error, from ``level`` up."""
    number = logging.getLevelNamesMapping()[level.value.upper()]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _bounded_traceback,
        _hide_secrets,
    ]
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


def without_secrets(text: str) -> str:
    """The text with what looks like a secret hidden."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def _bounded_traceback(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    raised = _raised(event.pop("exc_info", None))
    if raised is not None:
        text = without_secrets("".join(traceback.format_exception(*raised)).rstrip())
        if len(text) > MAX_TRACEBACK:
            text = f"{text[:_CAUSE_PART]}\n  […]\n{text[_CAUSE_PART - MAX_TRACEBACK :]}"
        event["exception"] = text
    return event


def _raised(given: object) -> _ExcInfo | None:
    if isinstance(given, BaseException):
        return type(given), given, given.__traceback__
    found = given if isinstance(given, tuple) else sys.exc_info() if given else (None, None, None)
    return None if found[0] is None else cast("_ExcInfo", found)


def _hide_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key in _SECRET_KEYS:
            event[key] = _HIDDEN
        elif not key.startswith("_") and key != "exception":  # "_record": the formatter's own, never printed
            event[key] = _harmless(value)
    return event


def _harmless(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return without_secrets(value if isinstance(value, str) else repr(value))[:_MAX_TEXT]
