"""The regions of the tile on show; a click zooms there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from tilesight.ui.labels import Words
from tilesight.ui.region_row import MOST, RegionRow
from tilesight.ui.theme import GRID, TARGET, Theme, Type
from tilesight.ui.viewer.tile import ViewTile


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
            return self.tr("Nothing stands out on this tile.")
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
