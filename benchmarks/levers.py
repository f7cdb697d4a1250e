"""Changes of the detector that a trial may ask for by name and that do not ship: one function each.

A function changes classes and functions of `bsdrd` in this process, before it trains; so a trial runs in a
process of its own. Its model file can only be opened by a process with the same levers, and with torch: what
a lever does need not survive the export to the last digit, nor the cuts between windows.

What turns out to help moves into `bsdrd` itself; what does not stays here, with its line in docs/method.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from bsdrd.data import batches
from bsdrd.data.layouts import Dataset
from bsdrd.model import graph, teachers
from bsdrd.model.blocks import Residual
from bsdrd.model.graph import DetectorGraph, Students
from bsdrd.model.teachers import Teacher
from bsdrd.training import fitting, looks, loop
from bsdrd.training.settings import TrainSettings

Lever = Callable[[Dataset, TrainSettings], None]

_BLOCK = 8  # wide means are taken of means over blocks of so many pixels
_EMA_DECAY = 0.98  # a memory of some 50 steps, of 200 in a short trial
_DROPOUT, _NOISE = 0.2, 0.2
_WHITENING_TILES = 24


# --- illumination: what the teacher is shown -------------------------------------------------------------


def _shown(change: Callable[[Tensor], Tensor]) -> None:
    """Puts a function of N x 1 x H x W grey values in 0..255 before the teacher; it may give 3 channels."""

    DetectorGraph.colours = lambda _, padded: change(padded).expand(-1, 3, -1, -1)


def _wide_mean(pixels: Tensor, blocks: int) -> Tensor:
    """Mean of the surroundings, (2 blocks + 1) x 8 px wide, borders repeated."""
    coarse = F.avg_pool2d(pixels, _BLOCK)
    coarse = F.avg_pool2d(F.pad(coarse, [blocks] * 4, mode="replicate"), 2 * blocks + 1, 1)
    return F.interpolate(coarse, scale_factor=float(_BLOCK), mode="bilinear")


def _contrast(pixels: Tensor, blocks: int) -> Tensor:
    mean = _wide_mean(pixels, blocks)
    spread = (_wide_mean(pixels.square(), blocks) - mean.square()).clamp_min(16.0).sqrt()
    return (128.0 + 48.0 * (pixels - mean) / spread).clamp(0.0, 255.0)


def log(_: Dataset, __: TrainSettings) -> None:
    """Logarithm of the grey value: a factor of light becomes an offset."""
    _shown(lambda x: torch.log1p(x) * (255.0 / float(np.log(256.0))))


def flat_field(_: Dataset, __: TrainSettings) -> None:
    """Grey value by the mean of its surroundings, 72 px wide."""
    _shown(lambda x: (128.0 * (x + 4.0) / (_wide_mean(x, 4) + 4.0)).clamp(0.0, 255.0))


def local_contrast(_: Dataset, __: TrainSettings) -> None:
    """Three channels: the grey value, its contrast in 24 px and in 72 px."""
    _shown(lambda x: torch.cat([x, _contrast(x, 1), _contrast(x, 4)], dim=1))


def no_streaks(_: Dataset, settings: TrainSettings) -> None:
    """The mean of each column (the way the streaks run) taken out."""
    along = 3 if settings.spec.streaks_across else 2
    _shown(lambda x: (x - x.mean(along, keepdim=True) + x.mean((2, 3), keepdim=True)).clamp(0.0, 255.0))


# --- borders ---------------------------------------------------------------------------------------------


def mirrored_border(_: Dataset, __: TrainSettings) -> None:
    """Tiles continued by reflection, not by repetition of their outermost pixels."""
    repeated = graph.pad_to_cells

    def mirrored(pixels: Tensor) -> tuple[Tensor, int, int]:
        repeat = F.pad
        try:
            F.pad = lambda x, pads, mode: repeat(x, pads, mode="reflect")  # pyright: ignore
            return repeated(pixels)
        finally:
            F.pad = repeat

    def place(
        tile: NDArray[np.float32], place: tuple[int, int], height: int, width: int
    ) -> NDArray[np.float32]:
        below, right = height - tile.shape[0] - place[0], width - tile.shape[1] - place[1]
        whole = cv2.copyMakeBorder(tile, place[0], below, place[1], right, cv2.BORDER_REFLECT_101)
        return np.asarray(whole, dtype=np.float32).reshape(height, width, -1)

    for module in (graph, fitting, looks):
        module.pad_to_cells = mirrored
    batches._place = place  # pyright: ignore[reportPrivateUsage]


def repeating_teacher(_: Dataset, __: TrainSettings) -> None:
    """The teacher's convolutions pad by repetition, not by zeros, so that a border is no edge to them."""

    def forward(self: Any, x: Tensor) -> Tensor:
        conv: nn.Conv2d = self.conv
        if conv.kernel_size == (1, 1):
            return conv(x)
        x = F.pad(x, self.pads, mode="replicate")
        return F.conv2d(x, conv.weight, conv.bias, conv.stride, 0, 1, conv.groups)

    teachers._SameConv.forward = forward  # pyright: ignore[reportPrivateUsage]


