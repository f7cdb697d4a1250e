"""What all charts of Tune share: the look of the theme, and threshold lines that can be dragged and keyed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QLocale, QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from bsdrd.result import Thresholds
from tilesight.store.tuning.table import Truth
from tilesight.ui.theme import TARGET, Colours, Theme, Type, font
from tilesight.ui.tune.model import Line, TuneModel

LINES: tuple[Line, Line] = ("low", "high")
#: Scores that get a tick where low ones have more room.
_ROUND = (-50, -20, -10, -5, -2, -1, *range(11), 12, 15, 20, 30, 40, 50, 70, 100, 150, 200, 300, 500)
#: Where grey takes up less of the linear scale than this, low scores get more room by themselves.
_SLIVER = 0.12


def line_name(line: Line) -> str:
    """T1 or T2."""
    return "T1" if line == "low" else "T2"


def line_colour(line: Line, colours: Colours) -> str:
    """The colour of the verdict that starts there."""
    return colours.grey if line == "low" else colours.ng


def truth_colour(truth: Truth, colours: Colours) -> str:
    """Good like OK, defective like NG, unlabelled in the colour of secondary text."""
    return {Truth.GOOD: colours.ok, Truth.DEFECT: colours.ng}.get(truth, colours.dim)


def faint(colour: str, alpha: int) -> QColor:
    """A colour with an alpha of 0..255."""
    made = QColor(colour)
    made.setAlpha(alpha)
    return made


class Chart(pg.PlotWidget):
    """A plot in the colours and type of the theme, with no menu and no buttons of the library.

    Args:
        theme: Colours.
        bottom: Axis at the bottom; the library's own where None.
        left: Axis at the left; likewise.
    """

    def __init__(
        self,
        theme: Theme,
        *,
        bottom: pg.AxisItem | None = None,
        left: pg.AxisItem | None = None,
        parent: QWidget | None = None,
    ) -> None:
        axes = {name: axis for name, axis in (("bottom", bottom), ("left", left)) if axis is not None}
        super().__init__(parent=parent, background="#00000000", axisItems=axes, enableMenu=False)
        self.theme = theme
        self.item: Any = self.getPlotItem()
        self.box: Any = self.item.getViewBox()
        self.item.hideButtons()
        self.box.setDefaultPadding(0.0)
        self.setMinimumSize(200, 140)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self._take_theme)
        self._take_theme()

    @Slot()
    def _take_theme(self) -> None:
        colours = self.theme.colours
        for name in ("bottom", "left"):
            axis: Any = self.item.getAxis(name)
            axis.setPen(pg.mkPen(colours.line))
            axis.setTextPen(pg.mkPen(colours.dim))
            axis.setStyle(tickFont=_tick_font(), tickLength=4, autoExpandTextSpace=True)
        self.restyle(colours)

    def restyle(self, colours: Colours) -> None:
        """The theme changed: give every item its colours."""

    def label_axes(self, bottom: str, left: str) -> None:
        """Names both axes, translated."""
        for name, text in (("bottom", bottom), ("left", left)):
            axis: Any = self.item.getAxis(name)
            axis.setLabel(text, **{"color": self.theme.colours.dim, "font-size": "12px"})

    def place_of(self, value: float, axis: Literal["x", "y"]) -> float:
        """Where a value lies in the widget, in pixels along one axis."""
        point = self.box.mapViewToScene(pg.Point(value, 0) if axis == "x" else pg.Point(0, value))
        at: QPointF = self.mapFromScene(point).toPointF()
        return at.x() if axis == "x" else at.y()

    def value_at(self, at: QPointF, axis: Literal["x", "y"]) -> float:
        """The value at a position of the widget."""
        point = self.box.mapSceneToView(self.mapToScene(at.toPoint()))
        return float(point.x() if axis == "x" else point.y())

    def room(self) -> QRectF:
        """The plot without its axes, in the widget's pixels."""
        return QRectF(self.mapFromScene(self.box.sceneBoundingRect()).boundingRect())


def _tick_font() -> QFont:
    return font(Type.CAPTION, tabular=True)


