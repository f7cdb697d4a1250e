"""Carries the engine's news to the window: one QObject, one wake-up under way at most, 30 looks a second.

The engine calls `EngineBridge.wake` from its threads. That only sends a queued signal without arguments,
and the engine does not call again before the window has asked for a snapshot: however fast the line and
however slow the window, at most one event waits, and frames are fetched, never sent (a frame as a signal
argument would queue without bound). Looking is limited to 30 times a second, because more cannot be seen; a
plain timer alone would do the same but would look 30 times a second also while nothing happens, and would
be up to 33 ms late with every verdict. A slow heartbeat lets the rate fall while the line stands still.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from tilesight.line.engine import Engine
from tilesight.line.news import EngineSnapshot, EngineState
from tilesight.ui.models.line import LineModel, shown_tile

_LOOK_S = 1 / 30
_HEARTBEAT_MS = 500
_RESTING = (EngineState.STOPPED, EngineState.FINISHED, EngineState.FAULT)


class EngineBridge(QObject):
    """Keeps a line model up to date with an engine.

    Args:
        line: The model to fill.
    """

    looked = Signal()  #: The model is up to date.
    _woken = Signal()

    def __init__(self, line: LineModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._line = line
        self._engine: Engine | None = None
        self._last = 0.0
        self._woken.connect(self._on_woken, Qt.ConnectionType.QueuedConnection)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setTimerType(Qt.TimerType.PreciseTimer)
        self._again.timeout.connect(self.look)
        self._heartbeat = QTimer(self)
        self._heartbeat.setInterval(_HEARTBEAT_MS)
        self._heartbeat.timeout.connect(self.look)

    def wake(self) -> None:
        """There is something new; from any thread, never waits."""
        self._woken.emit()

    def set_engine(self, engine: Engine | None) -> None:
        """Follows another engine, or none."""
        self._engine = engine
        if engine is None:
            # What the last one said last is not true any more.
            self._line.set_snapshot(EngineSnapshot())
        self.look()

    @Slot()
    def _on_woken(self) -> None:
        wait = self._last + _LOOK_S - time.monotonic()
        if wait <= 0:
            self.look()
        elif not self._again.isActive():
            self._again.start(max(round(wait * 1000), 1))

    @Slot()
    def look(self) -> None:
        """Fetches the news now."""
        engine = self._engine
        if engine is None:
            self._heartbeat.stop()
            return
        self._last = time.monotonic()
        # A look that came first leaves nothing to a timer that is late.
        self._again.stop()
        snapshot = engine.snapshot()
        self._line.set_snapshot(snapshot)
        if snapshot.newest > self._line.newest:
            self._line.add_briefs(engine.recent(self._line.newest))
        self._show_latest(engine)
        if snapshot.state in _RESTING:
            self._heartbeat.stop()
        elif not self._heartbeat.isActive():
            self._heartbeat.start()
        self.looked.emit()

    def _show_latest(self, engine: Engine) -> None:
        if not self._line.following:
            return
        latest, shown = engine.latest(), self._line.shown
        if latest is not None and (shown is None or shown.ticket != latest.ticket):
            self._line.show_live(shown_tile(latest))

    def close(self) -> None:
        """Looks no more."""
        self._engine = None
        self._again.stop()
        self._heartbeat.stop()
