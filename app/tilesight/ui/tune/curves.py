"""ROC and precision-recall curves with the working points of T1 and T2."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QLocale, Qt, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from tilesight.store.tuning.curves import Curves, Point, curves, working_point
from tilesight.ui.empty_state import EmptyState
from tilesight.ui.labels import Words
from tilesight.ui.theme import GRID, Colours, Theme, Type
from tilesight.ui.tune import words
from tilesight.ui.tune.model import TuneModel
from tilesight.ui.tune.plot import LINES, Chart, line_colour, line_name

#: Points that a curve is drawn with.
_POINTS = 400


class CurveChart(Chart):
    """One curve in the unit square, with a mark for each threshold.

    Args:
        theme: Colours.
        bottom: What runs along the bottom, translated.
        left: What runs along the left, translated.
        chance: Draws the diagonal that guessing would give.
    """

    def __init__(
        self, theme: Theme, bottom: str, left: str, *, chance: bool = False, parent: QWidget | None = None
    ) -> None:
        self._curve: Any = pg.PlotCurveItem(antialias=True)
        self._chance: Any = pg.PlotCurveItem([0, 1], [0, 1]) if chance else None
        self._marks: dict[str, Any] = {name: pg.ScatterPlotItem(size=15) for name in LINES}
        super().__init__(theme, parent=parent)
        if self._chance is not None:
            self.item.addItem(self._chance)
        self.item.addItem(self._curve)
        for mark in self._marks.values():
            self.item.addItem(mark)
        self.item.showGrid(x=True, y=True, alpha=0.12)
        self.box.setLimits(xMin=-0.02, xMax=1.02, yMin=-0.02, yMax=1.04, minXRange=0.02, minYRange=0.02)
        self.box.setRange(xRange=(-0.02, 1.02), yRange=(-0.02, 1.04), padding=0)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.label_axes(bottom, left)

    def restyle(self, colours: Colours) -> None:
        """Colours curve and marks."""
        self._curve.setPen(pg.mkPen(colours.accent, width=2))
        if self._chance is not None:
            self._chance.setPen(pg.mkPen(colours.line, width=1, style=Qt.PenStyle.DashLine))
        for name, symbol in zip(LINES, ("d", "s"), strict=True):
            colour = line_colour(name, colours)
            self._marks[name].setBrush(pg.mkBrush(colour))
            self._marks[name].setPen(pg.mkPen(colours.surface, width=2))
            self._marks[name].setSymbol(symbol)

    def set_curve(self, x: Any, y: Any) -> None:
        """Draws a curve: two arrays of one length, each 0..1."""
        self._curve.setData(x, y)

    def set_marks(self, places: dict[str, tuple[float, float]]) -> None:
        """Puts the marks of T1 ("low") and T2 ("high")."""
        for name, place in places.items():
            self._marks[name].setData([place[0]], [place[1]])

    def mouseDoubleClickEvent(self, ev: Any) -> None:
        """Shows the whole square again."""
        self.box.setRange(xRange=(-0.02, 1.02), yRange=(-0.02, 1.04), padding=0)
        ev.accept()


class CurvesPanel(QWidget):
    """Both curves side by side, each with its area and working points in words.

    Args:
        model: Records and thresholds.
        theme: Colours.
    """

    def __init__(self, model: TuneModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._found: Curves | None = None
        self._stale = True
        self.roc = CurveChart(
            theme, self.tr("Good tiles at or above"), self.tr("Defects at or above"), chance=True
        )
        self.roc.setAccessibleName(self.tr("ROC curve with the working points of T1 and T2"))
        self.pr = CurveChart(theme, self.tr("Recall: defects at or above"), self.tr("Precision"))
        self.pr.setAccessibleName(self.tr("Precision-recall curve with the working points of T1 and T2"))
        self.roc_head, self.pr_head = Words(bold=True), Words(bold=True)
        self.roc_text = Words(role=Type.CAPTION, dim=True, tabular=True)
        self.pr_text = Words(role=Type.CAPTION, dim=True, tabular=True)
        charts = QWidget()
        row = QHBoxLayout(charts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * GRID)
        for head, text, chart in (
            (self.roc_head, self.roc_text, self.roc),
            (self.pr_head, self.pr_text, self.pr),
        ):
            column = QVBoxLayout()
            column.setSpacing(2)
            column.addWidget(head)
            column.addWidget(text)
            column.addWidget(chart, 1)
            row.addLayout(column, 1)
        self.empty = EmptyState(
            theme,
            "chart",
            self.tr("Curves need labels"),
            self.tr("Label some good and some defective tiles in Review; the curves appear by themselves."),
        )
        self._stack = QStackedLayout(self)
        self._stack.addWidget(charts)
        self._stack.addWidget(self.empty)
        model.records_changed.connect(self._records_changed)
        model.outcome_changed.connect(self._follow)

    def showEvent(self, event: QShowEvent) -> None:
        """Draws what changed while it was hidden."""
        super().showEvent(event)
        self._draw()

    @Slot()
    def _records_changed(self) -> None:
        self._stale = True
        self._draw()

    @Slot()
    def _follow(self) -> None:
        if self.isVisible() and not self._stale:
            self._put_marks()

    def _draw(self) -> None:
        if not self.isVisible():
            return
        if self._stale:
            self._stale = False
            self._found = curves(self._model.what)
            self._stack.setCurrentIndex(0 if self._found is not None else 1)
            if self._found is not None:
                thin = self._found.thinned(_POINTS)
                self.roc.set_curve(thin.false_alarm, thin.detection)
                self.pr.set_curve(thin.detection, thin.precision)
                area = QLocale().toString(self._found.auroc, "f", 3)
                self.roc_head.setText(self.tr("ROC, area {area}").format(area=area))
                average = QLocale().toString(self._found.average_precision, "f", 3)
                self.pr_head.setText(self.tr("Precision and recall, average {area}").format(area=average))
        self._put_marks()

    def _put_marks(self) -> None:
        points: dict[str, Point] = {}
        for line in LINES:
            point = working_point(self._model.what.table, self._model.value(line))
            if point is None:
                return
            points[line] = point
        self.roc.set_marks({name: (at.false_alarm, at.detection) for name, at in points.items()})
        self.pr.set_marks({name: (at.detection, at.precision) for name, at in points.items()})
        roc = self.tr("{line}: {detection} of defects, {false_alarm} of good tiles")
        self.roc_text.setText(
            "\n".join(
                roc.format(
                    line=line_name(line),
                    detection=words.percent(points[line].detection),
                    false_alarm=words.percent(points[line].false_alarm),
                )
                for line in LINES
            )
        )
        pr = self.tr("{line}: precision {precision}, recall {detection}")
        self.pr_text.setText(
            "\n".join(
                pr.format(
                    line=line_name(line),
                    precision=words.percent(points[line].precision),
                    detection=words.percent(points[line].detection),
                )
                for line in LINES
            )
        )
