"""Listeners to inspected tiles that never delay the line: a model in shadow mode, statistics, a monitor."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable

from tilesight.line.news import InspectedTile
from tilesight.line.queues import BoundedQueue
from tilesight.line.sources.base import Overflow

_log = logging.getLogger(__name__)

_IDLE_S = 1.0


class Tap:
    """Hands inspected tiles to an observer on a thread of its own.

    An observer that is slower than the line misses the oldest tiles, which are counted; one that raises is
    logged and goes on with the next tile.

    Args:
        observer: Called with each tile, maps included.
        name: For the thread and the log.
        room: Tiles that may wait.
        idle: Called on the same thread when no tile has come for a second, and once at the end.
        low_priority: The thread gives way to others that want the processor, as far as the system can tell
            threads apart (Linux, Windows).
    """

    def __init__(
        self,
        observer: Callable[[InspectedTile], None],
        name: str,
        room: int = 4,
        *,
        idle: Callable[[], None] | None = None,
        low_priority: bool = False,
    ) -> None:
        self._observer = observer
        self._idle = idle
        self._low_priority = low_priority
        self._queue: BoundedQueue[InspectedTile] = BoundedQueue(room, Overflow.DROP_OLDEST)
        self.name = name
        self.seen = 0
        self.failed = 0
        self._thread = threading.Thread(target=self._run, name=f"tilesight-tap {name}", daemon=True)
        self._thread.start()

    @property
    def missed(self) -> int:
        """Tiles that the observer was too slow for."""
        return self._queue.dropped

    def put(self, tile: InspectedTile) -> None:
        """Hands over a tile; never waits."""
        self._queue.put(tile)

    def close(self, timeout_s: float = 5.0) -> bool:
        """Takes no more tiles and waits for those that it has; False where that takes too long."""
        self._queue.close()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        if self._low_priority:
            lower_this_thread()
        while not self._queue.finished:
            taken = self._queue.get(timeout_s=_IDLE_S)
            for waited in taken:
                self._call(lambda tile=waited.item: self._observer(tile))
                self.seen += 1
            if not taken and self._idle is not None:
                self._call(self._idle)
        if self._idle is not None:
            self._call(self._idle)

    def _call(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception:
            self.failed += 1
            _log.exception("the observer %s failed", self.name)


def lower_this_thread() -> None:
    """Lets the calling thread give way to others that want the processor, where the system can do it."""
    try:
        if sys.platform == "linux":
            # Not lower: for moments it holds Python's lock; starved meanwhile, it would hold up the line.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)
        elif sys.platform == "win32":
            import ctypes

            below_normal = -1
            kernel = ctypes.windll.kernel32
            kernel.SetThreadPriority(kernel.GetCurrentThread(), below_normal)
    except OSError as error:
        _log.warning("the priority of a thread could not be lowered: %s", error)
