"""The tour: five steps, each beside the part it speaks of; skipped with one key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from tilesight.ui.labels import Button, Words
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Theme, Type


@dataclass(frozen=True, slots=True)
class TourStep:
    """One step.

    Attributes:
        head: What it is, translated.
        text: What it does for a person, translated.
        target: Gives the widget it speaks of; None to stand in the middle.
    """

    head: str
    text: str
    target: Callable[[], QWidget | None]


class Tour(Sheet):
    """Walks through the window, one lit part after the other.

    Args:
        host: The window's middle.
        theme: Colours.
    """

    finished = Signal(bool)  #: True if it was seen to its end.
    keys_pass = True  # its steps name keys: they can be tried

    def __init__(self, host: QWidget, theme: Theme) -> None:
        super().__init__(host, theme, 400)
        self._steps: list[TourStep] = []
        self._at = 0
        self.head = Words(role=Type.TITLE, wrap=True)
        self.text = Words(wrap=True, dim=True)
        self.count = Words(role=Type.CAPTION, dim=True)
        self.skip = Button(self.tr("Skip"), "quiet")
        self.back = Button(self.tr("Back"))
        self.next = Button(self.tr("Next"), "primary")
        self.skip.clicked.connect(self._skip)
        self.back.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        row = QHBoxLayout()
        row.addWidget(self.skip)
        row.addStretch(1)
        row.addWidget(self.back)
        row.addWidget(self.next)
        for part in (self.count, self.head, self.text):
            self.card.column.addWidget(part)
        self.card.column.addSpacing(GRID)
        self.card.column.addLayout(row)

    def start(self, steps: list[TourStep]) -> None:
        """Begins with the first step."""
        self._steps, self._at = steps, 0
        self._show_step()
        self.open()

    @property
    def step(self) -> int:
        """Which step is on screen, from 0."""
        return self._at

    def first_focus(self) -> QWidget:
        """The button that leads on."""
        return self.next

    def _show_step(self) -> None:
        step, last = self._steps[self._at], len(self._steps) - 1
        self.count.setText(self.tr("{step} of {steps}").format(step=self._at + 1, steps=last + 1))
        self.head.setText(step.head)
        self.text.setText(step.text)
        self.back.setVisible(self._at > 0)
        self.next.setText(self.tr("Done") if self._at == last else self.tr("Next"))
        if self.isVisible():
            self.relayout()
            self.update()

    @Slot()
    def _go_on(self) -> None:
        if self._at == len(self._steps) - 1:
            self.close_sheet()
            self.finished.emit(True)
        else:
            self._at += 1
            self._show_step()

    @Slot()
    def _go_back(self) -> None:
        self._at = max(self._at - 1, 0)
        self._show_step()

    @Slot()
    def _skip(self) -> None:
        self.close_sheet()
        self.finished.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape skips; the arrows walk."""
        if event.key() == Qt.Key.Key_Escape:
            self._skip()
        elif event.key() == Qt.Key.Key_Right:
            self._go_on()
        elif event.key() == Qt.Key.Key_Left:
            self._go_back()
        else:
            super().keyPressEvent(event)

    def _lit(self) -> QRect | None:
        target = self._steps[self._at].target() if self._steps else None
        if target is None or not target.isVisible():
            return None
        return QRect(target.mapTo(self.host, QPoint(0, 0)), target.size())

    def _place(self) -> None:
        super()._place()
        lit = self._lit()
        if lit is None:
            return
        card, room, gap = self.card.geometry(), self.rect(), 2 * GRID
        places = (
            QPoint(lit.right() + gap, lit.top()),
            QPoint(lit.left() - gap - card.width(), lit.top()),
            QPoint(lit.left(), lit.bottom() + gap),
            QPoint(lit.left(), lit.top() - gap - card.height()),
            # A part as large as the window: the card stands inside it.
            QPoint(lit.center().x() - card.width() // 2, lit.center().y() - card.height() // 2),
        )
        for place in places:
            y = min(max(place.y(), gap), room.height() - card.height() - gap)
            x = min(max(place.x(), gap), room.width() - card.width() - gap)
            card.moveTo(x, y)
            if not card.intersects(lit):
                break
        self.card.setGeometry(card)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dims everything but the part it speaks of."""
        lit = self._lit()
        if lit is None:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dim, hole = QPainterPath(), QPainterPath()
        dim.addRect(QRectF(self.rect()))
        hole.addRoundedRect(QRectF(lit).adjusted(-4, -4, 4, 4), 12, 12)
        shade = QColor(self._theme.colours.rail if self._theme.colours.dark else "#1b2330")
        shade.setAlpha(170 if self._theme.colours.dark else 110)
        painter.fillPath(dim.subtracted(hole), shade)
        painter.setPen(QPen(QColor(self._theme.colours.accent), 2))
        painter.drawPath(hole)
        painter.end()
