"""A run that nobody watches (`--exit-when-done`): ends by itself and says what became of every frame.

::

    waiting ──▶ the source is at its end, or the line cannot go on ──┐
       ├──────▶ nothing could be stored for a while ─────────────────┼──▶ line stopped ──▶ counts, exit code
       └──────▶ the line could not even be started ──▶ exit code 2   │
                the window was closed, a signal came ────────────────┘
"""

from __future__ import annotations

import json
import logging
import sys
import time

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tilesight.line.ledger import Counts
from tilesight.line.news import (
    DetectorState,
    EngineSnapshot,
    EngineState,
    SourceState,
    StopReport,
    StoreState,
)
from tilesight.line.summary import summary
from tilesight.ui.context import AppContext
from tilesight.ui.session import Session

_log = logging.getLogger(__name__)

DONE, SOME_NOT_INSPECTED, NOT_STARTED = 0, 1, 2

#: How long a store may take nothing before the run is given up.
PATIENCE_S = 30.0
_LOOK_MS = 200


class Unattended(QObject):
    """Watches the line until it has ended, prints the counts as one line of JSON, and knows the exit code.

    Args:
        session: Drives the line.
        context: Answers of the engine come through it.
        patience_s: How long a store may take nothing before the run is given up, in seconds.
    """

    ended = Signal()  #: Everything is said; the program may end.

    def __init__(
        self,
        session: Session,
        context: AppContext,
        parent: QObject | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        super().__init__(parent)
        self._session, self._context, self._patience_s = session, context, patience_s
        #: Until the end was seen, a run that ends was cut short.
        self.code = SOME_NOT_INSPECTED
        self._said = self._stopping = False
        self._last = EngineSnapshot()
        self._stored = (-1, -1)
        self._stored_at = time.monotonic()
        session.not_started.connect(self._not_started)
        session.line.snapshot_changed.connect(self._look)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def cut_short(self, report: StopReport | None) -> None:
        """The program ends before the source did: says what became of the frames so far."""
        if not self._said:
            counts = report.counts if report is not None else self._session.line.snapshot.counts
            self._say(SOME_NOT_INSPECTED, counts, self._last.reason or "It was ended before the source was.")

    @Slot()
    def _look(self) -> None:
        snapshot = self._session.line.snapshot
        if self._said or self._stopping or snapshot.run == 0:
            return
        reason = self._reason_to_end(snapshot)
        if reason is None:
            return
        self._stopping = True
        self._last = snapshot
        engine = self._context.engine
        if engine is None:
            self._finish(None, reason)
            return
        self._context.background.watch(
            engine.stop(),
            lambda report: self._finish(report, reason),
            lambda error: self._finish(None, str(error)),
        )

    def _reason_to_end(self, snapshot: EngineSnapshot) -> str | None:
        """Why the run is over, "" where it came to its end; None while it goes on."""
        if snapshot.state is EngineState.FINISHED:
            return snapshot.reason
        if snapshot.state is EngineState.FAULT and (
            snapshot.source_state is SourceState.FAILED
            or snapshot.detector_state in (DetectorState.MISSING, DetectorState.STUCK)
        ):
            return snapshot.reason
        if self._store_stands_still(snapshot):
            why = f" {snapshot.store_reason}" if snapshot.store_reason else ""
            return f"No record could be saved for {self._patience_s:g} s.{why}"
        return None

    def _store_stands_still(self, snapshot: EngineSnapshot) -> bool:
        """Whether records wait, and none was taken for too long: it fails, or hangs."""
        counts, now = snapshot.counts, time.monotonic()
        waits = snapshot.unwritten > 0 or snapshot.store_state is StoreState.FAILING
        if not waits or (counts.saved, counts.unsaved) != self._stored:
            self._stored, self._stored_at = (counts.saved, counts.unsaved), now
            return False
        return now - self._stored_at >= self._patience_s

    def _finish(self, report: StopReport | None, reason: str) -> None:
        counts = report.counts if report is not None else self._last.counts
        to_its_end = self._last.state is EngineState.FINISHED
        if counts.frames == 0 and not to_its_end:
            self._say(NOT_STARTED, counts, reason)
        else:
            clean = to_its_end and counts.all_inspected
            self._say(DONE if clean else SOME_NOT_INSPECTED, counts, reason)
        self.ended.emit()

    @Slot(str)
    def _not_started(self, reason: str) -> None:
        if not self._said:
            self._say(NOT_STARTED, self._session.line.snapshot.counts, reason)
            self.ended.emit()

    def _say(self, code: int, counts: Counts, reason: str) -> None:
        self._said, self.code = True, code
        self._timer.stop()
        sys.stdout.write(json.dumps(summary(counts, reason)) + "\n")
        sys.stdout.flush()
        if code != DONE and reason:
            _log.error("%s", reason)
            sys.stderr.write(f"tilesight: {reason}\n")
