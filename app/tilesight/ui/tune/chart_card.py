"""The left card of Tune: charts and the pixel side as tabs, T1 and T2 as numbers beside them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from tilesight.store.tuning.table import Truth
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Card, Words
from tilesight.ui.theme import GRID, TARGET, Theme, Type, apply_font, font
from tilesight.ui.tune import words
from tilesight.ui.tune.curves import CurvesPanel
from tilesight.ui.tune.fields import NumberField
from tilesight.ui.tune.histogram import HistogramChart
from tilesight.ui.tune.model import Line, TuneModel
from tilesight.ui.tune.over_time import OverTimeChart
from tilesight.ui.tune.pixel_panel import PixelPanel
from tilesight.ui.tune.plot import LINES, line_name, truth_colour

#: Places of the tabs.
SCORES, CURVES, OVER_TIME, PIXELS = range(4)


class Legend(QWidget):
    """What the colours of the charts stand for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedHeight(24)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Legend"))
        theme.changed.connect(self._repaint)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws a mark and a word for each label."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(Type.CAPTION))
        colours, x = self._theme.colours, 2
        for truth in (Truth.GOOD, Truth.UNLABELLED, Truth.DEFECT):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(truth_colour(truth, colours)))
            painter.drawRoundedRect(x, 7, 10, 10, 3, 3)
            text = words.truth_word(truth)
            painter.setPen(QColor(colours.dim))
            painter.drawText(x + 16, 0, 200, 24, int(Qt.AlignmentFlag.AlignVCenter), text)
            x += 16 + painter.fontMetrics().horizontalAdvance(text) + 16
        painter.end()

    @Slot()
    def _repaint(self) -> None:
        self.update()


class ChartCard(Card):
    """Tabs with charts and the pixel side.

    Args:
        context: Theme, background, store.
        model: What is proposed.
    """

    def __init__(self, context: AppContext, model: TuneModel, parent: QWidget | None = None) -> None:
        super().__init__(margin=2 * GRID, spacing=GRID, parent=parent)
        self._model = model
        self.histogram = HistogramChart(model, context.theme)
        self.curves = CurvesPanel(model, context.theme)
        self.over_time = OverTimeChart(model, context.theme)
        self.pixels = PixelPanel(context, model)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setUsesScrollButtons(False)
        self.tabs.setAccessibleName(self.tr("Charts and pixel side"))
        self.pages = QStackedWidget()
        for text, page in (
            (self.tr("Scores"), self._scores_page(context.theme)),
            (self.tr("Curves"), self.curves),
            (self.tr("Over time"), self._over_time_page(context.theme)),
            (self.tr("Pixels"), self.pixels),
        ):
            self.tabs.addTab(text)
            self.pages.addWidget(page)
        self.tabs.currentChanged.connect(self.pages.setCurrentIndex)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(self.tabs)
        head.addStretch(1)
        self.fields: dict[Line, NumberField] = {line: self._field(line) for line in LINES}
        for line, field in self.fields.items():
            label = Words(line_name(line), bold=True)
            label.set_tone("grey" if line == "low" else "ng")
            label.setBuddy(field)
            head.addWidget(label)
            head.addWidget(field)
        self.column.addLayout(head)
        self.column.addWidget(self.pages, 1)
        model.thresholds_changed.connect(self._follow)
        self._follow()

    def _field(self, line: Line) -> NumberField:
        names = {"low": self.tr("T1: grey starts here"), "high": self.tr("T2: NG starts here")}
        field = NumberField(names[line], -1000, 100_000, 0.05)
        field.setFixedWidth(104)
        field.valueChanged.connect(self._typed_low if line == "low" else self._typed_high)
        return field

    def _toggle(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setCheckable(True)
        button.setMinimumHeight(TARGET)
        button.setToolTip(tip)
        apply_font(button, Type.BODY)
        return button

    def _scores_page(self, theme: Theme) -> QWidget:
        self.stacked = self._toggle(self.tr("Stacked"), self.tr("Stack the labels on one another"))
        self.stacked.setChecked(True)
        self.log_counts = self._toggle(self.tr("Log counts"), self.tr("Show single records beside thousands"))
        self.log_scores = self._toggle(self.tr("Log scores"), self.tr("Give low scores more room"))
        self.stacked.toggled.connect(self.histogram.set_stacked)
        self.log_counts.toggled.connect(self.histogram.set_log)
        self.log_scores.clicked.connect(self._set_log_scores)
        self.histogram.scale_changed.connect(self._follow_scale)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(Legend(theme), 1)
        for button in (self.stacked, self.log_counts, self.log_scores):
            row.addWidget(button)
        return _page(self.histogram, row)

    def _over_time_page(self, theme: Theme) -> QWidget:
        row = QHBoxLayout()
        row.addWidget(Legend(theme), 1)
        row.addWidget(Words(self.tr("The line in each lot is its median."), Type.CAPTION, dim=True))
        return _page(self.over_time, row)

    @Slot(bool)
    def _set_log_scores(self, on: bool) -> None:
        self.histogram.set_log_scores(on)
        self.over_time.set_log_scores(on)

    @Slot()
    def _follow_scale(self) -> None:
        self.log_scores.setChecked(self.histogram.log_scores)

    @Slot(float)
    def _typed_low(self, value: float) -> None:
        self._model.set_active("low")
        self._model.move("low", value, push=True)

    @Slot(float)
    def _typed_high(self, value: float) -> None:
        self._model.set_active("high")
        self._model.move("high", value, push=True)

    @Slot()
    def _follow(self) -> None:
        for line, field in self.fields.items():
            field.put(self._model.value(line))

    def show_tab(self, place: int) -> None:
        """Shows one of the tabs."""
        self.tabs.setCurrentIndex(place)


def _page(chart: QWidget, row: QHBoxLayout) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addLayout(row)
    column.addWidget(chart, 1)
    return page