def no_edge_statistics(_: Dataset, __: TrainSettings) -> None:
    """Maps standardised by one mean and deviation, whatever the distance to the edge."""
    by_edge = fitting._set_profile  # pyright: ignore[reportPrivateUsage]

    def flat(finish: Any, which: int, sums: NDArray[np.float64]) -> None:
        by_edge(finish, which, np.broadcast_to(sums.sum(0), sums.shape).copy())

    fitting._set_profile = flat  # pyright: ignore[reportPrivateUsage]


# --- training --------------------------------------------------------------------------------------------


def ema(_: Dataset, __: TrainSettings) -> None:
    """What ships is the running mean of the weights over the steps."""
    run = loop._Run  # pyright: ignore[reportPrivateUsage]
    step = run._step  # pyright: ignore[reportPrivateUsage]
    means: dict[str, Tensor] = {}

    def averaged(self: Any, indices: Any) -> dict[str, float]:
        losses = step(self, indices)
        state = self.network.state_dict()
        for name, value in state.items():
            if not value.is_floating_point():
                continue
            known = means.setdefault(name, value.detach().clone())
            known.lerp_(value.detach(), 1.0 - _EMA_DECAY)
        if self.progress.step + 1 == self.settings.steps:
            self.network.load_state_dict({**state, **means})
        return losses

    run._step = averaged  # pyright: ignore[reportPrivateUsage]


def dropout(_: Dataset, __: TrainSettings) -> None:
    """A fifth of the channels of the struct student's code left out at each step."""
    made = Students.__init__

    def init(self: Students, spec: Any) -> None:
        made(self, spec)
        self.struct.compress.append(nn.Dropout2d(_DROPOUT))

    Students.__init__ = init


def feature_noise(_: Dataset, __: TrainSettings) -> None:
    """Students see the teacher's features with noise, a fifth of each channel's deviation."""
    answer = Students.forward

    def forward(self: Students, features: list[Tensor]) -> list[list[Tensor]]:
        if self.training:
            features = [f + _NOISE * f.std((0, 2, 3), keepdim=True) * torch.randn_like(f) for f in features]
        return answer(self, features)

    Students.forward = forward


# --- teacher ---------------------------------------------------------------------------------------------


class _Whitened(Teacher):
    """A teacher whose features are standardised channel by channel."""

    def __init__(self, teacher: Teacher, channels: tuple[int, ...]) -> None:
        super().__init__()
        self.inner, self.steps = teacher, teacher.steps
        for level, count in enumerate(channels):
            self.register_buffer(f"mean{level}", torch.zeros(1, count, 1, 1))
            self.register_buffer(f"std{level}", torch.ones(1, count, 1, 1))

    def step(self, index: int, x: Tensor) -> Tensor:
        """As of the teacher, whose steps hand on features as they were."""
        if index in (1, 2):
            x = x * self.get_buffer(f"std{index - 1}") + self.get_buffer(f"mean{index - 1}")
        x = self.inner.step(index, x)
        level = {0: 0, 1: 1, self.steps - 1: 2}.get(index)
        if level is None:
            return x
        return (x - self.get_buffer(f"mean{level}")) / self.get_buffer(f"std{level}")


