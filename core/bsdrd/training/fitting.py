"""What is measured on held-out good tiles after the last step: the statistics that standardise the maps."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bsdrd.model.finish import DETAIL, EDGE_BINS, STRUCT, STUDENTS, Finish, edge_bins
from bsdrd.model.graph import DetectorGraph, pad_to_cells
from bsdrd.training.tiles import TilePictures

# A deviation estimated from few cells near the edge leans on the whole with the weight of this many cells.
_PRIOR_CELLS = 2000.0
_SMALLEST_STD = 1e-4
# From this bin on the profile goes over into that of the inner tile.
_FADE_FROM = 12
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
        pixels = _pixels(tiles, index, device)
        padded, top, left = pad_to_cells(pixels)
        for level, d in enumerate(graph.distances(graph.see(padded))):
            factor = 4 * 2**level
            rows, cols = pixels.shape[2] // factor, pixels.shape[3] // factor
            inside = d[0, :, top // factor : top // factor + rows, left // factor : left // factor + cols]
            for student in (0, 1):
                sums[student, level] += _moments(inside[student])
        yield index + 1, total
    mean = sums[..., 1] / sums[..., 0]
    std = np.sqrt(np.maximum(sums[..., 2] / sums[..., 0] - mean**2, _SMALLEST_STD**2))
    graph.level_mean.copy_(torch.from_numpy(mean))
    graph.level_std.copy_(torch.from_numpy(std))

    finish = graph.finish
    by_edge = np.zeros((finish.rows, EDGE_BINS, 3))
    raws: list[tuple[dict[int, Tensor], Tensor]] = []
    for index in range(len(tiles)):
        grids, _ = graph.look(_pixels(tiles, index, device))
        bins = edge_bins(grids.shape[2], grids.shape[3], device)
        maps = finish.smoothed(grids)
        raws.append(({which: grid[0].cpu() for which, grid in maps.items()}, bins.cpu()))
        for which, grid in maps.items():
            _add_by_edge(by_edge[which], grid[0], bins)
        yield len(tiles) + index + 1, total
    for which in range(finish.rows):
        if which != STUDENTS:
            _set_profile(finish, which, by_edge[which])
    profile_mean, profile_std = finish.profile_mean.cpu(), finish.profile_std.cpu()
    peaks = np.zeros((len(raws), finish.rows))
    joined: list[Tensor] = []
    for tile, (maps, bins) in enumerate(raws):
        standard = {i: (grid - profile_mean[i][bins]) / profile_std[i][bins] for i, grid in maps.items()}
        peaks[tile, list(standard)] = [float(grid.max()) for grid in standard.values()]
        joined.append(finish.join(standard[STRUCT], standard[DETAIL]))
        _add_by_edge(by_edge[STUDENTS], joined[-1], bins)
    _set_profile(finish, STUDENTS, by_edge[STUDENTS])
    profile_mean, profile_std = finish.profile_mean[STUDENTS].cpu(), finish.profile_std[STUDENTS].cpu()
    for tile, (grid, (_, bins)) in enumerate(zip(joined, raws, strict=True)):
        peaks[tile, STUDENTS] = float(((grid - profile_mean[bins]) / profile_std[bins]).max())
    _set_peaks(finish, peaks)


def _set_peaks(finish: Finish, peaks: NDArray[np.float64]) -> None:
    """Mean and deviation of what good tiles reach, `peaks` tiles x maps; the deviation leans on a prior."""
    mean = peaks.mean(0)
    prior = _PRIOR_SPREAD * np.maximum(np.abs(mean), 1.0)
    square = (len(peaks) * peaks.var(0) + _PRIOR_TILES * prior**2) / (len(peaks) + _PRIOR_TILES)
    finish.peak_mean.copy_(torch.from_numpy(mean))
    finish.peak_std.copy_(torch.from_numpy(np.sqrt(square)))


def _pixels(tiles: TilePictures, index: int, device: torch.device) -> Tensor:
    """A tile as the graph takes it: 1 x C x H x W."""
    return torch.from_numpy(tiles.load(index).transpose(2, 0, 1)[None].copy()).to(device)


def _moments(values: Tensor) -> NDArray[np.float64]:
    v = values.double()
    return np.array([v.numel(), float(v.sum()), float(v.square().sum())])


def _add_by_edge(sums: NDArray[np.float64], grid: Tensor, bins: Tensor) -> None:
    flat, index = grid.double().flatten().cpu().numpy(), bins.flatten().cpu().numpy()
    sums[:, 0] += np.bincount(index, minlength=EDGE_BINS)
    sums[:, 1] += np.bincount(index, weights=flat, minlength=EDGE_BINS)
    sums[:, 2] += np.bincount(index, weights=flat * flat, minlength=EDGE_BINS)


def _set_profile(finish: Finish, which: int, sums: NDArray[np.float64]) -> None:
    """Mean and deviation for each distance to the edge, drawn toward the whole where cells are few."""
    whole = sums.sum(0)
    mean_all = whole[1] / whole[0]
    var_all = max(whole[2] / whole[0] - mean_all**2, _SMALLEST_STD**2)
    count = sums[:, 0]
    mean = (sums[:, 1] + _PRIOR_CELLS * mean_all) / (count + _PRIOR_CELLS)
    square = (sums[:, 2] + _PRIOR_CELLS * (var_all + mean_all**2)) / (count + _PRIOR_CELLS)
    # The last bin is all the rest of the tile: a step before it would be seen as a frame in the map.
    fade = np.clip((np.arange(EDGE_BINS) - _FADE_FROM) / (EDGE_BINS - 1 - _FADE_FROM), 0.0, 1.0)
    mean = (1.0 - fade) * mean + fade * mean[-1]
    square = (1.0 - fade) * square + fade * square[-1]
    std = np.sqrt(np.maximum(square - mean**2, 0.05 * var_all))
    finish.profile_mean[which] = torch.from_numpy(mean)
    finish.profile_std[which] = torch.from_numpy(std)
