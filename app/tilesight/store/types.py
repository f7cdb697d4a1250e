"""What goes into the store and what comes out of it, as frozen values."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bsdrd.result import AnomalyMaps, Region, Thresholds, Verdict

_UID = re.compile(r"[0-9a-f]{32}")


def is_uid(text: str) -> bool:
    """Whether a text is the uid of a record: 32 hex digits in lower case."""
    return _UID.fullmatch(text) is not None


class LabelKind(StrEnum):
    """What a person says about a tile."""

    GOOD = "good"
    DEFECT = "defect"
    FALSE_ALARM = "false alarm"
    MISSED = "missed"
    UNSURE = "unsure"

    @property
    def truth(self) -> bool | None:
        """True for a defective tile (defect, missed), False for a good one, None where unsure."""
        return {"good": False, "false alarm": False, "defect": True, "missed": True}.get(self.value)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NewRecord:
    """One inspection to be stored: everything that led to its verdict.

    Attributes:
        captured_at: When the frame was taken; with a time zone.
        inspected_at: When the verdict was made; with a time zone.
        source: Title of the source.
        frame_id: Number of the frame in its run of the source.
        name: File name, or "frame 17".
        verdict: NOT_INSPECTED needs a `reason`.
        reason: Why it was not inspected; empty otherwise.
        tile_index: Which tile of the frame, from 0.
        station: Which station, where several share one store.
        path: The file the frame was read from, where there was one.
        file_sha256: Hash of that file as it was read.
        lot: Lot number, when known.
        serial: Serial number, when known.
        score: Score after the region filter; None where there is none.
        struct_peak: Largest value of the struct map.
        detail_peak: Largest value of the detail map.
        thresholds: T1 and T2 as applied.
        map_threshold: Value above which pixels form regions, as applied.
        min_area_px: Smallest region that counted.
        edge_band_px: Pixels at the edge that did not count.
        regions: Those found, highest peak first.
        model_sha256: Hash of the model file.
        model_name: Its name.
        recipe_sha256: Hash of the recipe.
        recipe_name: Its name.
        recipe_version: Its version.
        operator: Who ran the line.
        provider: Device that really ran, as "CPU".
        timings_ms: Milliseconds per stage, as {"infer": 41.2}.
        height: Tile height in pixels.
        width: Tile width in pixels.
        mm_per_px: Scale, when known.
        pose: Where the tile lay in its frame, as the tile finder describes it (numbers by name).
        truth: What the demo line drew; empty for a real source.
        uid: Name in exports and imports, 32 hex digits; "" for a new one.
        pixels: The tile, H x W or H x W x 3 (RGB), uint8 or uint16; kept where the retention rule says so.
        maps: Its anomaly maps; likewise.

    Raises:
        ValueError: If a time has no zone, a tile that was not inspected has no reason, a tile that was
            inspected has no score, or the uid is no uid.
    """

    captured_at: datetime
    inspected_at: datetime
    source: str
    frame_id: int
    name: str
    verdict: Verdict
    reason: str = ""
    tile_index: int = 0
    station: str = ""
    path: str | None = None
    file_sha256: str | None = None
    lot: str | None = None
    serial: str | None = None
    score: float | None = None
    struct_peak: float | None = None
    detail_peak: float | None = None
    thresholds: Thresholds | None = None
    map_threshold: float | None = None
    min_area_px: int | None = None
    edge_band_px: int | None = None
    regions: tuple[Region, ...] = ()
    model_sha256: str | None = None
    model_name: str | None = None
    recipe_sha256: str | None = None
    recipe_name: str | None = None
    recipe_version: int | None = None
    operator: str = ""
    provider: str = ""
    timings_ms: Mapping[str, float] = field(default_factory=dict[str, float])
    height: int | None = None
    width: int | None = None
    mm_per_px: float | None = None
    pose: Mapping[str, float] | None = None
    truth: str = ""
    uid: str = ""
    pixels: NDArray[np.uint8] | NDArray[np.uint16] | None = None
    maps: AnomalyMaps | None = None

    def __post_init__(self) -> None:
        if self.captured_at.tzinfo is None or self.inspected_at.tzinfo is None:
            raise ValueError("a record's times need a time zone")
        if self.uid and not is_uid(self.uid):
            raise ValueError(f"{self.uid!r} is no uid of a record")
        if self.verdict is Verdict.NOT_INSPECTED:
            if not self.reason.strip():
                raise ValueError("a tile that was not inspected needs a reason")
        elif self.score is None or not math.isfinite(self.score):
            raise ValueError(f"a tile judged {self.verdict} needs a score")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One stored record as a list shows it; the fields are those of `NewRecord`.

    Attributes:
        id: Number in this store, counting up.
        uid: Name that it keeps in exports and imports: 32 hex digits.
        n_regions: How many regions it has.
        label: The current label, None where there is none or it was taken away.
        label_class: Defect class of that label; empty where there is none.
        label_by: Who gave it.
        label_at: When.
        disagreement: Whether reviewers disagree about it.
    """

    id: int
    uid: str
    captured_at: datetime
    inspected_at: datetime
    station: str
    source: str
    frame_id: int
    tile_index: int
    name: str
    path: str | None
    file_sha256: str | None
    lot: str | None
    serial: str | None
    verdict: Verdict
    reason: str
    score: float | None
    struct_peak: float | None
    detail_peak: float | None
    thresholds: Thresholds | None
    map_threshold: float | None
    min_area_px: int | None
    edge_band_px: int | None
    model_sha256: str | None
    model_name: str | None
    recipe_sha256: str | None
    recipe_name: str | None
    recipe_version: int | None
    operator: str
    provider: str
    height: int | None
    width: int | None
    mm_per_px: float | None
    truth: str
    n_regions: int
    label: LabelKind | None
    label_class: str
    label_by: str
    label_at: datetime | None
    disagreement: bool


