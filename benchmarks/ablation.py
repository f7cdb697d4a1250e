"""What each part of BSDRD brings: one table over several seeds, all variants trained on the same batches.

    python benchmarks/ablation.py DATA --out FOLDER [--steps 500] [--seeds 0 1 2]

Every student of every variant is trained by the code of `bsdrd.training` with its own loss, optimiser and
gradient clipping. They only share what does not depend on them, the batches and the teacher's features, which
makes eight students affordable. The teacher is adapted with the head of BSDRD, as in training; variants
without drawn defects have nothing to adapt it with and see the published teacher. DATA needs a test split
(the magnetic tile layout with `split.csv`).
Results go to FOLDER/ablation.jsonl (a line for each seed and row) and, averaged, to FOLDER/ablation.md.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from bsdrd.data.batches import BatchSettings, epoch_order, make_batch
from bsdrd.data.images import as_model_input, read_image, read_mask
from bsdrd.data.layouts import Dataset, load_dataset
from bsdrd.metrics import PixelCounts, evaluation
from bsdrd.model.graph import DetectorGraph, Students
from bsdrd.model.loss import LossSettings, head_loss, student_loss
from bsdrd.model.spec import ModelSpec
from bsdrd.model.teachers import deeper_parameters, load_teacher
from bsdrd.result import AnomalyMaps
from bsdrd.training.fitting import fit_statistics
from bsdrd.training.loop import learning_rate, teacher_learning_rate
from bsdrd.training.machine import choose_machine, keep_freed_memory
from bsdrd.training.settings import TrainSettings
from bsdrd.training.tiles import TilePictures, gather_tiles

PLAIN_LOSS = LossSettings(spatial=1.0, channel=0.0, whole=0.0, gated=False)


@dataclass(frozen=True)
class Variant:
    """Two students and a defect head, and how they are trained; what is not trained comes from "BSDRD"."""

    spec: ModelSpec
    loss: LossSettings = field(default_factory=LossSettings)
    drawn: bool = True
    adapted: bool = True
    train: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = (("", "fused"),)


def variants(spec: ModelSpec) -> dict[str, Variant]:
    """All rows of the table; a part that two variants share is trained once."""
    no_head = replace(spec, head_width=0)
    return {
        "BSDRD": Variant(spec, train=("struct", "detail", "head"), rows=(("BSDRD, full", "fused"),)),
        "head alone": Variant(
            replace(spec, use_struct=False, use_detail=False), rows=(("defect head alone", "fused"),)
        ),
        "no head": Variant(
            no_head,
            rows=(
                ("without the defect head", "fused"),
                ("struct student alone", "struct"),
                ("detail student alone", "detail"),
            ),
        ),
        "no wavelet": Variant(
            replace(spec, use_wavelet=False), train=("detail",), rows=(("without wavelet", "fused"),)
        ),
        "no gate": Variant(
            spec, LossSettings(gated=False), train=("struct", "detail"), rows=(("without gate", "fused"),)
        ),
        "no drawn": Variant(
            no_head,
            drawn=False,
            adapted=False,
            train=("struct", "detail"),
            rows=(("without drawn defects", "fused"),),
        ),
        "plain": Variant(
            replace(no_head, use_fusion=False, use_detail=False),
            PLAIN_LOSS,
            drawn=False,
            adapted=False,
            train=("struct",),
            rows=(("plain reverse distillation", "fused"),),
        ),
    }


def train_all(
    plans: dict[str, Variant],
    settings: TrainSettings,
    teacher: nn.Module,
    published: nn.Module,
    tiles: TilePictures,
) -> dict[str, Students]:
    """Trains every student of every variant on the same batches, and adapts the teacher in place."""
    machine = choose_machine(settings)
    models: dict[str, Students] = {}
    optimisers: dict[tuple[str, str], torch.optim.Optimizer] = {}
    for name, plan in plans.items():
        torch.manual_seed(settings.seed)
        models[name] = Students(plan.spec).to(memory_format=torch.channels_last)
        for part in plan.train:
            optimisers[name, part] = torch.optim.AdamW(
                getattr(models[name], part).parameters(), lr=settings.learning_rate, weight_decay=1e-4
            )
    deeper = deeper_parameters(teacher)
    adapting = torch.optim.AdamW(deeper, lr=settings.learning_rate, weight_decay=1e-4)

    def look(network: nn.Module, pixels: Tensor) -> list[Tensor]:
        pixels = pixels.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        return [f.float() for f in network(pixels)]

    step, epoch, began = 0, 0, time.perf_counter()
    while step < settings.steps:
        for indices in epoch_order(tiles.shapes, settings.batch_size, settings.seed, epoch):
            if step == settings.steps:
                break
            rng = np.random.default_rng([settings.seed, 2, step])
            chosen = [tiles.load(i) for i in indices]
            donors = [tiles.load(int(i)) for i in rng.integers(len(tiles), size=2)]
            how = BatchSettings(settings.batch_size, settings.drawn_share, marked_share=settings.marked_share)
            batch = make_batch(chosen, donors, rng, how)
            clean, drawn = torch.from_numpy(batch.clean), torch.from_numpy(batch.drawn)
            count = len(drawn)
            rate = teacher_learning_rate(settings, step)
            for parameter in deeper:
                parameter.requires_grad_(rate > 0)
            with machine.arithmetic():
                found = look(teacher, torch.cat([drawn, clean[count:]]))
                with torch.no_grad():
                    plain = look(teacher, clean[:count])
                    apart = look(published, clean) if not all(p.adapted for p in plans.values()) else []
            seen = [f.detach() for f in found]
            target = [torch.cat([p, f[count:]]) for p, f in zip(plain, seen, strict=True)]
            valid = torch.from_numpy(batch.valid)
            defect = valid.new_zeros(valid.shape[0], 2, *valid.shape[1:])
            defect[:count] = torch.from_numpy(batch.defect)
            strength = min(1.0, step / (0.1 * settings.steps))
            losses: dict[str, float] = {}
            for (name, part), optimiser in optimisers.items():
                plan, network = plans[name], getattr(models[name], part)
                torch.manual_seed(settings.seed * 1_000_003 + step)
                for group in optimiser.param_groups:
                    group["lr"] = learning_rate(settings, step)
                wanted = target if plan.adapted else apart
                drawn_on = found if part == "head" else seen  # the teacher learns from the head
                shown = drawn_on if plan.drawn else wanted
                with machine.arithmetic():
                    out = network(shown)
                if part == "head":
                    loss = head_loss(out.float(), defect, valid)
                else:
                    predicted = [p.float() for p in out]
                    loss = torch.stack(student_loss(wanted, predicted, valid, plan.loss, strength)).sum()
                optimiser.zero_grad(set_to_none=True)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
                optimiser.step()
                losses[f"{name}/{part}"] = round(loss.item(), 3)
            if rate > 0:
                for group in adapting.param_groups:
                    group["lr"] = rate
                torch.nn.utils.clip_grad_norm_(deeper, 1.0)
                adapting.step()
                adapting.zero_grad(set_to_none=True)
            step += 1
            if step % 25 == 0:
                pace = (time.perf_counter() - began) / step
                print(json.dumps({"step": step, "seconds_a_step": round(pace, 2), **losses}), flush=True)
        epoch += 1
    for name, plan in plans.items():
        for part in {"struct", "detail", "head"} - set(plan.train):
            if getattr(models[name], part) is not None:
                setattr(models[name], part, getattr(models["BSDRD"], part))
    return models


@torch.no_grad()
def measure(graph: DetectorGraph, dataset: Dataset, rows: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Figures of the test split for each map that is a row of the table."""
    tiles = [t for t in dataset.tiles if t.split == "test" and (t.is_good or t.is_defective)]
    scores: dict[str, list[float]] = defaultdict(list)
    pixels = {row: PixelCounts() for row, _ in rows}
    for tile in tiles:
        picture = read_image(tile.path)
        out = graph(torch.from_numpy(as_model_input(picture, 1))[None])
        grids = [np.ascontiguousarray(m[0].numpy()) for m in out[:3]]
        maps = AnomalyMaps(*grids, height=picture.shape[0], width=picture.shape[1])
        mask = read_mask(tile.mask) if tile.mask is not None and tile.is_defective else None
        for row, which in rows:
            scores[row].append(float(maps.grid(which).max()))
            if tile.has_pixel_truth:
                pixels[row].add(maps.full(which), mask, tile.cls, tile.group)
    classes, groups = [t.cls for t in tiles], [t.group for t in tiles]
    return {row: evaluation(scores[row], classes, groups, pixels[row]) for row, _ in rows}


