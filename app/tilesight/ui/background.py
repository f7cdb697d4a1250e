"""Work that must not stop the window: done by a few threads, answered in the GUI thread.

An answer is delivered only while it is still wanted: a newer request of the same topic makes the older one
stale, and its answer is dropped.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


@dataclass(slots=True)
class _Job:
    stamp: int
    topic: str
    done: Callable[[Any], object]
    failed: Callable[[Exception], object] | None
    result: Any = None
    error: Exception | None = None


class Background(QObject):
    """Runs functions on worker threads and calls back in the GUI thread.

    Args:
        threads: How many jobs may run at once.
        parent: Owner; `close` must still be called before it goes.
    """

    _finished = Signal(int)

    def __init__(self, threads: int = 2, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="ui-background")
        self._lock = threading.Lock()
        self._jobs: dict[int, _Job] = {}
        self._newest: dict[str, int] = {}
        self._stamps = 0
        self._closed = False
        # Queued always: an answer never arrives inside the call that asked.
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> int:
        """Jobs that are asked for and not answered yet."""
        with self._lock:
            return len(self._jobs)

    def run(
        self,
        work: Callable[[], _T],
        done: Callable[[_T], object],
        failed: Callable[[Exception], object] | None = None,
        *,
        topic: str = "",
    ) -> None:
        """Does `work` on a worker thread.

        Args:
            work: What to do; must not touch widgets.
            done: Takes the result, in the GUI thread.
            failed: Takes the exception, in the GUI thread; where None it is logged.
            topic: Newer requests of one topic silence older ones; "" for those that all count.
        """
        if not self._closed:
            self._pool.submit(self._work, self._new_job(done, failed, topic), work)

    def watch(
        self,
        future: Future[_T],
        done: Callable[[_T], object],
        failed: Callable[[Exception], object] | None = None,
        *,
        topic: str = "",
    ) -> None:
        """Answers for work that is done elsewhere, for instance a command of the engine; see `run`."""
        if self._closed:
            return
        job = self._new_job(done, failed, topic)
        future.add_done_callback(lambda ended: self._work(job, ended.result))

    def forget(self, topic: str) -> None:
        """Nobody waits for the running answers of a topic any more."""
        self._newest.pop(topic, None)

    def close(self) -> None:
        """Takes no more work, drops what waits, and lets the running jobs end without an answer."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            self._jobs.clear()

    def _new_job(
        self, done: Callable[[Any], object], failed: Callable[[Exception], object] | None, topic: str
    ) -> _Job:
        self._stamps += 1
        job = _Job(self._stamps, topic, done, failed)
        if topic:
            self._newest[topic] = job.stamp
        with self._lock:
            self._jobs[job.stamp] = job
        return job

    def _work(self, job: _Job, work: Callable[[], Any]) -> None:
        try:
            job.result = work()
        except Exception as error:
            job.error = error
        # Closing waits for the pool but not for watched work: its answer may come when this object is gone.
        if not self._closed:
            self._finished.emit(job.stamp)

    @Slot(int)
    def _deliver(self, stamp: int) -> None:
        with self._lock:
            job = self._jobs.pop(stamp, None)
        if job is None or self._closed:
            return
        if job.topic and self._newest.get(job.topic) != stamp:
            return
        if job.error is None:
            job.done(job.result)
        elif job.failed is not None:
            job.failed(job.error)
        else:
            _log.error("background job failed", exc_info=job.error)
