"""The labels with their keys, always in view: hints for the keyboard, buttons for mouse and finger."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from tilesight.store.types import LabelKind
from tilesight.ui.label_words import KEYS, class_word, label_colour, label_word
from tilesight.ui.labels import is_language_change
from tilesight.ui.theme import GRID, Theme, Type, apply_font, font

_HEIGHT = 6 * GRID
_CAP = 24


class KeyButton(QPushButton):
    """A button that shows its key as a key cap, a word, and a second word below it in the dim colour.

    Args:
        key: As it stands on the keyboard.
        theme: Colours.
    """

    def __init__(self, key: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key, self._theme = key, theme
        self._word, self._more, self._colour = "", "", ""
        self.setMinimumHeight(_HEIGHT)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        apply_font(self, Type.BODY, bold=True)
        theme.changed.connect(self._repaint)

    def set_words(self, word: str, more: str = "", tip: str = "") -> None:
        """Says what it does."""
        self._word, self._more = word, more
        name = f"{word}, {more}" if more else word
        self.setAccessibleName(f"{name} ({self._key})")
        self.setToolTip(f"{tip or name} ({self._key})")
        self.updateGeometry()
        self.update()

    def set_colour(self, colour: str) -> None:
        """Colours the key cap while it is chosen."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        """Cap, word and second word."""
        wide = QFontMetrics(font(Type.BODY, bold=True)).horizontalAdvance(self._word)
        if self._more:
            wide = max(wide, QFontMetrics(font(Type.CAPTION)).horizontalAdvance(self._more))
        return QSize(_CAP + wide + 3 * GRID + 2, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Cap and word; the second word may be cut."""
        wide = QFontMetrics(font(Type.BODY, bold=True)).horizontalAdvance(self._word)
        return QSize(_CAP + wide + 3 * GRID + 2, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        super().paintEvent(event)
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked() and bool(self._colour)
        cap = QRectF(GRID, (self.height() - _CAP) / 2, _CAP, _CAP)
        painter.setPen(QPen(QColor(self._colour if on else colours.dim), 1.4))
        painter.setBrush(QColor(self._colour) if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(cap, 5, 5)
        painter.setFont(font(Type.BODY, bold=True))
        enabled = self.isEnabled()
        ink = QColor(colours.text if enabled else colours.dim)
        painter.setPen(QColor(colours.on_verdict) if on else ink)
        painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), self._key)
        painter.setPen(ink)
        room = QRectF(self.rect()).adjusted(cap.right() + GRID, 0, -GRID, 0)
        if not self._more:
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), self._word)
        else:
            upper = room.adjusted(0, 6, 0, -room.height() / 2 + 2)
            painter.drawText(upper, int(Qt.AlignmentFlag.AlignVCenter), self._word)
            painter.setFont(font(Type.CAPTION))
            painter.setPen(QColor(colours.dim))
            lower = room.adjusted(0, room.height() / 2 - 2, 0, -5)
            wide = int(room.width())
            text = QFontMetrics(painter.font()).elidedText(self._more, Qt.TextElideMode.ElideRight, wide)
            painter.drawText(lower, int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()

    @Slot()
    def _repaint(self) -> None:
        self.update()


class KeyBar(QWidget):
    """The five labels.

    Args:
        theme: Colours.
    """

    chosen = Signal(object)  #: LabelKind

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._class = ""
        self.buttons: dict[LabelKind, KeyButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        for kind, key in KEYS.items():
            button = KeyButton(key, theme)
            button.clicked.connect(self._clicked)
            self.buttons[kind] = button
            row.addWidget(button)
        theme.changed.connect(self._recolour)
        self._recolour()
        self._word()

    def set_class(self, name: str) -> None:
        """Shows the class that key 2 gives without asking; "" while it asks."""
        self._class = name
        self._word()

    def show_label(self, kind: LabelKind | None) -> None:
        """Marks the label that the tile has."""
        for own, button in self.buttons.items():
            button.setChecked(own is kind)

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self._word()
        super().changeEvent(event)

    def _word(self) -> None:
        tips = {
            LabelKind.GOOD: self.tr("A good tile, rightly or wrongly judged"),
            LabelKind.DEFECT: self.tr("A real defect; the class is asked once, V chooses another"),
            LabelKind.FALSE_ALARM: self.tr("A good tile that was stopped"),
            LabelKind.MISSED: self.tr("A real defect that the detector did not see"),
            LabelKind.UNSURE: self.tr("Somebody else should look"),
        }
        for kind, button in self.buttons.items():
            asks = kind in (LabelKind.DEFECT, LabelKind.MISSED)
            button.set_words(label_word(kind), class_word(self._class) if asks else "", tips[kind])

    @Slot()
    def _recolour(self) -> None:
        for kind, button in self.buttons.items():
            button.set_colour(label_colour(kind, self._theme.colours))

    @Slot()
    def _clicked(self) -> None:
        for kind, button in self.buttons.items():
            if button is self.sender():
                self.chosen.emit(kind)
