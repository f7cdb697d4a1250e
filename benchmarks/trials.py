"""Runs trials, one JSON file each, through the whole of `bsdrd`: train, write the model file, evaluate.

    python benchmarks/trials.py DATA --out FOLDER [--trials NAME ...] [--seeds 0 1 2]

A trial is a file `benchmarks/trials/NAME.json`: `why` says what is asked, `settings` names the fields of
`TrainSettings` that differ from `benchmarks/trials/base.json`, `levers` the changes of
`benchmarks/levers.py`, `scale` by how much all pictures are enlarged first. Each trial and seed ends as a
line of FOLDER/trials.jsonl; those that are there are not run again, and one that was stopped goes on from
its checkpoint. FOLDER/trials.md has the table.

Tiles are few and seeds differ, so a trial is compared with the base of the same seed on the same tiles: the
table gives the difference in image AUROC with its interval (both resampled together, by tile group), and
the two halves of the test split (every other tile by group): what moves only one of them is chance or fits
these tiles alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from levers import LEVERS
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score

from bsdrd.bundle import Bundle
from bsdrd.data.layouts import load_dataset
from bsdrd.detector import open_detector
from bsdrd.scoring import figures, score_tiles
from bsdrd.training import train
from bsdrd.training.events import Finished, HeldOut
from bsdrd.training.loop import Job
from bsdrd.training.machine import keep_freed_memory
from bsdrd.training.settings import TrainSettings

TRIALS = Path(__file__).parent / "trials"
#: Scored tiles: [path, group, 1 if defective, score] each.
Rows = list[list[Any]]


def read_trial(trial: str) -> dict[str, Any]:
    """The file of a trial."""
    return json.loads((TRIALS / f"{trial}.json").read_text(encoding="utf-8"))


def settings_of(trial: str, seed: int, threads: int) -> TrainSettings:
    """The settings of a trial: the defaults, changed by base.json, changed by the trial's file."""
    values = TrainSettings().to_dict()
    for name in dict.fromkeys(("base", trial)):
        for key, value in read_trial(name)["settings"].items():
            values[key] = values[key] | value if isinstance(value, dict) else value
    return TrainSettings.from_dict(values | {"seed": seed, "threads": threads})


def enlarged(data: Path, scale: float, out: Path) -> Path:
    """A copy of a data set with all pictures and masks enlarged; made once."""
    copy = out / f"{data.name}_x{scale:g}"
    done = copy / "split.csv"
    if done.exists():
        return copy
    for path in sorted(data.rglob("*")):
        target = copy / path.relative_to(data)
        if path.suffix.lower() not in (".jpg", ".png"):
            continue
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        mask = path.suffix.lower() == ".png"
        how = cv2.INTER_NEAREST if mask else cv2.INTER_CUBIC
        target.parent.mkdir(parents=True, exist_ok=True)
        large = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=how)
        cv2.imwrite(str(target), large, [] if mask else [cv2.IMWRITE_JPEG_QUALITY, 98])
    done.write_text((data / "split.csv").read_text(encoding="utf-8"), encoding="utf-8")
    return copy


def image_auroc(tiles: Rows) -> float:
    """Image AUROC of scored tiles."""
    return float(roc_auc_score([row[2] for row in tiles], [row[3] for row in tiles]))


def halves(tiles: Rows) -> tuple[float, float]:
    """Image AUROC of each half of the groups."""
    groups = sorted({str(row[1]) for row in tiles}, key=lambda g: (len(g), g))
    first = set(groups[::2])
    one, other = ([row for row in tiles if (str(row[1]) in first) == wanted] for wanted in (True, False))
    return image_auroc(one), image_auroc(other)


def compare(tiles: Rows, base: Rows, resamples: int = 1000) -> tuple[float, float, float]:
    """Difference in image AUROC to the base on the same tiles, and its 95 % interval over tile groups."""
    scores = {row[0]: row[3] for row in base}
    both = [row for row in tiles if row[0] in scores]
    groups = np.array([str(row[1]) for row in both])
    truth = np.array([row[2] for row in both])
    values = np.array([[row[3], scores[row[0]]] for row in both])

    def difference(at: NDArray[np.int64]) -> float:
        return float(roc_auc_score(truth[at], values[at, 0]) - roc_auc_score(truth[at], values[at, 1]))

    members = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    rng = np.random.default_rng(0)
    found: list[float] = []
    while len(found) < resamples:
        at = np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])
        if 0 < truth[at].sum() < len(at):
            found.append(difference(at))
    low, high = np.quantile(found, [0.025, 0.975])
    return difference(np.arange(len(truth))), float(low), float(high)


