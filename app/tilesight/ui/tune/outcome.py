"""What the proposed thresholds would do: counts, rates with intervals, and the tiles next to a line."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from bsdrd.calibration import Rate
from bsdrd.result import Verdict
from tilesight.store.tuning.table import JUDGED
from tilesight.ui.labels import Words, repolish
from tilesight.ui.theme import GRID, Theme, Type, apply_font, font
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.tune import words
from tilesight.ui.tune.cards import CardStrip
from tilesight.ui.tune.model import TuneModel
from tilesight.ui.tune.plot import LINES, line_name
from tilesight.ui.verdict_badge import paint_shape, verdict_word

_SHOWN = 24
#: From this height on, in pixels, the two strips stand below one another.
_TALL = 470


class CountTile(QWidget):
    """One verdict: its shape, how many records would get it, and how many more or fewer than are stored.

    Args:
        verdict: Which one.
        theme: Colours.
    """

    def __init__(self, verdict: Verdict, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._verdict, self._theme = verdict, theme
        self._count, self._total, self._stored = 0, 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._repaint)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(110, 64)

    def minimumSizeHint(self) -> QSize:
        """Likewise."""
        return QSize(92, 64)

    def set_counts(self, count: int, total: int, stored: int) -> None:
        """Shows other numbers."""
        if (count, total, stored) != (self._count, self._total, self._stored):
            self._count, self._total, self._stored = count, total, stored
            self.setAccessibleName(f"{verdict_word(self._verdict)}: {words.count(count)}, {self._note()}")
            self.update()

    def _note(self) -> str:
        share = words.percent(self._count / self._total) if self._total else "–"
        change = self._count - self._stored
        if not change:
            return share
        sign = "+" if change > 0 else "−"
        return f"{share}   {sign}{words.count(abs(change))}"

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = colours.verdict(self._verdict)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.tint(colour, 0.10)))
        painter.drawRoundedRect(QRectF(self.rect()), 8, 8)
        paint_shape(painter, QRectF(12, 15, 14, 14), self._verdict, colours)
        painter.setPen(QColor(colours.text))
        number = words.count(self._count)
        made = font(Type.HEAD, tabular=True)
        painter.setFont(made)
        if painter.fontMetrics().horizontalAdvance(number) > self.width() - 42:
            painter.setFont(font(Type.TITLE, tabular=True))
        painter.drawText(self.rect().adjusted(34, 4, -8, -24), int(Qt.AlignmentFlag.AlignVCenter), number)
        painter.setPen(QColor(colours.dim))
        painter.setFont(font(Type.CAPTION, tabular=True))
        painter.drawText(
            self.rect().adjusted(12, 40, -8, -4), int(Qt.AlignmentFlag.AlignVCenter), self._note()
        )
        painter.end()

    @Slot()
    def _repaint(self) -> None:
        self.update()


class RateRow:
    """One rate: name, value, interval, and what it is counted on.

    Args:
        grid: Where it stands.
        row: In which row.
        name: Translated.
        hint: What it means, translated.
        unknown: What stands there where nothing can be counted, translated.
    """

    def __init__(self, grid: QGridLayout, row: int, name: str, hint: str, unknown: str) -> None:
        self._hint, self._unknown = hint, unknown
        self.name = Words(name)
        self.value = Words(bold=True, tabular=True)
        self.about = Words(role=Type.CAPTION, dim=True, tabular=True)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.value.setAlignment(right)
        self.about.setAlignment(right)
        grid.addWidget(self.name, row, 0)
        grid.addWidget(self.value, row, 1)
        grid.addWidget(self.about, row, 2)

    def show_rate(self, rate: Rate | None, now: Rate | None) -> None:
        """Shows a rate, or that it is unknown; the tip compares it with the rate in force."""
        tip = self._hint
        if now is not None:
            before = QCoreApplication.translate("Tune", "With the thresholds in force: {rate}")
            tip = f"{tip}\n{before.format(rate=words.percent(now.value))}"
        for widget in (self.name, self.value, self.about):
            widget.setToolTip(tip)
        if rate is None:
            self.value.setText(self._unknown)
            self.about.setText("")
            self.value.set_tone("grey")
            return
        self.value.set_tone("")
        self.value.setText(words.percent(rate.value))
        self.about.setText(f"{words.interval(rate)}   {words.count(rate.count)}/{words.count(rate.of)}")


class OutcomePanel(QWidget):
    """Counts, rates and the tiles on both sides of the chosen line.

    Args:
        model: What is proposed.
        theme: Colours.
        thumbnails: Pictures.
    """

    opened = Signal(int)  #: Record number.

    def __init__(
        self, model: TuneModel, theme: Theme, thumbnails: Thumbnails, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._model = model
        self.tiles = {verdict: CountTile(verdict, theme) for verdict in JUDGED}
        tiles = QHBoxLayout()
        tiles.setSpacing(GRID)
        for tile in self.tiles.values():
            tiles.addWidget(tile)
        grid = QGridLayout()
        grid.setHorizontalSpacing(2 * GRID)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        self.rates = self._make_rates(grid)
        self.uninspected = Words(role=Type.CAPTION, dim=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(tiles)
        column.addLayout(grid)
        column.addWidget(self.uninspected)
        column.addLayout(self._make_gallery(theme, thumbnails), 1)
        model.outcome_changed.connect(self._follow)
        model.active_changed.connect(self._follow_active)
        self._follow_active()

    def _make_rates(self, grid: QGridLayout) -> dict[str, RateRow]:
        no_good, no_defect = self.tr("no good labels"), self.tr("no defect labels")
        return {
            "escape": RateRow(
                grid, 0, self.tr("Missed defects"), self.tr("Defective records that would be OK"), no_defect
            ),
            "false_reject": RateRow(
                grid, 1, self.tr("False rejects"), self.tr("Good records that would be NG"), no_good
            ),
            "grey_good": RateRow(
                grid,
                2,
                self.tr("Good, but grey"),
                self.tr("Good records that a person must look at"),
                no_good,
            ),
            "grey": RateRow(
                grid, 3, self.tr("Grey share"), self.tr("Of all records: a person looks at them"), "–"
            ),
        }

    def _make_gallery(self, theme: Theme, thumbnails: Thumbnails) -> QVBoxLayout:
        self.over_head = Words(role=Type.CAPTION, dim=True)
        self.under_head = Words(role=Type.CAPTION, dim=True)
        nothing = self.tr("No record on this side.")
        self.over = CardStrip(theme, thumbnails, 64, nothing)
        self.under = CardStrip(theme, thumbnails, 64, nothing)
        self.over.setAccessibleName(self.tr("Tiles just above the chosen threshold"))
        self.under.setAccessibleName(self.tr("Tiles just below the chosen threshold"))
        for strip in (self.over, self.under):
            strip.opened.connect(self.opened)
        self._strips = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._strips.setSpacing(GRID)
        for head, strip in ((self.under_head, self.under), (self.over_head, self.over)):
            one = QVBoxLayout()
            one.setSpacing(4)
            one.addWidget(head)
            one.addWidget(strip)
            self._strips.addLayout(one, 1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(self._make_switch())
        column.addLayout(self._strips)
        column.addStretch(1)
        return column

    def _make_switch(self) -> QHBoxLayout:
        self._switch = QButtonGroup(self)
        self.line_buttons: dict[str, QPushButton] = {}
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Words(self.tr("Next to the line"), bold=True), 1)
        for at, line in enumerate(LINES):
            button = QPushButton(line_name(line))
            button.setCheckable(True)
            button.setMinimumWidth(56)
            button.setAccessibleName(self.tr("Show tiles next to {line}").format(line=line_name(line)))
            apply_font(button, Type.BODY, bold=True)
            self._switch.addButton(button, at)
            self.line_buttons[line] = button
            head.addWidget(button)
        self._switch.idClicked.connect(self._choose_line)
        return head

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Puts the strips below one another where there is room."""
        super().resizeEvent(event)
        tall = self.height() >= _TALL
        wanted = QBoxLayout.Direction.TopToBottom if tall else QBoxLayout.Direction.LeftToRight
        if self._strips.direction() is not wanted:
            self._strips.setDirection(wanted)
        # What the numbers and heads leave, shared by two strips.
        side = min(max((self.height() - _TALL) // 2 + 64, 64), 128) if tall else 64
        for strip in (self.over, self.under):
            strip.set_side(side)

    @Slot(int)
    def _choose_line(self, at: int) -> None:
        self._model.set_active(LINES[at])

    @Slot()
    def _follow_active(self) -> None:
        line = self._model.active
        self.line_buttons[line].setChecked(True)
        if line == "low":
            self.over_head.setText(self.tr("Just held back: at or above T1"))
            self.under_head.setText(self.tr("Just released: below T1"))
        else:
            self.over_head.setText(self.tr("Just rejected: at or above T2"))
            self.under_head.setText(self.tr("Just not rejected: below T2"))
        for button in self.line_buttons.values():
            repolish(button)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        model = self._model
        outcome = model.outcome
        for tile, count, stored in zip(
            self.tiles.values(), outcome.counts, outcome.stored_counts, strict=True
        ):
            tile.set_counts(count, outcome.total, stored)
        now = model.outcome_now
        for name, row in self.rates.items():
            row.show_rate(getattr(outcome, name), getattr(now, name))
        self.uninspected.setVisible(outcome.not_inspected > 0)
        self.uninspected.setText(
            self.tr("%n not inspected: no threshold changes them.", "", outcome.not_inspected)
        )
        under, over = model.what.next_to(model.active_value, _SHOWN)
        table = model.what.table
        self.over.cards.show_rows(table, over, model.proposed)
        self.under.cards.show_rows(table, under, model.proposed)
