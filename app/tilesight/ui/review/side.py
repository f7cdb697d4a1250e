"""The right column of Review: what is known of the tile, what was said about it, its regions, the tools."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QSlider, QVBoxLayout, QWidget

from tilesight.store.types import RecordRow
from tilesight.ui.actions import ActionRegistry
from tilesight.ui.label_words import label_text, when_text
from tilesight.ui.labels import ActionButton, Button, Card, Elided, Words
from tilesight.ui.record_item import ReviewItem
from tilesight.ui.review.region_judge import RegionJudge
from tilesight.ui.theme import GRID, TARGET, Theme, Type
from tilesight.ui.tile_head import TileHead

_LABELS_SHOWN = 4
TOOLS = ("polygon", "brush", "wand", "eraser")


class SaidList(QWidget):
    """What each reviewer says, and whether they disagree.

    Args:
        theme: Colours.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * GRID)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.lines: list[tuple[Elided, Elided]] = []
        for at in range(_LABELS_SHOWN):
            who, what = Elided("", dim=True), Elided("")
            self.lines.append((who, what))
            self._grid.addWidget(who, at, 0)
            self._grid.addWidget(what, at, 1)
        self._grid.setColumnMinimumWidth(0, 80)
        self.disagree = Words(self.tr("Reviewers disagree"), bold=True)
        self.disagree.set_tone("grey")
        self._grid.addWidget(self.disagree, _LABELS_SHOWN, 0, 1, 2)

    def show_item(self, item: ReviewItem | None) -> None:
        """Shows another tile's labels, the newest ones where there are many."""
        labels = item.labels[-_LABELS_SHOWN:] if item is not None else ()
        for at, (who, what) in enumerate(self.lines):
            there = at < len(labels)
            who.setVisible(there)
            what.setVisible(there)
            if there:
                label = labels[at]
                who.setText(label.reviewer)
                comment = f"  “{label.comment}”" if label.comment else ""
                what.setText(label_text(label.kind, label.defect_class) + comment)
                what.setToolTip(f"{what.text()}\n{when_text(label.at)}")
        self.disagree.setVisible(item is not None and item.record.disagreement)


class DrawBar(QWidget):
    """Tools for drawing what was missed.

    Args:
        actions: Those of Review must be registered.
    """

    sized = Signal(int)  #: Radius of the brush in tile pixels.

    def __init__(self, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout()
        row.setSpacing(4)
        for name in TOOLS:
            row.addWidget(ActionButton(actions[f"review.{name}"]))
        self.radius = QSlider(Qt.Orientation.Horizontal)
        self.radius.setRange(1, 40)
        self.radius.setValue(6)
        self.radius.setMinimumHeight(TARGET)
        self.radius.setToolTip(self.tr("Size of the brush"))
        self.radius.setAccessibleName(self.tr("Size of the brush"))
        self.radius.valueChanged.connect(self.sized)
        row.addWidget(self.radius, 1)
        self.hint = Words("", Type.CAPTION, dim=True, wrap=True)
        self.keep = Button(self.tr("Keep mask (K)"), "primary")
        self.keep.clicked.connect(actions["review.keep"].trigger)
        self.drop = Button(self.tr("Throw away"), "quiet")
        self.drop.clicked.connect(actions["review.drop"].trigger)
        foot = QHBoxLayout()
        foot.setSpacing(GRID)
        foot.addWidget(self.keep, 1)
        foot.addWidget(self.drop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.hint)
        column.addLayout(foot)

    def show_state(self, tool: str, drawn: bool) -> None:
        """Shows which tool is in the hand ("" for none) and whether something is drawn."""
        self.radius.setVisible(tool == "brush")
        hints = {
            "polygon": self.tr("Click corners; a double click closes. The right button takes away."),
            "brush": self.tr("Paint; the right button takes away."),
            "wand": self.tr("Click on the tint; drag right for more, left for less."),
        }
        self.hint.setText(hints.get(tool, ""))
        self.hint.setVisible(bool(tool))
        self.keep.setVisible(drawn)
        self.drop.setVisible(drawn)


class SidePanel(QWidget):
    """Everything beside the picture.

    Args:
        theme: Colours.
        actions: Those of Review must be registered.
    """

    commented = Signal(str)

    def __init__(self, theme: Theme, actions: ActionRegistry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = TileHead(theme)
        self.said = SaidList(theme)
        self.comment = QLineEdit()
        self.comment.setPlaceholderText(self.tr("Comment (M)"))
        self.comment.setAccessibleName(self.tr("Comment"))
        self.comment.setMaxLength(1000)
        self.comment.returnPressed.connect(self._comment)
        self.regions = RegionJudge(theme)
        self.draw = DrawBar(actions)
        self.card = Card(margin=2 * GRID, spacing=GRID)
        for part in (self.head, self.said, self.comment):
            self.card.column.addWidget(part)
        head = QHBoxLayout()
        head.addWidget(Words(self.tr("Regions"), bold=True))
        head.addStretch(1)
        head.addWidget(Words(self.tr("Q next   E accept   R reject"), Type.CAPTION, dim=True))
        self.card.column.addLayout(head)
        self.card.column.addWidget(self.regions, 1)
        self.card.column.addWidget(self.draw)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2 * GRID)
        self.column.addWidget(self.card, 1)

    def show_row(self, row: RecordRow | None) -> None:
        """Shows what is known before the whole item is read."""
        self.head.show_row(row)

    def show_item(self, item: ReviewItem | None, reviewer: str) -> None:
        """Shows another tile."""
        self.head.show_row(item.record if item is not None else None)
        self.said.show_item(item)
        self.draw.setEnabled(item is not None and item.view is not None)
        own = item.label_of(reviewer) if item is not None else None
        if not self.comment.isModified():
            self.comment.setText(own.comment if own is not None else "")
        self.regions.show_item(item, reviewer)

    def take_comment(self) -> str:
        """What was typed; it belongs to the label that is given now."""
        text = self.comment.text().strip()
        self.comment.setModified(False)
        return text

    def forget_comment(self) -> None:
        """Another tile: what was typed and not used goes."""
        self.comment.clear()
        self.comment.setModified(False)

    @Slot()
    def _comment(self) -> None:
        self.commented.emit(self.comment.text().strip())