def main() -> None:
    """Parses the command line and runs all seeds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--teacher", default="efficientnet_lite2")
    parser.add_argument("--rows", nargs="*", default=None, help="only these variants (BSDRD among them)")
    parser.add_argument("--no-marks", action="store_true", help="draw no harmless marks (negative control)")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    keep_freed_memory()
    dataset = load_dataset(arguments.data)
    for seed in arguments.seeds:
        spec = ModelSpec(teacher=arguments.teacher)
        settings = TrainSettings(
            spec=spec,
            seed=seed,
            steps=arguments.steps,
            threads=arguments.threads,
            marked_share=0.0 if arguments.no_marks else 0.8,
        )
        plans = variants(spec)
        if arguments.rows:
            plans = {name: plan for name, plan in plans.items() if name in arguments.rows}
        tiles = gather_tiles(dataset, channels=1, held_out_share=0.15, seed=seed)
        published = load_teacher(spec.teacher).to(memory_format=torch.channels_last)
        teacher = load_teacher(spec.teacher).to(memory_format=torch.channels_last)  # adapted below
        models = train_all(plans, settings, teacher, published, tiles.train)
        for name, plan in plans.items():
            graph = DetectorGraph(plan.spec, teacher if plan.adapted else published, models[name]).eval()
            for _ in fit_statistics(graph, tiles.held_out):
                pass
            torch.save(graph.state_dict(), arguments.out / f"{name.replace(' ', '_')}_{seed}.pt")
            for row, figures in measure(graph, dataset, plan.rows).items():
                line = {"seed": seed, "row": row, "steps": arguments.steps, **figures}
                with (arguments.out / "ablation.jsonl").open("a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(
                    json.dumps({"seed": seed, "row": row, "image_auroc": figures["image_auroc"]}), flush=True
                )
    (arguments.out / "ablation.md").write_text(table(arguments.out / "ablation.jsonl"), encoding="utf-8")


FIGURES = ("image_auroc", "image_ap", "frr_at_95", "pixel_auroc", "pixel_ap", "aupro")


def table(lines: Path) -> str:
    """The results as a Markdown table: mean over seeds, and the range of seeds."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)
        found[values["row"]].append(values)
    head = "| variant | seeds | " + " | ".join(FIGURES) + " |\n|---|---|" + "---|" * len(FIGURES) + "\n"
    body = ""
    for row, runs in found.items():
        cells = []
        for key in FIGURES:
            values = [run[key] for run in runs]
            cells.append(f"{np.mean(values):.3f} ({min(values):.3f} - {max(values):.3f})")
        body += f"| {row} | {len(runs)} | " + " | ".join(cells) + " |\n"
    return head + body


if __name__ == "__main__":
    main()
