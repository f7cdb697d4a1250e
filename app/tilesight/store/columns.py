"""Many records as NumPy columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, Select, case, select

from tilesight.store.schema import records
from tilesight.store.types import LABEL_CODES, VERDICT_CODES, ScoreArrays

_c = records.c
_COLUMNS = (
    _c.id,
    _c.inspected_us,
    _c.score,
    _c.struct_peak,
    _c.detail_peak,
    _c.t1,
    _c.t2,
    case({verdict.value: code for code, verdict in enumerate(VERDICT_CODES)}, value=_c.verdict),
    case({kind.value: code for code, kind in enumerate(LABEL_CODES)}, value=_c.label_kind, else_=-1),
    _c.lot,
    _c.model_sha256,
)
#: Truth by label code; one more place at the end, so that code -1 (unlabelled) finds truth -1.
TRUTH_OF_LABEL = np.array(
    [-1 if kind.truth is None else int(kind.truth) for kind in LABEL_CODES] + [-1], np.int8
)


def read_score_arrays(connection: Connection, where: Sequence[ColumnElement[bool]]) -> ScoreArrays:
    """Scores and labels of the records that meet all conditions, oldest first."""
    statement = select(*_COLUMNS).where(*where).order_by(_c.inspected_us, _c.id)
    columns = fetch_columns(connection, statement)
    label = np.array(columns[8], dtype=np.int8)
    lot, lots = _codes(columns[9])
    model, models = _codes(columns[10])
    return ScoreArrays(
        id=np.array(columns[0], dtype=np.int64),
        inspected_us=np.array(columns[1], dtype=np.int64),
        # None becomes NaN.
        score=np.array(columns[2], dtype=np.float64),
        struct_peak=np.array(columns[3], dtype=np.float64),
        detail_peak=np.array(columns[4], dtype=np.float64),
        t1=np.array(columns[5], dtype=np.float64),
        t2=np.array(columns[6], dtype=np.float64),
        verdict=np.array(columns[7], dtype=np.int8),
        label=label,
        truth=TRUTH_OF_LABEL[label],
        lot=lot,
        model=model,
        lots=lots,
        models=models,
    )


def fetch_columns(connection: Connection, statement: Select[*tuple[Any, ...]]) -> list[list[Any]]:
    """The columns of a selection as lists of what the driver gives.

    Row objects for 100,000 rows cost as much as the query itself; these are never made.
    """
    result = connection.execute(statement)
    cursor: Any = result.cursor
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    result.close()
    return [[row[place] for row in rows] for place in range(len(statement.selected_columns))]


def _codes(values: Sequence[str | None]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """Texts as codes into their list, which is sorted; None is ""."""
    names = sorted({value or "" for value in values})
    code_of = {name: code for code, name in enumerate(names)}
    codes = np.fromiter((code_of[value or ""] for value in values), dtype=np.int32, count=len(values))
    return codes, tuple(names)
