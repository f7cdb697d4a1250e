from __future__ import annotations

import threading

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tilesight.line.queues import BoundedQueue, Mailbox, Put
from tilesight.line.sources.base import Overflow


def taken(queue: BoundedQueue[int], most: int = 1) -> list[int]:
    return [one.item for one in queue.get(timeout_s=0.0, most=most)]


def test_a_full_queue_that_waits_takes_an_item_once_there_is_room() -> None:
    queue: BoundedQueue[int] = BoundedQueue(1)
    queue.put(1)
    answers: list[Put] = []
    thread = threading.Thread(target=lambda: answers.append(queue.put(2)))
    thread.start()
    assert taken(queue) == [1]
    thread.join(10)
    assert answers == [Put.ACCEPTED]
    assert taken(queue) == [2]


def test_waiting_for_room_ends_with_its_time() -> None:
    queue: BoundedQueue[int] = BoundedQueue(1)
    queue.put(1)
    assert queue.put(2, timeout_s=0.01) is Put.REFUSED


@pytest.mark.parametrize("overflow", list(Overflow))
def test_closing_wakes_everybody_who_waits(overflow: Overflow) -> None:
    full: BoundedQueue[int] = BoundedQueue(1, overflow)
    empty: BoundedQueue[int] = BoundedQueue(1, overflow)
    full.put(1)
    answers: list[object] = []
    threads = [threading.Thread(target=lambda: answers.append(empty.get()))]
    if overflow is Overflow.WAIT:
        threads.append(threading.Thread(target=lambda: answers.append(full.put(2))))
    for thread in threads:
        thread.start()
    full.close()
    empty.close()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert [] in answers
    assert overflow is not Overflow.WAIT or Put.CLOSED in answers
    assert taken(full) == [1], "what was in it can still be taken"
    assert full.finished
    assert full.put(3) is Put.CLOSED
    assert full.force(3) is Put.CLOSED


def test_the_oldest_goes_and_is_counted_and_the_newest_is_never_forgotten() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2, Overflow.DROP_OLDEST)
    assert [queue.put(number) for number in range(5)] == [Put.ACCEPTED] * 5
    assert taken(queue, most=9) == [3, 4]
    assert queue.dropped == 3


def test_what_has_waited_too_long_goes_when_something_newer_comes_and_only_then() -> None:
    now = [0.0]
    queue: BoundedQueue[int] = BoundedQueue(8, Overflow.DROP_OLDEST, stale_s=0.5, clock=lambda: now[0])
    for number, at in enumerate((0.0, 0.1, 0.4, 0.7)):
        now[0] = at
        queue.put(number)
    assert queue.dropped == 2, "0 and 1 had waited for more than half a second"
    now[0] = 99.0
    assert taken(queue, most=9) == [2, 3], "nothing newer came, so they are what there is"


def test_age_is_no_reason_where_nothing_may_be_lost() -> None:
    now = [0.0]
    queue: BoundedQueue[int] = BoundedQueue(2, Overflow.WAIT, stale_s=0.5, clock=lambda: now[0])
    queue.put(0)
    now[0] = 99.0
    assert queue.put(1) is Put.ACCEPTED
    assert queue.put(2, overflow=Overflow.FAULT) is Put.REFUSED
    assert (taken(queue, most=9), queue.dropped) == ([0, 1], 0)


def test_a_full_queue_of_triggers_refuses_and_keeps_what_it_has() -> None:
    queue: BoundedQueue[int] = BoundedQueue(2, Overflow.FAULT)
    assert [queue.put(number) for number in range(3)] == [Put.ACCEPTED, Put.ACCEPTED, Put.REFUSED]
    assert taken(queue, most=9) == [0, 1]
    assert queue.dropped == 0


def test_heavy_items_fill_a_queue_before_its_places_are_taken() -> None:
    queue: BoundedQueue[int] = BoundedQueue(5, Overflow.DROP_OLDEST, weigh=lambda item: item, limit=100)
    for weight in (60, 40, 30):
        queue.put(weight)
    assert taken(queue, most=9) == [40, 30]
    queue.put(1000)
    assert taken(queue) == [1000], "a single item may be heavier than the limit"


def test_says_how_long_an_item_waited() -> None:
    queue: BoundedQueue[int] = BoundedQueue(1)
    queue.put(1)
    threading.Event().wait(0.02)
    assert queue.get()[0].seconds >= 0.015


def test_a_queue_without_room_is_refused() -> None:
    with pytest.raises(ValueError, match="room"):
        BoundedQueue(0)


def test_the_mailbox_keeps_the_newest_and_gives_it_once() -> None:
    box: Mailbox[int] = Mailbox()
    assert box.take() is None
    box.put(1)
    box.put(2)
    assert box.take() == 2
    assert box.take() is None
    assert box.peek() == 2
    box.clear()
    assert box.peek() is None


class QueueBooks(RuleBasedStateMachine):
    """However it is used, every item is taken once, in order, or counted as dropped or refused."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.queue: BoundedQueue[int] = BoundedQueue(
            3, Overflow.DROP_OLDEST, stale_s=1.0, clock=lambda: self.now
        )
        self.next = 0
        self.seen: list[int] = []
        self.refused = 0

    @rule(force=st.booleans())
    def put(self, force: bool) -> None:
        answer = self.queue.force(self.next) if force else self.queue.put(self.next)
        self.refused += answer is not Put.ACCEPTED
        self.next += 1

    @rule(seconds=st.floats(0.0, 2.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(most=st.integers(1, 5))
    def get(self, most: int) -> None:
        self.seen += taken(self.queue, most)

    @precondition(lambda self: self.next > 5)
    @rule()
    def close(self) -> None:
        self.queue.close()

    @invariant()
    def books_agree(self) -> None:
        assert len(self.seen) + len(self.queue) + self.queue.dropped + self.refused == self.next
        assert self.seen == sorted(set(self.seen))


TestQueueBooks = QueueBooks.TestCase
