"""Building blocks that both students share."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def conv_bn(cin: int, cout: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, batch normalisation, ReLU; "same" padding for odd kernels."""
    return nn.Sequential(
        nn.Conv2d(cin, cout, kernel, stride, kernel // 2, bias=False),
        nn.BatchNorm2d(cout),
        nn.ReLU(inplace=True),
    )


def depthwise(channels: int) -> nn.Sequential:
    """A 3 x 3 convolution of each channel on its own, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(channels, channels, 3, 1, 1, groups=channels, bias=False),
        nn.BatchNorm2d(channels),
        nn.ReLU(inplace=True),
    )


def separable(channels: int) -> nn.Sequential:
    """What `conv_bn` does in a sixth of its time: each channel on its own, then a mixing of channels."""
    return nn.Sequential(depthwise(channels), conv_bn(channels, channels, 1))


class Residual(nn.Module):
    """Two 3 x 3 convolutions around a skip; with `stride` 2 the skip is an averaged 1 x 1 convolution."""

    def __init__(self, cin: int, cout: int, stride: int = 1) -> None:
        super().__init__()
        self.first = conv_bn(cin, cout, stride=stride)
        self.second = nn.Sequential(nn.Conv2d(cout, cout, 3, 1, 1, bias=False), nn.BatchNorm2d(cout))
        self.skip: nn.Module = nn.Identity()
        if stride != 1 or cin != cout:
            pool = nn.AvgPool2d(stride) if stride > 1 else nn.Identity()
            self.skip = nn.Sequential(pool, nn.Conv2d(cin, cout, 1, bias=False), nn.BatchNorm2d(cout))

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        return F.relu(self.second(self.first(x)) + self.skip(x))


class Upsample(nn.Module):
    """Doubles each side by sub-pixel convolution, then looks around once.

    A 1 x 1 convolution to four times the channels and a pixel shuffle cost a fraction of a 3 x 3
    convolution at the finer stride.

    Args:
        cin: Channels that come in.
        cout: Channels that go out.
        refine: What looks around; it keeps the channels.
    """

    def __init__(self, cin: int, cout: int, refine: nn.Module) -> None:
        super().__init__()
        self.expand = nn.Sequential(nn.Conv2d(cin, 4 * cout, 1, bias=False), nn.BatchNorm2d(4 * cout))
        self.refine = refine

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        return self.refine(F.relu(F.pixel_shuffle(self.expand(x), 2)))


def cosine_distance(a: Tensor, b: Tensor) -> Tensor:
    """1 - cosine over channels at each position: N x C x H x W twice -> N x H x W, 0..2."""
    dot = (a * b).sum(1)
    norm = (a.square().sum(1) * b.square().sum(1)).clamp_min(1e-12).sqrt()
    return 1.0 - dot / norm


def reflect_pad(x: Tensor, before: int, after: int) -> Tensor:
    """Reflects rows and columns alike (without repeating the border)."""
    return F.pad(x, (before, after, before, after), mode="reflect")


def gaussian_kernel(sigma: float) -> Tensor:
    """A normalised one-dimensional Gaussian out to three sigma: float32, odd length."""
    radius = max(1, round(3 * sigma))
    x = torch.arange(-radius, radius + 1, dtype=torch.float64)
    kernel = torch.exp(-0.5 * (x / sigma) ** 2)
    return (kernel / kernel.sum()).float()
