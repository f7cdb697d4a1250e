"""The whole detector as one graph: raw pixels in, standardised anomaly maps and score out.

The graph pads by reflection to whole stride-32 cells, runs teacher and students, turns their disagreement
into maps on a stride-4 grid and standardises these by statistics of held-out good tiles, among them a
profile over the distance to the edge: convolutions see less of a tile near its edge, and good tiles disagree
more there. The profile takes that out without blinding the border, where breaks sit.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bsdrd.model.blocks import cosine_distance, gaussian_kernel
from bsdrd.model.defect_head import DefectHead
from bsdrd.model.detail_student import DetailStudent
from bsdrd.model.spec import ModelSpec
from bsdrd.model.struct_student import StructStudent
from bsdrd.model.teachers import empty_teacher, teacher_entry
from bsdrd.result import MAP_STRIDE

#: Sides are padded to multiples of this: the students' coarsest stride.
CELL = 32
#: Grid cells from the edge over which the edge profile is kept; the last bin is all the rest of the tile. The
#: widely smoothed maps of the defect head need all of it: with 8 bins uneven areas are found less well.
EDGE_BINS = 24
MAPS = ("struct", "detail", "fused")
#: Rows of the statistics: each student, both together; then the defect head, a row for each smoothing.
STRUCT, DETAIL, STUDENTS, HEAD = range(4)
#: The value that the highest place of a good tile has on average, in every map; its deviation is 1.
PEAK = 5.0


class Students(nn.Module):
    """Both students and the defect head side by side: what is trained."""

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        channels = teacher_entry(spec.teacher).channels
        self.struct = StructStudent(channels, spec.struct_width, spec.struct_code, spec.use_fusion)
        self.detail = DetailStudent(channels, spec.detail_width, spec.wavelet if spec.use_wavelet else None)
        self.head = DefectHead(channels, spec.head_width) if spec.head_width else None

    def forward(self, features: list[Tensor]) -> list[list[Tensor]]:
        """[F1, F2, F3] -> their reconstructions by the struct and by the detail student."""
        return [self.struct(features), self.detail(features)]


class DetectorGraph(nn.Module):
    """Pixels to maps.

    Args:
        spec: The architecture.
        teacher: A frozen teacher.
        students: Trained students.
    """

    level_mean: Tensor
    level_std: Tensor
    profile_mean: Tensor
    profile_std: Tensor
    peak_mean: Tensor
    peak_std: Tensor
    kernel: Tensor

    def __init__(self, spec: ModelSpec, teacher: nn.Module, students: Students) -> None:
        super().__init__()
        self.spec = spec
        self.teacher = teacher
        self.students = students
        self.register_buffer("level_mean", torch.zeros(2, 3))
        self.register_buffer("level_std", torch.ones(2, 3))
        self.rows = rows = HEAD + len(spec.head_maps) if spec.head_width else HEAD
        self.register_buffer("profile_mean", torch.zeros(rows, EDGE_BINS))
        self.register_buffer("profile_std", torch.ones(rows, EDGE_BINS))
        self.register_buffer("peak_mean", torch.full((rows,), PEAK))
        self.register_buffer("peak_std", torch.ones(rows))
        self.register_buffer("kernel", gaussian_kernel(spec.smoothing / MAP_STRIDE), persistent=False)
        for index, (_, sigma) in enumerate(spec.head_maps):
            self.register_buffer(
                f"head_kernel_{index}", gaussian_kernel(sigma / MAP_STRIDE), persistent=False
            )

    @classmethod
    def from_spec(cls, spec: ModelSpec) -> DetectorGraph:
        """A detector with random weights, for `load_state_dict`."""
        return cls(spec, empty_teacher(spec.teacher), Students(spec)).eval()

    def forward(
        self, pixels: Tensor, away: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Inspects tiles of one size.

        Args:
            pixels: N x C x H x W float32, 0..255, C = 1 or 3 as in the spec, H and W at least 64.
            away: For windows of a larger tile, int64: how many grid cells further the tile's top, left,
                bottom and right edges are. None where the pixels are whole tiles.

        Returns:
            struct, detail, fused: each N x ceil(H/4) x ceil(W/4), standardised; score: N, the maximum of
            fused; features: N x F x ceil(H/16) x ceil(W/16), the teacher's F3.
        """
        padded, top, left = pad_to_cells(pixels)
        features = self.look(padded)
        distances = self.distances(features)
        rows, cols = cells(pixels.shape[2], 4), cells(pixels.shape[3], 4)
        place = top // 4, left // 4, rows, cols
        bins = edge_bins(rows, cols, pixels.device, away)
        struct, detail = (
            self.standardise(raw, which, bins) for which, raw in enumerate(self.raw_maps(distances, *place))
        )
        found = [self.scale(self.standardise(self.join(struct, detail), STUDENTS, bins), STUDENTS)]
        for which, raw in enumerate(self.head_maps(features, padded, *place), start=HEAD):
            found.append(self.scale(self.standardise(raw, which, bins), which))
        fused = self.fuse(found)
        struct, detail = self.scale(struct, STRUCT), self.scale(detail, DETAIL)
        score = fused.flatten(1).amax(1)
        t16, l16 = top // 16, left // 16
        rows, cols = cells(pixels.shape[2], 16), cells(pixels.shape[3], 16)
        f3 = features[2][:, :, t16 : t16 + rows, l16 : l16 + cols]
        return struct, detail, fused, score, f3

    def look(self, padded: Tensor) -> list[Tensor]:
        """[F1, F2, F3] of the teacher for N x 1 x H x W or N x 3 x H x W pixels, in whole cells."""
        return self.teacher(padded.expand(-1, 3, -1, -1))

    def distances(self, features: list[Tensor]) -> list[list[Tensor]]:
        """Cosine distance of each student at each level: N x H/stride x W/stride."""
        return [
            [cosine_distance(t, s) for t, s in zip(features, predicted, strict=True)]
            for predicted in self.students(features)
        ]

    def raw_maps(
        self, distances: list[list[Tensor]], top: int, left: int, rows: int, cols: int
    ) -> list[Tensor]:
        """Sum of the standardised levels of each student, cropped to the tile and smoothed."""
        maps: list[Tensor] = []
        for student, levels in enumerate(distances):
            total = (levels[0] - self.level_mean[student, 0]) / self.level_std[student, 0]
            for level in (1, 2):
                z = (levels[level] - self.level_mean[student, level]) / self.level_std[student, level]
                scale = float(2**level)
                total = total + F.interpolate(z[:, None], scale_factor=scale, mode="bilinear")[:, 0]
            total = total[:, top : top + rows, left : left + cols]
            maps.append(self.smooth(total))
        return maps

    def head_maps(
        self, features: list[Tensor], padded: Tensor, top: int, left: int, rows: int, cols: int
    ) -> list[Tensor]:
        """The defect head's maps as in the spec, cropped to the tile and smoothed; none without a head."""
        if self.students.head is None:
            return []
        answers = self.students.head(features, padded)[:, :, top : top + rows, left : left + cols]
        return [
            _blur(answers[:, channel], self.get_buffer(f"head_kernel_{index}"))
            for index, (channel, _) in enumerate(self.spec.head_maps)
        ]

    def smooth(self, grid: Tensor) -> Tensor:
        """Gaussian smoothing of a student's map."""
        return _blur(grid, self.kernel)

    def standardise(self, grid: Tensor, which: int, bins: Tensor) -> Tensor:
        """(value - mean) / std of good tiles at that distance to the edge."""
        return (grid - self.profile_mean[which][bins]) / self.profile_std[which][bins]

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


