"""The command line: ``python main.py --help``."""

import sys

try:
    from aggregator.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"{error}. Run `make run` once: it installs what is missing into .venv; then use .venv/bin/python main.py")

if __name__ == "__main__":
    main()
