"""The struct student: fuses and compresses all scales, then reconstructs every level.

From the paper: dynamic fusion and compression of multi-scale features, reconstruction of all levels. Our
choice: how the weights are computed. They depend on the neighbourhood (a pooled 5 x 5 context at stride 16)
and not on the whole picture, so that a tile seen through a window gives the map it gives as a whole.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bsdrd.model.blocks import Residual, Upsample, conv_bn, depthwise, separable


class ScaleFusion(nn.Module):
    """Weighs the aligned scales against each other, per position and channel (softmax over scales)."""

    def __init__(self, width: int, scales: int, dynamic: bool) -> None:
        super().__init__()
        self.scales = scales
        self.dynamic = dynamic
        if dynamic:
            squeezed = max(16, width // 4)
            self.context = nn.Sequential(
                nn.AvgPool2d(5, 1, 2, count_include_pad=False), conv_bn(width, squeezed, 1)
            )
            self.weights = nn.Conv2d(squeezed, scales * width, 1)

    def forward(self, aligned: list[Tensor]) -> Tensor:
        """`scales` tensors N x C x h x w -> their weighted concatenation N x (scales C) x h x w."""
        if not self.dynamic:
            return torch.cat(aligned, dim=1)
        total = aligned[0]
        for part in aligned[1:]:
            total = total + part
        logits = self.weights(self.context(total))  # N x (S C) x h x w
        exps = [torch.exp(part.clamp(-12.0, 12.0)) for part in logits.chunk(self.scales, dim=1)]
        norm = exps[0]
        for part in exps[1:]:
            norm = norm + part
        # Times the number of scales: equal weights leave the features as they are.
        return torch.cat([a * (self.scales * e / norm) for a, e in zip(aligned, exps, strict=True)], dim=1)


class StructStudent(nn.Module):
    """Reconstructs F1, F2, F3 from a narrow code at stride 16.

    The code holds far fewer channels than the teacher has there, which is the compression. In a trial of one
    seed a wider code at stride 32 was no better; `docs/method.md` says how far that trial goes.

    Args:
        channels: Channels of F1, F2, F3.
        width: Channels at stride 16.
        code: Channels of the code.
        dynamic: Whether the fusion depends on the input (False: ablation).
    """

    def __init__(self, channels: tuple[int, int, int], width: int, code: int, dynamic: bool = True) -> None:
        super().__init__()
        c1, c2, c3 = channels
        mid, fine = 2 * width // 3, max(16, width // 3)
        self.align1 = nn.Sequential(conv_bn(c1, fine, stride=2), conv_bn(fine, width, stride=2))
        self.align2 = conv_bn(c2, width, stride=2)
        self.align3 = conv_bn(c3, width, 1)
        self.fusion = ScaleFusion(width, 3, dynamic)
        self.compress = nn.Sequential(
            conv_bn(3 * width, width, 1), Residual(width, width), conv_bn(width, code, 1)
        )
        self.up3 = Residual(code, width)
        # Full convolutions at the fine strides would cost more than all the rest of the student.
        self.up2 = Upsample(width, mid, separable(mid))
        self.up1 = Upsample(mid, fine, depthwise(fine))  # the head mixes the channels
        self.head3 = nn.Conv2d(width, c3, 1)
        self.head2 = nn.Conv2d(mid, c2, 1)
        self.head1 = nn.Conv2d(fine, c1, 1)

    def forward(self, features: list[Tensor]) -> list[Tensor]:
        """[F1, F2, F3] of the teacher -> their reconstructions, same shapes."""
        f1, f2, f3 = features
        d3 = self.up3(self.narrow(self.align1(f1), f2, f3))
        return [*self.decode(d3), self.head3(d3)]

    def narrow(self, aligned: Tensor, f2: Tensor, f3: Tensor) -> Tensor:
        """`align1` of F1, F2 and F3 -> the code that everything has to pass: N x code x H/16 x W/16."""
        fused = self.fusion([aligned, self.align2(f2), self.align3(f3)])  # N x 3w x H/16 x W/16
        return self.compress(fused)

    def decode(self, d3: Tensor) -> list[Tensor]:
        """What `up3` made of the code -> the reconstructions of F1 and F2; that of F3 is its `head3`."""
        d2 = self.up2(d3)
        return [self.head1(self.up1(d2)), self.head2(d2)]
