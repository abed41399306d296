"""Certificates are always verified; a source may bring the one its host forgets to send."""

import asyncio
import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from aggregator.model.failures import Outcome
from tests.fetch.sites import Fetch, Serve, answer, failure, fetched


@dataclass(frozen=True)
class Chain:
    """Files of a root, an intermediate and a leaf for 127.0.0.1."""

    root: Path
    intermediate: Path
    leaf: Path
    key: Path


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Chain:
    if shutil.which("openssl") is None:
        pytest.skip("the openssl program is needed to make certificates")
    folder = tmp_path_factory.mktemp("tls")

    def make(name: str, issuer: str | None, extension: str) -> Path:
        (folder / "ext").write_text(extension)
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key"]
        run("req", "-new", *key, "-subj", f"/CN={name}", "-out", f"{name}.csr")
        signer = ["-signkey", f"{name}.key"] if issuer is None else ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"]
        run("x509", "-req", "-in", f"{name}.csr", "-days", "2", "-extfile", "ext", *signer, "-out", f"{name}.pem")
        return folder / f"{name}.pem"

    def run(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
    root = make("root", None, authority)
    intermediate = make("middle", "root", authority)
    leaf = make("leaf", "middle", "subjectAltName=IP:127.0.0.1\n")
    return Chain(root, intermediate, leaf, folder / "leaf.key")


@pytest.fixture
def server_side(chain: Chain) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain.leaf, chain.key)  # the leaf alone: the chain is broken
    return context


async def test_an_unknown_issuer_is_a_tls_failure(serve: Serve, fetch: Fetch, server_side: ssl.SSLContext) -> None:
    site = await serve(answer(b"x"), ssl=server_side)
    failed = failure(await fetch(f"https://127.0.0.1:{site.port}/"))
    assert failed.outcome is Outcome.TLS
    assert "certificate" in failed.cause
    assert site.asked == []


@pytest.mark.parametrize("name", ["intermediate", "leaf"])
async def test_a_ca_file_mends_a_broken_chain(
    serve: Serve, fetch: Fetch, server_side: ssl.SSLContext, chain: Chain, name: str
) -> None:
    site = await serve(answer(b"x"), ssl=server_side)
    url = f"https://127.0.0.1:{site.port}/"
    ca_file = str(getattr(chain, name))
    for _ in range(2):
        assert fetched(await fetch(url, ca_file=ca_file)).body == b"x"
    assert failure(await fetch(url)).outcome is Outcome.TLS  # only for the source that named it


async def test_a_ca_file_does_not_switch_the_name_check_off(
    serve: Serve, fetch: Fetch, server_side: ssl.SSLContext, chain: Chain
) -> None:
    site = await serve(answer(b"x"), ssl=server_side)
    failed = failure(await fetch(f"https://localhost:{site.port}/", ca_file=str(chain.intermediate)))
    assert failed.outcome in {Outcome.TLS, Outcome.REFUSED_BY_POLICY}  # refused where localhost is ::1 as well


@pytest.mark.parametrize("content", [None, "not a certificate"])
async def test_a_ca_file_that_cannot_be_loaded_is_a_tls_failure(
    fetch: Fetch, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    failed = failure(await fetch("https://127.0.0.1:1/", ca_file=str(file)))
    assert failed.outcome is Outcome.TLS
    assert str(file) in failed.cause


async def test_a_plain_server_behind_https_is_a_tls_failure(fetch: Fetch) -> None:
    def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        assert failure(await fetch(f"https://127.0.0.1:{port}/")).outcome is Outcome.TLS
