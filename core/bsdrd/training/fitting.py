"""What is measured on held-out good tiles after the last step: the statistics that standardise the maps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bsdrd.model.graph import (
    DETAIL,
    EDGE_BINS,
    HEAD,
    STRUCT,
    STUDENTS,
    DetectorGraph,
    cells,
    edge_bins,
    pad_to_cells,
)
from bsdrd.training.tiles import TilePictures

# A deviation estimated from few cells near the edge leans on the whole with the weight of this many cells.
_PRIOR_CELLS = 2000.0
_SMALLEST_STD = 1e-4
# The spread of good tiles' peaks, as a share of their mean, that a few held-out tiles lean on with the weight
# of this many.
_PRIOR_SPREAD, _PRIOR_TILES = 0.2, 4.0


@torch.no_grad()
def fit_statistics(graph: DetectorGraph, tiles: TilePictures) -> Iterator[tuple[int, int]]:
    """Fits the level statistics and the edge profiles of a detector in place.

    Args:
        graph: On any device, in evaluation mode. Its buffers are overwritten.
        tiles: Held-out good tiles.

    Yields:
        Passes over tiles done, and in all.
    """
    total = 2 * len(tiles)
    device = graph.level_mean.device
    sums = np.zeros((2, 3, 3))  # student, level, (count, sum, sum of squares)
    for index in range(len(tiles)):
        features, _, top, left, shape = _features(graph, tiles.load(index), device)
        for student, levels in enumerate(graph.distances(features)):
            for level, d in enumerate(levels):
                factor = 4 * 2**level
                rows, cols = shape[0] // factor, shape[1] // factor
                inside = d[0, top // factor : top // factor + rows, left // factor : left // factor + cols]
                sums[student, level] += _moments(inside)
        yield index + 1, total
    mean = sums[..., 1] / sums[..., 0]
    std = np.sqrt(np.maximum(sums[..., 2] / sums[..., 0] - mean**2, _SMALLEST_STD**2))
    graph.level_mean.copy_(torch.from_numpy(mean))
    graph.level_std.copy_(torch.from_numpy(std))

    count = len(graph.profile_mean)
    heads = range(HEAD, count)
    by_edge = np.zeros((count, EDGE_BINS, 3))
    raws: list[tuple[dict[int, Tensor], Tensor]] = []
    for index in range(len(tiles)):
        features, padded, top, left, (height, width) = _features(graph, tiles.load(index), device)
        place = top // 4, left // 4, cells(height, 4), cells(width, 4)
        bins = edge_bins(*place[2:], device)
        maps = dict(enumerate(graph.raw_maps(graph.distances(features), *place)))
        maps |= dict(zip(heads, graph.head_maps(features, padded, *place), strict=True))
        raws.append(({which: grid[0].cpu() for which, grid in maps.items()}, bins.cpu()))
        for which, grid in maps.items():
            _add_by_edge(by_edge[which], grid[0], bins)
        yield len(tiles) + index + 1, total
    for which in (STRUCT, DETAIL, *heads):
        _set_profile(graph, which, by_edge[which])
    profile_mean, profile_std = graph.profile_mean.cpu(), graph.profile_std.cpu()
    peaks = np.zeros((len(raws), count))
    joined: list[Tensor] = []
    for tile, (maps, bins) in enumerate(raws):
        standard = {i: (grid - profile_mean[i][bins]) / profile_std[i][bins] for i, grid in maps.items()}
        peaks[tile, list(standard)] = [float(grid.max()) for grid in standard.values()]
        joined.append(graph.join(standard[STRUCT], standard[DETAIL]))
        _add_by_edge(by_edge[STUDENTS], joined[-1], bins)
    _set_profile(graph, STUDENTS, by_edge[STUDENTS])
    profile_mean, profile_std = graph.profile_mean[STUDENTS].cpu(), graph.profile_std[STUDENTS].cpu()
    for tile, (grid, (_, bins)) in enumerate(zip(joined, raws, strict=True)):
        peaks[tile, STUDENTS] = float(((grid - profile_mean[bins]) / profile_std[bins]).max())
    _set_peaks(graph, peaks)


def _set_peaks(graph: DetectorGraph, peaks: NDArray[np.float64]) -> None:
    """Mean and deviation of what good tiles reach, `peaks` tiles x maps; the deviation leans on a prior."""
    mean = peaks.mean(0)
    prior = _PRIOR_SPREAD * np.maximum(np.abs(mean), 1.0)
    square = (len(peaks) * peaks.var(0) + _PRIOR_TILES * prior**2) / (len(peaks) + _PRIOR_TILES)
    graph.peak_mean.copy_(torch.from_numpy(mean))
    graph.peak_std.copy_(torch.from_numpy(np.sqrt(square)))


def _features(
    graph: DetectorGraph, tile: NDArray[np.float32], device: torch.device
) -> tuple[list[Tensor], Tensor, int, int, tuple[int, int]]:
    pixels = torch.from_numpy(tile.transpose(2, 0, 1)[None].copy()).to(device)
    padded, top, left = pad_to_cells(pixels)
    return graph.look(padded), padded, top, left, (tile.shape[0], tile.shape[1])


def _moments(values: Tensor) -> NDArray[np.float64]:
    v = values.double()
    return np.array([v.numel(), float(v.sum()), float(v.square().sum())])


def _add_by_edge(sums: NDArray[np.float64], grid: Tensor, bins: Tensor) -> None:
    flat, index = grid.double().flatten().cpu().numpy(), bins.flatten().cpu().numpy()
    sums[:, 0] += np.bincount(index, minlength=EDGE_BINS)
    sums[:, 1] += np.bincount(index, weights=flat, minlength=EDGE_BINS)
    sums[:, 2] += np.bincount(index, weights=flat * flat, minlength=EDGE_BINS)


def _set_profile(graph: DetectorGraph, which: int, sums: NDArray[np.float64]) -> None:
    """Mean and deviation for each distance to the edge, drawn toward the whole where cells are few."""
    whole = sums.sum(0)
    mean_all = whole[1] / whole[0]
    var_all = max(whole[2] / whole[0] - mean_all**2, _SMALLEST_STD**2)
    count = sums[:, 0]
    mean = (sums[:, 1] + _PRIOR_CELLS * mean_all) / (count + _PRIOR_CELLS)
    square = (sums[:, 2] + _PRIOR_CELLS * (var_all + mean_all**2)) / (count + _PRIOR_CELLS)
    std = np.sqrt(np.maximum(square - mean**2, 0.05 * var_all))
    graph.profile_mean[which] = torch.from_numpy(mean)
    graph.profile_std[which] = torch.from_numpy(std)
