"""Makes the starter model that ships in `resources/`.

    python benchmarks/starter.py ../shared/data/mt --out resources/starter.bsdrd

It trains on the train split of the magnetic tile images (405 good pictures) and on rendered good tiles, half
of them as tile finding cuts them from a rendered belt, so that the demo line is home ground too. Their seeds
are not the demo line's. The calibration split and other rendered tiles are held out.
"""

from __future__ import annotations

import argparse
import csv
import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bsdrd.data.images import write_image
from bsdrd.data.layouts import load_dataset
from bsdrd.detector import open_detector
from bsdrd.training import preset, train
from bsdrd.training.events import Finished, HeldOut, Step
from bsdrd.training.loop import Job
from bsdrd.training.machine import keep_freed_memory
from tilesight.line.demo import render_good_tiles
from tilesight.line.demo.scenes import DemoSettings, render_scene, truth_of_tile
from tilesight.line.tile_finding import Automatic, find_tiles

SEED = 70_001


def render(folder: Path, count: int, held_out: int) -> list[dict[str, str]]:
    """Renders good tiles into a folder and returns their manifest rows."""
    rows: list[dict[str, str]] = []
    tiles = list(render_good_tiles(SEED, (count + held_out) // 2))
    settings = DemoSettings(seed=SEED + 1, defects=0.0)
    number = 0
    while len(tiles) < count + held_out:
        tiles += [found.pixels for found in find_tiles(render_scene(settings, number).pixels, Automatic())]
        number += 1
    for index, pixels in enumerate(tiles[: count + held_out]):
        path = folder / f"rendered_{index:04d}.png"
        write_image(path, pixels)
        # Every sixth is held out, so that both kinds are.
        split = "calibration" if index % ((count + held_out) // held_out) == 0 else "train"
        rows.append({"file": path.name, "class": "good", "group": f"rendered {index}", "split": split})
    return rows


def demo_thresholds(model: Path, count: int = 400) -> None:
    """Prints where good and defective tiles of a demo line lie that is not the default one."""
    scores: dict[bool, list[float]] = {True: [], False: []}
    settings = DemoSettings(seed=SEED + 2)
    with open_detector(model) as detector:
        for number in range(count):
            scene = render_scene(settings, number)
            found = find_tiles(scene.pixels, Automatic())
            for index, tile in enumerate(found):
                good = truth_of_tile(scene.truth, index, len(found)) == "good"
                scores[good].append(detector.inspect(tile.pixels).score)
    for good, shares in ((True, (0.5, 0.95, 0.97, 0.99)), (False, (0.01, 0.05, 0.1, 0.5))):
        points = ", ".join(
            f"{q:.0%}: {v:.2f}" for q, v in zip(shares, np.quantile(scores[good], shares), strict=True)
        )
        print(f"{'good' if good else 'defective'} ({len(scores[good])} tiles): {points}")


def main() -> None:
    """Parses the command line, renders, trains and writes the model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--rendered", type=int, default=150)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--checkpoint", type=Path, default=Path("runs/starter.checkpoint"))
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--thresholds", action="store_true", help="only score demo tiles with --out")
    arguments = parser.parse_args()
    if arguments.thresholds:
        demo_thresholds(arguments.out)
        return
    keep_freed_memory()
    with TemporaryDirectory() as name:
        folder = Path(name)
        rows = render(folder, arguments.rendered, arguments.rendered // 5)
        for tile in load_dataset(arguments.data).tiles:
            if tile.is_good and tile.split in ("train", "calibration"):
                file = os.path.relpath(tile.path.resolve(), folder)
                rows.append(
                    {"file": file, "class": "good", "group": f"real {tile.group}", "split": tile.split}
                )
        manifest = folder / "manifest.csv"
        with manifest.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["file", "class", "group", "split"])
            writer.writeheader()
            writer.writerows(rows)
        settings = preset("balanced", steps=arguments.steps, threads=arguments.threads)
        job = Job(arguments.out, "Starter", arguments.checkpoint, resume=arguments.resume)
        began = time.perf_counter()
        for event in train(load_dataset(manifest), settings, job):
            if isinstance(event, HeldOut | Finished) or (isinstance(event, Step) and event.step % 20 == 0):
                print(f"{time.perf_counter() - began:7.0f} s  {event}", flush=True)


if __name__ == "__main__":
    main()
