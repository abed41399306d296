"""The network between a service and its database: a TCP proxy on loopback that can refuse, fall silent or be slow.

1. Refusing: nobody listens, and connections that were open are reset, as when a server's machine goes down.
2. Silent: whoever connects is accepted and never answered; on connections that were open nothing passes either way
   and nothing is reset. Afterwards what was sent on those arrives late, as a network's repeats do; newcomers are cut.
3. Slow: each piece of data waits ``delay_s`` each way, pieces side by side.
"""

import asyncio
from asyncio import StreamReader, StreamWriter
from types import TracebackType
from typing import Self

_PIECE_BYTES = 64 * 1024
_HOST = "127.0.0.1"


class TcpProxy:
    """Passes bytes between ``port`` (chosen by the system) and the loopback port ``upstream`` while entered."""

    def __init__(self, upstream: int) -> None:
        self.port = 0
        self.delay_s = 0.0
        self.connections = 0  # accepted in all
        self._upstream = upstream
        self._server: asyncio.Server | None = None
        self._speaking = asyncio.Event()
        self._speaking.set()
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.accept()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.refuse()

    async def accept(self) -> None:
        """Listens, at the same port each time."""
        self._server = await asyncio.start_server(self._serve, _HOST, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Stops listening and resets what is open, until ``accept``."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for task in self._serving:
            task.cancel()
        if self._serving:
            await asyncio.wait(self._serving, timeout=5)

    def silence(self) -> None:
        """Nothing passes until ``speak``."""
        self._speaking.clear()

    def speak(self) -> None:
        """Ends the silence; what was held back arrives now."""
        self._speaking.set()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            if self._speaking.is_set():
                await self._join(reader, writer)
            else:
                await self._speaking.wait()  # nobody reads what the newcomer says
        except (OSError, asyncio.CancelledError):
            pass  # the loop's own reporting knows no third way for a connection to end
        finally:
            writer.transport.abort()
            self._serving.discard(task)

    async def _join(self, reader: StreamReader, writer: StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(_HOST, self._upstream)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, far_writer))
                group.create_task(self._pump(far_reader, writer))
        finally:
            far_writer.transport.abort()

    async def _pump(self, source: StreamReader, sink: StreamWriter) -> None:
        """Passes on what ``source`` says, then its end."""
        loop = asyncio.get_running_loop()
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._deliver(under_way, sink))
            data = b"-"
            while data:
                data = await _read(source)
                under_way.put_nowait((loop.time() + self.delay_s, data))

    async def _deliver(self, under_way: asyncio.Queue[tuple[float, bytes]], sink: StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(due - loop.time())
            await self._speaking.wait()
            try:
                if not data:
                    sink.write_eof()
                    return
                sink.write(data)
                await sink.drain()
            except (OSError, RuntimeError):
                return  # the other end is gone; its own direction says so


async def _read(source: StreamReader) -> bytes:
    try:
        return await source.read(_PIECE_BYTES)
    except OSError:
        return b""  # reset
