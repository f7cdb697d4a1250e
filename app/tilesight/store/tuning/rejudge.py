"""Judging stored maps again by another rule, on a thread of its own; the newest request wins.

```
 request(rule) ──▶ waits ──▶ worker: load maps ▶ score ▶ ... ──▶ news (stamp, share done, new scores)
                     ▲  a newer request replaces the one that waits and stops the one that runs
```

No model runs: the maps are those that were stored with the record.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bsdrd.errors import BsdrdError
from bsdrd.judge import Rule, score_only
from bsdrd.result import AnomalyMaps
from tilesight.store.errors import StoredFileError

#: News about progress comes about this often, in seconds.
_NEWS_EVERY = 0.1
#: Stored maps are rounded to float16; a score that differs by no more than this share has not changed.
_ROUNDING = 2.0**-10


class Maps(Protocol):
    """Where the anomaly maps of a record come from."""

    def maps(self, record_id: int) -> AnomalyMaps:
        """The maps of a record.

        Raises:
            StoredFileError: If they were not kept or are damaged.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Which records to judge again, and how.

    Attributes:
        ids: int64, N: record numbers.
        scores: float64, N: their stored scores.
        rule_for: Takes the height and width of a tile in pixels to the rule for it; called on the thread.
    """

    ids: NDArray[np.int64]
    scores: NDArray[np.float64]
    rule_for: Callable[[int, int], Rule]


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """How far a request has come; the last one of a request carries the scores.

    Attributes:
        stamp: Of the request.
        done: Records judged again or passed over.
        total: Records asked for.
        seconds_left: Expected; None while nobody can say.
        finished: Whether this is the last news of the request.
        ids: int64, M: records judged again; empty until finished.
        scores: float64, M: their new scores.
        without_maps: Records whose maps were not kept or are damaged; they keep their stored score.
        failed: Records of which the rule leaves nothing to inspect; likewise.
        error: What ended the request early; "" where nothing did.
    """

    stamp: int
    done: int
    total: int
    seconds_left: float | None
    finished: bool
    ids: NDArray[np.int64]
    scores: NDArray[np.float64]
    without_maps: int
    failed: int
    error: str = ""


class Rejudger:
    """Judges stored maps on one thread.

    Args:
        maps: Where maps come from.
        on_news: Called on that thread; must be quick and must not raise.
        cache_bytes: How much memory maps that were read may take, so that the next request need not
            read them again.
    """

    def __init__(self, maps: Maps, on_news: Callable[[News], None], cache_bytes: int = 256 * 2**20) -> None:
        self._maps = _Cache(maps, cache_bytes)
        self._on_news = on_news
        self._wake = threading.Condition()
        self._waiting: Task | None = None
        self._stamp = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="rejudger", daemon=True)
        self._thread.start()

    @property
    def stamp(self) -> int:
        """Stamp of the newest request; news with another one is old."""
        return self._stamp

    def request(self, task: Task) -> int:
        """Asks for a rule; an earlier request that has not finished is dropped.

        Returns:
            The stamp that its news will carry.
        """
        with self._wake:
            self._stamp += 1
            self._waiting = task
            self._wake.notify()
            return self._stamp

    def cancel(self) -> None:
        """Drops what is asked for; no more news comes of it but what is on its way already."""
        with self._wake:
            self._stamp += 1
            self._waiting = None

    def close(self) -> None:
        """Ends the thread; twice is fine."""
        with self._wake:
            self._closed = True
            self._stamp += 1
            self._waiting = None
            self._wake.notify()
        self._thread.join(10.0)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._closed or self._waiting is not None)
                if self._closed or self._waiting is None:
                    return
                task, stamp, self._waiting = self._waiting, self._stamp, None
            try:
                self._judge(task, stamp)
            except Exception as error:  # the person must see it, and the thread must live on
                said = str(error) if isinstance(error, BsdrdError) else f"{type(error).__name__}: {error}"
                self._tell(_Progress(task, stamp).news(finished=True, error=said))

    def _judge(self, task: Task, stamp: int) -> None:
        progress = _Progress(task, stamp)
        next_news = progress.started + _NEWS_EVERY
        for record_id, stored in zip(task.ids.tolist(), task.scores.tolist(), strict=True):
            if self._stamp != stamp:
                return
            progress.add(record_id, stored, self._score(task, record_id))
            if time.monotonic() >= next_news:
                self._tell(progress.news())
                next_news = time.monotonic() + _NEWS_EVERY
        self._tell(progress.news(finished=True))

    def _score(self, task: Task, record_id: int) -> float | None:
        """The new score; None without maps, NaN where nothing is inspected."""
        try:
            maps = self._maps.get(record_id)
        except StoredFileError:
            return None
        return score_only(maps, task.rule_for(maps.height, maps.width))

    def _tell(self, news: News) -> None:
        if news.stamp == self._stamp:
            self._on_news(news)


class _Progress:
    def __init__(self, task: Task, stamp: int) -> None:
        self.started = time.monotonic()
        self._stamp = stamp
        self._total = int(task.ids.size)
        self._ids: list[int] = []
        self._scores: list[float] = []
        self._without_maps = 0
        self._failed = 0

    def add(self, record_id: int, stored: float, score: float | None) -> None:
        if score is None:
            self._without_maps += 1
        elif not np.isfinite(score):
            self._failed += 1
        else:
            self._ids.append(record_id)
            self._scores.append(stored if abs(score - stored) <= _ROUNDING * abs(stored) else score)

    def news(self, *, finished: bool = False, error: str = "") -> News:
        done = len(self._ids) + self._without_maps + self._failed
        passed = time.monotonic() - self.started
        return News(
            stamp=self._stamp,
            done=done,
            total=self._total,
            seconds_left=passed / done * (self._total - done) if done else None,
            finished=finished,
            ids=np.array(self._ids if finished else [], np.int64),
            scores=np.array(self._scores if finished else [], np.float64),
            without_maps=self._without_maps,
            failed=self._failed,
            error=error,
        )


class _Cache:
    """The fused maps read last, up to a number of bytes."""

    def __init__(self, maps: Maps, most: int) -> None:
        self._source = maps
        self._most = most
        self._bytes = 0
        self._kept: OrderedDict[int, AnomalyMaps] = OrderedDict()

    def get(self, record_id: int) -> AnomalyMaps:
        found = self._kept.get(record_id)
        if found is not None:
            self._kept.move_to_end(record_id)
            return found
        maps = self._source.maps(record_id)
        # A score needs the fused map alone; the other two would triple the memory.
        fused = AnomalyMaps(maps.fused, maps.fused, maps.fused, maps.height, maps.width)
        self._kept[record_id] = fused
        self._bytes += fused.fused.nbytes
        while self._bytes > self._most and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].fused.nbytes
        return fused
