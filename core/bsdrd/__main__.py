"""`python -m bsdrd` is the `bsdrd` command."""

from bsdrd.cli import main

if __name__ == "__main__":
    main()
