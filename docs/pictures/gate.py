"""Makes the pictures of "The gate" in docs/retraining.md: Train with two models, on rendered tiles.

    python docs/pictures/gate.py [--theme dark] [--tiles 30] [--out FOLDER]

Drives the window offscreen in a fresh, temporary home: renders a labelled data set, freezes it, compares the
shipped model with a copy that has lower thresholds, lets that judge beside the running demo line, promotes it
and goes back, and saves what each page shows. With --only-thresholds the tiles are of a kind that the shipped
model does not know, the copy has higher thresholds and is blocked, and what is saved is the way out.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Parses the command line and makes the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.add_argument("--tiles", type=int, default=30)
    parser.add_argument("--rate", type=float, default=0.5)
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--only-thresholds", action="store_true", help="only the choice of thresholds")
    parser.add_argument("--out", type=Path, default=HERE)
    arguments = parser.parse_args()
    with TemporaryDirectory() as home:
        os.environ |= {"HOME": home, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "XDG_STATE_HOME": home}
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        make(arguments, Path(home))


def render(folder: Path, count: int, texture: str) -> None:
    """Writes a labelled data set: two thirds good tiles, the rest with one of three defects."""
    from bsdrd.data.images import write_image
    from tilesight.line.demo import render_good_tiles, render_tiles

    kinds = ("blowhole", "crack", "break")
    for name in ("good", *kinds):
        (folder / "test" / name).mkdir(parents=True)
    (folder / "train" / "good").mkdir(parents=True)
    good = render_good_tiles(71, 1 + 2 * count // 3, texture=texture)
    write_image(folder / "train" / "good" / "tile.png", good[0])
    for number, pixels in enumerate(good[1:]):
        write_image(folder / "test" / "good" / f"good {number:02d}.png", pixels)
    for kind in kinds:
        drawn = render_tiles(72, max(count // 9, 1), kinds=(kind,), severity=0.6, texture=texture)
        for number, tile in enumerate(drawn):
            write_image(folder / "test" / kind / f"{kind} {number:02d}.png", tile.pixels)


def candidate(file: Path, t1: float, t2: float) -> None:
    """Writes the shipped model with other thresholds (times its own), as another model."""
    from bsdrd.bundle import read_bundle, with_calibration, write_bundle
    from bsdrd.result import Thresholds
    from tilesight.line.models import model_path

    base = read_bundle(model_path("starter"))
    low, high = base.thresholds.low, base.thresholds.high
    made = with_calibration(base, Thresholds(t1 * low, t2 * high), {})
    write_bundle(file, replace(made, name=file.stem, parent_sha256=base.sha256))


def make(arguments: argparse.Namespace, home: Path) -> None:
    """Drives the window and saves a picture of each page."""
    from PySide6.QtCore import QDeadlineTimer, QThread
    from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea

    from tilesight.command import Options
    from tilesight.line.settings import Folders, Settings
    from tilesight.ui.app import Program
    from tilesight.ui.i18n import Translation
    from tilesight.ui.train.workspace import COMPARE, MODELS, RELEASE, SHADOW, TrainWorkspace

    name, factors, texture = "Spring light", (0.55, 0.75), "standard"
    if arguments.only_thresholds:
        name, factors, texture = "New supplier", (1.6, 2.0), "crosshatch"
    render(home / "labelled", arguments.tiles, texture)
    candidate(home / f"{name}.bsdrd", *factors)
    app = QApplication(sys.argv[:1])
    translation = Translation()
    translation.choose("en")
    source = f"demo:tiles?rate={arguments.rate}&seed=31"
    options = Options(source, None, None, str(home / "store"), "cpu", False, True)
    settings = Settings(theme=arguments.theme, tour_done=True, operator="Ada")
    program = Program(app, options, Folders.usual(), settings)
    window, context = program.window, program.context
    window.resize(*(int(side) for side in arguments.size.split("x")))
    window.show()

    def wait(seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        deadline = QDeadlineTimer(int(seconds * 1000))
        while not deadline.hasExpired() and not until():
            app.processEvents()
            QThread.msleep(20)

    def save(name: str, page: QScrollArea | None = None) -> None:
        wait(1.0)
        if page is not None:
            page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
            wait(0.5)
        path = arguments.out / f"train-{name}-{arguments.theme}.png"
        window.grab().save(str(path))
        sys.stdout.write(f"{path}\n")
        sys.stdout.flush()

    recipe = context.recipe
    assert recipe is not None
    context.set_recipe(recipe.changed(t1=None, t2=None))
    program.session.start()
    window.open_workspace("train")
    train = window.workspaces["train"]
    assert isinstance(train, TrainWorkspace)
    train.gate.add_model(home / f"{name}.bsdrd", "Fewer defects missed in the new light")
    wait(60.0, lambda: train.compare.candidate.count() > 0)
    train.show_step(COMPARE)
    builder = train.compare.builder
    builder.folders.set_folders([home / "labelled"])
    builder.look.click()
    wait(60.0, builder.freeze.isVisible)
    builder.name.setText("Rendered, spring")
    save("set")
    builder.freeze.click()
    wait(60.0, train.compare.start.isEnabled)
    train.compare.start.click()
    wait(600.0, lambda: train.gate.comparison is not None)
    if arguments.only_thresholds:
        save("compare-blocked")
        train.show_step(RELEASE)
        train.release.reason.setText("Fewer false alarms on the tiles of the new supplier")
        save("blocked")
        train.release.thresholds.choice.findChildren(QPushButton)[1].click()
        save("thresholds")
        window.close_now()
        wait(5.0)
        return
    save("compare")
    train.compare.result.changes.setCurrentRow(0)
    wait(90.0, lambda: not train.compare.result.pair.pictures[2].pixmap().isNull())
    save("changes", train.compare)
    train.show_step(SHADOW)
    train.shadow.start.click()
    wait(180.0, lambda: train.shadow.changes.count() > 2)
    train.shadow.changes.setCurrentRow(0)
    wait(30.0, lambda: not train.shadow.pair.pictures[2].pixmap().isNull())
    save("shadow")
    train.show_step(RELEASE)
    train.release.reason.setText("Finds the faint cracks of the new supplier")
    save("release")
    train.release.promote.click()
    wait(120.0, lambda: train.release.back.isVisible() and not train.gate.swapping)
    train.show_step(MODELS)
    save("models")
    train.show_step(RELEASE)
    train.release.back_reason.setText("End of the trial")
    train.release.roll_back.click()
    wait(120.0, lambda: not train.release.back.isVisible() and not train.gate.swapping)
    save("back")
    window.close_now()
    wait(5.0)


if __name__ == "__main__":
    main()
