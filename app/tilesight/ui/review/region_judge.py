"""The regions of the tile on screen, each to accept or reject, and what people drew on it."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from tilesight.ui.label_words import class_word
from tilesight.ui.labels import Elided, IconButton, Words
from tilesight.ui.record_item import ReviewItem
from tilesight.ui.region_row import MOST, RegionRow
from tilesight.ui.theme import GRID, TARGET, Theme, Type
from tilesight.ui.viewer.marks import area_text


class JudgeRow(QWidget):
    """One region with its two buttons.

    Args:
        at: Place in the list, from 0.
        theme: Colours.
    """

    def __init__(self, at: int, theme: Theme) -> None:
        super().__init__()
        self.row = RegionRow(at, theme)
        number = at + 1
        self.accept = IconButton("check", self.tr("Region {n}: a real defect").format(n=number), theme)
        self.reject = IconButton("close", self.tr("Region {n}: a false alarm").format(n=number), theme)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        # Its words are drawn to the width there is.
        self.row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        line.addWidget(self.row, 1)
        for button in (self.accept, self.reject):
            button.setCheckable(True)
            line.addWidget(button)

    def show_decision(self, decision: str) -> None:
        """Marks what was decided: "accept", "reject" or ""."""
        self.accept.setChecked(decision == "accept")
        self.reject.setChecked(decision == "reject")


class MaskRow(QWidget):
    """One drawn mask; the person who drew it can take it away."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.mask_id = 0
        self.words = Elided("", Type.BODY)
        self.erase = IconButton("trash", self.tr("Take this mask away"), theme)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.words, 1)
        line.addWidget(self.erase)


class RegionJudge(QScrollArea):
    """Rows of regions and masks; rows are kept and filled again.

    Args:
        theme: Colours.
    """

    chosen = Signal(int)  #: Zoom to this region.
    judged = Signal(int, str)  #: Region, and "accept", "reject" or "" to take it away.
    erased = Signal(int)  #: Number of the mask.

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.rows: list[JudgeRow] = []
        self.masks: list[MaskRow] = []
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
        self.setMinimumHeight(2 * TARGET)
        self.setAccessibleName(self.tr("Regions"))

    def show_item(self, item: ReviewItem | None, reviewer: str) -> None:
        """Lists regions and masks of another tile."""
        record = item.record if item is not None else None
        regions = record.regions[:MOST] if record is not None else ()
        while len(self.rows) < len(regions):
            self._add_row()
        for at, row in enumerate(self.rows):
            row.setVisible(at < len(regions))
            if at < len(regions) and item is not None:
                row.row.show_region(regions[at], item.record.mm_per_px)
                row.show_decision(item.decision_of(reviewer, at))
        self._show_masks(item, reviewer)
        self.note.setText(self._note(item))
        self.note.setVisible(bool(self.note.text()))

    def _add_row(self) -> None:
        row = JudgeRow(len(self.rows), self._theme)
        row.row.clicked.connect(self._clicked)
        row.accept.clicked.connect(self._accepted)
        row.reject.clicked.connect(self._rejected)
        self._column.insertWidget(len(self.rows), row)
        self.rows.append(row)

    def _show_masks(self, item: ReviewItem | None, reviewer: str) -> None:
        masks = item.masks if item is not None else ()
        while len(self.masks) < len(masks):
            row = MaskRow(self._theme)
            row.erase.clicked.connect(self._erase)
            self._column.insertWidget(len(self.rows) + len(self.masks), row)
            self.masks.append(row)
        for at, row in enumerate(self.masks):
            row.setVisible(at < len(masks))
            if at < len(masks) and item is not None:
                mask = masks[at]
                row.mask_id = mask.id
                area = area_text(int(mask.mask.sum()), item.record.mm_per_px)
                words = [self.tr("Drawn"), class_word(mask.defect_class), area]
                own = mask.reviewer == reviewer
                row.words.setText("  ".join(word for word in [*words, "" if own else mask.reviewer] if word))
                row.erase.setEnabled(own)

    def _note(self, item: ReviewItem | None) -> str:
        if item is None:
            return ""
        count = len(item.record.regions)
        if count > MOST:
            return self.tr("and {more} more").format(more=QLocale().toString(count - MOST))
        if count == 0 and not item.masks and item.view is not None:
            return self.tr("No region. Draw what was missed with the tools below.")
        return ""

    def mark(self, index: int | None) -> None:
        """Marks the chosen region and brings it into view."""
        for row in self.rows:
            row.row.setChecked(row.row.at == index)
        if index is not None and index < len(self.rows):
            self.ensureWidgetVisible(self.rows[index], 0, 0)

    @Slot()
    def _clicked(self) -> None:
        row = self.sender()
        if isinstance(row, RegionRow):
            self.chosen.emit(row.at)

    @Slot()
    def _accepted(self) -> None:
        self._judge("accept")

    @Slot()
    def _rejected(self) -> None:
        self._judge("reject")

    def _judge(self, decision: str) -> None:
        for row in self.rows:
            button = row.accept if decision == "accept" else row.reject
            if button is self.sender():
                self.judged.emit(row.row.at, decision if button.isChecked() else "")

    @Slot()
    def _erase(self) -> None:
        for row in self.masks:
            if row.erase is self.sender():
                self.erased.emit(row.mask_id)
