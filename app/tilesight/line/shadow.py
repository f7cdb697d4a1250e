"""Shadow mode: a candidate judges the live stream beside the live model, when time allows.

Verdicts come from the live model only. The candidate runs on a thread of its own with low priority and one
processor thread; whenever a frame waits for the live model its tile is let go. What it says is kept
beside the records, so agreement adds up over restarts of the program::

    OFF ── begin() or resume() ──▶ WAITING ── first tile ──▶ JUDGING ◀──▶ HELD    the recipe does not fit
     ▲                                │                        │                  the thresholds found for it
     └── end(), promoted, deleted ────┴── cannot be opened, ───┴──▶ FAILED
                                          fails again and again
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

import numpy as np

from bsdrd.detector import open_detector
from bsdrd.errors import BsdrdError
from bsdrd.judge import judge
from bsdrd.result import Thresholds, Verdict
from tilesight.line.engine import Engine
from tilesight.line.inspecting import TileDetector
from tilesight.line.news import InspectedTile
from tilesight.line.observers import Tap
from tilesight.line.recipe import Recipe, RecipeError
from tilesight.line.shadow_terms import ShadowTerms
from tilesight.store.errors import StoreError
from tilesight.store.records import RecordStore
from tilesight.store.shadow import ShadowResult, ShadowRun, TileKey
from tilesight.store.shadow_evidence import Evidence

_log = logging.getLogger(__name__)

#: Tiles that wait for the shadow model at most; the oldest go first.
_ROOM = 2
#: Failures one after the other that end it.
_PATIENCE = 5
_WRITE_EVERY_S = 2.0
_WRITE_AT_ONCE = 16
#: Results that wait for their records at most, and how long.
_PENDING = 128
_FORGET_S = 120.0


class ShadowState(StrEnum):
    """How the shadow model is doing."""

    OFF = "off"
    WAITING = "waiting"  #: It has judged nothing yet since it was started.
    JUDGING = "judging"
    HELD = "held"  #: The recipe's thresholds are not those that the shadow model's were found for.
    FAILED = "failed"  #: It cannot be opened, or fails again and again.


@dataclass(frozen=True, slots=True)
class ShadowSnapshot:
    """How shadow mode is doing since the program started; the store knows it over all time.

    Attributes:
        state: In one word.
        reason: Why it does not judge; empty where it does.
        run: What was begun; None where it is off.
        judged: Tiles judged.
        busy: Tiles let go because a frame waited for the live model.
        slow: Tiles let go because the shadow model was not done with those before.
        failed: Tiles that it could not judge.
    """

    state: ShadowState = ShadowState.OFF
    reason: str = ""
    run: ShadowRun | None = None
    judged: int = 0
    busy: int = 0
    slow: int = 0
    failed: int = 0


def open_shadow(path: Path) -> TileDetector:
    """Opens a model as a shadow: on the processor, one thread, so that it takes nothing from the live one."""
    return open_detector(path, device="cpu", threads=1)


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """What the shadow model said about a tile whose record may not be stored yet."""

    key: TileKey
    result: ShadowResult
    live: Verdict
    evidence: Evidence | None
    since: float


@dataclass(slots=True, eq=False)
class _Job:
    """A run of shadow mode in this program."""

    run: ShadowRun
    path: Path
    terms: ShadowTerms
    detector: TileDetector | None = None
    state: ShadowState = ShadowState.WAITING
    reason: str = ""
    judged: int = 0
    busy: int = 0
    failed: int = 0
    in_a_row: int = 0
    ended: bool = False
    recipes: dict[str, Recipe | RecipeError] = field(default_factory=dict[str, Recipe | RecipeError])
    said: deque[_Said] = field(default_factory=deque[_Said])
    written_at: float = field(default_factory=time.monotonic)


class Shadow:
    """Lets one model of the registry judge beside the live one.

    Args:
        engine: The line.
        store: Records, registry and results.
        open_model: Opens a model file; `open_shadow` unless a test says otherwise.
    """

    def __init__(
        self, engine: Engine, store: RecordStore, open_model: Callable[[Path], TileDetector] = open_shadow
    ) -> None:
        self._engine = engine
        self._store = store
        self._open_model = open_model
        self._lock = threading.RLock()
        self._job: _Job | None = None
        self._tap: Tap | None = None
        self._closed = False

    # -- commands; they may wait for the disk, so not from the GUI thread ---------------------------

    def begin(self, sha256: str, recipe: Recipe, terms: ShadowTerms, *, actor: str, role: str = "") -> None:
        """Starts shadow mode with a model; another one's ends.

        Raises:
            ModelStateError: If the model is live or not in the registry.
            RecipeError: If the terms do not fit the recipe.
            StoreError: If it cannot be noted. Then nothing was changed.
        """
        path = self._store.models.path(sha256)
        terms.recipe_for(recipe, path)
        with self._store.db.write("starting shadow mode"):
            self._store.models.set_shadow(sha256, True, actor=actor, role=role)
            run = self._store.shadow.begin(sha256, recipe.name, terms.content(), actor=actor)
        self._start(run, path)

    def end(self, *, actor: str, role: str = "") -> None:
        """Ends shadow mode; what it found stays. Nothing happens where it is off.

        Raises:
            StoreError: If it cannot be noted; it goes on then.
        """
        run = self._store.shadow.current()
        if run is not None:
            self._store.models.set_shadow(run.model_sha256, False, actor=actor, role=role)
        self._stop()

    def resume(self) -> None:
        """Goes on with what the store says is the shadow, as after a start of the program or a promotion."""
        run = self._store.shadow.current()
        with self._lock:
            known = None if self._job is None else self._job.run.id
        if run is None:
            self._stop()
        elif run.id != known:
            try:
                path = self._store.models.path(run.model_sha256)
            except StoreError as error:
                self._stop()
                with self._lock:
                    terms = ShadowTerms.read(run.terms)
                    self._job = _Job(run, Path(), terms, state=ShadowState.FAILED, reason=str(error))
                return
            self._start(run, path)

    def close(self) -> None:
        """Stops judging for good; the next program goes on with it."""
        with self._lock:
            self._closed = True
        self._stop()

    # -- questions ---------------------------------------------------------------------------------

    def snapshot(self) -> ShadowSnapshot:
        """How it is doing; never waits."""
        job, tap = self._job, self._tap
        if job is None or job.ended:
            return ShadowSnapshot()
        return ShadowSnapshot(
            job.state, job.reason, job.run, job.judged, job.busy, 0 if tap is None else tap.missed, job.failed
        )

    # -- inside ------------------------------------------------------------------------------------

    def _start(self, run: ShadowRun, path: Path) -> None:
        with self._lock:
            self._stop()
            if self._closed:
                return
            job = _Job(run, path, ShadowTerms.read(run.terms))
            self._job = job
            self._tap = self._engine.add_tap(
                lambda tile: self._look_at(job, tile),
                "shadow",
                _ROOM,
                idle=lambda: self._write(job),
                low_priority=True,
            )

    def _stop(self) -> None:
        with self._lock:
            job, tap = self._job, self._tap
            self._job = self._tap = None
        if job is None:
            return
        job.ended = True
        if tap is None or not self._engine.remove_tap(tap):
            return  # whoever hangs in the detector keeps it
        if job.detector is not None:
            job.detector.close()

    def _look_at(self, job: _Job, tile: InspectedTile) -> None:
        """On the shadow's thread: judges a tile, or lets it go."""
        mine = tile.model is not None and tile.model.sha256 == job.run.model_sha256
        if job.ended or mine or tile.inspection is None or tile.pixels is None:
            return
        if job.state is not ShadowState.FAILED:
            if self._engine.waiting:
                job.busy += 1
            else:
                self._judge(job, tile)
        if len(job.said) >= _WRITE_AT_ONCE or time.monotonic() - job.written_at >= _WRITE_EVERY_S:
            self._write(job)

    def _judge(self, job: _Job, tile: InspectedTile) -> None:
        recipe = self._recipe_for(job, tile)
        if isinstance(recipe, RecipeError):
            job.state, job.reason = ShadowState.HELD, str(recipe)
            return
        detector = self._opened(job)
        if detector is None:
            return
        try:
            said = _judged(detector, recipe, tile)
        except Exception as error:
            said = self._failure(job, tile, error)
        else:
            job.judged += 1
            job.in_a_row = 0
            job.state, job.reason = ShadowState.JUDGING, ""
        job.said.append(said)
        while len(job.said) > _PENDING:
            job.said.popleft()

    def _opened(self, job: _Job) -> TileDetector | None:
        if job.detector is None:
            try:
                job.detector = self._open_model(job.path)
            except Exception as error:
                job.state, job.reason = ShadowState.FAILED, _words(error)
        return job.detector

    def _failure(self, job: _Job, tile: InspectedTile, error: Exception) -> _Said:
        job.failed += 1
        job.in_a_row += 1
        job.reason = _words(error)
        if job.in_a_row >= _PATIENCE:
            job.state = ShadowState.FAILED
        result = ShadowResult(0, Verdict.NOT_INSPECTED, None, None, None)
        return _Said(_key(tile), result, tile.verdict, None, time.monotonic())

    def _recipe_for(self, job: _Job, tile: InspectedTile) -> Recipe | RecipeError:
        found = job.recipes.get(tile.recipe_sha256)
        if found is None:
            try:
                found = job.terms.recipe_for(tile.recipe, job.path)
            except RecipeError as error:
                found = error
            job.recipes[tile.recipe_sha256] = found
        return found

    def _write(self, job: _Job) -> None:
        """Keeps what was said about tiles that have become records; what waits for its record waits on."""
        job.written_at = time.monotonic()
        try:
            self._write_found(job)
            current = self._store.shadow.current()
        except StoreError as error:
            _log.warning("shadow results wait: %s", error)
            return
        if current is None or current.id != job.run.id:
            # Promoted, retired or deleted meanwhile, whoever did it.
            job.ended = True

    def _write_found(self, job: _Job) -> None:
        said = list(job.said)
        numbers = self._store.shadow.record_ids([one.key for one in said])
        found = [(one, number) for one, number in zip(said, numbers, strict=True) if number is not None]
        sha256 = job.run.model_sha256
        self._store.shadow.add(sha256, [replace(one.result, record_id=number) for one, number in found])
        done = {id(one) for one, _ in found}
        too_old = time.monotonic() - _FORGET_S
        job.said = deque(one for one in said if id(one) not in done and one.since > too_old)
        for one, number in found:
            if one.evidence is not None:
                self._store.shadow.evidence.keep(sha256, number, one.evidence)


