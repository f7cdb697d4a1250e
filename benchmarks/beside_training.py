"""What a training costs the line, and the line the training: latency of inspections alone and beside it.

    python benchmarks/beside_training.py [--rate 2.5] [--seconds 25] [--rounds 3] [--threads 1]

A steady source shows the same rendered tiles to the real engine, the starter model and a real store. A real
training of the program (warm start, `--threads`) runs beside it all the time, in rounds of four phases:

* "alone": the training is suspended throughout;
* "priority only": it runs with low priority, and does not give way;
* "giving way": it runs as in the program, suspended while a tile is inspected;
* "training alone": the line has no tiles.

The phases of a round follow one another, so that what else the machine does falls on all alike. Latency is
what passes from the frame's arrival to its verdict: waiting, finding the tile, inferring, judging. Prints one
JSON line: latencies in milliseconds, their 99th percentile against that of "alone", and the training's steps
a second. `--rate 0` shows tiles as fast as they are inspected; then waiting is left out, because frames
always wait.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from bsdrd.data.images import write_image
from tilesight.line.demo import render_good_tiles, render_tiles
from tilesight.line.engine import Engine, EngineOptions, EngineState, InspectedTile
from tilesight.line.frames import Frame, FrameInfo
from tilesight.line.give_way import GiveWay
from tilesight.line.models import model_path
from tilesight.line.recipe import Recipe
from tilesight.line.sources.base import EndOfSource, Overflow, SourceInfo
from tilesight.line.training.child import TrainingRun
from tilesight.line.training.choosing import TileChoice, gather
from tilesight.line.training.job import JobBook, JobSettings
from tilesight.store.records import RecordStore

PHASES = ("alone", "priority only", "giving way", "training alone")
#: The first steps wait for memory and compiled kernels.
_WARM_STEPS = 4
_TILES = 25
STAGES = ("queue", "prepare", "infer", "judge")


def main() -> None:
    """Parses the command line and prints what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=2.5, help="tiles a second; 0: as fast as possible")
    parser.add_argument("--seconds", type=float, default=25.0, help="of one phase")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of the training")
    parser.add_argument("--phases", nargs="+", choices=PHASES, default=PHASES)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        print(json.dumps(measure(arguments, Path(folder))))


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Runs line and training and measures."""
    pictures = [tile.pixels for tile in render_tiles(7, _TILES)]
    give_way, source = GiveWay(), SteadySource(pictures, arguments.rate)
    with RecordStore.open(folder / "store") as store:
        run = _training(folder, store, arguments.threads)
        engine = Engine(store, options=EngineOptions(stale_s=60.0), give_way=give_way)
        try:
            process = psutil.Process(run.folder.state().pid)
            engine.start(source, Recipe(name="Line", model=str(model_path("starter")))).result()
            source.flowing.set()
            _wait_for(run, engine)
            found = _rounds(arguments, engine, source, run, process, give_way)
        finally:
            give_way.close()
            run.cancel()
            source.close()
            counts = engine.stop().result().counts
            engine.close()
            while run.poll() or run.running:
                time.sleep(0.05)
    return {**found, "dropped": counts.dropped, "load": os.getloadavg(), "cores": os.cpu_count()}


class SteadySource:
    """Shows pictures again and again at a steady rate, while `flowing` is set.

    Args:
        pictures: Grey.
        rate: Pictures a second; 0 for as fast as they are taken.
    """

    def __init__(self, pictures: list[NDArray[np.uint8]], rate: float) -> None:
        self.flowing = threading.Event()
        self._pictures, self._rate = pictures, rate
        self._closed = False
        self._number, self._due = 0, 0.0

    @property
    def info(self) -> SourceInfo:
        """A camera, or at rate 0 something that waits."""
        overflow = Overflow.DROP_OLDEST if self._rate else Overflow.WAIT
        return SourceInfo("camera", "steady", finite=False, live=bool(self._rate), overflow=overflow)

    @property
    def controls(self) -> None:
        """Nothing can be set."""
        return

    def open(self) -> None:
        """Nothing to do."""

    def read(self, timeout_s: float) -> Frame | None:
        """The next picture once it is due."""
        if self._closed:
            raise EndOfSource
        if not self.flowing.wait(timeout_s):
            return None
        now = time.perf_counter()
        if self._due > now:
            time.sleep(min(timeout_s, self._due - now))
            if self._due - now > timeout_s:
                return None
        self._due = max(self._due, now) + (1 / self._rate if self._rate else 0.0)
        number, self._number = self._number, self._number + 1
        name = f"tile {number % len(self._pictures)}"
        return Frame(
            FrameInfo(frame_id=number, source="steady", name=name),
            self._pictures[number % len(self._pictures)],
        )

    def close(self) -> None:
        """Ends it."""
        self._closed = True


def _training(folder: Path, store: RecordStore, threads: int) -> TrainingRun:
    """A warm start that does not end by itself."""
    for number, pixels in enumerate(render_good_tiles(8, 60, texture="crosshatch")):
        write_image(folder / "good" / f"tile{number:03d}.png", pixels)
    settings = JobSettings(mode="warm", threads=threads, steps=100_000, every=100_000)
    tiles = gather(None, TileChoice(None, (folder / "good",)))
    job = JobBook(store.folder).create(tiles, settings, name="beside", parent=model_path("starter"))
    run = TrainingRun(job)  # without `give_way`: the phases add the process to it
    run.start()
    return run


def _wait_for(run: TrainingRun, engine: Engine) -> None:
    """Until both are warm: the first tile of each size is slow."""
    while run.state.done < _WARM_STEPS or engine.snapshot().counts.saved < _TILES:
        run.poll()
        now = engine.snapshot()
        if not run.running or now.state is EngineState.FAULT:
            raise SystemExit(f"training: {run.status} {run.state.failure}; line: {now.state} {now.reason}")
        time.sleep(0.05)


def _rounds(
    arguments: argparse.Namespace,
    engine: Engine,
    source: SteadySource,
    run: TrainingRun,
    process: psutil.Process,
    give_way: GiveWay,
) -> dict[str, Any]:
    waits: dict[str, list[dict[str, float]]] = {phase: [] for phase in arguments.phases}
    stages = STAGES if arguments.rate else STAGES[1:]
    steps: dict[str, list[float]] = {phase: [] for phase in arguments.phases}
    held: list[float] = []
    for _ in range(arguments.rounds):
        for phase in arguments.phases:
            (source.flowing.clear if phase == "training alone" else source.flowing.set)()
            (process.suspend if phase == "alone" else process.resume)()
            if phase == "giving way":
                give_way.add(process)
            time.sleep(1.0)  # what was under way belongs to the phase before

            def note(tile: InspectedTile, phase: str = phase) -> None:
                waits[phase].append({stage: tile.timings_ms[stage] for stage in stages})

            tap = engine.add_tap(note, "timer", 1000)
            run.poll()
            before, began = run.state.done, time.perf_counter()
            time.sleep(arguments.seconds)
            run.poll()
            steps[phase].append((run.state.done - before) / (time.perf_counter() - began))
            engine.remove_tap(tap)
            if phase == "giving way":
                held.append(give_way.held_share)
                give_way.remove(process.pid)
    process.resume()
    spread = {phase: _spread(values) for phase, values in waits.items() if values}
    pace = {phase: float(np.mean(values)) for phase, values in steps.items()}
    against = {}
    if "alone" in spread:
        alone = spread["alone"]["p99"]
        against["p99 against alone"] = {phase: round(one["p99"] / alone, 3) for phase, one in spread.items()}
    if pace.get("training alone"):
        whole = pace["training alone"]
        against["training's share of its speed"] = {
            phase: round(one / whole, 3) for phase, one in pace.items()
        }
    return {
        "rate": arguments.rate,
        "training threads": arguments.threads,
        "latency_ms": spread,
        **against,
        "steps a second": {phase: round(value, 3) for phase, value in pace.items()},
        "held share": round(float(np.mean(held)), 3) if held else None,
    }


def _spread(tiles: list[dict[str, float]]) -> dict[str, Any]:
    p50, p95, p99 = np.percentile([sum(tile.values()) for tile in tiles], [50, 95, 99]).round(1).tolist()
    halves = {stage: round(float(np.median([tile[stage] for tile in tiles])), 1) for stage in tiles[0]}
    return {"p50": p50, "p95": p95, "p99": p99, "tiles": len(tiles), "p50 of stages": halves}


if __name__ == "__main__":
    main()
