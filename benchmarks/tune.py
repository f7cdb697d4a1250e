"""How long Tune takes to follow a threshold: the answer alone, and with every widget painted.

    python benchmarks/tune.py

Each step moves T1 by a little, as a drag does, and works out everything that depends on it: counts, rates
with intervals, working points, the flip list, the tiles next to the line. The bar is 100 ms at 5,000 records.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np

from bsdrd.result import AnomalyMaps, Thresholds
from tilesight.store.errors import StoredFileError
from tilesight.store.tuning.curves import working_point
from tilesight.store.tuning.evidence import Evidence
from tilesight.store.tuning.table import JUDGED, ScoreTable, Truth
from tilesight.store.tuning.whatif import WhatIf

STORED = Thresholds(3.0, 5.0)
STEPS = 200


def make_table(count: int) -> ScoreTable:
    """Records as a line makes them: one in seven defective, half of them labelled, lots of 500."""
    random = np.random.default_rng(1)
    defective = random.random(count) < 1 / 7
    scores = np.where(defective, random.gamma(3.0, 3.0, count), random.normal(2.0, 0.7, count))
    labelled = random.random(count) < 0.5
    truths = np.where(labelled, np.where(defective, Truth.DEFECT, Truth.GOOD), Truth.UNLABELLED)
    codes = (scores >= STORED.low).astype(int) + (scores >= STORED.high)
    stored = [JUDGED[code] for code in codes.tolist()]
    lots = [f"L-{at // 500}" for at in range(count)]
    return ScoreTable.build(np.arange(count), scores, stored, truths, lots, 1.7e9 + np.arange(count) * 30.0)


def drag() -> list[Thresholds]:
    """Thresholds of a drag across the scores where most records are."""
    return [Thresholds(float(low), 5.0) for low in np.linspace(1.0, 4.5, STEPS)]


def timed(step: Callable[[Thresholds], object], positions: list[Thresholds]) -> tuple[float, ...]:
    """Median, 95th percentile and longest step on the clock, and the median of the thread's computing, in ms.

    The first ten steps warm up. On a machine that does other things, only the computing says much.
    """
    clock: list[float] = []
    computing: list[float] = []
    for thresholds in positions:
        start, own = time.perf_counter(), time.thread_time()
        step(thresholds)
        clock.append(1e3 * (time.perf_counter() - start))
        computing.append(1e3 * (time.thread_time() - own))
    kept = np.array(clock[10:])
    return (
        float(np.median(kept)),
        float(np.quantile(kept, 0.95)),
        float(kept.max()),
        float(np.median(computing[10:])),
    )


def model_step(what: WhatIf) -> Callable[[Thresholds], object]:
    """Everything that depends on the thresholds, without a window."""

    def step(thresholds: Thresholds) -> None:
        what.outcome(thresholds)
        what.flips(thresholds)
        what.next_to(thresholds.low, 24)
        for threshold in (thresholds.low, thresholds.high):
            working_point(what.table, threshold)

    return step


class NoMaps:
    """A store that kept no maps."""

    def maps(self, record_id: int) -> AnomalyMaps:
        """Never there."""
        raise StoredFileError(f"The maps of record {record_id} were not kept.")


def widget_times(table: ScoreTable, tab: int) -> tuple[float, ...]:
    """The same with the whole workspace painted at 1920 x 1080."""
    from PySide6.QtWidgets import QApplication

    from tilesight.line.recipe import Recipe
    from tilesight.ui.context import AppContext
    from tilesight.ui.theme import Appearance, Theme
    from tilesight.ui.tune.workspace import TuneWorkspace

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    context = AppContext(Theme(app, Appearance.DARK))
    workspace = TuneWorkspace(context)
    workspace.resize(1832, 1038)
    workspace.show()
    recipe = Recipe(name="Benchmark", t1=STORED.low, t2=STORED.high)
    none = np.zeros(0, np.int64)
    workspace.model.load(Evidence(table, 0, none, none, None, None), recipe, STORED, NoMaps())
    workspace.states.show_content()
    workspace.charts.show_tab(tab)
    app.processEvents()

    def step(thresholds: Thresholds) -> None:
        workspace.model.propose(thresholds)
        workspace.model.refresh()
        # Lays out and paints what changed, as the next frame would; painting may ask for more.
        app.processEvents()
        app.processEvents()

    found = timed(step, drag())
    workspace.close_down()
    workspace.close()
    workspace.deleteLater()
    context.close()
    app.processEvents()
    return found


def main() -> None:
    """Prints one line for each measurement."""
    heads = f"{'median ms':>12}{'p95 ms':>10}{'longest ms':>12}{'computing ms':>14}"
    print(f"{'what':<34}{'records':>10}{heads}")
    for count in (5_000, 100_000):
        start = time.perf_counter()
        table = make_table(count)
        built = 1e3 * (time.perf_counter() - start)
        what = WhatIf(table)
        rows = [("answer alone", timed(model_step(what), drag()))]
        for tab, name in ((0, "histogram"), (1, "curves"), (2, "scores over time")):
            rows.append((f"with all widgets, {name}", widget_times(table, tab)))
        for name, (median, late, longest, own) in rows:
            print(f"{name:<34}{count:>10,}{median:>12.2f}{late:>10.2f}{longest:>12.2f}{own:>14.2f}")
        print(f"{'sorting the records once':<34}{count:>10,}{built:>12.2f}")


if __name__ == "__main__":
    main()
