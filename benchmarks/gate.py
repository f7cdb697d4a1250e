"""How long a promotion and a rollback take on a running line, and what shadow mode costs it.

    python benchmarks/gate.py [--rate 2] [--tiles 40] [--rounds 3] [--model resources/starter.bsdrd]

The demo line delivers rendered tiles at a steady rate to the real engine, model and store. Rounds with and
without a shadow model follow one another in one run, so that what else the machine does falls on both. The
swap times count from the order to the first record of the other model. Prints one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil

from bsdrd.bundle import read_bundle, with_calibration, write_bundle
from bsdrd.result import Thresholds
from tilesight.line.engine import Engine
from tilesight.line.models import model_path
from tilesight.line.observers import Tap
from tilesight.line.recipe import Recipe
from tilesight.line.shadow import Shadow
from tilesight.line.shadow_terms import Limits, ShadowTerms
from tilesight.line.sources import open_source
from tilesight.line.training.releasing import Who, add_candidate, live_model, roll_back
from tilesight.store.records import RecordStore

ME = Who("benchmark")


def main() -> None:
    """Parses the command line and prints what was measured."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rate", type=float, default=2.0, help="tiles a second")
    parser.add_argument("--tiles", type=int, default=40, help="tiles of one round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each kind")
    parser.add_argument("--swaps", type=int, default=3, help="promotions and rollbacks")
    parser.add_argument("--model", type=Path, default=None)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        print(json.dumps(measure(arguments, Path(folder))))


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Runs the line and measures."""
    live = arguments.model or model_path("starter")
    base = read_bundle(live)
    other = folder / "candidate.bsdrd"
    calibrated = with_calibration(base, Thresholds(base.thresholds.low, base.thresholds.high + 1), {})
    write_bundle(other, replace(calibrated, name="candidate"))
    with RecordStore.open(folder / "store") as store:
        engine = Engine(store)
        recipe = Recipe(name="Line 1", model=str(live), source=f"demo:tiles?rate={arguments.rate}&seed=3")
        live_model(store, recipe, ME)
        candidate = add_candidate(store, other, ME)
        engine.start(open_source(recipe.source), recipe).result()
        shadow = Shadow(engine, store)
        waits: dict[str, list[float]] = {"alone": [], "beside a shadow": []}

        def note(kind: str) -> Tap:
            return engine.add_tap(lambda tile: waits[kind].append(_latency(tile.timings_ms)), "timer", 100)

        wait(lambda: store.count() >= 5)
        for _ in range(arguments.rounds):
            _round(store, note("alone"), engine, arguments.tiles)
            shadow.begin(candidate.sha256, recipe, ShadowTerms(Limits(), Limits()), actor=ME.name)
            wait(lambda: shadow.snapshot().judged > 0)
            _round(store, note("beside a shadow"), engine, arguments.tiles)
            shadow.end(actor=ME.name)
        before = psutil.Process().memory_info().rss
        swaps = [_there_and_back(store, engine, recipe, candidate.sha256) for _ in range(arguments.swaps)]
        summary = store.shadow.summary(candidate.sha256)
        shadow.close()
        report = engine.stop().result()
        engine.close()
        return {
            "latency_ms": {kind: _spread(values) for kind, values in waits.items()},
            "p99_ratio": _spread(waits["beside a shadow"])["p99"] / _spread(waits["alone"])["p99"],
            "shadow_coverage": summary.records / max(summary.line, 1),
            "promote_s": [round(one, 2) for one, _ in swaps],
            "rollback_s": [round(one, 2) for _, one in swaps],
            "memory_by_swapping_mib": (psutil.Process().memory_info().rss - before) / 2**20,
            "dropped": report.counts.dropped,
            "unsaved": report.unsaved,
            "load": os.getloadavg(),
            "cores": os.cpu_count(),
        }


def _round(store: RecordStore, tap: Tap, engine: Engine, tiles: int) -> None:
    goal = store.count() + tiles
    wait(lambda: store.count() >= goal)
    engine.remove_tap(tap)


def _there_and_back(store: RecordStore, engine: Engine, recipe: Recipe, sha256: str) -> tuple[float, float]:
    changed = recipe.changed(model=str(store.models.path(sha256)), model_sha256=sha256)
    began = time.perf_counter()
    store.models.promote(sha256, recipe.name, actor=ME.name, why="measured", content=changed.content())
    there = _until_judging(engine, changed, began)
    began = time.perf_counter()
    back = roll_back(store, changed, ME, "measured")
    return there, _until_judging(engine, back, began)


def _until_judging(engine: Engine, recipe: Recipe, began: float) -> float:
    """Seconds until the first tile has been judged by the recipe's model."""
    info = engine.swap_recipe(recipe).result()

    def judged() -> bool:
        tile = engine.latest()
        return tile is not None and tile.model is not None and tile.model.sha256 == info.sha256

    wait(judged)
    return time.perf_counter() - began


def _latency(timings: Any) -> float:
    return sum(timings[stage] for stage in ("queue", "prepare", "infer", "judge"))


def _spread(values: list[float]) -> dict[str, float]:
    p50, p95, p99 = (float(np.percentile(values, share)) for share in (50, 95, 99))
    return {"p50": round(p50, 1), "p95": round(p95, 1), "p99": round(p99, 1), "tiles": len(values)}


def wait(true: Callable[[], bool]) -> None:
    """Waits by looking: what is waited for takes seconds."""
    while not true():
        time.sleep(0.01)


if __name__ == "__main__":
    main()
