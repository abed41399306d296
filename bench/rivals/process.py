"""Readers as processes: which there are, and how one is started, asked for a refresh and ended."""

import os
import select
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bench.rivals.rounds import READY, URLS, Round, heard

ROOT = Path(__file__).parents[2]
_RIVALS_PYTHON = ROOT / ".venv-rivals" / "bin" / "python"  # made by tools/rivals
_READY_S = 120.0
_END_S = 30.0


class TooSlow(Exception):
    """A refresh took longer than was granted."""


class Broke(Exception):
    """A reader's process ended, or did not do its work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A way to read feeds: ``module`` is run by ``python`` and speaks the lines of ``rounds``."""

    name: str
    module: str
    python: str = sys.executable
    is_installed: bool = True
    is_rival: bool = True
    keeps: bool = True  # entries; plain fetching does not


def readers() -> tuple[Reader, ...]:
    """Ours, the reference, and the rivals, in the order of the table's columns."""
    return (
        Reader(name="ours", module="bench.rivals.ours", is_rival=False),
        Reader(name="plain fetching", module="bench.rivals.plain", is_rival=False, keeps=False),
        Reader(name="newsboat", module="bench.rivals.newsboat", is_installed=shutil.which("newsboat") is not None),
        _of_the_rivals_python("reader", "bench.rivals.lemon24"),
        _of_the_rivals_python("scrapy", "bench.rivals.spider"),
    )


class Running:
    """A reader's process over its own directory; a context manager that ends it with everything it started."""

    def __init__(self, reader: Reader, directory: Path, urls: list[str]) -> None:
        directory.mkdir()
        (directory / URLS).write_text("\n".join(urls) + "\n")
        self._name = reader.name
        self._process = subprocess.Popen(
            [reader.python, "-m", reader.module, str(directory)],
            cwd=ROOT,
            env={name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        try:
            self._await_ready()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self._end()

    def refresh(self, patience_s: float) -> Round:
        """Reads all feeds once. Raises TooSlow after ``patience_s``, with the process killed."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        self._process.stdin.flush()
        try:
            return heard(self._line(patience_s))
        except TooSlow:
            self._kill()
            raise

    def _await_ready(self) -> None:
        if (said := self._line(_READY_S)) != READY:
            raise Broke(f"{self._name} said {said!r} instead of {READY!r}")

    def _line(self, patience_s: float) -> str:
        """The next line of its output, without the line's end."""
        assert self._process.stdout is not None
        output, said = self._process.stdout.fileno(), b""
        until = time.monotonic() + patience_s
        while not said.endswith(b"\n"):
            if not select.select([output], [], [], max(0.0, until - time.monotonic()))[0]:
                raise TooSlow(f"{self._name} did not answer in {patience_s:g} s")
            if not (part := os.read(output, 65536)):
                raise Broke(f"{self._name} ended with status {self._process.wait()}")
            said += part
        return said.decode().strip()

    def _end(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._kill()
        self._process.stdout.close()

    def _kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def _of_the_rivals_python(package: str, module: str) -> Reader:
    """A reader of the rivals' own virtual environment."""
    found = (
        _RIVALS_PYTHON.exists()
        and subprocess.run(
            [str(_RIVALS_PYTHON), "-c", f"import {package}"], stderr=subprocess.DEVNULL, check=False
        ).returncode
        == 0
    )
    return Reader(name=package, module=module, python=str(_RIVALS_PYTHON), is_installed=found)
