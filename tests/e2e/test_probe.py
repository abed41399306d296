"""Sites never seen: what ``probe`` proposes is pasted as it is, checked and crawled, and nothing is lost or added."""

import asyncio
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aggregator.cli.probed import PASTE
from aggregator.model.article import Article
from aggregator.model.source import Source, SourceKind
from aggregator.parse.selectors import check_selector
from aggregator.settings import Driver
from aggregator.sources.read import read_catalogue
from aggregator.store.store import Store
from aggregator.store.stories import FeedQuery
from tests.service import ROOT
from tests.unseen_site import UnseenSite, bulletin, district, gazette, office, served, silent, village

pytestmark = pytest.mark.timeout(120)


async def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The program as a process of its own, beside the site that this loop serves."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AGGREGATOR_", "MONGODB_"))}
    variables = {"AGGREGATOR_ALLOW_CIDRS": "127.0.0.0/8"} | environment
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, str(ROOT / "main.py"), *arguments],
        env=clean | variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=ROOT,
    )


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """The province's own file with nothing below ``sources:`` yet."""
    (tmp_path / "places").mkdir()
    shutil.copy(ROOT / "places" / "nghe-an.json", tmp_path / "places")
    text = (ROOT / "sources.yaml").read_text(encoding="utf-8")
    path = tmp_path / "sources.yaml"
    path.write_text(re.split(r"(?m)^sources:\n", text)[0] + "sources:\n", encoding="utf-8")
    return path


def paste(output: str, sources: Path) -> None:
    """What a person would do: copy everything after the line that says so to the end of the file."""
    with sources.open("a", encoding="utf-8") as file:
        file.write(output.partition(PASTE)[2].partition("\n\n")[2])


def only_source(sources: Path) -> Source:
    """The source that was pasted."""
    text = sources.read_text(encoding="utf-8")
    (source,) = read_catalogue(text, check_selector=check_selector).sources
    return source


async def probed(site: UnseenSite, sources: Path) -> str:
    """The block that is proposed, pasted into the sources file; the source's id."""
    result = await run("probe", f"{site.base}/", AGGREGATOR_SOURCES=str(sources))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "fetching" in result.stderr, "progress is shown while it works"
    paste(result.stdout, sources)
    checked = await run("sources", "check", str(sources))
    assert checked.returncode == 0, checked.stderr
    found = re.search(r"- id: (\S+)", result.stdout)
    assert found is not None
    return found[1]


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


async def crawled(source_id: str, sources: Path, mongo_uri: str, database: str) -> dict[str, Article]:
    """Every article that one crawl keeps, by the path of its address."""
    result = await run(
        "crawl",
        source_id,
        AGGREGATOR_SOURCES=str(sources),
        MONGODB_URI=mongo_uri,
        AGGREGATOR_DATABASE=database,
        AGGREGATOR_DATA_DIR=str(sources.parent / "data"),
    )
    assert result.returncode == 0, result.stdout + result.stderr
    store = await Store.open(mongo_uri, driver=Driver.PYMONGO, database=database, keep_crawls=timedelta(days=30))
    try:
        stories = await store.stories.feed(FeedQuery(limit=1000))
        ids = [member.article_id for story in stories for member in story.members]
        return {_path(article.url): article for article in await store.articles.get_many(ids)}
    finally:
        await store.close()


@pytest.mark.parametrize("build", [village, gazette, bulletin, district, office])
async def test_what_is_proposed_for_a_site_never_seen_crawls_it_without_edits(
    build: Callable[[UnseenSite], None], sources: Path, mongo_uri: str, database: str
) -> None:
    async with served(build) as site:
        articles = await crawled(await probed(site, sources), sources, mongo_uri, database)
        assert set(articles) == {item.path for item in site.items}
        for item in site.items:
            article = articles[item.path]
            assert article.title == item.title
            assert article.published_at == item.published
            lines = [line for line in article.text.split("\n") if line.strip()]
            names = {name for _path, name in item.files}
            prose = [line for line in lines if not any(name in line for name in names) and line != "Ảnh: CTV"]
            assert [line.strip() for line in prose] == list(item.paragraphs), item.path
            assert [image.url for image in article.images] == ([site.base + item.picture] if item.picture else [])
            files = [(attachment.url, attachment.name) for attachment in article.attachments]
            assert files == [(site.base + path, name) for path, name in item.files]
            assert article.attachments == () or article.attachments[0].media_type == "application/pdf"


