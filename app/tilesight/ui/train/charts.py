"""Curves of Train: losses while it learns, and the two models' ROC curves."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from tilesight.line.training.progress import LOSSES, TrainingState
from tilesight.ui.theme import Colours, Theme
from tilesight.ui.tune.plot import Chart

_STYLES = {"F1": Qt.PenStyle.SolidLine, "F2": Qt.PenStyle.DashLine, "F3": Qt.PenStyle.DotLine}
#: Curves are smoothed over this many steps: batches differ more than steps do.
_SMOOTH = 9


class LossChart(Chart):
    """The loss of each student and level, and of the defect head, on a logarithmic scale."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._curves: dict[str, Any] = {name: pg.PlotCurveItem(antialias=True) for name in LOSSES}
        super().__init__(theme, parent=parent)
        for curve in self._curves.values():
            self.item.addItem(curve)
        self.item.getAxis("left").enableAutoSIPrefix(False)
        self.item.showGrid(x=False, y=True, alpha=0.12)
        self.item.setMouseEnabled(x=False, y=False)
        self.setFixedHeight(240)  # so that the sample maps below are on the same screen
        self.label_axes(self.tr("Step"), self.tr("log10 of the loss"))
        self.setAccessibleName(self.tr("Losses of both students at three levels"))

    def restyle(self, colours: Colours) -> None:
        """Struct and detail in their hues, levels by line style, the defect head in the accent."""
        for name, curve in self._curves.items():
            student, _, level = name.partition("/")
            colour = {"struct": colours.struct, "detail": colours.detail}.get(student, colours.accent)
            curve.setPen(pg.mkPen(colour, width=2, style=_STYLES.get(level, Qt.PenStyle.SolidLine)))

    def show_state(self, state: TrainingState) -> None:
        """Draws all steps so far."""
        steps = np.array([point.step for point in state.points], dtype=np.float64)
        losses = np.array([point.losses for point in state.points], dtype=np.float64).reshape(-1, len(LOSSES))
        with np.errstate(invalid="ignore", divide="ignore"):
            logs = np.log10(losses)
        logs[~np.isfinite(logs)] = np.nan
        for column, curve in enumerate(self._curves.values()):
            smooth = _smoothed(logs[:, column])
            kept = np.isfinite(smooth)
            curve.setData(steps[kept], smooth[kept])
        if steps.size:
            self.box.setXRange(0, max(state.steps, state.steps_done, 1), padding=0.01)
            seen = logs[np.isfinite(logs)]
            if seen.size:
                self.box.setYRange(float(seen.min()) - 0.05, float(seen.max()) + 0.05, padding=0)

    def clear_curves(self) -> None:
        """Shows nothing."""
        for curve in self._curves.values():
            curve.setData([], [])


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    if values.size < 2 * _SMOOTH or not np.isfinite(values).all():
        return values
    # Each point is the mean of itself and the steps before it: nothing is drawn before it happened.
    sums = np.cumsum(np.concatenate([[0.0], values]))
    ends = np.arange(1, values.size + 1)
    starts = np.maximum(ends - _SMOOTH, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)


class HistogramChart(Chart):
    """How one property of the tiles is spread.

    Args:
        theme: Colours.
        bottom: Name of the property, translated.
    """

    def __init__(self, theme: Theme, bottom: str, parent: QWidget | None = None) -> None:
        self._bars: Any = pg.BarGraphItem(x0=[], x1=[], y0=[], y1=[])
        super().__init__(theme, parent=parent)
        self.item.addItem(self._bars)
        self.item.setMouseEnabled(x=False, y=False)
        self.setFixedHeight(140)
        self.label_axes(bottom, self.tr("Pictures"))
        self.setAccessibleName(bottom)

    def restyle(self, colours: Colours) -> None:
        """Bars in the accent."""
        self._bars.setOpts(brush=pg.mkBrush(colours.accent), pen=pg.mkPen(None))

    def show_values(self, values: list[float]) -> None:
        """Draws other values."""
        if not values:
            self._bars.setOpts(x0=[], x1=[], y0=[], y1=[])
            return
        counts, edges = np.histogram(values, bins=min(30, max(5, len(values) // 4)))
        self._bars.setOpts(x0=edges[:-1], x1=edges[1:], y0=np.zeros(counts.size), y1=counts)
        most = max(int(counts.max()), 1)
        # There are no halves of pictures.
        ticks = [(at, str(at)) for at in range(0, most + 1, math.ceil(most / 4))]
        self.item.getAxis("left").setTicks([ticks])
        self.box.setRange(xRange=(edges[0], edges[-1]), yRange=(0, most * 1.05), padding=0)


class RocChart(Chart):
    """ROC curves of the live and the new model."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._live: Any = pg.PlotCurveItem(antialias=True)
        self._new: Any = pg.PlotCurveItem(antialias=True)
        super().__init__(theme, parent=parent)
        self.item.addItem(self._live)
        self.item.addItem(self._new)
        self.item.showGrid(x=True, y=True, alpha=0.12)
        self.item.setMouseEnabled(x=False, y=False)
        self.box.setRange(xRange=(-0.02, 1.02), yRange=(-0.02, 1.04), padding=0)
        self.setMinimumHeight(220)
        self.label_axes(self.tr("Good tiles rejected"), self.tr("Defects found"))
        self.setAccessibleName(self.tr("ROC curves: live model dashed, new model solid"))

    def restyle(self, colours: Colours) -> None:
        """The live one dashed, the new one solid."""
        self._live.setPen(pg.mkPen(colours.dim, width=2, style=Qt.PenStyle.DashLine))
        self._new.setPen(pg.mkPen(colours.accent, width=2))

    def show_curves(
        self,
        live: tuple[NDArray[np.float64], NDArray[np.float64]],
        new: tuple[NDArray[np.float64], NDArray[np.float64]],
    ) -> None:
        """Draws both; empty arrays draw nothing."""
        self._live.setData(*live)
        self._new.setData(*new)
