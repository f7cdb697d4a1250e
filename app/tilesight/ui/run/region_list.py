"""The regions of the tile on show: which student fired, how large, how strong; a click zooms there."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

from bsdrd.result import Region
from tilesight.ui.labels import Words
from tilesight.ui.theme import GRID, TARGET, Theme, Type, font
from tilesight.ui.viewer.marks import area_text, fired_word
from tilesight.ui.viewer.tile import ViewTile

#: More rows than these help nobody; the number of the others is said below.
MOST = 30


class RegionRow(QPushButton):
    """One region: number, student, area, peak.

    Args:
        at: Place in the list, from 0.
        theme: Colours.
    """

    def __init__(self, at: int, theme: Theme) -> None:
        super().__init__()
        self.at, self._theme = at, theme
        self._region: Region | None = None
        self._area = self._peak = ""
        self.setProperty("role", "quiet")
        self.setCheckable(True)
        self.setMinimumHeight(TARGET)

    def show_region(self, region: Region, mm_per_px: float | None) -> None:
        """Shows another region."""
        self._region = region
        self._area = area_text(region.area_px, mm_per_px)
        self._peak = QLocale().toString(region.peak, "f", 1)
        words = (str(self.at + 1), fired_word(region.fired), self._area, self._peak)
        self.setAccessibleName("  ".join(words))
        self.setToolTip(self._explained(region))
        self.update()

    def _explained(self, region: Region) -> str:
        why = {
            "struct": self.tr("The struct student fired: the overall structure differs here."),
            "detail": self.tr("The detail student fired: the fine texture differs here."),
            "both": self.tr("Both students fired, or only their sum did."),
        }[region.fired]
        peak = self.tr("Largest value {peak}. Click to zoom to it.").format(peak=self._peak)
        return f"{why}\n{peak}"

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(240, TARGET)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws number, student, area, peak."""
        super().paintEvent(event)
        region = self._region
        if region is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._theme.colours
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        room = QRectF(self.rect()).adjusted(12, 0, -12, 0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.fired(region.fired)))
        painter.drawEllipse(QRectF(room.left() + 26, room.center().y() - 5, 10, 10))
        painter.setFont(font(Type.BODY, bold=True, tabular=True))
        painter.setPen(QColor(colours.text))
        painter.drawText(room, middle, str(self.at + 1))
        painter.drawText(room, right, self._peak)
        painter.setFont(font(Type.BODY, tabular=True))
        painter.drawText(room.adjusted(46, 0, 0, 0), middle, fired_word(region.fired))
        painter.setPen(QColor(colours.dim))
        painter.drawText(room.adjusted(0, 0, -64, 0), right, self._area)
        painter.end()


class RegionList(QScrollArea):
    """Rows of regions, highest peak first; rows are kept and filled again, since tiles come quickly.

    Args:
        theme: Colours.
    """

    chosen = Signal(int)  #: Place of the region in the tile's list.

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: list[RegionRow] = []
        self._count = 0
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.note = Words("", Type.CAPTION, dim=True, wrap=True)
        self.note.setMinimumHeight(TARGET - GRID)
        self._column.addWidget(self.note)
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
        return self._rows[: self._count]

    def show_tile(self, view: ViewTile | None) -> None:
        """Lists the regions of another tile."""
        regions = view.regions[:MOST] if view is not None else ()
        while len(self._rows) < len(regions):
            row = RegionRow(len(self._rows), self._theme)
            row.clicked.connect(self._clicked)
            self._column.insertWidget(len(self._rows), row)
            self._rows.append(row)
        self._count = len(regions)
        for at, row in enumerate(self._rows):
            row.setVisible(at < self._count)
            row.setChecked(False)
            if at < self._count and view is not None:
                row.show_region(regions[at], view.mm_per_px)
        self.note.setText(self._note_text(view))
        self.note.setVisible(bool(self.note.text()))

    def _note_text(self, view: ViewTile | None) -> str:
        count = len(view.regions) if view is not None else 0
        if count > MOST:
            return self.tr("and {more} more").format(more=count - MOST)
        if count == 0 and view is not None and view.maps is not None:
            return self.tr("No region exceeds the map threshold.")
        return ""

    def mark(self, index: int | None) -> None:
        """Marks the chosen region."""
        for row in self.rows:
            row.setChecked(row.at == index)

    @Slot()
    def _clicked(self) -> None:
        row = self.sender()
        if isinstance(row, RegionRow):
            self.chosen.emit(row.at)

    @Slot()
    def _repaint(self) -> None:
        for row in self._rows:
            row.update()
