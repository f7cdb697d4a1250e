"""The detail student: works on the wavelet sub-bands of the teacher's high-level features.

From the paper: a wavelet transform of the high-level features, whose low-frequency part keeps global
structure while the high-frequency part serves texture, gradients and irregular defects. Our choice: shrinkage
and gate of the high-frequency branch, and decoding by predicting sub-bands and inverting the transform.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bsdrd.model.blocks import Residual, conv_bn, depthwise, separable
from bsdrd.model.wavelet import DWT2, IDWT2


class Shrinkage(nn.Module):
    """Soft threshold with one learned, non-negative threshold a channel: sign(x) max(|x| - t, 0)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.raw = nn.Parameter(torch.full((1, channels, 1, 1), -3.0))

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        threshold = F.softplus(self.raw)
        return F.relu(x - threshold) - F.relu(-x - threshold)


class WaveletUp(nn.Module):
    """Doubles each side: predicts four sub-bands, inverts the transform and looks around once.

    Args:
        cin: Channels that come in.
        cout: Channels that go out.
        wavelet: `pywt` name; None shuffles pixels instead (ablation).
        refine: What looks around; it keeps the channels.
    """

    def __init__(self, cin: int, cout: int, wavelet: str | None, refine: nn.Module) -> None:
        super().__init__()
        self.cout = cout
        self.bands = nn.Conv2d(cin, 4 * cout, 1)
        self.inverse = IDWT2(wavelet) if wavelet is not None else None
        self.norm = nn.BatchNorm2d(cout)
        self.refine = refine

    def forward(self, x: Tensor) -> Tensor:  # noqa: D102
        bands = self.bands(x)  # N x 4C x h x w
        if self.inverse is None:
            joined = F.pixel_shuffle(bands, 2)
        else:
            n, _, h, w = bands.shape
            joined = self.inverse(bands.reshape(n, 4, self.cout, h, w))  # N x C x 2h x 2w
        return self.refine(F.relu(self.norm(joined)))


class DetailStudent(nn.Module):
    """Reconstructs F1, F2, F3 from the sub-bands of F3.

    Only one block looks around at stride 32: each 3 x 3 convolution there reaches 32 px further, and by as
    much windows over a large tile would have to overlap more.

    Args:
        channels: Channels of F1, F2, F3.
        width: Channels of the low- and high-frequency branches.
        wavelet: `pywt` name; None replaces the transform by a strided convolution (ablation).
        dropout: Probability of dropping a whole channel of either branch while training.
    """

    def __init__(
        self, channels: tuple[int, int, int], width: int, wavelet: str | None = "haar", dropout: float = 0.1
    ) -> None:
        super().__init__()
        c1, c2, c3 = channels
        self.transform = DWT2(wavelet) if wavelet is not None else None
        self.split = nn.Conv2d(c3, 4 * c3, 2, 2) if wavelet is None else None
        self.low = nn.Sequential(conv_bn(c3, width, 1), Residual(width, width))
        self.high = nn.Sequential(nn.BatchNorm2d(3 * c3), Shrinkage(3 * c3), conv_bn(3 * c3, width, 1))
        self.gate = nn.Sequential(nn.Conv2d(2 * width, width, 1), nn.Sigmoid())
        self.drop = nn.Dropout2d(dropout)
        self.merge = conv_bn(2 * width, 2 * width, 1)
        mid, fine = 2 * width // 3, max(16, width // 3)
        self.up3 = WaveletUp(2 * width, width, wavelet, conv_bn(width, width))
        self.up2 = WaveletUp(width, mid, wavelet, separable(mid))
        self.up1 = WaveletUp(mid, fine, wavelet, depthwise(fine))
        self.head3 = nn.Conv2d(width, c3, 1)
        self.head2 = nn.Conv2d(mid, c2, 1)
        self.head1 = nn.Conv2d(fine, c1, 1)

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        """[F1, F2, F3] of the teacher -> their reconstructions, same shapes. Only F3 is looked at."""
        d3 = self.up3(self.narrow(features[2]))
        return [*self.decode(d3), self.head3(d3)]

    def narrow(self, f3: Tensor) -> Tensor:
        """F3 -> both branches, the gate between them: N x 2 width x H/32 x W/32."""
        if self.transform is not None:
            bands = self.transform(f3)  # N x 4 x C x H/32 x W/32
            low_band, high_bands = bands[:, 0], bands[:, 1:].flatten(1, 2)
        else:
            assert self.split is not None
            both = self.split(f3)
            low_band, high_bands = both[:, : f3.shape[1]], both[:, f3.shape[1] :]
        low, high = self.low(low_band), self.high(high_bands)
        high = high * self.gate(torch.cat([low, high], dim=1))
        return self.merge(torch.cat([self.drop(low), self.drop(high)], dim=1))

    def decode(self, d3: Tensor) -> list[Tensor]:
        """What `up3` made of it -> the reconstructions of F1 and F2; that of F3 is its `head3`."""
        d2 = self.up2(d3)
        return [self.head1(self.up1(d2)), self.head2(d2)]
