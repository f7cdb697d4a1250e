"""What the engine tells: inspected tiles, and a snapshot of how the line is doing. Frozen values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bsdrd.detector import ModelInfo
from bsdrd.judge import Rule
from bsdrd.result import Inspection, Verdict
from tilesight.line.frames import Frame, FrameInfo
from tilesight.line.ledger import Counts, Latency
from tilesight.line.recipe import Recipe
from tilesight.line.sources.base import SourceInfo
from tilesight.line.tile_finding.pose import Pose
from tilesight.store.types import NewRecord

#: Longest side of a film strip picture in pixels.
THUMB_SIDE = 96


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a person says about the tiles that come now; goes into their records.

    Attributes:
        operator: Who runs the line.
        station: Name of the station.
        lot: Lot number, where the source does not know it.
        serial: Serial number of the next tiles, where the source does not know it.
    """

    operator: str = ""
    station: str = ""
    lot: str | None = None
    serial: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class InspectedTile:
    """A tile with its verdict, or a frame that gave none and why.

    Attributes:
        ticket: Counts up from 0 within a run; `Engine.record_id` tells the record, once it is stored.
        info: The frame that it came from.
        frame: The whole frame; None where it could not be read.
        tile_index: Which tile of the frame, from 0.
        pixels: The tile, H x W or H x W x 3 (RGB), uint8 or uint16, read-only; the whole frame where no
            tile was found in it; None where there is no picture.
        pose: Where it lies in the frame; None where there is no tile.
        verdict: NOT_INSPECTED has a `reason`.
        reason: Why it was not inspected, as sentences; empty otherwise.
        inspection: Maps, score and regions; None where it was not inspected.
        rule: The rule that judged it; None where it was not inspected.
        recipe: The recipe in force.
        recipe_sha256: Its hash.
        recipe_version: Its version in the store; None where the store does not know it.
        model: The model that judged it; None where there was none.
        provider: Device that ran it; empty where none did.
        timings_ms: Milliseconds by stage, as far as it came.
        inspected_at: When the verdict was made, in UTC.
        circumstances: What a person said about the tiles at that time.
        grabbed_s: When its frame's way began, on the clock of `time.perf_counter`.
    """

    ticket: int
    info: FrameInfo
    frame: Frame | None
    tile_index: int
    pixels: NDArray[np.uint8] | NDArray[np.uint16] | None
    pose: Pose | None
    verdict: Verdict
    reason: str
    inspection: Inspection | None
    rule: Rule | None
    recipe: Recipe
    recipe_sha256: str
    recipe_version: int | None
    model: ModelInfo | None
    provider: str
    timings_ms: Mapping[str, float]
    inspected_at: datetime
    circumstances: Circumstances = field(default_factory=Circumstances)
    grabbed_s: float = 0.0

    @property
    def score(self) -> float | None:
        """The score; None where it was not inspected."""
        return None if self.inspection is None else self.inspection.score

    @property
    def mm_per_px(self) -> float | None:
        """Scale, where the source or the recipe knows it."""
        return self.info.mm_per_px if self.info.mm_per_px is not None else self.recipe.mm_per_px

    def record(self) -> NewRecord:
        """The record to be stored."""
        info, rule, found, said = self.info, self.rule, self.inspection, self.circumstances
        return NewRecord(
            captured_at=info.captured_at,
            inspected_at=self.inspected_at,
            source=info.source,
            frame_id=info.frame_id,
            name=info.name,
            verdict=self.verdict,
            reason=self.reason,
            tile_index=self.tile_index,
            station=said.station,
            path=None if info.path is None else str(info.path),
            file_sha256=info.file_sha256,
            lot=info.lot or said.lot,
            serial=info.serial or said.serial,
            score=None if found is None or np.isnan(found.score) else found.score,
            struct_peak=None if found is None else float(found.maps.struct.max()),
            detail_peak=None if found is None else float(found.maps.detail.max()),
            thresholds=None if rule is None else rule.thresholds,
            map_threshold=None if rule is None else rule.outline,
            min_area_px=None if rule is None else rule.min_area_px,
            edge_band_px=None if rule is None else rule.edge_band_px,
            regions=() if found is None else found.regions,
            model_sha256=None if self.model is None else self.model.sha256,
            model_name=None if self.model is None else self.model.name,
            recipe_sha256=self.recipe_sha256,
            recipe_name=self.recipe.name,
            recipe_version=self.recipe_version,
            operator=said.operator,
            provider=self.provider,
            timings_ms=dict(self.timings_ms),
            height=None if self.pixels is None else self.pixels.shape[0],
            width=None if self.pixels is None else self.pixels.shape[1],
            mm_per_px=self.mm_per_px,
            pose=None if self.pose is None else pose_numbers(self.pose),
            truth=info.truth,
            pixels=self.pixels,
            maps=None if found is None else found.maps,
        )


