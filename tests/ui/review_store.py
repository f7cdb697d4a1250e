"""A store with tiles to review: hand-made maps, known regions, known alike false alarms."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from tests.ui.hand_made import THRESHOLDS, maps, texture

from bsdrd.judge import Rule, judge
from bsdrd.result import Region, Verdict
from tilesight.store.images import KEEP_ALL
from tilesight.store.records import NewRecord, RecordStore

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
MODEL = "ab" * 32
HEIGHT, WIDTH = 96, 128


def feature(kind: int) -> tuple[float, ...]:
    """A descriptor: those of one kind are alike, those of two kinds are not."""
    made = np.zeros(8)
    made[kind] = 1.0
    return tuple(made.tolist())


def tile_record(number: int, *, peak: float = 5.0, kind: int = 0, keep: bool = True) -> NewRecord:
    """A tile with one region whose peak, so its score, is about `peak`."""
    made = maps(HEIGHT, WIDTH, detail=((64.0, 48.0, 8.0, peak),))
    judged = judge(made, Rule(thresholds=THRESHOLDS))
    regions = tuple(
        Region(one.area_px, one.box, one.centroid, one.peak, one.peak_at, one.fired, feature(kind))
        for one in judged.regions
    )
    return NewRecord(
        captured_at=START + timedelta(seconds=number),
        inspected_at=START + timedelta(seconds=number, milliseconds=40),
        source="Camera 1",
        frame_id=number,
        name=f"frame {number}",
        verdict=judged.verdict,
        score=judged.score,
        struct_peak=0.0,
        detail_peak=judged.score,
        thresholds=THRESHOLDS,
        regions=regions,
        lot=f"L-{number // 10:03d}",
        serial=f"S{number:05d}",
        model_sha256=MODEL,
        model_name="starter",
        recipe_name="MT starter",
        recipe_version=3,
        recipe_sha256="cd" * 32,
        timings_ms={"infer": 41.5, "judge": 1.25},
        height=HEIGHT,
        width=WIDTH,
        pixels=texture(HEIGHT, WIDTH, number) if keep else None,
        maps=made if keep else None,
    )


def not_inspected(number: int) -> NewRecord:
    """A tile that could not be inspected."""
    when = START + timedelta(seconds=number)
    return NewRecord(
        captured_at=when,
        inspected_at=when,
        source="Camera 1",
        frame_id=number,
        name=f"frame {number}",
        verdict=Verdict.NOT_INSPECTED,
        reason="The frame could not be decoded.",
    )


def fill(store: RecordStore, count: int) -> list[int]:
    """Adds `count` tiles, in turn GREY and NG."""
    return store.add([tile_record(at, peak=5.0 if at % 2 else 8.0) for at in range(count)], KEEP_ALL)


def open_filled(folder: Path, count: int) -> RecordStore:
    """A store with that many tiles."""
    store = RecordStore.open(folder)
    fill(store, count)
    return store
