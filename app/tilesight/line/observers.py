"""Listeners to inspected tiles that never delay the line: a model in shadow mode, statistics, a monitor."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from tilesight.line.news import InspectedTile
from tilesight.line.queues import BoundedQueue
from tilesight.line.sources.base import Overflow

_log = logging.getLogger(__name__)


class Tap:
    """Hands inspected tiles to an observer on a thread of its own.

    An observer that is slower than the line misses the oldest tiles, which are counted; one that raises is
    logged and goes on with the next tile.

    Args:
        observer: Called with each tile, maps included.
        name: For the thread and the log.
        room: Tiles that may wait.
    """

    def __init__(self, observer: Callable[[InspectedTile], None], name: str, room: int = 4) -> None:
        self._observer = observer
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
        while not self._queue.finished:
            for waited in self._queue.get(timeout_s=1.0):
                try:
                    self._observer(waited.item)
                except Exception:
                    self.failed += 1
                    _log.exception("the observer %s failed", self.name)
                self.seen += 1
