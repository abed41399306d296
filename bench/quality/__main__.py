"""``python -m bench.quality``: how well feeds, pages, platforms and dates are read, beside the libraries alone."""

from bench.quality import dates, feeds, pages, platforms

if __name__ == "__main__":
    for table in (feeds, pages, platforms, dates):
        print(table.report(), flush=True)
        print()
