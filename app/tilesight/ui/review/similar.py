"""Alike false alarms, read and previewed off the GUI thread. No widgets."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from bsdrd.errors import BsdrdError
from tilesight.store.originals import picture_of
from tilesight.store.records import RecordStore
from tilesight.store.remedies import Preview, Remedy
from tilesight.store.similar import SimilarGroup
from tilesight.ui.viewer.picture import display_bytes

#: So many false alarms are marked before alike ones are looked for.
AFTER = 3
_SIDE = 96
_MARGIN = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """A group of alike regions with what would clear it.

    Attributes:
        group: As the store found it.
        remedies: What would clear the group, with a preview each.
    """

    group: SimilarGroup
    remedies: tuple[tuple[Remedy, Preview], ...]

    @property
    def tiles(self) -> int:
        """How many tiles it lies on."""
        return len(self.group.record_ids)


def find_alike(store: RecordStore, record_id: int) -> Alike | None:
    """What resembles the strongest region of a record; None where nothing does.

    Raises:
        StoreError: If the store cannot be read.
    """
    record = store.get(record_id)
    index = next((at for at, region in enumerate(record.regions) if region.feature), None)
    if index is None:
        return None
    group = store.similar.find(record_id, index)
    if len(group.record_ids) < 2:
        return None
    remedies = tuple(
        (remedy, store.similar.preview(group, remedy)) for remedy in store.similar.suggestions(group)
    )
    return Alike(group, remedies)


def read_cut_outs(group: SimilarGroup, store: RecordStore, places: list[int]) -> dict[int, QImage]:
    """Pictures of the regions of some tiles of a group, by their place in it."""
    found: dict[int, QImage] = {}
    for place in places:
        region = group.tiles.at(place)
        whole = _pixels(store, region.record_id)
        if whole is not None:
            found[place] = cut_out(whole, region.box)
    return found


def _pixels(store: RecordStore, record_id: int) -> NDArray[np.uint8] | None:
    try:
        pixels = picture_of(store, store.get(record_id))
    except BsdrdError:
        return None  # damaged or missing, which Review says where the tile is opened
    return None if pixels is None else display_bytes(pixels)


def cut_out(pixels: NDArray[np.uint8], box: tuple[int, int, int, int], side: int = _SIDE) -> QImage:
    """A region with as much around it again, as a square picture.

    Args:
        pixels: H x W or H x W x 3 (RGB), uint8.
        box: x, y, width, height in pixels.
        side: Of the picture.
    """
    x, y, width, height = box
    reach = max(width, height, 16) * (0.5 + _MARGIN / 2)
    middle = (x + width / 2, y + height / 2)
    size = (round(2 * reach), round(2 * reach))
    part = cv2.getRectSubPix(pixels, size, middle)
    shrink = cv2.INTER_AREA if size[0] > side else cv2.INTER_LINEAR
    small = np.ascontiguousarray(cv2.resize(part, (side, side), interpolation=shrink))
    kind = QImage.Format.Format_Grayscale8 if small.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(small.data, side, side, small.strides[0], kind).copy()
