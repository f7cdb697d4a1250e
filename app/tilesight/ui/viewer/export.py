"""The tile with what is drawn on it, as a picture to copy or to keep."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QIODevice, QRectF, QSaveFile
from PySide6.QtGui import QImage, QImageWriter, QPainter

from bsdrd.errors import BsdrdError
from tilesight.ui.theme import Theme
from tilesight.ui.viewer.colours import overlay_table
from tilesight.ui.viewer.geometry import Port, View
from tilesight.ui.viewer.marks import MarkPainter
from tilesight.ui.viewer.model import ViewerModel
from tilesight.ui.viewer.picture import (
    Pyramid,
    as_image,
    seen_indices,
    seen_pixels,
    tone_table,
    toned_image,
)


class PictureError(BsdrdError):
    """A picture could not be written."""


def compose(model: ViewerModel, theme: Theme) -> QImage | None:
    """The tile at its own size with overlay and outlines as the viewer shows them.

    Brightness and contrast are left out: what leaves the program shows the tile as it was taken.

    Returns:
        The picture; None where the viewer shows no tile.
    """
    tile = model.tile
    if tile is None:
        return None
    port = Port(tile.width, tile.height)
    view = View(1.0, tile.width / 2, tile.height / 2, fit=False)
    made = QImage(tile.width, tile.height, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    _, pixels = seen_pixels(tile, Pyramid(tile.pixels), view, port)
    base, _kept = toned_image(pixels, tone_table(0.0, 1.0))
    painter.drawImage(0, 0, base)
    scale, thresholds = model.scale, model.thresholds
    if tile.maps is not None and scale is not None and thresholds is not None and model.overlay:
        _, indices = seen_indices(tile.maps, model.map_name, scale, view, port)
        table = overlay_table(model.map_name, scale, thresholds, model.opacity)
        painter.drawImage(0, 0, as_image(indices, table))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    still = ViewerModel()
    still.set_port(port)
    still.set_marks(model.marks)
    still.set_tile(tile)
    still.set_view(view)
    MarkPainter(still, theme).paint(painter, port, QRectF(0, 0, tile.width, tile.height))
    painter.end()
    return made


def write_picture(image: QImage, path: Path) -> Path:
    """Writes a picture whole or not at all; the ending chooses the format, PNG where there is none.

    Returns:
        The path that was written.

    Raises:
        PictureError: If the format is unknown or the file cannot be written.
    """
    if not path.suffix:
        path = path.with_suffix(".png")
    known = {bytes(name.data()).decode() for name in QImageWriter.supportedImageFormats()}
    if path.suffix[1:].lower() not in known:
        raise PictureError(
            f"Pictures of the kind {path.suffix} cannot be written.",
            kept="Nothing was written.",
            do_next="Choose a name that ends in .png, .jpg or .bmp.",
        )
    file = QSaveFile(str(path))
    written = False
    if file.open(QIODevice.OpenModeFlag.WriteOnly):
        writer = QImageWriter(file, path.suffix[1:].lower().encode())
        written = writer.write(image) and file.commit()
    if not written:
        raise PictureError(
            f"{path} could not be written: {file.errorString()}.",
            kept="A file of that name is as it was.",
            do_next="Choose another folder, or free some space.",
        )
    return path
