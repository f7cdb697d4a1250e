"""What the window costs: frames a second of the live view, answers while dragging, start to first verdict.

    python benchmarks/viewer.py [--side 1024] [--seconds 3] [--starts 3]

* live: new tiles with overlay and outlines, one after the other, painted in a canvas of the tile's size and
  in a window of 1920 x 1080 with everything around it (verdict, regions, counters, film strip).
* look: a threshold or the opacity moves, so that only the colour table changes; zooming at the cursor.
* start: `python -m tilesight` with new settings and an empty store, from the start of the process to the
  first verdict on screen (the log says when), without a window manager. Given by clock and by processor time.

Qt paints offscreen, in memory, as it does before the window system takes the picture. One JSON line each.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import psutil
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from bsdrd.detector import open_detector
from bsdrd.result import Thresholds, Verdict
from tilesight.line.demo import DEFECTS, render_tiles
from tilesight.line.models import model_path
from tilesight.line.news import EngineSnapshot, TileBrief
from tilesight.line.recipe import STARTER
from tilesight.line.recipe_book import RecipeBook
from tilesight.line.settings import Settings
from tilesight.ui.context import AppContext
from tilesight.ui.main_window import MainWindow
from tilesight.ui.models.line import ShownTile
from tilesight.ui.session import Session
from tilesight.ui.theme import Appearance, Theme
from tilesight.ui.viewer import TileCanvas, ViewerModel, ViewTile


def main() -> None:
    """Runs the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--side", type=int, default=1024, help="of the tiles, in pixels")
    parser.add_argument("--seconds", type=float, default=3.0, help="for each number of the views")
    parser.add_argument("--starts", type=int, default=3, help="0 skips the start")
    chosen = parser.parse_args()
    app = QApplication(sys.argv[:1])
    theme = Theme(app, Appearance.DARK)
    tiles = judged_tiles(chosen.side)
    say("tiles", {"side": chosen.side, "regions": [len(tile.regions) for tile in tiles]})
    say("live", canvas_rates(theme, tiles, chosen.seconds) | window_rate(theme, tiles, chosen.seconds))
    say("look", look_rates(theme, tiles[0], chosen.seconds))
    if chosen.starts:
        say("start", starts(chosen.starts))


def say(part: str, numbers: dict[str, Any]) -> None:
    """One JSON line."""
    print(json.dumps({"part": part} | numbers), flush=True)


def judged_tiles(side: int, count: int = 8) -> list[ViewTile]:
    """Rendered defects, judged by the model that ships with the program."""
    found: list[ViewTile] = []
    with open_detector(model_path(STARTER)) as detector:
        thresholds = detector.info.thresholds
        for at, made in enumerate(render_tiles(5, count, kinds=DEFECTS, size=(side, side), severity=1.0)):
            seen = detector.inspect(made.pixels)
            found.append(
                ViewTile(
                    at,
                    made.pixels,
                    f"tile {at}",
                    seen.maps,
                    seen.regions,
                    thresholds,
                    score=seen.score,
                    verdict=seen.verdict,
                    mm_per_px=0.05,
                )
            )
    return found


def rate(work: Callable[[int], None], seconds: float) -> dict[str, float]:
    """How often a second `work` can be done, and how long it takes."""
    for at in range(5):
        work(at)
    times: list[float] = []
    computing = time.process_time()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 10:
        began = time.perf_counter()
        work(len(times))
        times.append(time.perf_counter() - began)
    computing = time.process_time() - computing
    return {
        "per_second": round(len(times) / sum(times), 1),
        "p50_ms": round(1000 * statistics.median(times), 2),
        "p95_ms": round(1000 * float(np.percentile(times, 95)), 2),
        "processor_ms": round(1000 * computing / len(times), 2),
    }


def canvas_of(theme: Theme, side: int) -> tuple[TileCanvas, ViewerModel]:
    """A canvas of the tile's size."""
    model = ViewerModel()
    canvas = TileCanvas(model, theme)
    canvas.resize(side, side)
    canvas.show()
    QApplication.processEvents()
    return canvas, model


