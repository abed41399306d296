"""lemon24/reader, as a program that stays: ``update_feeds`` with workers, on an SQLite file."""

from reader import make_reader  # type: ignore[import-not-found] # installed apart from the service's packages

from bench.rivals.rounds import AT_ONCE, directory_given, own_seconds, serve, urls_of


def main() -> None:
    """Serves refreshes in the given directory."""
    directory = directory_given()
    with make_reader(str(directory / "reader.sqlite")) as reader:
        for url in urls_of(directory):
            reader.add_feed(url)
        serve(
            lambda: reader.update_feeds(scheduled=False, workers=AT_ONCE),  # else feeds rest for an hour
            entries=lambda: int(reader.get_entry_counts().total),
            seconds=own_seconds,
        )


if __name__ == "__main__":
    main()
