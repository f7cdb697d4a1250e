"""One frame to verdicts: find tiles, run the detector, judge. No threads; whatever fails is a verdict too."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bsdrd.detector import ModelInfo, RawResult
from bsdrd.errors import BsdrdError
from bsdrd.judge import Rule, judge
from bsdrd.result import Inspection, Verdict
from tilesight.line.frames import FailedFrame, Frame, FrameInfo
from tilesight.line.news import Circumstances, InspectedTile
from tilesight.line.recipe import Recipe
from tilesight.line.tile_finding import FoundTile, RefusedPiece, look_for_tiles

_log = logging.getLogger(__name__)

Pixels = NDArray[np.uint8] | NDArray[np.uint16]

NO_TILE = "No tile was found in this picture."
NOTHING_INSPECTED = (
    "Nothing of this tile was inspected: the mask or the edge band covers all of it, or its maps are damaged."
)
NO_MODEL = "There is no detector: no model could be loaded."


class TileDetector(Protocol):
    """What the line needs of a detector; `bsdrd.detector.Detector` is one."""

    @property
    def info(self) -> ModelInfo:
        """What is known of its model."""
        ...

    @property
    def backend(self) -> str:
        """Library that runs it, "onnx" or "torch"."""
        ...

    @property
    def provider(self) -> str:
        """Device that really runs."""
        ...

    @property
    def fallback_reason(self) -> str:
        """Why that is not the device asked for; empty where it is."""
        ...

    def warm_up(self, height: int = 256, width: int = 256) -> None:
        """Makes the first real tile as fast as the others."""
        ...

    def maps(self, pixels: Pixels) -> RawResult:
        """Maps of one tile."""
        ...

    def run(self, tiles: Sequence[Pixels]) -> list[RawResult]:
        """Maps of tiles of one size, as one batch."""
        ...

    def inspect_many(self, tiles: Sequence[Pixels], rule: Rule | None = None) -> list[Inspection]:
        """Inspections of tiles of one size as one batch."""
        ...

    def close(self) -> None:
        """Frees the device."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Setup:
    """What is in force: swapped as a whole, between two frames.

    Attributes:
        recipe: The recipe.
        recipe_sha256: Its hash.
        recipe_version: Its version in the store, where known.
        detector: Loaded and warm; None where there is none.
        problem: Why there is none.
    """

    recipe: Recipe
    recipe_sha256: str
    recipe_version: int | None
    detector: TileDetector | None
    problem: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Arrived:
    """A frame with the times that it has taken so far.

    Attributes:
        frame: As the source gave it.
        capture_ms: Reading it, or from taking the picture to handing it over for a live source.
        queue_ms: Waiting for the inspection.
        grabbed_s: When its way began, on the clock of `time.perf_counter`.
        free_running: It comes from a camera on its own clock, so that a frame without a tile is no news
            and a tile that the border cuts is whole in another frame.
    """

    frame: Frame | FailedFrame
    capture_ms: float = 0.0
    queue_ms: float = 0.0
    grabbed_s: float = field(default_factory=time.perf_counter)
    free_running: bool = False


@dataclass(slots=True, eq=False)
class _Tile:
    """A tile on its way through the stages; becomes an `InspectedTile`."""

    arrived: Arrived
    frame: Frame | None
    index: int
    found: FoundTile | None
    reason: str
    prepare_ms: float = 0.0
    infer_ms: float = 0.0
    judge_ms: float = 0.0
    rule: Rule | None = None
    inspection: Inspection | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class FrameResult:
    """What a frame became.

    Attributes:
        frame: The frame; None where it could not be read.
        tiles: One for each record that it becomes; empty where a free-running camera saw no tile.
        detector_error: What the detector last failed with; empty where it did not fail.
        detector_ran: Whether the detector was asked at all.
    """

    frame: Frame | None
    tiles: tuple[InspectedTile, ...]
    detector_error: str = ""
    detector_ran: bool = False