def canvas_rates(theme: Theme, tiles: list[ViewTile], seconds: float) -> dict[str, Any]:
    """New tiles in a canvas alone."""
    canvas, model = canvas_of(theme, tiles[0].width)
    found: dict[str, Any] = {}

    def show(at: int) -> None:
        model.set_tile(tiles[at % len(tiles)])
        canvas.repaint()

    for name in ("fused", "struct"):
        model.set_map(name)
        found[f"canvas_{name}"] = rate(show, seconds)
    model.set_overlay(False)
    found["canvas_without_overlay"] = rate(show, seconds)
    canvas.close()
    return found


def window_rate(theme: Theme, tiles: list[ViewTile], seconds: float) -> dict[str, Any]:
    """New tiles in the whole window, as the bridge brings them."""
    from datetime import UTC, datetime

    with tempfile.TemporaryDirectory(prefix="tilesight-bench-") as folder:
        context = AppContext(theme)
        context.set_settings(Settings(tour_done=True))
        context.set_recipes(RecipeBook(Path(folder)))
        session = Session(context)
        window = MainWindow(context)
        window.resize(1920, 1080)
        window.show()
        thumb = np.full((96, 96), 120, np.uint8)
        line = session.line

        def show(at: int) -> None:
            view = tiles[at % len(tiles)]
            now = datetime.now(UTC)
            line.set_snapshot(EngineSnapshot(rate=float(at), newest=at))
            line.add_briefs([TileBrief(at, view.name, Verdict.NG, view.score, thumb, now)])
            line.show_live(
                ShownTile(
                    at, view.name, Verdict.NG, now, view, view.score, view.thresholds, milliseconds=60.0
                )
            )
            QApplication.processEvents()

        found = rate(show, seconds)
        window.close_now()
        session.close()
        context.close()
    return {"window_1920x1080": found}


def look_rates(theme: Theme, tile: ViewTile, seconds: float) -> dict[str, Any]:
    """What answers a hand."""
    canvas, model = canvas_of(theme, tile.width)
    model.set_tile(tile)

    def threshold(at: int) -> None:
        model.set_thresholds(Thresholds(3.0 + (at % 20) * 0.1, 6.5))
        canvas.repaint()

    def opacity(at: int) -> None:
        model.set_opacity(0.2 + (at % 8) * 0.1)
        canvas.repaint()

    def zoom(at: int) -> None:
        model.zoom_by(1.25 if at % 12 < 6 else 0.8, QPointF(300, 200))
        canvas.repaint()

    found = {
        "threshold": rate(threshold, seconds),
        "opacity": rate(opacity, seconds),
        "zoom": rate(zoom, seconds),
    }
    canvas.close()
    return found


def starts(count: int) -> dict[str, Any]:
    """From the start of the process to the first verdict on screen, each time as the first start ever."""
    clock: list[float] = []
    computing: list[float] = []
    for _ in range(count):
        with tempfile.TemporaryDirectory(prefix="tilesight-bench-") as folder:
            seconds, processor = one_start(Path(folder))
            clock.append(round(seconds, 2))
            computing.append(round(processor, 2))
    return {"seconds": clock, "best_s": min(clock), "processor_s": computing}


def one_start(home: Path) -> tuple[float, float]:
    """Seconds to the first verdict, and processor seconds of all threads until then."""
    environment = dict(os.environ)
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        environment[f"XDG_{name}_HOME"] = str(home / name.lower())
    began = time.perf_counter()
    program = subprocess.Popen([sys.executable, "-m", "tilesight", "--source", "demo"], env=environment)
    try:
        process = psutil.Process(program.pid)
        while not any(
            "first verdict on screen" in log.read_text(errors="replace")
            for log in home.glob("**/tilesight.log")
        ):
            if program.poll() is not None:
                raise RuntimeError(f"the program ended with {program.returncode}")
            time.sleep(0.01)
        seconds = time.perf_counter() - began
        times = process.cpu_times()
        return seconds, times.user + times.system
    finally:
        program.terminate()
        program.wait(20)


if __name__ == "__main__":
    main()
