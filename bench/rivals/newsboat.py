"""newsboat, as from a timetable: ``newsboat -x reload`` with its own list, cache and configuration.

Each refresh is a whole process, which reads its cache at the start; reload threads as many as our fetches at once.
"""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from bench.rivals.rounds import AT_ONCE, URLS, directory_given, ended_seconds, serve


def main() -> None:
    """Serves refreshes in the given directory."""
    directory = directory_given()
    (directory / "config").write_text(f"reload-threads {AT_ONCE}\n")
    serve(lambda: _reload(directory), entries=lambda: _entries(directory), seconds=ended_seconds)


def _reload(directory: Path) -> None:
    subprocess.run(
        ["newsboat", "-u", URLS, "-c", "cache.db", "-C", "config", "-x", "reload"],
        cwd=directory,
        env={**os.environ, "HOME": str(directory)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _entries(directory: Path) -> int:
    with closing(sqlite3.connect(directory / "cache.db")) as cache:
        return int(cache.execute("SELECT count(*) FROM rss_item").fetchone()[0])


if __name__ == "__main__":
    main()