class Inspector:
    """Turns frames into inspected tiles.

    Args:
        ticket: Gives the next number of a tile.
    """

    def __init__(self, ticket: Callable[[], int]) -> None:
        self._ticket = ticket

    def inspect(self, arrived: Sequence[Arrived], setup: Setup, said: Circumstances) -> list[FrameResult]:
        """Inspects frames, tiles of one size as one batch.

        Never raises: what goes wrong makes the tile, or the frame, NOT INSPECTED with the reason.

        Returns:
            One result for each frame, in order.
        """
        frames = [self._tiles_of(one, setup) for one in arrived]
        todo = [tile for tiles in frames for tile in tiles if tile.found is not None and not tile.reason]
        if setup.detector is not None:
            self._prepare_rules(todo, setup.recipe, setup.detector.info)
            for batch in _batches([tile for tile in todo if not tile.reason]):
                _infer(batch, setup.detector)
        for tile in todo:
            _check_result(tile, setup)
        return [self._result(one, tiles, setup, said) for one, tiles in zip(arrived, frames, strict=True)]

    def not_inspected(self, arrived: Arrived, reason: str, setup: Setup, said: Circumstances) -> FrameResult:
        """A frame that is not inspected at all, with the reason."""
        frame = arrived.frame
        whole = frame if isinstance(frame, Frame) else None
        return self._result(arrived, [_Tile(arrived, whole, 0, None, reason)], setup, said)

    def _tiles_of(self, arrived: Arrived, setup: Setup) -> list[_Tile]:
        frame = arrived.frame
        if isinstance(frame, FailedFrame):
            return [_Tile(arrived, None, 0, None, frame.reason)]
        began = time.perf_counter()
        try:
            finding = look_for_tiles(frame.pixels, setup.recipe.tile_finding)
        except Exception as error:
            return [_Tile(arrived, frame, 0, None, _explain("Looking for tiles failed", error))]
        tiles = [_Tile(arrived, frame, index, found, "") for index, found in enumerate(finding.tiles)]
        for piece in finding.refused:
            if not (arrived.free_running and _cut_by_border(piece, frame.pixels)):
                tiles.append(_Tile(arrived, frame, len(tiles), None, piece.reason))
        if not tiles and not arrived.free_running:
            tiles.append(_Tile(arrived, frame, 0, None, NO_TILE))
        for tile in tiles:
            tile.prepare_ms = _since(began) / len(tiles)
        return tiles

    def _prepare_rules(self, tiles: list[_Tile], recipe: Recipe, info: ModelInfo) -> None:
        for tile in tiles:
            assert tile.found is not None
            began = time.perf_counter()
            height, width = tile.found.pixels.shape[:2]
            try:
                tile.rule = recipe.rule_for(info, height, width, tile.arrived.frame.info.mm_per_px)
            except Exception as error:
                tile.reason = _explain("The recipe's rule does not fit this tile", error)
            tile.prepare_ms += _since(began)

    def _result(self, arrived: Arrived, tiles: list[_Tile], setup: Setup, said: Circumstances) -> FrameResult:
        errors = [tile.reason for tile in tiles if tile.failed]
        ran = any(tile.inspection is not None or tile.failed for tile in tiles)
        done = tuple(_finished(tile, self._ticket(), setup, said) for tile in tiles)
        frame = arrived.frame if isinstance(arrived.frame, Frame) else None
        return FrameResult(frame, done, errors[-1] if errors else "", ran)


def _batches(tiles: list[_Tile]) -> Iterator[list[_Tile]]:
    """Tiles that can run together: of one size, and therefore of one rule unless their scales differ."""
    groups: dict[object, list[_Tile]] = {}
    for tile in tiles:
        assert tile.found is not None
        key = (tile.found.pixels.shape[:2], tile.arrived.frame.info.mm_per_px)
        groups.setdefault(key, []).append(tile)
    yield from groups.values()


