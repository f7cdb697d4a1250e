"""Where a tile lies in a widget: pixels of the picture, of the device, and logical ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRect, QRectF

#: Limits of the zoom, in device pixels for one pixel of the tile.
ZOOM_MIN, ZOOM_MAX = 0.02, 64.0


@dataclass(frozen=True, slots=True)
class View:
    """What part of a tile is seen, how large. Pixel i of the tile covers i..i+1.

    Attributes:
        zoom: Device pixels for one pixel of the tile.
        x: Place on the tile that lies in the middle of the widget, in tile pixels.
        y: Likewise.
        fit: The zoom follows the widget's size so that the whole tile is seen.
    """

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    fit: bool = True


@dataclass(frozen=True, slots=True)
class Port:
    """The room a tile is shown in.

    Attributes:
        width: Of the widget, in device pixels.
        height: Likewise.
        ratio: Device pixels for one logical pixel.
    """

    width: int
    height: int
    ratio: float = 1.0

    def to_widget(self, view: View, x: float, y: float) -> QPointF:
        """Logical position of a place on the tile."""
        return QPointF(
            ((x - view.x) * view.zoom + self.width / 2) / self.ratio,
            ((y - view.y) * view.zoom + self.height / 2) / self.ratio,
        )

    def to_tile(self, view: View, at: QPointF) -> QPointF:
        """Place on the tile at a logical position; may lie outside it."""
        return QPointF(
            (at.x() * self.ratio - self.width / 2) / view.zoom + view.x,
            (at.y() * self.ratio - self.height / 2) / view.zoom + view.y,
        )

    def seen(self, view: View, width: int, height: int) -> QRect:
        """The part of the port that a tile of this size covers, in device pixels; empty if none."""
        left = (0 - view.x) * view.zoom + self.width / 2
        top = (0 - view.y) * view.zoom + self.height / 2
        x0, y0 = max(round(left), 0), max(round(top), 0)
        x1 = min(round(left + width * view.zoom), self.width)
        y1 = min(round(top + height * view.zoom), self.height)
        return QRect(x0, y0, max(x1 - x0, 0), max(y1 - y0, 0))


def fitted(port: Port, width: int, height: int, margin: float = 0.0) -> View:
    """The view that shows a whole tile of this size, with a margin in device pixels around it."""
    room_w, room_h = max(port.width - 2 * margin, 1), max(port.height - 2 * margin, 1)
    zoom = min(max(min(room_w / width, room_h / height), ZOOM_MIN), ZOOM_MAX)
    return View(zoom, width / 2, height / 2, fit=True)


def zoomed(view: View, port: Port, factor: float, at: QPointF) -> View:
    """Zooms so that the place of the tile under `at` (logical) stays there."""
    zoom = min(max(view.zoom * factor, ZOOM_MIN), ZOOM_MAX)
    place = port.to_tile(view, at)
    return View(
        zoom,
        place.x() - (at.x() * port.ratio - port.width / 2) / zoom,
        place.y() - (at.y() * port.ratio - port.height / 2) / zoom,
        fit=False,
    )


def panned(view: View, port: Port, by: QPointF, width: int, height: int) -> View:
    """Moves the tile by logical pixels; some of the tile always stays in the middle."""
    x = view.x - by.x() * port.ratio / view.zoom
    y = view.y - by.y() * port.ratio / view.zoom
    return replace(view, x=min(max(x, 0.0), width), y=min(max(y, 0.0), height), fit=False)


def around(port: Port, box: QRectF, share: float = 0.4) -> View:
    """The view in which `box` (tile pixels) fills `share` of the widget, at most 8-fold."""
    wanted = min(share * port.width / max(box.width(), 1), share * port.height / max(box.height(), 1))
    zoom = min(max(wanted, ZOOM_MIN), 8.0 * port.ratio)
    return View(zoom, box.center().x(), box.center().y(), fit=False)
