"""The defect head: tells drawn defects from harmless marks in the teacher's features.

Our addition, beyond the paper. The students say how far a place is from what they have learned to give back;
good tiles carry marks that are as far off as defects. The head is a small decoder over the same features,
trained on drawn defects against drawn harmless marks, and its answer joins the students' in the fused map.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bsdrd.model.blocks import Residual, conv_bn


class DefectHead(nn.Module):
    """F1, F2, F3 of the teacher -> how much each cell looks like a drawn defect.

    Args:
        channels: Channels of F1, F2, F3.
        width: Channels at stride 8; half of it at stride 4, twice as many at stride 16.
        outputs: 1 answers for any defect; 2 adds a channel for whole areas (worn, ground in another way).
            They are faint and large; one channel for both would have to be smoothed widely to find them.
    """

    def __init__(self, channels: tuple[int, int, int], width: int, outputs: int = 2) -> None:
        super().__init__()
        c1, c2, c3 = channels
        self.near = conv_bn(c1, width // 2, 1)
        self.middle = conv_bn(c2, width, 1)
        self.far = conv_bn(c3, 2 * width, 1)
        self.join3 = Residual(2 * width, 2 * width)
        self.up3 = nn.Conv2d(2 * width, 4 * width, 1)
        self.join2 = Residual(2 * width, width)
        self.up2 = nn.Conv2d(width, 2 * width, 1)
        self.join1 = Residual(width, width // 2)
        self.out = nn.Conv2d(width // 2, 1, 1)
        self.area = nn.Sequential(Residual(width, width), nn.Conv2d(width, 1, 1)) if outputs > 1 else None

    def forward(self, features: list[Tensor]) -> Tensor:
        """[F1, F2, F3] -> N x outputs x H/4 x W/4, a logit of each cell for each output."""
        f1, f2, f3 = features
        return self.decode(f1, *self.code(f2, self.narrow(f3)))

    def narrow(self, f3: Tensor) -> Tensor:
        """F3 -> N x 2w x H/16 x W/16."""
        return self.join3(self.far(f3))

    def code(self, f2: Tensor, x: Tensor) -> list[Tensor]:
        """F2 and what `narrow` gave -> N x w x H/8 x W/8 and, for a second output, that at this stride."""
        x = F.pixel_shuffle(F.relu(self.up3(x)), 2)  # N x w x H/8 x W/8
        x = self.join2(torch.cat([x, self.middle(f2)], dim=1))
        return [x] if self.area is None else [x, self.area(x)]

    def decode(self, f1: Tensor, x: Tensor, area: Tensor | None = None) -> Tensor:
        """F1 and what `code` gave -> the answer of `forward`."""
        x = F.pixel_shuffle(F.relu(self.up2(x)), 2)  # N x w/2 x H/4 x W/4
        x = self.join1(torch.cat([x, self.near(f1)], dim=1))
        if area is None:
            return self.out(x)
        return torch.cat([self.out(x), F.interpolate(area, scale_factor=2.0, mode="bilinear")], dim=1)
