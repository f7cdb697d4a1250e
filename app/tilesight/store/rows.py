"""Between records and table rows."""

from __future__ import annotations

import json
import math
import secrets
from typing import Any

import numpy as np
from sqlalchemy import Row

from bsdrd.result import Region, Thresholds, Verdict
from tilesight.store.canonical import from_us, to_us
from tilesight.store.schema import records, regions
from tilesight.store.types import LabelKind, NewRecord, RecordRow

#: Columns of `records` that `RecordRow` shows.
ROW_COLUMNS = tuple(column for column in records.c if column.name not in ("timings", "pose"))

_SAME = (
    "station",
    "source",
    "frame_id",
    "tile_index",
    "name",
    "path",
    "file_sha256",
    "lot",
    "serial",
    "reason",
    "struct_peak",
    "detail_peak",
    "map_threshold",
    "min_area_px",
    "edge_band_px",
    "model_sha256",
    "model_name",
    "recipe_sha256",
    "recipe_name",
    "recipe_version",
    "operator",
    "provider",
    "height",
    "width",
    "mm_per_px",
    "truth",
)


def new_uid(inspected_us: int) -> str:
    """A name unique among all stations: 32 hex digits, growing with time so that its index stays small."""
    return f"{inspected_us:016x}{secrets.token_hex(8)}"


def record_values(record: NewRecord, uid: str) -> dict[str, Any]:
    """The row of `records` for a new record."""
    values: dict[str, Any] = {name: getattr(record, name) for name in _SAME}
    low, high = (record.thresholds.low, record.thresholds.high) if record.thresholds else (None, None)
    values.update(
        uid=uid,
        captured_us=to_us(record.captured_at),
        inspected_us=to_us(record.inspected_at),
        verdict=record.verdict.value,
        score=_finite(record.score),
        struct_peak=_finite(record.struct_peak),
        detail_peak=_finite(record.detail_peak),
        t1=low,
        t2=high,
        timings=json.dumps({name: round(float(ms), 3) for name, ms in record.timings_ms.items()}),
        pose=None if record.pose is None else json.dumps({k: float(v) for k, v in record.pose.items()}),
        n_regions=len(record.regions),
    )
    if record.pixels is not None and record.height is None and record.width is None:
        values["height"], values["width"] = record.pixels.shape[:2]
    return values


def _finite(value: float | None) -> float | None:
    """JSON and sorting know no NaN and no infinity."""
    return None if value is None or not math.isfinite(value) else float(value)


def region_values(record_id: int, found: tuple[Region, ...]) -> list[dict[str, Any]]:
    """The rows of `regions` for a record."""
    return [
        {
            "record_id": record_id,
            "idx": index,
            "area_px": int(region.area_px),
            "x": int(region.box[0]),
            "y": int(region.box[1]),
            "width": int(region.box[2]),
            "height": int(region.box[3]),
            "centroid_x": float(region.centroid[0]),
            "centroid_y": float(region.centroid[1]),
            "peak": float(region.peak),
            "peak_x": int(region.peak_at[0]),
            "peak_y": int(region.peak_at[1]),
            "fired": region.fired,
            "feature": np.asarray(region.feature, dtype="<f4").tobytes(),
        }
        for index, region in enumerate(found)
    ]


REGION_COLUMNS = tuple(regions.c)


def region_from(row: Row[Any]) -> Region:
    """A region from its row; the feature as it was stored (float32)."""
    return Region(
        area_px=row.area_px,
        box=(row.x, row.y, row.width, row.height),
        centroid=(row.centroid_x, row.centroid_y),
        peak=row.peak,
        peak_at=(row.peak_x, row.peak_y),
        fired=row.fired,
        feature=tuple(np.frombuffer(row.feature, dtype="<f4").tolist()),
    )


def shared_fields(row: Row[Any]) -> dict[str, Any]:
    """The fields of `RecordRow` from a row of `records`."""
    fields: dict[str, Any] = {name: getattr(row, name) for name in _SAME}
    fields.update(
        id=row.id,
        uid=row.uid,
        captured_at=from_us(row.captured_us),
        inspected_at=from_us(row.inspected_us),
        verdict=Verdict(row.verdict),
        score=row.score,
        thresholds=None if row.t1 is None else Thresholds(row.t1, row.t2),
        n_regions=row.n_regions,
        label=None if row.label_kind is None else LabelKind(row.label_kind),
        label_class=row.label_class or "",
        label_by=row.label_by or "",
        label_at=None if row.label_us is None else from_us(row.label_us),
        disagreement=bool(row.disagreement),
    )
    return fields


def row_from(row: Row[Any]) -> RecordRow:
    """A record as a list shows it."""
    return RecordRow(**shared_fields(row))
