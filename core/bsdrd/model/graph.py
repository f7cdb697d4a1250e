"""The whole detector as one graph in two parts: raw pixels in, standardised anomaly maps and score out.

`look` continues tiles by their outermost pixels to whole stride-32 cells, runs teacher, students and defect
head, and hands out what they say on a stride-4 grid. Each of its values depends on a neighbourhood only, so a
large tile may pass through it window by window: in the stages of `bsdrd.model.staging`, which together do
what `look` does. `finish` makes the maps of the grids of a whole tile.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bsdrd.model.blocks import cosine_distance
from bsdrd.model.defect_head import DefectHead
from bsdrd.model.detail_student import DetailStudent
from bsdrd.model.finish import Finish
from bsdrd.model.spec import ModelSpec
from bsdrd.model.struct_student import StructStudent
from bsdrd.model.teachers import Teacher, empty_teacher, teacher_entry
from bsdrd.result import MAP_STRIDE

#: Sides are padded to multiples of this: the students' coarsest stride.
CELL = 32
#: Stride of the teacher's F3, which is handed out to describe regions.
FEATURE_STRIDE = 16


class Students(nn.Module):
    """Both students and the defect head side by side: what is trained."""

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        channels = teacher_entry(spec.teacher).channels
        self.struct = StructStudent(channels, spec.struct_width, spec.struct_code, spec.use_fusion)
        self.detail = DetailStudent(channels, spec.detail_width, spec.wavelet if spec.use_wavelet else None)
        self.head = DefectHead(channels, spec.head_width, spec.head_outputs) if spec.head_width else None

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
    teacher: Teacher

    def __init__(self, spec: ModelSpec, teacher: Teacher, students: Students) -> None:
        super().__init__()
        self.spec = spec
        self.teacher = teacher
        self.students = students
        self.register_buffer("level_mean", torch.zeros(2, 3))
        self.register_buffer("level_std", torch.ones(2, 3))
        self.finish = Finish(spec)

    @classmethod
    def from_spec(cls, spec: ModelSpec) -> DetectorGraph:
        """A detector with random weights, for `load_state_dict`."""
        return cls(spec, empty_teacher(spec.teacher), Students(spec)).eval()

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """Inspects tiles of one size.

        Args:
            pixels: N x C x H x W float32, 0..255, C = 1 or 3 as in the spec, H and W at least 64.

        Returns:
            struct, detail, fused: each N x ceil(H/4) x ceil(W/4), standardised; score: N, the maximum of
            fused; features: N x F x ceil(H/16) x ceil(W/16), the teacher's F3.
        """
        grids, features = self.look(pixels)
        return *self.finish(grids), features

    def look(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """What teacher, students and defect head say, before smoothing and statistics by place.

        Args:
            pixels: Tiles, or windows of a tile, as for `forward`.

        Returns:
            grids: N x (2 + K) x ceil(H/4) x ceil(W/4), for each student the sum of its standardised levels,
            then the K channels of the defect head; features: as of `forward`.
        """
        padded, top, left = pad_to_cells(pixels)
        features = self.see(padded)
        levels = [self.scaled(grid, level) for level, grid in enumerate(self.distances(features))]
        grids = [self.sum_of_levels(levels)]
        if self.students.head is not None:
            grids.append(self.students.head(features))
        whole = crop(torch.cat(grids, dim=1), MAP_STRIDE, pixels, top, left)
        return whole, crop(features[2], FEATURE_STRIDE, pixels, top, left)

    def see(self, padded: Tensor) -> list[Tensor]:
        """[F1, F2, F3] of the teacher for N x 1 x H x W or N x 3 x H x W pixels, in whole cells."""
        return self.teacher(self.colours(padded))

    def colours(self, padded: Tensor) -> Tensor:
        """As many channels as the teacher takes."""
        return padded.expand(-1, 3, -1, -1)

    def distances(self, features: list[Tensor]) -> list[Tensor]:
        """Cosine distance of both students at each level: N x 2 x H/stride x W/stride."""
        f1, f2, f3 = features
        struct, detail = self.students.struct, self.students.detail
        codes = self.codes(struct.narrow(struct.align1(f1), f2, f3), detail.narrow(f3))
        return [*self.fine_distances(f1, f2, codes), self.far_distance(f3, codes)]

    def differences(self, teacher: Tensor, struct: Tensor, detail: Tensor) -> Tensor:
        """Cosine distance of both students to the teacher at one level: N x 2 x H/stride x W/stride."""
        return torch.stack([cosine_distance(teacher, student) for student in (struct, detail)], dim=1)

    def codes(self, struct: Tensor, detail: Tensor) -> Tensor:
        """What both students gave at their narrowest place -> their codes: N x (w + w') x H/16 x W/16."""
        return torch.cat([self.students.struct.up3(struct), self.students.detail.up3(detail)], dim=1)

    def far_distance(self, f3: Tensor, codes: Tensor) -> Tensor:
        """The last of `distances`, from the codes."""
        struct, detail = self._apart(codes)
        return self.differences(f3, self.students.struct.head3(struct), self.students.detail.head3(detail))

    def fine_distances(self, f1: Tensor, f2: Tensor, codes: Tensor) -> list[Tensor]:
        """The first two of `distances`, from the codes."""
        struct, detail = self._apart(codes)
        predicted = self.students.struct.decode(struct), self.students.detail.decode(detail)
        return [self.differences(*level) for level in zip((f1, f2), *predicted, strict=True)]

    def _apart(self, codes: Tensor) -> tuple[Tensor, Tensor]:
        width = self.spec.struct_width
        return codes[:, :width], codes[:, width:]

    def scaled(self, grid: Tensor, level: int) -> Tensor:
        """Both students' distances at one level, standardised: N x 2 x h x w."""
        mean, std = (one[:, level, None, None] for one in (self.level_mean, self.level_std))
        return (grid - mean) / std

    def sum_of_levels(self, levels: list[Tensor]) -> Tensor:
        """Sum of both students' standardised levels at the finest: N x 2 x H/4 x W/4."""
        total = levels[0]
        for level in (1, 2):
            total = total + F.interpolate(levels[level], scale_factor=float(2**level), mode="bilinear")
        return total


def pad_to_cells(pixels: Tensor) -> tuple[Tensor, int, int]:
    """Continues tiles by their outermost pixels until both sides are multiples of 32.

    A mirrored notch or end of a streak would look like a defect of its own, see `docs/method.md`.

    The tile's corner stays on the stride-16 grid (an offset of 0 or 16), so that every map can be cropped
    back without interpolation.

    Returns:
        The padded pixels, rows above and columns left of the tile.
    """
    # Only non-negative operands: ONNX divides integers toward zero, Python toward minus infinity.
    down = cells(pixels.shape[2], CELL) * CELL - pixels.shape[2]
    right = cells(pixels.shape[3], CELL) * CELL - pixels.shape[3]
    top, left = down // 16 * 16, right // 16 * 16
    return F.pad(pixels, (left, right - left, top, down - top), mode="replicate"), top, left


def crop(grid: Tensor, stride: int, pixels: Tensor, top: int, left: int) -> Tensor:
    """The part of a padded tile's grid that belongs to its pixels; `top` and `left` as of `pad_to_cells`."""
    rows, cols = cells(pixels.shape[2], stride), cells(pixels.shape[3], stride)
    return grid[:, :, top // stride : top // stride + rows, left // stride : left // stride + cols]


def cells(side: int, stride: int) -> int:
    """How many strides cover a side: ceil(side / stride)."""
    return (side + stride - 1) // stride
