"""The pixels of a stored region, from the stored maps: for exports of what a person accepted."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from bsdrd.result import AnomalyMaps, Region


def region_mask(maps: AnomalyMaps, outline: float, region: Region) -> NDArray[np.bool_]:
    """The pixels of one region.

    Args:
        maps: The record's maps; stored ones are rounded, so an edge pixel may differ from the day of
            inspection.
        outline: The map threshold as applied.
        region: One of the record's regions.

    Returns:
        bool, H x W of the tile.
    """
    x, y, width, height = region.box
    inside = maps.full("fused")[y : y + height, x : x + width] >= outline
    _, labels = cv2.connectedComponents(inside.astype(np.uint8), connectivity=8)
    label = int(labels[region.peak_at[1] - y, region.peak_at[0] - x])
    mask = np.zeros((maps.height, maps.width), np.bool_)
    # Rounding can push a peak that barely reached the outline below it; the peak itself is sure.
    mask[region.peak_at[1], region.peak_at[0]] = True
    if label:
        mask[y : y + height, x : x + width] = labels == label
    return mask
