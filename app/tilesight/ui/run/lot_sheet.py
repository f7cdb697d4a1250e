"""Lot and serial of the tiles that come now, where the source does not know them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Words
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Type


class LotSheet(Sheet):
    """Two fields; Enter takes them.

    Args:
        host: The window's middle.
        context: Theme.
    """

    chosen = Signal(str, str)  #: Lot, serial.

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 440)
        self.lot, self.serial = QLineEdit(), QLineEdit()
        column = self.card.column
        column.addWidget(Words(self.tr("Lot and serial"), Type.HEAD))
        text = self.tr("Written into the records of the tiles that come now, unless the source knows better.")
        column.addWidget(Words(text, dim=True, wrap=True))
        for name, field in ((self.tr("Lot"), self.lot), (self.tr("Serial"), self.serial)):
            column.addWidget(Words(name, Type.CAPTION, dim=True))
            field.setAccessibleName(name)
            field.setMaxLength(100)
            field.returnPressed.connect(self._take)
            column.addWidget(field)
        row = QHBoxLayout()
        row.setContentsMargins(0, 2 * GRID, 0, 0)
        row.addStretch(1)
        cancel = Button(self.tr("Cancel"), "quiet")
        cancel.clicked.connect(self.close_sheet)
        take = Button(self.tr("Use"), "primary")
        take.clicked.connect(self._take)
        row.addWidget(cancel)
        row.addWidget(take)
        column.addLayout(row)

    def open_with(self, lot: str, serial: str) -> None:
        """Opens with the values in force."""
        self.lot.setText(lot)
        self.serial.setText(serial)
        self.open()
        self.lot.selectAll()

    @Slot()
    def _take(self) -> None:
        self.close_sheet()
        self.chosen.emit(self.lot.text().strip(), self.serial.text().strip())
