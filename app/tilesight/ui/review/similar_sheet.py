"""The panel of alike false alarms: pictures, what would clear them, and one label for all."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QLocale, QModelIndex, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from tilesight.store.records import RecordStore
from tilesight.store.remedies import ExcludedArea, Preview, Remedy
from tilesight.ui.background import Background
from tilesight.ui.context import AppContext
from tilesight.ui.labels import Button, Card, IconButton, Words
from tilesight.ui.requests import TryRemedy, remedy_words
from tilesight.ui.review.alike_tiles import CELL, AlikeTiles
from tilesight.ui.review.similar import Alike, read_cut_outs
from tilesight.ui.sheet import Sheet
from tilesight.ui.theme import GRID, Type
from tilesight.ui.thumbnails import Thumbnails

_SHOWN_ON_CARD = 4
#: What was chosen: a change to try in Tune, or the records to train with.
ChosenRemedy = TryRemedy | tuple[int, ...]


class RemedyCard(Card):
    """One remedy: what it is, what it clears, what it loses.

    Args:
        title: Translated.
        button: Text of what leads on, translated.
    """

    asked = Signal()

    def __init__(self, title: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__("raised", margin=12, spacing=2, parent=parent)
        self.column.addWidget(Words(title, bold=True, wrap=True))
        self.clears, self.loses = Words("", wrap=True), Words("", wrap=True)
        self.column.addWidget(self.clears)
        self.column.addWidget(self.loses)
        go = Button(button)
        go.clicked.connect(self.asked)
        self.column.addSpacing(4)
        self.column.addWidget(go)

    def show_preview(self, remedy: Remedy, preview: Preview) -> None:
        """Says what it would do."""
        whole = len(preview.cleared) + len(preview.left)
        text = self.tr("Clears {cleared} of {whole} tiles").format(cleared=len(preview.cleared), whole=whole)
        if preview.others:
            text += "\n" + self.tr("Other tiles that become OK: {n}").format(n=len(preview.others))
        self.clears.setText(text)
        lost = len(preview.lost)
        self.loses.set_tone("ng" if lost else "ok")
        # What is left of a region that a mask cuts only the map could tell.
        touched = self.tr("Known defects that the mask touches and may hide: {n}")
        some = touched if isinstance(remedy, ExcludedArea) else self.tr("Known defects lost: {n}")
        self.loses.setText(some.format(n=lost) if lost else self.tr("Loses no known defect"))


class SimilarSheet(Sheet):
    """Shows a group of alike regions.

    Args:
        host: Widget that it covers.
        context: Theme, store, background.
    """

    accepted = Signal(object)  #: Record numbers to label as false alarms.
    opened = Signal(int)  #: Record to look at.
    remedy_asked = Signal(object)  #: `ChosenRemedy`

    def __init__(self, host: QWidget, context: AppContext) -> None:
        super().__init__(host, context.theme, 1040, 620)
        theme = context.theme
        self._context = context
        self._alike: Alike | None = None
        self.tiles = AlikeTiles(context.background, self)
        self.remedies: list[tuple[RemedyCard, TryRemedy | None]] = []
        self.head = Words("", Type.HEAD)
        self.note = Words("", dim=True, wrap=True)
        close = IconButton("close", self.tr("Close"), theme)
        close.clicked.connect(self.close_sheet)
        top = QHBoxLayout()
        top.addWidget(self.head, 1)
        top.addWidget(close)
        self.list = QListView()
        self.list.setModel(self.tiles)
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setIconSize(QSize(96, 96))
        self.list.setGridSize(CELL)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setWordWrap(True)
        self.list.setAccessibleName(self.tr("Alike regions; ticked ones are labelled"))
        self.tiles.ticks_changed.connect(self._count)
        self.list.activated.connect(self._open_tile)
        right = QWidget()
        self._right = QVBoxLayout(right)
        self._right.setContentsMargins(0, 0, GRID, 0)
        self._right.setSpacing(GRID)
        scroll = QScrollArea()
        scroll.setWidget(right)
        scroll.setWidgetResizable(True)
        scroll.setFixedWidth(320)
        middle = QHBoxLayout()
        middle.setSpacing(2 * GRID)
        middle.addWidget(self.list, 1)
        middle.addWidget(scroll)
        self.take = Button("", "primary")
        self.take.clicked.connect(self._take)
        self.all = QCheckBox(self.tr("Tick all"))
        self.all.setTristate(True)
        self.all.clicked.connect(self._tick_all)
        self.counted = Words("", bold=True, tabular=True)
        foot = QHBoxLayout()
        foot.setSpacing(2 * GRID)
        foot.addWidget(self.all)
        foot.addWidget(self.counted)
        foot.addWidget(Words(self.tr("Enter opens a tile, Space ticks it."), Type.CAPTION, dim=True), 1)
        foot.addWidget(self.take)
        self.card.column.addLayout(top)
        self.card.column.addWidget(self.note)
        self.card.column.addLayout(middle, 1)
        self.card.column.addLayout(foot)

    def first_focus(self) -> QWidget:
        """The pictures."""
        return self.list

    def show_group(self, alike: Alike) -> None:
        """Shows another group, and opens."""
        self._alike = alike
        self.head.setText(
            self.tr("%Ln alike region(s) on {tiles}", "", len(alike.group.records)).format(
                tiles=self.tr("%Ln tile(s)", "", alike.tiles)
            )
        )
        known = alike.group.known_defects
        self.note.setText(
            self.tr(
                "%Ln of these tiles are known defects: whatever clears the group may hide them.", "", known
            )
            if known
            else self.tr("None of these tiles is a known defect.")
        )
        self.note.set_tone("ng" if known else "")
        more = int(alike.group.tiles.more.sum())
        if more:
            also = self.tr(
                "%Ln tile(s) have other regions that would alarm by themselves; they are not ticked.",
                "",
                more,
            )
            self.note.setText(f"{self.note.text()} {also}")
        self.tiles.show_group(self._context.store, alike.group)
        self.list.setCurrentIndex(self.tiles.index(0))
        self._fill_remedies(alike)
        self._count()
        self.open()

    def _fill_remedies(self, alike: Alike) -> None:
        while (taken := self._right.takeAt(0)) is not None:
            part = taken.widget()
            if part is not None:
                part.deleteLater()
        self.remedies = []
        self._right.addWidget(Words(self.tr("What would clear them"), bold=True))
        for remedy, preview in alike.remedies:
            card = RemedyCard(remedy_words(remedy), self.tr("Open in Tune"))
            card.show_preview(remedy, preview)
            cleared = len(preview.cleared)
            tiles = cleared + len(preview.left)
            group = alike.group
            request = TryRemedy(remedy, group.model_sha256, int(group.records[0]), cleared, tiles)
            self._add_remedy(card, request)
        card = RemedyCard(self.tr("Train with them as good tiles"), self.tr("Open in Train"))
        card.clears.setText(
            self.tr(
                "{n} of {whole} tiles have a picture to learn from. What it clears is known after training."
            ).format(n=alike.group.with_picture, whole=alike.tiles)
        )
        known = alike.group.known_defects
        card.loses.set_tone("ng" if known else "ok")
        card.loses.setText(
            self.tr("%Ln known defect(s) look the same and may be lost", "", known)
            if known
            else self.tr("No known defect looks the same")
        )
        self._add_remedy(card, None)
        self._right.addStretch(1)

    def _add_remedy(self, card: RemedyCard, request: TryRemedy | None) -> None:
        card.asked.connect(self._ask_remedy)
        self.remedies.append((card, request))
        self._right.addWidget(card)

    @property
    def ticked(self) -> list[int]:
        """Records that are ticked, of the whole group."""
        return self.tiles.ticked

    @Slot()
    def _count(self) -> None:
        count, whole = len(self.tiles.ticked), self.tiles.rowCount()
        locale = QLocale()
        self.take.setText(self.tr("Label %Ln tile(s): false alarm", "", count))
        self.take.setEnabled(count > 0)
        left = self.tr("All %Ln tile(s) of the group are ticked.", "", whole)
        if count < whole:
            left = self.tr("{n} of {whole} tiles of the group are ticked.").format(
                n=locale.toString(count), whole=locale.toString(whole)
            )
        self.counted.setText(left)
        some = Qt.CheckState.PartiallyChecked if count else Qt.CheckState.Unchecked
        blocker = QSignalBlocker(self.all)
        self.all.setCheckState(Qt.CheckState.Checked if count == self.tiles.tickable else some)
        blocker.unblock()

    @Slot()
    def _tick_all(self) -> None:
        self.tiles.tick_all(self.all.checkState() is not Qt.CheckState.Unchecked)

    @Slot()
    def _take(self) -> None:
        ids = self.ticked
        self.close_sheet()
        self.accepted.emit(ids)

    @Slot(QModelIndex)
    def _open_tile(self, index: QModelIndex) -> None:
        if self._alike is not None and index.isValid():
            self.close_sheet()
            self.opened.emit(int(self._alike.group.tiles.id[index.row()]))

    @Slot()
    def _ask_remedy(self) -> None:
        for card, request in self.remedies:
            if card is self.sender():
                self.close_sheet()
                # Training needs good tiles: what a person took out, and known defects, stay out.
                self.remedy_asked.emit(request if request is not None else tuple(self.ticked))
                return


class SimilarCard(Card):
    """The small panel that appears in the side column once alike false alarms are known.

    Args:
        background: Reads pictures.
    """

    asked = Signal()

    def __init__(self, background: Background, parent: QWidget | None = None) -> None:
        super().__init__(margin=12, spacing=GRID, parent=parent)
        self._alike: Alike | None = None
        self._pictures = Thumbnails(background, self)
        self._pictures.arrived.connect(self._draw_pictures)
        self.head = Words("", bold=True, wrap=True)
        self.clears = Words("", Type.CAPTION, dim=True, wrap=True)
        self._labels = [QLabel() for _ in range(_SHOWN_ON_CARD)]
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for picture in self._labels:
            picture.setFixedSize(56, 56)
            row.addWidget(picture)
        row.addStretch(1)
        self.show_all = Button(self.tr("Show them (L)"))
        self.show_all.clicked.connect(self.asked)
        self.column.addWidget(self.head)
        self.column.addLayout(row)
        self.column.addWidget(self.clears)
        self.column.addWidget(self.show_all)
        self.hide()

    def show_group(self, store: RecordStore | None, alike: Alike | None) -> None:
        """Shows another group, or goes away."""
        self._alike = alike
        self.setVisible(alike is not None)
        if alike is None:
            return
        self.head.setText(self.tr("%Ln tile(s) with alike false alarms", "", alike.tiles))
        self._pictures.set_store(store, partial(read_cut_outs, alike.group))
        self._draw_pictures()
        self.clears.setText(self._best(alike))
        self.clears.setVisible(bool(self.clears.text()))

    @Slot()
    def _draw_pictures(self) -> None:
        ratio = self.devicePixelRatioF()
        for at, label in enumerate(self._labels):
            there = self._alike is not None and at < self._alike.tiles
            picture = self._pictures.get(at) if there else None
            label.setVisible(picture is not None)
            if picture is not None:
                side = round(56 * ratio)
                drawn = picture.scaled(
                    side,
                    side,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
                drawn.setDevicePixelRatio(ratio)
                label.setPixmap(drawn)

    def _best(self, alike: Alike) -> str:
        if not alike.remedies:
            return ""
        _, preview = min(alike.remedies, key=lambda pair: (len(pair[1].lost), -len(pair[1].cleared)))
        return self.tr("One change clears {n}. Known defects lost: {lost}.").format(
            n=len(preview.cleared), lost=len(preview.lost)
        )
