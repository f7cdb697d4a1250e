"""Judgements of single regions, and masks that people drew; read here, written by actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from tilesight.store.canonical import bytes_sha256, from_us
from tilesight.store.database import Database
from tilesight.store.errors import LabelError, StoredFileError
from tilesight.store.schema import drawn_masks, region_labels

_IDS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class RegionLabel:
    """What one person says about one region.

    Attributes:
        record_id: Number of the record.
        index: Which of its regions, from 0.
        reviewer: Who.
        decision: "accept" (a real defect) or "reject" (a false alarm).
        defect_class: As "crack"; empty where none was given.
        at: When.
    """

    record_id: int
    index: int
    reviewer: str
    decision: Literal["accept", "reject"]
    defect_class: str
    at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class DrawnMask:
    """A mask that a person drew.

    Attributes:
        id: Number of the mask.
        record_id: Number of the record.
        reviewer: Who.
        defect_class: As "crack"; empty where none was given.
        at: When.
        mask: bool, H x W of the tile, True on the defect, read-only.
    """

    id: int
    record_id: int
    reviewer: str
    defect_class: str
    at: datetime
    mask: NDArray[np.bool_]


class RegionLabels:
    """Region labels of a store; use `RecordStore.labels.regions`."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def current(self, ids: Iterable[int]) -> list[RegionLabel]:
        """Judged regions of these records, by record and region."""
        found = [
            RegionLabel(
                row.record_id,
                row.region_index,
                row.reviewer,
                row.decision,
                row.defect_class,
                from_us(row.at_us),
            )
            for row in self._last_rows(ids)
            if row.region_index is not None and row.decision is not None
        ]
        return sorted(found, key=lambda one: (one.record_id, one.index, one.at))

    def masks(self, ids: Iterable[int]) -> list[DrawnMask]:
        """Masks drawn on these records, by record and in the order drawn.

        Raises:
            StoredFileError: If a stored mask is damaged.
        """
        rows = [row for row in self._last_rows(ids) if row.mask_id is not None and row.decision == "drawn"]
        rows.sort(key=lambda row: (row.record_id, row.mask_id))
        found: list[DrawnMask] = []
        with self._db.read("reading masks") as connection:
            for row in rows:
                stored = connection.execute(select(drawn_masks).where(drawn_masks.c.id == row.mask_id)).one()
                if bytes_sha256(stored.png) != stored.sha256:
                    raise StoredFileError(
                        f"Mask {row.mask_id} of record {row.record_id} is damaged.",
                        do_next="Restore a backup, and check the disk.",
                    )
                found.append(
                    DrawnMask(
                        row.mask_id,
                        row.record_id,
                        row.reviewer,
                        row.defect_class,
                        from_us(row.at_us),
                        mask_from(stored.png),
                    )
                )
        return found

    def _last_rows(self, ids: Iterable[int]) -> list[Any]:
        """The last row for each reviewer and each region or mask."""
        wanted = [int(number) for number in ids]
        found: list[Any] = []
        c = region_labels.c
        with self._db.read("reading region labels") as connection:
            for start in range(0, len(wanted), _IDS_AT_ONCE):
                part = wanted[start : start + _IDS_AT_ONCE]
                last = (
                    select(func.max(c.id))
                    .where(c.record_id.in_(part))
                    .group_by(c.record_id, c.reviewer, c.region_index, c.mask_id)
                )
                found += connection.execute(select(region_labels).where(c.id.in_(last))).all()
        return found


def mask_png(mask: NDArray[np.bool_]) -> tuple[bytes, str]:
    """A mask as PNG of one bit a pixel, and its hash.

    Raises:
        LabelError: If it is not a non-empty bool H x W.
    """
    if mask.ndim != 2 or mask.dtype != np.bool_ or not mask.any():
        raise LabelError("Nothing is drawn.", kept="Nothing was stored.", do_next="Draw the defect first.")
    done, data = cv2.imencode(
        ".png", mask.astype(np.uint8) * 255, [cv2.IMWRITE_PNG_BILEVEL, 1, cv2.IMWRITE_PNG_COMPRESSION, 9]
    )
    if not done:
        raise LabelError("The mask could not be encoded.", kept="Nothing was stored.")
    png = data.tobytes()
    return png, bytes_sha256(png)


def mask_from(png: bytes) -> NDArray[np.bool_]:
    """A mask from its PNG: bool, H x W, read-only."""
    grey: Any = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    mask = np.asarray(grey > 127)
    mask.setflags(write=False)
    return mask
