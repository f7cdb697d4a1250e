"""Looks at held-out tiles while training goes on: how near the students are, and what they see."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from torch import Tensor

from bsdrd.data.defects import draw_defect
from bsdrd.errors import TrainingError
from bsdrd.model.finish import blur
from bsdrd.model.graph import DetectorGraph, cells, pad_to_cells
from bsdrd.training.machine import Machine
from bsdrd.training.settings import TrainSettings
from bsdrd.training.tiles import TilePictures

#: Held-out tiles that are looked at, spread evenly over all of them.
LOOKS = 12
#: Held-out tiles whose maps are kept as pictures; every other one gets a drawn defect.
SAMPLES = 4
_SEED = 7  # of the drawn defects: always the same ones, so that looks can be compared


class HeldOutLook:
    """Measures the students on a fixed set of held-out tiles, plain and with drawn defects."""

    def __init__(self, tiles: TilePictures, settings: TrainSettings, machine: Machine) -> None:
        self.machine = machine
        self.plain = [tiles.load(i) for i in _spread(len(tiles), LOOKS)]
        self.drawn = [_draw(tile, self.plain, number) for number, tile in enumerate(self.plain)]

    @torch.no_grad()
    def __call__(self, graph: DetectorGraph) -> tuple[float, float, float]:
        """Mean distance of the struct and of the detail student, and the AUROC of drawn defects."""
        plain = [look_at(graph, tile) for tile in self.plain]
        levels = np.array([[[float(d.mean()) for d in s] for s in seen.distances] for seen in plain])
        scale = levels.mean(0)  # student x level
        scores = [float(relative_map(graph, seen, scale).max()) for seen in plain]
        drawn = [float(relative_map(graph, look_at(graph, t), scale).max()) for t in self.drawn]
        auroc = float(roc_auc_score([0] * len(scores) + [1] * len(drawn), scores + drawn))
        return float(levels[:, 0].mean()), float(levels[:, 1].mean()), auroc


@torch.no_grad()
def save_samples(graph: DetectorGraph, tiles: TilePictures, checkpoint: Path, step: int) -> tuple[Path, ...]:
    """Writes what the students see on a few fixed held-out tiles, so that a person can watch them learn.

    Args:
        graph: In evaluation mode.
        tiles: The held-out tiles.
        checkpoint: The samples go into a folder beside it.
        step: Steps done, for the names.

    Returns:
        NumPy archives with `pixels` (uint8 H x W or H x W x 3), `fused` (float32, a value for 4 x 4
        pixels, 1 = as far from the teacher as good tiles are on average) and `drawn` (bool).

    Raises:
        TrainingError: If the disk does not take them.
    """
    chosen = [tiles.load(i) for i in _spread(len(tiles), SAMPLES)]
    folder = checkpoint.with_name(checkpoint.stem + "-samples")
    paths: list[Path] = []
    scale: NDArray[np.float64] | None = None
    for number, plain in enumerate(chosen):
        tile = _draw(plain, chosen, number) if number % 2 else plain
        if scale is None:
            scale = np.array([[float(d.mean()) for d in s] for s in look_at(graph, plain).distances])
        fused = relative_map(graph, look_at(graph, tile), scale) / 6.0
        path = folder / f"step_{step:06d}_{number}.npz"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            pixels = np.clip(np.round(tile), 0, 255).astype(np.uint8)
            np.savez_compressed(
                path, pixels=np.squeeze(pixels), fused=fused, drawn=np.array(bool(number % 2))
            )
        except OSError as error:
            raise TrainingError(
                f"The sample maps could not be written to {folder}: {error}.",
                kept=f"The checkpoint {checkpoint} is whole.",
                do_next="Free space on that disk, then resume.",
            ) from error
        paths.append(path)
    return tuple(paths)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What a half-trained detector sees on a tile, on its stride-4 grid of ceil(H/4) x ceil(W/4) cells.

    Attributes:
        distances: For each student, for each level, the distance to the teacher.
        answer: Of the defect head, logits; None without one.
    """

    distances: list[list[Tensor]]
    answer: Tensor | None


def look_at(graph: DetectorGraph, tile: NDArray[np.float32]) -> Seen:
    """Runs teacher, students and defect head, without the statistics that come after training.

    Args:
        graph: In evaluation mode.
        tile: float32 H x W x C, 0..255.
    """
    pixels = torch.from_numpy(np.array(tile.transpose(2, 0, 1)))[None].to(graph.level_mean.device)
    padded, top, left = pad_to_cells(pixels)
    rows, cols = cells(tile.shape[0], 4), cells(tile.shape[1], 4)
    rows, cols = slice(top // 4, top // 4 + rows), slice(left // 4, left // 4 + cols)
    features = graph.see(padded)
    grown = [
        d if level == 0 else torch.nn.functional.interpolate(d, scale_factor=2.0**level)
        for level, d in enumerate(graph.distances(features))
    ]
    by_student = [[d[0, student, rows, cols] for d in grown] for student in (0, 1)]
    head = graph.students.head
    return Seen(by_student, head(features)[0, :, rows, cols].amax(0) if head is not None else None)


def relative_map(graph: DetectorGraph, seen: Seen, scale: NDArray[np.float64]) -> NDArray[np.float32]:
    """Sum of all distances, each in units of its mean on good tiles, smoothed: float32, h x w.

    Where the head is sure of a defect it adds as much again as all distances of a good tile have together.
    """
    total = torch.zeros_like(seen.distances[0][0])
    for student, levels in enumerate(seen.distances):
        for level, d in enumerate(levels):
            total = total + d / max(float(scale[student, level]), 1e-6)
    if seen.answer is not None:
        total = total + scale.size * seen.answer.sigmoid()
    return np.asarray(blur(total[None], graph.finish.kernel)[0].cpu().numpy(), dtype=np.float32)


def _spread(count: int, wanted: int) -> list[int]:
    return sorted({round(i) for i in np.linspace(0, count - 1, min(count, wanted))})


def _draw(tile: NDArray[np.float32], donors: list[NDArray[np.float32]], number: int) -> NDArray[np.float32]:
    rng = np.random.default_rng([_SEED, number])
    return draw_defect(rng, tile, donors[(number + 1) % len(donors)]).tile
