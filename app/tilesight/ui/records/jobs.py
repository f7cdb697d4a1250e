"""Long work on the store with progress and a way out: export, import, backup, restore. No widgets.

The work runs on a thread of its own, so that a long export does not keep pictures waiting; it tells how far
it is through a small shared state that the GUI thread looks at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from tilesight.ui.background import Background

_T = TypeVar("_T")
#: Told (done, total, what); returns False to stop.
Tell = Callable[[int, int, str], bool]
_LOOK_MS = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes:
        done: Steps done.
        total: Steps in all; 0 where unknown.
        what: What is being done, as the store says it; "" for nothing special.
        seconds_left: Estimated from the pace so far; None where nobody can know.
    """

    done: int = 0
    total: int = 0
    what: str = ""
    seconds_left: float | None = None

    @property
    def share(self) -> float | None:
        """0..1; None where unknown."""
        return min(self.done / self.total, 1.0) if self.total else None


class Job(QObject):
    """One piece of work at a time.

    Args:
        background: Delivers the answer.
    """

    progressed = Signal(object)  #: Progress, some times a second.
    done = Signal(object)
    failed = Signal(object)  #: Exception

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._state = Progress()
        self._began = 0.0
        self._cancel = threading.Event()
        self.running = False
        self.closed = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def start(self, work: Callable[[Tell], _T]) -> None:
        """Does `work` with a function that tells how far it is and says whether to go on.

        Raises:
            RuntimeError: If something is running already.
        """
        if self.running:
            raise RuntimeError("a job is running already")
        self.running = True
        self._cancel.clear()
        self._began = time.monotonic()
        self._state = Progress()
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1, thread_name_prefix="ui-store-job")
        future = self._pool.submit(work, self._tell)
        self._background.watch(future, self._ended, self._broke)
        self._timer.start()

    def cancel(self) -> None:
        """Asks it to stop; it answers with an error or with what was done until then."""
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._cancel.is_set()

    def close(self) -> None:
        """Stops it and waits; nobody takes its answer any more."""
        self.closed = True
        self._cancel.set()
        self._timer.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=True)
            self._pool = None

    def _tell(self, done: int, total: int, what: str = "") -> bool:
        used = time.monotonic() - self._began
        left = used * (total - done) / done if done > 0 and total > 0 and used > 1.0 else None
        with self._lock:
            self._state = Progress(done, total, what, left)
        return not self._cancel.is_set()

    @Slot()
    def _look(self) -> None:
        with self._lock:
            state = self._state
        self.progressed.emit(state)

    def _ended(self, result: Any) -> None:
        self._timer.stop()
        self.running = False
        self.done.emit(result)

    def _broke(self, error: Exception) -> None:
        self._timer.stop()
        self.running = False
        self.failed.emit(error)
