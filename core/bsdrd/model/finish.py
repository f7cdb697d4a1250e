"""From the raw grids of a whole tile to its maps: smooth, standardise, join, fuse.

What is here needs the tile's edges and a wide neighbourhood, and costs little. So it runs once for a tile,
also where the network before it ran window by window: it sees no cut.

Maps are standardised by statistics of held-out good tiles, among them a profile over the distance to the
edge: convolutions see less of a tile near its edge, and good tiles disagree more there. The profile takes
that out without blinding the border, where breaks sit.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bsdrd.model.blocks import gaussian_kernel
from bsdrd.model.spec import ModelSpec
from bsdrd.result import MAP_STRIDE

#: Grid cells from the edge over which the edge profile is kept; the last bin is all the rest of the tile. The
#: widely smoothed maps of the defect head need all of it: with 8 bins uneven areas are found less well.
EDGE_BINS = 24
#: Rows of the statistics: each student, both together; then the defect head, a row for each of its maps.
STRUCT, DETAIL, STUDENTS, HEAD = range(4)
#: The first channels of the raw grids are the students'; those of the defect head follow.
STUDENT_GRIDS = 2
#: The value that the highest place of a good tile has on average, in every map; its deviation is 1.
PEAK = 5.0


class Finish(nn.Module):
    """Raw grids to standardised maps and score.

    Args:
        spec: The architecture.
    """

    profile_mean: Tensor
    profile_std: Tensor
    peak_mean: Tensor
    peak_std: Tensor
    kernel: Tensor

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        self.spec = spec
        self.head_maps = spec.head_maps if spec.head_width else ()
        self.rows = rows = HEAD + len(self.head_maps)
        self.register_buffer("profile_mean", torch.zeros(rows, EDGE_BINS))
        self.register_buffer("profile_std", torch.ones(rows, EDGE_BINS))
        self.register_buffer("peak_mean", torch.full((rows,), PEAK))
        self.register_buffer("peak_std", torch.ones(rows))
        self.register_buffer("kernel", gaussian_kernel(spec.smoothing / MAP_STRIDE), persistent=False)
        for index, (_, along, across) in enumerate(self.head_maps):
            down, right = (across, along) if spec.streaks_across else (along, across)
            for name, sigma in (("down", down), ("right", right)):
                kernel = gaussian_kernel(sigma / MAP_STRIDE)
                self.register_buffer(f"head_kernel_{name}_{index}", kernel, persistent=False)

    def forward(self, grids: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Finishes tiles of one size.

        Args:
            grids: N x (2 + K) x h x w, see `DetectorGraph.look`, of whole tiles.

        Returns:
            struct, detail, fused: each N x h x w, standardised; score: N, the maximum of fused.
        """
        place = places(grids.shape[2], grids.shape[3], grids.device)
        standard = {which: self.standardise(raw, which, place) for which, raw in self.smoothed(grids).items()}
        struct, detail = standard[STRUCT], standard[DETAIL]
        found = [self.scale(self.standardise(self.join(struct, detail), STUDENTS, place), STUDENTS)]
        found += [self.scale(standard[which], which) for which in range(HEAD, self.rows)]
        fused = self.fuse(found)
        return self.scale(struct, STRUCT), self.scale(detail, DETAIL), fused, fused.flatten(1).amax(1)

    def smoothed(self, grids: Tensor) -> dict[int, Tensor]:
        """The smoothed map N x h x w behind each row of the statistics that does not come from others."""
        maps = {which: blur(grids[:, which], self.kernel) for which in (STRUCT, DETAIL)}
        for index, (channel, _, _) in enumerate(self.head_maps):
            down, right = (self.get_buffer(f"head_kernel_{name}_{index}") for name in ("down", "right"))
            maps[HEAD + index] = blur(grids[:, STUDENT_GRIDS + channel], right, down)
        return maps

    def standardise(self, grid: Tensor, which: int, place: tuple[Tensor, Tensor]) -> Tensor:
        """(value - mean) / std of good tiles at that distance to the edge; `place` as of `places`."""
        down, across = place
        # Twice looked up, which copies whole rows: bin by bin for every cell takes ten times as long.
        return (grid - self.profile_mean[which][across][down]) / self.profile_std[which][across][down]

    def scale(self, grid: Tensor, which: int) -> Tensor:
        """A map in units of what the highest place of a good tile reaches: `PEAK`, give or take 1."""
        return PEAK + (grid - self.peak_mean[which]) / self.peak_std[which]

    def join(self, struct: Tensor, detail: Tensor) -> Tensor:
        """One map from the students' two; where only one is in use it stands alone."""
        if not self.spec.use_detail:
            return struct
        if not self.spec.use_struct:
            return detail
        if self.spec.fusion == "max":
            return torch.maximum(struct, detail)
        if self.spec.fusion == "product":
            return F.softplus(struct) * F.softplus(detail)
        return struct + detail

    def fuse(self, found: list[Tensor]) -> Tensor:
        """The largest of the students' joint map and the head's maps, all in units of good tiles' peaks.

        A defect that one of them sees clearly must not be averaged away by those that are blind to it.
        """
        if not (self.spec.use_struct or self.spec.use_detail) and len(found) > 1:
            found = found[1:]
        fused = found[0]
        for other in found[1:]:
            fused = torch.maximum(fused, other)
        return fused


def edge_bins(rows: int, cols: int, device: torch.device) -> Tensor:
    """Distance to the nearest edge in grid cells, at most EDGE_BINS - 1: int64, rows x cols."""
    down, across = places(rows, cols, device)
    return across[down]


def places(rows: int, cols: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """What `edge_bins` is made of.

    Returns:
        For each row its distance to the nearer of the top and bottom edge, at most EDGE_BINS - 1; for each
        such distance and each column the bin, EDGE_BINS x cols. Both int64.
    """
    i, j = torch.arange(rows, device=device), torch.arange(cols, device=device)
    down = torch.minimum(i, rows - 1 - i).clamp(max=EDGE_BINS - 1)
    across = torch.minimum(j, cols - 1 - j)[None, :]
    return down, torch.minimum(torch.arange(EDGE_BINS, device=device)[:, None], across)


def blur(grid: Tensor, kernel: Tensor, down: Tensor | None = None) -> Tensor:
    """Separable convolution with replicated borders: N x h x w -> N x h x w.

    Args:
        grid: What to smooth.
        kernel: From left to right, and from top to bottom as well where `down` is None.
        down: From top to bottom.
    """
    down = kernel if down is None else down
    rows, cols = down.shape[0] // 2, kernel.shape[0] // 2
    x = F.pad(grid[:, None], (cols, cols, rows, rows), mode="replicate")
    return F.conv2d(F.conv2d(x, kernel.view(1, 1, 1, -1)), down.view(1, 1, -1, 1))[:, 0]
