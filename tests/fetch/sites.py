"""Sites that answer with raw bytes, right or wrong, on loopback."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from aggregator.model.crawl import Failure
from aggregator.model.fetch import Fetched, FetchFailed, FetchResult

USER_AGENT = "TestBot/1.0 (+https://example.vn/bot; admin@example.vn)"

Writer = asyncio.StreamWriter
Script = bytes | Callable[["Asked", Writer], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """A request as it came: its path, its headers by lower-case name, when it came."""

    path: str
    headers: dict[str, str]
    at: float


@dataclass
class Site:
    """A server that answers each path by its script, "*" for the rest; bytes are sent as they are, then hung up."""

    port: int
    host: str
    scripts: dict[str, Script]
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    active: int = 0
    most_active: int = 0

    def url(self, path: str = "/") -> str:
        return f"http://{self.host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        self.connections += 1
        try:
            while await self._answer(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: Writer) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:-2])}
        asked = Asked(head[0].split(" ")[1], headers, time.monotonic())
        self.asked.append(asked)
        script = self.scripts.get(asked.path, self.scripts.get("*", b""))
        self.active += 1
        self.most_active = max(self.most_active, self.active)
        try:
            if isinstance(script, bytes):
                writer.write(script)
                await writer.drain()
                return b"content-length" in script.lower() or b" 304 " in script[:20]
            await script(asked, writer)
            return False
        finally:
            self.active -= 1


class Serve(Protocol):
    async def __call__(self, scripts: dict[str, Script] | Script, host: str = ..., ssl: Any = ...) -> Site: ...


class Fetch(Protocol):
    async def __call__(self, url: str, **fields: Any) -> FetchResult: ...


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A well-formed answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def fetched(result: FetchResult) -> Fetched:
    assert isinstance(result, Fetched), result
    return result


def failure(result: FetchResult) -> Failure:
    assert isinstance(result, FetchFailed), result
    assert result.failure.cause
    assert result.failure.sentence
    return result.failure
