"""The icon family: drawn on a 24-pixel grid with one stroke, coloured by the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from tilesight.ui.colour import mix
from tilesight.ui.resources import resource
from tilesight.ui.theme import Colours

#: Pixel sizes that are drawn ahead, so that the icon stays crisp at 100, 125, 150 and 200 % scaling.
_SIZES = (16, 20, 24, 28, 32, 40, 48, 64, 96)


def icon_names() -> list[str]:
    """Every icon that is shipped, by name."""
    return sorted(path.stem for path in resource("icons").glob("*.svg"))


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


def draw_icon(name: str, colour: str, size: QSize) -> QPixmap:
    """An icon as a picture of `size` device pixels in one colour ("#rrggbb").

    Raises:
        FileNotFoundError: If there is no icon of that name.
    """
    data = _source(name).replace("currentColor", colour)
    drawn = QPixmap(size)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(data.encode())).render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return drawn


@lru_cache(maxsize=512)
def _built(name: str, normal: str, disabled: str, chosen: str) -> QIcon:
    made = QIcon()
    for side in _SIZES:
        size = QSize(side, side)
        made.addPixmap(draw_icon(name, normal, size), QIcon.Mode.Normal, QIcon.State.Off)
        made.addPixmap(draw_icon(name, disabled, size), QIcon.Mode.Disabled, QIcon.State.Off)
        if chosen != normal:
            made.addPixmap(draw_icon(name, chosen, size), QIcon.Mode.Normal, QIcon.State.On)
    return made


def icon(name: str, colours: Colours, *, colour: str | None = None, chosen: str | None = None) -> QIcon:
    """An icon in the colours of the theme; build it again when the theme changes.

    Args:
        name: File name without ending.
        colours: Those in force.
        colour: Instead of the text colour.
        chosen: For the "on" state of a checkable button; the same colour where None.
    """
    normal = colour or colours.text
    # As the words of a disabled button: an icon in the colour of a button's ground could not be seen on grey.
    return _built(name, normal, mix(colours.text, colours.surface, 0.4), chosen or normal)


def app_icon() -> QIcon:
    """The program's own icon."""
    made = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        made.addPixmap(draw_icon("tilesight", "#8ea6ff", QSize(side, side)))
    return made
