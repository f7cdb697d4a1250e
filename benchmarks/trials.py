"""Runs trials, one JSON file each, through the whole of `bsdrd`: train, write the model file, evaluate.

    python benchmarks/trials.py DATA --out FOLDER [--trials NAME ...] [--seeds 0 1 2]

A trial is a file `benchmarks/trials/NAME.json`: `why` says what is asked, `settings` names the fields of
`TrainSettings` that differ from `benchmarks/trials/base.json`. Each trial and seed ends as a line of
FOLDER/trials.jsonl; those that are there are not run again, and one that was stopped goes on from its
checkpoint.
FOLDER/trials.md has the table: means over the seeds, with the interval over tiles of the first seed.

Beside the test split as a whole the table gives its two halves (every other tile by group): what moves only
one of them is chance or fits these tiles alone.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from bsdrd.data.layouts import Dataset, load_dataset
from bsdrd.detector import open_detector
from bsdrd.scoring import Scored, figures, score_tiles
from bsdrd.training import train
from bsdrd.training.events import Finished, HeldOut
from bsdrd.training.loop import Job
from bsdrd.training.machine import keep_freed_memory
from bsdrd.training.settings import TrainSettings

TRIALS = Path(__file__).parent / "trials"


def settings_of(trial: str, seed: int, threads: int) -> TrainSettings:
    """The settings of a trial: the defaults, changed by base.json, changed by the trial's file."""
    values = TrainSettings().to_dict()
    for name in dict.fromkeys(("base", trial)):
        changes = json.loads((TRIALS / f"{name}.json").read_text(encoding="utf-8"))["settings"]
        for key, value in changes.items():
            values[key] = values[key] | value if isinstance(value, dict) else value
    return TrainSettings.from_dict(values | {"seed": seed, "threads": threads})


def halves(scored: Scored) -> tuple[float, float]:
    """Image AUROC of each half of the groups."""
    groups = sorted({one.tile.group for one in scored.tiles}, key=lambda g: (len(g), g))
    first = set(groups[::2])
    found: list[float] = []
    for wanted in (True, False):
        part = [one for one in scored.tiles if (one.tile.group in first) == wanted]
        found.append(float(roc_auc_score([t.tile.is_defective for t in part], [t.score for t in part])))
    return found[0], found[1]


def run(trial: str, seed: int, dataset: Dataset, out: Path, threads: int) -> dict[str, Any]:
    """Trains and evaluates one trial with one seed."""
    settings = settings_of(trial, seed, threads)
    model, checkpoint = out / f"{trial}_{seed}.bsdrd", out / f"{trial}_{seed}.checkpoint"
    seconds = 0.0
    if not model.exists():
        job = Job(model, f"trial {trial}", checkpoint, resume=checkpoint.exists())
        for event in train(dataset, settings, job):
            if isinstance(event, HeldOut | Finished):
                print(f"{trial} {seed}: {event}", flush=True)
            seconds = event.seconds if isinstance(event, Finished) else seconds
    with open_detector(model, threads=threads) as detector:
        scored = score_tiles(detector, dataset, dataset.test(), pixels=True)
    found = figures(scored)
    return {"trial": trial, "seed": seed, "seconds": round(seconds), "halves": halves(scored), **found}


def table(lines: Path) -> str:
    """The results as Markdown, trials in the order of their first line."""
    runs: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        runs[values["trial"]].append(values)
    names = ("blowhole", "break", "crack", "fray", "uneven")
    head = (
        "| trial | seeds | image AUROC | 95 % interval | halves | false rejects at 95 % | "
        f"without uneven: pixel AUROC / AUPRO | {' / '.join(names)} |\n" + "|---" * 8 + "|\n"
    )
    body = ""
    for trial, found in runs.items():

        def mean(*keys: str, runs: list[dict[str, Any]] = found) -> float:
            values: list[float] = []
            for one in runs:
                at: Any = one
                for key in keys:
                    at = at[key]
                values.append(float(at))
            return float(np.mean(values))

        first = min(found, key=lambda one: int(one["seed"]))
        low, high = first["image_auroc_ci95"]
        seeds = ", ".join(f"{one['image_auroc']:.3f}" for one in found)
        half = [float(np.mean([one["halves"][i] for one in found])) for i in (0, 1)]
        classes = " / ".join(f"{mean('per_class', name, 'image_auroc'):.2f}" for name in names)
        body += (
            f"| {trial} | {len(found)} | {mean('image_auroc'):.3f} ({seeds}) | {low:.3f} to {high:.3f} | "
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
    keep_freed_memory()
    dataset = load_dataset(arguments.data)
    lines = arguments.out / "trials.jsonl"
    lines.touch()
    done = {
        (one["trial"], one["seed"]) for one in map(json.loads, lines.read_text(encoding="utf-8").splitlines())
    }
    for seed in arguments.seeds:
        for trial in arguments.trials or sorted(path.stem for path in TRIALS.glob("*.json")):
            if (trial, seed) in done:
                continue
            result = run(trial, seed, dataset, arguments.out, arguments.threads)
            with lines.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
            print(f"{trial} {seed}: image AUROC {result['image_auroc']:.3f}", flush=True)
            (arguments.out / "trials.md").write_text(table(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