def pose_numbers(pose: Pose) -> dict[str, float]:
    """A pose by name, as records keep it; angles in degrees, the rest in pixels."""
    return {
        "x": pose.centre[0],
        "y": pose.centre[1],
        "angle_deg": pose.angle_deg,
        "width": float(pose.width),
        "height": float(pose.height),
    }


@dataclass(frozen=True, slots=True, eq=False)
class TileBrief:
    """A tile as the film strip shows it.

    Attributes:
        ticket: Number in the run; `Engine.tile` may still have all of it.
        name: Name of the frame, with the tile's number where there are several.
        verdict: What became of it.
        score: None where it was not inspected.
        thumb: At most 96 x 96 px, H x W or H x W x 3 (RGB), uint8, read-only; None where there is no tile.
        inspected_at: When the verdict was made, in UTC.
    """

    ticket: int
    name: str
    verdict: Verdict
    score: float | None
    thumb: NDArray[np.uint8] | None
    inspected_at: datetime


class EngineState(StrEnum):
    """How the line is doing as a whole; see `tilesight.line.engine` for how one follows another."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    RECONNECTING = "reconnecting"
    STOPPING = "stopping"
    FINISHED = "finished"
    FAULT = "fault"


class SourceState(StrEnum):
    """How the source is doing."""

    CLOSED = "closed"
    OPENING = "opening"
    DELIVERING = "delivering"
    LOST = "lost"
    ENDED = "ended"
    FAILED = "failed"


class DetectorState(StrEnum):
    """How the detector is doing."""

    MISSING = "missing"  #: There is none; every tile is NOT INSPECTED.
    LOADING = "loading"  #: The first one is being loaded and warmed up.
    READY = "ready"
    FAILING = "failing"  #: It answered the last tile with an error.
    STUCK = "stuck"  #: It has not answered for too long.


class StoreState(StrEnum):
    """How the store is doing."""

    READY = "ready"
    LOW_SPACE = "low space"
    FAILING = "failing"  #: Records wait in memory; tiles are NOT INSPECTED until it takes them again.


@dataclass(frozen=True, slots=True)
class EngineSnapshot:
    """How the line is doing at one moment.

    Attributes:
        state: All in one word.
        reason: Why, where the state is not as it should be; empty otherwise.
        run: Number of the run, from 1; 0 before the first.
        counts: What became of the frames and tiles of this run.
        rate: Tiles per second over the last seconds.
        latencies: Times of the last tiles by stage.
        source: What the source is; None before the first run.
        source_state: How it is doing.
        source_reason: Why it is lost or has failed.
        gaps: How often it was lost in this run.
        waiting: Frames that wait for inspection.
        detector_state: How the detector is doing.
        detector_reason: Why it is missing, failing or stuck.
        model: The model in force; None while there is none.
        backend: Library that runs the model, "onnx" or "torch"; empty while none does.
        provider: Device that really runs, as "CPU"; empty while none does.
        fallback_reason: Why that is not the device asked for; empty where it is.
        recipe: The recipe in force; None before the first run.
        swapping: Another recipe or model is being made ready.
        store_state: How the store is doing.
        store_reason: Why it is failing.
        free_bytes: Free space where the store lies; None while unknown.
        unwritten: Records that wait to be stored.
        newest: Ticket of the newest tile, -1 while there is none.
    """

    state: EngineState = EngineState.STOPPED
    reason: str = ""
    run: int = 0
    counts: Counts = field(default_factory=Counts)
    rate: float = 0.0
    latencies: tuple[Latency, ...] = ()
    source: SourceInfo | None = None
    source_state: SourceState = SourceState.CLOSED
    source_reason: str = ""
    gaps: int = 0
    waiting: int = 0
    detector_state: DetectorState = DetectorState.MISSING
    detector_reason: str = ""
    model: ModelInfo | None = None
    backend: str = ""
    provider: str = ""
    fallback_reason: str = ""
    recipe: Recipe | None = None
    swapping: bool = False
    store_state: StoreState = StoreState.READY
    store_reason: str = ""
    free_bytes: int | None = None
    unwritten: int = 0
    newest: int = -1


@dataclass(frozen=True, slots=True)
class StopReport:
    """How a run ended.

    Attributes:
        counts: The final books.
        stuck: Names of threads that did not end in time; they cannot be ended by force.
        unsaved: Records that the store did not take; their count is in the books too.
    """

    counts: Counts
    stuck: tuple[str, ...] = ()
    unsaved: int = 0
