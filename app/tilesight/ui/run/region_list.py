"""The regions of the tile on show: which student fired, how large, how strong; a click zooms there."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from bsdrd.result import Region
from tilesight.ui.labels import Words
from tilesight.ui.theme import GRID, TARGET, Theme, Type, font
from tilesight.ui.viewer.marks import area_text, fired_word
from tilesight.ui.viewer.tile import ViewTile

#: More rows than these help nobody; the number of the others is said below.
MOST = 30


class RegionRow(QPushButton):
    """One region: number, student, area, peak."""

    def __init__(self, at: int, region: Region, mm_per_px: float | None, theme: Theme) -> None:
        super().__init__()
        self._at, self._region, self._mm, self._theme = at, region, mm_per_px, theme
        self.setProperty("role", "quiet")
        self.setCheckable(True)
        self.setMinimumHeight(TARGET)
        words = [str(at + 1), fired_word(region.fired), area_text(region.area_px, mm_per_px), self._peak()]
        self.setAccessibleName("  ".join(words))
        self.setToolTip(self._explained())

    def _peak(self) -> str:
        return QLocale().toString(self._region.peak, "f", 1)

    def _explained(self) -> str:
        why = {
            "struct": self.tr("The struct student fired: the overall structure differs here."),
            "detail": self.tr("The detail student fired: the fine texture differs here."),
            "both": self.tr("Both students fired, or only their sum did."),
        }[self._region.fired]
        peak = self.tr("Largest value {peak}. Click to zoom to it.").format(peak=self._peak())
        return f"{why}\n{peak}"

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(240, TARGET)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Repaints with the hover colour."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws number, student, area, peak."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        room = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.fired(self._region.fired)))
        painter.drawEllipse(QRectF(room.left() + 24, room.center().y() - 5, 10, 10))
        painter.setFont(font(Type.BODY, bold=True, tabular=True))
        painter.setPen(QColor(colours.text))
        painter.drawText(room, middle, str(self._at + 1))
        painter.drawText(room, right, self._peak())
        painter.setFont(font(Type.BODY, tabular=True))
        painter.drawText(room.adjusted(44, 0, 0, 0), middle, fired_word(self._region.fired))
        painter.setPen(QColor(colours.dim))
        area = area_text(self._region.area_px, self._mm)
        painter.drawText(room.adjusted(0, 0, -64, 0), right, area)
        painter.end()


class RegionList(QScrollArea):
    """Rows of regions, highest peak first.

    Args:
        theme: Colours.
    """

    chosen = Signal(int)  #: Place of the region in the tile's list.

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[RegionRow] = []
        self._shown: tuple[Region, ...] | None = None
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._note = Words("", Type.CAPTION, dim=True, wrap=True)
        self._note.setMinimumHeight(TARGET - GRID)
        self._column.addWidget(self._note)
        self._column.addStretch(1)
        self.setWidget(page)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(TARGET)
        self.setAccessibleName(self.tr("Regions"))
        theme.changed.connect(self._repaint)

    @property
    def rows(self) -> list[RegionRow]:
        """The rows on show."""
        return list(self._rows)

    def show_tile(self, view: ViewTile | None) -> None:
        """Lists the regions of another tile."""
        regions = view.regions if view is not None else ()
        if regions == self._shown:
            return
        self._shown = regions
        for row in self._rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self._rows = []
        for at, region in enumerate(regions[:MOST]):
            row = RegionRow(at, region, view.mm_per_px if view is not None else None, self._theme)
            row.clicked.connect(self._clicked)
            self._rows.append(row)
            self._column.insertWidget(at, row)
        self._note.setText(self._note_text(view, len(regions)))
        self._note.setVisible(bool(self._note.text()))

    def _note_text(self, view: ViewTile | None, count: int) -> str:
        if count > MOST:
            return self.tr("and {more} more").format(more=count - MOST)
        if count == 0 and view is not None and view.maps is not None:
            return self.tr("No region exceeds the map threshold.")
        return ""

    def mark(self, index: int | None) -> None:
        """Marks the chosen region."""
        for at, row in enumerate(self._rows):
            row.setChecked(at == index)

    @Slot()
    def _clicked(self) -> None:
        row = self.sender()
        if isinstance(row, RegionRow) and row in self._rows:
            self.chosen.emit(self._rows.index(row))

    @Slot()
    def _repaint(self) -> None:
        for row in self._rows:
            row.update()
