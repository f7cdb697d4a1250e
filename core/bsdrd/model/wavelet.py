"""The discrete wavelet transform in two dimensions, as differentiable layers.

Filters come from `pywt.Wavelet`; results equal `pywt.dwt2` and `pywt.idwt2`. The students use
periodization, which halves an even side exactly and, for Haar, touches no border at all.
"""

from __future__ import annotations

from typing import Any, Literal

import pywt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

Mode = Literal["periodization", "symmetric", "reflect", "zero"]


def _filters(wavelet: str) -> tuple[Tensor, Tensor]:
    """Analysis and synthesis filter pairs of a wavelet: float64, 2 x L (low, high)."""
    bank: Any = pywt.Wavelet(wavelet)  # pyright: ignore[reportAttributeAccessIssue]
    analysis = torch.tensor([bank.dec_lo, bank.dec_hi], dtype=torch.float64)
    synthesis = torch.tensor([bank.rec_lo, bank.rec_hi], dtype=torch.float64)
    return analysis, synthesis


def _wrap(x: Tensor, before: int, after: int) -> Tensor:
    """Extends the last axis periodically, however short it is."""
    n = x.shape[-1]
    # Indices and no loop over slices: the length must stay free when the graph is exported.
    return x.index_select(-1, torch.arange(-before, n + after, device=x.device) % n)


def _extend(x: Tensor, before: int, after: int, mode: Mode) -> Tensor:
    """Extends the last axis as pywt's signal extension modes do."""
    if mode == "zero":
        return F.pad(x, (before, after))
    n = x.shape[-1]
    index = torch.arange(-before, n + after, device=x.device)
    if mode == "symmetric":
        index = index % (2 * n)
        index = torch.where(index < n, index, 2 * n - 1 - index)
    elif n > 1:
        index = index % (2 * n - 2)
        index = torch.where(index < n, index, 2 * n - 2 - index)
    else:
        index = torch.zeros_like(index)
    return x[..., index]


