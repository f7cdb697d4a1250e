"""How long the demo line takes: rendering tiles and belts, finding tiles. Prints a table.

Run from the repository: `python benchmarks/demo.py`. Times are CPU time of one thread (median of many), and
the last column compares with the time that the line has for one tile at the demo line's own rate.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np

from tilesight.line.demo import KINDS, TEXTURES, render_tile
from tilesight.line.demo.scenes import DemoSettings, render_scene
from tilesight.line.tile_finding import Automatic, find_tiles

REPEATS = 40


def milliseconds(work: Callable[[int], object]) -> float:
    """Median CPU time of `work(k)` in milliseconds."""
    work(0)
    times: list[float] = []
    for number in range(REPEATS):
        began = time.process_time()
        work(number)
        times.append(time.process_time() - began)
    return 1000 * float(np.median(times))


def main() -> None:
    """Measures and prints."""
    cv2.setNumThreads(1)
    rows: list[tuple[str, float]] = []
    for kind in KINDS:
        rows.append(
            (
                f"tile 256 x 320, {kind}",
                milliseconds(
                    lambda k, kind=kind: render_tile(
                        np.random.default_rng(k), kind=kind, height=256, width=320
                    )
                ),
            )
        )
    for name in TEXTURES:
        rows.append(
            (
                f"tile 256 x 320, texture {name}",
                milliseconds(
                    lambda k, name=name: render_tile(
                        np.random.default_rng(k), height=256, width=320, texture=name
                    )
                ),
            )
        )
    settings = DemoSettings()
    scenes = [render_scene(settings, number) for number in range(REPEATS)]
    rows.append(("belt picture 1024 x 1024", milliseconds(lambda k: render_scene(settings, k))))
    rows.append(("finding tiles in it", milliseconds(lambda k: find_tiles(scenes[k].pixels, Automatic()))))
    room = 1000 / settings.rate
    print(f"{'what':32} {'ms':>8} {'of the time for one tile':>26}")
    for what, took in rows:
        print(f"{what:32} {took:8.2f} {100 * took / room:25.1f}%")


if __name__ == "__main__":
    main()
