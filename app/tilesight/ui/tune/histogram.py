"""The histogram of scores, with T1 and T2 to drag."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QLocale, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from tilesight.store.tuning.curves import Histogram, histogram, score_range
from tilesight.store.tuning.table import Truth
from tilesight.ui.theme import Colours, Theme
from tilesight.ui.tune.model import TuneModel
from tilesight.ui.tune.plot import LINES, ScoreAxis, ScoreScale, ThresholdChart, faint, truth_colour

_BINS = 96
#: From the bottom of a stack to its top.
_ORDER = (Truth.GOOD, Truth.UNLABELLED, Truth.DEFECT)


class CountAxis(pg.AxisItem):
    """Counts, on a linear or a logarithmic scale; the latter shows log10(1 + count)."""

    def __init__(self) -> None:
        super().__init__("left")
        self.log = False
        self.setWidth(52)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        """Round counts."""
        if not self.log:
            found: list[tuple[float, list[float]]] = super().tickValues(minVal, maxVal, size)
            whole = [
                (step, [value for value in values if abs(value - round(value)) < 1e-6])
                for step, values in found
            ]
            return [(step, values) for step, values in whole if values]
        most = 10 ** max(maxVal, 0) - 1
        values = [0.0] + [10.0**power for power in range(int(math.log10(max(most, 1))) + 1)]
        return [(1.0, [math.log10(1 + value) for value in values])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """With the separators of the language."""
        counts = [10**value - 1 for value in values] if self.log else values
        return [QLocale().toString(round(count)) for count in counts]


class HistogramChart(ThresholdChart):
    """Records by score: good, unlabelled and defective, stacked or one behind the other.

    Args:
        model: Records and thresholds.
        theme: Colours.
    """

    scale_changed = Signal()  #: `log_scores` may have changed.

    def __init__(self, model: TuneModel, theme: Theme, parent: QWidget | None = None) -> None:
        self._counts_axis = CountAxis()
        self._bars: dict[Truth, Any] = {
            truth: pg.BarGraphItem(x0=[], x1=[], y0=[], y1=[]) for truth in _ORDER
        }
        self._zones = [pg.LinearRegionItem(movable=False) for _ in range(2)]
        self._found: Histogram | None = None
        self._stale = True
        self._tallest = 1.0
        self._start, self._end = 0.0, 1.0
        self._log = False
        self._log_scores: bool | None = None
        self._stacked = True
        self._scores_axis = ScoreAxis("bottom")
        super().__init__(model, theme, "x", bottom=self._scores_axis, left=self._counts_axis, parent=parent)
        for zone in self._zones:
            zone.setZValue(-10)
            self.item.addItem(zone, ignoreBounds=True)
        for truth in _ORDER:
            self.item.addItem(self._bars[truth], ignoreBounds=True)
        self.label_axes(self.tr("Score"), "")
        self.setAccessibleName(self.tr("Histogram of scores with thresholds T1 and T2"))
        self.setAccessibleDescription(
            self.tr(
                "Left and right move the chosen line, 1 and 2 choose it, Ctrl moves past the next record."
            )
        )
        model.records_changed.connect(self._records_changed)
        self.box.sigResized.connect(self._fit_height)
        self.follow_thresholds()

    @property
    def found(self) -> Histogram | None:
        """The counts that are drawn; None before it was first shown."""
        return self._found

    @property
    def log(self) -> bool:
        """Whether counts are on a logarithmic scale."""
        return self._log

    def set_log(self, on: bool) -> None:
        """Shows counts on a logarithmic scale, on which a single record beside thousands is seen."""
        if on != self._log:
            self._log = self._counts_axis.log = on
            self._draw_bars()

    @property
    def stacked(self) -> bool:
        """Whether labels stand on one another."""
        return self._stacked

    def set_stacked(self, on: bool) -> None:
        """Stacks the labels, or draws them one behind the other."""
        if on != self._stacked:
            self._stacked = on
            self._draw_bars()

    @property
    def log_scores(self) -> bool:
        """Whether low scores get more room than high ones."""
        return self.scores.floor is not None

    def set_log_scores(self, on: bool) -> None:
        """Gives low scores more room, or all the same."""
        if on != self.log_scores:
            self._log_scores = on
            self._count()

    def restyle(self, colours: Colours) -> None:
        """Colours bars, zones and lines."""
        super().restyle(colours)
        for truth, bars in self._bars.items():
            alpha = 170 if truth is Truth.UNLABELLED else 235
            bars.setOpts(brush=faint(truth_colour(truth, colours), alpha), pen=None)
        for zone, colour in zip(self._zones, (colours.grey, colours.ng), strict=True):
            zone.setBrush(faint(colour, 22 if colours.dark else 16))
            for edge in zone.lines:
                edge.setPen(pg.mkPen(None))

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what changed while it was hidden."""
        super().showEvent(event)
        if self._stale:
            self._count()

    @Slot()
    def follow_thresholds(self) -> None:
        """Moves lines and zones."""
        super().follow_thresholds()
        low, high = (self.to_chart(self.model.value(line)) for line in LINES)
        self._zones[0].setRegion((low, high))
        self._zones[1].setRegion((high, max(high, self._end)))

    def show_all(self) -> None:
        """Shows every record again."""
        self.box.setXRange(self._start, self._end, padding=0)

    @Slot()
    def _records_changed(self) -> None:
        self._stale = True
        if self.isVisible():
            self._count()

    def _count(self) -> None:
        self._stale = False
        table = self.model.what.table
        low, high = score_range(table, self.model.in_force, room=0)
        self.set_scale(ScoreScale.fitting(low, high, self.model.in_force, self._log_scores))
        start, end = self.to_chart(low), self.to_chart(high)
        self._start, self._end = start - 0.04 * (end - start), end + 0.04 * (end - start)
        places = np.linspace(self._start, self._end, _BINS + 1)
        self._found = histogram(table, np.array([self.from_chart(place) for place in places.tolist()]))
        self.box.setLimits(xMin=self._start, xMax=self._end, minXRange=(self._end - self._start) / 40)
        self._draw_bars()
        self.show_all()
        self.scale_changed.emit()
        self.follow_thresholds()
        self._say_what_lies_above()

    def _say_what_lies_above(self) -> None:
        found = self._found
        if found is None or not found.above:
            self.label_axes(self.tr("Score"), "")
            return
        top = QLocale().toString(float(found.edges[-1]), "f", 1)
        text = self.tr("Score (%n above {top} in the last bar)", "", found.above).format(top=top)
        self.label_axes(text, "")

    def _draw_bars(self) -> None:
        found = self._found
        if found is None:
            return
        edges = np.linspace(self._start, self._end, found.edges.size)
        gap = (edges[1] - edges[0]) * 0.08
        base = np.zeros(edges.size - 1)
        tallest = 1.0
        for truth in _ORDER:
            count = found.counts[truth].astype(np.float64)
            bottom = base if self._stacked else np.zeros_like(base)
            top = bottom + count
            tallest = max(tallest, float(top.max(initial=0)))
            shown = count > 0
            self._bars[truth].setOpts(
                x0=edges[:-1][shown] + gap,
                x1=edges[1:][shown] - gap,
                y0=self._height(bottom[shown]),
                y1=self._height(top[shown]),
            )
            base = top if self._stacked else base
        self._tallest = float(self._height(np.array([tallest]))[0])
        self._fit_height()

    @Slot()
    def _fit_height(self) -> None:
        # The tabs of the lines hang above the tallest bar.
        room = max(self.room().height(), 100.0)
        self.box.setYRange(0, self._tallest / max(1 - 32 / room, 0.3), padding=0)

    def _height(self, counts: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.log10(1 + counts) if self._log else counts
