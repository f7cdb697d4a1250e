"""What is known of the tile on show: score, lot and serial, regions."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from bsdrd.result import Verdict
from tilesight.ui.label_words import class_word
from tilesight.ui.labels import Card, Elided, Words, is_language_change
from tilesight.ui.messages import name_text, said
from tilesight.ui.models.line import ShownTile
from tilesight.ui.run.region_list import RegionList
from tilesight.ui.run.score_bar import ScoreBar
from tilesight.ui.theme import GRID, Theme, Type


class TileCard(Card):
    """Facts of one tile.

    Args:
        theme: Colours.
    """

    region_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(margin=2 * GRID, parent=parent)
        self._tile: ShownTile | None = None
        self.score = ScoreBar(theme)
        self.reason = Words("", wrap=True)
        self.reason.set_tone("ng")
        self.name = Elided("", Type.BODY, middle=True)
        self.place = Elided("", Type.CAPTION, dim=True)
        self.nothing = Words("", dim=True, wrap=True)
        self.count = Words("", bold=True)
        self.regions = RegionList(theme)
        self.regions.chosen.connect(self.region_chosen)
        head = QHBoxLayout()
        head.setContentsMargins(0, GRID, 0, 0)
        head.addWidget(self.count)
        head.addStretch(1)
        for part in (self.nothing, self.score, self.reason, self.name, self.place):
            self.column.addWidget(part)
        self.column.addLayout(head)
        self.column.addWidget(self.regions, 1)
        self.column.addStretch()
        self.show_tile(None)

    def show_tile(self, tile: ShownTile | None) -> None:
        """Shows another tile's facts."""
        self._tile = tile
        inspected = tile is not None and tile.verdict is not Verdict.NOT_INSPECTED
        self.nothing.setText(self.tr("Score, regions, lot and serial of the tile on show appear here."))
        self.nothing.setVisible(tile is None)
        self.score.setVisible(inspected)
        self.score.show_score(tile.score if tile else None, tile.thresholds if tile else None)
        self.reason.setText(said(tile.reason) if tile else "")
        self.reason.setVisible(bool(tile and tile.reason))
        self.name.setText(name_text(tile.name) if tile else "")
        self.place.setText(self._place_text())
        self.name.setVisible(tile is not None)
        self.place.setVisible(bool(self.place.text()))
        view = tile.view if tile else None
        self.regions.show_tile(view)
        count = len(view.regions) if view else 0
        self.count.setText(self.tr("%n region(s)", "", count) if inspected else "")
        self.count.setVisible(inspected and count > 0)
        self.regions.setVisible(inspected)

    def _place_text(self) -> str:
        tile = self._tile
        if tile is None:
            return ""
        parts = [f"{tile.captured_at.astimezone():%H:%M:%S}"]
        if tile.lot:
            parts.append(self.tr("lot {lot}").format(lot=tile.lot))
        if tile.serial:
            parts.append(self.tr("serial {serial}").format(serial=tile.serial))
        if tile.milliseconds is not None:
            parts.append(f"{tile.milliseconds:.0f} ms")
        if tile.truth:
            parts.append(self.tr("drawn: {truth}").format(truth=said(class_word(tile.truth))))
        return "   ".join(parts)

    @Slot(object)
    def mark(self, index: int | None) -> None:
        """Marks the chosen region."""
        self.regions.mark(index)

    def changeEvent(self, event: QEvent) -> None:
        """Words in the language in force."""
        if is_language_change(event):
            self.show_tile(self._tile)
        super().changeEvent(event)
