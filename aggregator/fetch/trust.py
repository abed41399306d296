"""Which certificates are trusted: the system's, and for some sources one more file. Verification is never off."""

import asyncio
import ssl

from aggregator.model.errors import FetchStopped
from aggregator.model.failures import Outcome


class Trust:
    """TLS contexts by CA file, each loaded once, off the loop."""

    def __init__(self) -> None:
        self._contexts: dict[str, ssl.SSLContext] = {}

    async def context(self, ca_file: str | None) -> ssl.SSLContext | bool:
        """What aiohttp takes as ``ssl``: True for the system's trust. Raises FetchStopped for an unreadable file."""
        if ca_file is None:
            return True
        context = self._contexts.get(ca_file)
        if context is None:
            try:
                context = await asyncio.to_thread(_load, ca_file)
            except OSError as error:  # ssl.SSLError is one
                raise FetchStopped(Outcome.TLS, f"ca_file {ca_file} cannot be loaded: {error}") from error
            self._contexts[ca_file] = context
        return context


def _load(ca_file: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=ca_file)
    # The file may hold the intermediate that the host forgets to send, or the host's own certificate: both are
    # trusted as they are, on Python versions before 3.13 as well.
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["http/1.1"])
    return context
