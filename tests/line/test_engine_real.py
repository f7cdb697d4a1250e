"""The engine with nothing made up: model file, ONNX Runtime, SQLite, files, a server on loopback, kill -9."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.line.line_pictures import tile_pixels, write_tile
from tests.line.mjpeg_server import MjpegServer
from tests.line.tiny_model import THRESHOLDS, write_tiny_model

from bsdrd.result import Verdict
from tilesight.line.engine import Engine, EngineOptions, EngineState
from tilesight.line.news import EngineSnapshot, StoreState
from tilesight.line.recipe import Recipe
from tilesight.line.sources import open_source
from tilesight.line.sources.camera import stream_source
from tilesight.store.records import RecordStore

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RecordStore]:
    with RecordStore.open(tmp_path / "store") as store:
        yield store


@pytest.fixture
def engine(store: RecordStore, no_leftover_threads: None) -> Iterator[Engine]:
    engine = Engine(store, options=EngineOptions(retry_s=0.05))
    yield engine
    engine.close()


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    model = write_tiny_model(tmp_path / "tiny.bsdrd")
    return Recipe(name="Real", model=str(model), threads=1)


def until(engine: Engine, true: Callable[[EngineSnapshot], object]) -> EngineSnapshot:
    """Waits by looking, because these tests wait for a server and a disk."""
    never = threading.Event()
    for _ in range(int(PATIENCE_S / 0.02)):
        snapshot = engine.snapshot()
        if true(snapshot):
            return snapshot
        never.wait(0.02)
    raise AssertionError(f"did not come: {engine.snapshot()}")


def test_a_folder_goes_through_model_and_database(
    engine: Engine, store: RecordStore, recipe: Recipe, tmp_path: Path
) -> None:
    folder = tmp_path / "tiles"
    for number in range(6):
        write_tile(folder / f"tile{number}.png", number, defect=number % 3 == 2)
    (folder / "broken.png").write_bytes(b"no picture")
    engine.start(open_source(str(folder)), recipe).result(PATIENCE_S)
    assert engine.wait_until_done(PATIENCE_S)
    end = engine.snapshot()
    assert end.state is EngineState.FINISHED
    assert end.provider == "CPU"
    assert store.counts() == {
        Verdict.OK: 4, Verdict.GREY: 0, Verdict.NG: 2, Verdict.NOT_INSPECTED: 1,
    }  # fmt: skip
    by_name = {row.name: store.get(row.id) for row in store.query().rows}
    assert "broken.png is no readable picture" in by_name["broken.png"].reason
    bad = by_name["tile2.png"]
    assert bad.thresholds == THRESHOLDS
    assert bad.model_name == "tiny model"
    assert bad.regions[0].box[:2] == pytest.approx((20, 20), abs=4)
    assert np.array_equal(store.files.picture(bad.id), tile_pixels(2, defect=True))
    assert store.files.maps(bad.id).fused.max() == pytest.approx(bad.score, rel=1e-3)
    assert set(bad.timings_ms) >= {"capture", "queue", "prepare", "infer", "judge"}
    assert engine.record_id(engine.snapshot().newest) is not None


def test_a_stream_that_is_killed_and_restarted_goes_on_and_its_gap_is_in_the_database(
    engine: Engine, store: RecordStore, recipe: Recipe
) -> None:
    server = MjpegServer()
    source = stream_source(server.address, connect_s=2.0, silence_s=1.0)
    engine.start(source, recipe).result(PATIENCE_S)
    until(engine, lambda now: now.counts.saved >= 3)
    server.kill()
    lost = until(engine, lambda now: now.state is EngineState.RECONNECTING)
    assert "127.0.0.1" in lost.reason
    saved = lost.counts.saved
    until(engine, lambda now: store.gaps())
    assert store.gaps()[0].end is None
    again = MjpegServer(port=server.port)
    until(engine, lambda now: now.counts.saved > saved + 2)
    until(engine, lambda now: store.gaps()[0].end is not None)
    report = engine.stop().result(PATIENCE_S)
    again.kill()
    assert report.stuck == ()
    assert report.unsaved == 0
    (gap,) = (gap for gap in store.gaps() if gap.kind == "lost")
    assert gap.end is not None
    assert gap.end > gap.start
    assert store.count() == report.counts.saved


def test_a_disk_that_fills_up_and_is_emptied_loses_no_tile(
    engine: Engine, store: RecordStore, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = True
    real = Path.write_bytes

    def write_bytes(path: Path, data: bytes) -> int:
        if full and path.is_relative_to(store.folder):
            raise OSError(28, "No space left on device")
        return real(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_bytes)
    for number in range(5):
        write_tile(tmp_path / "tiles" / f"{number}.png", number, defect=True)
    engine.start(open_source(str(tmp_path / "tiles")), recipe).result(PATIENCE_S)
    failing = until(engine, lambda now: now.store_state is StoreState.FAILING)
    assert "disk is full" in failing.store_reason
    assert store.count() == 0
    full = False
    assert engine.wait_until_done(PATIENCE_S)
    assert store.counts()[Verdict.NG] == 5


def test_what_a_store_in_use_refuses_is_said_and_the_first_program_goes_on(store: RecordStore) -> None:
    with pytest.raises(Exception, match="open in another program"):
        RecordStore.open(store.folder)
    assert store.count() == 0


@pytest.mark.parametrize("after", [3, 40])
def test_kill_9_loses_no_acknowledged_record_and_the_database_opens(tmp_path: Path, after: int) -> None:
    model = write_tiny_model(tmp_path / "tiny.bsdrd")
    arguments = [sys.executable, "-m", "tests.line.killed_engine", str(tmp_path / "store"), str(model)]
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(after)]
        os.kill(process.pid, signal.SIGKILL)
        told += [line for line in process.stdout if line.endswith("\n")]
        assert process.wait(PATIENCE_S) == -signal.SIGKILL
    acknowledged = [line.split(maxsplit=2) for line in told]
    assert len(acknowledged) >= after
    with contextlib.closing(sqlite3.connect(tmp_path / "store" / "tilesight.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with RecordStore.open(tmp_path / "store") as store:
        for number, frame_id, verdict in acknowledged:
            record = store.get(int(number))
            assert (record.frame_id, record.verdict.value) == (int(frame_id), verdict.strip())
            assert record.picture == record.maps == "kept"
            assert store.files.picture(record.id).shape == (64, 64)
        assert store.count() >= len(acknowledged)
        numbers = [row.frame_id for row in store.query(limit=10_000).rows]
        assert len(numbers) == len(set(numbers))
