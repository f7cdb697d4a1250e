"""Scores in order of time, lot by lot, with T1 and T2 to drag."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QDateTime, QLocale, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from tilesight.store.tuning.curves import Timeline, score_range, timeline
from tilesight.store.tuning.table import Truth
from tilesight.ui.theme import Colours, Theme, Type, font
from tilesight.ui.tune.model import TuneModel
from tilesight.ui.tune.plot import ScoreAxis, ScoreScale, ThresholdChart, faint, truth_colour

_POINTS = 2400
_SHAPES = {Truth.GOOD: "o", Truth.UNLABELLED: "o", Truth.DEFECT: "s"}


class TimeAxis(pg.AxisItem):
    """Places in order of time, told by the time of the record that stands there."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.times: np.ndarray[Any, np.dtype[np.float64]] = np.zeros(0)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Day and time; only the time where all of it is one day."""
        if not self.times.size:
            return [""] * len(values)
        one_day = self.times[-1] - self.times[0] < 86_400
        pattern = "HH:mm" if one_day else "MM-dd HH:mm"
        texts: list[str] = []
        for value in values:
            row = round(value)
            inside = 0 <= row < self.times.size
            texts.append(
                QLocale().toString(QDateTime.fromSecsSinceEpoch(int(self.times[row])), pattern)
                if inside
                else ""
            )
        return texts


class OverTimeChart(ThresholdChart):
    """Every score at its place in time; lots are banded, each with its median.

    Args:
        model: Records and thresholds.
        theme: Colours.
    """

    def __init__(self, model: TuneModel, theme: Theme, parent: QWidget | None = None) -> None:
        self._times = TimeAxis()
        self._points: dict[Truth, Any] = {
            truth: pg.ScatterPlotItem(size=5 if truth is not Truth.DEFECT else 7) for truth in Truth
        }
        self._medians: Any = pg.PlotCurveItem(connect="pairs")
        self._bands: Any = pg.BarGraphItem(x0=[], x1=[], y0=[], y1=[])
        self._names: list[Any] = []
        self._found: Timeline | None = None
        self._range = (0.0, 1.0)
        self._log_scores: bool | None = None
        self._stale = True
        super().__init__(model, theme, "y", bottom=self._times, left=ScoreAxis("left"), parent=parent)
        self._bands.setZValue(-20)
        self.item.addItem(self._bands, ignoreBounds=True)
        for truth in (Truth.UNLABELLED, Truth.GOOD, Truth.DEFECT):
            self.item.addItem(self._points[truth], ignoreBounds=True)
        self._medians.setZValue(40)
        self.item.addItem(self._medians, ignoreBounds=True)
        self.box.setMouseEnabled(x=True, y=False)
        self.label_axes("", self.tr("Score"))
        self.setAccessibleName(self.tr("Scores over time by lot, with thresholds T1 and T2"))
        self.setAccessibleDescription(self.tr("Up and down move the chosen line, 1 and 2 choose it."))
        model.records_changed.connect(self._records_changed)

    def restyle(self, colours: Colours) -> None:
        """Colours points, bands, names and lines."""
        super().restyle(colours)
        for truth, points in self._points.items():
            alpha = 130 if truth is Truth.UNLABELLED else 220
            points.setBrush(pg.mkBrush(faint(truth_colour(truth, colours), alpha)))
            points.setPen(pg.mkPen(None))
            points.setSymbol(_SHAPES[truth])
        self._medians.setPen(pg.mkPen(colours.text, width=2))
        self._bands.setOpts(brush=faint(colours.text, 10), pen=None)
        for name in self._names:
            name.setColor(colours.dim)

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what changed while it was hidden."""
        super().showEvent(event)
        if self._stale:
            self._draw()

    def show_all(self) -> None:
        """Shows every record again."""
        if self._found is not None:
            self.box.setXRange(-0.5, max(self._found.times.size - 0.5, 0.5), padding=0.01)
            low, high = (self.to_chart(score) for score in self._range)
            # Room above for the names of the lots.
            self.box.setYRange(low, high + (high - low) * 0.08, padding=0)

    def set_log_scores(self, on: bool) -> None:
        """Gives low scores more room, or all the same."""
        self._log_scores = on
        self._stale = True
        if self.isVisible():
            self._draw()

    @Slot()
    def _records_changed(self) -> None:
        self._stale = True
        if self.isVisible():
            self._draw()

    def _draw(self) -> None:
        self._stale = False
        table = self.model.what.table
        found = self._found = timeline(table, _POINTS)
        self._times.times = found.times
        low, high = self._range = score_range(table, self.model.in_force)
        self.set_scale(ScoreScale.fitting(low, high, self.model.in_force, self._log_scores))
        heights = self.scores.places(np.minimum(found.scores, high))
        for truth, points in self._points.items():
            mine = found.truths == truth
            points.setData(found.place[mine], heights[mine])
        self._draw_lots(found)
        self.box.setLimits(xMin=-1, xMax=max(found.times.size, 1), minXRange=10)
        self.show_all()
        self.restyle(self.theme.colours)
        self.follow_thresholds()

    def _draw_lots(self, found: Timeline) -> None:
        for old in self._names:
            self.item.removeItem(old)
        self._names = []
        ends: list[float] = []
        medians: list[float] = []
        low, high = (self.to_chart(score) for score in self._range)
        for lot in found.lots:
            ends += [lot.first - 0.5, lot.last + 0.5]
            medians += [self.to_chart(lot.median)] * 2
            if lot.lot and lot.last - lot.first > found.times.size / 25:
                name = pg.TextItem(lot.lot, anchor=(0.5, 1))
                name.setFont(font(Type.CAPTION))
                name.setPos((lot.first + lot.last) / 2, high)
                self._names.append(name)
                self.item.addItem(name, ignoreBounds=True)
        banded = found.lots[1::2]
        tall = high - low
        self._bands.setOpts(
            x0=[lot.first - 0.5 for lot in banded],
            x1=[lot.last + 0.5 for lot in banded],
            y0=[low - tall] * len(banded),
            y1=[high + tall] * len(banded),
        )
        self._medians.setData(np.array(ends), np.array(medians), connect="pairs")