FileState = Literal["kept", "removed", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(RecordRow):
    """One stored record with everything that led to its verdict.

    Attributes:
        regions: Those found, highest peak first.
        timings_ms: Milliseconds per stage.
        pose: Where the tile lay in its frame.
        picture: Whether its picture is kept, was removed by the size cap, or was never kept.
        maps: Likewise for its anomaly maps.
    """

    regions: tuple[Region, ...]
    timings_ms: Mapping[str, float]
    pose: Mapping[str, float] | None
    picture: FileState
    maps: FileState


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended; hand it to the next `query` with the same filter and order."""

    value: float | int | str
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of records and where the next one starts (None: this was the last)."""

    rows: tuple[RecordRow, ...]
    after: Cursor | None


#: Codes of `ScoreArrays.verdict`, in this order.
VERDICT_CODES = (Verdict.OK, Verdict.GREY, Verdict.NG, Verdict.NOT_INSPECTED)
#: Codes of `ScoreArrays.label`; -1 stands for unlabelled.
LABEL_CODES = (LabelKind.GOOD, LabelKind.DEFECT, LabelKind.FALSE_ALARM, LabelKind.MISSED, LabelKind.UNSURE)


@dataclass(frozen=True, slots=True, eq=False)
class ScoreArrays:
    """Scores and labels of many records as columns of one length N, oldest first.

    Attributes:
        id: int64.
        inspected_us: int64, microseconds since 1970 in UTC.
        score: float64, NaN where there is none.
        struct_peak: float64, NaN where there is none.
        detail_peak: float64, NaN where there is none.
        t1: float64, T1 as applied, NaN where there was none.
        t2: float64, T2 as applied, NaN where there was none.
        verdict: int8, index into `VERDICT_CODES`.
        label: int8, index into `LABEL_CODES`, -1 where unlabelled.
        truth: int8, 1 labelled defective (defect, missed), 0 labelled good (good, false alarm), -1 else.
        lot: int32, index into `lots`.
        model: int32, index into `models`.
        lots: Lot of each code; "" where unknown.
        models: Model hash of each code; "" where none.
    """

    id: NDArray[np.int64]
    inspected_us: NDArray[np.int64]
    score: NDArray[np.float64]
    struct_peak: NDArray[np.float64]
    detail_peak: NDArray[np.float64]
    t1: NDArray[np.float64]
    t2: NDArray[np.float64]
    verdict: NDArray[np.int8]
    label: NDArray[np.int8]
    truth: NDArray[np.int8]
    lot: NDArray[np.int32]
    model: NDArray[np.int32]
    lots: tuple[str, ...]
    models: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.id)


GapKind = Literal["lost", "dropped"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Frames that never came: a source that was lost, or frames dropped from a full queue.

    Attributes:
        id: Number in this store.
        source: Title of the source.
        kind: "lost" (camera or stream gone) or "dropped" (queue full).
        start: When it began.
        end: When frames came again; None while it lasts.
        frames: Frames known to be missing (0 where nobody can know).
        reason: As a sentence.
    """

    id: int
    source: str
    kind: GapKind
    start: datetime
    end: datetime | None
    frames: int
    reason: str
