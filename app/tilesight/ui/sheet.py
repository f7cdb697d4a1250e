"""A card over the window, with everything behind it dimmed but alive: inspection goes on in view.

Used for the command palette, the shortcut sheet, settings and the tour, instead of dialogs of their own.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QWidget

from tilesight.ui.labels import Card
from tilesight.ui.theme import GRID, Theme

_SHIFT = Qt.KeyboardModifier.ShiftModifier


class Sheet(QWidget):
    """Base of what opens over the window. Escape or a click beside the card closes it.

    Args:
        host: Widget that it covers.
        theme: Colours.
        width: Of the card, in pixels, as far as the host has room.
        height: Likewise; 0 for as high as its content.
        top: Free room above the card as a share of the host's height; None to stand in the middle.
    """

    closed = Signal()
    #: Whether letters and digits still do what they do in the workspace behind.
    keys_pass = False

    def __init__(
        self, host: QWidget, theme: Theme, width: int, height: int = 0, top: float | None = None
    ) -> None:
        super().__init__(host)
        self.host, self._theme = host, theme
        self._size = (width, height)
        self._top = top
        self._focus_before: QWidget | None = None
        self.card = Card("surface", margin=3 * GRID, parent=self)
        theme.changed.connect(self._repaint)
        host.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        """Shows it over the window and takes the keyboard."""
        if self.isVisible():
            return
        self._focus_before = QApplication.focusWidget()
        self._calm_fields()
        self._place()
        self.show()
        self.raise_()
        self.first_focus().setFocus(Qt.FocusReason.PopupFocusReason)

    def first_focus(self) -> QWidget:
        """What takes the keyboard first; the first part of the card that can where not said otherwise."""
        for child in self.card.findChildren(QWidget):
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isEnabled():
                return child
        return self

    def close_sheet(self) -> None:
        """Hides it and gives the keyboard back."""
        if not self.isVisible():
            return
        self.hide()
        if self._focus_before is not None and self._focus_before.isVisible():
            self._focus_before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._focus_before = None
        self.closed.emit()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Keeps Tab inside the card while it is open."""
        within = [
            child
            for child in self.card.findChildren(QWidget)
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isEnabled() and child.isVisible()
        ]
        if not within:
            return True
        current = QApplication.focusWidget()
        at = within.index(current) if current in within else -1
        within[(at + (1 if next else -1)) % len(within)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _calm_fields(self) -> None:
        """The wheel scrolls past a field; it turns a number only in the field that has the keyboard."""
        for field in self.card.findChildren(QWidget):
            if isinstance(field, QAbstractSpinBox | QComboBox):
                field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                field.removeEventFilter(self)
                field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the host's size, and leaves the wheel to what scrolls."""
        if isinstance(watched, QAbstractSpinBox | QComboBox):
            if event.type() == QEvent.Type.Wheel and not watched.hasFocus():
                event.ignore()
                return True
            return super().eventFilter(watched, event)
        if watched is self.host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def relayout(self) -> None:
        """The card's content has another size."""
        self._place()

    def _place(self) -> None:
        room = self.host.rect()
        self.setGeometry(room)
        width = min(self._size[0], room.width() - 4 * GRID)
        layout = self.card.column
        layout.activate()
        wanted = self._size[1] or (
            layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else self.card.sizeHint().height()
        )
        height = min(wanted, room.height() - 4 * GRID)
        free = room.height() - height
        y = free // 2 if self._top is None else min(round(room.height() * self._top), free)
        self.card.setGeometry(QRect((room.width() - width) // 2, y, width, height))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dims what lies behind."""
        painter = QPainter(self)
        shade = QColor(self._theme.colours.rail if self._theme.colours.dark else "#1b2330")
        shade.setAlpha(150 if self._theme.colours.dark else 90)
        painter.fillRect(self.rect(), shade)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card closes it."""
        if not self.card.geometry().contains(event.position().toPoint()):
            self.close_sheet()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keeps plain keys to itself: who types here must not change what lies behind."""
        if event.type() is QEvent.Type.ShortcutOverride and not self.keys_pass:
            assert isinstance(event, QKeyEvent)
            plain = not event.modifiers() & ~(_SHIFT | Qt.KeyboardModifier.KeypadModifier)
            if plain and event.text() and event.text().isprintable():
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_sheet()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _repaint(self) -> None:
        self.update()
