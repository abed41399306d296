"""Every exception of the service.

AggregatorError
├── ConfigError            what a person wrote is wrong (settings, sources.yaml); the message is for them
├── StartupError           the service cannot start here; the message says what to do
├── FetchStopped           a fetch cannot go on; carries the outcome it means and never leaves fetch/
├── AddressRefused         the guard refuses an address; an OSError, as the HTTP client expects of a connection
├── ParseFailed            a document could not be read; carries the outcome it means
├── StoreError
│   ├── StoreUnavailable   MongoDB is away or too slow
│   └── LeaseLost          a write came with a fencing token that is no longer current
├── PoolError
│   ├── PoolTimeout        a document took longer than its deadline; its worker was killed
│   └── PoolCrashed        a worker died (memory limit, crash)
├── BadCursor              a cursor that this service did not make
└── Declined               a web request that cannot be answered as asked; carries the problem it means
"""

from aggregator.model.failures import Outcome


class AggregatorError(Exception):
    """The root of every exception raised on purpose."""


class ConfigError(AggregatorError):
    """What a person wrote is wrong."""


class StartupError(AggregatorError):
    """The service cannot start on this machine or configuration."""


class FetchStopped(AggregatorError):
    """A fetch cannot go on. ``head`` is what was read of the body until then."""

    def __init__(self, outcome: Outcome, cause: str, *, retry_after_s: float | None = None, head: bytes = b"") -> None:
        super().__init__(outcome, cause)
        self.outcome = outcome
        self.cause = cause
        self.retry_after_s = retry_after_s
        self.head = head
        self.status: int | None = None


class AddressRefused(AggregatorError, OSError):
    """The address a connection would go to is not allowed; the message says why."""


class ParseFailed(AggregatorError):
    """A document could not be read as what it should be."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(outcome, detail)
        self.outcome = outcome
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.outcome}: {self.detail}"


class StoreError(AggregatorError):
    """The store could not do what was asked."""


class StoreUnavailable(StoreError):
    """MongoDB is away or did not answer in time."""


class LeaseLost(StoreError):
    """Another process holds the source now."""


class PoolError(AggregatorError):
    """A worker process did not finish its document."""


class PoolTimeout(PoolError):
    """The document took longer than its deadline."""


class PoolBusy(PoolError):
    """No worker became free for the document: our own overload."""


class PoolCrashed(PoolError):
    """The worker process died."""


class BadCursor(AggregatorError):
    """A cursor that this service did not make."""


class Declined(AggregatorError):
    """A web request that cannot be answered as asked.

    ``code`` names the kind of problem, ``detail`` is Vietnamese for the client's author, ``mistakes`` are triples of
    parameter, value and remedy.
    """

    def __init__(self, code: str, detail: str, mistakes: tuple[tuple[str, str, str], ...] = ()) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail
        self.mistakes = mistakes
