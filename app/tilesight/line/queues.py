"""What lies between the threads of the line: a bounded queue with a rule for overflow, and a mailbox.

Both can be closed at any moment, from any thread; nobody waits for ever at a closed one.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from tilesight.line.sources.base import Overflow

T = TypeVar("T")


class Put(StrEnum):
    """What became of an item that was handed to a queue."""

    ACCEPTED = "accepted"
    REFUSED = "refused"  #: Full, and the rule is FAULT: whoever put it must account for it.
    CLOSED = "closed"  #: Nobody takes from it any more; likewise.


@dataclass(frozen=True, slots=True)
class Waited(Generic[T]):
    """An item with the time that it spent in a queue, in seconds."""

    item: T
    seconds: float


class BoundedQueue(Generic[T]):
    """First in, first out, with room for `capacity` items and a rule for what happens beyond.

    WAIT: `put` waits for room. DROP_OLDEST: the oldest item goes and is counted in `dropped`; likewise what
    has waited longer than `stale_s` when a newer one comes, so that a live view shows now and not then.
    FAULT: `put` answers REFUSED and the queue stays as it is.

    Args:
        capacity: Most items that wait, at least 1.
        overflow: The rule.
        weigh: Size of an item, for instance in bytes.
        limit: Most of that together; a single item may be heavier.
        stale_s: With DROP_OLDEST, how long an item may wait once there is a newer one; None for ever.
        clock: Tells seconds.
    """

    def __init__(
        self,
        capacity: int,
        overflow: Overflow = Overflow.WAIT,
        *,
        weigh: Callable[[T], int] | None = None,
        limit: int = 0,
        stale_s: float | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if capacity < 1:
            raise ValueError("a queue needs room for at least one item")
        self._capacity = capacity
        self._overflow = overflow
        self._weigh = weigh
        self._limit = limit
        self._stale_s = stale_s
        self._clock = clock
        self._weight = 0
        self._items: deque[tuple[float, T]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many items went because newer ones needed the room."""
        with self._changed:
            return self._dropped

    @property
    def closed(self) -> bool:
        """Whether nothing can be put any more."""
        with self._changed:
            return self._closed

    def __len__(self) -> int:
        with self._changed:
            return len(self._items)

    def put(self, item: T, timeout_s: float | None = None, overflow: Overflow | None = None) -> Put:
        """Adds an item, as the rule says.

        Args:
            item: The item.
            timeout_s: With WAIT, how long to wait for room; None for as long as it takes.
            overflow: Another rule for this item; None for the queue's own.

        Returns:
            ACCEPTED; REFUSED where there was no room (FAULT) or none in time (WAIT); CLOSED.
        """
        rule = overflow or self._overflow
        with self._changed:
            if rule is Overflow.WAIT:
                self._changed.wait_for(lambda: self._closed or self._has_room(item), timeout_s)
            if self._closed:
                return Put.CLOSED
            if rule is Overflow.DROP_OLDEST:
                while not self._has_room(item) or self._oldest_is_stale():
                    self._pop()
                    self._dropped += 1
            elif not self._has_room(item):
                return Put.REFUSED
            self._append(item)
            return Put.ACCEPTED

    def force(self, item: T) -> Put:
        """Adds an item even where there is no room: for what must not be lost and is small."""
        with self._changed:
            if self._closed:
                return Put.CLOSED
            self._append(item)
            return Put.ACCEPTED

    def get(self, timeout_s: float | None = None, most: int = 1) -> list[Waited[T]]:
        """Takes what is there, waiting for the first item only.

        Args:
            timeout_s: How long to wait for it; None for as long as it takes.
            most: Most items to take.

        Returns:
            At least one item; none after `timeout_s`, or when the queue is closed and empty
            (`finished` tells which).
        """
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._closed, timeout_s)
            now = self._clock()
            taken: list[Waited[T]] = []
            while self._items and len(taken) < most:
                since, item = self._pop()
                taken.append(Waited(item, now - since))
            if taken:
                self._changed.notify_all()
            return taken

    @property
    def finished(self) -> bool:
        """Whether it is closed and everything was taken."""
        with self._changed:
            return self._closed and not self._items

    def close(self) -> None:
        """Takes nothing more; what is in it can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _has_room(self, item: T) -> bool:
        if not self._items or self._weigh is None:
            return len(self._items) < self._capacity
        return len(self._items) < self._capacity and self._weight + self._weigh(item) <= self._limit

    def _oldest_is_stale(self) -> bool:
        if self._stale_s is None or not self._items:
            return False
        return self._clock() - self._items[0][0] > self._stale_s

    def _pop(self) -> tuple[float, T]:
        since, item = self._items.popleft()
        if self._weigh is not None:
            self._weight -= self._weigh(item)
        return since, item

    def _append(self, item: T) -> None:
        if self._weigh is not None:
            self._weight += self._weigh(item)
        self._items.append((self._clock(), item))
        self._changed.notify_all()


class Mailbox(Generic[T]):
    """Room for one thing; a newer one takes the place of an older one that nobody fetched."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._newest: T | None = None
        self._fetched = True

    def put(self, item: T) -> None:
        """Leaves an item; never waits."""
        with self._lock:
            self._newest = item
            self._fetched = False

    def take(self) -> T | None:
        """The newest item, once: None until something newer comes."""
        with self._lock:
            if self._fetched:
                return None
            self._fetched = True
            return self._newest

    def peek(self) -> T | None:
        """The newest item, whether it was fetched before or not; None if there never was one."""
        with self._lock:
            return self._newest

    def clear(self) -> None:
        """Forgets the item."""
        with self._lock:
            self._newest = None
            self._fetched = True
