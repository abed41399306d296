"""What a failure leaves in the log: enough to find its place, little enough to keep, nothing secret."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from aggregator.logs import configure_logs, without_secrets
from aggregator.settings import LogFormat, LogLevel
from tests.web.world import Client, World

URI = "mongodb://lan:mat-khau-kho@10.1.2.3:27017/?replicaSet=rs0"
SECRETS = ("mat-khau-kho", "10.1.2.3", "rs0", "Đồng lúa chín", "x7-cookie", "Basic bGFu", "nats-kho")


@pytest.fixture
def unconfigured() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


async def _broken(*_args: object) -> None:
    settings = {"mongodb_uri": URI, "body": b"name=lan&password=Dong%20lua"}
    held = ["x" * 100] * 10_000
    message = (
        f"no server at {URI}, settings {settings}, {{'password': 'Đồng lúa chín vàng'}}\n"
        f"Cookie: session=x7-cookie; login=y\nAuthorization: Basic bGFu\nnats://kho:nats-kho@host:4222"
    )
    if held:
        raise RuntimeError(message)


@pytest.mark.parametrize("form", list(LogFormat))
@pytest.mark.usefixtures("unconfigured")
async def test_a_failed_request_is_a_short_line_without_values_or_secrets(
    client: Client,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: LogFormat,
) -> None:
    configure_logs(LogLevel.INFO, form)
    # Loggers keep the stream they met first; this one meets the test's.
    monkeypatch.setattr("aggregator.web.edge._log", structlog.get_logger())
    monkeypatch.setattr(world.store.stories, "feed", _broken)
    cookie = {"Cookie": "session=x7-cookie"}
    assert (await client.get("/api/v1/feed?section=thoi-su", headers=cookie)).status == 500
    said = capsys.readouterr().err
    assert "request_failed" in said
    assert "RuntimeError" in said
    assert "in _broken" in said
    assert len(said.encode()) < 6000
    for secret in (*SECRETS, "Dong%20lua", "xxxxxxxx"):
        assert secret not in said, secret
    if form is LogFormat.JSON:
        assert json.loads(said)["method"] == "GET"


def _shout() -> None:
    raise ValueError("lớn " * 100_000 + str(10**9))


@pytest.mark.parametrize("form", list(LogFormat))
@pytest.mark.usefixtures("unconfigured")
def test_an_endless_message_is_cut_and_its_end_is_kept(form: LogFormat, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogLevel.INFO, form)
    log = structlog.get_logger()
    try:
        _shout()
    except ValueError:
        log.exception("broke", page="p" * 100_000)
        logging.getLogger("aiohttp.server").exception("Error %s", "q" * 100_000)
    lines = capsys.readouterr().err
    assert len(lines) < 20_000
    assert lines.count("1000000000") == 2
    assert lines.count("Traceback") == 2


@pytest.mark.usefixtures("unconfigured")
def test_libraries_log_through_the_same_sieve(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(LogLevel.INFO, LogFormat.JSON)
    logging.getLogger("pymongo").warning("cannot reach %s", URI)
    structlog.get_logger().info("opened", where=URI, token="t", uri=URI, settings={"password": "Đồng lúa chín"})
    said = capsys.readouterr().err
    for secret in SECRETS:
        assert secret not in said
    library, own = map(json.loads, said.splitlines())
    assert library["event"] == "cannot reach (hidden)"
    assert own["token"] == own["uri"] == "(hidden)"


@pytest.mark.parametrize(
    "said",
    ["https://mttq-tinh.example.vn/bai-1.html?x=1", "5 phút trước", "/ops/login?next=/ops", "lan@example.vn", "ok: 3"],
)
def test_what_is_no_secret_stays_as_it_is(said: str) -> None:
    assert without_secrets(said) == said
