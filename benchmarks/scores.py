"""What another score, fusion or further map would find in models that are trained already.

    python benchmarks/scores.py DATA MODEL [--beside OTHER [--beside-scale S]] [--memory] [--flat]

Nothing is trained. All figures come from what MODEL says of each tile, standardised by held-out good tiles as
in training. The lines are: other scores of the fused map that ships; other fusions of the same maps; and, if
asked for, a further map that joins the fusion by the same rule: the maps of a second model OTHER (another
teacher, or the same one on pictures enlarged S times), or the distance to a memory of good patches of
MODEL's own teacher. `--flat` standardises the maps without regard to the distance to the edge.

Each is compared with the score that ships on the same tiles, with the interval over tile groups, and in both
halves of the test split: choose by one half, believe the other.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from baselines import greedy_coreset
from levers import no_edge_statistics
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812
from trials import compare, halves, image_auroc

from bsdrd.backends.torch import load_graph
from bsdrd.bundle import read_bundle
from bsdrd.data.dataset import Tile
from bsdrd.data.images import as_model_input, read_image
from bsdrd.data.layouts import Dataset, load_dataset
from bsdrd.model.finish import HEAD, STUDENTS, edge_bins, places
from bsdrd.model.graph import DetectorGraph, pad_to_cells
from bsdrd.result import MAP_STRIDE
from bsdrd.training.fitting import fit_statistics
from bsdrd.training.settings import TrainSettings
from bsdrd.training.tiles import TilePictures, gather_tiles

Grid = NDArray[np.float32]
_BANK, _CANDIDATES = 10_000, 200_000
_SMOOTHING = 4.0  # of a further map, pixels


class Joint(DetectorGraph):
    """A detector with further maps beside those of its defect head.

    Args:
        own: The detector.
        more: Pixels N x C x H x W to further raw grids N x K x ceil(H/4) x ceil(W/4).
        smoothings: Sigma of each of these along and across the streaks, pixels.
    """

    def __init__(
        self,
        own: DetectorGraph,
        more: Callable[[Tensor], Tensor],
        smoothings: tuple[tuple[float, float], ...],
    ) -> None:
        maps, first = own.spec.head_maps, own.spec.head_outputs
        more_maps = tuple((first + index, *sigmas) for index, sigmas in enumerate(smoothings))
        super().__init__(replace(own.spec, head_maps=(*maps, *more_maps)), own.teacher, own.students)
        self.more = more
        self.eval()

    def look(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """See `DetectorGraph.look`."""
        grids, features = super().look(pixels)
        return torch.cat([grids, self.more(pixels)], dim=1), features


def second_model(
    path: Path, scale: float
) -> tuple[Callable[[Tensor], Tensor], tuple[tuple[float, float], ...]]:
    """The students' and head's grids of another model, as further maps."""
    bundle = read_bundle(path)
    other = load_graph(bundle.spec, bundle.weights)

    def more(pixels: Tensor) -> Tensor:
        large = pixels if scale == 1 else F.interpolate(pixels, scale_factor=scale, mode="bicubic")
        grids, _ = other.look(large.clamp(0, 255))
        both = torch.cat([grids[:, :2].sum(1, keepdim=True), grids[:, 2:]], dim=1)
        size = [-(-side // MAP_STRIDE) for side in pixels.shape[2:]]
        return both if scale == 1 else F.interpolate(both, size, mode="area")

    smoothings = tuple((along / scale, across / scale) for _, along, across in other.spec.head_maps)
    return more, ((other.spec.smoothing / scale,) * 2, *smoothings)


def memory(graph: DetectorGraph, tiles: TilePictures) -> Callable[[Tensor], Tensor]:
    """The distance to the nearest of many good patches at stride 8 in the adapted teacher's F2 and F3."""

    def patches(pixels: Tensor) -> Tensor:
        padded, top, left = pad_to_cells(pixels)
        _, fine, coarse = graph.see(padded)
        lifted = F.interpolate(F.avg_pool2d(coarse, 3, 1, 1), fine.shape[2:], mode="bilinear")
        both = torch.cat([F.avg_pool2d(fine, 3, 1, 1), lifted], dim=1)
        rows, cols = (-(-side // 8) for side in pixels.shape[2:])
        return both[:, :, top // 8 : top // 8 + rows, left // 8 : left // 8 + cols]

    rng, kept = np.random.default_rng(0), []
    share = -(-_CANDIDATES // len(tiles))
    for index in range(len(tiles)):
        flat = patches(torch.from_numpy(tiles.load(index).transpose(2, 0, 1)[None].copy())).flatten(2)[0].T
        kept.append(flat.numpy()[rng.permutation(len(flat))[:share]])
    bank = torch.from_numpy(greedy_coreset(np.concatenate(kept), _BANK, rng))

    def more(pixels: Tensor) -> Tensor:
        found = patches(pixels)
        nearest = torch.cdist(found[0].flatten(1).T, bank).amin(1).view(1, 1, *found.shape[2:])
        size = [-(-side // MAP_STRIDE) for side in pixels.shape[2:]]
        return F.interpolate(nearest, scale_factor=2.0, mode="bilinear")[:, :, : size[0], : size[1]]

    return more


def scaled_maps(graph: DetectorGraph, pixels: Tensor) -> list[Grid]:
    """The maps that the fusion joins, each h x w: the students' joint map, then the others."""
    finish = graph.finish
    grids, _ = graph.look(pixels)
    place = places(grids.shape[2], grids.shape[3], grids.device)
    standard = {which: finish.standardise(raw, which, place) for which, raw in finish.smoothed(grids).items()}
    students = finish.standardise(finish.join(standard[0], standard[1]), STUDENTS, place)
    found = [finish.scale(students, STUDENTS)]
    found += [finish.scale(standard[which], which) for which in range(HEAD, finish.rows)]
    return [grid[0].numpy() for grid in found]


def _top(grid: Grid, share: float) -> float:
    flat = np.sort(grid, axis=None)
    return float(flat[-max(1, round(share * flat.size)) :].mean())


def _region(fused: Grid) -> float:
    """Strength times area to the power 0.15 of the best region above 5."""
    count, labels = cv2.connectedComponents((fused > 5.0).astype(np.uint8))
    best = float(fused.max())
    for label in range(1, count):
        inside = fused[labels == label]
        best = max(best, float(inside.max()) * inside.size**0.15)
    return best


def _inner(fused: Grid) -> Grid:
    """The grid with what is within 4 cells (16 px) of the edge at two thirds of its height over 0."""
    bins = edge_bins(fused.shape[0], fused.shape[1], torch.device("cpu")).numpy()
    return np.where(bins < 4, fused * (2 / 3), fused)


SCORES: dict[str, Callable[[list[Grid]], float]] = {
    "largest of all maps (ships)": lambda maps: float(np.maximum.reduce(maps).max()),
    "mean of the highest 0.1 %": lambda maps: _top(np.maximum.reduce(maps), 0.001),
    "mean of the highest 1 %": lambda maps: _top(np.maximum.reduce(maps), 0.01),
    "log peak + log mean of the highest 1 %": lambda maps: sum(
        np.log(max(value, 0.1))
        for value in (np.maximum.reduce(maps).max(), _top(np.maximum.reduce(maps), 0.01))
    ),
    "peak less the tile's own median": lambda maps: max(
        float(grid.max() - 0.5 * np.median(grid)) for grid in maps
    ),
    "peak in the tile's own deviations (MAD)": lambda maps: max(
        float((grid.max() - np.median(grid)) / (np.median(np.abs(grid - np.median(grid))) + 0.3))
        for grid in maps
    ),
    "regions: peak x area^0.15": lambda maps: _region(np.maximum.reduce(maps)),
    "outermost 16 px count two thirds": lambda maps: float(_inner(np.maximum.reduce(maps)).max()),
    "mean of the maps": lambda maps: float(np.mean(maps, axis=0).max()),
    "sum of the maps' own peaks": lambda maps: sum(float(grid.max()) for grid in maps),
    "students only": lambda maps: float(maps[0].max()),
    "defect head only": lambda maps: float(np.maximum.reduce(maps[1:3]).max()),
    "without the map of whole areas": lambda maps: float(np.maximum.reduce([maps[0], maps[1]]).max()),
    "without the map of any defect": lambda maps: float(np.maximum.reduce([maps[0], maps[2]]).max()),
}

#: Of a detector with further maps, which come after its own three.
JOINT_SCORES: dict[str, Callable[[list[Grid]], float]] = {
    "mean of all": lambda maps: float(np.mean(maps, axis=0).max()),
    "alone": lambda maps: float(np.maximum.reduce(maps[3:]).max()),
    "sum of both peaks": lambda maps: sum(
        float(np.maximum.reduce(part).max()) for part in (maps[:3], maps[3:])
    ),
}


def rows(
    graph: DetectorGraph, tiles: list[Tile], scores: dict[str, Callable[[list[Grid]], float]]
) -> dict[str, list[list[Any]]]:
    """Each score of each tile: [path, group, whether it is defective, score]."""
    found: dict[str, list[list[Any]]] = {name: [] for name in scores}
    for tile in tiles:
        pixels = torch.from_numpy(as_model_input(read_image(tile.path), graph.spec.channels).copy())[None]
        maps = scaled_maps(graph, pixels)
        for name, score in scores.items():
            found[name].append([str(tile.path), tile.group, int(tile.is_defective), float(score(maps))])
    return found


def lines(found: dict[str, list[list[Any]]], base: list[list[Any]]) -> Iterator[str]:
    """The table, row by row."""
    yield "| score | image AUROC | against what ships, 95 % interval | halves |"
    yield "|---|---|---|---|"
    for name, tiles in found.items():
        gain, low, high = compare(tiles, base)
        first, second = halves(tiles)
        against = f"{gain:+.3f} ({low:+.3f} to {high:+.3f})" if tiles is not base else ""
        yield f"| {name} | {image_auroc(tiles):.3f} | {against} | {first:.2f}, {second:.2f} |"


@torch.no_grad()
def main() -> None:
    """Parses the command line and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("--beside", type=Path, default=None, help="a second model whose maps join")
    parser.add_argument(
        "--beside-scale", type=float, default=1.0, help="by how much its pictures are enlarged"
    )
    parser.add_argument("--memory", action="store_true", help="a memory of good patches joins")
    parser.add_argument("--flat", action="store_true", help="no statistics by the distance to the edge")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    dataset: Dataset = load_dataset(arguments.data)
    bundle = read_bundle(arguments.model)
    graph = load_graph(bundle.spec, bundle.weights)
    tests = dataset.test()
    found = rows(graph, tests, SCORES)
    base = found[next(iter(SCORES))]
    pictures = gather_tiles(dataset, channels=graph.spec.channels, held_out_share=0.15, seed=0)
    joints: dict[str, DetectorGraph] = {}
    if arguments.beside is not None:
        more, smoothings = second_model(arguments.beside, arguments.beside_scale)
        joints[f"maps of {arguments.beside.stem} join"] = Joint(graph, more, smoothings)
    if arguments.memory:
        more = memory(graph, pictures.train)
        joints["a memory of good patches joins"] = Joint(graph, more, ((_SMOOTHING, _SMOOTHING),))
    if arguments.flat:
        no_edge_statistics(dataset, TrainSettings())
        joints["one mean and deviation for the whole tile"] = load_graph(bundle.spec, bundle.weights)
    for name, joint in joints.items():
        for _ in fit_statistics(joint, pictures.held_out):
            pass
        largest: dict[str, Callable[[list[Grid]], float]] = {
            name: lambda maps: float(np.maximum.reduce(maps).max())
        }
        if isinstance(joint, Joint):
            largest |= {f"{name}, {how}": score for how, score in JOINT_SCORES.items()}
        found |= rows(joint, tests, largest)
    print("\n".join(lines(found, base)), flush=True)


if __name__ == "__main__":
    main()
