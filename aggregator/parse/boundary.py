"""The one place where what a hostile document does to a parser becomes a named failure."""

from collections.abc import Iterator
from contextlib import contextmanager

from aggregator.model.errors import ParseFailed
from aggregator.model.failures import Outcome

_DETAIL_CHARACTERS = 200


@contextmanager
def parse_failures() -> Iterator[None]:
    """Within it every exception leaves as ParseFailed, with the outcome ``parse_failed`` unless it says otherwise."""
    try:
        yield
    except ParseFailed:
        raise
    except Exception as error:
        detail = f"{type(error).__name__}: {error}"[:_DETAIL_CHARACTERS]
        raise ParseFailed(Outcome.PARSE_FAILED, detail) from error
