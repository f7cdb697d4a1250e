"""How quickly Records works on a large store: opening, filtering, sorting, searching, scrolling.

Makes a store of records without pictures in a temporary folder (or reuses one), opens the Records workspace
on it without a screen, and prints seconds. "Longest wait" is the longest time for which the GUI thread kept
an event waiting meanwhile: what a person feels as a freeze.

    python benchmarks/records_table.py --records 100000
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication

from bsdrd.result import Thresholds, Verdict
from tilesight.line.settings import Settings
from tilesight.store.images import KEEP_NONE
from tilesight.store.records import NewRecord, Order, RecordFilter, RecordStore
from tilesight.ui.context import AppContext, Person
from tilesight.ui.records.table_model import TIME
from tilesight.ui.records.workspace import RecordsWorkspace
from tilesight.ui.session import Session
from tilesight.ui.theme import Appearance, Theme

_AT_ONCE = 5000
_ROWS_A_FRAME = 60


class Gaps(QObject):
    """The longest time between two beats of a 2 ms timer of the GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(2)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def reset(self) -> None:
        """Begins anew."""
        self.longest, self._last = 0.0, time.perf_counter()

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, now - self._last)
        self._last = now


def make_store(folder: Path, count: int) -> RecordStore:
    """A store with that many records; an existing one is taken as it is."""
    store = RecordStore.open(folder)
    have = store.count()
    start = datetime(2026, 1, 1, tzinfo=UTC)
    thresholds = Thresholds(6.0, 6.5)
    rng = np.random.default_rng(7)
    scores = rng.gamma(4.0, 1.2, count)
    began = time.perf_counter()
    for first in range(have, count, _AT_ONCE):
        new: list[NewRecord] = []
        for at in range(first, min(first + _AT_ONCE, count)):
            score = float(scores[at])
            new.append(
                NewRecord(
                    captured_at=start + timedelta(seconds=2 * at),
                    inspected_at=start + timedelta(seconds=2 * at, milliseconds=60),
                    source=f"Camera {at % 3}",
                    frame_id=at,
                    name=f"frame {at}",
                    verdict=thresholds.verdict(score),
                    score=score,
                    thresholds=thresholds,
                    lot=f"L-{at // 500:05d}",
                    serial=f"S{at:07d}",
                    model_sha256="ab" * 32,
                    model_name="starter",
                    recipe_name="MT starter",
                    recipe_version=1 + at // 40_000,
                    height=300,
                    width=300,
                )
            )
        store.add(new, KEEP_NONE)
    if have < count:
        print(f"made {count - have} records in {time.perf_counter() - began:.1f} s", file=sys.stderr)
    return store


def wait_for(done: Callable[[], bool], most_s: float = 60.0) -> None:
    """Lets the window live until something is true."""
    loop = QEventLoop()
    timer = QTimer()
    timer.setInterval(1)
    end = time.perf_counter() + most_s

    came: list[bool] = []

    def look() -> None:
        if done():
            came.append(True)
        if came or time.perf_counter() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start()
    loop.exec()
    timer.stop()
    if not came:
        raise TimeoutError("it took too long")


def measure(store: RecordStore) -> None:
    """Prints every number."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    context = AppContext(Theme(app, Appearance.DARK))
    context.set_settings(Settings(tour_done=True))
    Session(context, context)
    context.set_person(Person("benchmark"))
    context.set_store(store)
    gaps = Gaps()
    began = time.perf_counter()
    records = RecordsWorkspace(context)
    records.resize(1600, 900)
    records.show()
    records.activate()
    table = records.table
    wait_for(lambda: len(table.ids) > 0 and not table.looking and table.row_at(0) is not None)
    app.processEvents()
    line("open, first rows on screen", time.perf_counter() - began, gaps.longest)

    def answered() -> bool:
        return not table.looking and (len(table.ids) == 0 or table.row_at(0) is not None)

    def ask(name: str, do: Callable[[], object]) -> None:
        wait_for(lambda: context.background.busy == 0)
        gaps.reset()
        start = time.perf_counter()
        do()
        wait_for(answered)
        line(f"{name} ({len(table.ids)} records)", time.perf_counter() - start, gaps.longest)

    newest = Order("time", True)
    ng = RecordFilter(verdicts=frozenset({Verdict.NG}))
    ask("filter: NG", lambda: table.look_for(ng, newest))
    ask("filter: a lot", lambda: table.look_for(RecordFilter(lot="L-00100"), newest))
    ask("filter: score 6 to 6.5", lambda: table.look_for(RecordFilter(score_from=6, score_to=6.5), newest))
    ask("search: a serial", lambda: table.look_for(RecordFilter(text="S0054321"), newest))
    ask("search: two words", lambda: table.look_for(RecordFilter(text="camera L-0012"), newest))
    ask("search: nothing found", lambda: table.look_for(RecordFilter(text="no such text"), newest))
    for by in ("score", "doubt", "lot", "verdict", "label", "name"):
        ask(f"sort: {by}", lambda by=by: table.look_for(RecordFilter(), Order(by, True)))
    ask("sort: newest", lambda: table.look_for(RecordFilter(), newest))
    scroll(app, records)
    records.deactivate()
    records.close_down()
    records.close()
    context.session.close()
    context.close()


def scroll(app: QApplication, records: RecordsWorkspace) -> None:
    """Scrolls by 60 rows a frame, then jumps to places that nobody has looked at."""
    view, table = records.view, records.table
    bar = view.verticalScrollBar()
    step = _ROWS_A_FRAME * view.rowHeight(0)
    frames: list[float] = []
    for _ in range(200):
        start = time.perf_counter()
        bar.setValue(bar.value() + step)
        view.viewport().repaint()
        app.processEvents()
        frames.append(time.perf_counter() - start)
    ms = sorted(1000 * one for one in frames)
    print(
        f"scroll, 60 rows a frame: median {statistics.median(ms):.1f} ms, "
        f"p95 {ms[int(0.95 * len(ms))]:.1f} ms, worst {ms[-1]:.1f} ms"
    )
    waits: list[float] = []
    for place in np.linspace(0, len(table.ids) - 1, 12).astype(int)[1:].tolist():
        start = time.perf_counter()
        view.scrollTo(table.index(place, TIME))
        wait_for(lambda at=place: table.row_at(at) is not None)
        waits.append(1000 * (time.perf_counter() - start))
    print(f"jump to rows not read yet: median {statistics.median(waits):.1f} ms, worst {max(waits):.1f} ms")


def line(name: str, seconds: float, longest: float) -> None:
    """Prints one measurement."""
    print(f"{name:<48} {1000 * seconds:8.0f} ms   longest wait {1000 * longest:6.0f} ms")


def main() -> None:
    """Reads the options and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--store", type=Path, help="folder of the store, kept for the next time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = make_store(options.store or Path(folder) / "store", options.records)
        try:
            measure(store)
        finally:
            store.close()


if __name__ == "__main__":
    main()
