"""Where the files lie that are shipped with the window: icons, style sheet, fonts, translations."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def resources_root() -> Path:
    """The folder `resources`: inside the package when installed, beside `app/` in a checkout.

    Raises:
        FileNotFoundError: If neither is there; the program is then incomplete.
    """
    package = Path(__file__).resolve().parents[1]
    bundled = Path(getattr(sys, "_MEIPASS", package)) / "tilesight" / "resources"
    for root in (package / "resources", bundled, package.parents[1] / "resources"):
        if (root / "theme").is_dir():
            return root
    raise FileNotFoundError(f"Tilesight's resources are missing beside {package}: install it again")


def resource(*parts: str) -> Path:
    """Path of a shipped file, for instance `resource("icons", "run.svg")`; it need not exist."""
    return resources_root().joinpath(*parts)
