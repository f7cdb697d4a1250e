"""One region of a tile as a row: which student fired, how large, how strong."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton

from bsdrd.result import Region
from tilesight.ui.theme import TARGET, Theme, Type, font
from tilesight.ui.viewer.marks import area_text, fired_word

#: More rows than these help nobody; the number of the others is said below.
MOST = 30
#: Room of the peak at the right end, in pixels.
_PEAK_ROOM = 56


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
        measure = painter.fontMetrics()
        beside = room.adjusted(46, 0, -_PEAK_ROOM, 0)
        free = beside.width() - measure.horizontalAdvance(self._area) - 8
        # In a narrow column the colour of the dot tells the student; the area is told nowhere else.
        if measure.horizontalAdvance(fired_word(region.fired)) <= free:
            painter.drawText(beside, middle, fired_word(region.fired))
        painter.setPen(QColor(colours.dim))
        painter.drawText(beside, right, self._area)
        painter.end()
