"""The feeds' site from outside: its process, its state, what it answered."""

import http.client
import json
import subprocess
import sys
from typing import Self


class Site:
    """``bench.feeds`` in its own process, as a context manager."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.feeds"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._process.terminate()
        self._process.communicate()

    def urls(self, count: int) -> list[str]:
        """The addresses of ``count`` feeds."""
        return [f"http://127.0.0.1:{self._port}/feed/{number}.xml" for number in range(count)]

    def set(self, *, feeds: int, published: int, validators: bool) -> None:
        """Makes that many feeds ready, ``published`` entries since the start in those that publish."""
        self._get(f"/set?feeds={feeds}&published={published}&validators={int(validators)}")

    def answers(self) -> dict[str, int]:
        """How many feeds were answered by status since this was last asked."""
        given: dict[str, int] = json.loads(self._get("/answers"))
        return given

    def _get(self, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()
