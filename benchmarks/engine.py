"""What the line costs: throughput against the detector alone, memory over many tiles, opening a large folder.

    python benchmarks/engine.py --model MODEL [--threads 1] [--tiles 60] [--rounds 3]
                                [--memory-tiles 20000] [--folder-files 10000]

* throughput: the same rendered tiles, as PNG files, through the whole line (reading, finding, inferring,
  judging, storing durably) and through the detector alone (`maps` and `judge` on pixels in memory), by turns
  in one process. The ratio is what counts, because both share the machine's moment; processor time a tile
  is given too, because other programs disturb it less.
* memory: tiles of the demo line, as fast as they are judged, into a real store; resident memory after a
  tenth of them, and at the end.
* folder: seconds from a folder of many files to its first picture.

One JSON line for each part.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from bsdrd.data.images import Pixels, write_image
from bsdrd.detector import Detector, open_detector
from bsdrd.judge import Rule, judge
from tilesight.line.demo.scenes import DemoSettings, render_scene
from tilesight.line.engine import Engine
from tilesight.line.recipe import Recipe, Retention
from tilesight.line.sources import open_source
from tilesight.line.sources.files import FileSource
from tilesight.store.records import RecordStore


def main() -> None:
    """Runs the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1, help="of the detector; 0: every core")
    parser.add_argument(
        "--tiles", type=int, default=60, help="in each round of the throughput part; 0 skips it"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", choices=("all", "grey and ng", "none"), default="grey and ng")
    parser.add_argument("--memory-tiles", type=int, default=20_000, help="0 skips the memory part")
    parser.add_argument("--folder-files", type=int, default=10_000, help="0 skips the folder part")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tilesight-bench-") as place:
        folder = Path(place)
        if chosen.tiles:
            say("throughput", throughput(chosen, folder))
        if chosen.folder_files:
            say("folder", opening(chosen.folder_files, folder / "many"))
        if chosen.memory_tiles:
            say("memory", memory(chosen, folder / "memory"))


def say(part: str, found: dict[str, Any]) -> None:
    """One line for one part."""
    print(json.dumps({"part": part, **found}), flush=True)


def recipe_of(chosen: argparse.Namespace, source: str) -> Recipe:
    """Whole pictures with the chosen model."""
    keep = Retention(pictures=chosen.keep, maps=chosen.keep, cap_gb=1.0)
    name, model = "benchmark", str(chosen.model)
    return Recipe(name=name, model=model, source=source, device="cpu", threads=chosen.threads, retention=keep)


def throughput(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Tiles per second of the detector alone and of the line, by turns."""
    tiles = [rendered(number) for number in range(chosen.tiles)]
    for number, pixels in enumerate(tiles):
        write_image(folder / "tiles" / f"{number}.png", pixels)
    rates: dict[str, list[float]] = {"detector": [], "line": []}
    processor: dict[str, list[float]] = {"detector": [], "line": []}
    stages: dict[str, float] = {}
    with (
        open_detector(chosen.model, device="cpu", threads=chosen.threads) as detector,
        RecordStore.open(folder / "store") as store,
    ):
        recipe = recipe_of(chosen, str(folder / "tiles"))
        detector.warm_up(*tiles[0].shape[:2])
        # The line uses this very detector, so that both meet the same memory and the same threads.
        engine = Engine(store, open_detector=lambda recipe: detector)
        for _ in range(chosen.rounds):
            for name, seconds in (
                ("detector", lambda: alone(detector, tiles)),
                ("line", lambda: through_line(engine, recipe)),
            ):
                before = time.process_time()
                rates[name].append(chosen.tiles / seconds())
                processor[name].append(1000 * (time.process_time() - before) / chosen.tiles)
            stages = {one.stage: round(one.p50, 2) for one in engine.snapshot().latencies}
        assert engine.snapshot().counts.all_inspected
        engine.close()
    ratios = [line / own for line, own in zip(rates["line"], rates["detector"], strict=True)]
    return {
        "tiles": chosen.tiles,
        "shape": tiles[0].shape,
        "threads": chosen.threads,
        "keep": chosen.keep,
        "detector_per_s": [round(rate, 2) for rate in rates["detector"]],
        "line_per_s": [round(rate, 2) for rate in rates["line"]],
        "ratio_median": round(statistics.median(ratios), 3),
        "detector_cpu_ms": round(statistics.median(processor["detector"]), 1),
        "line_cpu_ms": round(statistics.median(processor["line"]), 1),
        "cpu_ratio": round(
            statistics.median(processor["detector"]) / statistics.median(processor["line"]), 3
        ),
        "p50_ms": stages,
    }


def rendered(number: int) -> Pixels:
    """A cut tile of the demo line."""
    return render_scene(DemoSettings(view="tiles", seed=5), number).pixels


def alone(detector: Detector, tiles: list[Pixels]) -> float:
    """Seconds for maps and judgement of tiles that are in memory."""
    rule = Rule(detector.info.thresholds)
    began = time.perf_counter()
    for pixels in tiles:
        raw = detector.maps(pixels)
        judge(raw.maps, rule, raw.features)
    return time.perf_counter() - began


def through_line(engine: Engine, recipe: Recipe) -> float:
    """Seconds from the start to the last acknowledged record."""
    source = open_source(recipe.source)
    began = time.perf_counter()
    engine.start(source, recipe).result()
    engine.wait_until_done()
    return time.perf_counter() - began


def opening(files: int, folder: Path) -> dict[str, Any]:
    """Seconds to list a folder and to read its first picture."""
    pixels = rendered(0)
    write_image(folder / "tile0.png", pixels)
    data = (folder / "tile0.png").read_bytes()
    for number in range(1, files):
        (folder / f"lot {number % 20}").mkdir(exist_ok=True)
        (folder / f"lot {number % 20}" / f"tile{number}.png").write_bytes(data)
    source = FileSource([folder])
    began = time.perf_counter()
    source.open()
    listed = time.perf_counter() - began
    source.read(1.0)
    first = time.perf_counter() - began
    assert source.info.count == files
    return {"files": files, "listed_s": round(listed, 3), "first_picture_s": round(first, 3)}


def memory(chosen: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Resident memory over many tiles of the demo line."""
    process = psutil.Process()
    source = f"demo:tiles?rate=0&count={chosen.memory_tiles}&seed=3"
    recipe = recipe_of(chosen, source)
    samples: list[tuple[int, float]] = []
    began = time.perf_counter()
    with RecordStore.open(folder) as store:
        engine = Engine(store)
        engine.start(open_source(source), recipe).result()
        while not engine.wait_until_done(0.5):
            samples.append((engine.snapshot().counts.saved, process.memory_info().rss / 2**20))
        counts = engine.snapshot().counts
        engine.close()
    settled = [size for saved, size in samples if saved >= chosen.memory_tiles * 0.1]
    tenth = max(1, len(settled) // 9)
    early, late = float(np.median(settled[:tenth])), float(np.median(settled[-tenth:]))
    return {
        "tiles": counts.saved,
        "seconds": round(time.perf_counter() - began, 1),
        "mib_after_a_tenth": round(early, 1),
        "mib_at_the_end": round(late, 1),
        "mib_largest": round(max(settled), 1),
        "growth_percent": round(100 * (late / early - 1), 2),
        "mib_by_tiles": dict(
            sorted({saved // 1000 * 1000: round(size, 1) for saved, size in samples}.items())
        ),
    }


if __name__ == "__main__":
    main()
