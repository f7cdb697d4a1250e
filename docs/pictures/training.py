"""Makes the pictures of docs/retraining.md: Train with a real training, on rendered tiles.

    python docs/pictures/training.py [--theme dark] [--steps 40] [--out FOLDER]

Drives the window offscreen in a fresh, temporary home: chooses rendered good tiles among which two defective
ones are planted, ranks the suspicious ones, measures the pace, trains a few steps from scratch in a real
process, pauses and resumes it, and saves what each page shows. So few steps make no good model.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Parses the command line and makes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--steps", type=int, default=40)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--tiles", type=int, default=40)
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--out", type=Path, default=HERE)
    arguments = parser.parse_args()
    with TemporaryDirectory() as home:
        os.environ |= {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        make(arguments, Path(home))


def render(folder: Path, count: int) -> None:
    """Writes good tiles of a new texture, with a pit on one and a crack on another."""
    from bsdrd.data.images import write_image
    from tilesight.line.demo import render_good_tiles, render_tiles

    folder.mkdir()
    for number, pixels in enumerate(render_good_tiles(4_011, count, texture="satin")):
        write_image(folder / f"tile {number:02d}.png", pixels)
    planted = render_tiles(4_012, 2, kinds=("blowhole", "crack"), texture="satin", severity=0.7)
    for number, tile in enumerate(planted):
        write_image(folder / f"tile {count + number:02d}.png", tile.pixels)


def make(arguments: argparse.Namespace, home: Path) -> None:
    """Drives the window and saves a picture of each page."""
    from PySide6.QtCore import QDeadlineTimer
    from PySide6.QtWidgets import QApplication

    from tilesight.command import Options
    from tilesight.line.settings import Folders, Settings
    from tilesight.line.training.job import Status
    from tilesight.ui.app import Program
    from tilesight.ui.i18n import Translation
    from tilesight.ui.train.workspace import SETTINGS, TILES, TrainWorkspace

    render(home / "new supplier", arguments.tiles)
    app = QApplication(sys.argv[:1])
    translation = Translation()
    translation.choose("en")
    options = Options("demo:belt?rate=0.2", None, None, str(home / "store"), "cpu", False, True)
    program = Program(app, options, Folders.usual(), Settings(theme=arguments.theme, tour_done=True))
    window = program.window
    window.resize(*(int(side) for side in arguments.size.split("x")))
    window.show()

    def wait(what: str, until: Callable[[], bool], seconds: float = 900.0) -> None:
        deadline = QDeadlineTimer(int(seconds * 1000))
        while not until():
            app.processEvents()
            if deadline.hasExpired():
                sys.exit(f"waited in vain: {what}")

    def settle(seconds: float = 2.0) -> None:
        deadline = QDeadlineTimer(int(seconds * 1000))
        while not deadline.hasExpired():
            app.processEvents()

    def save(name: str) -> None:
        settle()
        path = arguments.out / f"train-{name}-{arguments.theme}.png"
        window.grab().save(str(path))
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()

    window.open_workspace("train")
    train = window.workspaces["train"]
    assert isinstance(train, TrainWorkspace)
    model = train.model
    train.tiles.folders.set_folders([home / "new supplier"])
    train.tiles.look.click()
    wait("tiles", lambda: model.tiles is not None and not model.busy)
    save("tiles")
    panel = train.tiles.suspects
    panel.start.click()
    wait("suspects", lambda: panel.model.found is not None and not model.busy)
    settle()
    train.tiles.ensureWidgetVisible(panel.progress)
    save("suspects")
    panel.leave_out()
    panel.leave_out()
    train.show_step(SETTINGS)
    page = train.settings
    page.modes.button(1).setChecked(True)
    page.measure.click()
    wait("pace", lambda: "balanced" in page.pace.paces and not model.busy)
    page.quality.group.button(2).click()
    page.measure.click()
    wait("pace of best", lambda: "best" in page.pace.paces and not model.busy)
    page.quality.group.button(1).click()
    save("settings")
    page.steps.setValue(arguments.steps)
    page.every.setValue(arguments.every)
    page.start.click()
    wait("start", lambda: model.run is not None and not model.busy)
    run = model.run
    assert run is not None
    wait("checkpoints", lambda: len(run.state.samples) >= 2)
    save("running")
    train.training.pause.click()
    wait("pause", lambda: run.status is not Status.RUNNING)
    save("paused")
    if run.status is Status.PAUSED:
        train.training.resume.click()
    wait("end", lambda: run.status in (Status.FINISHED, Status.FAILED))
    save("finished")
    train.show_step(TILES)
    window.close_now()
    settle(5.0)


if __name__ == "__main__":
    main()