def run(trial: str, seed: int, data: Path, out: Path, threads: int) -> dict[str, Any]:
    """Trains and evaluates one trial with one seed; in a process of its own, since levers change it."""
    keep_freed_memory()
    asked, settings = read_trial(trial), settings_of(trial, seed, threads)
    scale = float(asked.get("scale", 1.0))
    dataset = load_dataset(data if scale == 1.0 else enlarged(data, scale, out))
    for name in asked.get("levers", []):
        LEVERS[name](dataset, settings)
    backend = "onnx"
    if asked.get("levers"):
        # What a lever does need not survive the export to the last digit: torch says what it is worth.
        Bundle.require_parity = lambda self: None
        backend = "torch"
    model, checkpoint = out / f"{trial}_{seed}.bsdrd", out / f"{trial}_{seed}.checkpoint"
    seconds = 0.0
    if not model.exists():
        job = Job(model, f"trial {trial}", checkpoint, resume=checkpoint.exists())
        for event in train(dataset, settings, job):
            if isinstance(event, HeldOut | Finished):
                print(f"{trial} {seed}: {event}", flush=True)
            seconds = event.seconds if isinstance(event, Finished) else seconds
    with open_detector(model, backend=backend, threads=threads) as detector:
        scored = score_tiles(detector, dataset, dataset.test(), pixels=True)
    tiles = [[one.name, one.tile.group, int(one.tile.is_defective), one.score] for one in scored.tiles]
    return {
        "trial": trial,
        "seed": seed,
        "steps": settings.steps,
        "seconds": round(seconds),
        "halves": halves(tiles),
        **figures(scored),
        "tiles": tiles,
    }


def table(lines: Path) -> str:
    """The results as Markdown, trials in the order of their first line."""
    runs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        runs[values["trial"]].append(values)
    names = ("blowhole", "break", "crack", "fray", "uneven")
    head = (
        "| trial | seeds | image AUROC | against base, 95 % interval | halves | false rejects at 95 % | "
        f"without uneven: pixel AUROC / AUPRO | {' / '.join(names)} |\n" + "|---" * 8 + "|\n"
    )
    body = ""
    bases = {int(one["seed"]): one for one in runs.get("base", [])}
    for trial, found in sorted(runs.items(), key=lambda item: item[0] != "base"):

        def mean(*keys: str, runs: list[dict[str, Any]] = found) -> float:
            values: list[float] = []
            for one in runs:
                at: Any = one
                for key in keys:
                    at = at[key]
                values.append(float(at))
            return float(np.mean(values))

        against = ", ".join(
            "{:+.3f} ({:+.3f} to {:+.3f})".format(*compare(one["tiles"], bases[int(one["seed"])]["tiles"]))
            for one in found
            if trial != "base" and int(one["seed"]) in bases
        )
        seeds = ", ".join(f"{one['image_auroc']:.3f}" for one in found)
        half = [float(np.mean([one["halves"][i] for one in found])) for i in (0, 1)]
        classes = " / ".join(f"{mean('per_class', name, 'image_auroc'):.2f}" for name in names)
        body += (
            f"| {trial} | {len(found)} | {mean('image_auroc'):.3f} ({seeds}) | {against} | "
            f"{half[0]:.2f}, {half[1]:.2f} | {mean('frr_at_95'):.2f} | "
            f"{mean('without_uneven', 'pixel_auroc'):.3f} / {mean('without_uneven', 'aupro'):.3f} | "
            f"{classes} |\n"
        )
    return head + body


def main() -> None:
    """Parses the command line and runs what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--trials", nargs="*", default=None, help="names of files in benchmarks/trials; all")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    lines = arguments.out / "trials.jsonl"
    lines.touch()
    names = arguments.trials or sorted(path.stem for path in TRIALS.glob("*.json"))
    spawn = multiprocessing.get_context("spawn")
    for seed in arguments.seeds:
        for trial in names:
            if (trial, seed) in _done(lines):
                continue
            with ProcessPoolExecutor(1, mp_context=spawn) as process:
                result = process.submit(
                    run, trial, seed, arguments.data, arguments.out, arguments.threads
                ).result()
            with lines.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
            print(f"{trial} {seed}: image AUROC {result['image_auroc']:.3f}", flush=True)
            (arguments.out / "trials.md").write_text(table(lines), encoding="utf-8")


def _done(lines: Path) -> set[tuple[str, int]]:
    return {
        (one["trial"], one["seed"]) for one in map(json.loads, lines.read_text(encoding="utf-8").splitlines())
    }


if __name__ == "__main__":
    main()
