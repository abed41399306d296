"""The data directory: who owns it, where its MongoDB keeps data, log and socket."""

import fcntl
import hashlib
import os
import re
import select
import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from aggregator.model.errors import StartupError
from aggregator.store.mongod import longest_socket

_MAX_SOCKET_BYTES = 107  # sockaddr_un.sun_path less its final NUL
_MAX_LOG_BYTES = 16 * 1024 * 1024
# Letters that mongod takes literally in an address list and in a member's host.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
# How long forked children of a killed owner may take to end and so let go of the lock they inherited.
_CHILDREN_GRACE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDir:
    """Paths of one embedded MongoDB."""

    root: Path
    data: Path
    socket: Path
    log: Path
    output: Path  # what mongod printed before its log was open


def prepare(root: Path) -> DataDir:
    """Makes the directories (readable by their owner only). Raises StartupError when they cannot be made."""
    try:
        root = root.resolve()
        data = root / "mongo"
        data.mkdir(parents=True, exist_ok=True)
        data.chmod(0o700)
        sockets = _socket_directory(root)
    except OSError as error:
        raise StartupError(
            f"The data directory {root} cannot be used ({error.strerror}); set AGGREGATOR_DATA_DIR to a directory "
            "that can be written."
        ) from error
    return DataDir(
        root=root, data=data, socket=sockets / "mongod.sock", log=root / "mongod.log", output=root / "mongod.out"
    )


def _socket_directory(root: Path) -> Path:
    if len(os.fsencode(longest_socket(root))) <= _MAX_SOCKET_BYTES and _PLAIN_PATH.fullmatch(str(root)):
        return root
    name = f"aggregator-{os.getuid()}-{hashlib.sha256(os.fsencode(root)).hexdigest()[:16]}"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    parents = [Path(runtime)] if runtime and Path(runtime).is_dir() and _PLAIN_PATH.fullmatch(runtime) else []
    for parent in (*parents, Path(tempfile.gettempdir())):
        directory = parent / name
        if len(os.fsencode(longest_socket(directory))) > _MAX_SOCKET_BYTES:
            continue
        directory.mkdir(mode=0o700, exist_ok=True)
        status = directory.lstat()
        if status.st_uid != os.getuid() or status.st_mode & 0o077 or not directory.is_dir() or directory.is_symlink():
            raise StartupError(f"{directory} exists and is not ours alone: remove it, then start again.")
        return directory
    raise StartupError("No directory with a short enough path for MongoDB's socket: set XDG_RUNTIME_DIR or TMPDIR.")


class Ownership:
    """The one service that may use a data directory: holder of a lock on ``service.lock``, which names its process.

    The lock (flock) goes with the process, also on kill -9.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, root: Path) -> "Ownership":
        """The ownership of ``root``; blocks briefly. Raises StartupError naming the process that has it."""
        descriptor = os.open(root / "service.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + _CHILDREN_GRACE_S
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                owner = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
                if time.monotonic() < deadline and owner.isdecimal() and not is_alive(int(owner)):
                    time.sleep(0.05)
                    continue
                os.close(descriptor)
                raise StartupError(
                    f"The data directory {root} is in use by process {owner or '(unknown)'}: stop that service, "
                    "or set AGGREGATOR_DATA_DIR to another directory."
                ) from None
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
            return cls(descriptor)

    def give_up(self) -> None:
        """Lets another service have the directory."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def is_owned(root: Path) -> bool:
    """Whether a running service holds the directory."""
    try:
        descriptor = os.open(root / "service.lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def orphan_of(paths: DataDir) -> int | None:
    """The process id of a mongod that runs on this directory, as its own lock file says; None when none does."""
    try:
        pid = int((paths.data / "mongod.lock").read_text(encoding="ascii"))
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError):
        return None
    return pid if os.fsencode(paths.data) in arguments else None


def end_process(pid: int, *, grace_s: float) -> None:
    """Ends a process, our child or not: asks, waits ``grace_s``, then kills. Blocks until it is gone."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                signal.pidfd_send_signal(handle, number)
            except ProcessLookupError:
                return
            if select.select([handle], [], [], grace_s)[0]:
                return
    finally:
        os.close(handle)


def is_alive(pid: int) -> bool:
    """Whether a process of this id runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def set_log_aside(paths: DataDir) -> bool:
    """Renames a log that grew past its bound (one older log is kept). True: mongod must reopen it."""
    try:
        if paths.log.stat().st_size < _MAX_LOG_BYTES:
            return False
        paths.log.replace(paths.log.with_suffix(".log.1"))
    except FileNotFoundError:
        return False
    return True


def tail(path: Path, *, size: int = 64 * 1024) -> str:
    """The last ``size`` bytes of a text file, "" when there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read().decode("utf-8", "replace")
    except FileNotFoundError:
        return ""
