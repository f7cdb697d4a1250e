"""A verdict as shape, colour and word, at any size: never by colour alone."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bsdrd.result import Verdict
from tilesight.ui.theme import GRID, Colours, Theme, Type, font


def verdict_word(verdict: Verdict) -> str:
    """The verdict in the language in force; short words, since they stand 96 px high."""
    return {
        Verdict.OK: QCoreApplication.translate("Verdict", "OK"),
        Verdict.GREY: QCoreApplication.translate("Verdict", "GREY"),
        Verdict.NG: QCoreApplication.translate("Verdict", "NG"),
        Verdict.NOT_INSPECTED: QCoreApplication.translate("Verdict", "NOT INSPECTED"),
    }[verdict]


def paint_shape(painter: QPainter, box: QRectF, verdict: Verdict, colours: Colours) -> None:
    """Draws the verdict's shape: disc, diamond, square, or a hatched square.

    Args:
        painter: Where to; its pen and brush are kept.
        box: Square that the shape fills.
        verdict: Which one.
        colours: Those in force.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = box.width() * 0.07 if colours.fill(verdict) != colours.verdict(verdict) else 0.0
    pen = QPen(QColor(colours.verdict(verdict)), edge)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen if edge else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.fill(verdict)))
    half_edge = edge / 2
    if verdict is Verdict.OK:
        painter.drawEllipse(box.adjusted(half_edge, half_edge, -half_edge, -half_edge))
    elif verdict is Verdict.GREY:
        middle, half = box.center(), box.width() / 2 - edge * 0.71
        corners = [QPointF(0, -half), QPointF(half, 0), QPointF(0, half), QPointF(-half, 0)]
        painter.drawPolygon(QPolygonF([middle + corner for corner in corners]))
    elif verdict is Verdict.NG:
        square = _square(box).adjusted(half_edge, half_edge, -half_edge, -half_edge)
        painter.drawRoundedRect(square, box.width() * 0.06, box.width() * 0.06)
    else:
        paint_hatch(painter, _square(box), colours, stripe=max(box.width() / 6, 2.0))
    painter.restore()


def _square(box: QRectF) -> QRectF:
    # A full square looks larger than a disc of its width.
    inset = box.width() * 0.07
    return box.adjusted(inset, inset, -inset, -inset)


def paint_hatch(
    painter: QPainter, box: QRectF, colours: Colours, *, stripe: float, radius: float | None = None
) -> None:
    """Fills a box with the red-and-white hatch of NOT INSPECTED.

    Args:
        painter: Where to.
        box: What to fill.
        colours: Those in force.
        stripe: Width of a stripe in pixels.
        radius: Of the corners; a little where None.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    rounding = box.width() * 0.06 if radius is None else radius
    outline.addRoundedRect(box, rounding, rounding)
    painter.setClipPath(outline, Qt.ClipOperation.IntersectClip)
    painter.fillRect(box, QColor("#ffffff"))
    pen = QPen(QColor(colours.fill(Verdict.NOT_INSPECTED)), stripe)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    reach = box.width() + box.height()
    at = -box.height()
    while at < reach:
        start = QPointF(box.left() + at, box.bottom() + stripe)
        painter.drawLine(start, start + QPointF(box.height() + 2 * stripe, -box.height() - 2 * stripe))
        at += stripe * 2.83
    painter.restore()


class VerdictBadge(QWidget):
    """A verdict beside text: the shape, and the word in its colour.

    Args:
        theme: Colours.
        role: Place of the word on the type scale.
        words: Shows the word; without it the badge still has its name and tip.
    """

    def __init__(
        self, theme: Theme, role: Type = Type.BODY, *, words: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self._words = words
        self._verdict: Verdict | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._restyle)

    @property
    def verdict(self) -> Verdict | None:
        """What it shows; None for nothing."""
        return self._verdict

    def set_verdict(self, verdict: Verdict | None) -> None:
        """Shows a verdict, or nothing."""
        self._verdict = verdict
        word = verdict_word(verdict) if verdict else ""
        self.setAccessibleName(word)
        self.setToolTip("" if self._words else word)
        self.updateGeometry()
        self.update()

    def _side(self) -> int:
        return round(font(self._role).pixelSize() * 0.95)

    def sizeHint(self) -> QSize:
        """Shape, gap and word."""
        side = self._side()
        if self._verdict is None or not self._words:
            return QSize(side + 2, side + 6)
        width = QFontMetrics(font(self._role, bold=True)).horizontalAdvance(verdict_word(self._verdict))
        return QSize(side + GRID + width + 2, max(side, font(self._role).pixelSize()) + 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws it."""
        if self._verdict is None:
            return
        painter = QPainter(self)
        side = self._side()
        top = (self.height() - side) / 2
        paint_shape(painter, QRectF(1, top, side, side), self._verdict, self._theme.colours)
        if self._words:
            painter.setFont(font(self._role, bold=True))
            painter.setPen(QColor(self._theme.colours.verdict(self._verdict)))
            room = self.rect().adjusted(side + GRID, 0, 0, 0)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), verdict_word(self._verdict))
        painter.end()

    @Slot()
    def _restyle(self) -> None:
        self.update()
