"""Every frame that a source produced ends as exactly one record or one counted drop, whatever happens.

Chance (seeded, so that a failure comes back) chooses the source's script, what fails and when, and the moment
of the end; the engine's threads then run freely against each other.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.line.line_doubles import PATIENCE_S, RECIPE, LevelDetector, ListStore, ScriptedSource

from bsdrd.result import Verdict
from tilesight.line.engine import Engine, EngineError, EngineOptions, EngineState, StopReport
from tilesight.line.sources.base import Overflow

OPTIONS = EngineOptions(frames=3, stale_s=0.002, records=2, drain_s=2.0, end_s=5.0, retry_s=0.001)
BAD_VALUE = 77


@dataclass(frozen=True)
class Plan:
    """What happens in a run."""

    overflow: Overflow
    script: tuple[int | str, ...]
    store_fails: frozenset[int]  # numbers of the calls that fail
    store_refuses: bool  # records with BAD_VALUE + 1 as score
    stop_at: int | None  # the engine is closed at this event; None: the source ends
    pause_at: int | None  # paused at this event, and resumed three later
    swap_at: int | None
    batch_on_card: bool


steps = st.one_of(
    st.sampled_from([10, 150, 250, BAD_VALUE, BAD_VALUE + 1]),
    st.sampled_from(["failed", "lost", "nothing", "skip"]),
)
plans = st.builds(
    Plan,
    overflow=st.sampled_from(list(Overflow)),
    script=st.lists(steps, max_size=30).map(tuple),
    store_fails=st.frozensets(st.integers(0, 12), max_size=6),
    store_refuses=st.booleans(),
    stop_at=st.none() | st.integers(0, 60),
    pause_at=st.none() | st.integers(0, 20),
    swap_at=st.none() | st.integers(0, 20),
    batch_on_card=st.booleans(),
)


class Events:
    """Counts what happens in any thread and calls back at chosen numbers, in a thread of its own."""

    def __init__(self, actions: dict[int, Callable[[], object]]) -> None:
        self._count = itertools.count()
        self._actions = actions
        self.threads: list[threading.Thread] = []

    def tick(self) -> None:
        action = self._actions.get(next(self._count))
        if action is not None:
            thread = threading.Thread(target=action)
            self.threads.append(thread)
            thread.start()


def carry_out(plan: Plan, folder: Path) -> tuple[StopReport, ScriptedSource, ListStore, Engine]:
    detectors: list[LevelDetector] = []
    store = ListStore(folder)
    source = ScriptedSource(plan.script, plan.overflow)
    stopping = threading.Event()

    def open_detector(_: object) -> LevelDetector:
        detector = LevelDetector(provider="CUDA" if plan.batch_on_card else "CPU")
        detector.failing = lambda value: events.tick() or value == BAD_VALUE
        detectors.append(detector)
        return detector

    engine = Engine(store, options=OPTIONS, open_detector=open_detector)

    def swap() -> None:
        with contextlib.suppress(EngineError):  # the run may be over
            engine.swap_recipe(RECIPE.changed(name="Other", model="other"))

    actions: dict[int, Callable[[], object]] = {}
    if plan.swap_at is not None:
        actions[plan.swap_at] = swap
    if plan.pause_at is not None:
        actions[plan.pause_at] = engine.pause
        actions[plan.pause_at + 3] = engine.resume
    if plan.stop_at is not None:
        actions[plan.stop_at] = stopping.set
    events = Events(actions)
    source.on_read = events.tick
    calls = itertools.count()

    def store_fails() -> bool:
        events.tick()
        return next(calls) in plan.store_fails

    store.fails = store_fails
    store.refuses = lambda record: plan.store_refuses and record.score == BAD_VALUE + 1
    engine.start(source, RECIPE).result(PATIENCE_S)
    if plan.stop_at is not None:
        while not stopping.wait(0.01) and not engine.wait_until_done(0):
            engine.resume()  # a pause in which nothing happens any more would last for ever
    else:
        while not engine.wait_until_done(0.05):
            engine.resume()
    report = engine.close()
    for thread in events.threads:
        thread.join(PATIENCE_S)
    assert report is not None
    return report, source, store, engine


@given(plan=plans)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@example(plan=Plan(Overflow.WAIT, (10,) * 30, frozenset(range(9)), False, 25, None, None, False))
@example(plan=Plan(Overflow.DROP_OLDEST, (10,) * 30, frozenset(range(9)), False, 40, None, None, False))
@example(plan=Plan(Overflow.FAULT, (10, "skip") * 15, frozenset({1, 2}), True, None, 4, 3, False))
def test_the_books_agree(plan: Plan, tmp_path: Path, no_leftover_threads: None) -> None:
    report, source, store, engine = carry_out(plan, tmp_path)
    counts = report.counts
    assert report.stuck == ()
    in_store = Counter((record.frame_id, record.tile_index) for record in store.records)
    assert max(in_store.values(), default=1) == 1, "one record a tile"
    assert counts.under_way == 0
    assert counts.frames == counts.recorded + counts.dropped + counts.no_tile
    assert counts.total == counts.recorded, "every frame here is one tile"
    assert counts.saved == len(store.records)
    assert counts.total == counts.saved + counts.unsaved
    assert report.unsaved == counts.unsaved
    if plan.overflow is not Overflow.DROP_OLDEST:
        assert counts.dropped == 0, "only a free-running camera drops"
    if plan.overflow is Overflow.WAIT and "skip" not in plan.script:
        assert counts.frames == source.produced
    if plan.stop_at is None and plan.overflow is Overflow.WAIT:
        assert counts.unsaved == 0
        assert engine.snapshot().state is EngineState.STOPPED
    for record in store.records:
        if record.verdict is not Verdict.NOT_INSPECTED:
            assert record.score not in (BAD_VALUE, None)
            assert record.verdict is record.thresholds.verdict(record.score)  # type: ignore[union-attr,arg-type]
        else:
            assert record.reason


@pytest.mark.parametrize("overflow", list(Overflow))
def test_a_burst_beyond_every_queue_is_accounted_for(overflow: Overflow, tmp_path: Path) -> None:
    plan = Plan(overflow, (10,) * 400, frozenset(), False, None, None, None, False)
    report, source, _, _ = carry_out(plan, tmp_path)
    assert source.produced == 400
    assert report.counts.frames == 400
    assert report.counts.recorded + report.counts.dropped == 400
    assert report.unsaved == 0
