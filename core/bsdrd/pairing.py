"""Both students' decoders as one, for export.

From their codes on both students do the same steps with weights of their own. Side by side, as convolutions
in two groups, they are half as many steps of twice the size: what a step costs beside its sums, and waking
threads for it most of all, is paid once.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

# ONNX Runtime keeps convolutions in groups in its fast layout only where each gives whole blocks of channels.
_BLOCK = 16


class Decoders(nn.Module):
    """What `decode` and `head3` of two students do, from their codes side by side.

    Args:
        ups: For each of the two steps to finer strides both students' convolutions: one that expands, then
            those that refine. Normalisations are folded in, and each is clipped at zero.
        heads: For F1, F2, F3 those of both students.
    """

    def __init__(
        self,
        ups: Iterable[tuple[list[nn.Conv2d], list[nn.Conv2d]]],
        heads: Iterable[tuple[nn.Conv2d, nn.Conv2d]],
    ) -> None:
        super().__init__()
        self.ups = nn.ModuleList(_Up([_beside(*pair) for pair in zip(*up, strict=True)]) for up in ups)
        self.heads = nn.ModuleList(_beside(*pair, block=_BLOCK) for pair in heads)

    def fine(self, codes: Tensor) -> list[Tensor]:
        """Codes N x 2w x H/16 x W/16 -> the reconstructions of F1 and F2, see `far`."""
        d2 = self.ups[0](codes)
        return [self.heads[0](self.ups[1](d2)), self.heads[1](d2)]

    def far(self, codes: Tensor) -> Tensor:
        """Codes -> both reconstructions of F3, one after the other, each filled up with zeros."""
        return self.heads[2](codes)


class _Up(nn.Module):
    def __init__(self, convolutions: list[nn.Conv2d]) -> None:
        super().__init__()
        self.expand, *refine = convolutions
        self.refine = nn.ModuleList(refine)

    def forward(self, x: Tensor) -> Tensor:
        x = functional.pixel_shuffle(functional.relu(self.expand(x)), 2)
        for convolution in self.refine:
            x = functional.relu(convolution(x))
        return x


def normalised(parts: nn.Module) -> list[nn.Conv2d]:
    """The convolutions of a sequence in order, each with the normalisation that follows it folded in."""
    found: list[nn.Conv2d] = []
    for part in parts.modules():
        if isinstance(part, nn.Conv2d):
            found.append(part)
        elif isinstance(part, nn.BatchNorm2d):
            found[-1] = fuse_conv_bn_eval(found[-1], part)
    return found


def _beside(first: nn.Conv2d, second: nn.Conv2d, block: int = 1) -> nn.Conv2d:
    """Two convolutions of one shape as one; `block`: zeros fill up the channels of each to whole ones."""
    more = -first.out_channels % block
    both = nn.Conv2d(
        first.in_channels + second.in_channels,
        first.out_channels + second.out_channels + 2 * more,
        first.weight.shape[2:],  # pyright: ignore[reportArgumentType]  # two sides of a kernel
        padding=first.weight.shape[-1] // 2,
        groups=first.groups + second.groups,
    )
    with torch.no_grad():
        for name in ("weight", "bias"):
            filled = [
                functional.pad(values, [0] * (2 * values.dim() - 1) + [more])
                for one in (first, second)
                for values in (getattr(one, name),)
            ]
            getattr(both, name).copy_(torch.cat(filled))
    return both
