"""All regions that one model found, as NumPy columns; read once, then kept up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, case, func, select

from tilesight.store.columns import TRUTH_OF_LABEL, fetch_columns
from tilesight.store.schema import records, regions
from tilesight.store.types import LABEL_CODES, VERDICT_CODES

_c = records.c
_RECORD_COLUMNS = (
    _c.id,
    _c.score,
    _c.t1,
    _c.t2,
    func.coalesce(_c.map_threshold, _c.t1),
    case({verdict.value: code for code, verdict in enumerate(VERDICT_CODES)}, value=_c.verdict),
    case({kind.value: code for code, kind in enumerate(LABEL_CODES)}, value=_c.label_kind, else_=-1),
    _c.height,
    _c.width,
)
_r = regions.c
_REGION_COLUMNS = (_r.record_id, _r.idx, _r.area_px, _r.x, _r.y, _r.width, _r.height, _r.peak, _r.feature)


@dataclass(frozen=True, slots=True, eq=False)
class RecordColumns:
    """Records that have regions, by number.

    Attributes:
        id: int64, rising.
        score: float64.
        t1: float64, as applied.
        t2: float64, as applied.
        outline: float64, the map threshold as applied.
        verdict: int8, index into `VERDICT_CODES`.
        label: int8, index into `LABEL_CODES`, -1 where unlabelled.
        truth: int8, 1 labelled defective, 0 labelled good, -1 else.
        height: float64, tile height in pixels, NaN where unknown.
        width: float64, tile width in pixels, NaN where unknown.
    """

    id: NDArray[np.int64]
    score: NDArray[np.float64]
    t1: NDArray[np.float64]
    t2: NDArray[np.float64]
    outline: NDArray[np.float64]
    verdict: NDArray[np.int8]
    label: NDArray[np.int8]
    truth: NDArray[np.int8]
    height: NDArray[np.float64]
    width: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RegionColumns:
    """Regions by record and index, N of them.

    Attributes:
        record: int64, number of the record.
        index: int32, which region of it.
        area: int64, pixels.
        box: int32, N x 4: x, y, width, height in pixels.
        peak: float64.
        feature: float32, N x F, unit length (0 where the region has none).
    """

    record: NDArray[np.int64]
    index: NDArray[np.int32]
    area: NDArray[np.int64]
    box: NDArray[np.int32]
    peak: NDArray[np.float64]
    feature: NDArray[np.float32]


def read_records(connection: Connection, model_sha256: str | None) -> RecordColumns:
    """Records of one model that have regions; judged ones only."""
    statement = (
        select(*_RECORD_COLUMNS)
        .where(_model_is(model_sha256), _c.n_regions > 0, _c.score.is_not(None))
        .order_by(_c.id)
    )
    columns = fetch_columns(connection, statement)
    label = np.array(columns[6], dtype=np.int8)
    return RecordColumns(
        id=np.array(columns[0], dtype=np.int64),
        score=np.array(columns[1], dtype=np.float64),
        t1=np.array(columns[2], dtype=np.float64),
        t2=np.array(columns[3], dtype=np.float64),
        outline=np.array(columns[4], dtype=np.float64),
        verdict=np.array(columns[5], dtype=np.int8),
        label=label,
        truth=TRUTH_OF_LABEL[label],
        height=np.array(columns[7], dtype=np.float64),
        width=np.array(columns[8], dtype=np.float64),
    )


def read_regions(connection: Connection, model_sha256: str | None, after: int) -> RegionColumns:
    """Regions of records of one model with a number above `after`."""
    statement = (
        select(*_REGION_COLUMNS)
        .join(records, _c.id == _r.record_id)
        .where(_model_is(model_sha256), _r.record_id > after, _c.score.is_not(None))
        .order_by(_r.record_id, _r.idx)
    )
    columns = fetch_columns(connection, statement)
    return RegionColumns(
        record=np.array(columns[0], dtype=np.int64),
        index=np.array(columns[1], dtype=np.int32),
        area=np.array(columns[2], dtype=np.int64),
        box=np.array(columns[3:7], dtype=np.int32).T.reshape(-1, 4),
        peak=np.array(columns[7], dtype=np.float64),
        feature=_features(columns[8]),
    )


def joined(first: RegionColumns, second: RegionColumns) -> RegionColumns:
    """Both, one after the other."""
    if not len(second.record):
        return first
    width = max(first.feature.shape[1], second.feature.shape[1])
    return RegionColumns(
        record=np.concatenate([first.record, second.record]),
        index=np.concatenate([first.index, second.index]),
        area=np.concatenate([first.area, second.area]),
        box=np.concatenate([first.box, second.box]),
        peak=np.concatenate([first.peak, second.peak]),
        feature=np.concatenate([_widened(first.feature, width), _widened(second.feature, width)]),
    )


def _model_is(model_sha256: str | None) -> Any:
    return _c.model_sha256.is_(None) if model_sha256 is None else _c.model_sha256 == model_sha256


def _features(blobs: Sequence[bytes]) -> NDArray[np.float32]:
    """Rows of one width: those of another length (judged without features) become 0."""
    size = max((len(blob) for blob in blobs), default=0)
    whole = b"".join(blob if len(blob) == size else bytes(size) for blob in blobs)
    return np.frombuffer(whole, dtype="<f4").astype(np.float32).reshape(len(blobs), size // 4)


def _widened(feature: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    return feature if feature.shape[1] == width else np.zeros((len(feature), width), np.float32)
