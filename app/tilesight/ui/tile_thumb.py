"""A small picture of a tile with the edge and the shape of its verdict, as strips of tiles show it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPixmap

from bsdrd.result import Verdict
from tilesight.ui.theme import Colours, Type, font
from tilesight.ui.verdict_badge import paint_shape


def paint_thumb(
    painter: QPainter,
    frame: QRectF,
    picture: QPixmap | QImage | None,
    verdict: Verdict | None,
    colours: Colours,
    opacity: float = 1.0,
    missing: str = "",
) -> None:
    """Draws it into a frame.

    Args:
        painter: With smooth edges and pictures.
        frame: Where to, in the painter's coordinates.
        picture: None where there is none, or none yet.
        verdict: None while it is not known.
        colours: Of the theme.
        opacity: Of the picture, 0 to 1.
        missing: Said in its place where it is known that there is none, translated.
    """
    clip = QPainterPath()
    clip.addRoundedRect(frame, 8, 8)
    painter.save()
    painter.setClipPath(clip)
    painter.fillRect(frame, QColor(colours.canvas))
    if picture is not None and not picture.isNull():
        size = picture.size().scaled(frame.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        target = QRectF(frame.center() - QPointF(size.width() / 2, size.height() / 2), size)
        painter.setOpacity(opacity)
        if isinstance(picture, QImage):
            painter.drawImage(target, picture)
        else:
            painter.drawPixmap(target, picture, QRectF(picture.rect()))
    elif missing:
        painter.setPen(QColor(colours.dim))
        painter.setFont(font(Type.CAPTION))
        words = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(frame.adjusted(4, 4, -4, -24), words, missing)
    painter.restore()
    if verdict is None:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colours.verdict(verdict)), 3))
    painter.drawRoundedRect(frame.adjusted(1.5, 1.5, -1.5, -1.5), 7, 7)
    plate = QRectF(frame.left() + 4, frame.bottom() - 24, 20, 20)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.surface))
    painter.drawRoundedRect(plate, 5, 5)
    paint_shape(painter, plate.adjusted(4, 4, -4, -4), verdict, colours)