def whitened(dataset: Dataset, settings: TrainSettings) -> None:
    """Every channel of the teacher's features with mean 0 and deviation 1 over good tiles."""
    from bsdrd.data.images import as_model_input, read_image

    load, empty, deeper = teachers.load_teacher, teachers.empty_teacher, teachers.deeper_parameters
    good = [tile for tile in dataset.tiles if tile.split == "train" and tile.is_good]
    some = good[:: max(1, len(good) // _WHITENING_TILES)]

    def loaded(name: str, **how: Any) -> nn.Module:
        inner = load(name, **how)
        wrapped = _Whitened(inner, teachers.teacher_entry(name).channels)
        with torch.no_grad():
            seen = [
                inner(graph.pad_to_cells(torch.from_numpy(as_model_input(read_image(t.path), 3))[None])[0])
                for t in some
            ]
        for level, features in enumerate(zip(*seen, strict=True)):
            flat = torch.cat([f[0].flatten(1) for f in features], dim=1)
            wrapped.get_buffer(f"mean{level}").copy_(flat.mean(1).view(1, -1, 1, 1))
            wrapped.get_buffer(f"std{level}").copy_(flat.std(1).clamp_min(1e-3).view(1, -1, 1, 1))
        return wrapped.eval().requires_grad_(False)

    loop.load_teacher = loaded
    graph.empty_teacher = lambda name: _Whitened(empty(name), teachers.teacher_entry(name).channels).eval()
    loop.deeper_parameters = lambda teacher: deeper(teacher.inner)  # pyright: ignore


def earlier_tap(_: Dataset, settings: TrainSettings) -> None:
    """F3 from the first stage at stride 16 (88 channels), not from the second (120)."""
    entry = teachers.teacher_entry(settings.spec.teacher)
    stages = ((3, 1, 1, 16, 1), (3, 2, 6, 24, 3), (5, 2, 6, 48, 3), (3, 2, 6, 88, 4))

    def build(state: Any) -> teachers.Teacher:
        net = teachers.EfficientNetLite(stages, taps=(1, 2, 3))
        net.ends = (0, 4, 7, 8, 9, 11)  # no step may be empty: each becomes a graph
        if state is not None:
            net.load_published(state)
        return net

    teachers.TEACHERS[settings.spec.teacher] = replace(entry, channels=(24, 48, 88), build=build)


def resnet18_file(_: Dataset, __: TrainSettings) -> None:
    """ResNet18 from the experiments' file beside the data, which torchvision's own hash cannot know."""
    path = Path(__file__).resolve().parents[2] / "shared/weights/resnet18_imagenet1k_v1_through_layer3.npz"

    def loaded(name: str, **_: Any) -> nn.Module:
        state = {key: torch.from_numpy(value) for key, value in np.load(path).items()}
        return teachers.teacher_entry(name).build(state).eval().requires_grad_(False)

    loop.load_teacher = loaded


# --- head ------------------------------------------------------------------------------------------------


def deeper_head(_: Dataset, __: TrainSettings) -> None:
    """Two more blocks of the defect head at stride 16: it sees farther."""
    from bsdrd.model.defect_head import DefectHead

    made = DefectHead.__init__

    def init(self: DefectHead, channels: Any, width: int, outputs: int = 2) -> None:
        made(self, channels, width, outputs)
        self.join3 = nn.Sequential(*(Residual(2 * width, 2 * width) for _ in range(3)))  # pyright: ignore

    DefectHead.__init__ = init


LEVERS: dict[str, Lever] = {
    lever.__name__: lever
    for lever in (
        log,
        flat_field,
        local_contrast,
        no_streaks,
        mirrored_border,
        repeating_teacher,
        no_edge_statistics,
        ema,
        dropout,
        feature_noise,
        whitened,
        earlier_tap,
        resnet18_file,
        deeper_head,
    )
}
