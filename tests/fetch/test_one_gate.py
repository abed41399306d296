"""Nothing outside fetch/ opens a connection of its own."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "aggregator"
# The gate itself; the store speaks to MongoDB through its driver and to its own mongod's socket.
EXEMPT = ("fetch", "store")
CLIENT_MODULES = {"urllib.request", "http.client", "requests", "httpx", "urllib3", "ftplib", "smtplib", "telnetlib"}
CLIENT_NAMES = {
    "ClientSession",
    "TCPConnector",
    "UnixConnector",
    "create_connection",
    "create_unix_connection",
    "open_connection",
    "open_unix_connection",
    "connect",  # of a socket; one that is only bound and listened on is no way out
    "connect_ex",
    "sock_connect",
    "urlopen",
    "urlretrieve",
    "fetch_url",  # trafilatura's own
}
# Names that are harmless elsewhere.
FETCHING = {"trafilatura.downloads", "aiohttp.request"}


def offences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, name.name) for name in names if name.name in CLIENT_MODULES)
            case ast.ImportFrom(module=str(module), names=names):
                for name in names:
                    whole = f"{module}.{name.name}"
                    if {module, whole} & CLIENT_MODULES or name.name in CLIENT_NAMES or whole in FETCHING:
                        yield node.lineno, whole
            case ast.Attribute(value=ast.Name(id=module), attr=name) if f"{module}.{name}" in FETCHING:
                yield node.lineno, f"{module}.{name}"
            case ast.Attribute(attr=name) if name in CLIENT_NAMES:
                yield node.lineno, name
            case ast.Name(id=name) if name in CLIENT_NAMES:
                yield node.lineno, name
            case _:
                pass


def test_only_the_gate_opens_connections() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line} {what}"
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] not in EXEMPT
        for line, what in offences(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "import aiohttp\naiohttp.ClientSession()",
        "from aiohttp import ClientSession",
        "import urllib.request",
        "from urllib import request",
        "from urllib.request import urlopen",
        "import http.client",
        "import requests",
        "import httpx",
        "import socket\nsocket.create_connection(('a', 1))",
        "import socket\nsocket.socket().connect(a)",
        "import asyncio\nasyncio.open_connection('a', 1)",
        "loop.create_connection(f)",
    ],
)
def test_the_check_sees_each_way_out(code: str) -> None:
    assert list(offences(ast.parse(code)))