def _infer(batch: list[_Tile], detector: TileDetector) -> None:
    if len(batch) > 1 and _infer_together(batch, detector):
        return
    for tile in batch:
        assert tile.found is not None
        began = time.perf_counter()
        try:
            raw = detector.maps(tile.found.pixels)
        except Exception as error:
            tile.reason, tile.failed = _explain("The detector failed", error), True
            continue
        tile.infer_ms = _since(began)
        _judge(tile, raw)


def _infer_together(batch: list[_Tile], detector: TileDetector) -> bool:
    """Runs a batch; False where it failed, so that each tile is tried alone and only bad ones fail."""
    pixels = [tile.found.pixels for tile in batch if tile.found is not None]
    began = time.perf_counter()
    try:
        raws = detector.run(pixels)
    except Exception as error:
        _log.warning("a batch of %d tiles failed, each is tried alone: %s", len(batch), error)
        return False
    share = _since(began) / len(batch)
    for tile, raw in zip(batch, raws, strict=True):
        tile.infer_ms = share
        _judge(tile, raw)
    return True


def _judge(tile: _Tile, raw: RawResult) -> None:
    assert tile.rule is not None
    began = time.perf_counter()
    try:
        judgement = judge(raw.maps, tile.rule, raw.features)
    except Exception as error:
        tile.reason, tile.failed = _explain("The detector failed", error), True
        return
    tile.judge_ms = _since(began)
    tile.inspection = Inspection(
        raw.maps,
        judgement.score,
        judgement.regions,
        judgement.verdict,
        tile.rule.thresholds,
        tile.infer_ms + tile.judge_ms,
    )


def _check_result(tile: _Tile, setup: Setup) -> None:
    """Gives every tile without a verdict a reason."""
    if tile.reason:
        return
    if setup.detector is None:
        tile.reason = setup.problem or NO_MODEL
    elif tile.inspection is None or tile.inspection.verdict is Verdict.NOT_INSPECTED:
        tile.reason = NOTHING_INSPECTED


def _finished(tile: _Tile, ticket: int, setup: Setup, said: Circumstances) -> InspectedTile:
    inspection = None if tile.reason else tile.inspection
    info: FrameInfo = tile.arrived.frame.info
    detector = setup.detector
    return InspectedTile(
        ticket=ticket,
        info=info,
        frame=tile.frame,
        tile_index=tile.index,
        pixels=_picture(tile),
        pose=None if tile.found is None else tile.found.pose,
        verdict=Verdict.NOT_INSPECTED if inspection is None else inspection.verdict,
        reason=tile.reason,
        inspection=inspection,
        rule=None if inspection is None else tile.rule,
        recipe=setup.recipe,
        recipe_sha256=setup.recipe_sha256,
        recipe_version=setup.recipe_version,
        model=None if detector is None else detector.info,
        provider="" if detector is None else detector.provider,
        timings_ms={
            "capture": tile.arrived.capture_ms,
            "queue": tile.arrived.queue_ms,
            "prepare": tile.prepare_ms,
            "infer": tile.infer_ms,
            "judge": tile.judge_ms,
        },
        inspected_at=datetime.now(UTC),
        circumstances=said,
        grabbed_s=tile.arrived.grabbed_s,
    )


def _picture(tile: _Tile) -> Pixels | None:
    """The tile; or the whole frame, so that a person can see why there is no tile in it."""
    if tile.found is not None:
        return tile.found.pixels
    return None if tile.frame is None else tile.frame.pixels


def _cut_by_border(piece: RefusedPiece, pixels: Pixels) -> bool:
    height, width = pixels.shape[:2]
    return any(not (1 <= x <= width - 2 and 1 <= y <= height - 2) for x, y in piece.corners)


def _explain(what: str, error: Exception) -> str:
    """The reason for a person; errors that nobody foresaw go to the log with their traceback."""
    if isinstance(error, BsdrdError):
        return str(error)
    _log.error("%s", what, exc_info=error)
    return f"{what} ({type(error).__name__}: {error})."


def _since(began: float) -> float:
    return 1000 * (time.perf_counter() - began)
