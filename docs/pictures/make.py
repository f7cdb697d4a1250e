"""Makes the pictures of the documentation: the real program on its own rendered tiles.

    python docs/pictures/make.py [--theme dark] [--seconds 20] [names ...]

Runs the window offscreen in a fresh, temporary home, lets the demo line fill a store, opens one workspace
after the other and saves what they show beside this file.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
SOURCE = "demo:belt?rate=2.5&seed=31"
WORKSPACES = {"run": "run", "review": "review", "tune": "tune", "train": "train", "records": "records"}


def main() -> None:
    """Parses the command line and makes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", default=list(WORKSPACES))
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--out", type=Path, default=HERE)
    arguments = parser.parse_args()
    with TemporaryDirectory() as home:
        os.environ |= {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        make(arguments, Path(home))


def make(arguments: argparse.Namespace, home: Path) -> None:
    """Runs the program and saves a picture of each workspace."""
    from PySide6.QtCore import QDeadlineTimer
    from PySide6.QtWidgets import QApplication

    from tilesight.command import Options
    from tilesight.line.settings import Folders, Settings
    from tilesight.ui.app import Program
    from tilesight.ui.i18n import Translation

    app = QApplication(sys.argv[:1])
    english = Translation()
    english.choose("en")  # for its plurals
    options = Options(SOURCE, None, None, str(home / "store"), "cpu", False, True)
    program = Program(app, options, Folders.usual(), Settings(theme=arguments.theme, tour_done=True))
    window = program.window
    window.resize(*(int(side) for side in arguments.size.split("x")))
    window.show()
    program.session.start()

    def wait(seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        deadline = QDeadlineTimer(int(seconds * 1000))
        while not deadline.hasExpired() and not until():
            app.processEvents()

    wait(60.0, lambda: program.engine.snapshot().counts.total > 0)
    wait(arguments.seconds)
    for name in arguments.names:
        window.open_workspace(WORKSPACES[name])
        wait(4.0)
        if name == "run":  # a tile with something to show, before the next one comes
            rejected = program.engine.snapshot().counts.ng
            wait(60.0, lambda rejected=rejected: program.engine.snapshot().counts.ng > rejected)
            wait(0.2)
        path = arguments.out / f"{name}-{arguments.theme}.png"
        window.grab().save(str(path))
        sys.stdout.write(f"{path}\n")
    window.close_now()
    wait(5.0)


if __name__ == "__main__":
    main()