def pad_to_cells(pixels: Tensor) -> tuple[Tensor, int, int]:
    """Reflects the borders until both sides are multiples of 32.

    The tile's corner stays on the stride-16 grid (an offset of 0 or 16), so that every map can be cropped
    back without interpolation.

    Returns:
        The padded pixels, rows above and columns left of the tile.
    """
    # Only non-negative operands: ONNX divides integers toward zero, Python toward minus infinity.
    down = cells(pixels.shape[2], CELL) * CELL - pixels.shape[2]
    right = cells(pixels.shape[3], CELL) * CELL - pixels.shape[3]
    top, left = down // 16 * 16, right // 16 * 16
    return F.pad(pixels, (left, right - left, top, down - top), mode="reflect"), top, left


def cells(side: int, stride: int) -> int:
    """How many strides cover a side: ceil(side / stride)."""
    return (side + stride - 1) // stride


def edge_bins(rows: int, cols: int, device: torch.device, away: Tensor | None = None) -> Tensor:
    """Distance to the nearest edge in grid cells, at most EDGE_BINS - 1: int64, rows x cols.

    `away` (int64: top, left, bottom, right) is how many cells further the edges are; None: they are here.
    """
    i, j = torch.arange(rows, device=device), torch.arange(cols, device=device)
    top, left, bottom, right = (0, 0, 0, 0) if away is None else away.to(device).unbind()
    di = torch.minimum(i + top, rows - 1 - i + bottom)[:, None]
    dj = torch.minimum(j + left, cols - 1 - j + right)[None, :]
    return torch.minimum(di, dj).clamp(max=EDGE_BINS - 1)


def _blur(grid: Tensor, kernel: Tensor) -> Tensor:
    """Separable convolution with replicated borders: N x h x w -> N x h x w."""
    radius = kernel.shape[0] // 2
    x = F.pad(grid[:, None], (radius, radius, radius, radius), mode="replicate")
    return F.conv2d(F.conv2d(x, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1))[:, 0]