async def test_the_block_names_stable_words_and_only_what_is_needed(sources: Path) -> None:
    async with served(village) as site:
        await probed(site, sources)
    source = only_source(sources)
    assert source.kind is SourceKind.LISTING
    assert source.selectors.item == ("div.hang-tin",)
    assert source.selectors.title == ("p.ten-bai",)
    assert source.selectors.page_title == ("p.ten-lon",)
    assert source.selectors.page_body in {(), ("div.chu-bai",)}, "none where the general reader does as well"
    assert source.verified is None
    assert not source.selectors.image, "the picture is found without"


async def test_a_site_that_offers_nothing_gives_an_entry_that_is_looked_at_again_and_says_what_to_do(
    sources: Path,
) -> None:
    async with served(silent) as site:
        result = await run("probe", f"{site.base}/", AGGREGATOR_SOURCES=str(sources))
        assert result.returncode == 1
        assert "Probe a page of the site that lists its news" in result.stdout
        paste(result.stdout, sources)
    assert only_source(sources).kind is SourceKind.UNKNOWN


async def test_an_address_where_nothing_answers_says_what_to_try(sources: Path) -> None:
    result = await run("probe", "http://127.0.0.1:1/", AGGREGATOR_SOURCES=str(sources))
    assert result.returncode == 1
    assert "connect:" in result.stdout
    assert "→ Nothing answers there" in result.stdout
    assert PASTE not in result.stdout
    assert "Traceback" not in result.stderr


async def test_an_address_that_is_none_is_refused_in_words(sources: Path) -> None:
    result = await run("probe", "http://người dùng@", AGGREGATOR_SOURCES=str(sources))
    assert result.returncode == 2
    assert "Remove" in result.stderr or "Write" in result.stderr
    assert "Traceback" not in result.stderr


async def test_a_source_that_stands_in_the_file_is_named(sources: Path) -> None:
    async with served(gazette) as site:
        source_id = await probed(site, sources)
        again = await run("probe", f"{site.base}/", AGGREGATOR_SOURCES=str(sources))
    assert f"already stands in sources.yaml, as {source_id}" in again.stdout
    assert f"- id: {source_id}-2" in again.stdout


@pytest.fixture
def broken_chain(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server that forgets its intermediate certificate, and that certificate beside the sources file."""
    if shutil.which("openssl") is None:
        pytest.skip("the openssl program is needed to make certificates")
    folder = tmp_path / "certs"
    folder.mkdir()

    def make(name: str, issuer: str | None, extension: str) -> Path:
        (folder / "ext").write_text(extension)
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", f"{name}.key"]
        signer = ["-signkey", f"{name}.key"] if issuer is None else ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key"]
        sign = ["x509", "-req", "-in", f"{name}.csr", "-days", "2", "-extfile", "ext", *signer, "-out", f"{name}.pem"]
        for arguments in (["req", "-new", *key, "-subj", f"/CN={name}", "-out", f"{name}.csr"], sign):
            subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
        return folder / f"{name}.pem"

    authority = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
    make("root", None, authority)
    middle = make("middle", "root", authority)
    leaf = make("leaf", "middle", "subjectAltName=IP:127.0.0.1\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf, folder / "leaf.key")
    return context, middle


async def test_a_broken_chain_is_told_in_words_and_mended_by_the_file_that_they_ask_for(
    sources: Path, broken_chain: tuple[ssl.SSLContext, Path], tmp_path: Path
) -> None:
    context, middle = broken_chain
    async with served(village, tls=context) as site:
        broken = await run("probe", f"{site.base}/", AGGREGATOR_SOURCES=str(sources))
        assert broken.returncode == 1
        assert "does not send the certificate between its own and a known authority" in broken.stdout
        assert "--ca-file" in broken.stdout
        mended = await run("probe", "--ca-file", str(middle), f"{site.base}/", AGGREGATOR_SOURCES=str(sources))
        assert mended.returncode == 0, mended.stdout + mended.stderr
    paste(mended.stdout, sources)
    assert only_source(sources).ca_file == "certs/middle.pem"
    checked = await run("sources", "check", str(sources))
    assert checked.returncode == 0, checked.stderr
    elsewhere = shutil.copy(middle, tmp_path.parent / f"{tmp_path.name}.pem")
    refused = await run("probe", "--ca-file", str(elsewhere), "https://127.0.0.1:1/", AGGREGATOR_SOURCES=str(sources))
    assert refused.returncode == 2
    assert "must lie beside sources.yaml" in refused.stderr