def _judged(detector: TileDetector, recipe: Recipe, tile: InspectedTile) -> _Said:
    assert tile.pixels is not None
    assert tile.inspection is not None
    began = time.perf_counter()
    height, width = tile.pixels.shape[:2]
    rule = recipe.rule_for(detector.info, height, width, tile.info.mm_per_px)
    raw = detector.maps(tile.pixels)
    found = judge(raw.maps, rule)
    score = float(found.score)
    if not np.isfinite(score):
        raise ValueError("the model gave no score")
    evidence = None
    if found.verdict is not tile.verdict:
        evidence = Evidence(tile.pixels, tile.inspection.maps.fused, raw.maps.fused)
    milliseconds = 1000 * (time.perf_counter() - began)
    limits = Thresholds(rule.thresholds.low, rule.thresholds.high)
    result = ShadowResult(0, found.verdict, score, limits, milliseconds)
    return _Said(_key(tile), result, tile.verdict, evidence, time.monotonic())


def _key(tile: InspectedTile) -> TileKey:
    return TileKey(tile.inspected_at, tile.info.source, tile.info.frame_id, tile.tile_index)


def _words(error: Exception) -> str:
    if isinstance(error, BsdrdError):
        return str(error)
    with contextlib.suppress(Exception):
        _log.error("the shadow model failed", exc_info=error)
    return f"The shadow model failed ({type(error).__name__}: {error})."