@dataclass(frozen=True, slots=True)
class ScoreScale:
    """How scores lie along an axis.

    Attributes:
        floor: None for a linear scale; otherwise low scores get more room, as log10(1 + score - floor).
    """

    floor: float | None = None

    @classmethod
    def fitting(cls, low: float, high: float, thresholds: Thresholds, wide: bool | None) -> ScoreScale:
        """The scale for a range of scores.

        Args:
            low: Lowest score shown.
            high: Highest score shown.
            thresholds: Those in force.
            wide: Whether low scores get more room; None: only where grey would be a sliver otherwise.
        """
        if wide is None:
            wide = thresholds.high - thresholds.low < _SLIVER * (high - low)
        return cls(min(low, 0.0) if wide else None)

    def place(self, score: float) -> float:
        """Where a score lies."""
        return score if self.floor is None else math.log10(1 + max(score - self.floor, 0.0))

    def places(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where many scores lie."""
        return scores if self.floor is None else np.log10(1 + np.maximum(scores - self.floor, 0.0))

    def score(self, place: float) -> float:
        """What lies at a place."""
        return place if self.floor is None else 10**place - 1 + self.floor


class ScoreAxis(pg.AxisItem):
    """Scores along one side of a chart."""

    def __init__(self, side: Literal["bottom", "left"]) -> None:
        super().__init__(side)
        self.scale_of_scores = ScoreScale()
        if side == "left":
            self.setWidth(52)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        """Round scores; where low ones have more room, as many as there is room for."""
        scale = self.scale_of_scores
        if scale.floor is None:
            return super().tickValues(minVal, maxVal, size)
        lowest, highest = scale.score(minVal), scale.score(maxVal)
        least = 34.0 if self.orientation == "bottom" else 20.0
        kept: list[float] = []
        for value in _ROUND:
            place = scale.place(value)
            far = not kept or (place - kept[-1]) / max(maxVal - minVal, 1e-9) * size > least
            if lowest <= value <= highest and far:
                kept.append(place)
        return [(1.0, kept)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """With the decimal sign of the language."""
        if self.scale_of_scores.floor is not None:
            return [QLocale().toString(round(self.scale_of_scores.score(value))) for value in values]
        digits = max(0, math.ceil(-math.log10(spacing) - 1e-9)) if spacing > 0 else 0
        return [QLocale().toString(value, "f", digits) for value in values]


class ThresholdChart(Chart):
    """A chart with T1 and T2 as lines: dragged with the mouse or a finger, moved by keys.

    Left and right (or down and up) move the chosen line by a pixel, with Shift by ten, with Ctrl past the
    next record; 1 and 2 choose the line. A double click shows everything again.

    Args:
        model: Holds the thresholds.
        theme: Colours.
        along: The axis that carries the score.
        bottom: Axis at the bottom; the library's own where None.
        left: Axis at the left; likewise.
    """

    def __init__(
        self,
        model: TuneModel,
        theme: Theme,
        along: Literal["x", "y"],
        *,
        bottom: pg.AxisItem | None = None,
        left: pg.AxisItem | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self.model = model
        self.along: Literal["x", "y"] = along
        self.scores = ScoreScale()
        self._dragged: Line | None = None
        self._grip = 0.0
        self._lines: dict[Line, Any] = {
            name: pg.InfiniteLine(angle=90 if along == "x" else 0, movable=False) for name in LINES
        }
        super().__init__(theme, bottom=bottom, left=left, parent=parent)
        for line in self._lines.values():
            line.setZValue(50)
            self.item.addItem(line, ignoreBounds=True)
        self.box.setMouseEnabled(x=along == "x", y=False)
        self.setMouseTracking(True)
        self.viewport().setMouseTracking(True)
        model.thresholds_changed.connect(self.follow_thresholds)
        model.active_changed.connect(self._take_theme)
        self.follow_thresholds()

    def restyle(self, colours: Colours) -> None:
        """Colours the lines; the chosen one is stronger."""
        for name, line in self._lines.items():
            chosen = name == self.model.active
            line.setPen(pg.mkPen(line_colour(name, colours), width=3 if chosen else 2))
        self.viewport().update()

    @Slot()
    def follow_thresholds(self) -> None:
        """Puts the lines where the model says."""
        for name, line in self._lines.items():
            line.setValue(self.to_chart(self.model.value(name)))
        self.viewport().update()

    def set_scale(self, scale: ScoreScale) -> None:
        """Lays scores out in another way."""
        self.scores = scale
        axis: Any = self.item.getAxis("bottom" if self.along == "x" else "left")
        axis.scale_of_scores = scale
        axis.picture = None

    def to_chart(self, score: float) -> float:
        """Place of a score on the axis."""
        return self.scores.place(score)

    def from_chart(self, place: float) -> float:
        """Score at a place on the axis."""
        return self.scores.score(place)

    def show_all(self) -> None:
        """Shows everything again after a zoom."""

    # Handles

    def handle(self, name: Line) -> QRectF:
        """The tab at the end of a line by which it is taken, in the widget's pixels."""
        room, at = self.room(), self.place_of(self.to_chart(self.model.value(name)), self.along)
        width, height = 44.0, 24.0
        if self.along == "x":
            # T1 hangs to the left of its line and T2 to the right, so that they never cover each other.
            left = at - width if name == "low" else at
            left = min(max(left, 0.0), self.width() - width)
            return QRectF(left, room.top(), width, height)
        top = at if name == "low" else at - height
        return QRectF(room.right() - width, top, width, height)

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Draws the tabs over everything."""
        super().drawForeground(painter, rect)
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self.room()
        painter.setClipRect(room.adjusted(-46, -2, 46, 2))
        colours = self.theme.colours
        for name in LINES:
            at = self.place_of(self.to_chart(self.model.value(name)), self.along)
            inside = (
                room.left() <= at <= room.right() if self.along == "x" else room.top() <= at <= room.bottom()
            )
            if not inside:
                continue
            box = self.handle(name)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(line_colour(name, colours)))
            painter.drawRoundedRect(box, 5, 5)
            if name == self.model.active and self.hasFocus():
                painter.setPen(pg.mkPen(colours.text, width=2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
            painter.setPen(QColor(colours.on_verdict))
            painter.setFont(font(Type.CAPTION, bold=True))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), line_name(name))
        painter.restore()

    def line_at(self, at: QPointF) -> Line | None:
        """The line that a press there takes: the nearest within a finger's reach."""
        for name in LINES:
            if self.handle(name).adjusted(-6, -8, 6, 8).contains(at):
                return name
        if not self.room().contains(at):
            return None
        place = at.x() if self.along == "x" else at.y()
        lines = {name: self.place_of(self.to_chart(self.model.value(name)), self.along) for name in LINES}
        distance = {name: abs(at - place) for name, at in lines.items()}
        # Where both lie on one spot, the side of the press decides.
        if distance["low"] == distance["high"]:
            nearest: Line = "low" if (place < lines["low"]) == (self.along == "x") else "high"
        else:
            nearest = "low" if distance["low"] < distance["high"] else "high"
        return nearest if distance[nearest] <= TARGET / 2 else None

    # Mouse and keys

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        """Takes a line, or lets the plot pan."""
        name = self.line_at(ev.position()) if ev.button() is Qt.MouseButton.LeftButton else None
        if name is None:
            super().mousePressEvent(ev)
            return
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._dragged = name
        place = ev.position().x() if self.along == "x" else ev.position().y()
        self._grip = self.place_of(self.to_chart(self.model.value(name)), self.along) - place
        self.model.set_active(name)
        ev.accept()

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        """Drags the line, or shows that one can be taken."""
        if self._dragged is None:
            super().mouseMoveEvent(ev)
            over = self.line_at(ev.position()) is not None
            shape = Qt.CursorShape.SplitHCursor if self.along == "x" else Qt.CursorShape.SplitVCursor
            self.viewport().setCursor(shape if over else Qt.CursorShape.ArrowCursor)
            return
        at = ev.position() + (QPointF(self._grip, 0) if self.along == "x" else QPointF(0, self._grip))
        self.model.move(self._dragged, self._rounded(self.from_chart(self.value_at(at, self.along))))
        ev.accept()

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        """Lets go."""
        if self._dragged is None:
            super().mouseReleaseEvent(ev)
        self._dragged = None

    def mouseDoubleClickEvent(self, ev: QMouseEvent) -> None:
        """Shows everything again."""
        if self.line_at(ev.position()) is None:
            self.show_all()
        ev.accept()

    def keyPressEvent(self, ev: QKeyEvent) -> None:
        """Moves or chooses a line."""
        up = {Qt.Key.Key_Right: True, Qt.Key.Key_Up: True, Qt.Key.Key_Left: False, Qt.Key.Key_Down: False}
        chosen: dict[int, Line] = {Qt.Key.Key_1: "low", Qt.Key.Key_2: "high"}
        if ev.key() in chosen:
            self.model.set_active(chosen[ev.key()])
        elif ev.key() == Qt.Key.Key_Home:
            self.show_all()
        elif ev.key() in up:
            self._step(up[Qt.Key(ev.key())], ev.modifiers())
        else:
            super().keyPressEvent(ev)
            return
        ev.accept()

    def _step(self, upwards: bool, modifiers: Qt.KeyboardModifier) -> None:
        name = self.model.active
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            self.model.move_past_next(name, upwards)
            return
        step = self._pixel() * (10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1)
        self.model.move(name, self._rounded(self.model.value(name) + (step if upwards else -step)))

    def _pixel(self) -> float:
        """The score that one pixel stands for, but no less than a hundredth."""
        pixel = self.box.viewPixelSize()[0 if self.along == "x" else 1]
        return max(round(float(pixel), 2), 0.01)

    @staticmethod
    def _rounded(score: float) -> float:
        return round(score, 2)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows which line the keys move."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Shows it no more."""
        super().focusOutEvent(event)
        self.viewport().update()