def _analyse(x: Tensor, filters: Tensor, mode: Mode) -> Tensor:
    """One level along the last axis: B x n -> B x 2 x k, low then high."""
    length = filters.shape[1]
    if mode == "periodization":
        # The exported graph only sees even sides: tiles are padded to whole stride-32 cells.
        if not torch.onnx.is_in_onnx_export() and x.shape[-1] % 2:
            x = torch.cat([x, x[..., -1:]], dim=-1)
        x = _wrap(x, length // 2 - 1, length // 2)
    else:
        x = _extend(x, length - 2, length - 1, mode)
    kernel = filters.flip(1)[:, None].to(x.dtype)  # 2 x 1 x L: convolution, not correlation
    return F.conv1d(x[:, None], kernel, stride=2)  # B x 2 x k
    # pywt keeps floor((n + L - 1) / 2) values; the extension yields no more than that.


def _synthesise(x: Tensor, filters: Tensor, mode: Mode) -> Tensor:
    """The inverse along the last axis: B x 2 x k -> B x n."""
    length = filters.shape[1]
    kernel = filters[:, None].to(x.dtype)  # 2 x 1 x L
    if mode == "periodization":
        n, margin = 2 * x.shape[-1], length // 2
        wide = _wrap(x, margin, margin)
        y = F.conv_transpose1d(wide, kernel, stride=2)[:, 0]
        start = 2 * margin + length // 2 - 1
        return y[..., start : start + n]
    y = F.conv_transpose1d(x, kernel, stride=2)[:, 0]
    return y[..., length - 2 : y.shape[-1] - (length - 2)]


class _Transform(nn.Module):
    filters: Tensor

    def __init__(self, wavelet: str, mode: Mode, which: int) -> None:
        super().__init__()
        self.mode: Mode = mode
        self._exact = _filters(wavelet)[which]
        self.haar = self._exact.shape[1] == 2 and mode == "periodization"
        self.register_buffer("filters", self._exact.float(), persistent=False)

    def _bank(self, x: Tensor) -> Tensor:
        return self._exact.to(x.device) if x.dtype == torch.float64 else self.filters


class DWT2(_Transform):
    """One level of the two-dimensional transform.

    Args:
        wavelet: Any discrete wavelet name of `pywt`.
        mode: How the signal goes on beyond its border.
    """

    def __init__(self, wavelet: str = "haar", mode: Mode = "periodization") -> None:
        super().__init__(wavelet, mode, 0)

    def forward(self, x: Tensor) -> Tensor:
        """Transforms each channel.

        Args:
            x: N x C x H x W, floating.

        Returns:
            N x 4 x C x h x w: approximation, horizontal, vertical and diagonal detail, in pywt's order.
        """
        tracing = torch.jit.is_tracing()  # pyright: ignore[reportPrivateImportUsage]
        if self.haar and not tracing and (x.shape[2] % 2 or x.shape[3] % 2):
            x = F.pad(x, (0, x.shape[3] % 2, 0, x.shape[2] % 2), mode="replicate")
        if self.haar:
            return self._haar(x)
        n, c, h, _ = x.shape
        bank = self._bank(x)
        rows = _analyse(x.reshape(n * c * h, -1), bank, self.mode)  # NCH x 2 x w
        w = rows.shape[-1]
        rows = rows.reshape(n, c, h, 2, w).permute(0, 1, 3, 4, 2)  # N x C x 2 x w x H
        both = _analyse(rows.reshape(n * c * 2 * w, h), bank, self.mode)
        both = both.reshape(n, c, 2, w, 2, -1)  # N x C x (along x) x w x (along y) x h
        both = both.permute(0, 4, 2, 1, 5, 3)  # N x y x x x C x h x w
        # pywt: cH is high along rows' axis 0 and low along axis 1.
        return torch.stack([both[:, 0, 0], both[:, 1, 0], both[:, 0, 1], both[:, 1, 1]], dim=1)

    def _haar(self, x: Tensor) -> Tensor:
        """Two-tap case without reshapes that slow the exported graph: sums and differences of 2 x 2 cells."""
        low, high = self._bank(x)[0].to(x.dtype), self._bank(x)[1].to(x.dtype)
        # dec filters are time-reversed: y = f[1] * even + f[0] * odd.
        even, odd = x[..., 0::2], x[..., 1::2]
        lo, hi = low[1] * even + low[0] * odd, high[1] * even + high[0] * odd
        parts: list[Tensor] = []
        for along_y, source in ((low, lo), (high, lo), (low, hi), (high, hi)):
            parts.append(along_y[1] * source[..., 0::2, :] + along_y[0] * source[..., 1::2, :])
        return torch.stack(parts, dim=1)


class IDWT2(_Transform):
    """The inverse of `DWT2`; with periodization it doubles each side exactly."""

    def __init__(self, wavelet: str = "haar", mode: Mode = "periodization") -> None:
        super().__init__(wavelet, mode, 1)

    def forward(self, bands: Tensor) -> Tensor:
        """Joins four sub-bands.

        Args:
            bands: N x 4 x C x h x w in the order of `DWT2`.

        Returns:
            N x C x H x W.
        """
        if self.haar:
            return self._haar(bands)
        n, _, c, h, w = bands.shape
        bank = self._bank(bands)
        grid = torch.stack(
            [torch.stack([bands[:, 0], bands[:, 2]], 1), torch.stack([bands[:, 1], bands[:, 3]], 1)], 1
        )  # N x y x x x C x h x w
        columns = grid.permute(0, 2, 3, 5, 1, 4)  # N x x x C x w x y x h
        joined = _synthesise(columns.reshape(n * 2 * c * w, 2, h), bank, self.mode)
        height = joined.shape[-1]
        rows = joined.reshape(n, 2, c, w, height).permute(0, 2, 4, 1, 3)  # N x C x H x x x w
        out = _synthesise(rows.reshape(n * c * height, 2, w), bank, self.mode)
        return out.reshape(n, c, height, -1)

    def _haar(self, bands: Tensor) -> Tensor:
        bank = self._bank(bands)
        low, high = bank[0].to(bands.dtype), bank[1].to(bands.dtype)
        a, ch, cv, cd = bands.unbind(1)
        cells: list[Tensor] = []
        for row in (0, 1):
            lo, hi = low[row] * a + high[row] * ch, low[row] * cv + high[row] * cd
            cells.extend((low[0] * lo + high[0] * hi, low[1] * lo + high[1] * hi))
        n, c, h, w = a.shape
        stacked = torch.stack(cells, dim=2).reshape(n, c * 4, h, w)  # channel-major, as pixel_shuffle wants
        return F.pixel_shuffle(stacked, 2)
