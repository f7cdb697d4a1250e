"""The same network in fewer steps, for export.

What is linear in a row becomes one convolution, and sums over channels become matrix products, which ONNX
Runtime does in a fifth of the time.
"""

from __future__ import annotations

import copy
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from bsdrd.model.detail_student import WaveletUp
from bsdrd.model.graph import DetectorGraph
from bsdrd.model.teachers import EfficientNetLite
from bsdrd.pairing import Decoders, normalised


class _ShuffleUp(nn.Module):
    """A `WaveletUp` whose bands, inverse transform and normalisation are one 1 x 1 convolution."""

    def __init__(self, convolution: nn.Conv2d, refine: nn.Module) -> None:
        super().__init__()
        self.convolution = convolution
        self.refine = refine

    def forward(self, x: Tensor) -> Tensor:
        # Clipping before the shuffle gives the same, and ONNX Runtime does it within the convolution.
        return self.refine(functional.pixel_shuffle(functional.relu(self.convolution(x)), 2))


class _FoldedGraph(DetectorGraph):
    """A `DetectorGraph` that computes the same with less work. Made from one by `folded`, never built."""

    decoders: Decoders | None

    def colours(self, padded: Tensor) -> Tensor:
        if isinstance(self.teacher, EfficientNetLite) and self.teacher.stem.conv.in_channels == 1:
            return padded
        return super().colours(padded)

    def differences(self, teacher: Tensor, struct: Tensor, detail: Tensor) -> Tensor:
        return _cosine_distances(teacher, torch.stack([struct, detail], dim=1))

    def far_distance(self, f3: Tensor, codes: Tensor) -> Tensor:
        if self.decoders is None:
            return super().far_distance(f3, codes)
        return _cosine_distances(f3, _one_by_one(self.decoders.far(codes)))

    def fine_distances(self, f1: Tensor, f2: Tensor, codes: Tensor) -> list[Tensor]:
        if self.decoders is None:
            return super().fine_distances(f1, f2, codes)
        predicted = self.decoders.fine(codes)
        return [_cosine_distances(f, _one_by_one(one)) for f, one in zip((f1, f2), predicted, strict=True)]


def _one_by_one(both: Tensor) -> Tensor:
    """Both students' channels one after the other -> N x 2 x C x h x w."""
    return both.reshape(both.shape[0], 2, both.shape[1] // 2, *both.shape[2:])


def _cosine_distances(teacher: Tensor, students: Tensor) -> Tensor:
    """As `bsdrd.model.blocks.cosine_distance`, of both students to the same teacher.

    Args:
        teacher: N x C x h x w.
        students: N x 2 x C' x h x w; channels from C on are zero.

    Returns:
        N x 2 x h x w.
    """
    n, channels, height, width = teacher.shape
    ones = torch.ones(1, channels)

    def total(product: Tensor) -> Tensor:
        return ones @ product  # N x S x C x HW -> N x S x 1 x HW

    flat = teacher.reshape(n, 1, channels, height * width)
    others = students[:, :, :channels].reshape(n, 2, channels, height * width)
    norm = (total(flat * flat) * total(others * others)).clamp_min(1e-12).sqrt()
    return (1.0 - total(flat * others) / norm).reshape(n, 2, height, width)


def folded(graph: DetectorGraph) -> DetectorGraph:
    """A copy of a network that gives the same outputs with less work.

    With a two-tap wavelet each 2 x 2 cell of the inverse transform depends on one place of the four bands
    only. So the transform is a mixing of channels, which goes into the convolution that predicts the bands,
    and so does the normalisation after it. Where tiles are grey, a teacher that treats all colours alike sees
    one channel instead of three equal ones.

    Args:
        graph: In evaluation mode, float32 on the CPU; not changed.
    """
    copied = cast(_FoldedGraph, copy.deepcopy(graph))
    copied.__class__ = _FoldedGraph
    if graph.spec.channels == 1 and isinstance(copied.teacher, EfficientNetLite):
        copied.teacher.stem.conv = _one_channel(copied.teacher.stem.conv)
    for name, module in list(copied.named_modules()):
        if isinstance(module, WaveletUp) and (module.inverse is None or module.inverse.haar):
            parent, _, child = name.rpartition(".")
            setattr(copied.get_submodule(parent), child, _fold(module).eval())
    copied.decoders = _paired(copied)
    return copied


def _paired(graph: DetectorGraph) -> Decoders | None:
    """Takes both students' decoders out and makes one of them, where they have the same shape."""
    struct, detail = graph.students.struct, graph.students.detail
    ups = (struct.up2, detail.up2), (struct.up1, detail.up1)
    if graph.spec.struct_width != graph.spec.detail_width or not isinstance(detail.up1, _ShuffleUp):
        return None
    heads = (struct.head1, detail.head1), (struct.head2, detail.head2), (struct.head3, detail.head3)
    decoders = Decoders([(normalised(a), normalised(b)) for a, b in ups], heads).eval()
    for student in (struct, detail):
        for name in ("up2", "up1", "head1", "head2", "head3"):
            delattr(student, name)
    return decoders


def _one_channel(convolution: nn.Conv2d) -> nn.Conv2d:
    """What a convolution does to equal channels, as a convolution of one of them."""
    one = copy.deepcopy(convolution)
    one.in_channels = 1
    one.weight = nn.Parameter(convolution.weight.detach().double().sum(1, keepdim=True).float())
    return one


def _fold(up: WaveletUp) -> _ShuffleUp:
    channels, inputs = up.cout, up.bands.in_channels
    weight = up.bands.weight.detach().double().reshape(4 * channels, inputs)
    assert up.bands.bias is not None
    both = torch.cat([weight, up.bands.bias.detach().double()[:, None]], dim=1)  # 4C x (inputs + 1)
    if up.inverse is not None:
        mixing = _mixing(up)
        # Bands come band by band, the shuffle wants the four places of each channel together.
        both = torch.einsum("kb,bci->cki", mixing, both.reshape(4, channels, -1)).reshape(4 * channels, -1)
    norm = up.norm
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight.detach().double() / (norm.running_var.double() + norm.eps).sqrt()
    shift = norm.bias.detach().double() - scale * norm.running_mean.double()
    both = both * scale.repeat_interleave(4)[:, None]
    both[:, -1] += shift.repeat_interleave(4)
    convolution = nn.Conv2d(inputs, 4 * channels, 1)
    with torch.no_grad():
        convolution.weight.copy_(both[:, :-1].reshape(4 * channels, inputs, 1, 1))
        assert convolution.bias is not None
        convolution.bias.copy_(both[:, -1])
    return _ShuffleUp(convolution, up.refine)


def _mixing(up: WaveletUp) -> Tensor:
    """What each of the four bands adds to each of the four places of a cell: float64, places x bands."""
    assert up.inverse is not None
    units = torch.eye(4, dtype=torch.float64).reshape(4, 4, 1, 1, 1)  # one unit pulse for each band
    cells = up.inverse(units)  # 4 x 1 x 2 x 2
    return cells.reshape(4, 4).T
