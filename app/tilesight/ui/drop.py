"""Files dragged over the window: what they are, and a hint of what would happen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tilesight.ui.theme import GRID, Theme, Type, font


def dropped_paths(data: QMimeData) -> list[Path]:
    """Local files and folders in what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropHint(QWidget):
    """A frame over the window while files hover over it."""

    def __init__(self, host: QWidget, theme: Theme) -> None:
        super().__init__(host)
        self._host, self._theme, self._text = host, theme, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, True)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def show_for(self, paths: list[Path]) -> None:
        """Says what dropping these would do."""
        name = paths[0].name
        if len(paths) == 1 and paths[0].suffix.lower() == ".bsdrd":
            self._text = self.tr("Drop to look at the model {name}").format(name=name)
        elif len(paths) == 1:
            self._text = self.tr("Drop to inspect {name}").format(name=name)
        else:
            self._text = self.tr("Drop to inspect %n file(s)", "", len(paths))
        self.setGeometry(self._host.rect())
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws frame and text."""
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QColor(colours.window)
        shade.setAlpha(215)
        painter.fillRect(self.rect(), shade)
        pen = QPen(QColor(colours.accent), 2)
        pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        edge = QRectF(self.rect()).adjusted(3 * GRID, 3 * GRID, -3 * GRID, -3 * GRID)
        painter.drawRoundedRect(edge, 16, 16)
        painter.setPen(QColor(colours.text))
        painter.setFont(font(Type.HEAD))
        painter.drawText(edge, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), self._text)
        painter.end()
