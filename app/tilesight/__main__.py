"""`python -m tilesight`, and the entry of the installed program."""

from __future__ import annotations

import sys

from tilesight.command import main as command


def main() -> None:
    """Runs the program and ends the process with its exit code."""
    sys.exit(command())


if __name__ == "__main__":
    main()
