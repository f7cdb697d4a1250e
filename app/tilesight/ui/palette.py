"""The command palette (Ctrl+K): every action of the window, found by some of its letters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from tilesight.ui.actions import Action, shown
from tilesight.ui.context import AppContext
from tilesight.ui.icons import icon
from tilesight.ui.labels import Words
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, TARGET, Theme, Type, apply_font, font

_KEY = int(Qt.ItemDataRole.UserRole)
_KEYS = _KEY + 1
_GROUP = _KEY + 2


def score(query: str, text: str) -> int | None:
    """How well a text fits what was typed; None if it does not. Larger is better.

    Every typed word must begin a word of the text, or else all letters must occur in order.
    """
    query, text = query.casefold().strip(), text.casefold()
    if not query:
        return 0
    words = text.split()
    parts = query.split()
    if all(any(word.startswith(part) for word in words) for part in parts):
        return 1000 - len(text) + (200 if text.startswith(query) else 0)
    if query in text:
        return 500 - text.index(query)
    at, gaps = -1, 0
    for letter in query.replace(" ", ""):
        found = text.find(letter, at + 1)
        if found < 0:
            return None
        gaps += found - at - 1 if at >= 0 else 0
        at = found
    # Letters strewn over the whole text are chance, not what was meant.
    return 200 - gaps if gaps <= 2 * len(query) else None


class _Row(QStyledItemDelegate):
    """Icon, text, group in dim, shortcut at the right."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, TARGET)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        colours = self._theme.colours
        box: QRect = option.rect  # type: ignore[attr-defined]
        state: QStyle.StateFlag = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.pressed))
            painter.drawRoundedRect(box, 8, 8)
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if picture is not None:
            picture.paint(painter, QRect(box.left() + 12, box.center().y() - 9, 20, 20))
        painter.setPen(QColor(colours.text if enabled else colours.dim))
        painter.setFont(font(Type.BODY))
        room = box.adjusted(44, 0, -12, 0)
        keys = str(index.data(_KEYS) or "")
        metrics = QFontMetrics(painter.font())
        keys_width = metrics.horizontalAdvance(keys) + (2 * GRID if keys else 0)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width() - keys_width)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), text)
        used = metrics.horizontalAdvance(text)
        painter.setPen(QColor(colours.dim))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), keys)
        painter.setFont(font(Type.CAPTION))
        group = str(index.data(_GROUP) or "")
        rest = room.adjusted(used + 12, 0, -keys_width, 0)
        if rest.width() > 40:
            painter.drawText(rest, int(Qt.AlignmentFlag.AlignVCenter), group)
        painter.restore()


class CommandPalette(Sheet):
    """Finds and does any action.

    Args:
        host: The window's middle.
        context: Its actions.
    """

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 640, 480, top=0.12)
        self._context = context
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Find an action"))
        self.field.setAccessibleName(self.tr("Find an action"))
        apply_font(self.field, Type.TITLE)
        self.field.setMinimumHeight(6 * GRID)
        self.rows = QListWidget()
        self.rows.setItemDelegate(_Row(context.theme, self.rows))
        self.rows.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = Words(self.tr("No action is called like that."), dim=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.card.column.addWidget(self.field)
        self.card.column.addWidget(self.rows, 1)
        self.card.column.addWidget(self.nothing, 1)
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._do_current)
        self.field.installEventFilter(self)
        self.rows.itemClicked.connect(self._do)

    def open(self) -> None:
        """Opens with an empty field and every action."""
        self.field.clear()
        self._filter()
        super().open()

    def first_focus(self) -> QWidget:
        """The field."""
        return self.field

    @property
    def keys(self) -> list[str]:
        """Keys of the actions on show, best first."""
        return [str(self.rows.item(at).data(_KEY)) for at in range(self.rows.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and down in the field walk the list."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self.rows.count():
                self.rows.setCurrentRow((self.rows.currentRow() + step) % self.rows.count())
                return True
        return super().eventFilter(watched, event)

    @Slot()
    def _filter(self) -> None:
        query = self.field.text()
        found: list[tuple[int, int, Action]] = []
        for at, action in enumerate(self._context.actions.all()):
            text = shown(action.text)
            fits = (score(query, text), score(query, f"{text} {shown(action.group)}"))
            best = max((fit for fit in fits if fit is not None), default=None)
            if best is not None:
                found.append((-best, at, action))
        found.sort(key=lambda row: row[:2])
        self.rows.clear()
        for _, _, action in found:
            self.rows.addItem(self._item(action))
        self.rows.setVisible(bool(found))
        self.nothing.setVisible(not found)
        if found:
            self.rows.setCurrentRow(0)

    def _item(self, action: Action) -> QListWidgetItem:
        carrier = self._context.actions[action.key]
        colours = self._context.theme.colours
        item = QListWidgetItem(shown(action.text))
        item.setIcon(icon(action.icon or "right", colours, colour=colours.dim))
        item.setData(_KEY, action.key)
        item.setData(_KEYS, carrier.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
        item.setData(_GROUP, shown(action.group))
        if not carrier.isEnabled():
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
        return item

    @Slot()
    def _do_current(self) -> None:
        if self.rows.count():
            self._do(self.rows.currentItem())

    @Slot(QListWidgetItem)
    def _do(self, item: QListWidgetItem) -> None:
        if not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        key = str(item.data(_KEY))
        self.close_sheet()
        # After the palette has given the keyboard back, so that the action finds the window as it was.
        QTimer.singleShot(0, _Trigger(self._context, key).fire)


class _Trigger:
    """Does an action a moment later."""

    def __init__(self, context: AppContext, key: str) -> None:
        self._context, self._key = context, key

    def fire(self) -> None:
        """Does it, if it still exists."""
        if self._key in self._context.actions:
            self._context.actions.trigger(self._key)
