"""Strips of tiles as cards: picture, score, stored and proposed verdict, label."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from bsdrd.result import Thresholds
from tilesight.store.tuning.flips import Flip, describe_row
from tilesight.store.tuning.table import ScoreTable, Truth
from tilesight.ui.picture_words import no_picture_text
from tilesight.ui.theme import GRID, Theme, Type, font
from tilesight.ui.thumbnails import Thumbnails
from tilesight.ui.tune import words
from tilesight.ui.tune.plot import truth_colour
from tilesight.ui.verdict_badge import paint_shape, verdict_word

#: Cards in one strip; the report lists all.
MOST = 1000
_FLIP = int(Qt.ItemDataRole.UserRole)
_Index = QModelIndex | QPersistentModelIndex


class CardModel(QAbstractListModel):
    """Rows of a table in the order given; described when they are shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: ScoreTable | None = None
        self._rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._ids: NDArray[np.int64] = np.zeros(0, np.int64)
        self._thresholds: Thresholds | None = None

    def show_rows(self, table: ScoreTable, rows: NDArray[np.int64], thresholds: Thresholds) -> None:
        """Shows other rows; where they are the same records, only their verdicts are painted anew."""
        rows = rows[:MOST]
        ids = table.about.ids[rows]
        same = ids.size == self._ids.size and bool(np.array_equal(ids, self._ids))
        if not same:
            self.beginResetModel()
        self._table, self._rows, self._ids, self._thresholds = table, rows, ids, thresholds
        if not same:
            self.endResetModel()
        elif ids.size:
            self.dataChanged.emit(self.index(0), self.index(ids.size - 1))

    def rowCount(self, parent: _Index | None = None) -> int:
        """Cards in the strip."""
        return 0 if parent is not None and parent.isValid() else int(self._rows.size)

    def flip(self, row: int) -> Flip | None:
        """What one card shows."""
        if self._table is None or self._thresholds is None or not 0 <= row < self._rows.size:
            return None
        return describe_row(self._table, int(self._rows[row]), self._thresholds)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a card shows, and in words for screen readers and tips."""
        flip = self.flip(index.row())
        if flip is None:
            return None
        if role == _FLIP:
            return flip
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return card_text(flip)
        return None


def card_text(flip: Flip) -> str:
    """A card in words."""
    parts = [
        QCoreApplication.translate("Tune", "Record {id}").format(id=flip.record_id),
        QCoreApplication.translate("Tune", "score {score}").format(score=words.score(flip.score)),
    ]
    if abs(flip.score - flip.stored_score) > 1e-9:
        parts.append(
            QCoreApplication.translate("Tune", "stored score {score}").format(
                score=words.score(flip.stored_score)
            )
        )
    if flip.old is flip.new:
        parts.append(verdict_word(flip.old))
    else:
        parts.append(
            QCoreApplication.translate("Tune", "{old} would become {new}").format(
                old=verdict_word(flip.old), new=verdict_word(flip.new)
            )
        )
    parts.append(words.truth_word(flip.truth))
    if flip.lot:
        parts.append(QCoreApplication.translate("Tune", "lot {lot}").format(lot=flip.lot))
    parts.append(words.moment(flip.at))
    return ", ".join(parts)


class CardPainter(QStyledItemDelegate):
    """Paints one card.

    Args:
        theme: Colours.
        thumbnails: Pictures.
        side: Height of the picture in pixels; the card is a little wider and 28 px higher.
    """

    def __init__(
        self, theme: Theme, thumbnails: Thumbnails, side: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails, self._side = theme, thumbnails, side

    @property
    def size(self) -> QSize:
        """Of a card with the gap beside it."""
        return QSize(max(self._side, 92) + GRID, self._side + 28)

    def set_side(self, side: int) -> None:
        """Makes the pictures another size."""
        self._side = side

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All cards are of one size."""
        return self.size

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """Says why a card has no picture, beside what it says of every card."""
        flip: Flip | None = index.data(_FLIP)
        number = None if flip is None else flip.record_id
        if (
            flip is None
            or number is None
            or not self._thumbnails.known(number)
            or self._thumbnails.get(number)
        ):
            return super().helpEvent(event, view, option, index)
        why = no_picture_text(flip.old, "never")
        QToolTip.showText(event.globalPos(), f"{card_text(flip)}\n{why}", view)
        return True

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draws picture, verdicts, score and label."""
        flip: Flip | None = index.data(_FLIP)
        if flip is None:
            return
        view: Any = option
        area: QRect = view.rect.adjusted(0, 0, -GRID, 0)
        state: QStyle.StateFlag = view.state
        colours = self._theme.colours
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(area), 8, 8)
        painter.fillPath(outline, QColor(colours.raised))
        painter.setClipPath(outline)
        picture = QRect(area.left(), area.top(), area.width(), self._side)
        painter.fillRect(picture, QColor(colours.canvas))
        self._paint_picture(painter, picture, flip)
        self._paint_foot(painter, QRect(area.left(), picture.bottom() + 1, area.width(), 28), flip)
        painter.setClipping(False)
        self._paint_label(painter, picture, flip.truth)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(QPen(QColor(colours.accent if chosen else colours.dim), 2 if chosen else 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -1), 7, 7)
        painter.restore()

    def _paint_picture(self, painter: QPainter, box: QRect, flip: Flip) -> None:
        found: QPixmap | None = self._thumbnails.get(flip.record_id)
        if found is None:
            if self._thumbnails.known(flip.record_id):
                painter.setPen(QColor(self._theme.colours.dim))
                painter.setFont(font(Type.CAPTION))
                text = QCoreApplication.translate("Tune", "no picture")
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
            return
        size = found.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(box.center())
        painter.drawPixmap(place, found)

    def _paint_foot(self, painter: QPainter, box: QRect, flip: Flip) -> None:
        colours = self._theme.colours
        side, top = 12.0, box.center().y() - 5.0
        x = box.left() + 8.0
        shown = (flip.old, flip.new) if flip.old is not flip.new else (flip.new,)
        for at, verdict in enumerate(shown):
            if at:
                painter.setPen(QPen(QColor(colours.dim), 1.5))
                middle = top + side / 2
                painter.drawLine(round(x + 1), round(middle), round(x + 7), round(middle))
                painter.drawLine(round(x + 7), round(middle), round(x + 4), round(middle - 3))
                painter.drawLine(round(x + 7), round(middle), round(x + 4), round(middle + 3))
                x += 11
            paint_shape(painter, QRectF(x, top, side, side), verdict, colours)
            x += side + 2
        painter.setPen(QColor(colours.text))
        painter.setFont(font(Type.CAPTION, tabular=True))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box.adjusted(0, 0, -8, 0), int(right), words.score(flip.score))

    def _paint_label(self, painter: QPainter, picture: QRect, truth: Truth) -> None:
        if truth is Truth.UNLABELLED:
            return
        colours = self._theme.colours
        painter.setFont(font(Type.CAPTION, bold=True))
        text = words.truth_word(truth)
        width = painter.fontMetrics().horizontalAdvance(text) + 12
        chip = QRectF(picture.left() + 4, picture.top() + 4, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(truth_colour(truth, colours)))
        painter.drawRoundedRect(chip, 5, 5)
        painter.setPen(QColor(colours.on_verdict))
        painter.drawText(chip, int(Qt.AlignmentFlag.AlignCenter), text)


class CardStrip(QListView):
    """A row of cards to scroll sideways; Enter or a double click opens one.

    Args:
        theme: Colours.
        thumbnails: Pictures.
        side: Height of the pictures in pixels.
        nothing: What stands there without cards, translated.
    """

    opened = Signal(int)  #: Record number.

    def __init__(
        self,
        theme: Theme,
        thumbnails: Thumbnails,
        side: int,
        nothing: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._nothing = nothing
        self.cards = CardModel(self)
        self._painter = CardPainter(theme, thumbnails, side, self)
        self.setModel(self.cards)
        self.setItemDelegate(self._painter)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setMouseTracking(True)
        self.setFixedHeight(self._painter.size.height() + 14)
        self.horizontalScrollBar().setSingleStep(24)
        thumbnails.arrived.connect(self._repaint)
        theme.changed.connect(self._repaint)
        self.doubleClicked.connect(self._open)

    def set_nothing(self, text: str) -> None:
        """What stands there without cards."""
        self._nothing = text
        self._repaint()

    def set_side(self, side: int) -> None:
        """Makes the pictures another size."""
        if self._painter.size.height() != side + 28:
            self._painter.set_side(side)
            self.setFixedHeight(self._painter.size.height() + 14)
            self.scheduleDelayedItemsLayout()

    def current_id(self) -> int | None:
        """The chosen record."""
        flip = self.cards.flip(self.currentIndex().row()) if self.currentIndex().isValid() else None
        return None if flip is None else flip.record_id

    def paintEvent(self, e: QPaintEvent) -> None:
        """Draws the cards, or why there are none."""
        if self.cards.rowCount():
            super().paintEvent(e)
            return
        painter = QPainter(self.viewport())
        painter.setPen(QColor(self._theme.colours.dim))
        painter.setFont(font(Type.BODY))
        box = self.viewport().rect().adjusted(GRID, 0, -GRID, 0)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box, int(flags), self._nothing)
        painter.end()

    def wheelEvent(self, e: QWheelEvent) -> None:
        """Turns the wheel into sideways scrolling."""
        bar = self.horizontalScrollBar()
        turned = e.angleDelta().y() or e.angleDelta().x()
        bar.setValue(bar.value() - turned)
        e.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the chosen card."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            event.accept()
            return
        super().keyPressEvent(event)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        flip = self.cards.flip(index.row())
        if flip is not None:
            self.opened.emit(flip.record_id)

    @Slot()
    def _repaint(self) -> None:
        self.viewport().update()
