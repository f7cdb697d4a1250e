"""A detector without a network, quick and sure of itself: dark or bright spots on an even background."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.detector import ModelInfo, RawResult
from bsdrd.judge import Rule, judge
from bsdrd.result import AnomalyMaps, Inspection, Thresholds

Pixels = NDArray[np.uint8] | NDArray[np.uint16]


class SimpleDetector:
    """Struct: wide spots; detail: small ones. Scores are in units of the tile's own noise.

    Args:
        provider: What it says of itself.
        fallback_reason: Likewise.
    """

    def __init__(self, provider: str = "CPU", fallback_reason: str = "") -> None:
        self.info = ModelInfo(
            "simple detector",
            "5" * 64,
            "none",
            1,
            Thresholds(5.0, 7.0),
            16,
            "2026-11-01T00:00:00Z",
            {},
            {},
            (),
            Path("simple.bsdrd"),
        )
        self.backend = "onnx"
        self.provider = provider
        self.fallback_reason = fallback_reason
        self.closed = False

    def warm_up(self, height: int = 256, width: int = 256) -> None:
        """Nothing to warm."""

    def maps(self, pixels: Pixels) -> RawResult:
        """Difference of two blurs, standardised by its own spread."""
        grey = pixels if pixels.ndim == 2 else pixels[..., 1]
        picture = grey.astype(np.float32)
        height, width = picture.shape
        small = cv2.resize(picture, (-(-width // 4), -(-height // 4)), interpolation=cv2.INTER_AREA)
        flat = small - cv2.GaussianBlur(small, (0, 0), 12)
        detail = _standardised(np.abs(cv2.GaussianBlur(flat, (0, 0), 0.8)))
        struct = _standardised(np.abs(cv2.GaussianBlur(flat, (0, 0), 4.0)))
        fused = np.maximum(detail, struct)
        features = np.ones((2, -(-height // 16), -(-width // 16)), np.float32)
        return RawResult(AnomalyMaps(struct, detail, fused, height, width), features)

    def run(self, tiles: Sequence[Pixels]) -> list[RawResult]:
        """One after the other."""
        return [self.maps(pixels) for pixels in tiles]

    def inspect_many(self, tiles: Sequence[Pixels], rule: Rule | None = None) -> list[Inspection]:
        """One after the other."""
        used = rule or Rule(self.info.thresholds)
        found: list[Inspection] = []
        for pixels in tiles:
            raw = self.maps(pixels)
            judged = judge(raw.maps, used, raw.features)
            found.append(
                Inspection(raw.maps, judged.score, judged.regions, judged.verdict, used.thresholds, 1.0)
            )
        return found

    def close(self) -> None:
        """Closed for good."""
        self.closed = True


def _standardised(values: NDArray[np.float32]) -> NDArray[np.float32]:
    middle = np.median(values)
    spread = np.median(np.abs(values - middle)) + 1e-3
    return ((values - middle) / (2.2 * spread)).astype(np.float32)
