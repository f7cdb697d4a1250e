"""The fast path: 100 new good tiles, a warm start, and what the new model does on old and new tiles.

    python benchmarks/retraining.py rendered --out runs/retraining [--threads 2]
    python benchmarks/retraining.py exposures --data ../shared/data/mt --out runs/retraining
    python benchmarks/retraining.py exposures ... --candidate runs/retraining/exposures-new.bsdrd

"rendered": the live model is the shipped starter, or one trained here on rendered tiles (--base-steps); the
new kind of tile is rendered with a texture that it has never seen. "exposures": the live model is trained
first, on the exposures 1 to 3 of some tiles of the train and calibration splits (kept as
OUT/exposures-base.bsdrd and used again: take another OUT for other settings), and adapts to the exposures 4
to 6 of the other ones: no tile is on two sides. Old good tiles that are mixed in are never tiles of a test
set. Every step is the program's own: choosing, the job, its process, the comparison, the promotion. Where the
gate blocks the new model with the thresholds of the recipe's rule, those that miss no more than the live
model are chosen, as an engineer may.
With --candidate nothing is trained, and the gate is passed anew.

Results go to OUT/SCENARIO.json: seconds from the choice of tiles to the promotion by the clock, and the
processor time of the training (the clock says little where other programs run); image AUROC of both models on
the old test tiles; the share of good tiles that alarm (GREY or NG) or are rejected (NG), and defects missed,
on both kinds: live, new by the rule, and new with the thresholds promoted. What a
training costs the line is measured by benchmarks/beside_training.py.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from bsdrd.data.dataset import Tile
from bsdrd.data.images import write_image
from bsdrd.data.layouts import load_dataset
from bsdrd.detector import Detector, open_detector
from bsdrd.lowering import with_no_more_missed
from bsdrd.metrics import image_figures
from bsdrd.result import Verdict
from bsdrd.training import preset, train
from bsdrd.training.events import as_json
from bsdrd.training.loop import Job
from tilesight.line.demo import DEFECTS, render_good_tiles, render_tiles
from tilesight.line.recipe import Recipe
from tilesight.line.training.child import TrainingRun
from tilesight.line.training.choosing import TileChoice, gather
from tilesight.line.training.choosing_thresholds import Way, can_lower, taken
from tilesight.line.training.comparing import Comparison, compare
from tilesight.line.training.evaluation import EvaluationSet, gather_labelled
from tilesight.line.training.job import JobBook, JobSettings, Status
from tilesight.line.training.releasing import Who, add_candidate, promote
from tilesight.line.training.replay import OldTiles, gather_old
from tilesight.store.records import RecordStore

STARTER = Path(__file__).resolve().parents[1] / "resources" / "starter.bsdrd"
WHO = Who("benchmark")
SEED = 91_000


@dataclass(frozen=True)
class Scenario:
    """Folders of pictures, and the live model."""

    live: Path
    new: Path
    old: Path
    test_old: Path
    test_new: Path


def rendered(out: Path, arguments: argparse.Namespace) -> Scenario:
    """Tiles of the usual texture are old, tiles of another one are new."""
    count, texture = arguments.new, arguments.texture
    root = out / f"rendered-{texture}"
    size = tuple(arguments.size) if arguments.size else None
    shutil.rmtree(root, ignore_errors=True)
    for name, look, seed, goods, bads in (
        ("new", texture, 1, count, 0),
        ("old", "standard", 2, count, 0),
        ("test_old", "standard", 3, 60, 90),
        ("test_new", texture, 4, 60, 90),
    ):
        folder = root / name / "test" if bads else root / name
        _write(folder / "good", render_good_tiles(SEED + seed, goods, size=size, texture=look))
        drawn = list(render_tiles(SEED + 10 + seed, bads, kinds=DEFECTS, size=size, texture=look))
        for kind in DEFECTS:
            _write(folder / kind, [tile.pixels for tile in drawn if tile.kind == kind])
    if arguments.base_steps:
        _write(root / "base", render_good_tiles(SEED + 5, 2 * count, size=size))
        live = _trained(root / "base", out / "rendered-base.bsdrd", arguments)
    else:
        live = STARTER
    return Scenario(live, root / "new", root / "old", root / "test_old", root / "test_new")


def _trained(folder: Path, base: Path, arguments: argparse.Namespace) -> Path:
    """A live model, trained from scratch and used again."""
    if not base.is_file():
        steps, exposure = arguments.base_steps, 0.0 if arguments.fixed_light else 1.0
        settings = preset("balanced", steps=steps, threads=arguments.threads, exposure=exposure)
        job = Job(base, "old tiles", base.with_suffix(".checkpoint"))
        for event in train(load_dataset(folder), settings, job):
            _say(as_json(event))
    return base


def exposures(out: Path, arguments: argparse.Namespace) -> Scenario:
    """Pictures of low exposure are old, those of high exposure are new."""
    root = out / "exposures"
    shutil.rmtree(root, ignore_errors=True)
    rng = np.random.default_rng(SEED)
    tiles = [tile for tile in load_dataset(arguments.data).tiles if tile.is_good or tile.is_defective]
    low = [tile for tile in tiles if _exposure(tile) <= 3]
    high = [tile for tile in tiles if _exposure(tile) > 3]
    # By tile: one that is new must not be known to the live model at another exposure.
    groups = sorted({tile.group for tile in tiles if tile.split != "test" and tile.is_good})
    new: list[Tile] = []
    while groups and len(new) < arguments.new:
        group = groups.pop(int(rng.integers(len(groups))))
        new += [tile for tile in high if tile.group == group and tile.is_good]
    old = [tile for tile in low if tile.group in groups and tile.is_good]
    for name, part in (
        ("new", new[: arguments.new]),
        ("old", old),
        ("test_old", [t for t in low if t.split == "test"]),
        ("test_new", [t for t in high if t.split == "test"]),
    ):
        _link(root / name, part)
    base = _trained(root / "old", out / "exposures-base.bsdrd", arguments)
    return Scenario(base, root / "new", root / "old", root / "test_old", root / "test_new")


def _exposure(tile: Tile) -> int:
    return int(tile.path.name.split("_")[0].removeprefix("exp"))


def _write(folder: Path, pictures: list[NDArray[np.uint8]]) -> None:
    for number, pixels in enumerate(pictures):
        folder.mkdir(parents=True, exist_ok=True)
        write_image(folder / f"{folder.name}{number:03d}.png", pixels)


def _link(folder: Path, tiles: list[Tile]) -> None:
    folder.mkdir(parents=True)
    lines = ["file,class,group"]
    lines += [f"{os.path.relpath(tile.path.resolve(), folder)},{tile.cls},{tile.group}" for tile in tiles]
    (folder / "manifest.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def retrain(scenario: Scenario, out: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """The fast path, as the panel takes it; what it cost and what came of it."""
    shutil.rmtree(out / "store", ignore_errors=True)
    recipe = Recipe(name="Line", model=str(scenario.live))
    began = time.perf_counter()
    with RecordStore.open(out / "store") as store:
        new = gather(None, TileChoice(None, (_good(scenario.new),)))
        which = OldTiles(False, (_good(scenario.old),), 0.0 if arguments.no_old else 1.0)
        old = gather_old(None, which, new)
        settings = JobSettings(
            mode="warm", preset=arguments.preset, threads=arguments.threads, steps=arguments.steps
        )
        book = JobBook(store.folder)
        folder = book.create(new, settings, name="new kind", recipe="Line", parent=scenario.live, old=old)
        processor = _train(TrainingRun(folder))
        trained = time.perf_counter() - began
        add_candidate(store, folder.model, WHO)
        passed = _pass_gate(store, scenario, recipe, folder.model)
        shutil.copyfile(folder.model, out / f"{arguments.scenario}-new.bsdrd")
    return {
        "new pictures": len(new.tiles),
        "old pictures mixed in": len(old.tiles),
        "seconds to a candidate": round(trained, 1),
        "gate": passed,
        "processor seconds of training": round(processor, 1),
    }


def gate_again(scenario: Scenario, out: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """The gate alone, for a candidate that was trained before."""
    shutil.rmtree(out / "store again", ignore_errors=True)
    with RecordStore.open(out / "store again") as store:
        add_candidate(store, arguments.candidate, WHO)
        recipe = Recipe(name="Line", model=str(scenario.live))
        return {"gate": _pass_gate(store, scenario, recipe, arguments.candidate)}


def _pass_gate(store: RecordStore, scenario: Scenario, recipe: Recipe, model: Path) -> dict[str, Any]:
    """Compares a candidate with the live model and promotes it, with lowered thresholds where blocked."""
    parts = [gather_labelled(store, None, (one,)) for one in (scenario.test_old, scenario.test_new)]
    began = time.perf_counter()
    with _open(scenario.live) as live, _open(model) as candidate:
        by_rule = compare(live, candidate, recipe, EvaluationSet(parts[0].tiles + parts[1].tiles))
    way = Way.NO_MORE_MISSED if by_rule.obstacle and can_lower(by_rule) else Way.RULE
    found = taken(by_rule, way)
    promote(store, recipe, found, WHO, "benchmark", "benchmark" if found.obstacle else "")
    return {
        "seconds to compare and promote": round(time.perf_counter() - began, 1),
        "obstacle by the rule": by_rule.obstacle,
        "thresholds promoted": way.value,
        "tests": {
            name: _figures(by_rule, found, part) for name, part in zip(("old", "new"), parts, strict=True)
        },
        "with the new kind alone": _alone(by_rule, parts[1]),
    }


def _alone(by_rule: Comparison, part: EvaluationSet) -> dict[str, Any]:
    """What it would cost to miss no more of one kind: the gate counts over the whole set."""
    paths = {tile.path for tile in part.tiles}
    judged = [one for one in by_rule.tiles if one.tile.path in paths]
    bad = [one for one in judged if one.tile.defective]
    allowed = sum(one.live is Verdict.OK for one in bad)
    found = with_no_more_missed(by_rule.new.thresholds, [one.new_score for one in bad], allowed)
    if found is None:
        return {}
    good = np.array([one.new_score for one in judged if not one.tile.defective])
    return {
        "T1, T2": [round(found.low, 2), round(found.high, 2)],
        "defects missed": sum(one.new_score < found.low for one in bad),
        "good tiles that alarm": round(float((good >= found.low).mean()), 4),
        "good tiles rejected": round(float((good >= found.high).mean()), 4),
    }


def _good(folder: Path) -> Path:
    return folder if (folder / "manifest.csv").is_file() else folder / "good"


def _train(run: TrainingRun) -> float:
    run.start()
    process = psutil.Process(run.folder.state().pid)
    processor = 0.0
    while run.running:
        try:
            times = process.cpu_times()
            processor = times.user + times.system
        except psutil.Error:
            pass
        time.sleep(0.5)
        run.poll()
    if run.status is not Status.FINISHED:
        sys.exit(f"the training {run.status}: {run.state.failure}")
    return processor


def _open(model: Path) -> Detector:
    return open_detector(model, device="cpu", threads=1)


def _figures(by_rule: Comparison, promoted: Comparison, part: EvaluationSet) -> dict[str, Any]:
    """What both models did on one of the test sets."""
    paths = {tile.path for tile in part.tiles}
    ways = {"live": by_rule, "new by the rule": by_rule, "new as promoted": promoted}
    found: dict[str, Any] = {}
    for name, comparison in ways.items():
        judged = [one for one in comparison.tiles if one.tile.path in paths]
        live = name == "live"
        truth = np.array([one.tile.defective for one in judged])
        scores = np.array([one.live_score if live else one.new_score for one in judged])
        verdicts = [one.live if live else one.new for one in judged]
        stopped = np.array([verdict is not Verdict.OK for verdict in verdicts])
        rejected = np.array([verdict is Verdict.NG for verdict in verdicts])
        side = comparison.live if live else comparison.new
        groups = [one.tile.group for one in judged]
        auroc = image_figures(scores, truth, groups, resamples=200)["image_auroc"]
        found |= {"good": int((~truth).sum()), "defective": int(truth.sum()), "tiles": len(set(groups))}
        found[name] = {
            "T1, T2": [round(side.thresholds.low, 2), round(side.thresholds.high, 2)],
            "image AUROC": round(auroc.value, 4),
            "interval": [round(auroc.low, 3), round(auroc.high, 3)],
            "good tiles that alarm": round(float(stopped[~truth].mean()), 4),
            "good tiles rejected": round(float(rejected[~truth].mean()), 4),
            "defects missed": int((~stopped[truth]).sum()),
        }
    return found


def _say(event: dict[str, Any]) -> None:
    if event["event"] in ("held_out", "summary") or (event["event"] == "step" and event["step"] % 20 == 0):
        print(json.dumps({k: v for k, v in event.items() if k != "losses"}), flush=True)


def main() -> None:
    """Parses the command line and runs a scenario."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("scenario", choices=("rendered", "exposures"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--new", type=int, default=100, help="new good pictures")
    parser.add_argument("--texture", default="crosshatch", help="of the new rendered tiles")
    parser.add_argument("--size", type=int, nargs=2, help="height and width of rendered tiles (usual: mixed)")
    parser.add_argument("--preset", default="balanced")
    parser.add_argument("--steps", type=int, help="instead of the preset's")
    parser.add_argument(
        "--base-steps",
        type=int,
        default=0,
        help="train the live model with so many steps (usual: the starter; 500 for 'exposures')",
    )
    parser.add_argument(
        "--fixed-light",
        action="store_true",
        help="train the live model without making tiles brighter and darker (a warm start does it as ever)",
    )
    parser.add_argument("--candidate", type=Path, help="train nothing: take this one through the gate")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-old", action="store_true", help="mix no old tiles in")
    arguments = parser.parse_args()
    out = arguments.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    if arguments.scenario == "exposures":
        arguments.base_steps = arguments.base_steps or 500
    scenario = {"rendered": rendered, "exposures": exposures}[arguments.scenario](out, arguments)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    result = {"settings": {k: str(v) for k, v in vars(arguments).items()}, "load at begin": round(load, 1)}
    result |= (gate_again if arguments.candidate else retrain)(scenario, out, arguments)
    text = json.dumps(result, indent=2)
    name = f"{arguments.scenario}-gate" if arguments.candidate else arguments.scenario
    (out / f"{name}.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
